//! Channels the operator lets the program answer in, besides those of the settings.

use rusqlite::{OptionalExtension, params};

use crate::storage::{StorageError, Store};

impl Store {
    /// Allows answers in `channel`, or forbids them again.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn allow_channel(&self, channel: i64, allowed: bool, at: i64) -> Result<(), StorageError> {
        self.with("allow a channel", |connection| {
            if allowed {
                connection.execute("INSERT OR IGNORE INTO channels VALUES (?1, ?2)", params![channel, at])?;
            } else {
                connection.execute("DELETE FROM channels WHERE channel = ?1", [channel])?;
            }
            Ok(())
        })
    }

    /// True when the operator allows answers in `channel`.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn is_channel_allowed(&self, channel: i64) -> Result<bool, StorageError> {
        self.with("read allowed channels", |connection| {
            let mut statement = connection.prepare_cached("SELECT 1 FROM channels WHERE channel = ?1")?;
            let found = statement.query_row([channel], |_| Ok(())).optional()?;
            Ok(found.is_some())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_allowed_until_it_is_forbidden() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("state.sqlite")).unwrap();
        assert!(!store.is_channel_allowed(-1001).unwrap());
        store.allow_channel(-1001, true, 1).unwrap();
        store.allow_channel(-1001, true, 2).unwrap();
        assert!(store.is_channel_allowed(-1001).unwrap());
        store.allow_channel(-1001, false, 3).unwrap();
        assert!(!store.is_channel_allowed(-1001).unwrap());
    }
}
