//! Facts of a whole report, sentence by sentence, with what headings and neighbours say.

use crate::analysis::facts::read_facts;
use crate::analysis::figures::find_figures;
use crate::analysis::language::LanguageData;
use crate::analysis::normalize::normalize;
use crate::analysis::periods::TimeFrame;
use crate::model::fact::Fact;
use crate::model::period::PeriodState;
use crate::model::report::{DocumentKind, Report};
use crate::model::span::Span;

/// Verbs of what is still to be done, where they open a sentence.
const AIMS: &[&str] =
    &["加快", "推进", "力争", "争取", "继续", "确保", "做好", "抓好", "启动", "谋划", "编制", "要"];

/// How much of the sentence before is kept as context, in characters.
const MAX_CONTEXT_CHARS: usize = 40;

/// One sentence of a report with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentenceFacts {
    pub sentence_idx: u32,
    /// Byte range in the report's text.
    pub span: Span,
    pub normalized: String,
    /// Titles from the widest section down, verbatim.
    pub section: Vec<String>,
    /// Normalized headings, and the beginning of the sentence before.
    pub context: String,
    /// Figures' spans are byte ranges into the sentence as written, anchors into `normalized`.
    pub facts: Vec<Fact>,
}

/// Reads every sentence of `report`, in order; sentences without figures are there with no facts.
pub fn facts_of_report(_language: &LanguageData, report: &Report) -> Vec<SentenceFacts> {
    let report_year = match report.info.kind {
        DocumentKind::WorkReport => report.info.year.map(|year| year.get()),
        DocumentKind::Other => None,
    };
    let opening = TimeFrame::opening(report_year);
    let frames = section_frames(report, opening);
    let mut found = Vec::with_capacity(report.sentences.len());
    let mut last_section = None;
    let mut last_paragraph = None;
    let mut frame = opening;
    let mut of_paragraph = opening;
    let mut before = String::new();
    for (sentence_idx, sentence) in report.sentences.iter().enumerate() {
        if sentence.section != last_section || sentence_idx == 0 {
            frame = sentence.section.and_then(|idx| frames.get(idx as usize).copied()).unwrap_or(opening);
            last_section = sentence.section;
            before.clear();
        }
        let source = sentence.span.of(&report.text);
        let normalized = normalize(source);
        let text = normalized.text();
        if last_paragraph != Some(sentence.paragraph) {
            of_paragraph = frame.after_lead(text);
            if of_paragraph.carries_on() {
                // What a paragraph begins with may hold for those that follow, or not.
                frame = TimeFrame { is_sure: frame.is_sure && frame == of_paragraph, ..of_paragraph };
            }
            last_paragraph = Some(sentence.paragraph);
        } else {
            // …圆满收官。五年来，…: the rest of the paragraph looks back on more than a year.
            let shifted = if may_look_back(text) { of_paragraph.after_lead(text) } else { of_paragraph };
            if shifted.default.is_span() && shifted.default.state == PeriodState::Achieved {
                of_paragraph = shifted;
            }
        }
        let figures = find_figures(text);
        let mut facts = read_facts(text, &figures, of_paragraph);
        for fact in &mut facts {
            fact.figure.span = normalized.source_span(fact.figure.span);
            fact.figure.outer = normalized.source_span(fact.figure.outer);
        }
        let section = report.section_path(sentence.section);
        let mut context = normalize(&section.join(" ")).text().to_owned();
        context.push(' ');
        context.extend(before.chars().take(MAX_CONTEXT_CHARS));
        before.clear();
        before.push_str(text);
        found.push(SentenceFacts {
            sentence_idx: sentence_idx as u32,
            span: sentence.span,
            normalized: text.to_owned(),
            section,
            context,
            facts,
        });
    }
    found
}

/// False for 加快建设“十四五”批复的基地, which is still to be done.
fn may_look_back(sentence: &str) -> bool {
    !AIMS.iter().any(|word| sentence.starts_with(word))
}

/// The frame of each section: its own heading read under those above it.
fn section_frames(report: &Report, opening: TimeFrame) -> Vec<TimeFrame> {
    let mut frames: Vec<TimeFrame> = Vec::with_capacity(report.sections.len());
    let mut top = opening;
    for section in &report.sections {
        let parent = section.parent.and_then(|idx| frames.get(idx as usize).copied());
        // Once a report has turned to plans, the parts that follow are plans too.
        let above = parent.unwrap_or_else(|| top.next_part());
        let frame = above.under(normalize(&section.title).text());
        if parent.is_none() {
            top = frame;
        }
        frames.push(frame);
    }
    frames
}
