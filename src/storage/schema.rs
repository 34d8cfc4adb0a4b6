//! The tables, and how an older file becomes a newer one.

use std::path::Path;

use rusqlite::Connection;

use crate::storage::error::StorageError;

/// One step a form, oldest first; the number of steps taken is the file's `user_version`.
const STEPS: [&str; 1] = [
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
];

/// Brings the file at `path` to the newest form, each step in one piece.
///
/// # Errors
/// When a step fails or the file is of a newer program.
pub fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StorageError> {
    let open = |source| StorageError::Open { path: path.to_owned(), source };
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(open)?;
    if version > STEPS.len() as i64 {
        return Err(StorageError::Newer { path: path.to_owned(), version });
    }
    for (step, form) in STEPS.iter().zip(1_i64..).skip(version as usize) {
        let step_taken = connection.transaction().map_err(open)?;
        step_taken.execute_batch(step).map_err(open)?;
        step_taken.pragma_update(None, "user_version", form).map_err(open)?;
        step_taken.commit().map_err(open)?;
    }
    Ok(())
}
