//! Clauses of a sentence and what the words before a figure say of it.

use crate::analysis::phrases::{
    CHANGES, COMPARISONS, LINKS, NOT_CHANGES, OPENERS, strip_prefix_of, strip_suffix_of,
};
use crate::analysis::times::Mention;
use crate::model::fact::Direction;
use crate::model::span::Span;

/// Words for a mean over years.
const AVERAGES: &[&str] = &["年均", "年平均", "平均每年", "每年平均"];
/// Words in which 均 does not say that several things have one figure each.
const PER_HEAD: &[&str] = &["人均", "户均", "亩均", "日均", "次均", "地均"];
/// What may stand between 由 and the figure: 由每人每年55元提高到70元.
const MEASURES: &[&str] = &[
    "最低",
    "最高",
    "平均",
    "人均",
    "每人每年",
    "每人每月",
    "每生每年",
    "每月",
    "每年",
    "每人",
    "每亩",
    "每吨",
    "每户",
    "每天",
    "每日",
];
/// Words before what a change began with.
const STARTS: &[&str] = &["由", "从", "由原来的", "从原来的", "原来的", "原先", "原来", "原有", "原为"];

/// Cuts normalized `text` at ，；：。！？ outside of brackets and quotes.
pub fn clauses(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut depth = 0i32;
    for (at, ch) in text.char_indices() {
        match ch {
            '（' | '《' | '“' | '(' => depth += 1,
            '）' | '》' | '”' | ')' => depth = (depth - 1).max(0),
            '，' | '；' | '：' | '。' | '！' | '？' | ';' | '?'
                if depth == 0 || matches!(ch, '。' | '；') =>
            {
                spans.push(Span::new(start, at));
                start = at + ch.len_utf8();
                depth = 0;
            }
            _ => {}
        }
    }
    if start < text.len() {
        spans.push(Span::new(start, text.len()));
    }
    spans.retain(|span| !span.is_empty());
    spans
}

/// What stands directly before a figure, beyond the words that name what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lead {
    /// A word of change right before the figure: 增长, 下降.
    pub change: Option<Direction>,
    /// The figure is where a change ends: 提高到, 降至, 达到 after 由….
    pub is_end: bool,
    /// The figure is where a change starts: 由, 从.
    pub is_start: bool,
    /// 均, 都, 各: the figure belongs to every member of the list before it.
    pub is_shared: bool,
    /// 分别: the figures are dealt out to the members of the list before them.
    pub is_dealt: bool,
    /// 占, 占比: part of a whole.
    pub is_part: bool,
    /// 年均, 平均每年: a mean over the years spoken of.
    pub is_average: bool,
    /// 高于全国, 比全国高: the distance to something else.
    pub is_gap: bool,
}

/// Strips the words between an indicator and its figure off the end of `before`.
///
/// Gives the byte length of what is left, and what the stripped words said. Mentions of time inside
/// the stripped part are stripped as well; `offset` is where `before` begins in the text they point into.
pub fn strip_lead(before: &str, offset: usize, times: &[Mention]) -> (usize, Lead) {
    let mut lead = Lead::default();
    let mut rest = before;
    loop {
        let trimmed = rest.trim_end();
        if let Some(shorter) = strip_time(trimmed, offset, times) {
            rest = shorter;
            continue;
        }
        if !lead.is_start && lead.change.is_none() && !lead.is_end && ends_with_start(trimmed) {
            lead.is_start = true;
            let shorter = strip_suffix_of(trimmed, MEASURES).unwrap_or(trimmed);
            rest = strip_suffix_of(shorter, STARTS).unwrap_or(shorter);
            continue;
        }
        if lead.change.is_some()
            && let Some(shorter) = strip_suffix_of(trimmed, AVERAGES)
        {
            lead.is_average = true;
            rest = shorter;
            continue;
        }
        if let Some((shorter, direction)) = strip_change(trimmed, &lead) {
            if lead.change.is_none() {
                lead.change = direction;
            }
            rest = shorter;
            continue;
        }
        if let Some(shorter) =
            strip_suffix_of(trimmed, &["占", "占比", "占到", "占全国", "占全省", "占总数的"])
        {
            lead.is_part = true;
            rest = if trimmed.ends_with("占比") { trimmed } else { shorter };
            if trimmed.ends_with("占比") {
                break;
            }
            continue;
        }
        if let Some(shorter) =
            strip_suffix_of(trimmed, LINKS).filter(|_| !PER_HEAD.iter().any(|word| trimmed.ends_with(word)))
        {
            note_link(&trimmed[shorter.len()..], &mut lead);
            rest = shorter;
            continue;
        }
        if lead.change.is_some()
            && let Some(shorter) = strip_suffix_of(trimmed, COMPARISONS)
        {
            note_link(&trimmed[shorter.len()..], &mut lead);
            rest = shorter;
            continue;
        }
        rest = trimmed;
        break;
    }
    (rest.len(), lead)
}

fn note_link(word: &str, lead: &mut Lead) {
    match word {
        "到" | "至" => lead.is_end = true,
        "均" | "都" | "各" | "各自" | "等" => lead.is_shared = true,
        "分别" | "依次" => lead.is_dealt = true,
        "年均" | "平均每年" | "每年平均" | "每年" | "年平均" => lead.is_average = true,
        _ => {}
    }
}

fn strip_time<'t>(rest: &'t str, offset: usize, times: &[Mention]) -> Option<&'t str> {
    let end = offset + rest.len();
    let mention = times.iter().find(|mention| mention.span.end as usize == end)?;
    let start = (mention.span.start as usize).checked_sub(offset)?;
    rest.get(..start)
}

fn ends_with_start(text: &str) -> bool {
    let text = strip_suffix_of(text, MEASURES).unwrap_or(text);
    (text.ends_with('由') && !text.ends_with("自由") && !text.ends_with("理由"))
        || (text.ends_with('从') && !text.ends_with("服从"))
        || STARTS[2..].iter().any(|word| text.ends_with(word))
}

/// Strips one word of change; 了, 到 and 至 behind it were stripped before, as links.
fn strip_change<'t>(text: &'t str, lead: &Lead) -> Option<(&'t str, Option<Direction>)> {
    if lead.change.is_some() {
        return None;
    }
    let (word, direction) =
        CHANGES.iter().filter(|(word, _)| text.ends_with(word)).max_by_key(|(word, _)| word.len())?;
    let is_thing = NOT_CHANGES.iter().any(|known| known.len() > word.len() && text.ends_with(known));
    // 增速, 涨幅 and their like are indicators of their own and stay with the subject.
    let is_name = ["增速", "增幅", "涨幅", "降幅"].contains(word);
    if is_thing {
        return None;
    }
    if is_name {
        return (lead.change.is_none() && !lead.is_end)
            .then(|| (&text[..text.len() - word.len()], Some(*direction)));
    }
    Some((&text[..text.len() - word.len()], Some(*direction)))
}

/// Strips openers and mentions of time off the beginning of `[start, end)`; gives the new start.
pub fn strip_openers(text: &str, span: Span, times: &[Mention]) -> Span {
    let mut start = span.start as usize;
    let end = span.end as usize;
    while start < end {
        let rest = &text[start..end];
        if let Some(mention) = times.iter().find(|mention| mention.span.start as usize == start) {
            start = (mention.span.end as usize).min(end);
        } else if let Some(shorter) = strip_prefix_of(rest, OPENERS) {
            start = end - shorter.len();
        } else {
            break;
        }
    }
    Span::new(start, end)
}
