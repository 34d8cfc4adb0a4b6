//! Signals of a candidate: how well one fact of one passage fits the question.

use std::cell::OnceCell;

use crate::analysis::normalize::normalize;
use crate::analysis::rivals::{Naming, namings};
use crate::analysis::times::Mention;
use crate::answer::asked_period::{YearKind, period_fit};
use crate::answer::exclusion::Exclusion;
use crate::answer::fit::{ADDING, aspect_fit, stock_fit, unit_fit};
use crate::answer::joint::is_joint;
use crate::answer::rivals::{Met, fit as rivals_fit};
use crate::answer::sight::{Credits, IN_RELATED, Sightings, is_anothers};
use crate::answer::terms::Terms;
use crate::answer::understand::Understood;
use crate::answer::weights::Weights;
use crate::index::Hit;
use crate::index::passage::Passage;
use crate::index::shelf::Shelved;
use crate::model::fact::{Aspect, Fact};
use crate::model::figure::FigureKind;
use crate::model::report::ReportInfo;
use crate::model::span::Span;

/// Names of the signals, in the order of [`Signals`]; the keys of `data/weights.toml`.
pub const SIGNALS: [&str; 15] = [
    "coverage", "subject", "weakest", "excess", "aspect", "unit", "period", "recency", "home", "bm25",
    "nearness", "rivals", "head", "title", "stock",
];

/// Where some of the signals stand in [`Signals`].
pub mod signal {
    pub const COVERAGE: usize = 0;
    pub const SUBJECT: usize = 1;
    pub const EXCESS: usize = 3;
    pub const ASPECT: usize = 4;
    pub const UNIT: usize = 5;
    pub const PERIOD: usize = 6;
    pub const RIVALS: usize = 11;
    pub const HEAD: usize = 12;
    pub const STOCK: usize = 14;
}

/// One value a signal, each from 0 (against) to 1 (for).
pub type Signals = [f32; SIGNALS.len()];

/// A figure that owns this much of what is asked, or whose own words are asked for so far, is of nothing else.
const LEAST_KNOWN: f32 = 0.65;
/// So much of what names the part of a share must be spoken of.
const LEAST_OF_PART: f32 = 0.3;
/// Signals below which a figure is out of the question.
const FAR_OFF: f32 = 0.1;
/// What is worth less is not spoken of.
const LEAST_PART: f32 = 0.3;

/// Everything scoring one passage needs.
pub struct Scorer<'a> {
    understood: &'a Understood,
    terms: &'a Terms,
    weights: &'a Weights,
    /// BM25 score of the best passage.
    best_bm25: f32,
    exclusion: Exclusion<'a>,
}

/// What a question finds in one passage, for all its facts.
pub struct Seen<'p> {
    pub sightings: Sightings,
    pub met: Vec<Met<'p>>,
    /// The times the passage mentions, once they are needed.
    times: OnceCell<Vec<Mention>>,
}

impl<'p> Seen<'p> {
    pub fn new(sightings: Sightings, met: Vec<Met<'p>>) -> Seen<'p> {
        Seen { sightings, met, times: OnceCell::new() }
    }
}

/// What a report brings to each of its facts.
#[derive(Debug, Clone)]
pub struct Standing {
    year: Option<u16>,
    recency: f32,
    home: f32,
    title: f32,
    /// What the title names, of a document that is no work report: all of it may be about that.
    pub named: Vec<Naming>,
}

/// A fact scored.
#[derive(Debug, Clone)]
pub struct Scored {
    pub signals: Signals,
    pub score: f32,
    /// True when a place the sentence must name is not in it.
    pub misses_place: bool,
    /// True when the thing asked for is nowhere near, only what it is a part of or that it is new: 研发投入占GDP asked,
    /// 物流费用与GDP的比率 stated; 新建医院 asked, 新建社区 stated.
    pub misses_part: bool,
    /// True when what the question counts is what another figure of the sentence tells of: 小火电 asked of
    /// 关停小火电1669万千瓦，关闭小煤矿1054处.
    pub is_of_another: bool,
    /// True when the figure is of several things together, and the question names one: 移动电话用户 asked of
    /// 固定电话和移动电话用户4.21亿户.
    pub is_joint: bool,
    /// True when it is told of something else than is asked for: 比1949年 asked, 比1952年 told.
    pub is_excluded: bool,
}

impl<'a> Scorer<'a> {
    /// For the facts found for `understood`, the best of whose passages has `best_bm25`.
    pub fn new(understood: &'a Understood, weights: &'a Weights, best_bm25: f32) -> Scorer<'a> {
        let exclusion = Exclusion::new(understood);
        Scorer { understood, terms: &understood.terms, weights, best_bm25, exclusion }
    }

