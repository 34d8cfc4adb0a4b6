//! Figures of several things together, of which a question names one.

use crate::index::passage::Passage;
use crate::model::fact::{Aspect, Fact};
use crate::model::figure::FigureKind;
use crate::model::span::Span;

/// Words for money of any sort.
const MONEY_SUMS: &[&str] = &["资金", "经费", "补贴", "补助", "款项", "各类资金", "补助资金", "各项资金"];
/// The longest thing of a list, in characters.
const MAX_ITEM_CHARS: usize = 7;

/// Joins things that are counted together.
const JOINING: &[char] = &['和', '与', '及', '、'];
/// Words that give each of several things a figure of its own.
const EACH: &[&str] = &["均", "都", "各", "分别", "双双", "比例", "标准"];

/// True when one of two things that are counted together is among the `used` words, and the other is not.
pub fn is_joint(passage: &Passage, fact: &Fact, used: &[Span]) -> bool {
    if used.is_empty()
        || !matches!(fact.figure.kind, FigureKind::Amount)
        || matches!(fact.aspect, Aspect::Change | Aspect::Gap)
    {
        return false;
    }
    // 提高城乡低保标准等10项政策 counts policies; what is named before 等 is one of them.
    let is_listed = |words: &Span| {
        let behind = passage.normalized[words.end as usize..].strip_prefix('等');
        behind.is_some_and(|behind| behind.starts_with(|ch: char| ch.is_ascii_digit()))
            && used.iter().all(|used| used.end <= words.end)
    };
    if fact.anchors.subject.iter().any(is_listed) {
        return true;
    }
    let is_used = |at: usize| used.iter().any(|used| (used.start as usize..used.end as usize).contains(&at));
    let Some(start) = fact.anchors.subject.iter().map(|span| span.start).min() else { return false };
    let end = fact.anchors.subject.iter().map(|span| span.end).max().unwrap_or(start);
    let is_others = passage.facts.iter().flat_map(|other| &other.anchors.subject).any(|span| {
        span.end <= start && fact.anchors.clause.contains(*span) && !fact.anchors.subject.contains(span)
    });
    // 国内、国际航线达到34条: the first of the two may stand before the words of the figure.
    let from = if is_others { start } else { fact.anchors.clause.start.min(start) } as usize;
    let text = &passage.normalized[from..end as usize];
    let clause = fact.anchors.clause.of(&passage.normalized);
    if !text.contains(JOINING) || EACH.iter().any(|word| clause.contains(word)) {
        return false;
    }
    let is_part = |part: &str| {
        let start = part.as_ptr() as usize - passage.normalized.as_ptr() as usize;
        part.char_indices().any(|(at, _)| is_used(start + at))
    };
    // 低保金、医疗保险待遇、生活费等资金8.4亿元 is the sum of them, whatever is asked for in money.
    if let Some((list, sum)) = text.rsplit_once('等')
        && list.contains('、')
        && !sum.is_empty()
    {
        let (n_named, n_all) =
            list.split('、').fold((0, 0), |(named, all), one| (named + usize::from(is_part(one)), all + 1));
        return n_named > 0 && n_named < n_all && (MONEY_SUMS.contains(&sum) || !is_part(sum));
    }
    // 老旧小区、城中村、危旧房改造2.2万套 is not of one of the three.
    if is_of_three(text, &is_part) {
        return true;
    }
    text.match_indices(JOINING).any(|(at, joint)| {
        let before = &text[..at];
        let one = before.rsplit(|ch: char| !ch.is_alphanumeric()).next().unwrap_or_default();
        let is_named = one.char_indices().any(|(in_one, _)| is_used(from + at - one.len() + in_one));
        let other = &text[at + joint.len()..];
        let other: String = other.chars().take_while(|ch| ch.is_alphanumeric()).collect();
        // Things of one sort are called alike: 国内 and 国际, 固定电话 and 移动电话.
        let are_alike = one.chars().any(|ch| other.contains(ch));
        one.chars().count() >= 2 && are_alike && !is_named && is_used(from + at + joint.len())
    })
}

/// True when `text` ends in a list of three things or more that share their last words, only some of which are asked
/// for.
fn is_of_three(text: &str, is_asked: &dyn Fn(&str) -> bool) -> bool {
    let items: Vec<&str> = text.split(['、', '和', '与', '及']).collect();
    let [.., first, second, _] = items.as_slice() else { return false };
    // The words that all share stand in the last.
    let is_thing = |item: &str| (2..=MAX_ITEM_CHARS).contains(&item.chars().count());
    let bare = |item: &&str| item.chars().all(char::is_alphanumeric);
    // 累计开通国内、国际及地区航线: a verb before the list is of all.
    let ends_asked =
        |item: &str| item.char_indices().next_back().is_some_and(|(at, _)| is_asked(&item[at..]));
    is_thing(first)
        && is_thing(second)
        && bare(first)
        && bare(second)
        && (is_asked(second) && !is_asked(first) || ends_asked(first) && !is_asked(second))
}
