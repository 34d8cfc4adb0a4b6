//! The tables, and how an older file becomes a newer one.

use std::path::Path;

use rusqlite::Connection;

use crate::storage::error::StorageError;

/// One step a form, oldest first; the number of steps taken is the file's `user_version`.
const STEPS: [&str; 2] = [
    // Lists are joined by line breaks, times are seconds since 1970.
    "CREATE TABLE chats (
        chat INTEGER PRIMARY KEY,
        places TEXT NOT NULL DEFAULT '',
        years TEXT NOT NULL DEFAULT '',
        lang TEXT,
        trigger TEXT,
        quiet INTEGER NOT NULL DEFAULT 0,
        blocked_at INTEGER
    ) STRICT;
    CREATE TABLE asked (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        chat INTEGER NOT NULL,
        question_message INTEGER,
        reply_message INTEGER,
        question TEXT NOT NULL,
        places TEXT NOT NULL,
        years TEXT NOT NULL,
        today TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX asked_by_message ON asked (chat, question_message);
    CREATE INDEX asked_by_time ON asked (at);
    CREATE TABLE feedback (
        asked INTEGER NOT NULL,
        user INTEGER NOT NULL,
        good INTEGER NOT NULL,
        reason TEXT,
        question TEXT NOT NULL,
        figure TEXT NOT NULL,
        sentence TEXT NOT NULL,
        report TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (asked, user)
    ) STRICT;
    CREATE TABLE updates (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        body TEXT
    ) STRICT;
    CREATE INDEX updates_by_time ON updates (at);
    CREATE TABLE channels (channel INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;",
    // Feedback outlives the question it is about, so it holds the day and the scope it was asked under.
    "ALTER TABLE feedback ADD COLUMN today TEXT NOT NULL DEFAULT '';
    ALTER TABLE feedback ADD COLUMN places TEXT NOT NULL DEFAULT '';
    ALTER TABLE feedback ADD COLUMN years TEXT NOT NULL DEFAULT '';
    CREATE TABLE probe (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;",
];

/// The form of a file all steps have been taken with.
pub const NEWEST_FORM: i64 = STEPS.len() as i64;

/// Brings the file at `path` to the newest form, each step in one piece.
///
/// # Errors
/// When a step fails or the file is of a newer program.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StorageError> {
    let opening = |source| StorageError::opening(path, source);
    let version = check_form(connection, path)?;
    for (step, form) in STEPS.iter().zip(1_i64..).skip(version as usize) {
        let step_taken = connection.transaction().map_err(opening)?;
        step_taken.execute_batch(step).map_err(opening)?;
        step_taken.pragma_update(None, "user_version", form).map_err(opening)?;
        step_taken.commit().map_err(opening)?;
    }
    Ok(())
}

/// The form of the file, a number of steps taken.
///
/// # Errors
/// When it is of a newer program, or cannot be read.
pub fn check_form(connection: &Connection, path: &Path) -> Result<i64, StorageError> {
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    let version: i64 = version.map_err(|source| StorageError::opening(path, source))?;
    if version > NEWEST_FORM {
        return Err(StorageError::Newer { path: path.to_owned(), version });
    }
    Ok(version)
}

/// Looks through every page of the file.
///
/// # Errors
/// When one is not as SQLite writes it.
pub fn check_pages(connection: &Connection, path: &Path) -> Result<(), StorageError> {
    let finding = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    let finding: String = finding.map_err(|source| StorageError::opening(path, source))?;
    if finding == "ok" { Ok(()) } else { Err(StorageError::Damaged { path: path.to_owned(), finding }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{Feedback, Store};

    #[test]
    fn a_file_of_the_first_form_keeps_what_it_holds() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.sqlite");
        let old = Connection::open(&path).unwrap();
        old.execute_batch(STEPS[0]).unwrap();
        old.pragma_update(None, "user_version", 1).unwrap();
        old.execute_batch(
            "INSERT INTO feedback VALUES (1, 2, 0, 'figure', '问', '6万人', '句', '报告.txt', 5)",
        )
        .unwrap();
        drop(old);
        let feedback: Vec<Feedback> = Store::open(&path).unwrap().feedback().unwrap();
        assert_eq!(feedback.len(), 1);
        assert_eq!((feedback[0].question.as_str(), feedback[0].today.as_str()), ("问", ""));
    }
}
