//! Which years a fact speaks of: headings, lead words, mentions in the sentence, the report's year.

use crate::analysis::times::{Mention, When, find_times};
use crate::model::period::{Period, PeriodState};
use crate::model::span::Span;

const PLAN_HEADINGS: &[&str] = &[
    "目标",
    "任务",
    "安排",
    "部署",
    "打算",
    "重点工作",
    "展望",
    "建议",
    "总体要求",
    "思路",
    "今后",
    "下一步",
    "举措",
    "工作要点",
    "主要工作",
    "奋斗",
    "规划",
    "蓝图",
];
/// Those of them that results are told under as well: 回顾 with a part 落实国家重大战略任务.
const WORK_HEADINGS: &[&str] = &["任务", "安排", "部署", "重点工作", "举措", "工作要点", "主要工作"];
const RESULT_HEADINGS: &[&str] =
    &["回顾", "总结", "成就", "成绩", "过去", "以来的", "工作情况", "走过", "完成情况", "执行情况"];
/// Words that turn a sentence into a plan wherever it stands.
const PLAN_WORDS: &[&str] = &["预期目标", "力争", "主要目标", "拟安排", "拟按", "目标是", "发展目标"];

/// Words of what has already come about in the year that runs.
const DONE_WORDS: &[&str] = &["已", "上半年", "一季度", "截至", "为止", "头两个月", "前两个月"];

/// Words of the day the report was given.
const NOW_WORDS: &[&str] = &["现在", "目前", "如今", "现已", "至今"];

/// Words of what is still to come.
const AIMS: &[&str] = &[
    "要", "将", "力争", "再", "起", "开始", "争取", "确保", "计划", "拟", "新建", "新增", "推进", "实施",
    "巩固",
];
/// What stands right before the figure of what there is.
const STANDING: &[&str] = &["有", "达", "达到", "共"];

/// The reading of time at one place of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeFrame {
    /// Year of the report; `None` for documents that are no work reports.
    pub report_year: Option<u16>,
    /// What a figure without any mention of time is taken for.
    pub default: Period,
    /// True when a heading, or the beginning of the paragraph, says so.
    pub is_sure: bool,
}

impl TimeFrame {
    /// The frame at the beginning of a report: it tells of the year before its own.
    pub fn opening(report_year: Option<u16>) -> TimeFrame {
        let default = match report_year {
            Some(year) => Period::year(year - 1, PeriodState::Achieved),
            None => Period::unknown(PeriodState::Achieved),
        };
        TimeFrame { report_year, default, is_sure: false }
    }

    /// The frame a part begins with that follows one of this frame.
    pub fn next_part(self) -> TimeFrame {
        match self.report_year {
            Some(year) if self.default.state == PeriodState::Planned => {
                TimeFrame { default: Period::year(year, PeriodState::Planned), is_sure: false, ..self }
            }
            _ => TimeFrame::opening(self.report_year),
        }
    }

    /// False for a look back at one year long past, which ends with its paragraph.
    pub fn carries_on(self) -> bool {
        let (Some(report_year), Some(to)) = (self.report_year, self.default.to) else { return true };
        self.default.is_span() || to + 1 >= report_year
    }

    /// The frame under a heading; one that says nothing of time keeps the frame above it.
    pub fn under(self, title: &str) -> TimeFrame {
        let Some(report_year) = self.report_year else { return self };
        let is_told_above = self.is_sure && self.default.state == PeriodState::Achieved;
        let plans = PLAN_HEADINGS
            .iter()
            .any(|word| title.contains(word) && !(is_told_above && WORK_HEADINGS.contains(word)));
        let tells = RESULT_HEADINGS.iter().any(|word| title.contains(word));
        let times = find_times(title);
        let single = times.iter().map(|time| time.when.resolve(report_year)).find(|(from, to)| from == to);
        let any = times.first().map(|time| time.when.resolve(report_year));
        let default = match (single.or(any), plans, tells) {
            (Some((from, to)), _, true) => Period::range(from, to, PeriodState::Achieved),
            (Some((from, to)), _, false) if to >= report_year => {
                Period::range(from, to, PeriodState::Planned)
            }
            (Some((from, to)), false, _) => Period::range(from, to, PeriodState::Achieved),
            (Some((from, to)), true, _) if to >= report_year => Period::range(from, to, PeriodState::Planned),
            (Some(_), true, false) => Period::year(report_year, PeriodState::Planned),
            // “十五五”主要目标任务 with a part 以更实举措…: what is said above holds.
            (None, true, false) if self.is_sure && self.default.state == PeriodState::Planned => return self,
            (None, true, false) => Period::year(report_year, PeriodState::Planned),
            (None, _, true) => Period::year(report_year - 1, PeriodState::Achieved),
            (None, false, false) => return self,
        };
        TimeFrame { default, is_sure: true, ..self }
    }

