//! Thumbs up and down, with what they were about.

use rusqlite::{Row, params};

use crate::storage::chats::{joined_years, lines, years};
use crate::storage::{StorageError, Store};

/// One reader's word on one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Number of the question.
    pub asked: i64,
    /// Who says so.
    pub user: i64,
    pub good: bool,
    /// What is wrong: `figure`, `sentence`, `period`, `other`, `declined`; `None` when nobody said.
    pub reason: Option<String>,
    pub question: String,
    /// The figure given; empty for a decline.
    pub figure: String,
    /// The sentence quoted; empty for a decline.
    pub sentence: String,
    /// File of the report; empty for a decline.
    pub report: String,
    /// `2026-06-01`, the day it was asked; empty when nobody noted it.
    pub today: String,
    /// Scope it was asked under; empty means everything.
    pub places: Vec<String>,
    pub years: Vec<u16>,
    /// Seconds since 1970.
    pub at: i64,
}

impl Store {
    /// Keeps `feedback`; a second word of the same reader on the same answer replaces the first.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn keep_feedback(&self, feedback: &Feedback) -> Result<(), StorageError> {
        self.with("keep feedback", |connection| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO feedback
                     (asked, user, good, reason, question, figure, sentence, report, today, places, years, at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                )?
                .execute(params![
                    feedback.asked,
                    feedback.user,
                    feedback.good,
                    feedback.reason,
                    feedback.question,
                    feedback.figure,
                    feedback.sentence,
                    feedback.report,
                    feedback.today,
                    feedback.places.join("\n"),
                    joined_years(&feedback.years),
                    feedback.at
                ])?;
            Ok(())
        })
    }

    /// All feedback kept, oldest first.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn feedback(&self) -> Result<Vec<Feedback>, StorageError> {
        self.with("read feedback", |connection| {
            let mut statement = connection.prepare(
                "SELECT asked, user, good, reason, question, figure, sentence, report, today, places, years, at
                 FROM feedback ORDER BY at, asked, user",
            )?;
            statement.query_map([], read)?.collect()
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Feedback> {
    Ok(Feedback {
        asked: row.get(0)?,
        user: row.get(1)?,
        good: row.get(2)?,
        reason: row.get(3)?,
        question: row.get(4)?,
        figure: row.get(5)?,
        sentence: row.get(6)?,
        report: row.get(7)?,
        today: row.get(8)?,
        places: lines(&row.get::<_, String>(9)?),
        years: years(&row.get::<_, String>(10)?),
        at: row.get(11)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_thought_replaces_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("state.sqlite")).unwrap();
        let bad = Feedback {
            asked: 1,
            user: 2,
            good: false,
            reason: Some("figure".to_owned()),
            question: "新增就业多少".to_owned(),
            figure: "6.6万人".to_owned(),
            sentence: "新增就业6.6万人。".to_owned(),
            report: "渝中.txt".to_owned(),
            today: "2026-06-01".to_owned(),
            places: vec!["青海省".to_owned()],
            years: vec![2026],
            at: 5,
        };
        store.keep_feedback(&bad).unwrap();
        let good = Feedback { good: true, reason: None, at: 6, ..bad };
        store.keep_feedback(&good).unwrap();
        assert_eq!(store.feedback().unwrap(), [good]);
    }
}
