//! Log lines: pretty on a terminal, JSON elsewhere.

use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::daemon::settings::LogSettings;

/// Changes the level of a running program.
pub struct LogLevel {
    set: Box<dyn Fn(EnvFilter) -> Result<()> + Send + Sync>,
}

impl LogLevel {
    /// # Errors
    /// As [`start`]; the old level stays then.
    pub fn set(&self, settings: &LogSettings) -> Result<()> {
        (self.set)(filter(settings)?)
    }
}

/// Starts writing log lines of at least the level set to standard error.
///
/// # Errors
/// When the level is none of error, warn, info, debug, trace.
pub fn start(settings: &LogSettings) -> Result<LogLevel> {
    let filter = filter(settings)?;
    panic::set_hook(Box::new(tell_panic));
    let lines = tracing_subscriber::fmt().with_writer(io::stderr);
    if io::stderr().is_terminal() {
        let lines = lines.with_env_filter(filter).with_filter_reloading();
        let handle = lines.reload_handle();
        lines.init();
        Ok(LogLevel { set: Box::new(move |filter| Ok(handle.reload(filter)?)) })
    } else {
        let lines = lines.json().with_env_filter(filter).with_filter_reloading();
        let handle = lines.reload_handle();
        lines.init();
        Ok(LogLevel { set: Box::new(move |filter| Ok(handle.reload(filter)?)) })
    }
}

/// A line on a bug of ours that ended what it was in. What a panic says may quote the question it broke over, and is
/// told at debug only.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string);
    tracing::error!(at, "a bug made the program panic");
    tracing::debug!(said = panic.payload_as_str(), "panic");
}

fn filter(settings: &LogSettings) -> Result<EnvFilter> {
    let level: tracing::Level = settings.level.parse().map_err(|_| {
        anyhow!("log.level is {:?}; allowed are error, warn, info, debug, trace", settings.level)
    })?;
    // Libraries below speak of requests, which hold the token; only our own lines are let through below warn.
    Ok(EnvFilter::new(format!("warn,wenshu={level}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_panic_is_told_without_what_was_asked() {
        let written = tempfile::NamedTempFile::new().unwrap();
        let level = LogSettings { level: "info".to_owned() };
        let lines = tracing_subscriber::fmt().with_env_filter(filter(&level).unwrap());
        let lines = lines.with_writer(Arc::new(written.reopen().unwrap())).finish();
        let before = panic::take_hook();
        panic::set_hook(Box::new(tell_panic));
        tracing::subscriber::with_default(lines, || {
            let question = "新增就业多少".to_owned();
            let cut = panic::catch_unwind(|| question[..std::hint::black_box(1)].len());
            assert!(cut.is_err());
        });
        panic::set_hook(before);
        let written = std::fs::read_to_string(written.path()).unwrap();
        assert!(
            written.contains("a bug made the program panic") && written.contains("logs.rs:"),
            "{written}"
        );
        assert!(!written.contains("新增"), "{written}");
    }
}
