//! Mentions of time: years, spans of years, five-year plans, 去年 and 今年.

use crate::model::span::Span;

/// What a mention of time says; relative ones need a year to count from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Inclusive range of calendar years.
    Years { from: u16, to: u16 },
    /// 去年, 过去一年.
    LastYear,
    /// 上年: the year before the one spoken of.
    YearBefore,
    /// 今年, 本年, 年内.
    ThisYear,
    /// 前年.
    YearBeforeLast,
    /// 明年, 来年.
    NextYear,
    /// 过去五年, 五年来: the given number of years up to last year.
    PastYears(u16),
    /// 今后五年, 未来三年.
    ComingYears(u16),
}

impl When {
    /// The years meant when the mention is read in a text of `year`.
    pub fn resolve(self, year: u16) -> (u16, u16) {
        match self {
            When::Years { from, to } => (from, to),
            When::LastYear | When::YearBefore => (year - 1, year - 1),
            When::ThisYear => (year, year),
            When::YearBeforeLast => (year - 2, year - 2),
            When::NextYear => (year + 1, year + 1),
            When::PastYears(n) => (year.saturating_sub(n), year - 1),
            When::ComingYears(n) => (year, year + n.saturating_sub(1)),
        }
    }
}

/// One mention of time in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mention {
    pub span: Span,
    pub when: When,
    /// True for the base of a comparison: 比2021年, 较上年, 同一九七八年相比.
    pub is_base: bool,
    /// True for 到2025年, 至2030年: a point to be reached.
    pub is_point: bool,
    /// True for 从2021年的, 由一九七八年的: where a change began.
    pub is_start: bool,
}

/// 五年计划: name and first year; each lasts five years. 1963–1965 stood outside of the plans.
const PLANS: [(&str, u16); 15] = [
    ("十五五", 2026),
    ("十四五", 2021),
    ("十三五", 2016),
    ("十二五", 2011),
    ("十一五", 2006),
    ("十五", 2001),
    ("九五", 1996),
    ("八五", 1991),
    ("七五", 1986),
    ("六五", 1981),
    ("五五", 1976),
    ("四五", 1971),
    ("三五", 1966),
    ("二五", 1958),
    ("一五", 1953),
];

const WORDS: [(&str, When); 21] = [
    ("过去的一年", When::LastYear),
    ("过去一年", When::LastYear),
    ("一年来", When::LastYear),
    ("去年", When::LastYear),
    ("上年", When::YearBefore),
    ("上一年", When::YearBefore),
    ("前一年", When::YearBefore),
    ("今年", When::ThisYear),
    ("本年", When::ThisYear),
    ("当年", When::ThisYear),
    ("新的一年", When::ThisYear),
    ("前年", When::YearBeforeLast),
    ("明年", When::NextYear),
    ("来年", When::NextYear),
    ("五年来", When::PastYears(5)),
    ("5年来", When::PastYears(5)),
    ("五年间", When::PastYears(5)),
    ("五年累计", When::PastYears(5)),
    ("5年累计", When::PastYears(5)),
    ("五年一共", When::PastYears(5)),
    ("五年总共", When::PastYears(5)),
];

const PAST: [&str; 9] = ["过去的", "过去", "近", "最近", "这", "前", "以往", "上届政府", "本届政府"];
const COMING: [&str; 6] = ["今后", "未来", "往后", "接下来", "下一个", "后"];
/// What follows 四年 when it names a span of years: 四年增长一点二倍.
const COUNT_TAILS: [&str; 16] = [
    "来", "里", "间", "中", "累计", "共", "增长", "增加", "提高", "下降", "减少", "翻", "净增", "新增",
    "平均", "年均",
];
const BASES: [&str; 9] = ["比", "较", "同", "与", "比较", "对比", "超过", "高于", "快于"];

