//! Signals of a candidate: how well one fact of one passage fits the question.

use std::cell::OnceCell;

use crate::analysis::normalize::normalize;
use crate::analysis::rivals::{Naming, namings};
use crate::analysis::times::{Mention, When, find_times};
use crate::answer::asked_period::{YearKind, period_fit};
use crate::answer::fit::{ADDING, aspect_fit, stock_fit, unit_fit};
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
    /// The rates a question names, in its own words and in the report's.
    rates: Vec<&'a str>,
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
    /// True when the question holds this very figure.
    pub is_given: bool,
    /// True when it is told against another year than the question compares with: 比1949年 asked, 比1952年 told.
    pub is_of_other_base: bool,
    /// True when it is told of another edition: 五届进博会 asked, 第八届进博会 told.
    pub is_of_other_edition: bool,
    /// True when it is another rate: 去向落实率 asked, 留皖率 told.
    pub is_other_rate: bool,
}

impl<'a> Scorer<'a> {
    /// For the facts found for `understood`, the best of whose passages has `best_bm25`.
    pub fn new(understood: &'a Understood, weights: &'a Weights, best_bm25: f32) -> Scorer<'a> {
        let asked = rates(&understood.normalized).next().is_some();
        let worded = understood.terms.lookups.iter().map(String::as_str);
        let texts = worded.chain([understood.normalized.as_str()]).filter(|_| asked);
        let rates = texts.flat_map(rates).collect();
        Scorer { understood, terms: &understood.terms, weights, best_bm25, rates }
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
            period_fit(self.understood.period, fact.period, fact.is_dated, told, year_kind(fact), &|| {
                is_sum(passage, fact)
            }),
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
        let is_given = self.understood.given.iter().any(|given| {
            given.value == fact.figure.value && (given.unit == fact.figure.unit || given.unit.is_empty())
        });
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
        // Looked at last: where a figure is of another time or sort, it does not matter.
        let is_near = signals[signal::PERIOD] > FAR_OFF && signals[signal::ASPECT] > FAR_OFF;
        let is_of_other_base = is_near && self.is_of_other_base(passage, seen, fact);
        Scored {
            signals,
            score,
            misses_place,
            misses_part,
            is_of_another,
            is_joint,
            is_given,
            is_of_other_base,
            is_of_other_edition: is_of_other_edition(&self.understood.normalized, &passage.normalized),
            is_other_rate: self.is_other_rate(passage, fact),
        }
    }
}

impl Scorer<'_> {
    /// True when the question names a rate, and the words of `fact` end in another.
    fn is_other_rate(&self, passage: &Passage, fact: &Fact) -> bool {
        if self.rates.is_empty() {
            return false;
        }
        let told = fact.anchors.subject.iter().filter_map(|span| rates(span.of(&passage.normalized)).last());
        let mut told = told.peekable();
        told.peek().is_some() && !told.any(|rate| self.rates.iter().any(|asked| *asked == rate))
    }

    /// True when a change is told against another year than the one asked for, or in the mean of several years.
    fn is_of_other_base(&self, passage: &Passage, seen: &Seen<'_>, fact: &Fact) -> bool {
        if !matches!(fact.aspect, Aspect::Change | Aspect::Gap) {
            return false;
        }
        let period = self.understood.period;
        let told = told_base(seen.times.get_or_init(|| find_times(&passage.normalized)), fact);
        let is_mean = || says_mean(fact.anchors.clause.of(&passage.normalized));
        match (period.base, period.years) {
            (Some(base), _) => told.map_or_else(is_mean, |told| told != base),
            // 2015年涨了多少 is asked against 2014: 比2010年增加10525元，年均递增13.7% tells neither.
            (None, Some((from, to))) if from == to && !says_mean(&self.understood.normalized) => {
                told.is_some_and(|told| told + 1 < from) || told.is_none() && is_mean()
            }
            _ => false,
        }
    }
}

/// Words that end in 率 and name no rate of something.
const NO_RATES: &[&str] = &["效率", "比率", "概率", "频率", "利率", "税率", "速率", "汇率", "功率"];

/// The names of rates in `text`, by their last three characters: 业率 of 失业率, 落实率 of 去向落实率.
fn rates(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('率').filter_map(|(at, rate)| {
        let end = at + rate.len();
        let (start, _) = text[..at].char_indices().nth_back(1)?;
        let name = &text[start..end];
        (name.chars().all(char::is_alphanumeric) && !NO_RATES.iter().any(|word| name.ends_with(word)))
            .then_some(name)
    })
}

fn says_mean(text: &str) -> bool {
    MEANS.iter().any(|word| text.contains(word))
}

/// True when `question` numbers an event, and `sentence` numbers it otherwise.
fn is_of_other_edition(question: &str, sentence: &str) -> bool {
    question.contains('届')
        && editions(question)
            .any(|asked| editions(sentence).next().is_some() && !editions(sentence).any(|told| told == asked))
}

