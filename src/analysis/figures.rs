//! Figures of a normalized sentence: number, multiplier, unit, bounds, kind.
//!
//! Forms follow GB/T 15835-2011, 出版物上数字用法.

use std::collections::HashSet;
use std::sync::LazyLock;

use rust_decimal::Decimal;

use crate::analysis::numerals::{Numeral, chinese_digit, read_numeral};
use crate::analysis::phrases::{RANKED_IN, strip_suffix_of};
pub use crate::analysis::units::{UnitClass, unit_at, unit_class};
use crate::model::figure::{Bound, Figure, FigureKind};
use crate::model::span::Span;

const IDIOMS: &str = include_str!("../../data/idioms.txt");
const MAX_IDIOM_CHARS: usize = 8;

static IDIOM_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    IDIOMS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
});

const BEFORE: [(&str, Bound); 22] = [
    ("超过了", Bound::Over),
    ("超过", Bound::Over),
    ("超", Bound::Over),
    ("突破", Bound::Over),
    ("逾", Bound::Over),
    ("不低于", Bound::AtLeast),
    ("不少于", Bound::AtLeast),
    ("至少", Bound::AtLeast),
    ("不小于", Bound::AtLeast),
    ("将近", Bound::Near),
    ("接近", Bound::Near),
    ("近", Bound::Near),
    ("大约", Bound::About),
    ("约", Bound::About),
    ("大概", Bound::About),
    ("不超过", Bound::AtMost),
    ("不高于", Bound::AtMost),
    ("不多于", Bound::AtMost),
    ("低于", Bound::AtMost),
    ("至多", Bound::AtMost),
    ("多于", Bound::Over),
    ("高于", Bound::Over),
];
const AFTER: [(&str, Bound); 9] = [
    ("以上", Bound::AtLeast),
    ("及以上", Bound::AtLeast),
    ("左右", Bound::About),
    ("上下", Bound::About),
    ("以内", Bound::AtMost),
    ("以下", Bound::AtMost),
    ("大关", Bound::Over),
    ("之内", Bound::AtMost),
    ("之多", Bound::Over),
];
const RANGE_SIGNS: [&str; 9] = ["——", "—", "-", "~", "～", "至", "到", "－", "–"];
/// Words that make a numeral before them a name, not a count.
const NAMES_AFTER: [&str; 12] =
    ["号线", "五规划", "五时期", "五期间", "五”", "五以来", "五末", "届", "中全会", "年级", "号文", "版本"];

/// Finds the figures of normalized `text`, in order of appearance, without overlap.
///
/// Spans are byte ranges into `text`. Values are exact and in base units, so `1256万人` is 12,560,000;
/// percentages count in hundredths, `90.8%` is 90.8. No figure gives an empty list.
pub fn find_figures(text: &str) -> Vec<Figure> {
    let mut figures = Vec::new();
    let mut at = 0;
    while let Some(ch) = text[at..].chars().next() {
        if !starts_number(ch) {
            at += ch.len_utf8();
            continue;
        }
        if let Some(len) = idiom_at(text, at) {
            at += len;
            continue;
        }
        match figure_at(text, at) {
            Some(mut figure) => {
                if figure.unit == "位" && names_order(&text[..at]) {
                    figure.kind = FigureKind::Rank;
                }
                at = (figure.span.end as usize).max(at + ch.len_utf8());
                figures.push(figure);
            }
            None => at += skip_len(text, at, ch),
        }
    }
    figures
}

/// True when the clause that `before` ends in names an order, so that 46位 is a place in it: 排名从46位升至31位.
fn names_order(before: &str) -> bool {
    let start = before.rfind(['，', '。', '；', '：']).unwrap_or(0);
    ["排名", "位次", "名次"].iter().any(|word| before[start..].contains(word))
}