/// Finds the mentions of time in normalized `text`, in order, without overlap.
pub fn find_times(text: &str) -> Vec<Mention> {
    let mut mentions = Vec::new();
    if !text.contains('年') && !text.contains('五') {
        return mentions;
    }
    find_years(text, &mut mentions);
    find_plans(text, &mut mentions);
    for (word, when) in WORDS {
        for (at, _) in text.match_indices(word) {
            // 扫了十来年 is no 来年.
            let counts = word == "来年"
                && text[..at].ends_with(|ch: char| digit_of(ch).is_some() || "十百几".contains(ch));
            if !counts {
                push(text, &mut mentions, at, at + word.len(), when);
            }
        }
    }
    find_counts(text, &mut mentions);
    mentions.sort_by_key(|mention| mention.span);
    mentions
}

fn push(text: &str, mentions: &mut Vec<Mention>, start: usize, end: usize, when: When) {
    let span = Span::new(start, end);
    if mentions.iter().any(|known| known.span.overlaps(span)) {
        return;
    }
    let before = text[..start].trim_end_matches(['“', '"', '「']);
    let is_base = BASES.iter().any(|base| before.ends_with(base)) && !before.ends_with("其中")
        || is_measure(&text[end..])
        || ["比", "相比", "相比较", "比较"].iter().any(|word| text[end..].starts_with(word))
            && before.ends_with(['跟', '和', '同', '与', '拿']);
    let is_point = before.ends_with('到') || before.ends_with('至');
    let is_range = matches!(when, When::Years { from, to } if from != to);
    let is_start = !is_range && (before.ends_with('从') || before.ends_with('由'));
    mentions.push(Mention { span, when, is_base, is_point, is_start });
}

/// 是1997年的1.8倍: a year whose multiple is told is the base of a comparison.
fn is_measure(after: &str) -> bool {
    let mut rest = after.trim_start_matches(['”', '"', '」']);
    for word in ["时期", "期间", "的"] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    let number = rest
        .chars()
        .take_while(|ch| ch.is_ascii_digit() || digit_of(*ch).is_some() || "十百点.几多两半".contains(*ch));
    let len: usize = number.map(char::len_utf8).sum();
    let tail = rest[len..].strip_prefix('少').unwrap_or(&rest[len..]);
    len > 0 && tail.starts_with('倍')
}

/// 2025年, 一九八二年, 2021—2025年, 2016年至2020年; also a bare 2025 followed by no unit at the end of a question.
fn find_years(text: &str, mentions: &mut Vec<Mention>) {
    let mut last: Option<(u16, usize, usize)> = None;
    for (at, _) in text.match_indices('年') {
        let Some((year, start)) = year_ending_at(text, at) else { continue };
        let mut end = at + "年".len();
        for tail in ["全年", "底", "末", "度"] {
            if text[end..].starts_with(tail) {
                end += tail.len();
                break;
            }
        }
        let joined = last.and_then(|(from, from_start, from_end)| {
            let between = text.get(from_end..start)?;
            matches!(between, "至" | "到" | "-" | "—" | "–" | "~" | "——").then_some((from, from_start))
        });
        if let Some((from, from_start)) = joined {
            mentions.retain(|mention| mention.span.start as usize != from_start);
            push(text, mentions, from_start, end, When::Years { from: from.min(year), to: year.max(from) });
        } else if let Some((from, from_start)) = range_start(text, start) {
            push(text, mentions, from_start, end, When::Years { from: from.min(year), to: year.max(from) });
        } else {
            push(text, mentions, start, end, When::Years { from: year, to: year });
        }
        last = Some((year, start, end));
    }
}

/// The `2021` of `2021—2025年`, given where `2025` begins.
fn range_start(text: &str, end: usize) -> Option<(u16, usize)> {
    let before = &text[..end];
    let dash = ["——", "—", "–", "-", "~", "至", "到"].into_iter().find(|dash| before.ends_with(dash))?;
    year_ending_at(text, end - dash.len())
}

