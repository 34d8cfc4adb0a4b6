//! Words that look alike in an indicator and never mean the same: 登记失业率 and 调查失业率.

use std::sync::LazyLock;

use crate::analysis::normalize::normalize;
use crate::model::fact::Fact;

const GROUPS: &str = include_str!("../../data/lexicon/rivals.txt");

static RIVALS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let lines = GROUPS.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| line.split_whitespace().map(|word| normalize(word).text().to_owned()).collect())
        .collect()
});

/// The words of a question that have rivals, each with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rivals {
    asked: Vec<(String, Vec<String>)>,
}

impl Rivals {
    /// Finds the words of normalized `question` that have rivals; a group of which it holds several tells nothing.
    pub fn of_question(question: &str) -> Rivals {
        let asked = RIVALS.iter().filter_map(|group| {
            let held = longest_held(group, question);
            let [only] = held.as_slice() else { return None };
            let others = group.iter().filter(|word| word != only && !only.contains(word.as_str()));
            Some(((*only).clone(), others.cloned().collect()))
        });
        Rivals { asked: asked.collect() }
    }

    /// True when the fact's own words hold a rival of what was asked, and not what was asked.
    pub fn are_in(&self, fact: &Fact, normalized: &str) -> bool {
        self.asked.iter().any(|(asked, others)| {
            let holds = |word: &str| {
                fact.anchors.subject.iter().any(|span| span.of(normalized).contains(word))
                    || fact.anchors.implied.contains(word)
            };
            others.iter().any(|other| holds(other)) && !holds(asked)
        })
    }
}

/// The words of `group` in `text` that are no part of a longer one there: 进出口 is neither 进口 nor 出口.
fn longest_held<'g>(group: &'g [String], text: &str) -> Vec<&'g String> {
    let mut rest = text.to_owned();
    let mut sorted: Vec<&String> = group.iter().collect();
    sorted.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut held = Vec::new();
    for word in sorted {
        if rest.contains(word.as_str()) {
            rest = rest.replace(word.as_str(), "，");
            held.push(word);
        }
    }
    held
}

#[cfg(test)]
mod tests {
    use super::Rivals;

    #[test]
    fn one_word_of_a_group_has_the_others_as_rivals() {
        let rivals = Rivals::of_question("城镇登记失业率是多少");
        assert_eq!(rivals.asked, [("登记失业率".to_owned(), vec!["调查失业率".to_owned()])]);
    }

    #[test]
    fn a_longer_word_is_not_its_parts() {
        assert!(Rivals::of_question("进出口总额").asked.iter().all(|(asked, _)| asked == "进出口"));
    }
}
