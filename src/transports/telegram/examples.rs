//! Questions to show a newcomer, each of which the loaded reports do answer.

use std::sync::{Arc, Mutex, PoisonError};

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
    found: Mutex<Option<(Arc<Answerer>, Vec<String>)>>,
}

impl Examples {
    /// Up to three questions, of different places and indicators as far as there are any.
    pub fn of(&self, desk: &Desk) -> Vec<String> {
        let answerer = desk.answerer();
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, examples)) = found.as_ref()
            && Arc::ptr_eq(of, &answerer)
        {
            return examples.clone();
        }
        let examples = find(&answerer);
        *found = Some((answerer, examples.clone()));
        examples
    }
}

fn find(answerer: &Answerer) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    let mut places: Vec<&str> = answerer
        .reports()
        .iter()
        .filter_map(|info| info.place.as_ref())
        .map(|place| place.own_name())
        .collect();
    places.dedup();
    let mut indicators = INDICATORS.to_vec();
    for place in places {
        if examples.len() == N_EXAMPLES {
            break;
        }
        let answered = |indicator: &&str| {
            let question = format!("{place}{indicator}");
            match answerer.answer(&Question::new(question, today())) {
                Outcome::Answered(answer) => {
                    answer.best.report.place.as_ref().is_some_and(|found| found.own_name() == place)
                }
                Outcome::Declined(_) => false,
            }
        };
        if let Some(at) = indicators.iter().position(answered) {
            examples.push(format!("{place}{}", indicators.remove(at)));
        }
    }
    examples
}