/// How each 届 of `text` is numbered, in Chinese numerals: 五 of 五届, 第八 of 第八届.
fn editions(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('届').filter_map(|(at, _)| {
        let number = text[..at].rsplit(|ch: char| !"第一二三四五六七八九十".contains(ch)).next();
        number.filter(|number| !number.is_empty())
    })
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

/// Words for a mean a year, which is a change against no one year.
const MEANS: &[&str] = &["年均", "平均每年", "每年平均"];

/// The year a change is told against, where the sentence names it before the figure.
fn told_base(times: &[Mention], fact: &Fact) -> Option<u16> {
    let end = fact.anchors.clause.end;
    let mention = times.iter().rfind(|time| time.is_base && time.span.end <= end)?;
    match mention.when {
        When::Years { from, to } => (from == to).then_some(from),
        When::LastYear | When::YearBefore => fact.period.to.map(|year| year - 1),
        _ => None,
    }
}

/// Words for money of any sort.
const MONEY_SUMS: &[&str] = &["资金", "经费", "补贴", "补助", "款项", "各类资金", "补助资金", "各项资金"];
/// The longest thing of a list, in characters.
const MAX_ITEM_CHARS: usize = 7;

/// Joins things that are counted together.
const JOINING: &[char] = &['和', '与', '及', '、'];
/// Words that give each of several things a figure of its own.
const EACH: &[&str] = &["均", "都", "各", "分别", "双双", "比例", "标准"];

/// True when one of two things that are counted together is among the `used` words, and the other is not.
fn is_joint(passage: &Passage, fact: &Fact, used: &[Span]) -> bool {
    if used.is_empty()
        || !matches!(fact.figure.kind, FigureKind::Amount)
        || matches!(fact.aspect, Aspect::Change | Aspect::Gap)
    {
        return false;
    }
    // 提高城乡低保标准等10项政策 counts policies; what is named before 等 is one of them.
    let is_listed = |words: &Span| {
        let behind = passage.normalized[words.end as usize..].strip_prefix('等');
        behind.is_some_and(|behind| behind.starts_with(|ch: char| ch.is_ascii_digit()))
            && used.iter().all(|used| used.end <= words.end)
    };
    if fact.anchors.subject.iter().any(is_listed) {
        return true;
    }
    let is_used = |at: usize| used.iter().any(|used| (used.start as usize..used.end as usize).contains(&at));
    let Some(start) = fact.anchors.subject.iter().map(|span| span.start).min() else { return false };
    let end = fact.anchors.subject.iter().map(|span| span.end).max().unwrap_or(start);
    let is_others = passage.facts.iter().flat_map(|other| &other.anchors.subject).any(|span| {
        span.end <= start && fact.anchors.clause.contains(*span) && !fact.anchors.subject.contains(span)
    });
    // 国内、国际航线达到34条: the first of the two may stand before the words of the figure.
    let from = if is_others { start } else { fact.anchors.clause.start.min(start) } as usize;
    let text = &passage.normalized[from..end as usize];
    let clause = fact.anchors.clause.of(&passage.normalized);
    if !text.contains(JOINING) || EACH.iter().any(|word| clause.contains(word)) {
        return false;
    }
    let is_part = |part: &str| {
        let start = part.as_ptr() as usize - passage.normalized.as_ptr() as usize;
        part.char_indices().any(|(at, _)| is_used(start + at))
    };
    // 低保金、医疗保险待遇、生活费等资金8.4亿元 is the sum of them, whatever is asked for in money.
    if let Some((list, sum)) = text.rsplit_once('等')
        && list.contains('、')
        && !sum.is_empty()
    {
        let (n_named, n_all) =
            list.split('、').fold((0, 0), |(named, all), one| (named + usize::from(is_part(one)), all + 1));
        return n_named > 0 && n_named < n_all && (MONEY_SUMS.contains(&sum) || !is_part(sum));
    }
    // 老旧小区、城中村、危旧房改造2.2万套 is not of one of the three.
    if is_of_three(text, &is_part) {
        return true;
    }
    text.match_indices(JOINING).any(|(at, joint)| {
        let before = &text[..at];
        let one = before.rsplit(|ch: char| !ch.is_alphanumeric()).next().unwrap_or_default();
        let is_named = one.char_indices().any(|(in_one, _)| is_used(from + at - one.len() + in_one));
        let other = &text[at + joint.len()..];
        let other: String = other.chars().take_while(|ch| ch.is_alphanumeric()).collect();
        // Things of one sort are called alike: 国内 and 国际, 固定电话 and 移动电话.
        let are_alike = one.chars().any(|ch| other.contains(ch));
        one.chars().count() >= 2 && are_alike && !is_named && is_used(from + at + joint.len())
    })
}

/// True when `text` ends in a list of three things or more that share their last words, only some of which are asked
/// for.
fn is_of_three(text: &str, is_asked: &dyn Fn(&str) -> bool) -> bool {
    let items: Vec<&str> = text.split(['、', '和', '与', '及']).collect();
    let [.., first, second, _] = items.as_slice() else { return false };
    // The words that all share stand in the last.
    let is_thing = |item: &str| (2..=MAX_ITEM_CHARS).contains(&item.chars().count());
    let bare = |item: &&str| item.chars().all(char::is_alphanumeric);
    // 累计开通国内、国际及地区航线: a verb before the list is of all.
    let ends_asked =
        |item: &str| item.char_indices().next_back().is_some_and(|(at, _)| is_asked(&item[at..]));
    is_thing(first)
        && is_thing(second)
        && bare(first)
        && bare(second)
        && (is_asked(second) && !is_asked(first) || ends_asked(first) && !is_asked(second))
}

/// Words for a sum or a mean over years.
const SUMS: &[&str] = &["累计", "年均", "共计", "一共", "总共", "合计", "总计", "平均", "五年", "以来"];
/// Words for where something stands in the end.
const STANDS: &[&str] = &[
    "达",
    "为",
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
        || clause.contains("浓度")
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
        (Some(year), Some(newest)) => 0.85f32.powi(i32::from(newest.saturating_sub(year))),
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
