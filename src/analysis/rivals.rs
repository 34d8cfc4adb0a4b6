//! Words that look alike in an indicator and never mean the same: 登记失业率 and 调查失业率.
//!
//! The groups of them stand in `data/lexicon/rivals.txt`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::analysis::normalize::normalize;
use crate::model::span::Span;

const GROUPS: &str = include_str!("../../data/lexicon/rivals.txt");

/// One group of rivals.
#[derive(Debug, Default)]
struct Group {
    longest_first: Vec<Name>,
    n_members: usize,
    /// Speak of a part only, so that they must be asked for.
    parts: Members,
    /// Narrow what is counted, so that a fact must speak of them when they are asked for.
    limits: Members,
    /// Things of their own: what nowhere speaks of them does not tell of them.
    needed: Members,
    /// Areas of their own, which never stand for the place a report is of: 京津冀.
    areas: Members,
    /// Hold all the others: 城乡.
    wholes: Members,
}

/// A name of a member.
#[derive(Debug)]
struct Name {
    text: String,
    /// `None` for a word that only looks like a name.
    member: Option<usize>,
    /// Speaks of the member where it is told of, but does not ask for it: 号线 of 地铁.
    is_told_only: bool,
}

/// All groups, and one automaton that finds the names of all of them.
struct Table {
    groups: Vec<Group>,
    automaton: Option<AhoCorasick>,
    /// Per pattern of the automaton: its group, and its place in the group's `longest_first`.
    patterns: Vec<(u16, u16)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let lines = GROUPS.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let groups: Vec<Group> = lines.map(Group::read).collect();
    let mut names = Vec::new();
    let mut patterns = Vec::new();
    for (group_idx, group) in groups.iter().enumerate() {
        for (order, name) in group.longest_first.iter().enumerate() {
            names.push(name.text.as_str());
            patterns.push((group_idx as u16, order as u16));
        }
    }
    let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(names).ok();
    Table { groups, automaton, patterns }
});

impl Group {
    fn read(line: &str) -> Group {
        let fold = |word: &str| normalize(word).text().to_owned();
        let mut group = Group::default();
        for word in line.split_whitespace() {
            if let Some(neutral) = word.strip_prefix('~') {
                group.longest_first.push(Name { text: fold(neutral), member: None, is_told_only: false });
                continue;
            }
            let names = word.trim_start_matches(['!', '^', '=', '&', '%']);
            let (asked, told) = names.split_once(':').unwrap_or((names, ""));
            let member = group.n_members;
            group.n_members += 1;
            for (names, is_told_only) in [(asked, false), (told, true)] {
                let names = names.split('/').filter(|name| !name.is_empty());
                let names = names.map(|name| Name { text: fold(name), member: Some(member), is_told_only });
                group.longest_first.extend(names);
            }
            match word.chars().next() {
                Some('!') => {
                    for set in [&mut group.parts, &mut group.needed, &mut group.limits] {
                        set.add(member);
                    }
                }
                Some('=') => {
                    for set in [&mut group.needed, &mut group.limits] {
                        set.add(member);
                    }
                }
                Some('^') => group.limits.add(member),
                Some('%') => {
                    for set in [&mut group.parts, &mut group.needed, &mut group.limits, &mut group.areas] {
                        set.add(member);
                    }
                }
                Some('&') => group.wholes.add(member),
                _ => {}
            }
        }
        group.longest_first.sort_by_key(|name| std::cmp::Reverse(name.text.len()));
        group
    }
}

/// A name of some group's member, where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Naming {
    group: u16,
    /// Longer names of the group come first.
    order: u16,
    pub span: Span,
}

impl Naming {
    /// The group whose member is named.
    pub fn group(self) -> usize {
        usize::from(self.group)
    }

    fn name(self) -> &'static Name {
        &TABLE.groups[self.group()].longest_first[usize::from(self.order)]
    }

    /// True when the name stands inside a name of `member` of its group: 生产总值 in 人均生产总值.
    pub fn is_part_of(self, member: usize) -> bool {
        let names = &TABLE.groups[self.group()].longest_first;
        let own = self.name().text.as_str();
        names.iter().any(|name| name.member == Some(member) && name.text.contains(own))
    }
}

/// The members of one group that a text names, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Members(u64);

impl Members {
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, member: usize) {
        self.0 |= 1 << member;
    }

    pub fn holds(self, member: usize) -> bool {
        self.0 & (1 << member) != 0
    }

    /// The one member, when it is one.
    pub fn only(self) -> Option<usize> {
        (self.0.count_ones() == 1).then(|| self.0.trailing_zeros() as usize)
    }

    /// True when both hold some member.
    pub fn meets(self, other: Members) -> bool {
        self.0 & other.0 != 0
    }

    pub fn and(self, other: Members) -> Members {
        Members(self.0 | other.0)
    }
}

/// The groups that matter to a question that names none of their members: some of these speak of a part.
pub fn groups_of_parts() -> impl Iterator<Item = usize> {
    (0..TABLE.groups.len()).filter(|group| !parts(*group).is_empty())
}

/// The members of `group` that narrow what is counted.
pub fn limits(group: usize) -> Members {
    TABLE.groups[group].limits
}

/// The members of `group` that nothing tells of which nowhere speaks of them.
pub fn needed(group: usize) -> Members {
    TABLE.groups[group].needed
}

/// The members of `group` that are areas of their own.
pub fn areas(group: usize) -> Members {
    TABLE.groups[group].areas
}

/// The members of `group` that hold all the others.
pub fn wholes(group: usize) -> Members {
    TABLE.groups[group].wholes
}

/// The members of `group` that speak of a part only.
pub fn parts(group: usize) -> Members {
    TABLE.groups[group].parts
}

