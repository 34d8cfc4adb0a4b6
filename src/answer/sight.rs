//! Where the words of a question stand in a passage, and what that is worth for each of its figures.

use memchr::memmem;

use crate::analysis::figures::{UnitClass, unit_class};
use crate::answer::terms::{Group, Terms};
use crate::index::gram_filter::{GramFilter, GramKey};
use crate::index::passage::Passage;
use crate::index::shelf::Shelved;
use crate::model::fact::{Aspect, Fact};
use crate::model::figure::FigureKind;
use crate::model::report::ReportInfo;
use crate::model::span::Span;

/// How much a word tells by where it stands, from the fact's own words down to the headings.
const IN_SUBJECT: f32 = 1.0;
/// Worth of a word that stands in what completes a figure.
pub const IN_RELATED: f32 = 0.85;
/// Worth of a word of the clause before, for a figure whose own words say no more than how much.
const IN_TOPIC: f32 = 0.8;
const IN_CLAUSE: f32 = 0.6;
const IN_SENTENCE_BEFORE: f32 = 0.5;
const IN_SENTENCE_AFTER: f32 = 0.35;
const IN_CLAUSE_BEFORE: f32 = 0.4;
/// Bytes of the comma between two clauses.
const MAX_COMMA_BYTES: u32 = 3;
const IN_RIVAL: f32 = 0.25;
const IN_CONTEXT: f32 = 0.4;
const IN_TITLE: f32 = 0.8;
/// Credit of a noun that is not written because the unit says it.
const IMPLIED_BY_UNIT: f32 = 0.75;
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

