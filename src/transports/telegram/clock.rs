//! Telegram's time of day, for what Telegram has dated; what is written down goes by this machine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::storage::{now, seconds};

/// Telegram's clock, by the dates of its answers; this machine's until there is one.
///
/// Messages bear its time. On a machine that is an hour ahead every one of them would look an hour old.
#[derive(Debug, Clone, Default)]
pub struct TelegramClock {
    ahead_seconds: Arc<AtomicI64>,
}

impl TelegramClock {
    /// Notes the `Date` of an answer that has just come; one that cannot be read is left out.
    pub fn note(&self, date: &str) {
        if let Ok(there) = httpdate::parse_http_date(date) {
            self.ahead_seconds.store(now() - seconds(there), Ordering::Relaxed);
        }
    }

    /// How far this machine is ahead of it, in seconds.
    pub fn ahead_seconds(&self) -> i64 {
        self.ahead_seconds.load(Ordering::Relaxed)
    }

    /// Seconds since 1970 by it.
    pub fn now(&self) -> i64 {
        now() - self.ahead_seconds()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_goes_by_the_last_date_that_can_be_read() {
        let clock = TelegramClock::default();
        assert_eq!(clock.ahead_seconds(), 0);
        clock.note("Thu, 01 Jan 1970 00:01:40 GMT");
        clock.note("yesterday");
        assert!((100..105).contains(&clock.now()), "{}", clock.now());
    }
}
