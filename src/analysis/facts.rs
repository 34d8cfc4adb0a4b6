//! Facts of one sentence: which words each figure belongs to, and what it tells of them.

use crate::analysis::clause::{Lead, clauses, strip_lead, strip_openers};
use crate::analysis::deal::deal_out;
use crate::analysis::figures::{UnitClass, unit_class};
use crate::analysis::periods::TimeFrame;
use crate::analysis::phrases::{
    GAP_ENDS, GAPS, NO_PARTS, PARTS, RANKED_IN, RANKING, strip_prefix_of, strip_suffix_of,
};
use crate::analysis::times::{Mention, When, find_times};
use crate::model::fact::{Anchors, Aspect, Direction, Fact};
use crate::model::figure::{Bound, Figure, FigureKind};
use crate::model::period::{Period, PeriodState};
use crate::model::span::Span;

/// How many characters after a figure can still name what it counts.
const MAX_AFTER_CHARS: usize = 18;
/// How many characters of an indicator are shown.
const MAX_NAME_CHARS: usize = 28;
/// The longest name of what a gap is measured from, in characters.
const MAX_GAP_END_CHARS: usize = 12;
const CONNECTORS: [&str; 5] = ["以及", "和", "与", "及", "、"];

/// A fact on its way: the words are found, the period is not.
#[derive(Debug, Clone)]
pub struct Draft {
    pub figure_idx: usize,
    pub clause_idx: usize,
    pub subject: Vec<Span>,
    pub related: Vec<Span>,
    pub implied: String,
    pub lead: Lead,
    /// The words after the figure open with a word of change: 46503元提高到….
    pub is_start: bool,
}

/// One normalized sentence with what was found in it.
pub struct Reading<'t> {
    pub text: &'t str,
    pub figures: &'t [Figure],
    pub times: Vec<Mention>,
    pub clauses: Vec<Span>,
}

/// Reads the facts of normalized `text`, in the order of `figures`.
///
/// All spans of the facts, the figures' among them, are byte ranges into `text`.
/// Dates that only say when something was counted give a fact of kind date, for questions after a year.
pub fn read_facts(text: &str, figures: &[Figure], frame: TimeFrame) -> Vec<Fact> {
    let reading = Reading { text, figures, times: find_times(text), clauses: clauses(text) };
    let mut drafts: Vec<Draft> = Vec::new();
    for clause_idx in 0..reading.clauses.len() {
        let inside = reading.figures_of(clause_idx);
        let first_new = drafts.len();
        for at in 0..inside.len() {
            let draft = reading.draft(clause_idx, &inside, at, &drafts);
            drafts.push(draft);
        }
        deal_out(&reading, clause_idx, first_new, &mut drafts);
    }
    // 五年累计发放9823万元: the years only say when.
    let only_dates = |draft: &Draft| {
        let figure = &figures[draft.figure_idx];
        let rest = text.get(figure.outer.end as usize..).unwrap_or_default();
        figure.kind == FigureKind::Duration
            && strip_prefix_of(rest, &["累计", "一共", "总共", "共计"]).is_some()
    };
    drafts.retain(|draft| !reading.is_milestone(draft.figure_idx) && !only_dates(draft));
    drafts.into_iter().map(|draft| reading.finish(draft, frame)).collect()
}