/// The four-digit year, in Arabic or Chinese digits, that ends at byte `end`.
pub fn year_ending_at(text: &str, end: usize) -> Option<(u16, usize)> {
    let mut year = 0u16;
    let mut start = end;
    let mut n_digits = 0;
    for (at, ch) in text[..end].char_indices().rev().take(5) {
        let Some(digit) = digit_of(ch) else { break };
        if n_digits == 4 {
            return None;
        }
        year += digit * 10u16.pow(n_digits);
        n_digits += 1;
        start = at;
    }
    (n_digits == 4 && (1000..=2100).contains(&year)).then_some((year, start))
}

fn digit_of(ch: char) -> Option<u16> {
    match ch {
        '0'..='9' => Some(ch as u16 - '0' as u16),
        '〇' | '○' | '零' => Some(0),
        _ => "一二三四五六七八九".chars().position(|digit| digit == ch).map(|at| at as u16 + 1),
    }
}

fn find_plans(text: &str, mentions: &mut Vec<Mention>) {
    for (name, first) in PLANS {
        for (at, _) in text.match_indices(name) {
            let end = at + name.len();
            // “十四五”, not “五五购物节”.
            let quoted = text[..at].ends_with(['“', '"', '「']) && text[end..].starts_with(['”', '"', '」']);
            let named = ["期间", "时期", "以来", "规划", "末", "计划", "五年", "目标"]
                .iter()
                .any(|tail| text[end..].trim_start_matches(['”', '"', '」']).starts_with(tail));
            let is_long = name.chars().count() == 3;
            // 八五 or 十五 without quotes or 期间 is a number, not a plan.
            if is_long || quoted || named {
                push(text, mentions, at, end, When::Years { from: first, to: first + 4 });
            }
        }
    }
}

/// The number of years that `before` ends in, two to ten, and where it begins: 三 of 这三, not of 第三 or 十三.
pub fn n_years_before(before: &str) -> Option<(u16, usize)> {
    let last = before.chars().next_back()?;
    let n_years = match last {
        '两' => 2,
        '十' => 10,
        _ => digit_of(last).filter(|n_years| (2..=9).contains(n_years))?,
    };
    let start = before.len() - last.len_utf8();
    let is_whole = !before[..start].ends_with(|ch: char| digit_of(ch).is_some() || ch == '十' || ch == '第');
    is_whole.then_some((n_years, start))
}

/// 过去五年, 今后五年, 近三年.
fn find_counts(text: &str, mentions: &mut Vec<Mention>) {
    for (at, _) in text.match_indices('年') {
        let before = &text[..at];
        let Some((n_years, number_start)) = n_years_before(before) else { continue };
        let head = &before[..number_start];
        if mentions.iter().any(|mention| mention.span.end as usize == number_start) {
            // 从1978年到1985年八年间 counts the years of the span before it.
            continue;
        }
        let end = at + "年".len();
        // The mention that one of `words` follows, with nothing between.
        let followed_by = |words: &[&str]| {
            let rests = words.iter().filter_map(|word| head.strip_suffix(word));
            let ends_at = |end: usize| mentions.iter().position(|mention| mention.span.end as usize == end);
            rests.map(str::len).find_map(ends_at)
        };
        // 从2009年起三年里
        let since = followed_by(&["起"]);
        // 截至2015年这三年, 到2015年底的三年
        let until = followed_by(&["这", "的", "前", "近", "共"]);
        // 1978年之后那四年
        let after = followed_by(&["之后那", "之后的", "以后的", "后的", "后那", "之后", "以后"]);
        if let Some(idx) = since
            && let When::Years { from, .. } = mentions[idx].when
        {
            mentions[idx].when = When::Years { from, to: from + n_years - 1 };
            mentions[idx].span.end = end as u32;
            mentions[idx].is_start = false;
            continue;
        }
        if let Some(idx) = until
            && let When::Years { from, to } = mentions[idx].when
            && from == to
            && ["截至", "截止", "截止到", "截至到", "到", "至"]
                .iter()
                .any(|word| text[..mentions[idx].span.start as usize].ends_with(word))
            && !looks_ahead(&text[end..])
        {
            mentions[idx].when = When::Years { from: to + 1 - n_years, to };
            mentions[idx].span.end = end as u32;
            mentions[idx].is_point = false;
            continue;
        }
        if let Some(idx) = after
            && let When::Years { from, to } = mentions[idx].when
            && from == to
        {
            mentions[idx].when = When::Years { from: from + 1, to: from + n_years };
            mentions[idx].span.end = end as u32;
            mentions[idx].is_start = false;
            continue;
        }
        if let Some(word) = PAST.iter().find(|word| head.ends_with(*word)) {
            push(text, mentions, number_start - word.len(), end, When::PastYears(n_years));
        } else if let Some(word) = COMING.iter().find(|word| head.ends_with(*word)) {
            push(text, mentions, number_start - word.len(), end, When::ComingYears(n_years));
        } else if COUNT_TAILS.iter().any(|tail| text[end..].starts_with(tail))
            && !text[end..].starts_with("里程")
            && !text[end..].starts_with("中专")
        {
            push(text, mentions, number_start, end, When::PastYears(n_years));
        } else if text[end..].starts_with('内') && !head.ends_with('在') && !looks_ahead(&text[end..]) {
            // 五年内全国毕业生1300万人
            push(text, mentions, number_start, end + "内".len(), When::PastYears(n_years));
        }
    }
}

