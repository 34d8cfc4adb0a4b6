//! Which years a question means, and how well a fact's period fits.

use crate::analysis::times::{Mention, When, find_times, n_years_before};
use crate::model::period::{Day, Period, PeriodState};
use crate::model::span::Span;

const PLAN_WORDS: &[&str] = &[
    "目标",
    "计划",
    "预期",
    "打算",
    "拟",
    "准备",
    "争取",
    "力争",
    "要达到",
    "想要",
    "要新增",
    "将要",
    "要建",
    "要完成",
    "要增长",
    "指标是",
    "要招",
    "要修",
    "要改",
    "要再",
    "还要",
    "要支持",
    "将会",
];
/// Words that plan what the verb behind them does.
const PLANNING: &[&str] = &["计划", "准备", "预计", "要", "想", "希望"];
/// Verbs that are planned begin so.
const DOING: &[char] = &[
    '新', '建', '改', '完', '治', '增', '投', '修', '培', '引', '招', '扩', '实', '开', '再', '种', '造',
    '加', '办', '创', '打', '推', '做', '搞', '弄', '盖', '压', '淘', '植', '翻', '整', '拆', '挖', '达',
    '关', '退', '清', '消', '落', '签', '升', '缩',
];
/// Verbs that are planned for others; behind 想 they are of who asks: 想帮我爸问一下.
const DOING_FOR: &[char] = &['让', '帮', '给', '解', '救'];
/// Words that wish, rather than plan.
const WISHING: &[&str] = &["想", "希望"];
/// Those of them that speak of nothing but plans.
const SURE_PLAN_WORDS: &[&str] =
    &["打算", "力争", "争取", "目标", "要达到", "要建", "要完成", "要增长", "要新增", "要修"];
const RESULT_WORDS: &[&str] = &["完成", "实现了", "实际", "达到了", "结果", "现在", "目前", "如今"];
const TOTAL_WORDS: &[&str] = &["累计", "五年"];
/// Ask for the sum over several years where no one year is asked for.
const IN_ALL: &[&str] = &["一共", "总共"];

/// How well a figure without a date fits the years its report is about.
const UNDATED: f32 = 0.45;

/// The time a question speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AskedPeriod {
    /// Inclusive years; `None` when the question is silent.
    pub years: Option<(u16, u16)>,
    pub state: Option<PeriodState>,
    /// True when a word such as 目标 or 完成 says the state, not the year alone.
    pub is_state_told: bool,
    /// By words that speak of nothing but plans: 打算, not 计划, which may be a name.
    is_plan_sure: bool,
    /// The question asks for the sum over several years.
    pub wants_total: bool,
    /// A word such as 累计 or 加起来 says so.
    pub is_sum_told: bool,
    /// The year itself, when `years` begin after the one it is compared with.
    compared: Option<u16>,
    /// The year a change is asked against: 比1949年.
    pub base: Option<u16>,
    /// The year a change is asked from, over several years: 1978到1986年增长多少.
    pub since: Option<u16>,
}

impl AskedPeriod {
    /// The same of the year before: where what comes about in the year asked for began.
    pub fn year_before(self) -> AskedPeriod {
        let years = self.years.filter(|(from, to)| from == to).map(|(year, _)| (year - 1, year - 1));
        AskedPeriod { years, state: Some(PeriodState::Achieved), is_state_told: false, ..self }
    }

    /// True when exactly the years of `period` are asked for.
    pub fn is_just(self, period: Period) -> bool {
        self.years.is_some_and(|(from, to)| period.from == Some(from) && period.to == Some(to))
    }
}