impl Reading<'_> {
    fn figures_of(&self, clause_idx: usize) -> Vec<usize> {
        let clause = self.clauses[clause_idx];
        let inside = |figure: &Figure| clause.start <= figure.span.start && figure.span.start < clause.end;
        (0..self.figures.len()).filter(|&idx| inside(&self.figures[idx])).collect()
    }

    /// True for the 2万元 of 突破2万元、达到20793元, which the figure behind it tells exactly.
    fn is_milestone(&self, idx: usize) -> bool {
        let (figure, Some(next)) = (&self.figures[idx], self.figures.get(idx + 1)) else { return false };
        let between = self.text.get(figure.outer.end as usize..next.outer.start as usize).unwrap_or_default();
        figure.bound == Some(Bound::Over)
            && figure.unit == next.unit
            && figure.value <= next.value
            && strip_prefix_of(between, &["、", "，"])
                .is_some_and(|rest| matches!(rest, "达" | "达到" | "达到了" | "为" | "实现" | "完成"))
    }

    fn is_time(&self, figure: &Figure) -> bool {
        figure.kind == FigureKind::Date || self.times.iter().any(|time| time.span.overlaps(figure.span))
    }

    fn draft(&self, clause_idx: usize, inside: &[usize], at: usize, drafts: &[Draft]) -> Draft {
        let clause = self.clauses[clause_idx];
        let figure = &self.figures[inside[at]];
        let counted: Vec<usize> =
            inside.iter().copied().filter(|&idx| !self.is_time(&self.figures[idx])).collect();
        if self.is_time(figure) {
            let subject = vec![
                Span { start: clause.start, end: figure.outer.start },
                Span { start: figure.outer.end.min(clause.end), end: clause.end },
            ];
            return Draft {
                figure_idx: inside[at],
                clause_idx,
                subject,
                related: Vec::new(),
                implied: String::new(),
                lead: Lead::default(),
                is_start: false,
            };
        }
        let place = counted.iter().position(|&idx| idx == inside[at]).unwrap_or(0);
        // 为87万名80岁以上老年人…: an age narrows the people counted before it.
        let is_attribute = |idx: usize| {
            let figure = &self.figures[idx];
            unit_class(&figure.unit) == UnitClass::Age && figure.outer.end > figure.span.end
        };
        let previous = place.checked_sub(1).map(|idx| &self.figures[counted[idx]]);
        let next =
            counted[place + 1..].iter().find(|&&idx| !is_attribute(idx)).map(|&idx| &self.figures[idx]);
        let (region, previous_tail) = self.region_before(clause, previous, figure);
        let (kept, lead) = strip_lead(region.of(self.text), region.start as usize, &self.times);
        let mut words = strip_openers(
            self.text,
            Span { start: region.start, end: region.start + kept as u32 },
            &self.times,
        );
        let mut lead = lead;
        let mut aside: Vec<Span> = Vec::new();
        if figure.kind == FigureKind::Multiple
            && let Some(base) = strip_prefix_of(words.of(self.text), &["是", "为", "相当于", "达到"])
        {
            // …615亿元，是“十一五”时期的2.7倍: what follows 是 is measured against, not counted.
            let base = Span { start: words.end - base.len() as u32, end: words.end };
            let rest = strip_openers(self.text, base, &self.times);
            if rest.is_empty() {
                words = rest;
            }
        }
        if figure.kind == FigureKind::Rank {
            words = self.strip_order(words, &mut aside);
        }
        if self.is_gap(region, words, lead) {
            lead.is_gap = true;
            aside.push(words);
            words.end = words.start;
        } else if let Some((part, whole)) = self.split_share(words) {
            lead.is_part = true;
            aside.push(whole);
            words = part;
        }
        if unit_class(&figure.unit) == UnitClass::Percent
            && lead.change.is_none()
            && !lead.is_part
            && let Some(direction) = named_change(words.of(self.text))
        {
            lead.change = Some(direction);
        }
        let after = self.after(clause, figure, next);
        let is_counter = matches!(unit_class(&figure.unit), UnitClass::Count | UnitClass::People)
            || figure.unit.is_empty() && figure.kind == FigureKind::Amount;
        let mut subject = Vec::new();
        let mut related = Vec::new();
        if !words.is_empty() {
            let (own, others) = self.last_member(words, lead.is_shared || lead.is_dealt);
            subject.push(own);
            related.extend(others);
        }
        if !after.is_empty() && (is_counter || words.is_empty() || figure.kind == FigureKind::Rank) {
            subject.push(after);
        } else if !after.is_empty() {
            related.push(after);
        }
        // 96户、183人全部脱贫; 488栋高楼、72个商场完成整治: what follows the last figure of a row follows them all.
        if is_counter && let Some(last) = self.row_end(figure, &after, &counted[place + 1..]) {
            let beyond = counted.iter().skip_while(|&&idx| idx != last).nth(1);
            related.push(self.after(clause, &self.figures[last], beyond.map(|&idx| &self.figures[idx])));
        }
        related.extend(previous_tail);
        related.extend(aside);
        let mut draft = Draft {
            figure_idx: inside[at],
            clause_idx,
            subject,
            related,
            implied: String::new(),
            lead,
            is_start: self.starts_change(figure),
        };
        let is_bare = is_bare_head(words.of(self.text));
        if words.is_empty() || is_bare && draft.subject.len() == 1 {
            self.inherit(&mut draft, place == 0, drafts);
        } else if lead.is_shared {
            // 办理建议95件、提案136件，办结率均达100%: the rate is one of each thing counted before.
            let before = drafts.iter().filter(|known| known.clause_idx + 1 == clause_idx);
            draft.related.extend(before.flat_map(|known| known.subject.clone()));
        }
        let opens = |idx: usize| self.clauses[idx].of(self.text).trim_start();
        let is_part = opens(clause_idx).starts_with("其中")
            || clause_idx.checked_sub(1).is_some_and(|before| opens(before) == "其中");
        if is_part && let Some(whole) = drafts.iter().rev().find(|known| known.clause_idx < clause_idx) {
            draft.related.extend(whole.subject.clone());
        }
        if place > 0
            && let Some(first) = drafts.iter().find(|known| {
                known.clause_idx == clause_idx && !self.is_time(&self.figures[known.figure_idx])
            })
        {
            // The verb of an enumeration stands before its first member only.
            draft.related.extend(first.subject.first().copied());
        }
        draft
    }

    /// The words between the figure before and this one that can belong to this one; the second part is
    /// what may belong to both.
    fn region_before(
        &self,
        clause: Span,
        previous: Option<&Figure>,
        figure: &Figure,
    ) -> (Span, Option<Span>) {
        let Some(previous) = previous else {
            return (Span { start: clause.start, end: figure.outer.start }, None);
        };
        let between = Span { start: previous.outer.end.min(figure.outer.start), end: figure.outer.start };
        let text = between.of(self.text);
        let cut = CONNECTORS.iter().filter_map(|word| text.find(word).map(|at| (at, word.len()))).min();
        match cut {
            Some((at, len))
                if !self.counts_things(previous)
                    || at > 0
                    || CONNECTORS.iter().any(|word| text.starts_with(word)) =>
            {
                (Span { start: between.start + (at + len) as u32, end: between.end }, None)
            }
            _ => (between, None),
        }
    }

    /// Strips 居全国 and its like off the end of what stands before a rank; what was stripped goes to `aside`.
    fn strip_order(&self, words: Span, aside: &mut Vec<Span>) -> Span {
        let text = words.of(self.text);
        let rest = strip_suffix_of(text, RANKED_IN).unwrap_or(text);
        let rest = strip_suffix_of(rest, RANKING).unwrap_or(rest);
        let rest = rest.strip_suffix(['从', '由']).unwrap_or(rest);
        let end = words.start + rest.len() as u32;
        if end < words.end {
            aside.push(Span { start: end, end: words.end });
        }
        Span { start: words.start, end }
    }

    /// True when the figure tells how far something is from something else: 高于全国, 比全国平均水平快.
    fn is_gap(&self, region: Span, words: Span, lead: Lead) -> bool {
        let names_end = |text: &str| GAP_ENDS.iter().any(|end| text.contains(end));
        if let Some(end) = strip_prefix_of(words.of(self.text), GAPS) {
            return end.chars().count() <= MAX_GAP_END_CHARS;
        }
        let text = region.of(self.text);
        lead.change.is_some()
            && !lead.is_end
            && words.is_empty()
            && ["比", "较"].iter().any(|word| text.rfind(word).is_some_and(|at| names_end(&text[at..])))
    }

    /// Splits 民生支出占财政支出 into the part and the whole.
    fn split_share(&self, words: Span) -> Option<(Span, Span)> {
        let text = words.of(self.text);
        let (at, word) = PARTS.iter().filter_map(|word| Some((text.rfind(word)?, *word))).max()?;
        let is_other = NO_PARTS.iter().any(|other| {
            other
                .match_indices(word)
                .filter_map(|(inside, _)| text.get(at.checked_sub(inside)?..))
                .any(|rest| rest.starts_with(other))
        });
        if is_other {
            return None;
        }
        let middle = words.start + at as u32;
        let part = Span { start: words.start, end: middle };
        Some((part, Span { start: middle + word.len() as u32, end: words.end }))
    }

    fn counts_things(&self, figure: &Figure) -> bool {
        matches!(unit_class(&figure.unit), UnitClass::Count | UnitClass::People)
    }

    /// The noun that follows a figure: 7532名白衣天使, 241处燃气隐患.
    fn after(&self, clause: Span, figure: &Figure, next: Option<&Figure>) -> Span {
        let start = figure.outer.end.min(clause.end);
        let limit = next.map_or(clause.end, |next| next.outer.start).max(start);
        let text = Span { start, end: limit }.of(self.text);
        if text.starts_with(['、', '，', '）', ')', '—', '-']) {
            return Span { start, end: start };
        }
        let end = CONNECTORS.iter().filter_map(|word| text.find(word)).min().unwrap_or(text.len());
        let end = text[..end].char_indices().nth(MAX_AFTER_CHARS).map_or(end, |(at, _)| at);
        let noun = text[..end].strip_prefix('的').unwrap_or(&text[..end]);
        let skipped = end - noun.len();
        if self.starts_change(figure)
            || noun.starts_with(['和', '与', '及', '左', '等'])
            || strip_prefix_of(noun, &["以上", "以下", "以内", "以来"]).is_some()
        {
            return Span { start, end: start };
        }
        Span { start: start + skipped as u32, end: start + end as u32 }
    }

    /// The last figure of the row of counted things that `figure` and the noun behind it open, if they do.
    fn row_end(&self, figure: &Figure, noun: &Span, following: &[usize]) -> Option<usize> {
        let mut end = figure.outer.end.max(noun.end);
        let mut last = None;
        for &idx in following {
            let next = &self.figures[idx];
            let between = self.text.get(end as usize..next.outer.start as usize)?;
            if !matches!(between, "、" | "和" | "与" | "及" | "以及") || !self.counts_things(next) {
                break;
            }
            last = Some(idx);
            let rest = &self.text[next.outer.end as usize..];
            let noun_len = CONNECTORS.iter().filter_map(|word| rest.find(word)).min().unwrap_or(rest.len());
            end = next.outer.end + noun_len as u32;
        }
        last
    }

    fn starts_change(&self, figure: &Figure) -> bool {
        let rest = &self.text[figure.outer.end as usize..];
        let rest = strip_prefix_of(rest, &["进一步", "大幅", "逐步", "稳步", "快速", "分别"]).unwrap_or(rest);
        let changes = |rest: &str| {
            [
                "提高", "增加", "提升", "上升", "下降", "降", "减少", "增长", "扩大", "增至", "升至", "上调",
                "跃升", "攀升", "前移", "缩短", "压减",
            ]
            .iter()
            .any(|word| {
                rest.strip_prefix(word).is_some_and(|rest| rest.starts_with(['到', '至', '为']))
                    || (word.ends_with('至') && rest.starts_with(word))
            })
        };
        // 102万管左右提升至938万管: a classifier nobody listed.
        let behind_classifier = || {
            let mut chars = rest.chars();
            let is_word = chars.next().is_some_and(char::is_alphabetic);
            is_word
                && changes(
                    strip_prefix_of(chars.as_str(), &["左右", "以上", "以下", "多"])
                        .unwrap_or(chars.as_str()),
                )
        };
        changes(rest) || figure.unit.is_empty() && figure.kind == FigureKind::Amount && behind_classifier()
    }

    /// Splits 烤烟、桑蚕茧、猪牛羊肉 into its last member and the others; shared figures keep all as their own.
    fn last_member(&self, words: Span, keep_all: bool) -> (Span, Vec<Span>) {
        if keep_all {
            return (words, Vec::new());
        }
        let text = words.of(self.text);
        match text.rfind('、') {
            Some(at) if !text[at..].contains(['”', '》', '）']) => {
                let own = Span { start: words.start + (at + '、'.len_utf8()) as u32, end: words.end };
                (own, vec![Span { start: words.start, end: words.start + at as u32 }])
            }
            _ => (words, Vec::new()),
        }
    }

    /// Takes the subject from the words before: …完成29亿元，同比增长67.3%.
    fn inherit(&self, draft: &mut Draft, is_first: bool, drafts: &[Draft]) {
        let is_bare = draft.subject.iter().all(|span| is_bare_head(span.of(self.text)));
        if !draft.subject.is_empty() && !is_bare && !draft.lead.is_end && draft.lead.change.is_none() {
            return;
        }
        let clause_before = draft.clause_idx.checked_sub(1);
        let bare_before = clause_before
            .filter(|&idx| is_first && !drafts.iter().any(|known| known.clause_idx == idx))
            .filter(|_| {
                !drafts.iter().any(|known| {
                    !self.is_time(&self.figures[known.figure_idx])
                        && known.clause_idx + 2 == draft.clause_idx
                        && draft.lead.change.is_some()
                        && !draft.lead.is_start
                })
            });
        if let Some(idx) = bare_before {
            let words = strip_openers(self.text, self.clauses[idx], &self.times);
            if !words.is_empty() {
                draft.subject.push(words);
                return;
            }
        }
        let known = drafts.iter().rev().find(|known| !self.is_time(&self.figures[known.figure_idx]));
        match known {
            Some(known) => {
                draft.subject.extend(known.subject.iter().copied());
                draft.related.extend(known.related.iter().copied());
                draft.implied.clone_from(&known.implied);
            }
            None => {
                if let Some(idx) = clause_before {
                    draft.subject.push(strip_openers(self.text, self.clauses[idx], &self.times));
                }
            }
        }
    }

    fn finish(&self, draft: Draft, frame: TimeFrame) -> Fact {
        let figure = &self.figures[draft.figure_idx];
        let clause = self.clauses[draft.clause_idx];
        let aspect = aspect_of(figure, &draft);
        let (mut span, is_told) =
            frame.period_of(self.text, &self.times, clause, figure.span, aspect == Aspect::From);
        if draft.lead.is_average
            && let (Some(year), Some(first)) =
                (span.to.filter(|_| !span.is_span()), self.first_year(figure.span))
            && first < year
        {
            // 从1997年…增加到2002年…，年均增长7.7%: a mean over the years between.
            span.from = Some(first);
        }
        // 从一九七八年到一九八二年由a增加到b: a is of the first year, b of the last.
        let period = match (aspect, span.from, span.to) {
            (Aspect::To, Some(_), Some(to)) => Period::year(to, span.state),
            // 到2030年从70%提高到80%: a plan begins with what there is.
            (Aspect::From, Some(_), Some(_))
                if span.state == PeriodState::Planned && frame.report_year.is_some() =>
            {
                let told = frame.report_year.map_or(0, |year| year - 1);
                Period::year(told, PeriodState::Achieved)
            }
            (Aspect::From, Some(from), Some(to)) if !is_told && from < to => {
                Period::year(from - 1, span.state)
            }
            (Aspect::From, Some(from), Some(_)) if is_told => Period::year(from, span.state),
            _ => span,
        };
        let mut subject = draft.subject;
        subject.retain(|span| !span.is_empty());
        subject.dedup();
        let mut related = draft.related;
        related.retain(|span| !span.is_empty() && !subject.contains(span));
        related.dedup();
        let indicator = self.name(&subject, &draft.implied);
        Fact {
            figure: figure.clone(),
            indicator,
            aspect,
            direction: draft.lead.change,
            period,
            is_dated: is_told || frame.is_sure,
            anchors: Anchors { subject, related, clause, implied: draft.implied },
        }
    }

    /// The year a change told of before `figure` began in.
    fn first_year(&self, figure: Span) -> Option<u16> {
        let start = self.times.iter().rfind(|time| time.is_start && time.span.end <= figure.start)?;
        match start.when {
            When::Years { from, to } if from == to => Some(from),
            _ => None,
        }
    }

    fn name(&self, subject: &[Span], implied: &str) -> String {
        let implied: String = implied.chars().take(2).collect();
        let words: String = subject.iter().map(|span| span.of(self.text)).collect();
        let words = words.trim_matches(['、', '，', ' ', '“', '”', '）', '（', '的', '了', '：']);
        let n_chars = words.chars().count();
        let short: String = words.chars().skip(n_chars.saturating_sub(MAX_NAME_CHARS)).collect();
        format!("{implied}{short}")
    }
}

