//! Updates taken from a messenger: each is answered once, also when the program is killed in between.

use rusqlite::params;

use crate::storage::{StorageError, Store};

impl Store {
    /// Takes a batch of updates in one piece: number each, and the body of those that must be dealt with even when the
    /// program is killed meanwhile. Gives the numbers that were not known before.
    ///
    /// # Errors
    /// When the state cannot be written; none of the batch is taken then.
    pub fn take_updates(&self, updates: &[(i64, Option<String>)], at: i64) -> Result<Vec<i64>, StorageError> {
        self.with("take updates", |connection| {
            let batch = connection.transaction()?;
            let mut fresh = Vec::with_capacity(updates.len());
            {
                let mut insert = batch.prepare_cached("INSERT OR IGNORE INTO updates VALUES (?1, ?2, ?3)")?;
                for (id, body) in updates {
                    if insert.execute(params![id, at, body])? == 1 {
                        fresh.push(*id);
                    }
                }
            }
            batch.commit()?;
            Ok(fresh)
        })
    }

    /// Notes that an update has been dealt with; its body is forgotten, its number is kept.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn finish_update(&self, id: i64) -> Result<(), StorageError> {
        self.with("finish an update", |connection| {
            connection.prepare_cached("UPDATE updates SET body = NULL WHERE id = ?1")?.execute([id])?;
            Ok(())
        })
    }

    /// Bodies of updates taken since `since` that were not dealt with, in order; older ones are forgotten.
    ///
    /// # Errors
    /// When the state cannot be read or written.
    pub fn unfinished_updates(&self, since: i64) -> Result<Vec<String>, StorageError> {
        self.with("read unfinished updates", |connection| {
            connection.execute("UPDATE updates SET body = NULL WHERE at < ?1", [since])?;
            let mut statement =
                connection.prepare("SELECT body FROM updates WHERE body IS NOT NULL ORDER BY id")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_taken_once_and_kept_until_it_is_dealt_with() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        let body = |text: &str| Some(text.to_owned());
        let batch = [(1, body("one")), (2, body("two")), (3, body("three")), (4, None)];
        assert_eq!(store.take_updates(&batch, 50).unwrap(), [1, 2, 3, 4]);
        store.finish_update(2).unwrap();
        drop(store);
        let store = Store::open(&path).unwrap();
        assert!(store.take_updates(&batch, 60).unwrap().is_empty());
        assert_eq!(store.unfinished_updates(50).unwrap(), ["one", "three"]);
        assert!(store.unfinished_updates(51).unwrap().is_empty(), "too old");
        assert!(store.unfinished_updates(0).unwrap().is_empty(), "forgotten for good");
    }
}