/// The mentions of time in a question: those of texts, and bare years such as `2017 旅游收入`.
pub fn question_times(question: &str) -> Vec<Mention> {
    let mut times = find_times(question);
    // 我爸当年在部委上班: in a story 当年 is long ago.
    times.retain(|time| time.span.of(question) != "当年");
    let bytes = question.as_bytes();
    let mut at = 0;
    while at + 4 <= bytes.len() {
        let digits = bytes[at..at + 4].iter().all(u8::is_ascii_digit);
        let alone = (at == 0 || !bytes[at - 1].is_ascii_digit() && bytes[at - 1] != b'.')
            && bytes.get(at + 4).is_none_or(|next| !next.is_ascii_digit() && *next != b'.');
        if digits && alone {
            let year: u16 = question[at..at + 4].parse().unwrap_or(0);
            let span = Span::new(at, at + 4);
            let rest = &question[at + 4..];
            let counts = rest.starts_with(['元', '人', '万', '亿', '家', '户', '个', '年']);
            if (1900..=2099).contains(&year) && !counts && !times.iter().any(|time| time.span.overlaps(span))
            {
                times.push(Mention {
                    span,
                    when: When::Years { from: year, to: year },
                    is_base: false,
                    is_point: false,
                    is_start: false,
                });
            }
            at += 4;
        } else {
            at += 1;
        }
    }
    find_five_years(question, &mut times);
    find_years_to_come(question, &mut times);
    times.sort_by_key(|time| time.span);
    join_ranges(question, times)
}

/// 上海五年给老房子装了多少电梯: the only time told, five years of nothing else are those of a term.
fn find_five_years(question: &str, times: &mut Vec<Mention>) {
    if !times.is_empty() {
        return;
    }
    let mut years = question.match_indices("五年").chain(question.match_indices("5年"));
    let is_term = |(at, word): &(usize, &str)| {
        let (before, rest) = (&question[..*at], &question[at + word.len()..]);
        !before.ends_with(|ch: char| ch.is_ascii_digit() || ".十百零〇第连续".contains(ch))
            && !rest.starts_with(['级', '期', '制', '前', '后', '计', '规', '内', '保'])
    };
    times.extend(years.find(is_term).map(|(at, word)| Mention {
        span: Span::new(at, at + word.len()),
        when: When::PastYears(5),
        is_base: false,
        is_point: false,
        is_start: false,
    }));
}

/// 三年里要给多少户解决住房: years of a plan that begins now.
fn find_years_to_come(question: &str, times: &mut Vec<Mention>) {
    for tail in ["年里", "年内", "年之内", "年时间"] {
        for (at, _) in question.match_indices(tail) {
            let Some((n_years, start)) = n_years_before(&question[..at]) else { continue };
            let span = Span::new(start, at + "年".len());
            // 过去三年里 and 从2009年起三年里 say themselves when.
            let is_told = times.iter().any(|time| time.span.overlaps(span) && time.span.start != span.start);
            if is_told || !plans_to_do(&question[at + tail.len()..]) {
                continue;
            }
            times.retain(|time| !time.span.overlaps(span));
            let when = When::ComingYears(n_years);
            times.push(Mention { span, when, is_base: false, is_point: false, is_start: false });
        }
    }
}

/// Two bare years with 到 between them are one span: 1978到1985, 2021-2025.
fn join_ranges(question: &str, times: Vec<Mention>) -> Vec<Mention> {
    let mut joined: Vec<Mention> = Vec::new();
    for time in times {
        if let (Some(last), When::Years { from, to }) = (joined.last_mut(), time.when)
            && let When::Years { from: first, to: first_end } = last.when
            && from == to
            && first == first_end
            && first < from
            && question
                .get(last.span.end as usize..time.span.start as usize)
                .is_some_and(|between| matches!(between, "到" | "至" | "-" | "—" | "–" | "~" | "——"))
        {
            last.when = When::Years { from: first, to };
            last.span.end = time.span.end;
            last.is_start = false;
            continue;
        }
        joined.push(time);
    }
    joined
}

