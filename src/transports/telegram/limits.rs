//! How much one user and one chat may ask.

use std::collections::HashSet;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Keys remembered before the silent ones are forgotten.
const MAX_KEYS: usize = 100_000;

/// What a limit says to one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Fine,
    /// The first one too many: say so.
    Notice,
    /// Too many, and told already.
    Silence,
}

/// One limit on many keys.
pub struct Limit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    noticed: Mutex<HashSet<K>>,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    /// As many at once as in a minute.
    pub fn per_minute(n: NonZeroU32) -> Limit<K> {
        Limit { limiter: RateLimiter::keyed(Quota::per_minute(n)), noticed: Mutex::new(HashSet::new()) }
    }

    /// Counts one more of `key`.
    pub fn check(&self, key: &K) -> Verdict {
        let is_fine = self.limiter.check_key(key).is_ok();
        let mut noticed = self.noticed.lock().unwrap_or_else(PoisonError::into_inner);
        if is_fine {
            return Verdict::Fine;
        }
        if noticed.insert(key.clone()) { Verdict::Notice } else { Verdict::Silence }
    }

    /// Lets every key be told again, and forgets keys that have been silent when there are many. Once a minute.
    pub fn tidy(&self) {
        self.noticed.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if self.limiter.len() > MAX_KEYS {
            self.limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_notice_then_silence_and_others_go_on() {
        let limit = Limit::per_minute(NonZeroU32::new(2).unwrap());
        let verdicts: Vec<Verdict> = (0..4).map(|_| limit.check(&7)).collect();
        assert_eq!(verdicts, [Verdict::Fine, Verdict::Fine, Verdict::Notice, Verdict::Silence]);
        assert_eq!(limit.check(&8), Verdict::Fine);
        limit.tidy();
        assert_eq!(limit.check(&7), Verdict::Notice, "a minute later one more word is fine");
    }
}
