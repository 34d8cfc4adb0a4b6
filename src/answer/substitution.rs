//! One word put for another: 医疗经费 asked, 教育经费 stated.
//!
//! A question that shares the end of a phrase with a figure and differs in the noun before it asks for something else,
//! unless the lexicon knows the two for the same thing. Nouns that end a phrase differ too often in wording alone:
//! 货物贸易规模, 货物贸易额.

use crate::analysis::language::LanguageData;
use crate::analysis::rivals::asked_namings;
use crate::answer::compose::Ranked;
use crate::answer::sight::is_abbreviated;
use crate::answer::terms::{Group, StopWords};
use crate::answer::understand::Understood;
use crate::index::passage::Passage;
use crate::model::fact::Fact;
use crate::model::place::Level;
use crate::model::span::Span;

/// A phrase found to this degree has its words in the sentence, in other wordings if not in its own.
const FOUND: f32 = 0.62;
/// Words for whoever has or pays something, each of a line said for another.
const HOLDERS: [&[&str]; 2] =
    [&["个人", "百姓", "老百姓", "住户", "居民", "群众", "家庭"], &["企业", "公司", "单位", "机构"]];
/// What may stand between the two words of a phrase.
const BETWEEN: &[&str] = &["", "的"];

/// Finds words of a question that a figure has another in place of.
pub struct Substitutions<'a> {
    pub understood: &'a Understood,
    pub language: &'a LanguageData,
    pub stop: &'a StopWords,
}

