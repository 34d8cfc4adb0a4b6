//! What holds for every answer.

use proptest::prelude::*;
use std::sync::LazyLock;

use wenshu::answer::Answerer;
use wenshu::model::answer::Outcome;
use wenshu::model::period::Day;
use wenshu::model::question::Question;
use wenshu::model::report::Report;

use crate::digests::{answerer, digests};

const TODAY: Day = Day { year: 2026, month: 6, day: 1 };

static DIGESTS: LazyLock<Vec<Report>> = LazyLock::new(digests);
static ANSWERER: LazyLock<Answerer> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    // The directory has to outlive the mapped index files.
    answerer(&dir.keep(), digests())
});

fn figures_are_quoted(outcome: &Outcome) {
    let Outcome::Answered(answer) = outcome else { return };
    for candidate in std::iter::once(&answer.best).chain(&answer.alternatives).chain(&answer.also_stated) {
        let quote = &candidate.quote;
        let report = DIGESTS.iter().find(|report| report.info.id == candidate.report.id).unwrap();
        assert_eq!(quote.sentence_span().of(&report.text), quote.sentence());
        assert!(!quote.figure().is_empty());
        assert!(quote.sentence().contains(quote.figure()));
    }
}

fn check(question: &str, expected: &str) {
    let outcome = ANSWERER.answer(&Question::new(question, TODAY));
    figures_are_quoted(&outcome);
    let got = match &outcome {
        Outcome::Answered(answer) => answer.best.quote.figure().to_owned(),
        Outcome::Declined(decline) => format!("{:?}", decline.reason),
    };
    assert_eq!(got, expected, "{question}");
}

#[test]
fn the_figure_asked_for_is_chosen_among_its_neighbours() {
    check("新增就业多少", "6.6万人");
    check("渝中稳岗多少人", "50.73万人");
}

#[test]
fn a_place_nobody_loaded_is_declined() {
    check("广州新增就业多少", "PlaceNotLoaded { place: \"广州\" }");
}

#[test]
fn an_empty_question_is_too_vague() {
    check("多少", "Vague");
    check("", "Vague");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_string_gets_an_answer_or_a_decline(text in any::<String>()) {
        figures_are_quoted(&ANSWERER.answer(&Question::new(text, TODAY)));
    }

    #[test]
    fn any_mix_of_report_words_quotes_what_it_answers(words in prop::collection::vec(
        prop::sample::select(vec!["新增", "就业", "多少", "增长", "去年", "2025年", "上海", "收入", "农村", "分别", "目标", "第几", "率", "%", "：", "OR", "\"", "(", "万人"]), 1..8)) {
        figures_are_quoted(&ANSWERER.answer(&Question::new(words.concat(), TODAY)));
    }
}
