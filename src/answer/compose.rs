//! Fifth step: an answer when the best candidate is good enough, else a decline with what is near.

use crate::answer::score::{Scored, signal};
use crate::answer::understand::Understood;
use crate::answer::weights::Weights;
use crate::index::Snapshot;
use crate::index::shelf::Shelved;
use crate::model::answer::{Answer, Candidate, Decline, Nearest, Outcome, Quote, Reason};
use crate::model::fact::{Aspect, Fact};
use crate::model::figure::FigureKind;
use crate::model::question::Question;
use crate::model::report::ReportInfo;

const N_ALTERNATIVES: usize = 8;
const N_NEAREST: usize = 5;
/// Signals below which a candidate does not answer, whatever the others say.
const LEAST_PERIOD: f32 = 0.12;
const LEAST_UNIT: f32 = 0.1;
const LEAST_ASPECT: f32 = 0.2;
const LEAST_NAMED: f32 = 0.22;
const LEAST_OWN: f32 = 0.05;
/// A total does not tell what was added.
const LEAST_STOCK: f32 = 0.1;
/// So much more of the question's words make another figure the better one.
const MUCH_MORE: f32 = 0.25;
/// Own words of a figure are the question's from here on, rather than others.
const LEAST_ASKED_FOR: f32 = 0.5;
/// What names a rival of what is asked is no answer, nor what is not of the part that is asked for.
const LEAST_RIVALS: f32 = 0.2;
/// How much surer an answer has to be whose figure owns none of the words asked for.
const MORE_UNOWNED: f32 = 0.12;
/// A candidate this close to the best may state the same fact in another report.
const SAME_FACT_MARGIN: f32 = 1.5;

/// A fact with its score and where it stands.
pub struct Ranked<'h> {
    pub passage: &'h Shelved,
    pub report: &'h ReportInfo,
    pub fact: &'h Fact,
    pub scored: Scored,
}

impl Ranked<'_> {
    fn period_fits(&self) -> bool {
        self.scored.signals[signal::PERIOD] >= LEAST_PERIOD
    }

    /// False when what the question counts is nowhere near the figure: 停车位 asked, 托位 stated.
    fn names_head(&self) -> bool {
        self.scored.signals[signal::COVERAGE] + self.scored.signals[signal::HEAD] >= LEAST_NAMED
    }

    /// False when none of the figure's own words are asked for: 汽车产量 asked, 首发技术20项 stated beside it.
    fn owns_words(&self) -> bool {
        self.scored.signals[signal::SUBJECT] > 0.0 || self.scored.signals[signal::EXCESS] > LEAST_OWN
    }

    /// False when period, unit or place rule it out, whatever its score.
    pub fn fits(&self) -> bool {
        self.misfit().is_none()
    }

    /// What rules it out, whatever its score.
    fn misfit(&self) -> Option<&'static str> {
        let signals = &self.scored.signals;
        let rules = [
            (!self.period_fits(), "period"),
            (signals[signal::UNIT] < LEAST_UNIT, "unit"),
            (signals[signal::ASPECT] < LEAST_ASPECT, "aspect"),
            (signals[signal::STOCK] < LEAST_STOCK, "stock"),
            (signals[signal::RIVALS] < LEAST_RIVALS, "rivals"),
            (self.scored.misses_place, "place"),
            (self.scored.misses_part, "part"),
            (self.scored.is_excluded, "excluded"),
        ];
        rules.into_iter().find_map(|(is_out, name)| is_out.then_some(name))
    }

    /// Why it would not be given as the answer if it came first, as far as it tells by itself.
    pub fn why_not(&self, weights: &Weights) -> Option<&'static str> {
        let more = if self.owns_words() { 0.0 } else { MORE_UNOWNED };
        let rules = [
            (!self.names_head(), "head"),
            (self.scored.is_of_another, "another's"),
            (self.scored.is_joint, "joint"),
            (weights.confidence(&self.scored.signals) < weights.threshold() + more, "confidence"),
        ];
        self.misfit().or_else(|| rules.into_iter().find_map(|(is_out, name)| is_out.then_some(name)))
    }

    fn candidate(&self, weights: &Weights) -> Option<Candidate> {
        let figure = &self.fact.figure;
        let quote = Quote::cut(&self.passage.text, self.passage.span.start, figure.span, figure.outer)?;
        Some(Candidate {
            quote,
            figure: figure.clone(),
            indicator: self.fact.indicator.clone(),
            aspect: self.fact.aspect,
            direction: self.fact.direction,
            period: self.fact.period,
            report: self.report.clone(),
            section: self.passage.section.clone(),
            sentence_idx: self.passage.sentence_idx,
            confidence: weights.confidence(&self.scored.signals),
        })
    }
}

