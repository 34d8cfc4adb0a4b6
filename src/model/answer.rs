//! What comes back: an answer that rests on a quotation, or a decline.

use crate::model::fact::{Aspect, Direction};
use crate::model::figure::Figure;
use crate::model::period::Period;
use crate::model::report::ReportInfo;
use crate::model::span::Span;

/// A sentence of a stored report with a figure inside it.
///
/// Can only be built from the report's own text, so a quoted figure is always a substring of the
/// quoted sentence and the sentence of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    sentence: String,
    start: u32,
    figure: Span,
    outer: Span,
}

impl Quote {
    /// Marks a figure in `sentence`, which begins at byte `start` of the report's stored text; `figure` and
    /// `outer` are ranges into the sentence.
    ///
    /// `None` when a range is empty or does not fall on characters of the sentence.
    pub fn cut(sentence: &str, start: u32, figure: Span, outer: Span) -> Option<Quote> {
        let figure_text = sentence.get(figure.range())?;
        sentence.get(outer.range())?;
        (!figure_text.is_empty()).then(|| Quote { sentence: sentence.to_owned(), start, figure, outer })
    }

    pub fn sentence(&self) -> &str {
        &self.sentence
    }

    /// The figure, a substring of the sentence.
    pub fn figure(&self) -> &str {
        self.figure.of(&self.sentence)
    }

    /// The figure with the words that bound it: `超过6.6万人`, `5%左右`.
    pub fn bounded_figure(&self) -> &str {
        self.outer.of(&self.sentence)
    }

    /// Byte range of the figure in the sentence.
    pub fn figure_span(&self) -> Span {
        self.figure
    }

    /// Byte range of the sentence in the report's stored text.
    pub fn sentence_span(&self) -> Span {
        Span { start: self.start, end: self.start + self.sentence.len() as u32 }
    }
}

/// A figure found for a question, with everything needed to check it.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    pub quote: Quote,
    pub figure: Figure,
    pub indicator: String,
    pub aspect: Aspect,
    pub direction: Option<Direction>,
    pub period: Period,
    pub report: ReportInfo,
    /// Titles from the widest section down.
    pub section: Vec<String>,
    /// Index into the report's sentences.
    pub sentence_idx: u32,
    /// Probability that this is what was asked, 0 to 1.
    pub confidence: f32,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub best: Candidate,
    /// Other figures for the same fact in other reports, later reports first: revised or contradicting statements.
    pub also_stated: Vec<Candidate>,
    /// Other candidates, best first.
    pub alternatives: Vec<Candidate>,
}

/// Why no figure is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is loaded at all.
    NothingLoaded,
    /// The question holds nothing to look for.
    Vague,
    /// No report speaks of it.
    NoSuchIndicator,
    /// Known elsewhere, but no report for this place is loaded.
    PlaceNotLoaded { place: String },
    /// No report in scope speaks of this year.
    YearNotLoaded { year: u16 },
    /// The report named in the question is not stored.
    NoSuchReport { report: String },
    /// The indicator is there, but not as asked (other year, only planned, only as growth…).
    NotAsAsked,
    /// The index on disk cannot be read.
    Unreadable,
}

/// Something the reports do state, offered instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Indicator name: `城镇调查失业率`.
    pub indicator: String,
    /// A question that leads to it: `2024年全国城镇调查失业率`.
    pub question: String,
}

/// A plain "not stated".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    pub reason: Reason,
    /// Indicators near the question that do have figures; best first, at most five. Never a figure.
    pub nearest: Vec<Nearest>,
}

/// What a question comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Answered(Box<Answer>),
    Declined(Decline),
}
