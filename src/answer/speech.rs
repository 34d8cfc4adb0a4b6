//! Dialect written in standard words: 升咗幾多 is 升了多少.

use std::sync::LazyLock;

const SPEECH: &str = include_str!("../../data/lexicon/speech.txt");
/// Asking words of the standard language.
const ASKING: &[&str] = &["多少", "几", "多大", "多长", "多高"];

/// One turn of speech.
struct Turn {
    said: &'static str,
    meant: &'static str,
    /// Also a word of the standard language: 好多 asks, or is 很多.
    is_ambiguous: bool,
}

static TURNS: LazyLock<Vec<Turn>> = LazyLock::new(|| {
    let lines = SPEECH.lines().filter(|line| !line.starts_with('#'));
    let turns = lines.filter_map(|line| {
        let (said, meant) = line.split_once(' ')?;
        let unmarked = said.strip_prefix('?');
        Some(Turn { said: unmarked.unwrap_or(said), meant, is_ambiguous: unmarked.is_some() })
    });
    let mut turns: Vec<Turn> = turns.collect();
    turns.sort_by_key(|turn| std::cmp::Reverse(turn.said.len()));
    turns
});

/// Normalized `question` in standard words.
pub fn plain(question: &str) -> String {
    let mut plain = question.to_owned();
    for turn in TURNS.iter() {
        let asks_otherwise = || ASKING.iter().any(|word| plain.contains(word));
        if plain.contains(turn.said) && !(turn.is_ambiguous && asks_otherwise()) {
            plain = plain.replace(turn.said, turn.meant);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialect_is_written_in_standard_words() {
        assert_eq!(plain("制造业投资升咗几多"), "制造业投资升了多少");
        assert_eq!(plain("有好多万人嘛"), "有多少万人嘛");
    }

    #[test]
    fn a_word_of_both_is_left_where_something_else_asks() {
        assert_eq!(plain("好多人找工作，新增就业多少"), "好多人找工作，新增就业多少");
    }
}