/// True when `text` has `word` in pieces, as it has 外贸 in 对外贸易.
pub fn is_abbreviated(text: &str, word: &str) -> bool {
    abbreviation(text, word).is_some()
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

/// True when `place` stands in the clause just before that of `fact`, of the same sentence.
fn is_in_clause_before(passage: &Passage, fact: &Fact, place: Span) -> bool {
    let Some(before) = passage.normalized.get(..fact.anchors.clause.start as usize) else { return false };
    let before = before.trim_end_matches(['，', ',']);
    let start = before.rfind(['，', ',', '；', ';', '。', '：']).unwrap_or(0);
    start <= place.start as usize && place.end as usize <= before.len()
}

/// Words that say how much there is and not of what: the clause before says that, as in 加强最低生活保障制度，救助人数….
const OF_WHAT_IS_BEFORE: &[&str] = &[
    "人数",
    "总人数",
    "救助人数",
    "受益人数",
    "受益人口",
    "受益群众",
    "覆盖人数",
    "覆盖人口",
    "惠及人数",
    "惠及人口",
    "惠及群众",
    "总量",
    "总额",
    "总数",
    "数量",
    "总计",
    "合计",
    "规模",
    "总规模",
    "金额",
    "总金额",
    "面积",
    "总面积",
    "里程",
    "总里程",
    "长度",
    "总长",
    "全长",
    "产值",
    "总产值",
    "年产值",
    "产量",
    "年产量",
    "销售额",
    "成交额",
    "交易额",
    "投资",
    "总投资",
    "投资额",
];

/// True when the own words of `fact` are of what the clause before it names.
fn is_of_what_is_before(passage: &Passage, fact: &Fact) -> bool {
    let mut words = fact.anchors.subject.iter().map(|span| span.of(&passage.normalized));
    // 投资1.27亿元的客运站 is of what stands behind it.
    fact.anchors.related.is_empty()
        && words.next().is_some_and(|word| OF_WHAT_IS_BEFORE.contains(&word))
        && words.next().is_none()
}

fn place_credit(passage: &Passage, fact: &Fact, place: Span, leans_back: bool) -> f32 {
    let anchors = &fact.anchors;
    if anchors.subject.iter().any(|span| span.contains(place)) {
        return IN_SUBJECT;
    }
    if anchors.related.iter().any(|span| span.contains(place)) {
        return IN_RELATED;
    }
    if leans_back && is_in_clause_before(passage, fact, place) {
        return IN_TOPIC;
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

/// Wordings trusted less may name something else.
const LEAST_SURE: f32 = 0.75;

/// What each looked-up word is worth for one figure, and where it stands.
pub struct Credits<'a> {
    terms: &'a Terms,
    /// Per lookup: the unit classes that say the word as well, as bits.
    implied: Vec<u32>,
    of_lookup: Vec<(f32, Option<Span>)>,
    /// Places of the words of the groups weighed so far.
    used: Vec<Span>,
}

impl<'a> Credits<'a> {
    /// For the words of `terms`.
    pub fn new(terms: &'a Terms) -> Credits<'a> {
        let implied = terms.lookups.iter().map(|word| implying_classes(word)).collect();
        Credits { terms, implied, of_lookup: Vec::new(), used: Vec::new() }
    }

    /// Weighs every word for `fact` of `passage`.
    pub fn weigh(&mut self, passage: &Passage, sightings: &Sightings, fact: &Fact) {
        let class = unit_class(&fact.figure.unit);
        let leans_back = is_of_what_is_before(passage, fact);
        self.used.clear();
        self.of_lookup.clear();
        for (lookup, word) in self.terms.lookups.iter().enumerate() {
            let is_meant = !fact.anchors.implied.is_empty() && fact.anchors.implied.contains(word.as_str());
            if is_meant {
                self.of_lookup.push((IN_SUBJECT, None));
                continue;
            }
            let is_implied = self.implied[lookup] & (1 << class as u32) != 0;
            let mut best = (if is_implied { IMPLIED_BY_UNIT } else { sightings.around[lookup] }, None);
            for &place in &sightings.places[lookup] {
                let credit = place_credit(passage, fact, place, leans_back);
                let trust = if sightings.is_abbreviation[lookup] { TRUST_ABBREVIATION } else { 1.0 };
                if credit * trust > best.0 {
                    best = (credit * trust, Some(place));
                }
            }
            self.of_lookup.push(best);
        }
    }

    /// The credit of the best wording of `group`, whose words count as used from then on.
    pub fn of_group(&mut self, group: &Group) -> f32 {
        let mut best = 0.0f32;
        let first = self.used.len();
        for wording in &group.wordings {
            if wording.trust <= best {
                continue;
            }
            let (whole, place) = self.of_lookup[wording.whole];
            let mut apart = 0.0;
            if wording.parts.len() > 1 || whole == 0.0 {
                let mut has_gap = false;
                for &(part, share) in &wording.parts {
                    let (credit, _) = self.of_lookup[part];
                    apart += share * credit;
                    // A word that stands behind the fact only is not one of its own: 里程9234公里，…迈入“高速公路时代”.
                    has_gap |= share > 0.15 && credit <= IN_SENTENCE_AFTER;
                }
                let gap = if group.is_indicator { GAP_IN_INDICATOR } else { WITH_GAP };
                apart *= if has_gap { gap } else { APART };
            }
            if whole.max(apart) * wording.trust > best {
                best = whole.max(apart) * wording.trust;
                self.used.truncate(first);
                if apart > whole {
                    let places = wording.parts.iter().filter_map(|(part, _)| self.of_lookup[*part].1);
                    self.used.extend(places);
                } else {
                    self.used.extend(place);
                }
            }
        }
        best
    }

    /// Where the words of the groups weighed so far stand.
    pub fn used(&self) -> &[Span] {
        &self.used
    }
}

/// True when what `group` says closes the words of another figure of `passage`, and stands nowhere in those of `fact`.
pub fn is_anothers(group: &Group, passage: &Passage, sightings: &Sightings, fact: &Fact) -> bool {
    let holds = |fact: &Fact, place: Span| fact.anchors.subject.iter().any(|span| span.contains(place));
    let closes = |other: &Fact, place: Span| other.anchors.subject.iter().any(|span| span.end == place.end);
    let sure = group
        .wordings
        .iter()
        .filter(|wording| wording.trust >= LEAST_SURE && !sightings.is_abbreviation[wording.whole]);
    let mut is_anothers = false;
    for &place in sure.flat_map(|wording| &sightings.places[wording.whole]) {
        if holds(fact, place) || fact.anchors.related.iter().any(|span| span.contains(place)) {
            return false;
        }
        is_anothers |= passage.facts.iter().any(|other| {
            // 第十四届展销会 numbers what the rest of the sentence is about.
            other.figure.kind != FigureKind::Rank && holds(other, place) && closes(other, place)
        });
    }
    is_anothers
}
