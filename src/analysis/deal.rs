//! 分别: figures dealt out to the members of the list before them.

use crate::analysis::clause::{Lead, strip_lead, strip_openers};
use crate::analysis::facts::{Draft, Reading};
use crate::analysis::phrases::{PAIRS, heads};
use crate::model::figure::FigureKind;
use crate::model::span::Span;

/// What the name of something measured ends in.
const MEASURED: [char; 7] = ['数', '量', '额', '率', '值', '价', '积'];
const DEALERS: [&str; 2] = ["分别", "依次"];

/// One member of a list: its own words, and words meant but not written.
#[derive(Debug, Clone, Default)]
struct Member {
    own: Vec<Span>,
    implied: String,
}

/// Rewrites the drafts of clause `clause_idx` (those from `first_new` on) that 分别 deals out.
pub fn deal_out(reading: &Reading<'_>, clause_idx: usize, first_new: usize, drafts: &mut [Draft]) {
    let clause = reading.clauses[clause_idx];
    let text = clause.of(reading.text);
    let Some((at, word)) = DEALERS.iter().filter_map(|word| text.find(word).map(|at| (at, *word))).min()
    else {
        deal_row(reading, clause_idx, first_new, drafts);
        return;
    };
    let dealer = Span::new(clause.start as usize + at, clause.start as usize + at + word.len());
    let (known, new) = drafts.split_at_mut(first_new);
    let counted: Vec<usize> =
        (0..new.len()).filter(|&idx| reading.figures[new[idx].figure_idx].kind != FigureKind::Date).collect();
    let start_of = |idx: usize| reading.figures[new[idx].figure_idx].outer.start;
    let mut dealt: Vec<usize> = counted.iter().copied().filter(|&idx| start_of(idx) >= dealer.end).collect();
    let before: Vec<usize> = counted.iter().copied().filter(|&idx| start_of(idx) < dealer.start).collect();
    // 分别从771家、481家增加到1076家、636家: both ends are dealt out behind it.
    let half = dealt.len() / 2;
    let is_ended = |idx: usize| {
        let words = Span {
            start: reading.figures[new[dealt[idx - 1]].figure_idx].outer.end,
            end: start_of(dealt[idx]),
        };
        words.of(reading.text).ends_with(['到', '至'])
    };
    let follow = if dealt.len() == 2 * half && half >= 2 && is_ended(half) {
        dealt.split_off(half)
    } else {
        Vec::new()
    };
    let begun = if follow.is_empty() { Vec::new() } else { std::mem::replace(&mut dealt, follow) };
    if dealt.len() < 2 {
        return;
    }
    // 从…46503元和16935元分别提高到…: the list before 分别 is dealt out as well.
    let starts: &[usize] = match (before.len() == dealt.len(), begun.is_empty()) {
        (_, false) => &begun,
        (true, true) => &before,
        (false, true) => &[],
    };
    let head_end = match starts.first() {
        Some(&idx) => start_of(idx).min(dealer.start),
        None => dealer.start,
    };
    let head_start = match before.last() {
        Some(&idx) if starts.is_empty() => reading.figures[new[idx].figure_idx].outer.end,
        _ => clause.start,
    };
    let head = Span { start: head_start.min(head_end), end: head_end };
    let (kept, head_lead) = strip_lead(head.of(reading.text), head.start as usize, &reading.times);
    let head = strip_openers(
        reading.text,
        Span { start: head.start, end: head.start + kept as u32 },
        &reading.times,
    );
    let (members, shared) = members(reading, clause_idx, head, dealt.len(), known);
    let first = dealt[0];
    let lead_text = Span { start: dealer.start, end: start_of(first) };
    let (_, lead) = strip_lead(lead_text.of(reading.text), lead_text.start as usize, &reading.times);
    let lead = Lead { change: lead.change.or(head_lead.change), ..lead };
    for (order, &idx) in dealt.iter().enumerate() {
        give(&mut new[idx], members.get(order), &shared, lead);
    }
    for (order, &idx) in starts.iter().enumerate() {
        give(&mut new[idx], members.get(order), &shared, Lead { is_start: true, ..Lead::default() });
    }
}

