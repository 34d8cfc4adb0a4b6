//! Questions asked in chats, for as long as their answers can be edited or leafed through.

use rusqlite::{OptionalExtension, Row, params};

use crate::storage::chats::{joined_years, lines, years};
use crate::storage::{StorageError, Store};

/// A question about to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsked {
    pub chat: i64,
    /// The message it stands in; `None` when a button asked it.
    pub question_message: Option<i32>,
    pub question: String,
    pub places: Vec<String>,
    pub years: Vec<u16>,
    /// `2026-06-01`, the day it was asked.
    pub today: String,
    /// Seconds since 1970.
    pub at: i64,
}

/// A question that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub id: i64,
    /// The message the answer stands in, once it has been sent.
    pub reply_message: Option<i32>,
    pub asked: NewAsked,
}

const COLUMNS: &str = "id, reply_message, chat, question_message, question, places, years, today, at";

impl Store {
    /// Keeps a question and gives its number.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn keep_asked(&self, asked: &NewAsked) -> Result<i64, StorageError> {
        self.with("keep a question", |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO asked (chat, question_message, question, places, years, today, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    asked.chat,
                    asked.question_message,
                    asked.question,
                    asked.places.join("\n"),
                    joined_years(&asked.years),
                    asked.today,
                    asked.at
                ])?;
            Ok(connection.last_insert_rowid())
        })
    }

    /// Puts another wording, asked under other settings, in the place of question `id`.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn reword_asked(&self, id: i64, asked: &NewAsked) -> Result<(), StorageError> {
        self.with("reword a question", |connection| {
            connection
                .prepare_cached(
                    "UPDATE asked SET question = ?2, places = ?3, years = ?4, today = ?5 WHERE id = ?1",
                )?
                .execute(params![
                    id,
                    asked.question,
                    asked.places.join("\n"),
                    joined_years(&asked.years),
                    asked.today
                ])?;
            Ok(())
        })
    }

    /// Notes the message that answers question `id`.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn note_reply(&self, id: i64, reply_message: i32) -> Result<(), StorageError> {
        self.with("note a reply", |connection| {
            connection
                .prepare_cached("UPDATE asked SET reply_message = ?2 WHERE id = ?1")?
                .execute(params![id, reply_message])?;
            Ok(())
        })
    }

    /// Question `id`, while it is kept.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn asked(&self, id: i64) -> Result<Option<Asked>, StorageError> {
        self.with("find a question", |connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM asked WHERE id = ?1"))?
                .query_row([id], read)
                .optional()
        })
    }

    /// The question asked in message `message` of `chat`, while it is kept.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn asked_in(&self, chat: i64, message: i32) -> Result<Option<Asked>, StorageError> {
        self.with("find a question", |connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM asked WHERE chat = ?1 AND question_message = ?2 ORDER BY id DESC LIMIT 1"
                ))?
                .query_row(params![chat, message], read)
                .optional()
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Asked> {
    Ok(Asked {
        id: row.get(0)?,
        reply_message: row.get(1)?,
        asked: NewAsked {
            chat: row.get(2)?,
            question_message: row.get(3)?,
            question: row.get(4)?,
            places: lines(&row.get::<_, String>(5)?),
            years: years(&row.get::<_, String>(6)?),
            today: row.get(7)?,
            at: row.get(8)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_found_by_number_and_by_message() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("state.sqlite")).unwrap();
        let new = NewAsked {
            chat: 3,
            question_message: Some(40),
            question: "新增就业多少".to_owned(),
            places: Vec::new(),
            years: vec![2023],
            today: "2026-06-01".to_owned(),
            at: 100,
        };
        let id = store.keep_asked(&new).unwrap();
        store.note_reply(id, 41).unwrap();
        let expected = Asked { id, reply_message: Some(41), asked: new.clone() };
        assert_eq!(store.asked(id).unwrap(), Some(expected.clone()));
        assert_eq!(store.asked_in(3, 40).unwrap(), Some(expected));
        assert_eq!(store.asked_in(4, 40).unwrap(), None);
        store.reword_asked(id, &NewAsked { question: "稳岗多少".to_owned(), ..new }).unwrap();
        assert_eq!(store.asked(id).unwrap().unwrap().asked.question, "稳岗多少");
    }
}