    /// What is the same for all facts of `report`; `newest` is the newest year among the reports of its place.
    pub fn standing(&self, report: &ReportInfo, newest: Option<u16>) -> Standing {
        let year = report.year.map(|year| year.get());
        Standing {
            year,
            recency: recency(year, newest),
            home: if self.understood.is_home(report) { 1.0 } else { 0.0 },
            title: self.understood.title_fit(report),
            named: if report.year.is_none() { namings(normalize(&report.title).text()) } else { Vec::new() },
        }
    }

    /// Scores `fact` of the passage of `hit`, in which `seen` was found; `credits` is room to work in, made for the same question.
    pub fn score(
        &self,
        credits: &mut Credits<'_>,
        hit: &Hit,
        standing: &Standing,
        seen: &Seen<'_>,
        fact: &Fact,
    ) -> Scored {
        let passage: &Shelved = &hit.passage;
        let sightings = &seen.sightings;
        let mut coverage = 0.0;
        let mut subject = 0.0;
        let mut total = 0.0;
        let mut weakest = 1.0f32;
        let heaviest = self.terms.groups.iter().map(|group| group.weight).fold(f32::EPSILON, f32::max);
        let mut misses_place = false;
        // Weight of the phrases that name the part, and what of it was found.
        let mut part = (0.0f32, 0.0f32);
        let mut thing = 0.0f32;
        let mut is_added = false;
        credits.weigh(passage, sightings, fact);
        let mut head = 1.0;
        for (group_idx, group) in self.terms.groups.iter().enumerate() {
            let credit = credits.of_group(group);
            total += group.weight;
            coverage += group.weight * credit;
            if credit >= 0.8 * IN_RELATED {
                subject += group.weight;
            }
            if !group.is_background {
                // A light word that is missing says little.
                weakest = weakest.min(credit.max(1.0 - group.weight / heaviest));
            }
            if ADDING.contains(&group.text.as_str()) {
                is_added |= credit >= LEAST_PART;
            } else {
                thing = thing.max(credit);
            }
            if group.is_part {
                part.0 += group.weight;
                part.1 += group.weight * credit;
            }
            misses_place |= group.is_place && credit < self.understood.least_place_credit();
            if self.terms.head == Some(group_idx) {
                head = credit;
            }
        }
        let total = total.max(f32::EPSILON);
        let told = standing.year.map(|year| year - 1);
        let signals: Signals = [
            coverage / total,
            subject / total,
            weakest,
            1.0 - excess(passage, fact, credits.used()),
            aspect_fit(self.understood, passage, fact),
            unit_fit(self.understood, passage, fact),
            self.period_fit(passage, fact, told),
            standing.recency,
            standing.home,
            if self.best_bm25 > 0.0 { hit.score / self.best_bm25 } else { 0.0 },
            nearness(fact, credits.used()),
            rivals_fit(&seen.met, fact, passage),
            head,
            standing.title,
            stock_fit(self.understood, passage, fact),
        ];
        let score = self.weights.score(&signals);
        // 新建了几所医院: 新建 alone names no thing.
        let misses_part = part.1 < LEAST_OF_PART * part.0 || is_added && thing < LEAST_PART;
        let is_of_another = signals[signal::SUBJECT] < LEAST_KNOWN
            && signals[signal::EXCESS] < LEAST_KNOWN
            && !fact.anchors.subject.is_empty()
            && self
                .terms
                .head
                .is_some_and(|head| is_anothers(&self.terms.groups[head], passage, sightings, fact));
        let is_joint = is_joint(passage, fact, credits.used());
        // Where a figure is of another time or sort, the rest does not matter.
        let is_near = signals[signal::PERIOD] > FAR_OFF && signals[signal::ASPECT] > FAR_OFF;
        let is_excluded = is_near && self.exclusion.holds(passage, &seen.times, fact);
        Scored { signals, score, misses_place, misses_part, is_of_another, is_joint, is_excluded }
    }
}