/// 总数升至1100座, 人数为1200万: words that name nothing without those before them.
fn is_bare_head(words: &str) -> bool {
    matches!(
        words,
        "人" | "户"
            | "家"
            | "总"
            | "量"
            | "人数"
            | "户数"
            | "数量"
            | "总数"
            | "总量"
            | "占比"
            | "规模"
            | "其总"
            | "次"
            | "比重"
            | "比例"
    )
}

/// 经济增长预期目标为7%: the words name a change though none stands right before the figure.
fn named_change(words: &str) -> Option<Direction> {
    let rest = strip_suffix_of(words, &["预期目标", "目标", "预期", "速度", "率"]).unwrap_or(words);
    let ends = |list: &[&str]| list.iter().any(|word| rest.ends_with(word));
    if ends(&["增长", "增速", "增幅", "涨幅"]) {
        Some(Direction::Up)
    } else if ends(&["降幅", "下降"]) {
        Some(Direction::Down)
    } else {
        None
    }
}

fn aspect_of(figure: &Figure, draft: &Draft) -> Aspect {
    match figure.kind {
        FigureKind::Rank if draft.lead.is_start || draft.is_start => return Aspect::From,
        FigureKind::Rank => return Aspect::Rank,
        FigureKind::Duration if draft.lead.is_start || draft.is_start => return Aspect::From,
        FigureKind::Duration if draft.lead.is_end && draft.lead.change.is_some() => return Aspect::To,
        FigureKind::Duration => return Aspect::Duration,
        FigureKind::Date => return Aspect::Level,
        FigureKind::Amount | FigureKind::Share | FigureKind::Multiple => {}
    }
    let lead = draft.lead;
    if lead.is_start || draft.is_start {
        return Aspect::From;
    }
    if lead.is_gap {
        return Aspect::Gap;
    }
    match (lead.change, lead.is_end) {
        (Some(_), true) => Aspect::To,
        (Some(_), false) => Aspect::Change,
        (None, _) if lead.is_part => Aspect::Share,
        (None, _) if figure.kind == FigureKind::Multiple => Aspect::Change,
        (None, _) => Aspect::Level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::figures::find_figures;

    /// `figure · own words · aspect · years` of every fact of `text`, as a report of 2026 would tell it.
    fn facts_of(text: &str) -> Vec<String> {
        let figures = find_figures(text);
        let facts = read_facts(text, &figures, TimeFrame::opening(Some(2026)));
        facts
            .iter()
            .map(|fact| {
                let years = match (fact.period.from, fact.period.to) {
                    (Some(from), Some(to)) if from == to => from.to_string(),
                    (Some(from), Some(to)) => format!("{from}-{to}"),
                    _ => String::new(),
                };
                let figure = fact.figure.span.of(text);
                format!("{figure} · {} · {:?} · {years}", fact.indicator, fact.aspect)
            })
            .collect()
    }

    fn related_of(text: &str, figure: &str) -> String {
        let figures = find_figures(text);
        let facts = read_facts(text, &figures, TimeFrame::opening(Some(2026)));
        let fact = facts.iter().find(|fact| fact.figure.span.of(text) == figure);
        fact.map_or_else(String::new, |fact| fact.anchors.related.iter().map(|span| span.of(text)).collect())
    }

    #[test]
    fn what_is_counted_per_thousand_is_dealt_out_in_units_of_its_own() {
        assert_eq!(
            facts_of("每千人床位数、医师数增至7.83张、3.57个。"),
            ["7.83张 · 每千人床位数 · To · 2025", "3.57个 · 每千人医师数 · To · 2025"]
        );
    }

    #[test]
    fn letters_may_stand_before_a_share() {
        assert_eq!(facts_of("国产AI占比30%。").len(), 1);
    }

    #[test]
    fn both_ends_of_a_change_are_dealt_out_behind_it() {
        assert_eq!(
            facts_of("养老院、幼儿园分别从771家、481家增加到1076家、636家。"),
            [
                "771家 · 养老院 · From · 2025",
                "481家 · 幼儿园 · From · 2025",
                "1076家 · 养老院 · To · 2025",
                "636家 · 幼儿园 · To · 2025"
            ]
        );
    }

    #[test]
    fn a_classifier_nobody_listed_does_not_hide_a_start() {
        let facts = facts_of("检测能力从每日102万管左右提升至938万管以上。");
        assert!(facts[0].contains("From") && facts[1].contains("To"), "{facts:?}");
    }

    #[test]
    fn a_list_is_dealt_out() {
        assert_eq!(
            facts_of("城乡居民人均可支配收入分别增长4%、6%。"),
            ["4% · 城镇居民人均可支配收入 · Change · 2025", "6% · 农村居民人均可支配收入 · Change · 2025"]
        );
        assert_eq!(
            facts_of("事故起数、死亡人数分别下降11%、18%。"),
            ["11% · 事故起数 · Change · 2025", "18% · 死亡人数 · Change · 2025"]
        );
    }

    #[test]
    fn what_follows_a_row_follows_its_members() {
        let text = "完成48栋高层建筑、72个商场消防隐患整治。";
        assert!(related_of(text, "48栋").contains("消防隐患整治"), "{}", related_of(text, "48栋"));
        let text = "96户、183人全部脱贫。";
        assert!(related_of(text, "96户").contains("全部脱贫"), "{}", related_of(text, "96户"));
        let text = "整治老旧电梯32台，加装电梯51台。";
        assert!(!related_of(text, "32台").contains("加装"), "{}", related_of(text, "32台"));
    }

    #[test]
    fn a_part_belongs_to_the_whole_before_it() {
        let text = "安排重点项目105个，其中，工业类3个、农业类21个。";
        assert!(related_of(text, "3个").contains("重点项目"), "{}", related_of(text, "3个"));
    }

    #[test]
    fn a_multiple_is_one_of_what_was_told_before() {
        let facts = facts_of("“十四五”期间完成固定资产投资615亿元，是“十三五”时期的2.7倍。");
        assert_eq!(facts.last().map(String::as_str), Some("2.7倍 · 固定资产投资 · Change · 2021-2025"));
    }

    #[test]
    fn a_milestone_gives_way_to_the_exact_figure() {
        let facts = facts_of("农村居民人均可支配收入首次突破2万元、达到20793元。");
        assert_eq!(facts, ["20793元 · 农村居民人均可支配收入 · Level · 2025"]);
        assert_eq!(facts_of("新增就业20万人、达到300万人。").len(), 2);
    }

    #[test]
    fn a_change_begins_the_year_before_it_ends() {
        assert_eq!(
            facts_of("试点城市由上年的88个增加到317个。"),
            ["88个 · 试点城市 · From · 2024", "317个 · 试点城市 · To · 2025"]
        );
    }
}
