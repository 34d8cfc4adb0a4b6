//! A report as it is stored.

use serde::{Deserialize, Serialize};

use crate::model::place::Place;
use crate::model::span::Span;

/// The year of a report; government work reports begin in 1954.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReportYear(u16);

impl ReportYear {
    /// `None` outside 1954–2099.
    pub fn new(year: u16) -> Option<ReportYear> {
        (1954..=2099).contains(&year).then_some(ReportYear(year))
    }

    pub fn get(self) -> u16 {
        self.0
    }
}

/// Whether years and plans of a document can be read off the form of a government work report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DocumentKind {
    /// 政府工作报告: delivered in year Y, tells of Y-1 and plans Y.
    WorkReport,
    /// Any other document.
    Other,
}

/// A heading and the text under it, up to the next heading of the same or a higher rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// The heading as written, without surrounding space.
    pub title: String,
    /// 1 for 一、, 2 for （一）, 3 for 1. and run-in headings.
    pub rank: u8,
    /// Index of the enclosing section in [`Report::sections`].
    pub parent: Option<u32>,
}

/// One sentence: a byte range of the report's text, ended by 。！？ or the paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    pub span: Span,
    /// Index into [`Report::sections`].
    pub section: Option<u32>,
    /// Counts from 0; sentences of one paragraph share it.
    pub paragraph: u32,
}

/// What is known of a report besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportInfo {
    /// Stable name for commands and links: lower-case hexadecimal, from the text.
    pub id: String,
    /// File name it was imported from, without folders.
    pub file: String,
    pub title: String,
    pub kind: DocumentKind,
    pub place: Option<Place>,
    pub year: Option<ReportYear>,
    /// `2023-02-01` when the text states the day.
    pub date: Option<String>,
}

/// A report, read and cleaned.
///
/// Every span points into `text`, which is quoted as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub info: ReportInfo,
    pub text: String,
    pub sections: Vec<Section>,
    pub sentences: Vec<Sentence>,
}

impl Report {
    /// The titles from the widest section down to `section`; empty for `None`.
    pub fn section_path(&self, section: Option<u32>) -> Vec<String> {
        let mut path = Vec::new();
        let mut next = section;
        while let Some(found) = next.and_then(|idx| self.sections.get(idx as usize)) {
            path.push(found.title.clone());
            next = found.parent;
        }
        path.reverse();
        path
    }
}
