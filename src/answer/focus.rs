//! Which part of a long question asks.
//!
//! 我弟刚毕业，工作不好找，天津去年新增了多少人就业呀: only the last clause asks, the others tell a story.

use crate::model::span::Span;

const ASKING: &[&str] = &[
    "多少",
    "几",
    "多大",
    "多高",
    "多长",
    "多久",
    "多远",
    "多重",
    "什么时候",
    "何时",
    "哪年",
    "哪一年",
    "百分比",
    "比例",
    "占比",
    "咋样",
    "怎么样",
    "如何",
    "啥水平",
    "什么水平",
    "增速",
    "增幅",
    "给个数",
    "给个准数",
    "报个数",
    "啥",
    "什么",
];
/// Words in which 几 or 什么 asks nothing.
const NOT_ASKING: &[&str] =
    &["几乎", "没几", "好几", "十几", "这几", "那几", "前几", "近几", "几经", "没什么", "为什么"];
/// An asking clause with fewer characters besides its asking words leans on the clause before: …，到底是多少.
const MIN_OWN_CHARS: usize = 4;
const FILLERS: &[&str] = &[
    "到底",
    "究竟",
    "一共",
    "总共",
    "大概",
    "大约",
    "具体",
    "请问",
    "我想",
    "知道",
    "问",
    "是",
    "有",
    "的",
    "了",
    "呢",
    "啊",
    "呀",
    "吗",
    "吧",
    "来着",
    "这个",
    "那个",
    "数字",
    "数",
    "现在",
    "去年",
    "今年",
    "那",
    "又",
    "都",
    "我",
    "个",
    "不",
    "不清楚",
    "不晓得",
];

/// The clause that asks last, with those it leans on; where 给几家银行补资本，准备发多少国债 wishes for money.
pub fn last_asking<'q>(question: &'q str, focus: &[Span]) -> &'q str {
    let own = focus.iter().rposition(|clause| asks(clause.of(question)) && !is_thin(clause.of(question)));
    match own.and_then(|idx| focus.get(idx)) {
        Some(clause) => &question[clause.start as usize..],
        None => question,
    }
}

/// The clauses of normalized `question` that ask; the whole of it when none or all of them do.
pub fn focus(question: &str) -> Vec<Span> {
    let clauses = clauses(question);
    if clauses.len() < 2 {
        return clauses;
    }
    let mut in_focus: Vec<bool> = clauses.iter().map(|clause| asks(clause.of(question))).collect();
    if !in_focus.contains(&true) {
        return clauses;
    }
    for idx in (1..clauses.len()).rev() {
        // 城里吃低保的，多领了几块: a clause that ends in 的 is what the next one asks about.
        let is_topic = ["的", "里头", "里面", "方面", "这块"]
            .iter()
            .any(|end| clauses[idx - 1].of(question).ends_with(end));
        if in_focus[idx] && (is_topic || is_thin(clauses[idx].of(question))) {
            in_focus[idx - 1] = true;
        }
    }
    clauses.into_iter().zip(in_focus).filter(|(_, keep)| *keep).map(|(clause, _)| clause).collect()
}

/// The clauses of normalized `question`, in order.
pub fn clauses(question: &str) -> Vec<Span> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for (at, ch) in question.char_indices() {
        if matches!(ch, '，' | '。' | '！' | '？' | '；' | '?' | '!' | ';' | '…') {
            clauses.push(Span::new(start, at));
            start = at + ch.len_utf8();
        }
    }
    clauses.push(Span::new(start, question.len()));
    clauses.retain(|clause| !clause.of(question).trim().is_empty());
    clauses
}

fn asks(clause: &str) -> bool {
    let mut rest = clause.to_owned();
    for word in NOT_ASKING {
        rest = rest.replace(word, "");
    }
    ASKING.iter().any(|word| rest.contains(word))
}

fn is_thin(clause: &str) -> bool {
    let mut rest = clause.to_owned();
    for word in ASKING.iter().chain(FILLERS) {
        rest = rest.replace(word, "");
    }
    rest.chars().filter(|ch| ch.is_alphanumeric()).count() < MIN_OWN_CHARS
}

#[cfg(test)]
mod tests {
    use super::focus;

    fn check(question: &str, expected: &str) {
        let found: Vec<&str> = focus(question).iter().map(|span| span.of(question)).collect();
        assert_eq!(found.join("|"), expected);
    }

    #[test]
    fn only_the_asking_clause_is_in_focus() {
        check("我弟刚毕业，工作不好找，天津去年新增了多少人就业呀", "天津去年新增了多少人就业呀");
    }

    #[test]
    fn a_thin_clause_leans_on_the_one_before() {
        check("我在写材料，要用到全国的GDP总量，到底是多少", "要用到全国的GDP总量|到底是多少");
    }

    #[test]
    fn without_a_question_word_everything_counts() {
        check("青海，粮食产量", "青海|粮食产量");
    }
}