/// Deals figures that stand in a row out where 分别 is left unsaid: 城乡低保标准提高到815元和615元,
/// 苹果、猕猴桃产量占全国1/4、1/3, or 城镇居民收入15781元，农村居民收入4761元，实际增长8.4%和8%.
fn deal_row(reading: &Reading<'_>, clause_idx: usize, first_new: usize, drafts: &mut [Draft]) {
    let (known, new) = drafts.split_at_mut(first_new);
    let counted: Vec<usize> =
        (0..new.len()).filter(|&idx| reading.figures[new[idx].figure_idx].kind != FigureKind::Date).collect();
    let figure = |idx: usize| &reading.figures[new[idx].figure_idx];
    let follows = |pair: &[usize]| {
        let (a, b) = (figure(pair[0]), figure(pair[1]));
        let between = reading.text.get(a.outer.end as usize..b.outer.start as usize).unwrap_or_default();
        a.kind == b.kind && matches!(between, "和" | "、" | "与" | "及" | "以及")
    };
    let n_dealt = 1 + counted.windows(2).take_while(|pair| follows(pair)).count();
    if n_dealt < 2 {
        return;
    }
    let clause = reading.clauses[clause_idx];
    let lead_text = Span { start: clause.start, end: figure(counted[0]).outer.start };
    let (kept, lead) = strip_lead(lead_text.of(reading.text), lead_text.start as usize, &reading.times);
    let head = strip_openers(
        reading.text,
        Span { start: clause.start, end: clause.start + kept as u32 },
        &reading.times,
    );
    let names_pair = n_dealt == 2 && PAIRS.iter().any(|(pair, _)| head.of(reading.text).contains(pair));
    let names_all = split_list(head, head.of(reading.text), n_dealt).is_some();
    let follows_all = head.is_empty()
        && lead.change.is_some()
        && known.iter().rev().take(n_dealt).filter(|draft| draft.clause_idx + n_dealt >= clause_idx).count()
            == n_dealt;
    // 床位数、医师数增至7.83张、3.57个: what is measured in several units is dealt out only where all are named.
    let is_of_one_unit = (1..n_dealt).all(|order| figure(counted[order]).unit == figure(counted[0]).unit);
    if !names_all && !(is_of_one_unit && (names_pair || follows_all)) {
        return;
    }
    let (members, shared) = members(reading, clause_idx, head, n_dealt, known);
    for (order, &idx) in counted.iter().take(n_dealt).enumerate() {
        give(&mut new[idx], members.get(order), &shared, lead);
    }
}

fn give(draft: &mut Draft, member: Option<&Member>, shared: &[Span], lead: Lead) {
    draft.lead = lead;
    let Some(member) = member else {
        draft.related = shared.to_vec();
        return;
    };
    draft.subject = member.own.clone();
    draft
        .subject
        .extend(shared.iter().copied().filter(|span| !member.own.iter().any(|own| own.contains(*span))));
    draft.related = Vec::new();
    draft.implied.clone_from(&member.implied);
}

/// The members the figures are dealt to, and the words they share.
fn members(
    reading: &Reading<'_>,
    clause_idx: usize,
    head: Span,
    n_figures: usize,
    known: &[Draft],
) -> (Vec<Member>, Vec<Span>) {
    let text = head.of(reading.text);
    if let Some(parts) = split_list(head, text, n_figures) {
        let shared = shared_tail(reading.text, &parts);
        let first = parts[0];
        let front = denominator(first, reading.text);
        let members = parts
            .iter()
            .map(|&part| {
                let is_bare_head = part != first && heads().any(|head| head == part.of(reading.text));
                // 机器人产量、销量: the second member borrows the first one's thing.
                let mut own = if is_bare_head { vec![part, first] } else { vec![part] };
                if let Some(front) = front.filter(|front| !part.contains(*front)) {
                    own.insert(0, front);
                }
                Member { own, implied: String::new() }
            })
            .collect();
        return (members, shared.into_iter().collect());
    }
    if n_figures == 2
        && let Some((pair, implied)) = PAIRS.iter().find(|(pair, _)| text.contains(pair))
    {
        let at = head.start as usize + text.find(pair).unwrap_or(0);
        let front = Span::new(head.start as usize, at);
        let rest = Span::new(at + pair.len(), head.end as usize);
        let own: Vec<Span> = [front, rest].into_iter().filter(|span| !span.is_empty()).collect();
        let members = implied
            .iter()
            .map(|implied| Member { own: own.clone(), implied: (*implied).to_owned() })
            .collect();
        return (members, Vec::new());
    }
    let before = members_before(reading, clause_idx, n_figures, known);
    let shared: Vec<Span> = if head.is_empty() { Vec::new() } else { vec![head] };
    (before, shared)
}