/// Makes the outcome of `ranked`, which is sorted best first; `is_substituted` is asked of the best alone.
pub fn compose(
    question: &Question,
    understood: &Understood,
    snapshot: &Snapshot,
    weights: &Weights,
    ranked: Vec<Ranked<'_>>,
    is_substituted: &dyn Fn(&Ranked<'_>) -> bool,
) -> Outcome {
    if let Some(reason) = cannot_answer(question, understood, snapshot) {
        return Outcome::Declined(Decline { reason, nearest: nearest(&ranked) });
    }
    let good: Vec<&Ranked<'_>> = ranked.iter().filter(|ranked| ranked.fits()).collect();
    let best = good
        .first()
        .filter(|best| best.why_not(weights).is_none())
        .filter(|best| !is_outdone(best, &ranked, understood.wish.aspect))
        .filter(|best| !is_substituted(best));
    let Some(best_candidate) = best.and_then(|best| best.candidate(weights)) else {
        return Outcome::Declined(Decline {
            reason: reason(understood, &ranked, weights),
            nearest: nearest(&ranked),
        });
    };
    let top_score = good[0].scored.score;
    let mut also_stated: Vec<Candidate> = Vec::new();
    let mut alternatives: Vec<Candidate> = Vec::new();
    for other in good.iter().skip(1) {
        let Some(candidate) = other.candidate(weights) else { continue };
        let is_same_fact = other.scored.score > top_score - SAME_FACT_MARGIN
            && candidate.report.id != best_candidate.report.id
            && candidate.report.place == best_candidate.report.place
            && candidate.period == best_candidate.period
            && candidate.period.from.is_some()
            && candidate.aspect == best_candidate.aspect
            && candidate.indicator == best_candidate.indicator;
        let is_known = |known: &Candidate| {
            known.figure.value == candidate.figure.value && known.indicator == candidate.indicator
        };
        if is_same_fact {
            if candidate.figure.value != best_candidate.figure.value && !also_stated.iter().any(is_known) {
                also_stated.push(candidate);
            }
        } else if alternatives.len() < N_ALTERNATIVES
            && !alternatives.iter().any(is_known)
            && candidate.confidence > 0.05
        {
            alternatives.push(candidate);
        }
    }
    also_stated.sort_by_key(|candidate| std::cmp::Reverse(candidate.report.year));
    let mut best = best_candidate;
    if let Some(later) = also_stated.first_mut()
        && later.report.year > best.report.year
    {
        // A later report revises an earlier one.
        std::mem::swap(later, &mut best);
    }
    Outcome::Answered(Box::new(Answer { best, also_stated, alternatives }))
}

/// True when the very thing asked for is told of another time, and `best` only of something like it: 今年新增养老床位
/// asked, last year's stated beside this year's 养老服务站; or in another unit of something near it: 口岸出入境旅客 asked of
/// 空港旅客233万人次，其中口岸出入境航班297架次.
pub fn is_outdone(best: &Ranked<'_>, ranked: &[Ranked<'_>], asked: Option<Aspect>) -> bool {
    // 农业占工农业总产值的比重: what tells of the whole is no better for it.
    let may_outdo = |other: &Ranked<'_>| asked != Some(Aspect::Share) || other.fact.aspect == Aspect::Share;
    let asked_for = |ranked: &Ranked<'_>| ranked.scored.signals[signal::EXCESS];
    asked_for(best) < LEAST_ASKED_FOR
        && ranked.iter().any(|other| {
            !other.fits()
                && may_outdo(other)
                && !other.scored.misses_place
                && !other.scored.misses_part
                && asked_for(other) >= LEAST_ASKED_FOR
                && other.report.place == best.report.place
                && other.scored.signals[signal::COVERAGE] >= best.scored.signals[signal::COVERAGE] + MUCH_MORE
                && (other.scored.signals[signal::HEAD] >= best.scored.signals[signal::HEAD] + MUCH_MORE
                    || std::ptr::eq(other.passage, best.passage)
                        && other.fact.figure.kind == best.fact.figure.kind)
        })
}

fn cannot_answer(question: &Question, understood: &Understood, snapshot: &Snapshot) -> Option<Reason> {
    if snapshot.reports().is_empty() {
        return Some(Reason::NothingLoaded);
    }
    if let Some(name) = &question.report
        && !snapshot.reports().iter().any(|info| info.file == *name || info.id == *name)
    {
        return Some(Reason::NoSuchReport { report: name.clone() });
    }
    if let [place, ..] = question.places.as_slice()
        && understood.reports.as_ref().is_some_and(Vec::is_empty)
    {
        return Some(Reason::PlaceNotLoaded { place: place.clone() });
    }
    understood.terms.groups.is_empty().then_some(Reason::Vague)
}

fn reason(understood: &Understood, ranked: &[Ranked<'_>], weights: &Weights) -> Reason {
    let good_otherwise =
        ranked.iter().find(|ranked| weights.confidence(&ranked.scored.signals) >= weights.threshold());
    match (&understood.unknown_place, good_otherwise) {
        (None, _) if let Some(year) = understood.unknown_year => Reason::YearNotLoaded { year },
        (Some(place), _) => Reason::PlaceNotLoaded { place: place.clone() },
        (None, Some(_)) => Reason::NotAsAsked,
        (None, None) if ranked.first().is_some_and(|best| best.scored.signals[signal::COVERAGE] > 0.75) => {
            Reason::NotAsAsked
        }
        (None, None) => Reason::NoSuchIndicator,
    }
}

fn nearest(ranked: &[Ranked<'_>]) -> Vec<Nearest> {
    let mut nearest: Vec<Nearest> = Vec::new();
    for ranked in ranked.iter().filter(|ranked| {
        ranked.scored.signals[signal::COVERAGE] > 0.15 && ranked.fact.figure.kind != FigureKind::Date
    }) {
        if nearest.len() == N_NEAREST {
            break;
        }
        let indicator = &ranked.fact.indicator;
        let n_chars = indicator.chars().count();
        if !(2..=20).contains(&n_chars) || nearest.iter().any(|known| known.indicator == *indicator) {
            continue;
        }
        let place = ranked.report.place.as_ref().map_or_else(String::new, |place| place.full_name());
        let year = ranked.fact.period.to.map_or_else(String::new, |year| format!("{year}年"));
        nearest.push(Nearest { indicator: indicator.clone(), question: format!("{place}{year}{indicator}") });
    }
    nearest
}