/// Every name of every group in normalized `text`, those of a group together and longer ones first.
pub fn namings(text: &str) -> Vec<Naming> {
    let Some(automaton) = &TABLE.automaton else { return Vec::new() };
    let mut namings: Vec<Naming> = automaton
        .find_overlapping_iter(text)
        .map(|hit| {
            let (group, order) = TABLE.patterns[hit.pattern().as_usize()];
            Naming { group, order, span: Span::new(hit.start(), hit.end()) }
        })
        .collect();
    namings.sort_unstable();
    namings
}

/// True when `words` name `member` of `group` in two pieces: 旅客 and 吞吐量.
pub fn names_in_pieces(words: &[&str], group: usize, member: usize) -> bool {
    let holds = |piece: &str| words.iter().any(|words| words.contains(piece));
    let in_pieces = |name: &Name| {
        let cut = name.text.char_indices().nth(2).map(|(end, _)| name.text.split_at(end));
        cut.is_some_and(|(first, rest)| rest.chars().count() >= 2 && holds(first) && holds(rest))
    };
    TABLE.groups[group].longest_first.iter().any(|name| name.member == Some(member) && in_pieces(name))
}

/// Every name in a normalized question that asks for what it names.
pub fn asked_namings(question: &str) -> Vec<Naming> {
    let mut namings = namings(question);
    namings.retain(|naming| !naming.name().is_told_only);
    namings
}

/// The part of `namings` that is about `group`.
pub fn of_group(namings: &[Naming], group: usize) -> &[Naming] {
    let start = namings.partition_point(|naming| usize::from(naming.group) < group);
    let rest = &namings[start..];
    &rest[..rest.partition_point(|naming| usize::from(naming.group) == group)]
}

/// The members named by `of_group`, counting only what stands in one of the spans `within`, or everywhere.
///
/// A name inside a longer name does not count: 进出口 is neither 进口 nor 出口.
pub fn named(of_group: &[Naming], within: Option<&[Span]>) -> Members {
    named_where(of_group, |naming| {
        within.is_none_or(|spans| spans.iter().any(|span| span.contains(naming.span)))
    })
}

/// The members that the words of a figure, at `spans`, name: as [`named`], and what ends in the first of them, as
/// 全国居民 does in 居民人均可支配收入 where 全国 stands before it.
pub fn named_by(of_group: &[Naming], spans: &[Span]) -> Members {
    let first = spans.iter().min_by_key(|span| span.start);
    let ends_in_first = |naming: &Naming| {
        first.is_some_and(|first| naming.span.overlaps(*first) && naming.span.end <= first.end)
    };
    named_where(of_group, |naming| {
        spans.iter().any(|span| span.contains(naming.span)) || ends_in_first(naming)
    })
}

fn named_where(of_group: &[Naming], counts: impl Fn(&Naming) -> bool) -> Members {
    let mut members = Members::default();
    for (at, naming) in of_group.iter().enumerate().filter(|(_, naming)| counts(naming)) {
        let mut longer = of_group[..at].iter().filter(|longer| counts(longer));
        if longer.any(|longer| longer.span.overlaps(naming.span)) {
            continue;
        }
        if let Some(member) = naming.name().member {
            members.add(member);
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True when `one` and `other` name the same members of every group.
    fn names_the_same(one: &str, other: &str) -> bool {
        let (one, other) = (namings(one), namings(other));
        (0..TABLE.groups.len())
            .all(|group| named(of_group(&one, group), None) == named(of_group(&other, group), None))
    }

    #[test]
    fn members_of_a_group_are_told_apart() {
        assert!(names_the_same("城镇登记失业率是多少", "城镇登记失业率"));
        assert!(!names_the_same("城镇登记失业率是多少", "城镇调查失业率"));
    }

    #[test]
    fn a_longer_word_is_not_its_parts() {
        assert!(!names_the_same("外贸进出口", "外贸出口"));
    }

    #[test]
    fn a_word_that_only_looks_like_a_member_is_none() {
        assert!(names_the_same("城市群", "都市圈"));
    }

    #[test]
    fn a_name_may_end_in_the_first_words_of_a_figure_only() {
        let span_of = |text: &str, word: &str| {
            let at = text.find(word).unwrap();
            Span::new(at, at + word.len())
        };
        let names = |text: &str, name: &str, words: &[&str]| {
            let spans: Vec<Span> = words.iter().map(|word| span_of(text, word)).collect();
            let namings = namings(text);
            let named = namings.iter().find(|naming| naming.span == span_of(text, name)).unwrap();
            !named_by(of_group(&namings, named.group()), &spans).is_empty()
        };
        assert!(names("全国居民收入", "全国居民", &["居民收入"]));
        assert!(!names("旅客和货邮吞吐量", "货邮吞吐量", &["旅客", "吞吐量"]));
    }

    #[test]
    fn a_name_that_only_tells_does_not_ask() {
        let text = "2号线开通";
        let tells = namings(text);
        let subway = tells.iter().find(|naming| naming.span.of(text) == "号线").unwrap();
        assert!(needed(subway.group()).holds(0));
        assert!(of_group(&asked_namings(text), subway.group()).is_empty());
        assert!(!of_group(&asked_namings("地铁多长"), subway.group()).is_empty());
    }

    #[test]
    fn only_what_stands_within_counts() {
        let text = "出口增长，进口下降";
        let group = namings("进口")[0].group();
        let namings = namings(text);
        let first = [Span::new(0, "出口".len())];
        assert!(named(of_group(&namings, group), None).only().is_none());
        assert!(named(of_group(&namings, group), Some(&first)).only().is_some());
    }

    #[test]
    fn members_fit_their_bits() {
        assert!(TABLE.groups.iter().all(|group| group.n_members <= u64::BITS as usize));
    }
}
