//! The desk every door of a running program brings its questions to.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use arc_swap::ArcSwap;

use crate::answer::Answerer;
use crate::daemon::engine::Engine;
use crate::daemon::settings::Settings;
use crate::model::answer::Outcome;
use crate::model::period::Day;
use crate::model::question::Question;
use crate::model::report::Report;

/// What came of one question.
#[derive(Debug, Clone)]
pub struct Reply {
    pub outcome: Outcome,
    pub elapsed: Duration,
}

/// One engine for all doors; many threads ask at once, a reload swaps the answerer between two questions.
pub struct Desk {
    engine: Mutex<Engine>,
    answerer: ArcSwap<Answerer>,
}

impl Desk {
    /// Opens the reports in use.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open(settings: &Settings) -> Result<Desk> {
        let engine = Engine::open(settings)?;
        let answerer = ArcSwap::from_pointee(engine.answerer()?);
        Ok(Desk { engine: Mutex::new(engine), answerer })
    }

    /// Answers `question`, which came in by `door`.
    pub fn ask(&self, door: &'static str, question: &Question) -> Reply {
        let started = Instant::now();
        let outcome = self.answerer().answer(question);
        let elapsed = started.elapsed();
        let answered = matches!(outcome, Outcome::Answered(_));
        tracing::info!(door, answered, elapsed_us = elapsed.as_micros() as u64, "question");
        tracing::debug!(door, question = question.text, "asked");
        Reply { outcome, elapsed }
    }

    /// The answerer in force.
    pub fn answerer(&self) -> Arc<Answerer> {
        self.answerer.load_full()
    }

    /// A stored report, by id or file name; `None` when there is none or its file is damaged.
    pub fn report(&self, name: &str) -> Option<Report> {
        let engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine.library.report(name).ok().flatten()
    }

    /// Opens the reports anew and swaps them in; the old ones go on answering until then.
    ///
    /// # Errors
    /// As [`Engine::open`]; the old state stays in force then.
    pub fn reload(&self, settings: &Settings) -> Result<()> {
        let fresh = Engine::open(settings)?;
        let answerer = fresh.answerer()?;
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.answerer.store(Arc::new(answerer));
        Ok(())
    }
}

/// Today in China (UTC+8), where the reports count their years.
pub fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) + 8 * 3600;
    Day::of_unix_days(seconds / 86400)
}