/// Finds every number of normalized `text`, the bare ones too that [`find_figures`] takes for parts of words.
///
/// For showing what is seen in a text; reports are read with [`find_figures`].
pub fn find_numbers(text: &str) -> Vec<Figure> {
    let mut numbers = find_figures(text);
    numbers.retain(|figure| figure.kind != FigureKind::Date);
    let mut at = 0;
    while let Some(ch) = text[at..].chars().next() {
        let covered =
            numbers.iter().find(|known| known.span.start as usize <= at && at < known.span.end as usize);
        if let Some(known) = covered {
            at = known.span.end as usize;
            continue;
        }
        let numeral = if idiom_at(text, at).is_some() { None } else { read_numeral(&text[at..]) };
        match (numeral, idiom_at(text, at)) {
            (_, Some(len)) => at += len,
            (Some(numeral), None) => {
                numbers.push(bare_number(text, at, numeral));
                at += numeral.len;
            }
            (None, None) => at += ch.len_utf8(),
        }
    }
    for number in &mut numbers {
        sign(text, number);
    }
    numbers.sort_by_key(|figure| figure.span);
    numbers
}

/// -3.9%, 负十: the sign belongs to the number unless it joins two of them.
fn sign(text: &str, number: &mut Figure) {
    let before = &text[..number.span.start as usize];
    let len = match before.chars().next_back() {
        Some('负') => '负'.len_utf8(),
        Some('-') if !before[..before.len() - 1].ends_with(|ch: char| ch.is_alphanumeric()) => 1,
        _ => return,
    };
    number.value = -number.value;
    number.span.start -= len as u32;
    number.outer.start = number.outer.start.min(number.span.start);
}

