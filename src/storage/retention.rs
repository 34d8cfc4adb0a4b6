//! How long things are kept.

use crate::storage::{StorageError, Store};

const DAY_SECONDS: i64 = 86_400;

/// Days each kind of thing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub question_days: u32,
    pub feedback_days: u32,
    pub update_days: u32,
}

impl Store {
    /// Forgets what is older than `retention` allows at `now`, in seconds since 1970. Gives the rows forgotten.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn forget_old(&self, retention: Retention, now: i64) -> Result<usize, StorageError> {
        let since = |days: u32| now - i64::from(days) * DAY_SECONDS;
        self.with("forget old rows", |connection| {
            let asked =
                connection.execute("DELETE FROM asked WHERE at < ?1", [since(retention.question_days)])?;
            let feedback =
                connection.execute("DELETE FROM feedback WHERE at < ?1", [since(retention.feedback_days)])?;
            let updates =
                connection.execute("DELETE FROM updates WHERE at < ?1", [since(retention.update_days)])?;
            Ok(asked + feedback + updates)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_rows_are_forgotten_and_young_ones_stay() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("state.sqlite")).unwrap();
        let retention = Retention { question_days: 7, feedback_days: 365, update_days: 2 };
        let now = 10 * DAY_SECONDS;
        store.take_updates(&[(1, None)], now - 3 * DAY_SECONDS).unwrap();
        store.take_updates(&[(2, None)], now - DAY_SECONDS).unwrap();
        assert_eq!(store.forget_old(retention, now).unwrap(), 1);
        assert_eq!(store.take_updates(&[(1, None), (2, None)], now).unwrap(), [1]);
    }
}