impl Scorer<'_> {
    /// How well the years of `fact` fit; `told` is the year its report tells of.
    fn period_fit(&self, passage: &Passage, fact: &Fact, told: Option<u16>) -> f32 {
        let asked = self.understood.period;
        let is_sum = || is_sum(passage, fact);
        let fit = |asked| period_fit(asked, fact.period, fact.is_dated, told, year_kind(fact), &is_sum);
        // 今年要上调，上调之前是多少: the start of it is of the year before.
        let is_start = self.understood.wish.aspect == Some(Aspect::From) && fact.aspect == Aspect::From;
        if is_start && asked.years.is_some_and(|(from, to)| from == to) {
            fit(asked).max(fit(asked.year_before()))
        } else {
            fit(asked)
        }
    }
}

/// The share of the fact's own words that the question did not use.
fn excess(passage: &Passage, fact: &Fact, used: &[Span]) -> f32 {
    let mut n_all = 0usize;
    let mut n_used = 0usize;
    for span in &fact.anchors.subject {
        for (at, ch) in span.of(&passage.normalized).char_indices() {
            if !ch.is_alphanumeric() {
                continue;
            }
            let at = span.start + at as u32;
            n_all += 1;
            n_used += usize::from(used.iter().any(|used| used.start <= at && at < used.end));
        }
    }
    if n_all == 0 { 0.5 } else { 1.0 - n_used as f32 / n_all as f32 }
}

/// 1 when the nearest used word touches the figure, falling with the distance.
fn nearness(fact: &Fact, used: &[Span]) -> f32 {
    let spans = &fact.anchors.subject;
    let Some(figure_at) = spans.iter().map(|span| span.end).max() else { return 0.0 };
    let nearest = used.iter().map(|span| span.end.abs_diff(figure_at)).min();
    nearest.map_or(0.0, |bytes| 1.0 / (1.0 + bytes as f32 / 30.0))
}

/// Words for a sum or a mean over years.
const SUMS: &[&str] = &["累计", "年均", "共计", "一共", "总共", "合计", "总计", "平均", "五年", "以来"];
/// Words for where something stands in the end.
const STANDS: &[&str] = &[
    "达",
    "占",
    "稳定在",
    "突破",
    "超过",
    "提高到",
    "提升到",
    "率",
    "保持",
    "强度",
    "比重",
    "水平",
    "装机",
    "余额",
];

/// True when the words of `fact` speak of a sum or a mean over its years, not of where they ended.
fn is_sum(passage: &Passage, fact: &Fact) -> bool {
    let clause = fact.anchors.clause.of(&passage.normalized);
    let says = |words: &[&str]| words.iter().any(|word| clause.contains(word));
    // 从1.9万座增加到14.3万座 says where it began and ended; 年均浓度 is of one year.
    if matches!(fact.aspect, Aspect::Duration | Aspect::Rank | Aspect::From | Aspect::To)
        || clause.contains("浓度") && !clause.contains("累计")
        || fact.figure.kind == FigureKind::Share
            && matches!(fact.aspect, Aspect::Level | Aspect::Share)
            && !says(SUMS)
    {
        return false;
    }
    says(SUMS) || !says(STANDS)
}

fn year_kind(fact: &Fact) -> YearKind {
    if matches!(fact.aspect, Aspect::Change | Aspect::Gap) { YearKind::Rate } else { YearKind::Amount }
}

fn recency(year: Option<u16>, newest: Option<u16>) -> f32 {
    match (year, newest) {
        // A report of years after the day asked on says as little of that day as one long before.
        (Some(year), Some(newest)) => 0.85f32.powi(i32::from(newest.abs_diff(year))),
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_stand_where_they_are_said_to() {
        let named = [
            (signal::COVERAGE, "coverage"),
            (signal::SUBJECT, "subject"),
            (signal::EXCESS, "excess"),
            (signal::ASPECT, "aspect"),
            (signal::UNIT, "unit"),
            (signal::PERIOD, "period"),
            (signal::RIVALS, "rivals"),
            (signal::HEAD, "head"),
            (signal::STOCK, "stock"),
        ];
        assert!(named.iter().all(|(at, name)| SIGNALS[*at] == *name));
    }
}