/// A number, perhaps with a Latin multiplier (40k).
fn bare_number(text: &str, at: usize, numeral: Numeral) -> Figure {
    let rest = &text[at + numeral.len..];
    let mut figure = with_unit(text, at, numeral);
    let scale = [("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000), ("t", 1_000_000_000_000u64)]
        .into_iter()
        .find(|(sign, _)| {
            rest.starts_with(sign) && !rest[1..].starts_with(|ch: char| ch.is_ascii_alphanumeric())
        });
    if let Some((sign, scale)) = scale {
        figure = plain(
            text,
            at,
            numeral.len + sign.len(),
            numeral.value * Decimal::from(scale),
            "",
            FigureKind::Amount,
        );
    }
    figure
}

fn starts_number(ch: char) -> bool {
    ch.is_ascii_digit()
        || matches!(
            ch,
            '一' | '二'
                | '两'
                | '三'
                | '四'
                | '五'
                | '六'
                | '七'
                | '八'
                | '九'
                | '十'
                | '百'
                | '千'
                | '零'
                | '第'
                | '翻'
                | '$'
                | '半'
                | '过'
                | '壹'
                | '贰'
                | '叁'
                | '肆'
                | '伍'
                | '陆'
                | '柒'
                | '捌'
                | '玖'
                | '拾'
                | '负'
                | '首'
                | '前'
        )
}

/// How far to go on when no figure begins at `at`: past a whole run of Arabic digits.
fn skip_len(text: &str, at: usize, ch: char) -> usize {
    if ch.is_ascii_digit() {
        text[at..].bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count().max(1)
    } else {
        ch.len_utf8()
    }
}

fn idiom_at(text: &str, at: usize) -> Option<usize> {
    // 每千人床位数: what something is counted per is no figure.
    if text[..at].ends_with('每') {
        let rest = text[at..].trim_start_matches(['十', '百', '千', '万', '亿']);
        let len = text.len() - at - rest.len();
        if len > 0 && rest.starts_with(['人', '户', '名', '平']) {
            return Some(len);
        }
    }
    // 长三角: the numeral may stand behind the first character of the word.
    let before = text[..at].char_indices().next_back().map(|(before, _)| before);
    [Some(at), before].into_iter().flatten().find_map(|start| {
        let mut end = start;
        let mut longest = None;
        for ch in text[start..].chars().take(MAX_IDIOM_CHARS) {
            end += ch.len_utf8();
            if end > at && IDIOM_SET.contains(&text[start..end]) {
                longest = Some(end - at);
            }
        }
        longest
    })
}

fn figure_at(text: &str, at: usize) -> Option<Figure> {
    let rest = &text[at..];
    let before = &text[..at];
    if before.ends_with(|ch: char| ch.is_ascii_alphabetic())
        || before.ends_with('.')
        || is_quoted_name(text, at)
    {
        return None;
    }
    if rest.starts_with('第') {
        return rank(text, at);
    }
    if let Some(number) = rest.strip_prefix('前') {
        return front(text, at, number);
    }
    if rest.starts_with("首位") {
        return Some(plain(text, at, "首位".len(), Decimal::ONE, "位", FigureKind::Rank));
    }
    if rest.starts_with('翻') {
        return doubling(text, at);
    }
    if rest.starts_with("半数") || rest.starts_with("过半") {
        return Some(plain(text, at, "半数".len(), Decimal::from(50), "", FigureKind::Share));
    }
    if let Some(number) = rest.strip_prefix('$') {
        let numeral = read_numeral(number)?;
        let mut figure = with_unit(text, at + 1, numeral);
        figure.span.start = at as u32;
        figure.outer.start = at as u32;
        return Some(figure);
    }
    for (word, value) in [("对折", 50), ("半成", 5)] {
        if rest.starts_with(word) {
            return Some(plain(text, at, word.len(), Decimal::from(value), "%", FigureKind::Share));
        }
    }
    for (head, scale) in [("百分之", 1), ("千分之", 10), ("万分之", 100)] {
        if let Some(number) = rest.strip_prefix(head) {
            let numeral = read_numeral(number)?;
            let value = numeral.value / Decimal::from(scale);
            let mut figure = plain(text, at, head.len() + numeral.len, value, "%", FigureKind::Share);
            bound(text, &mut figure, numeral.is_over);
            return Some(figure);
        }
    }
    let numeral = read_numeral(rest)?;
    if let Some(figure) = fraction(text, at, numeral).or_else(|| mixed(text, at, numeral)) {
        return Some(figure);
    }
    if let Some(figure) = date(text, at, numeral) {
        return Some(figure);
    }
    let mut figure = with_unit(text, at, numeral);
    extend_range(text, &mut figure, numeral);
    is_count(text, &figure, numeral).then_some(figure)
}

/// “28条”, “8337”: a number alone in quotes is a name.
fn is_quoted_name(text: &str, at: usize) -> bool {
    let Some(open) = text[..at].rfind(['“', '”']).filter(|&open| text[open..].starts_with('“')) else {
        return false;
    };
    let inside = &text[open + '“'.len_utf8()..];
    let end = inside.find('”').unwrap_or(inside.len());
    // “十二连增” counts years.
    inside[..end].chars().count() <= 8 && !inside[..end].contains('连')
}

fn plain(text: &str, at: usize, len: usize, value: Decimal, unit: &str, kind: FigureKind) -> Figure {
    let span = Span::new(at, at + len);
    let _ = text;
    Figure {
        span,
        outer: span,
        value: value.normalize(),
        high: None,
        unit: unit.to_owned(),
        bound: None,
        kind,
    }
}

fn with_unit(text: &str, at: usize, numeral: Numeral) -> Figure {
    let rest = &text[at + numeral.len..];
    let is_over = rest.starts_with(['余', '多'])
        && numeral.n_chars > 0
        && !unit_at(&rest['余'.len_utf8()..]).is_empty();
    let skipped = if is_over { '余'.len_utf8() } else { 0 };
    let unit = unit_at(&rest[skipped..]);
    let mut len = numeral.len + skipped + unit.len();
    let mut unit = unit.to_owned();
    for tail in ["人民币", "/吨", "/人", "/平方米", "/立方米", "/年", "/月", "/天", "/小时", "/秒"]
    {
        if !unit.is_empty() && text[at + len..].starts_with(tail) {
            unit.push_str(tail);
            len += tail.len();
            break;
        }
    }
    let value = match unit.as_str() {
        "成" => {
            // 七成六 is 76%.
            let digit = text[at + len..].chars().next().and_then(chinese_digit);
            let ones = digit.filter(|_| !numeral.is_arabic).unwrap_or(0);
            len += if ones > 0 { '一'.len_utf8() } else { 0 };
            numeral.value * Decimal::TEN + Decimal::from(ones)
        }
        "折" if numeral.value < Decimal::TEN => numeral.value * Decimal::TEN,
        "打" => numeral.value * Decimal::from(12),
        _ => numeral.value,
    };
    if unit == "折" {
        unit = "%".to_owned();
    }
    let kind = kind_of(&unit);
    let mut figure = plain(text, at, len, value, &unit, kind);
    bound(text, &mut figure, numeral.is_over || is_over);
    figure
}

fn kind_of(unit: &str) -> FigureKind {
    match unit_class(unit.split('/').next().unwrap_or(unit)) {
        UnitClass::Percent => FigureKind::Share,
        UnitClass::Duration => FigureKind::Duration,
        UnitClass::Multiple => FigureKind::Multiple,
        UnitClass::Rank => FigureKind::Rank,
        _ => FigureKind::Amount,
    }
}

fn bound(text: &str, figure: &mut Figure, is_over: bool) {
    if is_over {
        figure.bound = Some(Bound::Over);
    }
    let before = &text[..figure.outer.start as usize];
    if let Some((word, bound)) = BEFORE.iter().find(|(word, _)| before.ends_with(word)) {
        let is_other = *word == "近" && before.ends_with("最近") || *word == "约" && before.ends_with("节约");
        if !is_other {
            figure.outer.start -= word.len() as u32;
            figure.bound = Some(*bound);
        }
    }
    let after = &text[figure.outer.end as usize..];
    if let Some((word, bound)) = AFTER.iter().find(|(word, _)| after.starts_with(word)) {
        figure.outer.end += word.len() as u32;
        figure.bound = Some(*bound);
    }
}

/// 63-74厘米, 1至12公尺, 5%—5.5%; not where 由 or 从 makes it a change.
fn extend_range(text: &str, figure: &mut Figure, first: Numeral) {
    let before = &text[..figure.outer.start as usize];
    if before.ends_with(['由', '从']) {
        return;
    }
    let after = &text[figure.span.end as usize..];
    let Some(sign) = RANGE_SIGNS.iter().find(|sign| after.starts_with(*sign)) else { return };
    let start = figure.span.end as usize + sign.len();
    let Some(second) = text.get(start..).and_then(read_numeral) else { return };
    let upper = with_unit(text, start, second);
    let lower_unit = figure.unit.clone();
    let fits = upper.value >= figure.value.min(first.value)
        && (lower_unit.is_empty() || lower_unit == upper.unit)
        && (!upper.unit.is_empty() || lower_unit == upper.unit)
        && date(text, start, second).is_none();
    if !fits || (upper.unit.is_empty() && second.is_arabic != first.is_arabic) {
        return;
    }
    figure.high = Some(upper.value);
    figure.unit.clone_from(&upper.unit);
    figure.kind = upper.kind;
    figure.span.end = upper.span.end;
    figure.outer.end = upper.outer.end.max(figure.outer.end);
    figure.bound = figure.bound.or(upper.bound);
}

/// A numeral counts when it has a unit, or is long enough to be no part of a word.
fn is_count(text: &str, figure: &Figure, numeral: Numeral) -> bool {
    let after_number = &text[figure.span.start as usize + numeral.len..];
    let after = &text[figure.span.end as usize..];
    if NAMES_AFTER.iter().any(|name| after_number.starts_with(name)) {
        return false;
    }
    if figure.unit.is_empty() {
        if after.starts_with(|ch: char| ch.is_ascii_alphabetic())
            || after.starts_with(['、', '．', '“', '＋', '+', '号']) && numeral.n_chars < 3
        {
            return false;
        }
        // 2025全国旅游景区 is named after its year.
        let is_year = numeral.is_arabic
            && numeral.n_chars == 4
            && (Decimal::from(1900)..Decimal::from(2100)).contains(&figure.value);
        if is_year && after.starts_with(|ch: char| ch.is_alphabetic() || ch == '·') {
            return false;
        }
        let is_long = if numeral.is_arabic {
            numeral.n_chars >= 2 && figure.value.fract() != Decimal::ZERO
                || numeral.n_chars >= 3
                || numeral.has_multiplier
        } else {
            numeral.has_multiplier && numeral.n_chars >= 2
        };
        return is_long || figure.high.is_some();
    }
    // 科技创新2030国家重大项目 counts no countries.
    let is_year = numeral.is_arabic && numeral.n_chars == 4 && figure.value >= Decimal::from(1900);
    if is_year && figure.unit == "国家" {
        return false;
    }
    let class = unit_class(&figure.unit);
    // 一个, 一家 in Chinese digits are articles more often than counts; two and more are counts.
    let is_article = !numeral.is_arabic
        && figure.value == Decimal::ONE
        && numeral.n_chars == 1
        && class == UnitClass::Count;
    if is_article {
        return matches!(
            figure.unit.as_str(),
            "个" | "所" | "项" | "座" | "条" | "家" | "名" | "场" | "次" | "张" | "艘" | "部"
        );
    }
    let is_letters = figure.unit.chars().all(|ch| ch.is_ascii_alphabetic());
    !(is_letters && after.starts_with(|ch: char| ch.is_ascii_alphanumeric()))
}

/// 第一, 第3位, 第十三届: 第 with its numeral and classifier.
fn rank(text: &str, at: usize) -> Option<Figure> {
    let rest = &text[at + '第'.len_utf8()..];
    let numeral = read_numeral(rest)?;
    let unit = unit_at(&rest[numeral.len..]);
    let unit = if unit.chars().count() <= 2 { unit } else { "" };
    let unit = if unit.is_empty() && rest[numeral.len..].starts_with('届') { "届" } else { unit };
    if rest[numeral.len..].starts_with("产业") || rest[numeral.len..].starts_with("季度") {
        return None;
    }
    let len = '第'.len_utf8() + numeral.len + unit.len();
    Some(plain(text, at, len, numeral.value, unit, FigureKind::Rank))
}

/// 翻一番 is twice as much, 翻两番 four times.
fn doubling(text: &str, at: usize) -> Option<Figure> {
    let rest = &text[at + '翻'.len_utf8()..];
    let skipped = if rest.starts_with('了') { '了'.len_utf8() } else { 0 };
    let numeral = read_numeral(&rest[skipped..])?;
    let end = skipped + numeral.len;
    if !rest[end..].starts_with('番') {
        return None;
    }
    let times: u32 = numeral.value.trunc().to_string().parse().ok().filter(|times| *times < 20)?;
    let value = Decimal::from(2u64.pow(times));
    let len = '翻'.len_utf8() + end + '番'.len_utf8();
    Some(plain(text, at, len, value, "番", FigureKind::Multiple))
}

/// 三分之一.
fn fraction(text: &str, at: usize, numeral: Numeral) -> Option<Figure> {
    if let Some(rest) = text[at + numeral.len..].strip_prefix('/') {
        return slashed(text, at, numeral, rest);
    }
    let rest = text[at + numeral.len..].strip_prefix("分之")?;
    let upper = read_numeral(rest)?;
    let len = numeral.len + "分之".len() + upper.len;
    let is_scale = text[at..at + numeral.len].chars().all(|ch| matches!(ch, '百' | '千' | '万' | '亿'));
    let mut figure = if is_scale {
        // 百万分之五 is said like 百分之五: parts of a whole, counted in hundredths.
        let value = (upper.value * Decimal::ONE_HUNDRED).checked_div(numeral.value)?;
        plain(text, at, len, value, "%", FigureKind::Share)
    } else {
        plain(text, at, len, upper.value.checked_div(numeral.value)?.round_dp(6), "", FigureKind::Share)
    };
    bound(text, &mut figure, false);
    Some(figure)
}

/// 前五位, 前10名: a rank told by its bound.
fn front(text: &str, at: usize, number: &str) -> Option<Figure> {
    let numeral = read_numeral(number)?;
    let rest = &number[numeral.len..];
    // 稳居全国前三: where it is among others, and nothing is counted behind it.
    let is_among =
        || strip_suffix_of(&text[..at], RANKED_IN).is_some() && !rest.starts_with(char::is_alphanumeric);
    let tail = ["位", "名", "强"].into_iter().find(|tail| rest.starts_with(tail));
    let tail = tail.or_else(|| is_among().then_some(""))?;
    Some(plain(text, at, '前'.len_utf8() + numeral.len + tail.len(), numeral.value, "位", FigureKind::Rank))
}

/// 1/3, a fraction; not 2023/2024, nor 24/7.
fn slashed(text: &str, at: usize, upper: Numeral, rest: &str) -> Option<Figure> {
    let lower = read_numeral(rest)?;
    let is_part = upper.is_arabic
        && lower.is_arabic
        && upper.value > Decimal::ZERO
        && upper.value < lower.value
        && lower.value <= Decimal::ONE_HUNDRED
        && upper.value.fract() == Decimal::ZERO
        && !rest[lower.len..].starts_with(['/', '.', '月']);
    if !is_part {
        return None;
    }
    let value = upper.value.checked_div(lower.value)?.round_dp(6);
    let mut figure = plain(text, at, upper.len + 1 + lower.len, value, "", FigureKind::Share);
    bound(text, &mut figure, false);
    Some(figure)
}

/// 三又二分之一: a whole and a fraction.
fn mixed(text: &str, at: usize, whole: Numeral) -> Option<Figure> {
    let start = at + whole.len + '又'.len_utf8();
    let rest = text[at + whole.len..].strip_prefix('又')?;
    let part = fraction(text, start, read_numeral(rest)?)?;
    let value = whole.value.checked_add(part.value)?;
    Some(plain(text, at, part.span.end as usize - at, value, "", FigureKind::Amount))
}

/// 2022年, 1985年5月7日, 10月: points in time; 6年 and 五年 are durations and no dates.
fn date(text: &str, at: usize, numeral: Numeral) -> Option<Figure> {
    let rest = &text[at + numeral.len..];
    let is_year = rest.starts_with('年')
        && !numeral.has_multiplier
        && numeral.n_chars == 4
        && numeral.value >= Decimal::from(1000)
        && numeral.value <= Decimal::from(2100);
    let mut len = numeral.len;
    if is_year {
        len += '年'.len_utf8();
        let month = parts(&text[at + len..], '月', 12);
        if let Some(month) = month {
            len += month;
            len += parts(&text[at + len..], '日', 31).unwrap_or(0);
        }
    } else {
        let is_month = rest.starts_with('月')
            && !rest.starts_with("月均")
            && numeral.value >= Decimal::ONE
            && numeral.value <= Decimal::from(12)
            && !numeral.is_over;
        if !is_month {
            return None;
        }
        len += '月'.len_utf8();
        len += parts(&text[at + len..], '日', 31).unwrap_or(0);
    }
    Some(plain(text, at, len, numeral.value, "", FigureKind::Date))
}

fn parts(rest: &str, sign: char, max: u32) -> Option<usize> {
    let numeral = read_numeral(rest)?;
    let fits = numeral.value >= Decimal::ONE && numeral.value <= Decimal::from(max);
    (fits && rest[numeral.len..].starts_with(sign)).then(|| numeral.len + sign.len_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = find_figures(text)
            .iter()
            .map(|figure| {
                format!("{} = {} {} {}", figure.span.of(text), figure.value, figure.unit, figure.kind.name())
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_rank_among_others_needs_no_unit() {
        check("运营里程稳居全国前三，", &["前三 = 3 位 rank"]);
        check("全国前三季度", &[]);
    }

    #[test]
    fn a_region_is_no_money() {
        check("参与组建长三角创业投资引导基金", &[]);
        check("新能源汽车及零部件", &[]);
        check("每斤三角", &["三角 = 3 角 amount"]);
    }

    #[test]
    fn a_multiplier_scales_the_value() {
        check("城镇新增就业1256万人", &["1256万人 = 12560000 人 amount"]);
    }

    #[test]
    fn several_figures_are_found_in_order() {
        check(
            "补贴2.8亿元，稳岗50.73万人，新增6.6万人",
            &["2.8亿元 = 280000000 元 amount", "50.73万人 = 507300 人 amount", "6.6万人 = 66000 人 amount"],
        );
    }

    #[test]
    fn years_durations_and_money_are_told_apart() {
        check("2010年的1264元", &["2010年 = 2010  date", "1264元 = 1264 元 amount"]);
        check("增加到2011元", &["2011元 = 2011 元 amount"]);
        check("连续6年下降", &["6年 = 6 年 duration"]);
    }

    #[test]
    fn chinese_percentages_and_fractions_are_shares() {
        check("增长百分之三十二点六", &["百分之三十二点六 = 32.6 % share"]);
        check("占三分之一", &["三分之一 = 0.333333  share"]);
        check("增长一点二倍", &["一点二倍 = 1.2 倍 multiple"]);
    }

    #[test]
    fn ranges_are_one_figure() {
        check("体长63-74厘米", &["63-74厘米 = 63 厘米 amount"]);
        check("水深1至12公尺", &["1至12公尺 = 1 公尺 amount"]);
    }

    #[test]
    fn idioms_and_names_count_nothing() {
        check("一带一路建设进一步推进，“28条”落地，10号线二期，5g基站，十四五规划", &[]);
    }

    #[test]
    fn over_and_near_bound_a_figure() {
        let figures = find_figures("惠及老人1万余人次，近一万五千人，50%以上");
        let bounds: Vec<_> = figures.iter().map(|figure| figure.bound.map(Bound::name)).collect();
        assert_eq!(bounds, [Some("over"), Some("near"), Some("at_least")]);
    }
}
