//! Looking after the state file: one that is damaged or gone is written anew from what can still be read.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use crate::storage::rescue::{LOG, open_to_look, set_aside, unless_missing, with_end};
use crate::storage::schema::{NEWEST_FORM, check_form, check_pages, migrate};
use crate::storage::{StorageError, Store, open_connection};

/// How often every page is looked at while the file changes; SQLite itself changes it every few hundred questions.
const CHECK_EVERY: Duration = Duration::from_secs(60);
/// Tables whose rows are carried over.
const TABLES: [&str; 5] = ["chats", "channels", "feedback", "asked", "updates"];

/// Inode, size and time of the file; `None` when it is not there.
type Stamp = Option<(u64, u64, SystemTime)>;

/// What is known of the file besides what it holds.
#[derive(Debug)]
pub(super) struct Watch {
    seen: Stamp,
    checked_at: Instant,
    /// Every page has been looked at since the file last changed.
    is_checked: bool,
}

impl Watch {
    pub(super) fn begin(path: &Path) -> Mutex<Watch> {
        Mutex::new(Watch { seen: stamp(path), checked_at: Instant::now(), is_checked: true })
    }
}

/// What was done about a state file that was found damaged or gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// What was wrong with it.
    pub finding: String,
    /// The file's new name; `None` when there was none any more.
    pub aside: Option<PathBuf>,
    /// Rows carried over into the new file.
    pub n_rescued: usize,
}

impl Store {
    /// Looks at the file when it has changed, or when reading it has failed, and mends it when it is damaged, gone or
    /// another one. `at` is now, in seconds since 1970.
    ///
    /// # Errors
    /// When the file cannot be looked at, or no new one can be written; the old one is kept open then.
    pub fn look_after(&self, at: i64) -> Result<Option<Mended>, StorageError> {
        if self.is_copy() {
            return Ok(None);
        }
        let mut watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, is_suspect) = (stamp(&self.path), self.is_suspect.load(Ordering::Relaxed));
        if now != watch.seen {
            watch.is_checked = false;
        }
        let must_check = is_suspect || (!watch.is_checked && watch.checked_at.elapsed() >= CHECK_EVERY);
        if now == watch.seen && !must_check {
            return Ok(None);
        }
        let inode = |stamp: Stamp| stamp.map(|(inode, _, _)| inode);
        let found = match now {
            None => Some("it is gone".to_owned()),
            Some(_) if inode(now) != inode(watch.seen) => Some("another file is in its place".to_owned()),
            Some(_) => look_within(&self.path, must_check)?,
        };
        watch.seen = now;
        if must_check {
            (watch.checked_at, watch.is_checked) = (Instant::now(), true);
        }
        let Some(finding) = found else {
            self.is_suspect.store(false, Ordering::Relaxed);
            return Ok(None);
        };
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let n_rescued = carry_over(&connection, &self.path, at)?;
        let aside = Connection::open_in_memory()
            .map_err(|source| StorageError::opening(&self.path, source))
            .and_then(|none| replace(&self.path, std::mem::replace(&mut *connection, none)))?;
        *connection = open_connection(&self.path)?;
        watch.seen = stamp(&self.path);
        self.is_suspect.store(false, Ordering::Relaxed);
        Ok(Some(Mended { finding, aside, n_rescued }))
    }

    /// Opens a new file in the place of the damaged one at `path`, with the rows that can still be read. `at` is now,
    /// in seconds since 1970.
    ///
    /// # Errors
    /// When no new file can be written; the damaged one stays in its place then.
    pub fn open_mended(path: &Path, at: i64) -> Result<(Store, Mended), StorageError> {
        let damaged = Connection::open(path).map_err(|source| StorageError::opening(path, source))?;
        let n_rescued = carry_over(&damaged, path, at)?;
        let aside = replace(path, damaged)?;
        Ok((Store::open(path)?, Mended { finding: String::new(), aside, n_rescued }))
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).ok()?;
    Some((meta.ino(), meta.len(), meta.modified().ok()?))
}

