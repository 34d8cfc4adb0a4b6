//! Townships, which no gazetteer holds: 奋斗镇. A sentence that tells of one has to name it.

use crate::analysis::segment::Segmenter;
use crate::model::span::Span;

/// Endings of the names of townships, and words that end so and name none.
const TOWNSHIPS: &[&str] = &["镇", "乡", "街道", "苏木"];
const NO_TOWNSHIPS: &[&str] = &[
    "城镇",
    "乡镇",
    "村镇",
    "小镇",
    "集镇",
    "古镇",
    "名镇",
    "建制镇",
    "重镇",
    "各镇",
    "城乡",
    "下乡",
    "返乡",
    "回乡",
    "家乡",
    "老乡",
    "故乡",
    "水乡",
    "入乡",
    "兴乡",
    "各街道",
    "镇街道",
    "乡街道",
    "还乡",
    "思乡",
    "同乡",
    "本乡",
    "侨乡",
    "之乡",
    "多少乡",
];

/// The townships named in normalized `question`; `focus` are the clauses that ask.
pub fn townships(question: &str, focus: &[Span], segmenter: &Segmenter) -> Vec<String> {
    if !TOWNSHIPS.iter().any(|ending| question.contains(ending)) {
        return Vec::new();
    }
    let words = segmenter.words(question);
    let in_focus = |span| focus.iter().any(|clause| clause.contains(span));
    // 听街道的人说 names no 听街道.
    let is_noun = |word: &str| segmenter.content(word) >= 1.0;
    let mut names = Vec::new();
    for ending in TOWNSHIPS {
        for (at, _) in question.match_indices(ending) {
            let end = at + ending.len();
            // 乡镇, 镇上: the ending of a name is not the middle of a word.
            let Some(last) = words.iter().find(|word| word.end as usize == end) else { continue };
            let own = &question[last.start as usize..at];
            let before = words.iter().rfind(|word| word.end <= last.start && last.start == word.end);
            let start = if own.is_empty() {
                before.map(|word| word.start as usize)
            } else {
                Some(last.start as usize)
            };
            let Some(name) = start.map(|start| &question[start..end]) else { continue };
            let n_chars = name.chars().count() - ending.chars().count();
            let span = Span::new(end - name.len(), end);
            let is_name = (1..=3).contains(&n_chars)
                && (*ending != "街道" || in_focus(span) && is_noun(&name[..name.len() - ending.len()]))
                && !NO_TOWNSHIPS.iter().any(|word| name.ends_with(word))
                && name.chars().all(|ch| ('\u{4e00}'..='\u{9fff}').contains(&ch))
                && !name.starts_with([
                    '几', '多', '个', '的', '全', '各', '每', '了', '在', '到', '这', '那', '哪',
                ]);
            if is_name {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: &[&str]) {
        let whole = [Span::new(0, question.len())];
        assert_eq!(townships(question, &whole, &Segmenter::new("")), expected, "{question}");
    }

    #[test]
    fn a_township_is_named_by_what_stands_before_its_ending() {
        check("海拉尔奋斗镇的农民收入多少", &["奋斗镇"]);
    }

    #[test]
    fn words_that_end_alike_name_none() {
        check("城镇新增就业多少", &[]);
        check("全区有多少个乡镇", &[]);
        check("返乡创业的有几人", &[]);
        check("后来街道说有补助", &[]);
    }
}
