//! Signals of a candidate: how well one fact of one passage fits the question.

use memchr::memmem;
use rust_decimal::Decimal;

use crate::analysis::figures::{UnitClass, unit_class};
use crate::answer::asked_period::{YearKind, period_fit};
use crate::answer::terms::{Group, Terms};
use crate::answer::understand::Understood;
use crate::answer::weights::Weights;
use crate::answer::wish::Wish;
use crate::index::gram_filter::{GramFilter, GramKey};
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

/// One value a signal, each from 0 (against) to 1 (for).
pub type Signals = [f32; SIGNALS.len()];

/// How much a word tells by where it stands, from the fact's own words down to the headings.
const IN_SUBJECT: f32 = 1.0;
const IN_RELATED: f32 = 0.85;
const IN_CLAUSE: f32 = 0.6;
const IN_SENTENCE_BEFORE: f32 = 0.5;
const IN_SENTENCE_AFTER: f32 = 0.35;
const IN_CLAUSE_BEFORE: f32 = 0.4;
/// Wordings trusted less may name something else.
const LEAST_SURE: f32 = 0.75;
/// A figure that owns this much of what is asked, or whose own words are asked for so far, is of nothing else.
const LEAST_KNOWN: f32 = 0.65;
/// What is worth less is not spoken of.
const LEAST_PART: f32 = 0.3;
/// Bytes of the comma between two clauses.
const MAX_COMMA_BYTES: u32 = 3;
const IN_RIVAL: f32 = 0.25;
const IN_CONTEXT: f32 = 0.4;
const IN_TITLE: f32 = 0.8;
/// Words for what was added to, or taken from, what there was.
const CHANGING: &[&str] = &[
    "增加", "加装", "增设", "增添", "多出", "再加", "扩", "减", "压", "砍", "退出", "取消", "淘汰", "节约",
    "少", "化解", "关停", "再提", "提高", "上调",
];
/// More money than this, in yuan, is never one person's, or one household's.
const LARGEST_SHARE_YUAN: u32 = 10_000_000;
/// Words that make a figure one of so many, not of all.
const DENSITIES: &[&str] = &["每千人", "每万人", "每百人", "每十万人", "每百户", "每千名", "每万名"];
/// Credit of a noun that is not written because the unit says it.
const IMPLIED_BY_UNIT: f32 = 0.75;
/// Words for what came in addition.
pub const ADDING: &[&str] = &[
    "新增",
    "净增",
    "新设",
    "新建",
    "新开",
    "新认定",
    "新引进",
    "新培育",
    "新建成",
    "新登记",
    "新入库",
    "新改扩建",
];
/// Words for what was made new of what there was.
const REBUILDING: &[&str] = &["改扩建", "扩建", "改建", "改造"];
/// Characters of the verbs by which something is built.
const BUILDING: [char; 10] = ['新', '增', '建', '修', '盖', '开', '扩', '成', '投', '竣'];
/// Words for what there is in all.
const TOTALS: &[&str] = &[
    "总里程",
    "通车里程",
    "运营里程",
    "营业里程",
    "总量",
    "总数",
    "总长",
    "总规模",
    "保有量",
    "存量",
    "拥有量",
    "总面积",
];
/// Nouns whose bare figure counts people: 农村贫困人口减少1240万.
const PEOPLE: &[&str] = &[
    "人口",
    "人数",
    "人员",
    "群众",
    "学生",
    "职工",
    "居民",
    "残疾人",
    "劳动力",
    "毕业生",
    "农民",
    "农民工",
    "老年人",
];
/// Evidence of characters in order but apart: 外贸 in 对外贸易.
const TRUST_ABBREVIATION: f32 = 0.7;
/// Words of a wording that stand apart count a little less than the wording in one piece.
const APART: f32 = 0.93;
/// A wording with a word missing is hardly the wording: 调查失业率 is not 登记失业率.
const WITH_GAP: f32 = 0.6;

/// Every wording of a known indicator is known, so a part of one is the part of another.
const GAP_IN_INDICATOR: f32 = 0.4;

/// Where the looked-up words of a question stand in one passage.
pub struct Sightings {
    /// Per lookup: places in the normalized sentence.
    places: Vec<Vec<Span>>,
    /// Per lookup: credit from headings and title alone.
    around: Vec<f32>,
    /// Per lookup: true when the places are an abbreviation's, not the word's own.
    is_abbreviation: Vec<bool>,
}