/// The year of the report a question names, and where it names it: 1978年国务院报告里.
pub fn named_report(question: &str, times: &[Mention]) -> Option<(u16, Span)> {
    times.iter().find_map(|time| {
        let When::Years { from, to } = time.when else { return None };
        let mut rest = &question[time.span.end as usize..];
        while let Some(shorter) =
            ["国务院", "政府", "工作", "的", "全国", "年", "总理", "省长", "市长", "主席", "区长", "省", "市"]
                .iter()
                .find_map(|word| rest.strip_prefix(word))
        {
            rest = shorter;
        }
        let tail = rest.strip_prefix("报告")?;
        let end = question.len() - tail.len();
        (from == to).then_some((from, Span::new(time.span.start as usize, end)))
    })
}

/// How a figure relates to the years it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum YearKind {
    /// A growth, which each year has of its own.
    Rate,
    /// What there is, or was done, by the end of a year.
    Amount,
}

/// What the wished aspect says of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Where a change began: the first year of a span.
    First,
    /// Where it ended: the last year of a span.
    Last,
    /// The change itself: 2015年比2010年多了多少 asks of the years from 2011 on.
    Between,
    Whole,
}

/// Reads the period asked for; relative years count from `today`, or from `newest` when no report in
/// scope speaks of the year that `today` gives.
pub fn asked_period(
    question: &str,
    times: &[Mention],
    end: End,
    today: Day,
    speaks_of: &dyn Fn(u16) -> bool,
    newest: Option<u16>,
) -> AskedPeriod {
    let has = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let mut asked = AskedPeriod { wants_total: has(TOTAL_WORDS) || has(IN_ALL), ..AskedPeriod::default() };
    // 需要改造 plans nothing.
    let without: String = ["需要", "主要", "重要", "计划生育", "预期寿命"]
        .iter()
        .fold(question.to_owned(), |text, word| text.replace(word, ""));
    // 1979年以来安排了多少 tells of what was done; 2025年安排多少 of what was planned.
    let mut told = times.iter().filter(|time| !time.is_base).map(|time| time.when.resolve(today.year));
    let is_past = told.clone().any(|(_, to)| to < today.year);
    let is_arranged = is_past
        && (has(&["安排了", "安排过", "以来", "年来", "过去", "累计"])
            || told.any(|(from, to)| from < to && to < today.year));
    // 计划完成了百分之几 asks what came of the plan.
    if has(&["计划完成了", "完成了计划", "完成计划的"]) {
        asked.state = Some(PeriodState::Achieved);
    } else if PLAN_WORDS.iter().any(|word| without.contains(word))
        || !is_arranged && without.contains("安排")
        || plans_to_do(question)
    {
        asked.state = Some(PeriodState::Planned);
    } else if has(RESULT_WORDS) {
        asked.state = Some(PeriodState::Achieved);
    }
    asked.is_state_told = asked.state.is_some();
    asked.is_plan_sure = has(SURE_PLAN_WORDS) || plans_to_do(question);
    asked.is_sum_told = has(&["累计", "加起来", "合计", "总计"]);
    asked.base = base_year(times);
    // 比去年多了多少 asks of this year; the base of a comparison is not the year asked for.
    let told: Vec<&Mention> = times.iter().filter(|time| !time.is_base).collect();
    let point = told.iter().rfind(|time| time.is_point && end != End::First);
    let begin = told.iter().find(|time| time.is_start && end == End::First);
    let plain = told.iter().find(|time| !time.is_start);
    let Some(mention) = begin.or(point).or(plain).or(told.first()) else { return asked };
    let from_today = mention.when.resolve(today.year);
    let years = match mention.when {
        When::Years { .. } => from_today,
        _ if speaks_of(from_today.1) || speaks_of(from_today.0) => from_today,
        _ => newest.map_or(from_today, |newest| mention.when.resolve(newest)),
    };
    let years = match end {
        // What a span began with is what the year before it ended with.
        End::First if years.0 < years.1 => (years.0 - 1, years.0),
        End::First if matches!(mention.when, When::Years { .. }) => (years.0, years.0),
        End::Last => (years.1, years.1),
        // 1978到1986年增长多少: a report may tell it of 1986, against 1978.
        End::Between if matches!(mention.when, When::Years { .. }) && years.0 + 1 < years.1 => {
            asked.compared = Some(years.1);
            asked.since = Some(years.0);
            years
        }
        End::Between if years.0 == years.1 => match asked.base {
            Some(base) if base + 1 < years.1 => {
                asked.compared = Some(years.1);
                (base + 1, years.1)
            }
            _ => years,
        },
        _ => years,
    };
    asked.years = Some(years);
    // 1982年一共盖了多少 asks of the one year, 到1982年一共 of all until then.
    let is_bound = mention.is_point || has(&["年开始", "年起", "年以来", "年以后"]);
    asked.wants_total = years.0 != years.1 || has(TOTAL_WORDS) || is_bound && has(IN_ALL);
    if asked.state.is_none() {
        asked.state = match mention.when {
            When::ThisYear | When::NextYear | When::ComingYears(_) => Some(PeriodState::Planned),
            When::Years { to, .. } if to > today.year => Some(PeriodState::Planned),
            // The year that runs has plans and first results.
            When::Years { to, .. } if to == today.year => None,
            _ => Some(PeriodState::Achieved),
        };
    }
    asked
}

