//! What a question says it does not mean: …，不要目标数 asks for the result.

use crate::model::period::PeriodState;

/// How a contrast begins, after a comma.
const OPENERS: &[&str] = &[
    "不要",
    "不是",
    "而不是",
    "不问",
    "我不问",
    "别给",
    "别给我",
    "别拿",
    "不算",
    "不包括",
    "我不要",
    "不看",
    "可不是",
    "别只",
    "别光",
    "别说",
    "别算",
    "不光",
    "不单",
    "不只",
];
/// How it ends, when it comes first: 城里的我不关心.
const CLOSERS: &[&str] = &[
    "不关心",
    "不用管",
    "我不要",
    "不用说",
    "不用给",
    "就不用了",
    "不算在内",
    "的不要",
    "的不算",
    "的别算",
    "的除外",
    "别算进去",
    "别算进来",
];
const PLANS: &[&str] = &["目标", "计划", "预期", "任务", "打算", "定的", "指标"];
const RESULTS: &[&str] = &["完成", "实际", "干完", "结果", "做完", "做到", "已经", "成绩", "去年"];
const CHANGES: &[&str] = &["增长", "增速", "增幅", "涨幅", "百分", "比例", "涨了", "增加", "同比", "新增"];
const LEVELS: &[&str] = &["总量", "总额", "总数", "绝对", "规模", "存量", "累计", "合计"];

/// What the words a question sets aside tell of what it is after.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contrast {
    pub state: Option<PeriodState>,
    pub wants_level: bool,
    pub wants_change: bool,
}

/// Cuts what normalized `question` sets aside out of it, and tells what that says of the rest.
///
/// A question that consists of nothing else is given back whole.
pub fn set_aside(question: &str) -> (String, Contrast) {
    let mut kept: Vec<&str> = Vec::new();
    let mut contrast = Contrast::default();
    let clauses =
        question.split_inclusive(['，', '。', '！', '？', '；', '?', '!', ';', '(', ')', '（', '）']);
    for clause in clauses {
        let words = clause.trim_start();
        let end = words.trim_end_matches(|ch: char| !ch.is_alphanumeric());
        let is_aside = OPENERS.iter().any(|opener| words.starts_with(opener))
            || CLOSERS.iter().any(|closer| end.ends_with(closer));
        if !kept.is_empty() && is_aside {
            contrast.note(words);
        } else if let Some(at) = inner_contrast(clause) {
            contrast.note(&clause[at..]);
            kept.push(&clause[..at]);
        } else {
            kept.push(clause);
        }
    }
    (kept.concat(), contrast)
}

/// Where 我问起点不是2020年目标 turns to what is not meant; 是不是 asks.
fn inner_contrast(clause: &str) -> Option<usize> {
    ["而不是", "不是", "并非"].iter().find_map(|word| {
        let at = clause.find(word).filter(|&at| at > 0 && !clause[..at].ends_with('是'))?;
        let rest = &clause[at..];
        let names_kind = [PLANS, RESULTS, CHANGES, LEVELS].concat().iter().any(|kind| rest.contains(kind));
        let asks_behind = ["多少", "几", "什么"].iter().any(|asking| rest.contains(asking));
        (names_kind && !asks_behind).then_some(at)
    })
}

impl Contrast {
    fn note(&mut self, words: &str) {
        let says = |list: &[&str]| list.iter().any(|word| words.contains(word));
        if says(PLANS) {
            self.state = Some(PeriodState::Achieved);
        } else if says(RESULTS) {
            self.state = Some(PeriodState::Planned);
        }
        self.wants_level |= says(CHANGES) && !says(LEVELS);
        self.wants_change |= says(LEVELS) && !says(CHANGES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_meant_is_set_aside() {
        let (rest, contrast) = set_aside("2016年M2实际增长了多少，不要目标数");
        assert_eq!(rest, "2016年M2实际增长了多少，");
        assert_eq!(contrast.state, Some(PeriodState::Achieved));
        let (rest, contrast) = set_aside("有多少幼儿？我要人数，不要增长百分比");
        assert_eq!(rest, "有多少幼儿？我要人数，");
        assert!(contrast.wants_level);
    }

    #[test]
    fn what_somebody_does_not_care_for_is_set_aside() {
        assert_eq!(set_aside("农村低保多少，城里的我不关心").0, "农村低保多少，");
    }

    #[test]
    fn what_is_not_meant_may_stand_in_brackets() {
        assert_eq!(set_aside("大学生全国有多少人(小学中学的不要)").0, "大学生全国有多少人(");
        assert_eq!(set_aside("企业总共有多少家，别只说新增的").0, "企业总共有多少家，");
    }

    #[test]
    fn a_question_that_begins_with_not_is_whole() {
        assert_eq!(set_aside("不是说要新增就业吗，多少").0, "不是说要新增就业吗，多少");
    }
}
