//! Whether each door is really at work.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a door last said of itself.
#[derive(Debug, Clone, Copy)]
enum Word {
    /// At work; to be believed until then.
    Until(Instant),
    Failing(&'static str),
}

/// The doors and what they say; a door that falls silent counts as failing.
#[derive(Debug, Default)]
pub struct Health {
    doors: Mutex<BTreeMap<&'static str, Word>>,
}

impl Health {
    /// `door` is at work, and will say so again before `valid_for` has passed.
    pub fn vouch(&self, door: &'static str, valid_for: Duration) {
        self.doors().insert(door, Word::Until(Instant::now() + valid_for));
    }

    /// `door` is not at work; `why` is short and names no secret.
    pub fn fail(&self, door: &'static str, why: &'static str) {
        self.doors().insert(door, Word::Failing(why));
    }

    /// Each door with what is wrong with it; `None` when it is at work.
    pub fn doors_now(&self) -> Vec<(&'static str, Option<&'static str>)> {
        let now = Instant::now();
        let state = |word: &Word| match *word {
            Word::Until(end) if now <= end => None,
            Word::Until(_) => Some("silent"),
            Word::Failing(why) => Some(why),
        };
        self.doors().iter().map(|(door, word)| (*door, state(word))).collect()
    }

    /// True while every door is at work.
    pub fn is_good(&self) -> bool {
        self.doors_now().iter().all(|(_, wrong)| wrong.is_none())
    }

    fn doors(&self) -> MutexGuard<'_, BTreeMap<&'static str, Word>> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_door_counts_as_failing() {
        let health = Health::default();
        assert!(health.is_good());
        health.vouch("http", Duration::from_secs(60));
        assert!(health.is_good());
        health.vouch("telegram", Duration::ZERO);
        std::thread::yield_now();
        while health.is_good() {
            std::hint::spin_loop();
        }
        assert_eq!(health.doors_now()[1], ("telegram", Some("silent")));
        health.fail("telegram", "conflict");
        assert_eq!(health.doors_now()[1], ("telegram", Some("conflict")));
    }
}