/// 去年计划治理多少, 准备建多少: a plan word before what was to be done; not 人才计划, a name.
fn plans_to_do(question: &str) -> bool {
    PLANNING.iter().any(|word| {
        question.match_indices(word).any(|(at, _)| {
            !question[..at].ends_with(['需', '主', '重', '不', '只', '”', '此', '该', '才', '首'])
                && (question[at + word.len()..].starts_with(DOING)
                    || !WISHING.contains(word) && question[at + word.len()..].starts_with(DOING_FOR))
        })
    })
}

/// The year a question compares with: 比2010年.
fn base_year(times: &[Mention]) -> Option<u16> {
    times.iter().filter(|time| time.is_base).find_map(|time| match time.when {
        When::Years { from, to } if from == to => Some(from),
        _ => None,
    })
}

/// How well `fact` fits, from 0 (contradicts) to 1; `told` is the year the report tells of, `is_sum` says
/// that the fact's words speak of a sum or mean over its years, not of where they ended.
pub fn period_fit(
    asked: AskedPeriod,
    fact: Period,
    is_dated: bool,
    told: Option<u16>,
    kind: YearKind,
    is_sum: &dyn Fn() -> bool,
) -> f32 {
    let is_of_year =
        asked.years.is_some_and(|(from, to)| from == to && fact.from == Some(from) && fact.to == Some(to));
    let state_fit = match (asked.state, fact.state) {
        (Some(wanted), is) if wanted == is => 1.0,
        // 今年 asks of plans, and of what the year has already brought.
        (Some(PeriodState::Planned), PeriodState::Achieved) if is_of_year && !asked.is_state_told => 0.8,
        // What the report does not date is of the year before rather than of its own.
        (Some(PeriodState::Planned), PeriodState::Achieved) if !is_dated && !asked.is_state_told => 0.25,
        (Some(_), _) if !is_dated && !asked.is_state_told => 0.5,
        (Some(PeriodState::Achieved), PeriodState::Planned) => 0.1,
        (Some(PeriodState::Planned), PeriodState::Achieved) if asked.is_plan_sure => 0.1,
        (Some(PeriodState::Planned), PeriodState::Achieved) => 0.15,
        (_, PeriodState::Achieved) => 1.0,
        (None, PeriodState::Planned) if asked.years.is_some() => 1.0,
        (None, PeriodState::Planned) => 0.4,
        (Some(_), _) => 0.1,
    };
    let is_current = |fact_to: u16| told.is_none_or(|told| fact_to >= told);
    let years_fit = match (asked.years, fact.from, fact.to) {
        (Some(years), Some(from), Some(to)) => {
            // What is planned for the year of the report does not stand yet.
            let told = told.filter(|told| fact.state == PeriodState::Achieved || to != told + 1);
            let fit = years_fit(asked, years, (from, to), told, kind, is_sum);
            // 1982年同1978年相比: a report may date the change by its last year.
            let by_last = asked.compared.map(|year| {
                let of_year = AskedPeriod { wants_total: false, ..asked };
                years_fit(of_year, (year, year), (from, to), told, kind, is_sum)
            });
            let fit = by_last.map_or(fit, |by_last| fit.max(by_last));
            // What the report does not date may be of the year before it, or of its own.
            let may_be = |year: u16| told.is_some_and(|told| year == told || year == told + 1);
            let is_of_one = years.0 != years.1 && from == to && is_sum();
            // What a plan wants in years to come is not of the year past.
            let is_ahead = asked.state == Some(PeriodState::Achieved)
                && fact.state == PeriodState::Planned
                && told.is_some_and(|told| to > told + 1);
            if !is_dated && may_be(years.1) && !is_of_one && !is_ahead { fit.max(UNDATED) } else { fit }
        }
        (Some(_), _, _) => 0.5,
        (None, Some(from), Some(to)) => match (from != to, asked.wants_total) {
            (true, true) | (false, false) if is_current(to) => 1.0,
            (true, true) | (false, false) => 0.55,
            (true, false) | (false, true) => 0.6,
        },
        (None, _, _) => 0.8,
    };
    years_fit * state_fit
}

