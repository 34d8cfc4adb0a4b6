//! When two figures are the same.

use unicode_normalization::UnicodeNormalization;

const BEFORE: [&str; 19] = [
    "超过",
    "超",
    "近",
    "约",
    "大约",
    "达到",
    "达",
    "突破",
    "逾",
    "不低于",
    "不少于",
    "至少",
    "接近",
    "将近",
    "共",
    "总计",
    "不超过",
    "不高于",
    "低于",
];
const AFTER: [&str; 7] = ["以上", "左右", "以内", "以下", "上下", "大关", "之多"];
const MULTIPLIERS: &str = "零〇一二三四五六七八九十百千万亿兆点分之%‰成倍.";

/// NFKC without white space, thousands separators and closing punctuation.
pub fn normal_form(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .filter(|ch| !ch.is_whitespace() && !matches!(ch, ',' | '\u{200b}'..='\u{200d}' | '\u{feff}'))
        .collect();
    folded.trim_end_matches(['。', '.', ';', '；', '、', '，']).to_owned()
}

/// True when two figures are the same but for bounds (超, 左右) and a longer or shorter unit.
///
/// A lost multiplier is a different figure: 16.9 is not 16.9万吨.
pub fn same_figure(got: &str, want: &str) -> bool {
    let (got, want) = (bare(got), bare(want));
    if got.is_empty() || want.is_empty() {
        return false;
    }
    let (short, long) =
        if got.chars().count() <= want.chars().count() { (&got, &want) } else { (&want, &got) };
    match long.strip_prefix(short.as_str()) {
        Some(rest) => !rest.chars().any(|ch| ch.is_numeric() || MULTIPLIERS.contains(ch)),
        None => false,
    }
}

fn bare(figure: &str) -> String {
    let mut text = normal_form(figure);
    while let Some(rest) = BEFORE.iter().find_map(|word| text.strip_prefix(word)) {
        text = rest.to_owned();
    }
    while let Some(rest) = AFTER.iter().find_map(|word| text.strip_suffix(word)) {
        text = rest.to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::same_figure;

    #[test]
    fn bounds_and_units_may_differ() {
        assert!(same_figure("超57万个", "57万"));
        assert!(same_figure("7%", "7%左右"));
    }

    #[test]
    fn a_lost_multiplier_is_another_figure() {
        assert!(!same_figure("16.9", "16.9万吨"));
    }
}
