//! Words that look alike in an indicator and never mean the same: 登记失业率 and 调查失业率.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::analysis::normalize::normalize;
use crate::model::fact::Fact;

const GROUPS: &str = include_str!("../../data/lexicon/rivals.txt");

/// How well a fact fits that speaks of a part (农村居民收入) when the question named no part (居民收入).
const NARROWER: f32 = 0.5;

/// How well a fact fits that nowhere speaks of the part (城镇) that was asked for.
const UNNAMED: f32 = 0.5;

/// One group of rivals.
#[derive(Debug, Default)]
struct Group {
    members: Vec<Member>,
    /// All names with the member they name; `None` for words that only look like a name.
    longest_first: Vec<(String, Option<usize>)>,
}

/// One member of a group.
#[derive(Debug)]
struct Member {
    /// Speaks of a part only, so that it must be asked for.
    is_part: bool,
    /// Narrows what is counted, so that a fact must speak of it when it is asked for.
    is_limit: bool,
}

static RIVALS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let lines = GROUPS.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(Group::read).collect()
});

impl Group {
    fn read(line: &str) -> Group {
        let fold = |word: &str| normalize(word).text().to_owned();
        let mut group = Group::default();
        for word in line.split_whitespace() {
            if let Some(neutral) = word.strip_prefix('~') {
                group.longest_first.push((fold(neutral), None));
                continue;
            }
            let names = word.trim_start_matches(['!', '^']).split('/').map(fold);
            let idx = group.members.len();
            group.longest_first.extend(names.map(|name| (name, Some(idx))));
            let is_part = word.starts_with('!');
            group.members.push(Member { is_part, is_limit: is_part || word.starts_with('^') });
        }
        group.longest_first.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        group
    }

    /// The members in `text`; a name inside a longer name does not count: 进出口 is neither 进口 nor 出口.
    fn held(&self, text: &str) -> Vec<usize> {
        let mut held = Vec::new();
        let mut rest = Cow::Borrowed(text);
        for (name, member) in &self.longest_first {
            if rest.contains(name.as_str()) {
                rest = Cow::Owned(rest.replace(name.as_str(), "，"));
                held.extend(member.filter(|member| !held.contains(member)));
            }
        }
        held
    }
}

/// The groups that a text may name members of, as bits; `fit` looks closer at those only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RivalsSeen(u128);

/// All names of all groups, in one automaton, with the group of each.
static NAMES: LazyLock<(Option<AhoCorasick>, Vec<usize>)> = LazyLock::new(|| {
    let names = RIVALS
        .iter()
        .enumerate()
        .flat_map(|(idx, group)| group.longest_first.iter().map(move |(name, _)| (name.as_str(), idx)));
    let (names, groups): (Vec<&str>, Vec<usize>) = names.unzip();
    (AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(names).ok(), groups)
});

impl RivalsSeen {
    /// The groups of which a name stands in normalized `text`.
    pub fn of(text: &str) -> RivalsSeen {
        let (automaton, groups) = &*NAMES;
        // Without an automaton, or past the bits, every group is looked at.
        let Some(automaton) = automaton.as_ref().filter(|_| RIVALS.len() <= 128) else {
            return RivalsSeen(u128::MAX);
        };
        let seen = automaton.find_overlapping_iter(text).map(|hit| groups[hit.pattern().as_usize()]);
        RivalsSeen(seen.fold(0, |bits, group| bits | 1 << group))
    }

    fn has(self, group: usize) -> bool {
        group >= 128 || self.0 & (1 << group) != 0
    }
}

/// What a question says of the groups that matter to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rivals {
    asked: Vec<Asked>,
}

/// The members of one group that a question names.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Asked {
    group: usize,
    members: Vec<usize>,
    /// Named as such, not in other words.
    is_said: bool,
}

impl Rivals {
    /// Finds the members that normalized `question` names; `meant` are the report's words for its everyday ones.
    pub fn of_question<'a>(question: &str, meant: impl Iterator<Item = &'a str> + Clone) -> Rivals {
        let asked = RIVALS.iter().enumerate().map(|(idx, group)| {
            let said = group.held(question);
            let is_said = !said.is_empty();
            let meant = || meant.clone().map(|words| group.held(words)).find(|held| held.len() == 1);
            Asked { group: idx, members: if is_said { said } else { meant().unwrap_or_default() }, is_said }
        });
        // A group nobody named matters when a member of it speaks of a part; one named twice tells nothing.
        let matters = |asked: &Asked| {
            asked.members.len() == 1
                || asked.members.is_empty() && RIVALS[asked.group].members.iter().any(|member| member.is_part)
        };
        Rivals { asked: asked.filter(matters).collect() }
    }

    /// 0 when the fact's own words name a rival of what was asked, less than 1 when they name a part nobody asked
    /// for, or when neither the sentence nor its `context` speaks of the part that was asked for, else 1.
    ///
    /// `seen` are the groups of which a name stands in `normalized`, the sentence of the fact.
    pub fn fit(&self, fact: &Fact, normalized: &str, context: &str, seen: RivalsSeen) -> f32 {
        let own = OnceCell::new();
        let fits = self.asked.iter().map(|asked| {
            let group = &RIVALS[asked.group];
            let is_near = seen.has(asked.group);
            let held = if is_near || !fact.anchors.implied.is_empty() {
                group.held(own.get_or_init(|| own_words(fact, normalized)))
            } else {
                Vec::new()
            };
            match asked.members.first() {
                Some(member) if held.is_empty() => {
                    let is_limit = asked.is_said && group.members[*member].is_limit;
                    let is_named = |text: &str| group.held(text).contains(member);
                    let is_unnamed = is_limit && !(is_near && is_named(normalized)) && !is_named(context);
                    if is_unnamed { UNNAMED } else { 1.0 }
                }
                Some(member) if held.contains(member) => 1.0,
                Some(_) => 0.0,
                None if held.iter().any(|&member| group.members[member].is_part) => NARROWER,
                None => 1.0,
            }
        });
        fits.fold(1.0, f32::min)
    }
}

/// The words a fact's figure belongs to, with those meant but not written.
fn own_words(fact: &Fact, normalized: &str) -> String {
    let mut words = fact.anchors.implied.clone();
    for span in &fact.anchors.subject {
        words.push('，');
        words.push_str(span.of(normalized));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// True when `one` and `other` name the same members of every group.
    fn names_the_same(one: &str, other: &str) -> bool {
        RIVALS.iter().all(|group| group.held(one) == group.held(other))
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
}
