//! Words that look alike in an indicator and never mean the same: 登记失业率 and 调查失业率.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::LazyLock;

use crate::analysis::normalize::normalize;
use crate::index::gram_filter::{GramFilter, GramKey};
use crate::index::shelf::Shelved;
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
    /// Of the names, in any order.
    keys: Vec<GramKey>,
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
        group.keys = group.longest_first.iter().map(|(name, _)| GramKey::of(name)).collect();
        group
    }

    /// False when no name stands in the text of `filter`.
    fn may_be_held(&self, filter: &GramFilter) -> bool {
        self.keys.iter().any(|key| filter.may_hold(key))
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

/// The groups, of those that matter to a question, that a passage may name members of, as bits in their order; `fit`
/// looks closer at those only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RivalsSeen {
    in_sentence: u128,
    around: u128,
}

impl RivalsSeen {
    fn has(bits: u128, order: usize) -> bool {
        // Past the bits, every group is looked at.
        order >= u128::BITS as usize || bits & (1 << order) != 0
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

    /// The groups that `passage` may speak of.
    pub fn seen(&self, passage: &Shelved) -> RivalsSeen {
        let bits = |filter: &GramFilter| {
            let orders = self.asked.iter().enumerate().take(u128::BITS as usize);
            let near = orders.filter(|(_, asked)| RIVALS[asked.group].may_be_held(filter));
            near.fold(0, |bits, (order, _)| bits | 1 << order)
        };
        RivalsSeen { in_sentence: bits(&passage.in_sentence), around: bits(&passage.around) }
    }

    /// 0 when the fact's own words name a rival of what was asked, less than 1 when they name a part nobody asked
    /// for, or when neither the sentence nor its context speaks of the part that was asked for, else 1.
    ///
    /// `seen` is of the passage, as [`Rivals::seen`] gives it.
    pub fn fit(&self, fact: &Fact, passage: &Shelved, seen: RivalsSeen) -> f32 {
        let own = OnceCell::new();
        let fits = self.asked.iter().enumerate().map(|(order, asked)| {
            let group = &RIVALS[asked.group];
            let is_near = RivalsSeen::has(seen.in_sentence, order);
            let held = if is_near || !fact.anchors.implied.is_empty() {
                group.held(own.get_or_init(|| own_words(fact, &passage.normalized)))
            } else {
                Vec::new()
            };
            match asked.members.first() {
                Some(member) if held.is_empty() => {
                    let is_limit = asked.is_said && group.members[*member].is_limit;
                    let is_named = |text: &str| group.held(text).contains(member);
                    let is_named_near = || {
                        is_near && is_named(&passage.normalized)
                            || RivalsSeen::has(seen.around, order) && is_named(&passage.context)
                    };
                    if is_limit && !is_named_near() { UNNAMED } else { 1.0 }
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
