//! One form for searching and reading, with a map back to the bytes as written.
//!
//! Full-width letters and digits become half-width, traditional characters simplified, Latin letters
//! small, Chinese text gets Chinese punctuation; spaces inside Chinese text and inside numbers and
//! thousands separators go.

use std::collections::HashMap;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

use crate::model::span::Span;

/// Other ways to print a character, and the character, that are not traditional and simplified forms.
const VARIANTS: &str = "衞卫擧举汚污倣仿刼劫啣衔砲炮舖铺鶏鸡敎教羣群峯峰絶绝槪概旣既卽即靑青淸清說说脫脱稅税產产鄕乡內内戶户黃黄";

/// Traditional character → simplified, for every character that differs, and [`VARIANTS`].
static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let Ok(converter) = OpenCC::from_config(BuiltinConfig::T2s) else { return HashMap::new() };
    let all: Vec<char> = ('\u{4e00}'..='\u{9fff}').collect();
    let lines: String = all.iter().flat_map(|ch| [*ch, '\n']).collect();
    let converted = converter.convert(&lines);
    let pairs = all.iter().zip(converted.lines());
    let variants = VARIANTS.chars().step_by(2).zip(VARIANTS.chars().skip(1).step_by(2));
    pairs
        .filter_map(|(from, to)| {
            let mut chars = to.chars();
            let first = chars.next()?;
            (chars.next().is_none() && first != *from).then_some((*from, first))
        })
        .chain(variants)
        .collect()
});

/// A text in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalized {
    text: String,
    /// For each byte of `text`, and one past it, where its character begins in the source.
    starts: Vec<u32>,
    /// For each byte of `text`, where its character ends in the source.
    ends: Vec<u32>,
}

impl Normalized {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the source that `span` of the normal form came from.
    pub fn source_span(&self, span: Span) -> Span {
        let last = self.ends.len();
        let start = (span.start as usize).min(last);
        let end = (span.end as usize).min(last);
        if start >= end {
            let at = self.starts[start];
            return Span { start: at, end: at };
        }
        Span { start: self.starts[start], end: self.ends[end - 1] }
    }

    fn push(&mut self, ch: char, start: usize, end: usize) {
        let mut buffer = [0; 4];
        for byte in ch.encode_utf8(&mut buffer).as_bytes() {
            let _ = byte;
            self.starts.push(start as u32);
            self.ends.push(end as u32);
        }
        self.text.push(ch);
    }
}

/// Brings `source` into normal form.
pub fn normalize(source: &str) -> Normalized {
    let folded: Vec<(usize, usize, char)> = fold(source);
    let mut normalized = Normalized {
        text: String::with_capacity(source.len()),
        starts: Vec::with_capacity(source.len() + 1),
        ends: Vec::with_capacity(source.len()),
    };
    let mut at = 0;
    while at < folded.len() {
        let (start, end, ch) = folded[at];
        let before = normalized.text.chars().next_back();
        if ch == ' ' {
            let next = folded[at..].iter().map(|(_, _, ch)| *ch).find(|ch| *ch != ' ');
            if keeps_space(&folded, at, before, next) {
                normalized.push(' ', start, end);
            }
        } else if (ch == ',' || ch == '，' && is_wide_digit(&folded, at)) && is_separator(&folded, at, before)
        {
            // A thousands separator says nothing.
        } else {
            normalized.push(chinese_punctuation(ch, before, &folded, at), start, end);
        }
        at += 1;
    }
    normalized.starts.push(source.len() as u32);
    normalized
}

fn fold(source: &str) -> Vec<(usize, usize, char)> {
    let mut folded = Vec::with_capacity(source.len() / 3 + 8);
    for (start, ch) in source.char_indices() {
        let end = start + ch.len_utf8();
        match ch {
            '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{ad}' | '\u{2060}' => {}
            _ if ch.is_whitespace() => folded.push((start, end, ' ')),
            '\u{4e00}'..='\u{9fff}' => {
                folded.push((start, end, SIMPLIFIED.get(&ch).copied().unwrap_or(ch)));
            }
            '，' | '。' | '、' | '；' | '：' | '？' | '！' | '（' | '）' | '“' | '”' | '‘' | '’' | '《'
            | '》' | '—' | '…' | '·' => {
                folded.push((start, end, ch));
            }
            '〇' | '○' => folded.push((start, end, '〇')),
            '「' | '『' | '„' | '‟' => folded.push((start, end, '“')),
            '」' | '』' => folded.push((start, end, '”')),
            '％' | '﹪' => folded.push((start, end, '%')),
            '–' | '－' | '−' | '‒' => folded.push((start, end, '-')),
            '～' | '〜' | '∼' => folded.push((start, end, '~')),
            _ if ch.is_ascii() => folded.push((start, end, ch.to_ascii_lowercase())),
            _ => {
                for part in ch.nfkc() {
                    for lower in part.to_lowercase() {
                        folded.push((start, end, lower));
                    }
                }
            }
        }
    }
    folded
}

