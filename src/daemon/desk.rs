//! The desk every door of a running program brings its questions to.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use arc_swap::ArcSwap;

use crate::analysis::language::LanguageData;
use crate::answer::Answerer;
use crate::daemon::engine::{Engine, Stamp, index_stamp};
use crate::daemon::health::Health;
use crate::daemon::metrics::Metrics;
use crate::daemon::recall::Recall;
use crate::daemon::settings::Settings;
use crate::model::answer::{Outcome, Reason};
use crate::model::period::Day;
use crate::model::question::Question;
use crate::model::report::Report;

/// Asked again and again to see that the index still answers; any outcome but "unreadable" will do.
const PROBE: &str = "新增就业多少";

/// Name of the outcome when the index on disk fails.
const UNREADABLE: &str = "unreadable";

/// What came of one question.
#[derive(Debug, Clone)]
pub struct Reply {
    pub outcome: Outcome,
    pub elapsed: Duration,
}

/// The state in force; a reload puts another in its place.
struct Live {
    engine: Engine,
    answerer: Arc<Answerer>,
    recall: Recall,
}

/// What it took to work out one outcome; nothing when it was recalled.
#[derive(Debug, Default)]
struct Effort {
    n_candidates: usize,
    steps: Vec<(&'static str, Duration)>,
}

impl Effort {
    /// Adds to what `step` took; a question that is read again goes through each step again.
    fn spend(&mut self, step: &'static str, elapsed: Duration) {
        match self.steps.iter_mut().find(|(known, _)| *known == step) {
            Some((_, total)) => *total += elapsed,
            None => self.steps.push((step, elapsed)),
        }
    }
}

impl fmt::Display for Effort {
    /// `understand=31 retrieve=190 rank=84 compose=6`, in microseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (idx, (step, elapsed)) in self.steps.iter().enumerate() {
            let space = if idx == 0 { "" } else { " " };
            write!(f, "{space}{step}={}", elapsed.as_micros())?;
        }
        Ok(())
    }
}

/// One engine for all doors; many threads ask at once, a reload swaps the state between two questions.
pub struct Desk {
    live: ArcSwap<Live>,
    metrics: Metrics,
    health: Health,
    /// The index on disk when it was last opened, or when opening it last failed; held while a reload goes on.
    seen: Mutex<Stamp>,
}

impl Desk {
    /// Opens the reports in use.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open(settings: &Settings) -> Result<Desk> {
        let stamp = index_stamp(settings);
        let live = Live::new(Engine::open(settings)?)?;
        let desk = Desk {
            live: ArcSwap::from_pointee(live),
            metrics: Metrics::new(),
            health: Health::default(),
            seen: Mutex::new(stamp),
        };
        desk.note_size();
        Ok(desk)
    }

    /// Answers `question`, which came in by `door`.
    pub fn ask(&self, door: &'static str, question: &Question) -> Reply {
        let started = Instant::now();
        let live = self.live.load_full();
        let recalled = live.recall.get(question);
        let is_recalled = recalled.is_some();
        self.metrics.recall(is_recalled);
        let mut effort = Effort::default();
        let outcome = recalled.unwrap_or_else(|| {
            let outcome = self.work_out(&live, question, &mut effort);
            if outcome_name(&outcome) != UNREADABLE {
                live.recall.keep(question, &outcome);
            }
            outcome
        });
        let elapsed = started.elapsed();
        let name = outcome_name(&outcome);
        self.metrics.question(door, name, elapsed);
        tracing::info!(
            door,
            outcome = name,
            is_recalled,
            n_candidates = effort.n_candidates,
            elapsed_us = elapsed.as_micros() as u64,
            steps_us = %effort,
            "question"
        );
        tracing::debug!(door, question = question.text, "asked");
        Reply { outcome, elapsed }
    }

    fn work_out(&self, live: &Live, question: &Question, effort: &mut Effort) -> Outcome {
        let mut last = Instant::now();
        let outcome = live.answerer.answer_in_steps(question, &mut |step, n_found| {
            let now = Instant::now();
            effort.spend(step, now - last);
            effort.n_candidates = n_found;
            last = now;
        });
        for (step, elapsed) in &effort.steps {
            self.metrics.step(step, *elapsed);
        }
        outcome
    }

    /// The answerer in force.
    pub fn answerer(&self) -> Arc<Answerer> {
        Arc::clone(&self.live.load().answerer)
    }

    /// True while nothing has been imported and the bundled digests are asked.
    pub fn is_bundled(&self) -> bool {
        self.live.load().engine.is_bundled
    }

    /// A stored report, by id or file name; `None` when there is none or its file is damaged.
    pub fn report(&self, name: &str) -> Option<Report> {
        let live = self.live.load_full();
        live.engine.library.report(name).unwrap_or_else(|error| {
            tracing::warn!(report = name, %error, "stored report cannot be read");
            None
        })
    }

    /// What the process counts.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What the doors say of themselves.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// True when the index can be read.
    pub fn index_answers(&self) -> bool {
        let outcome = self.answerer().answer(&Question::new(PROBE, today()));
        outcome_name(&outcome) != UNREADABLE
    }

    /// What was noticed while opening the reports, for the operator.
    pub fn notes(&self) -> Vec<String> {
        self.live.load().engine.library.notes().to_vec()
    }

    /// Opens the reports anew and swaps them in; the old ones go on answering until then.
    ///
    /// # Errors
    /// As [`Engine::open`]; the old state stays in force then.
    pub fn reload(&self, settings: &Settings) -> Result<()> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let started = Instant::now();
        *seen = index_stamp(settings);
        let fresh = Engine::reopen(settings, &self.live.load().engine).and_then(Live::new);
        self.metrics.reload(fresh.is_ok());
        self.live.store(Arc::new(fresh?));
        self.note_size();
        for note in self.notes() {
            tracing::warn!(note, "index");
        }
        let n_reports = self.answerer().reports().len();
        tracing::info!(n_reports, elapsed_ms = started.elapsed().as_millis() as u64, "reloaded");
        Ok(())
    }

    /// True when another process has changed the index since it was opened.
    pub fn is_stale(&self, settings: &Settings) -> bool {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) != index_stamp(settings)
    }

    /// True when every file of the index in use is as it was written.
    pub fn index_is_sound(&self) -> bool {
        self.live.load_full().engine.library.is_sound()
    }

    /// The language data in force.
    pub fn language(&self) -> Arc<LanguageData> {
        Arc::clone(&self.live.load().engine.language)
    }

    fn note_size(&self) {
        let answerer = self.answerer();
        self.metrics.index_size(answerer.reports().len(), answerer.n_passages());
    }
}

impl Live {
    fn new(engine: Engine) -> Result<Live> {
        let answerer = Arc::new(engine.answerer()?);
        let cold = Arc::clone(&answerer);
        thread::spawn(move || cold.warm());
        Ok(Live { engine, answerer, recall: Recall::default() })
    }
}

/// The name of an outcome in logs and metrics.
fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Answered(_) => "answered",
        Outcome::Declined(decline) => match decline.reason {
            Reason::Vague => "unclear",
            Reason::Unreadable => UNREADABLE,
            _ => "not_found",
        },
    }
}

/// Today in China, where the reports count their years.
pub fn today() -> Day {
    day_in_china(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The day it is in China (UTC+8) `seconds` after 1970.
pub fn day_in_china(seconds: u64) -> Day {
    Day::of_unix_days((seconds + 8 * 3600) / 86400)
}