/// Finds the looked-up words of a question in passages.
pub struct Finder<'t> {
    words: Vec<Word<'t>>,
}

/// A word to look for.
struct Word<'t> {
    text: &'t str,
    finder: memmem::Finder<'t>,
    key: GramKey,
    /// For a word that may be abbreviated: its characters.
    apart: Option<GramKey>,
}

impl Word<'_> {
    /// Where the word stands in `text`, whose filter is `filter`.
    fn places<'a>(&'a self, text: &'a str, filter: &GramFilter) -> impl Iterator<Item = Span> + 'a {
        let text = if filter.may_hold(&self.key) { text } else { "" };
        self.finder.find_iter(text.as_bytes()).map(|at| Span::new(at, at + self.text.len()))
    }
}

impl<'t> Finder<'t> {
    /// For the words of `terms`; a question without words finds nothing.
    pub fn new(terms: &'t Terms) -> Finder<'t> {
        let words = terms.lookups.iter().map(|text| Word {
            text,
            finder: memmem::Finder::new(text),
            key: GramKey::of(text),
            apart: (text.len() <= MAX_ABBREVIATED_BYTES).then(|| GramKey::of_characters(text)),
        });
        Finder { words: words.collect() }
    }

    /// Looks every word up once, for all facts of the passage.
    pub fn sightings(&self, passage: &Shelved, report: &ReportInfo) -> Sightings {
        let title = report.year.is_none().then(|| report.title.to_lowercase());
        let mut sightings = Sightings {
            places: Vec::with_capacity(self.words.len()),
            around: Vec::with_capacity(self.words.len()),
            is_abbreviation: Vec::with_capacity(self.words.len()),
        };
        for word in &self.words {
            let mut places: Vec<Span> = word.places(&passage.normalized, &passage.in_sentence).collect();
            let is_in_title =
                title.as_deref().is_some_and(|title| word.finder.find(title.as_bytes()).is_some());
            let is_around = || word.places(&passage.context, &passage.around).next().is_some();
            let around = match is_in_title {
                true => IN_TITLE,
                false if is_around() => IN_CONTEXT,
                false => 0.0,
            };
            let is_whole = !places.is_empty();
            if !is_whole
                && word.apart.as_ref().is_some_and(|key| passage.in_sentence.may_hold(key))
                && let Some(span) = abbreviation(&passage.normalized, word.text)
            {
                places.push(span);
            }
            sightings.is_abbreviation.push(!is_whole && !places.is_empty());
            sightings.places.push(places);
            sightings.around.push(around);
        }
        sightings
    }
}

/// Bytes of two characters of Chinese.
const MAX_ABBREVIATED_BYTES: usize = 8;

/// A two-character word whose characters stand in order at most five characters apart.
fn abbreviation(text: &str, word: &str) -> Option<Span> {
    let mut chars = word.chars();
    let (first, second) = (chars.next()?, chars.next()?);
    if chars.next().is_some() || first.is_ascii() {
        return None;
    }
    text.match_indices(first).find_map(|(at, _)| {
        let rest = &text[at + first.len_utf8()..];
        let window_end = rest.char_indices().nth(5).map_or(rest.len(), |(end, _)| end);
        let window = &rest[..window_end];
        let hit = window.find(second)?;
        let between = &window[..hit];
        let is_close =
            !between.contains(['，', '。', '；', '、']) && !between.chars().any(|ch| ch.is_ascii_digit());
        is_close.then(|| Span::new(at, at + first.len_utf8() + hit + second.len_utf8()))
    })
}

/// Everything scoring one passage needs.
pub struct Scorer<'a> {
    understood: &'a Understood,
    terms: &'a Terms,
    weights: &'a Weights,
    /// BM25 score of the best passage.
    best_bm25: f32,
    /// Per looked-up word: the unit classes that say the word as well, as bits.
    implied: Vec<u32>,
}

/// What a report brings to each of its facts.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    year: Option<u16>,
    recency: f32,
    home: f32,
    title: f32,
}

/// A fact scored.
#[derive(Debug, Clone)]
pub struct Scored {
    pub signals: Signals,
    pub score: f32,
    /// Which phrases of the question were found, and what each is worth here.
    pub matched: Vec<(usize, f32)>,
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
}