/// Spaces stay between Latin words and between whole numbers; a number spelled with spaces is one number.
fn keeps_space(folded: &[(usize, usize, char)], at: usize, before: Option<char>, next: Option<char>) -> bool {
    let (Some(before), Some(next)) = (before, next) else { return false };
    if before == ' ' {
        return false;
    }
    if before.is_ascii_digit() && next.is_ascii_digit() {
        let run_before = folded[..at].iter().rev().take_while(|(_, _, ch)| ch.is_ascii_digit()).count();
        let run_next = folded[at..]
            .iter()
            .skip_while(|(_, _, ch)| *ch == ' ')
            .take_while(|(_, _, ch)| ch.is_ascii_digit())
            .count();
        return run_before > 1 && run_next > 1;
    }
    before.is_ascii_alphanumeric() && next.is_ascii_alphanumeric()
}

/// True when the digit before was written full-width, as ４，５６５ is.
fn is_wide_digit(folded: &[(usize, usize, char)], at: usize) -> bool {
    at > 0 && folded[at - 1].1 - folded[at - 1].0 == 3
}

fn is_separator(folded: &[(usize, usize, char)], at: usize, before: Option<char>) -> bool {
    let run_before = folded[..at].iter().rev().take_while(|(_, _, ch)| ch.is_ascii_digit()).count();
    let run_next = folded[at + 1..].iter().take_while(|(_, _, ch)| ch.is_ascii_digit()).count();
    before.is_some_and(|ch| ch.is_ascii_digit()) && (1..=3).contains(&run_before) && run_next == 3
}

/// Half-width punctuation of Chinese text, as web pages write it, becomes Chinese.
fn chinese_punctuation(ch: char, before: Option<char>, folded: &[(usize, usize, char)], at: usize) -> char {
    let next = folded.get(at + 1).map(|(_, _, ch)| *ch);
    let is_latin = |ch: Option<char>| ch.is_some_and(|ch| ch.is_ascii_alphanumeric());
    match ch {
        ',' if !(is_latin(before)
            && is_latin(next)
            && next.is_some_and(|ch| ch.is_ascii_digit())
            && before.is_some_and(|ch| ch.is_ascii_digit())) =>
        {
            '，'
        }
        ';' => '；',
        ':' if !(is_latin(before) && is_latin(next)) => '：',
        '(' => '（',
        ')' => '）',
        '!' => '！',
        '?' => '？',
        _ => ch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(normalize(source).text(), expected);
    }

    #[test]
    fn full_width_digits_and_signs_become_half_width() {
        check("增长８．１％", "增长8.1%");
    }

    #[test]
    fn traditional_characters_become_simplified() {
        check("旅遊收入與進出口貿易總額", "旅游收入与进出口贸易总额");
    }

    #[test]
    fn other_ways_to_print_a_character_are_one() {
        check("選擧中央衞生部", "选举中央卫生部");
    }

    #[test]
    fn spaces_and_breaks_inside_numbers_go() {
        check("3 5 5 5 万人", "3555万人");
        check("74.4\n万亿元", "74.4万亿元");
        check("hailaer 2017 lvyou", "hailaer 2017 lvyou");
    }

    #[test]
    fn thousands_separators_go() {
        check("24,672人", "24672人");
        check("建成11个,整治32台", "建成11个，整治32台");
    }

    #[test]
    fn a_span_maps_back_to_the_bytes_as_written() {
        let source = "达到７４．４\n万亿元。";
        let normalized = normalize(source);
        let at = normalized.text().find("74.4").unwrap_or(0);
        let span = Span::new(at, at + "74.4万亿元".len());
        assert_eq!(normalized.source_span(span).of(source), "７４．４\n万亿元");
    }

    proptest! {
        #[test]
        fn the_map_is_in_order_and_on_characters(source in any::<String>()) {
            let normalized = normalize(&source);
            let mut last = 0;
            for (at, ch) in normalized.text().char_indices() {
                let span = normalized.source_span(Span::new(at, at + ch.len_utf8()));
                prop_assert!(source.get(span.range()).is_some_and(|cut| !cut.is_empty()));
                prop_assert!(span.start >= last);
                last = span.start;
            }
        }
    }
}
