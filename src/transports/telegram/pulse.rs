//! Whether the bot is alive, in numbers others may read.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use crate::transports::telegram::api::Fault;
use crate::transports::telegram::clock::now;

/// Counters and the state of polling; all only ever written by the bot.
#[derive(Debug, Default)]
pub struct Pulse {
    is_polling: AtomicBool,
    last_fetch: AtomicI64,
    pub n_updates: AtomicU64,
    /// Updates nobody could read.
    pub n_unreadable: AtomicU64,
    /// Updates dropped as too old, too many, or over a limit.
    pub n_dropped: AtomicU64,
    pub n_answered: AtomicU64,
    pub n_calls: AtomicU64,
    pub n_refused: AtomicU64,
    pub n_too_many: AtomicU64,
    pub n_unreachable: AtomicU64,
}

impl Pulse {
    /// Updates were fetched.
    pub fn fetched(&self) {
        self.last_fetch.store(now(), Ordering::Relaxed);
        self.is_polling.store(true, Ordering::Relaxed);
    }

    /// Fetching failed.
    pub fn lost(&self) {
        self.is_polling.store(false, Ordering::Relaxed);
    }

    /// True while the last attempt to fetch updates went well.
    pub fn is_polling(&self) -> bool {
        self.is_polling.load(Ordering::Relaxed)
    }

    /// When updates were last fetched, in seconds since 1970; 0 for never.
    pub fn last_fetch(&self) -> i64 {
        self.last_fetch.load(Ordering::Relaxed)
    }

    /// A call was made, and failed with `fault` if any.
    pub fn called(&self, fault: Option<&Fault>) {
        self.n_calls.fetch_add(1, Ordering::Relaxed);
        let counter = match fault {
            None => return,
            Some(Fault::TooMany { .. }) => &self.n_too_many,
            Some(Fault::Unreachable { .. }) => &self.n_unreachable,
            Some(Fault::Refused { .. } | Fault::Moved { .. }) => &self.n_refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
