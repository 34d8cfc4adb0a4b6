//! Words that look alike in an indicator and never mean the same: 登记失业率 and 调查失业率.

use std::sync::LazyLock;

use crate::analysis::normalize::normalize;
use crate::model::fact::Fact;

const GROUPS: &str = include_str!("../../data/lexicon/rivals.txt");

/// How well a fact fits that speaks of a part (农村居民收入) when the question named no part (居民收入).
const NARROWER: f32 = 0.5;

/// One group: its members, and the words that only look like one.
#[derive(Debug, Default)]
struct Group {
    members: Vec<Member>,
    neutral: Vec<String>,
}

/// One member by all its names.
#[derive(Debug)]
struct Member {
    names: Vec<String>,
    /// Speaks of a part only, so that it must be asked for.
    is_part: bool,
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
            match word.strip_prefix('~') {
                Some(word) => group.neutral.push(fold(word)),
                None => group.members.push(Member {
                    names: word.trim_start_matches('!').split('/').map(fold).collect(),
                    is_part: word.starts_with('!'),
                }),
            }
        }
        group
    }

    /// The members in `text`; a name inside a longer name does not count: 进出口 is neither 进口 nor 出口.
    fn held(&self, text: &str) -> Vec<usize> {
        let members = self.members.iter().enumerate();
        let mut names: Vec<(&str, Option<usize>)> = members
            .flat_map(|(idx, member)| member.names.iter().map(move |name| (name.as_str(), Some(idx))))
            .collect();
        names.extend(self.neutral.iter().map(|name| (name.as_str(), None)));
        names.retain(|(name, _)| text.contains(name));
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        let mut rest = text.to_owned();
        let mut held = Vec::new();
        for (name, member) in names {
            if rest.contains(name) {
                rest = rest.replace(name, "，");
                held.extend(member.filter(|member| !held.contains(member)));
            }
        }
        held
    }
}

/// What a question says of each group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rivals {
    /// Per group: the members named, by name or in other words.
    asked: Vec<Vec<usize>>,
}

impl Rivals {
    /// Finds the members that normalized `question` names; `meant` are the report's words for its everyday ones.
    pub fn of_question<'a>(question: &str, meant: impl Iterator<Item = &'a str> + Clone) -> Rivals {
        let asked = RIVALS.iter().map(|group| {
            let held = group.held(question);
            if !held.is_empty() {
                return held;
            }
            meant.clone().map(|words| group.held(words)).find(|held| held.len() == 1).unwrap_or_default()
        });
        Rivals { asked: asked.collect() }
    }

    /// 0 when the fact's own words name a rival of what was asked, less than 1 when they name a part nobody asked
    /// for, else 1.
    pub fn fit(&self, fact: &Fact, normalized: &str) -> f32 {
        let own = own_words(fact, normalized);
        let fits = RIVALS.iter().zip(&self.asked).map(|(group, asked)| {
            let held = group.held(&own);
            match asked.as_slice() {
                _ if held.is_empty() => 1.0,
                [] if held.iter().any(|&member| group.members[member].is_part) => NARROWER,
                [] => 1.0,
                _ if asked.iter().any(|member| held.contains(member)) => 1.0,
                [_] => 0.0,
                // A question that names several tells nothing.
                _ => 1.0,
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

    fn named(text: &str) -> Vec<&'static str> {
        let held = RIVALS.iter().flat_map(|group| {
            group.held(text).into_iter().map(|member| group.members[member].names[0].as_str())
        });
        held.collect()
    }

    #[test]
    fn one_member_of_a_group_is_told_from_the_others() {
        assert!(named("城镇登记失业率是多少").contains(&"登记失业率"));
        assert!(!named("城镇登记失业率是多少").contains(&"调查失业率"));
    }

    #[test]
    fn a_longer_word_is_not_its_parts() {
        assert!(named("外贸进出口总额").contains(&"进出口"));
        assert!(!named("外贸进出口总额").contains(&"出口"));
    }

    #[test]
    fn a_word_that_only_looks_like_a_member_is_none() {
        assert!(!named("农民工欠薪").contains(&"农村"));
    }
}
