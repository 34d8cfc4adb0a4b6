//! Years written short: 86年 is 1986年, 08年 is 2008年.

use crate::analysis::numerals::chinese_digit;

/// Words that make two digits before 年 a length of time.
const LENGTH_BEFORE: &[&str] = &[
    "连续", "连着", "近", "过去", "用了", "这", "第", "约", "超", "满", "共", "达", "长", "了", "前", "未来",
    "今后", "后", "整整", "每", "再", "历时", "已",
];
const LENGTH_AFTER: &[&str] =
    &["来", "间", "以内", "内", "以上", "的时间", "多", "之久", "期", "后", "前", "了", "左右", "一遇"];
/// Years up to this one are of this century.
const LAST_OF_THIS_CENTURY: u16 = 35;
const FIRST_OF_LAST_CENTURY: u16 = 49;

/// Writes the short years of normalized `question` out; a length of time (10年来) stays.
pub fn write_out(question: &str) -> String {
    let mut written = String::with_capacity(question.len());
    let mut from = 0;
    for (at, _) in question.match_indices('年') {
        let Some((start, year)) = short_year(question, at).filter(|(start, _)| *start >= from) else {
            continue;
        };
        written.push_str(&question[from..start]);
        written.push_str(&year.to_string());
        from = at;
    }
    written.push_str(&question[from..]);
    written
}

/// Where the two digits before byte `end` begin, and the year they mean.
fn short_year(text: &str, end: usize) -> Option<(usize, u16)> {
    let mut chars = text[..end].char_indices().rev();
    let (_, ones) = chars.next()?;
    let (start, tens) = chars.next()?;
    let before = &text[..start];
    let digit = |ch: char| if ch.is_ascii_digit() { ch.to_digit(10) } else { chinese_digit(ch) };
    if tens.is_ascii_digit() != ones.is_ascii_digit() {
        return None;
    }
    let value = u16::try_from(digit(tens)? * 10 + digit(ones)?).ok()?;
    let is_chinese = !tens.is_ascii_digit();
    // 二三年 is two or three years; 八六年 is a year.
    if is_chinese && (10..FIRST_OF_LAST_CENTURY).contains(&value) {
        return None;
    }
    let goes_on =
        before.chars().next_back().is_some_and(|ch| digit(ch).is_some() || matches!(ch, '.' | '十' | '百'));
    let after = &text[end + '年'.len_utf8()..];
    let is_length = LENGTH_BEFORE.iter().any(|word| before.ends_with(word))
        || LENGTH_AFTER.iter().any(|word| after.starts_with(word));
    if goes_on || is_length {
        return None;
    }
    match value {
        FIRST_OF_LAST_CENTURY..=99 => Some((start, 1900 + value)),
        0..=LAST_OF_THIS_CENTURY => Some((start, 2000 + value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::write_out;

    fn check(question: &str, expected: &str) {
        assert_eq!(write_out(question), expected);
    }

    #[test]
    fn two_digits_are_a_year() {
        check("86年钢产量", "1986年钢产量");
        check("78年到82年那五年", "1978年到1982年那五年");
        check("海拉尔15年的GDP", "海拉尔2015年的GDP");
        check("八六年钢产量", "1986年钢产量");
    }

    #[test]
    fn a_length_of_time_stays() {
        check("连续10年第一", "连续10年第一");
        check("20年来", "20年来");
        check("1986年", "1986年");
        check("二三年", "二三年");
    }
}