fn years_fit(
    asked: AskedPeriod,
    (from, to): (u16, u16),
    (fact_from, fact_to): (u16, u16),
    told: Option<u16>,
    kind: YearKind,
    is_sum: &dyn Fn() -> bool,
) -> f32 {
    if (from, to) == (fact_from, fact_to) {
        return 1.0;
    }
    let is_now = fact_from == fact_to && told.is_some_and(|told| fact_to == told + 1);
    if from == to && is_now && to + 1 == fact_to {
        // What stands at the day of the report stood so at the end of the year before, as far as it says.
        return 0.6;
    }
    if from == to && fact_from <= from && from <= fact_to {
        return match (asked.wants_total, from == fact_to) {
            (true, _) => 0.7,
            (false, true) if !is_sum() => 0.6,
            _ => 0.1,
        };
    }
    if from < to && fact_from >= from && fact_to <= to {
        // A figure for the last year of the span may stand for where the span ended.
        return if fact_from != fact_to {
            0.8
        } else if kind == YearKind::Rate {
            // The growth of one year is not that of a plan.
            0.1
        } else if fact_to == to && is_sum() {
            // What was done in the last year is not what was done in all.
            0.1
        } else if fact_to == to {
            0.5
        } else {
            0.2
        };
    }
    if from < to && fact_from < fact_to && fact_from <= to && from <= fact_to {
        // What was done in other five years is not what was done in these.
        return if is_sum() { 0.1 } else { 0.6 };
    }
    0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_years_of_nothing_else_are_those_of_a_term() {
        let whens =
            |question| -> Vec<When> { question_times(question).iter().map(|time| time.when).collect() };
        assert_eq!(whens("上海五年给老房子装了多少电梯"), [When::PastYears(5)]);
        assert_eq!(whens("五年级学生多少"), []);
        assert_eq!(whens("PM2.5年均浓度"), []);
        assert_eq!(whens("去年五年期国债多少"), [When::LastYear]);
    }

    #[test]
    fn years_in_which_something_is_to_be_done_begin_now() {
        let whens =
            |question| -> Vec<When> { question_times(question).iter().map(|time| time.when).collect() };
        assert_eq!(whens("三年里国家要给多少户解决住房"), [When::ComingYears(3)]);
        assert_eq!(whens("三年里国家给了多少户"), [When::PastYears(3)]);
    }
}
