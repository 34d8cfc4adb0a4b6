//! Language: normalizing, words, numerals, figures, facts, periods. Pure functions.

pub mod clause;
pub mod deal;
pub mod facts;
pub mod figures;
pub mod language;
pub mod lexicon;
pub mod normalize;
pub mod numerals;
pub mod periods;
pub mod phrases;
pub mod pinyin;
pub mod report_facts;
pub mod rivals;
pub mod segment;
pub mod times;
pub mod units;

use crate::analysis::language::LanguageData;
use crate::analysis::periods::TimeFrame;
use crate::model::fact::Fact;

/// Reads the facts of a text that stands alone, as `wenshu figures` shows them.
///
/// The figures' spans are byte ranges into `text`.
pub fn facts_of_text(_language: &LanguageData, text: &str) -> Vec<Fact> {
    let normalized = normalize::normalize(text);
    let figures = figures::find_numbers(normalized.text());
    let mut facts = facts::read_facts(normalized.text(), &figures, TimeFrame::opening(None));
    for fact in &mut facts {
        fact.figure.span = normalized.source_span(fact.figure.span);
        fact.figure.outer = normalized.source_span(fact.figure.outer);
    }
    facts
}