/// True when what is told of the years is an aim: 三年内参保率提高到90%.
fn looks_ahead(rest: &str) -> bool {
    let clause = rest.split(['，', '；', '。', ',', ';']).next().unwrap_or_default();
    let aims = [
        "要", "到", "完成", "实现", "建成", "解决", "力争", "争取", "基本", "使", "再", "将", "计划", "启动",
        "投",
    ];
    aims.iter().any(|word| clause.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, (u16, u16))]) {
        let found: Vec<_> = find_times(text)
            .into_iter()
            .map(|mention| (mention.span.of(text).to_owned(), mention.when.resolve(2026)))
            .collect();
        let expected: Vec<_> = expected.iter().map(|(word, years)| ((*word).to_owned(), *years)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_year_is_read_in_arabic_and_chinese_digits() {
        check("2025年完成", &[("2025年", (2025, 2025))]);
        check("到一九八二年底", &[("一九八二年底", (1982, 1982))]);
        check("二〇二〇年", &[("二〇二〇年", (2020, 2020))]);
    }

    #[test]
    fn within_years_looks_back_unless_it_is_an_aim() {
        check("五年内全国毕业生1300万人", &[("五年内", (2021, 2025))]);
        check("三年内参保率提高到90%", &[]);
        check("在两年内修好", &[]);
    }

    #[test]
    fn a_range_of_years_is_one_mention() {
        check("2021—2025年累计", &[("2021—2025年", (2021, 2025))]);
        check("2016年至2020年", &[("2016年至2020年", (2016, 2020))]);
    }

    #[test]
    fn plans_have_their_years() {
        check("“十四五”时期", &[("十四五", (2021, 2025))]);
        check("十五五末", &[("十五五", (2026, 2030))]);
        check("增长八五成", &[]);
    }

    #[test]
    fn relative_words_count_from_the_report() {
        check("去年和今年", &[("去年", (2025, 2025)), ("今年", (2026, 2026))]);
        check("过去五年新增", &[("过去五年", (2021, 2025))]);
        check("今后五年", &[("今后五年", (2026, 2030))]);
        check("1978年之后那四年", &[("1978年之后那四年", (1979, 1982))]);
    }

    #[test]
    fn years_up_to_a_year_end_with_it() {
        check("截至2015年这三年淘汰了", &[("2015年这三年", (2013, 2015))]);
        check("到2015年底", &[("2015年底", (2015, 2015))]);
    }

    #[test]
    fn a_base_of_comparison_is_marked() {
        let mentions = find_times("一九八二年达到三百亿元,比一九七八年增加一倍");
        assert_eq!(mentions.iter().map(|mention| mention.is_base).collect::<Vec<_>>(), [false, true]);
    }
}
