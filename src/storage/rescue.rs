//! What is done about a state file that cannot be used as it is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::storage::schema::{check_form, check_pages};
use crate::storage::{BUSY_TIMEOUT, StorageError, Store};

/// SQLite keeps what was written last in a file of its own, until it is taken over.
pub(super) const LOG: &str = "-wal";
/// Shared by the programs that have the file open; made anew when it is missing.
const SHARED: &str = "-shm";

/// Looks at the state file at `path` without changing it; one that is not there is no error.
///
/// # Errors
/// Why [`Store::open`] would refuse it.
pub fn look_at(path: &Path) -> Result<(), StorageError> {
    if !path.exists() {
        return Ok(());
    }
    let connection = open_to_look(path)?;
    check_pages(&connection, path)?;
    check_form(&connection, path).map(|_| ())
}

/// Opens the state file at `path` for reading only.
pub(super) fn open_to_look(path: &Path) -> Result<Connection, StorageError> {
    let opening = |source| StorageError::opening(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(opening)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(opening)?;
    Ok(connection)
}

/// Moves a damaged state file out of the way, with all that belongs to it, and gives its new name.
///
/// # Errors
/// When it cannot be moved.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, StorageError> {
    let names = (1_u32..).map(|n| with_end(path, &format!(".damaged-{n}")));
    let free = names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| with_end(path, ".damaged"));
    let moved = fs::rename(path, &free)
        .and_then(|()| unless_missing(fs::rename(with_end(path, LOG), with_end(&free, LOG))))
        .and_then(|()| unless_missing(fs::remove_file(with_end(path, SHARED))));
    moved.map_err(|source| StorageError::Moved { path: path.to_owned(), source })?;
    Ok(free)
}

impl Store {
    /// Opens a copy of the state file at `path`, for when its own place cannot be written; what is written into the
    /// copy is forgotten in the end. Without a file, or with one that is damaged, the copy is empty.
    ///
    /// # Errors
    /// When there is no place for a copy.
    pub fn open_copy(path: &Path) -> Result<Store, StorageError> {
        let moved = |source| StorageError::Moved { path: path.to_owned(), source };
        let dir = tempfile::tempdir().map_err(moved)?;
        let copy = dir.path().join("state.sqlite");
        for end in ["", LOG] {
            unless_missing(fs::copy(with_end(path, end), with_end(&copy, end)).map(|_| ())).map_err(moved)?;
        }
        let store = Store::open(&copy).or_else(|_| Store::open(&dir.path().join("empty.sqlite")))?;
        Ok(Store { copy: Some(dir), ..store })
    }
}

pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

pub(super) fn unless_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::ChatSettings;

    #[test]
    fn a_damaged_file_is_set_aside_under_a_name_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        for n in 1..=2 {
            fs::write(&path, "no database, though long enough to be looked at".repeat(40)).unwrap();
            assert_eq!(look_at(&path).unwrap_err().word(), "damaged");
            assert_eq!(Store::open(&path).unwrap_err().word(), "damaged");
            let aside = set_aside(&path).unwrap();
            assert_eq!(aside, dir.path().join(format!("state.sqlite.damaged-{n}")));
            assert!(fs::read_to_string(aside).unwrap().starts_with("no database"));
            Store::open(&path).unwrap().probe().unwrap();
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_flipped_or_cut_page_is_noticed_or_does_no_harm() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        for chat in 0..200 {
            store.save_chat(chat, &ChatSettings::quiet()).unwrap();
        }
        drop(store);
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(997) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            if let Ok(store) = Store::open(&path) {
                let settings = store.chat(100);
                assert!(settings.is_err() || store.probe().is_ok(), "byte {at}");
            }
            fs::write(&path, &whole[..at]).unwrap();
            let _ = Store::open(&path).map(|store| store.chat(100));
        }
    }

    #[test]
    fn a_copy_knows_what_was_written_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        // Open, so that the last writes stand in the log beside the file.
        let store = Store::open(&path).unwrap();
        store.save_chat(7, &ChatSettings::quiet()).unwrap();
        let copy = Store::open_copy(&path).unwrap();
        assert!(copy.is_copy() && !store.is_copy());
        assert_eq!(copy.chat(7).unwrap(), ChatSettings::quiet());
        copy.save_chat(8, &ChatSettings::quiet()).unwrap();
        assert_eq!(store.chat(8).unwrap(), ChatSettings::default());
        assert!(Store::open_copy(&dir.path().join("nothing")).unwrap().chat(7).is_ok());
    }

    #[test]
    fn a_file_held_by_another_program_is_called_locked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        drop(Store::open(&path).unwrap());
        let other = Connection::open(&path).unwrap();
        other.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
        other.execute_batch("BEGIN IMMEDIATE; DELETE FROM chats; COMMIT").unwrap();
        assert_eq!(look_at(&path).unwrap_err().word(), "locked");
        assert_eq!(Store::open(&path).unwrap_err().word(), "locked");
    }
}