impl<'a> Scorer<'a> {
    /// For the facts found for `understood`, the best of whose passages has `best_bm25`.
    pub fn new(understood: &'a Understood, weights: &'a Weights, best_bm25: f32) -> Scorer<'a> {
        let terms = &understood.terms;
        let implied = terms.lookups.iter().map(|word| implying_classes(word)).collect();
        Scorer { understood, terms, weights, best_bm25, implied }
    }

    /// What is the same for all facts of `report`; `newest` is the newest year among the reports of its place.
    pub fn standing(&self, report: &ReportInfo, newest: Option<u16>) -> Standing {
        let year = report.year.map(|year| year.get());
        Standing {
            year,
            recency: recency(year, newest),
            home: if self.understood.is_home(report) { 1.0 } else { 0.0 },
            title: self.understood.title_fit(report),
        }
    }

    /// Scores `fact` of `passage`.
    pub fn score(
        &self,
        passage: &Shelved,
        standing: Standing,
        sightings: &Sightings,
        fact: &Fact,
        bm25: f32,
    ) -> Scored {
        let mut matched = Vec::new();
        let mut coverage = 0.0;
        let mut subject = 0.0;
        let mut total = 0.0;
        let mut weakest = 1.0f32;
        let heaviest = self.terms.groups.iter().map(|group| group.weight).fold(f32::EPSILON, f32::max);
        let mut misses_place = false;
        let mut part = None;
        let mut thing = 0.0f32;
        let mut is_added = false;
        let mut used: Vec<Span> = Vec::new();
        let mut head = 1.0;
        for (group_idx, group) in self.terms.groups.iter().enumerate() {
            let (credit, places) = self.group_credit(group, passage, sightings, fact);
            total += group.weight;
            coverage += group.weight * credit;
            if credit >= 0.8 * IN_RELATED {
                subject += group.weight;
            }
            if !group.is_background {
                // A light word that is missing says little.
                weakest = weakest.min(credit.max(1.0 - group.weight / heaviest));
            }
            if credit > 0.3 {
                matched.push((group_idx, credit));
            }
            if ADDING.contains(&group.text.as_str()) {
                is_added |= credit >= LEAST_PART;
            } else {
                thing = thing.max(credit);
            }
            if group.is_part {
                part = Some(part.map_or(credit, |best: f32| best.max(credit)));
            }
            misses_place |= group.is_place && credit < self.understood.least_place_credit();
            if self.terms.head == Some(group_idx) {
                head = credit;
            }
            used.extend(places);
        }
        let total = total.max(f32::EPSILON);
        let told = standing.year.map(|year| year - 1);
        let signals: Signals = [
            coverage / total,
            subject / total,
            weakest,
            1.0 - excess(passage, fact, &used),
            aspect_fit(self.understood, passage, fact),
            unit_fit(self.understood, passage, fact),
            period_fit(self.understood.period, fact.period, fact.is_dated, told, year_kind(fact), &|| {
                is_sum(passage, fact)
            }),
            standing.recency,
            standing.home,
            if self.best_bm25 > 0.0 { bm25 / self.best_bm25 } else { 0.0 },
            nearness(fact, passage, &used),
            self.understood.rivals.fit(fact, passage),
            head,
            standing.title,
            stock_fit(self.understood, passage, fact),
        ];
        let score = self.weights.score(&signals);
        let is_given = self.understood.given.iter().any(|given| {
            given.value == fact.figure.value && (given.unit == fact.figure.unit || given.unit.is_empty())
        });
        // 新建了几所医院: 新建 alone names no thing.
        let misses_part = part.is_some_and(|best| best < LEAST_PART) || is_added && thing < LEAST_PART;
        let is_of_another = signals[1] < LEAST_KNOWN
            && signals[3] < LEAST_KNOWN
            && self.is_of_another(passage, sightings, fact);
        let is_joint = is_joint(passage, fact, &used);
        Scored { signals, score, matched, misses_place, misses_part, is_of_another, is_joint, is_given }
    }

    /// True when what the question counts stands in the words of other figures only.
    fn is_of_another(&self, passage: &Passage, sightings: &Sightings, fact: &Fact) -> bool {
        let Some(head) = self.terms.head.map(|head| &self.terms.groups[head]) else { return false };
        if fact.anchors.subject.is_empty() {
            return false;
        }
        let holds = |fact: &Fact, place: Span| fact.anchors.subject.iter().any(|span| span.contains(place));
        let own =
            |place: Span| holds(fact, place) || fact.anchors.related.iter().any(|span| span.contains(place));
        let mut is_anothers = false;
        for wording in head.wordings.iter().filter(|wording| wording.trust >= LEAST_SURE) {
            if sightings.is_abbreviation[wording.whole] {
                continue;
            }
            for &place in &sightings.places[wording.whole] {
                if own(place) {
                    return false;
                }
                let ends = |other: &Fact| other.anchors.subject.iter().any(|span| span.end == place.end);
                is_anothers |= passage.facts.iter().any(|other| holds(other, place) && ends(other));
            }
        }
        is_anothers
    }

    /// The best wording's credit, and where its words stand.
    fn group_credit(
        &self,
        group: &Group,
        passage: &Passage,
        sightings: &Sightings,
        fact: &Fact,
    ) -> (f32, Vec<Span>) {
        let mut best = (0.0f32, Vec::new());
        let class = unit_class(&fact.figure.unit);
        for wording in &group.wordings {
            if wording.trust <= best.0 {
                continue;
            }
            let (whole, place) = self.lookup_credit(wording.whole, passage, sightings, fact, class);
            let mut credit = whole;
            let mut places: Vec<Span> = place.into_iter().collect();
            if wording.parts.len() > 1 || whole == 0.0 {
                let mut apart = 0.0;
                let mut has_gap = false;
                let mut apart_places = Vec::new();
                for &(part, share) in &wording.parts {
                    let (part_credit, place) = self.lookup_credit(part, passage, sightings, fact, class);
                    apart += share * part_credit;
                    // A word that stands behind the fact only is not one of its own: 里程9234公里，…迈入“高速公路时代”.
                    has_gap |= share > 0.15 && part_credit <= IN_SENTENCE_AFTER;
                    apart_places.extend(place);
                }
                let gap = if group.is_indicator { GAP_IN_INDICATOR } else { WITH_GAP };
                let apart = apart * if has_gap { gap } else { APART };
                if apart > credit {
                    credit = apart;
                    places = apart_places;
                }
            }
            if credit * wording.trust > best.0 {
                best = (credit * wording.trust, places);
            }
        }
        best
    }

    fn lookup_credit(
        &self,
        lookup: usize,
        passage: &Passage,
        sightings: &Sightings,
        fact: &Fact,
        class: UnitClass,
    ) -> (f32, Option<Span>) {
        if !fact.anchors.implied.is_empty()
            && fact.anchors.implied.contains(self.terms.lookups[lookup].as_str())
        {
            return (IN_SUBJECT, None);
        }
        let is_implied = self.implied[lookup] & (1 << class as u32) != 0;
        let mut best = (if is_implied { IMPLIED_BY_UNIT } else { sightings.around[lookup] }, None);
        for &place in &sightings.places[lookup] {
            let credit = place_credit(passage, fact, place);
            let credit = if sightings.is_abbreviation[lookup] { credit * TRUST_ABBREVIATION } else { credit };
            if credit > best.0 {
                best = (credit, Some(place));
            }
        }
        best
    }
}

