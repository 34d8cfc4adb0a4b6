//! The bundled digests answer the project's own questions.

use std::sync::{Arc, LazyLock};

use wenshu::analysis::language::LanguageData;
use wenshu::answer::Answerer;
use wenshu::answer::weights::Weights;
use wenshu::daemon::bundled::DIGESTS;
use wenshu::eval::{read_set, score};
use wenshu::index::Library;
use wenshu::ingest::{Hints, Limits, read_report};
use wenshu::model::period::Day;
use wenshu::model::question::Question;
use wenshu::model::report::Report;

const QUESTIONS: &str = include_str!("../../data/eval/digests.jsonl");
/// Shares that hold today; they only rise.
const LEAST_FIGURE: f32 = 0.92;
const LEAST_REFUSAL: f32 = 0.99;

pub static LANGUAGE: LazyLock<Arc<LanguageData>> =
    LazyLock::new(|| Arc::new(LanguageData::bundled().unwrap()));

/// The digests, read.
pub fn digests() -> Vec<Report> {
    let limits = Limits { max_file_bytes: 1 << 20 };
    DIGESTS
        .iter()
        .map(|(name, bytes)| {
            read_report(bytes, name, &Hints::default(), &LANGUAGE.gazetteer, &limits).unwrap()
        })
        .collect()
}

/// An answerer over `reports` in a directory of its own.
pub fn answerer(dir: &std::path::Path, reports: Vec<Report>) -> Answerer {
    let mut library = Library::open(dir, &LANGUAGE).unwrap();
    library.import(reports, &mut |_, _| {}).unwrap();
    let home = Some("重庆市渝中区".to_owned());
    Answerer::new(library.snapshot().unwrap(), Arc::clone(&LANGUAGE), Weights::bundled().unwrap(), home)
}

#[test]
fn the_digests_answer_their_questions() {
    let dir = tempfile::tempdir().unwrap();
    let answerer = answerer(dir.path(), digests());
    let set = read_set(QUESTIONS).unwrap();
    let unanswerable =
        set.iter().filter(|asked| asked.figure.is_none() && asked.acceptable.is_empty()).count();
    assert!(
        set.len() >= 150 && unanswerable * 5 >= set.len(),
        "{} questions, {unanswerable} unanswerable",
        set.len()
    );
    let result = score(&answerer, &set, true, Day { year: 2026, month: 6, day: 1 });
    println!("digests: figure {:.3} refusal {:.3}", result.figure(), result.refusal());
    assert_eq!(result.total().invented, 0);
    assert!(result.figure() >= LEAST_FIGURE, "figure {}", result.figure());
    assert!(result.refusal() >= LEAST_REFUSAL, "refusal {}", result.refusal());
}

#[test]
fn there_are_enough_digests_of_known_place_and_year() {
    let digests = digests();
    assert!(digests.len() >= 12);
    for digest in &digests {
        assert!(digest.info.place.is_some() && digest.info.year.is_some(), "{}", digest.info.file);
        assert!(!digest.sections.is_empty(), "{}", digest.info.file);
    }
}

#[test]
fn answers_do_not_depend_on_the_order_of_imports() {
    let set = read_set(QUESTIONS).unwrap();
    let answers = |reports: Vec<Vec<Report>>| -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let mut library = Library::open(dir.path(), &LANGUAGE).unwrap();
        for reports in reports {
            library.import(reports, &mut |_, _| {}).unwrap();
        }
        let answerer = Answerer::new(
            library.snapshot().unwrap(),
            Arc::clone(&LANGUAGE),
            Weights::bundled().unwrap(),
            None,
        );
        let today = Day { year: 2026, month: 6, day: 1 };
        let answer = |text: &str| format!("{:?}", answerer.answer(&Question::new(text, today)));
        set.iter().map(|asked| answer(&asked.question)).collect()
    };
    let at_once = answers(vec![digests()]);
    let one_by_one = answers(digests().into_iter().rev().map(|report| vec![report]).collect());
    for (idx, asked) in set.iter().enumerate() {
        assert_eq!(at_once[idx], one_by_one[idx], "{}", asked.question);
    }
}
