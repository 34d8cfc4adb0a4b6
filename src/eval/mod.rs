//! A question set and its score.

pub mod judge;
pub mod tune;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::answer::Answerer;
use crate::eval::judge::{normal_form, same_figure};
use crate::model::answer::Outcome;
use crate::model::period::Day;
use crate::model::question::Question;

/// One question of a set, a JSON object a line.
#[derive(Debug, Clone, Deserialize)]
pub struct Asked {
    pub id: String,
    pub question: String,
    /// File name of the report that is asked.
    #[serde(default)]
    pub report: Option<String>,
    /// The right figure; `None` without acceptable ones means the reports do not say.
    #[serde(default)]
    pub figure: Option<String>,
    #[serde(default)]
    pub acceptable: Vec<String>,
    #[serde(default)]
    pub tag: Option<String>,
    #[serde(default)]
    pub today: Option<String>,
    #[serde(default)]
    pub self_contained: bool,
}

/// A line of a set that is no question.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is no question")]
pub struct SetError {
    pub line: usize,
    pub source: serde_json::Error,
}

/// Reads a set; empty lines are passed over.
///
/// # Errors
/// At the first line that is no question.
pub fn read_set(text: &str) -> Result<Vec<Asked>, SetError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(idx, line)| serde_json::from_str(line).map_err(|source| SetError { line: idx + 1, source }))
        .collect()
}

/// Counts of one tag.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub asked: usize,
    pub right: usize,
    pub unanswerable: usize,
    pub refused: usize,
    /// Figures that are no part of the quoted sentence.
    pub invented: usize,
}

/// A question answered wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    pub id: String,
    pub tag: String,
    pub question: String,
    pub expected: String,
    pub got: String,
}

/// Answers whose confidence lies in one band.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    pub from: f32,
    pub to: f32,
    pub n_answers: usize,
    pub n_right: usize,
}

impl Band {
    /// 0 when there are no answers.
    pub fn share_right(&self) -> f32 {
        self.n_right as f32 / (self.n_answers.max(1)) as f32
    }
}

/// The score of a set.
#[derive(Debug, Clone, Default)]
pub struct Score {
    pub by_tag: BTreeMap<String, Tally>,
    pub misses: Vec<Miss>,
    pub bands: Vec<Band>,
}

impl Score {
    /// All tags together.
    pub fn total(&self) -> Tally {
        self.by_tag.values().fold(Tally::default(), |sum, tally| Tally {
            asked: sum.asked + tally.asked,
            right: sum.right + tally.right,
            unanswerable: sum.unanswerable + tally.unanswerable,
            refused: sum.refused + tally.refused,
            invented: sum.invented + tally.invented,
        })
    }

    /// Share of answerable questions with the right figure.
    pub fn figure(&self) -> f32 {
        let total = self.total();
        total.right as f32 / total.asked.max(1) as f32
    }

    /// Share of unanswerable questions that were declined; 1 when there are none.
    pub fn refusal(&self) -> f32 {
        let total = self.total();
        if total.unanswerable == 0 { 1.0 } else { total.refused as f32 / total.unanswerable as f32 }
    }
}

/// Asks every question of `set`; with `over_all`, self-contained ones are asked without naming their report.
pub fn score(answerer: &Answerer, set: &[Asked], over_all: bool, today: Day) -> Score {
    let mut result = Score { bands: bands(), ..Score::default() };
    for asked in set {
        let question = question_of(asked, over_all, today);
        judge_one(asked, &answerer.answer(&question), &mut result);
    }
    result
}

/// `asked` as a question; with `over_all`, a self-contained one does not name its report.
pub fn question_of(asked: &Asked, over_all: bool, today: Day) -> Question {
    let report = asked.report.clone().filter(|_| !(over_all && asked.self_contained));
    let day = asked.today.as_deref().and_then(Day::parse).unwrap_or(today);
    Question { report, ..Question::new(asked.question.clone(), day) }
}

fn bands() -> Vec<Band> {
    (5..10)
        .map(|tenth| Band {
            from: tenth as f32 / 10.0,
            to: (tenth + 1) as f32 / 10.0,
            n_answers: 0,
            n_right: 0,
        })
        .collect()
}

fn judge_one(asked: &Asked, outcome: &Outcome, result: &mut Score) {
    let tag = asked.tag.clone().unwrap_or_else(|| "-".to_owned());
    let tally = result.by_tag.entry(tag.clone()).or_default();
    let wanted: Vec<&String> =
        asked.figure.iter().chain(&asked.acceptable).filter(|form| !form.is_empty()).collect();
    let (got, confidence) = match outcome {
        Outcome::Answered(answer) => {
            let quote = &answer.best.quote;
            if !normal_form(quote.sentence()).contains(&normal_form(quote.figure())) {
                tally.invented += 1;
            }
            (Some(quote.figure().to_owned()), answer.best.confidence)
        }
        Outcome::Declined(_) => (None, 0.0),
    };
    let is_right = match &got {
        Some(got) => wanted.iter().any(|want| same_figure(got, want)),
        None => wanted.is_empty(),
    };
    if wanted.is_empty() {
        tally.unanswerable += 1;
        tally.refused += usize::from(is_right);
    } else {
        tally.asked += 1;
        tally.right += usize::from(is_right);
    }
    if got.is_some()
        && let Some(band) = result.bands.iter_mut().rev().find(|band| confidence >= band.from)
    {
        band.n_answers += 1;
        band.n_right += usize::from(is_right);
    }
    if !is_right {
        result.misses.push(Miss {
            id: asked.id.clone(),
            tag,
            question: asked.question.clone(),
            expected: wanted.first().map_or("—".to_owned(), |want| (*want).clone()),
            got: got.unwrap_or_else(|| "—".to_owned()),
        });
    }
}