/// Nouns that a figure's unit says as well: tons of lithium carbonate are its 产量.
const IMPLIED: [(&[UnitClass], &[&str]); 9] = [
    (&[UnitClass::Mass, UnitClass::Volume], &["产量", "总产量", "总产"]),
    (&[UnitClass::Money], &["金额", "总额", "额", "数额", "资金"]),
    (&[UnitClass::People], &["人数", "人次", "人员"]),
    (&[UnitClass::Count], &["数量", "数", "个数", "总数", "产量"]),
    (&[UnitClass::Area], &["面积"]),
    (&[UnitClass::Length], &["里程", "长度", "总长", "全长", "体长", "身长"]),
    (&[UnitClass::Percent], &["比例", "比率"]),
    (&[UnitClass::Duration], &["时间", "时长", "年限", "天数"]),
    (&[UnitClass::Energy], &["电量"]),
];

/// The classes, as bits, of the units that say `word`.
fn implying_classes(word: &str) -> u32 {
    let classes = IMPLIED.iter().filter(|(_, words)| words.contains(&word)).flat_map(|(classes, _)| *classes);
    classes.fold(0, |bits, class| bits | 1 << *class as u32)
}

fn place_credit(passage: &Passage, fact: &Fact, place: Span) -> f32 {
    let anchors = &fact.anchors;
    if anchors.subject.iter().any(|span| span.contains(place)) {
        return IN_SUBJECT;
    }
    if anchors.related.iter().any(|span| span.contains(place)) {
        return IN_RELATED;
    }
    let is_just_before = passage.facts.iter().any(|other| {
        other.anchors.clause.end < anchors.clause.start
            && anchors.clause.start <= other.anchors.clause.end + MAX_COMMA_BYTES
            && other.anchors.clause.overlaps(place)
    });
    if is_just_before && fact.aspect == Aspect::Level {
        // 农牧民转移就业66万人，实现劳务收入75.4亿元: what was counted first is often the scope of what follows.
        return IN_CLAUSE_BEFORE;
    }
    let is_rivals = passage.facts.iter().any(|other| {
        other.anchors.subject != anchors.subject
            && other.anchors.subject.iter().any(|span| span.contains(place))
    });
    if is_rivals {
        return IN_RIVAL;
    }
    if anchors.clause.overlaps(place) {
        return IN_CLAUSE;
    }
    if place.end <= anchors.clause.start { IN_SENTENCE_BEFORE } else { IN_SENTENCE_AFTER }
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
fn nearness(fact: &Fact, passage: &Passage, used: &[Span]) -> f32 {
    let spans = &fact.anchors.subject;
    let Some(figure_at) = spans.iter().map(|span| span.end).max() else { return 0.0 };
    let nearest = used.iter().map(|span| span.end.abs_diff(figure_at)).min();
    let _ = passage;
    nearest.map_or(0.0, |bytes| 1.0 / (1.0 + bytes as f32 / 30.0))
}

/// Joins things that are counted together.
const JOINING: &[char] = &['和', '与', '及', '、'];
/// Words that give each of several things a figure of its own.
const EACH: &[&str] = &["均", "都", "各", "分别", "双双", "比例", "标准"];

/// True when one of two things that are counted together is among the `used` words, and the other is not.
fn is_joint(passage: &Passage, fact: &Fact, used: &[Span]) -> bool {
    let clause = fact.anchors.clause.of(&passage.normalized);
    if !matches!(fact.figure.kind, FigureKind::Amount)
        || matches!(fact.aspect, Aspect::Change | Aspect::Gap)
        || EACH.iter().any(|word| clause.contains(word))
    {
        return false;
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
    let is_part = |part: &str| {
        let start = part.as_ptr() as usize - passage.normalized.as_ptr() as usize;
        part.char_indices().any(|(at, _)| is_used(start + at))
    };
    // 低保金、医疗保险待遇、生活费等资金8.4亿元 is the sum of them.
    if let Some((list, sum)) = text.rsplit_once('等')
        && list.contains('、')
        && !sum.is_empty()
    {
        let (n_named, n_all) =
            list.split('、').fold((0, 0), |(named, all), one| (named + usize::from(is_part(one)), all + 1));
        return n_named > 0 && n_named < n_all && !is_part(sum);
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

/// True when the words of `fact` speak of a sum or a mean over its years, not of where they ended.
fn is_sum(passage: &Passage, fact: &Fact) -> bool {
    let until = Span { start: fact.anchors.clause.start, end: fact.anchors.clause.end };
    let clause = until.of(&passage.normalized);
    let says = |words: &[&str]| words.iter().any(|word| clause.contains(word));
    if matches!(fact.aspect, Aspect::Duration | Aspect::Rank) {
        return false;
    }
    says(&["累计", "年均", "共计", "一共", "总共", "合计", "总计", "平均", "五年", "以来"])
        || !says(&["达", "为", "占", "稳定在", "突破", "超过", "提高到", "提升到", "率", "保持"])
}

/// Whether the fact counts what was added or what there is in all, as asked.
fn stock_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let Some(words) = fact.anchors.subject.iter().map(|span| span.start).min() else { return 0.8 };
    let start = words.max(fact.anchors.clause.start);
    let end = fact.anchors.clause.end.max(start);
    let text = Span { start, end }.of(&passage.normalized);
    let is_added = text.contains(['新', '净']) && ADDING.iter().any(|word| text.contains(word));
    match (understood.wish.wants_added, understood.wish.wants_stock) {
        (true, false) => {
            if is_added {
                1.0
            } else if TOTALS.iter().any(|word| text.contains(word))
                || understood.wish.wants_built
                    && !fact.anchors.clause.of(&passage.normalized).contains(BUILDING)
            {
                0.0
            } else {
                0.4
            }
        }
        (false, true) => {
            // 新增经营主体11万多户 does not tell how many there are.
            if is_added || REBUILDING.iter().any(|word| text.contains(word)) { 0.05 } else { 1.0 }
        }
        _ => {
            if is_added {
                0.7
            } else {
                1.0
            }
        }
    }
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

/// True when the fact's own words tell of something added or taken away.
fn is_change_of_stock(passage: &Passage, fact: &Fact) -> bool {
    let says = |span: &Span| {
        let words = span.of(&passage.normalized);
        ADDING.iter().chain(CHANGING).any(|word| words.contains(word))
    };
    fact.anchors.subject.iter().chain(&fact.anchors.related).any(says)
}

fn aspect_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let wish = &understood.wish;
    if wish.kind == Some(FigureKind::Date) {
        return if fact.figure.kind == FigureKind::Date { 1.0 } else { 0.0 };
    }
    if fact.figure.kind == FigureKind::Date {
        return 0.05;
    }
    // 每千人养老床位数27.3张 is no number of beds.
    let clause = fact.anchors.clause.of(&passage.normalized);
    if clause.contains('每')
        && DENSITIES.iter().any(|word| clause.contains(word))
        && !understood.normalized.contains('每')
    {
        return 0.1;
    }
    if wish.kind == Some(FigureKind::Multiple) {
        return if fact.figure.kind == FigureKind::Multiple { 1.0 } else { 0.1 };
    }
    // What a change began with is the level, or the rank, of the year it began in.
    if fact.aspect == Aspect::From && understood.period.is_just(fact.period) {
        let is_wished = match wish.aspect {
            Some(Aspect::Rank) => fact.figure.kind == FigureKind::Rank,
            Some(Aspect::Duration) => fact.figure.kind == FigureKind::Duration,
            Some(Aspect::From) | None => true,
            Some(_) => false,
        };
        return if is_wished { 0.95 } else { 0.1 };
    }
    match wish.aspect {
        None => match fact.aspect {
            Aspect::Level => 1.0,
            Aspect::To => 0.95,
            Aspect::Share if wish.wants_level && wish.unit_class != Some(UnitClass::Percent) => 0.15,
            Aspect::Share => 0.75,
            Aspect::Change if wish.wants_level => 0.15,
            Aspect::Change if wish.unit_class == Some(UnitClass::Percent) => 0.6,
            // 边民补助再提高1200元 does not tell how much it is.
            Aspect::Change if fact.figure.kind == FigureKind::Amount => 0.15,
            Aspect::Change => 0.35,
            Aspect::Rank | Aspect::Duration if wish.kind == Some(fact.figure.kind) => 1.0,
            Aspect::Rank if wish.wants_level => 0.1,
            Aspect::Rank | Aspect::Duration => 0.35,
            Aspect::From => 0.25,
            Aspect::Gap => 0.15,
        },
        Some(Aspect::Gap) => match fact.aspect {
            Aspect::Gap => 1.0,
            Aspect::Change => 0.4,
            _ => 0.1,
        },
        Some(Aspect::Change) => match fact.aspect {
            Aspect::Change => match (wish.direction, fact.direction) {
                (Some(asked), Some(is)) if asked != is => 0.7,
                _ => 1.0,
            },
            Aspect::Level if fact.figure.kind == FigureKind::Share => 0.25,
            // 加装电梯51台, 退出产能5000万吨: the words themselves tell of more or less.
            Aspect::Level if is_change_of_stock(passage, fact) => 0.7,
            Aspect::Level => 0.15,
            // 比重提高到33.4% is no growth.
            Aspect::To if fact.figure.kind == FigureKind::Share => 0.1,
            Aspect::To => 0.3,
            Aspect::Gap => 0.35,
            _ => 0.1,
        },
        Some(Aspect::To) => match fact.aspect {
            Aspect::To => 1.0,
            Aspect::Level => 0.9,
            _ => 0.1,
        },
        Some(asked) => {
            if asked == fact.aspect {
                1.0
            } else if asked == Aspect::Share
                && fact.figure.kind == FigureKind::Share
                && fact.aspect != Aspect::Change
            {
                0.9
            } else {
                0.15
            }
        }
    }
}

fn is_power(unit: &str) -> bool {
    unit.ends_with('瓦')
}

/// True when the question names a classifier of its own, not 个.
fn names_classifier(wish: &Wish) -> bool {
    wish.unit.as_deref().is_some_and(|unit| !matches!(unit, "个" | "家" | "项"))
}

/// Classifiers for things of one sort: 几座医院 may be told in 家, never in 张.
const CLASSIFIERS: &[&str] = &[
    "家所座处间户站栋幢园片块",
    "台辆套部架艘列组只",
    "件项部款种类宗单笔份例本册篇条起",
    "头只口匹羽峰",
    "株棵",
    "场次届期趟班列批",
    "条座项段",
    "张",
];

/// False when what is asked is counted in one classifier, and `unit` counts things of another sort.
fn may_count_the_same(wish: &Wish, unit: &str) -> bool {
    let first = |unit: &str| unit.chars().next();
    let (Some(asked), Some(stated)) = (wish.unit.as_deref().and_then(first), first(unit)) else {
        return true;
    };
    let is_known = |classifier: char| CLASSIFIERS.iter().any(|sort| sort.contains(classifier));
    !is_known(asked)
        || !is_known(stated)
        || CLASSIFIERS.iter().any(|sort| sort.contains(asked) && sort.contains(stated))
}

fn unit_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let wish = &understood.wish;
    if wish.unit.as_deref().is_some_and(|asked| is_power(asked) != is_power(&fact.figure.unit))
        && unit_class(&fact.figure.unit) == UnitClass::Energy
    {
        // 千瓦 tells what a plant can give, 度 what it gave.
        return 0.0;
    }
    let is_fraction = fact.figure.kind == FigureKind::Share && fact.figure.unit.is_empty();
    let counts_people = fact.figure.kind == FigureKind::Amount
        && fact.figure.unit.is_empty()
        && fact.anchors.subject.iter().any(|span| {
            let words = span.of(&passage.normalized);
            PEOPLE.iter().any(|noun| words.ends_with(noun) || words.starts_with(noun))
        });
    let class = match (is_fraction, counts_people) {
        (true, _) => UnitClass::Percent,
        (_, true) => UnitClass::People,
        _ => unit_class(&fact.figure.unit),
    };
    if class == UnitClass::Money && wish.is_each && fact.figure.value >= Decimal::from(LARGEST_SHARE_YUAN) {
        return 0.05;
    }
    if let Some(unit) = &wish.unit {
        if fact.figure.unit.starts_with(unit.as_str()) {
            return 1.0;
        }
        if unit == "元" && fact.figure.unit.contains("美元") || unit == "美元" && class == UnitClass::Money
        {
            return 0.4;
        }
    }
    if wish.kind == Some(FigureKind::Rank) {
        return if fact.figure.kind == FigureKind::Rank { 1.0 } else { 0.0 };
    }
    match wish.unit_class {
        Some(UnitClass::Count)
            if class == UnitClass::Count && !may_count_the_same(wish, &fact.figure.unit) =>
        {
            0.05
        }
        Some(UnitClass::Count) if class == UnitClass::Count && names_classifier(wish) => {
            if matches!(fact.figure.unit.as_str(), "个" | "项" | "家") { 0.75 } else { 0.6 }
        }
        // 多少人次 is no number of flights.
        Some(UnitClass::People)
            if class == UnitClass::Count && wish.unit.is_some() && fact.figure.unit != "例" =>
        {
            0.05
        }
        Some(wanted) if wanted == class => 0.95,
        // 几批 counts batches, not the people in them.
        Some(UnitClass::Count) if class == UnitClass::People && names_classifier(wish) => 0.2,
        // 多少个 may be counted in any classifier, people in 人次 or 个.
        Some(UnitClass::Count) if class == UnitClass::People => 0.6,
        Some(UnitClass::People) if class == UnitClass::Count => 0.5,
        Some(UnitClass::Count) if class == UnitClass::Other => 0.5,
        Some(_) => 0.0,
        None => {
            if matches!(fact.figure.kind, FigureKind::Rank | FigureKind::Duration | FigureKind::Date) {
                0.35
            } else {
                0.7
            }
        }
    }
}
