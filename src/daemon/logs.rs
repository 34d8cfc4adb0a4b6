//! Log lines: pretty on a terminal, JSON elsewhere.

use std::io::{self, IsTerminal};

use anyhow::{Result, anyhow};
use tracing_subscriber::EnvFilter;

use crate::daemon::settings::LogSettings;

/// Starts writing log lines of at least the level set to standard error.
///
/// # Errors
/// When the level is none of error, warn, info, debug, trace.
pub fn start(settings: &LogSettings) -> Result<()> {
    let level: tracing::Level = settings.level.parse().map_err(|_| {
        anyhow!("log.level is {:?}; allowed are error, warn, info, debug, trace", settings.level)
    })?;
    // Libraries below speak of requests, which hold the token; only our own lines are let through below warn.
    let filter = EnvFilter::new(format!("warn,wenshu={level}"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        lines.init();
    } else {
        lines.json().init();
    }
    Ok(())
}
