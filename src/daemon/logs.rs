//! Log lines: pretty on a terminal, JSON elsewhere.

use std::io::{self, IsTerminal};

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

fn filter(settings: &LogSettings) -> Result<EnvFilter> {
    let level: tracing::Level = settings.level.parse().map_err(|_| {
        anyhow!("log.level is {:?}; allowed are error, warn, info, debug, trace", settings.level)
    })?;
    // Libraries below speak of requests, which hold the token; only our own lines are let through below warn.
    Ok(EnvFilter::new(format!("warn,wenshu={level}")))
}
