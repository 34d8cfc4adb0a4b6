//! What was answered lately, for questions that are asked again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::answer::Outcome;
use crate::model::question::Question;

/// Outcomes kept in each of two halves; one takes about 10 kB.
const N_HALF: usize = 512;
/// Longer questions are not asked twice.
const MAX_QUESTION_BYTES: usize = 240;

/// Outcomes by question, over one state of the reports: those asked since the last half was full, and the half before.
///
/// A question holds the day it was asked on and its scope, so nothing that bears on the outcome is left out.
#[derive(Debug, Default)]
pub struct Recall {
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Question, Outcome>,
    old: HashMap<Question, Outcome>,
}

impl Recall {
    /// The outcome `question` had before.
    pub fn get(&self, question: &Question) -> Option<Outcome> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = halves.young.get(question) {
            return Some(outcome.clone());
        }
        let (question, outcome) = halves.old.remove_entry(question)?;
        halves.keep(question, outcome.clone());
        Some(outcome)
    }

    /// Keeps `outcome` for a while.
    pub fn keep(&self, question: &Question, outcome: &Outcome) {
        if question.text.len() <= MAX_QUESTION_BYTES {
            let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
            halves.keep(question.clone(), outcome.clone());
        }
    }
}

impl Halves {
    fn keep(&mut self, question: Question, outcome: Outcome) {
        if self.young.len() >= N_HALF {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(question, outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::answer::{Decline, Reason};
    use crate::model::period::Day;

    #[test]
    fn what_is_asked_again_stays_and_the_rest_is_forgotten() {
        let today = Day { year: 2026, month: 6, day: 1 };
        let ask = |idx: usize| Question::new(format!("问题{idx}"), today);
        let outcome = Outcome::Declined(Decline { reason: Reason::Vague, nearest: Vec::new() });
        let recall = Recall::default();
        for idx in 0..5 * N_HALF {
            recall.keep(&ask(idx), &outcome);
            assert!(recall.get(&ask(0)).is_some(), "{idx}");
        }
        assert!(recall.get(&ask(1)).is_none());
        assert!(recall.get(&Question { today: Day { day: 2, ..today }, ..ask(0) }).is_none());
        let halves = recall.halves.lock().unwrap();
        assert!(halves.young.len() + halves.old.len() <= 2 * N_HALF + 1);
    }
}