    /// The frame after a paragraph's first words: 五年来, 过去一年, 2026年 carry on to what follows.
    pub fn after_lead(self, paragraph: &str) -> TimeFrame {
        let Some(report_year) = self.report_year else { return self };
        let head_end = paragraph.char_indices().nth(24).map_or(paragraph.len(), |(at, _)| at);
        let head = &paragraph[..head_end];
        let Some(mention) = find_times(head).into_iter().find(|mention| mention.span.start < 24) else {
            return self;
        };
        if mention.is_base || mention.is_point {
            return self;
        }
        let (from, to) = mention.when.resolve(report_year);
        let follows = head[mention.span.end as usize..].trim_start_matches(['”', '"']);
        let carries = from != to
            || follows.starts_with(['，', ',', '是'])
            || matches!(mention.when, When::LastYear | When::ThisYear);
        if !carries || to + 12 < report_year {
            return self;
        }
        let state = if to >= report_year && self.default.state == PeriodState::Planned
            || to > report_year
            || matches!(mention.when, When::ThisYear | When::ComingYears(_))
        {
            PeriodState::Planned
        } else {
            PeriodState::Achieved
        };
        TimeFrame { default: Period::range(from, to, state), is_sure: true, ..self }
    }

    /// The period of a figure at `figure`, from the mentions of its sentence; false when there are none.
    ///
    /// `reach` is the part of the sentence whose mentions count: from the clause's beginning, and before it.
    /// The year a change began in is the year of no other figure than the one it began with (`is_start`).
    pub fn period_of(
        self,
        text: &str,
        times: &[Mention],
        clause: Span,
        figure: Span,
        is_start: bool,
    ) -> (Period, bool) {
        // 同1978年相比，由3480亿元增加到…: where a change began is the base it is compared with.
        let usable = |mention: &&Mention| {
            (is_start || !mention.is_base && !mention.is_start) && !mention.span.overlaps(figure)
        };
        let in_clause = times
            .iter()
            .filter(usable)
            .rfind(|mention| clause.start <= mention.span.start && mention.span.end <= figure.start);
        // 加快建设“十四五”批复的基地，确保新增…: among plans, a span that is over names a thing.
        let names_thing = |mention: &&Mention| {
            self.default.state == PeriodState::Planned
                && self.report_year.is_some_and(|year| {
                    let (from, to) = mention.when.resolve(year);
                    from != to && to < year
                })
        };
        let before = times
            .iter()
            .filter(usable)
            .filter(|mention| !names_thing(mention))
            .rfind(|mention| mention.span.end <= clause.start);
        let mut begin = times.iter().filter(|mention| is_start && (mention.is_start || mention.is_base));
        let begin = begin.rfind(|mention| mention.span.end <= figure.start);
        let mention = begin.or(in_clause).or(before);
        let head = &text[..figure.start as usize];
        let says_plan = PLAN_WORDS.iter().any(|word| head.contains(word));
        let Some(report_year) = self.report_year else {
            return match mention.map(|mention| mention.when) {
                Some(When::Years { from, to }) => (Period::range(from, to, PeriodState::Achieved), true),
                _ => (Period::unknown(PeriodState::Achieved), false),
            };
        };
        let says_now = NOW_WORDS.iter().any(|word| clause.of(text).contains(word));
        // 目前全国有32000多个，已形成24个: what stands at the day of a plan is no plan.
        let own = text.get(clause.start as usize..figure.start as usize).unwrap_or_default();
        let stands = own.contains('已') || STANDING.iter().any(|word| own.ends_with(word));
        let stands_now = stands
            && NOW_WORDS.iter().any(|word| {
                head.rfind(word).is_some_and(|at| {
                    let since = &head[at + word.len()..];
                    !since.contains('。') && !AIMS.iter().any(|aim| since.contains(aim))
                })
            });
        let Some(mention) = mention else {
            if says_now && self.default.state == PeriodState::Achieved {
                return (Period::year(report_year, PeriodState::Achieved), true);
            }
            if stands_now && self.default.state == PeriodState::Planned {
                return (Period::year(report_year, PeriodState::Achieved), true);
            }
            if says_plan && self.default.state == PeriodState::Achieved {
                return (Period::year(report_year, PeriodState::Planned), true);
            }
            return (self.default, false);
        };
        let (from, to) = match (mention.when, self.default.from) {
            (When::YearBefore, Some(told)) if !self.default.is_span() => (told - 1, told - 1),
            // 三年来…由上年的88个增加到317个: the year before the last one told of.
            (When::YearBefore, _) if is_start => {
                let told = self.default.to.unwrap_or(report_year - 1);
                (told - 1, told - 1)
            }
            _ => mention.when.resolve(report_year),
        };
        let until = text[mention.span.end as usize..].trim_start_matches(['”', '"']);
        let to = if from == to && until.starts_with("以来") { to.max(report_year - 1) } else { to };
        let between = text.get(mention.span.end as usize..figure.start as usize).unwrap_or_default();
        let is_done = to <= report_year && DONE_WORDS.iter().any(|word| between.contains(word));
        let state = match mention.when {
            _ if is_done => PeriodState::Achieved,
            When::ThisYear | When::NextYear | When::ComingYears(_) => PeriodState::Planned,
            When::LastYear | When::YearBefore | When::YearBeforeLast | When::PastYears(_) => {
                PeriodState::Achieved
            }
            When::Years { .. } if to >= report_year => PeriodState::Planned,
            When::Years { .. } if from == to => PeriodState::Achieved,
            // The plan that ends with the year before the report is told of in the result part.
            When::Years { .. } if says_plan => PeriodState::Planned,
            When::Years { .. } => PeriodState::Achieved,
        };
        (Period::range(from, to, state), true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(title: &str, expected: Period) {
        assert_eq!(TimeFrame::opening(Some(2026)).under(title).default, expected, "{title}");
    }

    #[test]
    fn headings_set_the_period() {
        heading("一、2025年工作回顾", Period::year(2025, PeriodState::Achieved));
        heading("一、2025年和“十四五”时期工作回顾", Period::year(2025, PeriodState::Achieved));
        heading("二、“十五五”时期的主要目标和任务", Period::range(2026, 2030, PeriodState::Planned));
        heading("三、2026年重点工作", Period::year(2026, PeriodState::Planned));
        heading("过去五年的回顾", Period::range(2021, 2025, PeriodState::Achieved));
        heading("二、今年工作安排", Period::year(2026, PeriodState::Planned));
        heading("（一）经济实力明显增强", Period::year(2025, PeriodState::Achieved));
    }

    #[test]
    fn a_part_of_what_is_told_is_told() {
        let told = TimeFrame::opening(Some(2026)).under("一、2025年工作回顾");
        assert_eq!(
            told.under("（二）聚力落实国家重大战略任务").default,
            Period::year(2025, PeriodState::Achieved)
        );
        assert_eq!(told.under("下一步打算").default, Period::year(2026, PeriodState::Planned));
    }

    #[test]
    fn a_part_of_a_plan_keeps_its_years() {
        let plan = TimeFrame::opening(Some(2026)).under("二、“十五五”主要目标任务");
        let part = plan.under("（五）以更实举措提高人民生活品质");
        assert_eq!(part.default, Period::range(2026, 2030, PeriodState::Planned));
    }

    #[test]
    fn a_mention_in_the_clause_beats_the_heading() {
        let text = "由一九七八年的三百亿元增加到一九八二年的七百亿元";
        let times = find_times(text);
        let at = text.find("七百").unwrap_or(0);
        let frame = TimeFrame::opening(Some(1983));
        let (period, _) =
            frame.period_of(text, &times, Span::new(0, text.len()), Span::new(at, at + 12), false);
        assert_eq!(period, Period::year(1982, PeriodState::Achieved));
    }
}