/// Members counted, or listed without figures, before the clause: 办理建议425件、提案347件，满意率分别达….
fn members_before(
    reading: &Reading<'_>,
    clause_idx: usize,
    n_figures: usize,
    known: &[Draft],
) -> Vec<Member> {
    let counted: Vec<&Draft> =
        known.iter().filter(|draft| reading.figures[draft.figure_idx].kind != FigureKind::Date).collect();
    let bare = clause_idx.checked_sub(1).filter(|&idx| !counted.iter().any(|draft| draft.clause_idx == idx));
    if let Some(idx) = bare {
        let clause = strip_openers(reading.text, reading.clauses[idx], &reading.times);
        if let Some(parts) = split_list(clause, clause.of(reading.text), n_figures) {
            return parts
                .into_iter()
                .map(|part| Member { own: vec![part], implied: String::new() })
                .collect();
        }
    }
    if counted.len() < n_figures {
        return Vec::new();
    }
    counted[counted.len() - n_figures..]
        .iter()
        .map(|draft| Member { own: draft.subject.clone(), implied: draft.implied.clone() })
        .collect()
}

/// Splits `a、b和c` into exactly `n` parts, trying the strictest separators first.
fn split_list(span: Span, text: &str, n: usize) -> Option<Vec<Span>> {
    let separators: [&[&str]; 4] =
        [&["、"], &["、", "以及", "和"], &["、", "以及", "和", "与", "及", "，"], &["，"]];
    separators.iter().find_map(|words| {
        let parts = cut_at(span, text, words);
        (parts.len() == n && n > 1).then_some(parts)
    })
}

fn cut_at(span: Span, text: &str, words: &[&str]) -> Vec<Span> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut depth = 0usize;
    while at < text.len() {
        let rest = &text[at..];
        let Some(ch) = rest.chars().next() else { break };
        match ch {
            '“' | '《' | '（' => depth += 1,
            '”' | '》' | '）' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match words.iter().find(|word| depth == 0 && rest.starts_with(*word)) {
            Some(word) => {
                parts.push(Span::new(span.start as usize + start, span.start as usize + at));
                at += word.len();
                start = at;
            }
            None => at += ch.len_utf8(),
        }
    }
    parts.push(Span::new(span.start as usize + start, span.end as usize));
    parts.retain(|part| !part.is_empty());
    parts
}

/// What the first member, and all after it, are counted per: 每千人|床位数、医师数.
fn denominator(first: Span, text: &str) -> Option<Span> {
    let rest = first.of(text).strip_prefix('每')?;
    let noun = rest.trim_start_matches(['十', '百', '千', '万', '亿']);
    let named = noun.strip_prefix(['人', '户', '名']).filter(|_| noun.len() < rest.len())?;
    Some(Span { start: first.start, end: first.end - named.len() as u32 })
}

/// The end of the last member that all members share: 高技术制造业、装备制造业|增加值.
fn shared_tail(text: &str, parts: &[Span]) -> Option<Span> {
    let last = *parts.last()?;
    let last_text = last.of(text);
    let first_text = parts[0].of(text);
    // 事故起数、死亡人数: the first member is closed by a head of its own.
    let has_own_head = heads().any(|head| first_text.ends_with(head)) || first_text.ends_with(MEASURED);
    if has_own_head {
        return None;
    }
    let by_echo = first_text.char_indices().rev().nth(1).map(|(at, _)| &first_text[at..]).and_then(|end| {
        let at = last_text.rfind(end)? + end.len();
        (at < last_text.len()).then_some(at)
    });
    let at = by_echo.or_else(|| {
        heads().filter_map(|head| last_text.strip_suffix(head)).map(str::len).filter(|at| *at > 0).min()
    })?;
    Some(Span::new(last.start as usize + at, last.end as usize))
}