impl Substitutions<'_> {
    /// True when the figure is of a place inside the one asked about: 安徽中欧班列 asked, 合肥中欧班列 stated.
    ///
    /// A name that goes on with words nobody asks for is one of its own, as is that of an event: 柯桥中国轻纺城, 杭州亚运会.
    pub fn is_of_part(&self, ranked: &Ranked<'_>) -> bool {
        let (question, gazetteer) = (self.understood.normalized.as_str(), &self.language.gazetteer);
        let Some(place) = ranked.report.place.as_ref().filter(|place| place.level != Level::Country) else {
            return false;
        };
        let text = ranked.passage.normalized.as_str();
        ranked.fact.anchors.subject.iter().map(|span| span.of(text)).any(|words| {
            let named = gazetteer.find_in(words).into_iter();
            let inner =
                named.filter(|(_, places)| places.iter().any(|inner| inner != place && place.covers(inner)));
            let opens = |span: &Span| span.start == 0 && self.language.segmenter.stands_alone(words, *span);
            let is_part = |span: &Span| {
                let rest = &words[span.end as usize..];
                let behind = self.language.segmenter.words(rest);
                let Some((next, others)) = behind.split_first() else { return false };
                let asks =
                    |word: &Span| word.of(rest).chars().count() >= 2 && question.contains(word.of(rest));
                let is_event = next.of(rest).ends_with(['会', '节', '赛', '展']);
                let is_named = others.split_last().is_some_and(|(_, inner)| inner.iter().any(asks));
                !is_event && (asks(next) || !is_named)
            };
            inner
                .into_iter()
                .any(|(span, _)| opens(&span) && is_part(&span) && !question.contains(span.of(words)))
        })
    }

    /// True when `fact` has another noun where the question has one of its own; `credits` are those of the question's
    /// phrases for it, `used` the places they were found at.
    pub fn holds(&self, ranked: &Ranked<'_>, credits: &[f32], used: &[Span]) -> bool {
        let (passage, fact): (&Passage, &Fact) = (ranked.passage, ranked.fact);
        let question = self.understood.normalized.as_str();
        let clause = fact.anchors.clause.of(&passage.normalized);
        let told: Vec<Span> = self.words(clause, fact.anchors.clause.start);
        let asked: Vec<(Span, &Group, f32)> = self.asked(credits);
        asked.iter().any(|(word, _, credit)| {
            *credit < FOUND
                && self.is_noun(word.of(question))
                // What the rivals know is theirs to tell: 城乡居民 are those of the country as well.
                && asked_namings(word.of(question)).is_empty()
                && !self.is_said(word.of(question), passage, &ranked.report.title)
                && asked.iter().any(|(neighbour, _, _)| {
                    self.has_other_before(*word, *neighbour, passage, fact, &told, used)
                })
        })
    }

    /// The words of `text`, which begins at `start`.
    fn words(&self, text: &str, start: u32) -> Vec<Span> {
        let words = self.language.segmenter.words(text).into_iter();
        words.map(|word| Span { start: word.start + start, end: word.end + start }).collect()
    }

    /// The words of the phrases that ask, where they stand in the question, with what their phrase is worth.
    fn asked(&self, credits: &[f32]) -> Vec<(Span, &Group, f32)> {
        let question = self.understood.normalized.as_str();
        let groups = self.understood.terms.groups.iter().zip(credits);
        let asking = groups.filter(|(group, _)| !group.is_background && !group.is_place);
        let words = asking.filter_map(|(group, credit)| Some((group.span?, group, *credit)));
        words
            .flat_map(|(span, group, credit)| {
                let placed = self.words(span.of(question), span.start).into_iter();
                placed.map(move |word| (word, group, credit)).collect::<Vec<_>>()
            })
            .collect()
    }

    /// True when the sentence, or what stands around it, has `word` in any wording.
    fn is_said(&self, word: &str, passage: &Passage, title: &str) -> bool {
        let lexicon = &self.language.lexicon;
        let variants = lexicon.word_variants(word).iter().chain(lexicon.indicator_variants(word));
        let said = |text: &str| {
            [&passage.normalized, &passage.context, title].iter().any(|told| told.contains(text))
        };
        said(word)
            || is_abbreviated(&passage.normalized, word)
            || variants.into_iter().any(|variant| said(&variant.text))
    }

    /// True when `fact` has another noun before `neighbour` where the question has `word`.
    fn has_other_before(
        &self,
        word: Span,
        neighbour: Span,
        passage: &Passage,
        fact: &Fact,
        told: &[Span],
        used: &[Span],
    ) -> bool {
        let question = self.understood.normalized.as_str();
        let text = passage.normalized.as_str();
        let touches = |first: Span, second: Span, text: &str| {
            text.get(first.end as usize..second.start as usize)
                .is_some_and(|between| BETWEEN.contains(&between))
        };
        if !touches(word, neighbour, question) || neighbour.of(question).chars().count() < 2 {
            return false;
        }
        let asked = word.of(question);
        let is_own = |span: &Span| {
            let spans = fact.anchors.subject.iter().chain(&fact.anchors.related);
            spans.into_iter().any(|own| own.contains(*span))
        };
        // 教育经费 may be one word, or two.
        let before = |head: &Span| {
            let rest = head.of(text).strip_suffix(neighbour.of(question))?;
            if rest.is_empty() {
                told.iter().find(|other| is_own(other) && touches(**other, *head, text)).copied()
            } else {
                Some(Span { start: head.start, end: head.start + rest.len() as u32 })
            }
        };
        for other in told.iter().filter(|head| is_own(head)).filter_map(before) {
            // 装备制造业, of which 装备 is asked for: what is left is 制造业.
            let begun = used.iter().filter(|used| used.start == other.start && used.end < other.end);
            let start = begun.map(|used| used.end).max().unwrap_or(other.start);
            let other = Span { start, ..other };
            let stated = other.of(text);
            let is_another = self.is_noun(stated)
                && !are_holders(asked, stated)
                && !question.contains(stated)
                && (is_of_trades(asked, stated) || !stated.chars().any(|ch| asked.contains(ch)))
                && !used.iter().any(|used| used.overlaps(other) && used.of(text).chars().count() >= 2)
                && self.language.gazetteer.find_in(stated).is_empty();
            if is_another {
                return true;
            }
        }
        false
    }

    fn is_noun(&self, word: &str) -> bool {
        word.chars().count() >= 2
            && word.chars().all(char::is_alphabetic)
            // 家里, 街上 say where, not of what.
            && !word.ends_with(['里', '上', '中', '内', '边', '时'])
            // 每本, 该刊 name nothing.
            && !word.starts_with(['每', '该', '各', '其', '本', '此', '全', '总'])
            && !self.stop.contains(word)
            && self.language.segmenter.content(word) >= 1.0
    }
}

/// True for two words for whoever has something.
fn are_holders(asked: &str, stated: &str) -> bool {
    HOLDERS.iter().any(|holders| holders.contains(&asked) && holders.contains(&stated))
}

/// True for two trades, which share their last character: 建筑业 and 制造业.
fn is_of_trades(asked: &str, stated: &str) -> bool {
    asked.ends_with('业') && stated.ends_with('业')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trades_differ_in_what_stands_before_their_last_character() {
        assert!(is_of_trades("建筑业", "制造业"));
        assert!(!is_of_trades("学校", "高校"));
    }
}
