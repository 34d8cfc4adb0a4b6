//! What the index keeps of one sentence.

use serde::{Deserialize, Serialize};

use crate::analysis::language::LanguageData;
use crate::analysis::report_facts::{SentenceFacts, facts_of_report};
use crate::model::fact::Fact;
use crate::model::report::Report;
use crate::model::span::Span;

/// A sentence with its facts, ready to be scored and quoted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Id of the report.
    pub report: String,
    pub sentence_idx: u32,
    /// Byte range of the sentence in the report's stored text.
    pub span: Span,
    /// The sentence, verbatim.
    pub text: String,
    /// The sentence, normalized; the anchors of the facts point into it.
    pub normalized: String,
    /// Titles from the widest section down, verbatim.
    pub section: Vec<String>,
    /// Normalized words that stand around the sentence: headings, and the sentence before it.
    pub context: String,
    /// The figures' spans point into `text`.
    pub facts: Vec<Fact>,
}

/// Cuts a report into passages and reads their facts.
pub fn passages(language: &LanguageData, report: &Report) -> Vec<Passage> {
    facts_of_report(language, report)
        .into_iter()
        .map(|found: SentenceFacts| Passage {
            report: report.info.id.clone(),
            sentence_idx: found.sentence_idx,
            span: found.span,
            text: found.span.of(&report.text).to_owned(),
            normalized: found.normalized,
            section: found.section,
            context: found.context,
            facts: found.facts,
        })
        .collect()
}