/// What is wrong with the file as another program would find it: its form, or every page of it.
///
/// A connection of its own looks, for the one in use remembers pages. It has to be SQLite's: closing a file opened in
/// another way would free the locks SQLite holds on it.
fn look_within(path: &Path, in_full: bool) -> Result<Option<String>, StorageError> {
    let looked = open_to_look(path).and_then(|connection| {
        if in_full {
            check_pages(&connection, path)?;
        }
        check_form(&connection, path)
    });
    match looked {
        Ok(NEWEST_FORM) => Ok(None),
        Ok(_) => Ok(Some("it is empty".to_owned())),
        Err(StorageError::Damaged { finding, .. }) => Ok(Some(finding)),
        // Looked at again as soon as it is free.
        Err(StorageError::Locked { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path) -> PathBuf {
    with_end(path, ".new")
}

/// Writes a new file beside `path` with every row of `damaged` that can be read, and gives how many there were.
fn carry_over(damaged: &Connection, path: &Path, at: i64) -> Result<usize, StorageError> {
    let new = beside(path);
    let opening = |source| StorageError::opening(&new, source);
    let moved = |source| StorageError::Moved { path: new.clone(), source };
    for end in ["", "-journal"] {
        unless_missing(fs::remove_file(with_end(&new, end))).map_err(moved)?;
    }
    let mut fresh = Connection::open(&new).map_err(opening)?;
    migrate(&mut fresh, &new)?;
    let batch = fresh.transaction().map_err(opening)?;
    let n_rescued = TABLES.iter().map(|table| copy_rows(damaged, &batch, table)).sum();
    // A new question must not have the number of one whose buttons or feedback are still about.
    let highest = "INSERT INTO asked (id, chat, question, places, years, today, at)
         SELECT max(?1, 1 + coalesce(max(id), 0)), 0, '', '', '', '', 0 FROM asked";
    batch
        .execute(highest, [at])
        .and_then(|_| batch.execute("DELETE FROM asked WHERE id = ?1", [batch.last_insert_rowid()]))
        .and_then(|_| batch.commit())
        .map_err(opening)?;
    Ok(n_rescued)
}

/// Copies the rows of `table` up to the first that cannot be read, and gives how many there were.
fn copy_rows(damaged: &Connection, fresh: &Connection, table: &str) -> usize {
    let Ok(mut select) = damaged.prepare(&format!("SELECT * FROM {table}")) else { return 0 };
    let names = select.column_names().collect::<Vec<_>>().join(", ");
    let n_columns = select.column_count();
    let places = vec!["?"; n_columns].join(", ");
    let insert = fresh.prepare(&format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"));
    let (Ok(mut insert), Ok(mut rows)) = (insert, select.query([])) else { return 0 };
    let mut n_copied = 0;
    while let Ok(Some(row)) = rows.next() {
        let values: rusqlite::Result<Vec<Value>> = (0..n_columns).map(|column| row.get(column)).collect();
        let Ok(values) = values else { continue };
        n_copied += insert.execute(params_from_iter(values)).unwrap_or_default();
    }
    n_copied
}

/// Sets the file at `path` aside, which `damaged` has open, and puts the new one in its place. Gives the old one's name.
fn replace(path: &Path, damaged: Connection) -> Result<Option<PathBuf>, StorageError> {
    // It is to stay as it was found; and its log, which it would delete by name, is the new file's by then.
    let _ = damaged.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    drop(damaged);
    let moved = |source| StorageError::Moved { path: path.to_owned(), source };
    let aside = path.exists().then(|| set_aside(path)).transpose()?;
    unless_missing(fs::remove_file(with_end(path, LOG))).map_err(moved)?;
    fs::rename(beside(path), path).map_err(moved)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{ChatSettings, NewAsked};

    const NOW: i64 = 1_800_000_000;

    /// A store of 500 quiet chats, all in the file itself.
    fn filled() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let store = Store::open(&path).unwrap();
        for chat in 0..500 {
            store.save_chat(chat, &ChatSettings::quiet()).unwrap();
        }
        drop(store);
        (dir, path)
    }

    fn overwrite(path: &Path, from: u64) {
        use std::os::unix::fs::FileExt;
        let file = fs::File::options().write(true).open(path).unwrap();
        let n_bytes = file.metadata().unwrap().len();
        file.write_all_at(&vec![0; (n_bytes - from) as usize], from).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(1)).unwrap();
    }

    /// Damages the file under an open store; gives what was mended, and whether chat 3 is still known.
    fn check(damage: impl FnOnce(&Path)) -> (Mended, bool) {
        let (_dir, path) = filled();
        let store = Store::open(&path).unwrap();
        assert_eq!(store.look_after(NOW).unwrap(), None);
        damage(&path);
        let mended = store.look_after(NOW).unwrap().expect("noticed");
        assert_eq!(store.look_after(NOW).unwrap(), None, "mended");
        store.save_chat(9000, &ChatSettings::quiet()).unwrap();
        drop(store);
        let store = Store::open(&path).unwrap();
        assert_eq!(store.chat(9000).unwrap(), ChatSettings::quiet(), "what was told since is kept");
        (mended, store.chat(3).unwrap() == ChatSettings::quiet())
    }

    #[test]
    fn a_file_of_zeros_is_set_aside() {
        let (mended, _) = check(|path| overwrite(path, 0));
        assert!(mended.aside.unwrap().ends_with("state.sqlite.damaged-1"));
    }

    #[test]
    fn an_emptied_file_is_set_aside() {
        check(|path| fs::File::options().write(true).open(path).unwrap().set_len(0).unwrap());
    }

    #[test]
    fn a_file_that_is_gone_is_written_again_whole() {
        let (mended, is_known) = check(|path| fs::remove_file(path).unwrap());
        assert!(is_known && mended.aside.is_none() && mended.n_rescued == 500, "{mended:?}");
    }

    #[test]
    fn another_file_in_its_place_is_set_aside() {
        let (mended, is_known) = check(|path| {
            let other = path.with_extension("other");
            drop(Store::open(&other).unwrap());
            fs::rename(&other, path).unwrap();
        });
        assert!(is_known && mended.aside.is_some(), "{mended:?}");
    }

    #[test]
    fn a_read_that_fails_has_every_page_looked_at() {
        let (_dir, path) = filled();
        let store = Store::open(&path).unwrap();
        overwrite(&path, 8192);
        assert_eq!(store.look_after(NOW).unwrap(), None, "the head is as it was");
        let failed = store.with("read", |_| {
            Err::<(), _>(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(11), None))
        });
        assert_eq!(failed.unwrap_err().word(), "damaged");
        assert!(store.look_after(NOW).unwrap().is_some());
        assert!((0..500).all(|chat| store.chat(chat).is_ok()));
        assert_eq!(store.look_after(NOW).unwrap(), None);
    }

    #[test]
    fn rows_that_can_be_read_survive_a_start_and_numbers_go_on() {
        let (_dir, path) = filled();
        // A page at the end of the file; those of the first chats stand before it.
        let n_bytes = fs::metadata(&path).unwrap().len();
        overwrite(&path, n_bytes - 4096);
        assert_eq!(Store::open(&path).unwrap_err().word(), "damaged");
        let (store, mended) = Store::open_mended(&path, NOW).unwrap();
        assert!(mended.n_rescued > 0 && mended.aside.is_some(), "{mended:?}");
        assert_eq!(store.chat(3).unwrap(), ChatSettings::quiet());
        let asked = NewAsked {
            chat: 3,
            question_message: None,
            question: "新增就业多少".to_owned(),
            places: Vec::new(),
            years: Vec::new(),
            today: "2026-06-01".to_owned(),
            at: NOW,
        };
        assert_eq!(store.keep_asked(&asked).unwrap(), NOW + 1);
    }

    #[test]
    fn a_store_that_is_written_to_is_not_mistaken_for_a_damaged_one() {
        let (_dir, path) = filled();
        let store = Store::open(&path).unwrap();
        for chat in 0..5000 {
            store.save_chat(chat, &ChatSettings::quiet()).unwrap();
            if chat % 100 == 0 {
                assert_eq!(store.look_after(NOW).unwrap(), None);
            }
        }
    }
}
