//! Questions to show a newcomer, each of which the loaded reports do answer.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::answer::Answerer;
use crate::daemon::desk::{Desk, today};
use crate::model::answer::Outcome;
use crate::model::question::Question;

const N_EXAMPLES: usize = 3;
/// Indicators most work reports state, in everyday words.
const INDICATORS: [&str; 8] = [
    "新增就业多少",
    "地区生产总值增长多少",
    "粮食产量",
    "居民人均可支配收入",
    "旅游收入多少",
    "一般公共预算收入",
    "改造老旧小区多少",
    "投资增长多少",
];

/// The examples for one state of the reports, looked for when they are first wanted.
#[derive(Default)]
pub struct Examples {
    found: Mutex<(Weak<Answerer>, Vec<String>)>,
}

impl Examples {
    /// Up to three questions, of different places and indicators as far as there are any. Takes a while the first time.
    pub fn of(&self, desk: &Desk) -> Vec<String> {
        let answerer = desk.answerer();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        // Held weakly, so that reports replaced since are let go of.
        if !found.0.upgrade().is_some_and(|known| Arc::ptr_eq(&known, &answerer)) {
            *found = (Arc::downgrade(&answerer), find(&answerer));
        }
        found.1.clone()
    }
}

fn find(answerer: &Answerer) -> Vec<String> {
    let reports = answerer.reports();
    let mut places: Vec<&str> = Vec::new();
    for place in reports.iter().filter_map(|info| info.place.as_ref()).map(|place| place.own_name()) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let mut examples = Vec::new();
    let mut indicators = INDICATORS.to_vec();
    // Round after round, so that a single place fills the list too.
    loop {
        let n_before = examples.len();
        for place in &places {
            if examples.len() == N_EXAMPLES {
                return examples;
            }
            if let Some(at) = indicators.iter().position(|indicator| is_answered(answerer, place, indicator))
            {
                examples.push(format!("{place}{}", indicators.remove(at)));
            }
        }
        if examples.len() == n_before {
            return examples;
        }
    }
}

fn is_answered(answerer: &Answerer, place: &str, indicator: &str) -> bool {
    match answerer.answer(&Question::new(format!("{place}{indicator}"), today())) {
        Outcome::Answered(answer) => {
            answer.best.report.place.as_ref().is_some_and(|found| found.own_name() == place)
        }
        Outcome::Declined(_) => false,
    }
}
