//! What survives a restart: chat settings, questions asked, feedback, updates taken, allowed channels.
//!
//! One SQLite file behind a mutex. Every call is a few microseconds of work on the page cache and syncs nothing to
//! the disk of its own, so asynchronous callers may make it in place.

mod asked;
mod channels;
mod chats;
mod error;
mod feedback;
mod mend;
mod rescue;
mod retention;
mod schema;
mod updates;

pub use crate::storage::asked::{Asked, NewAsked};
pub use crate::storage::chats::ChatSettings;
pub use crate::storage::error::StorageError;
pub use crate::storage::feedback::Feedback;
pub use crate::storage::mend::Mended;
pub use crate::storage::rescue::look_at;
pub use crate::storage::retention::Retention;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, ErrorCode, MAIN_DB};
use tempfile::TempDir;

use crate::storage::mend::Watch;
use crate::storage::schema::{check_pages, migrate};

/// How long a write waits for another program that writes; those who ask wait with it, so it is short.
const BUSY_TIMEOUT: Duration = Duration::from_millis(200);

/// The state file, open.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Mutex<Connection>,
    watch: Mutex<Watch>,
    /// Reading or writing has failed in a way a sound file does not.
    is_suspect: AtomicBool,
    /// Where the file stands when it is a copy; deleted in the end.
    copy: Option<TempDir>,
}

impl Store {
    /// Opens the state file at `path`, made and brought to the newest form as needed.
    ///
    /// # Errors
    /// When the file cannot be opened or written, is held by another program, is no database, is damaged, or was
    /// written by a newer program.
    pub fn open(path: &Path) -> Result<Store, StorageError> {
        let connection = open_connection(path)?;
        Ok(Store {
            path: path.to_owned(),
            connection: Mutex::new(connection),
            watch: Watch::begin(path),
            is_suspect: AtomicBool::new(false),
            copy: None,
        })
    }

    /// True when what is written now is forgotten in the end.
    pub fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    fn with<T>(
        &self,
        action: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        work(&mut connection).map_err(|source| {
            let code = source.sqlite_error_code();
            let is_suspect = matches!(
                code,
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure)
            );
            self.is_suspect.fetch_or(is_suspect, Ordering::Relaxed);
            StorageError::Failed { action, source }
        })
    }

    /// Writes one row over another, so that a read-only or full disk is noticed.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn probe(&self) -> Result<(), StorageError> {
        self.with("write", |connection| {
            connection
                .prepare_cached("INSERT INTO probe VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1")?
                .execute([])?;
            Ok(())
        })
    }
}

/// Seconds since 1970, as the state is dated.
pub fn now() -> i64 {
    seconds(SystemTime::now())
}

/// Seconds from 1970 to `time`.
pub fn seconds(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// The file at `path`, made and brought to the newest form as needed.
fn open_connection(path: &Path) -> Result<Connection, StorageError> {
    let opening = |source| StorageError::opening(path, source);
    let mut connection = Connection::open(path).map_err(opening)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(opening)?;
    check_pages(&connection, path)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(opening)?;
    // A power cut may lose the last moments, a killed program loses nothing; a sync a write would cost
    // milliseconds on every question.
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(opening)?;
    migrate(&mut connection, path)?;
    if connection.is_readonly(MAIN_DB).map_err(opening)? {
        let source = connection.execute_batch("DELETE FROM probe").err();
        let source = source.unwrap_or(rusqlite::Error::InvalidQuery);
        return Err(StorageError::NotWritable { path: path.to_owned(), source });
    }
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_opens_twice_and_keeps_what_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        let settings = ChatSettings { quiet: true, ..ChatSettings::default() };
        store.save_chat(7, &settings).unwrap();
        drop(store);
        assert_eq!(Store::open(&path).unwrap().chat(7).unwrap(), settings);
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        std::fs::write(&path, "not a database, but long enough to be looked at as one".repeat(30)).unwrap();
        let error = Store::open(&path).unwrap_err();
        assert!(error.to_string().contains("state.sqlite"), "{error}");
    }

    #[test]
    fn a_store_of_a_newer_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        Store::open(&path).unwrap();
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 999).unwrap();
        assert!(matches!(Store::open(&path), Err(StorageError::Newer { version: 999, .. })));
    }

    #[test]
    fn a_writable_store_passes_the_probe() {
        let dir = tempfile::tempdir().unwrap();
        Store::open(&dir.path().join("state.sqlite")).unwrap().probe().unwrap();
    }
}
