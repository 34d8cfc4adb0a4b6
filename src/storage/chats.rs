//! What a chat has set for itself.

use rusqlite::{OptionalExtension, Row, params};

use crate::storage::{StorageError, Store};

/// Settings of one chat; the default is a chat nobody has set anything for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChatSettings {
    /// Full names of places asked about; empty means all.
    pub places: Vec<String>,
    /// Years of reports asked about; empty means all.
    pub years: Vec<u16>,
    /// `zh-Hans`, `zh-Hant` or `en`; `None` goes by the reader's own program.
    pub lang: Option<String>,
    /// A message that begins with this word is a question.
    pub trigger: Option<String>,
    /// Replies make no sound, and declines nobody asked for by name are not sent.
    pub quiet: bool,
    /// When the chat was found closed to us, in seconds since 1970.
    pub blocked_at: Option<i64>,
}

impl Store {
    /// The settings of `chat`; the default when it has none.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn chat(&self, chat: i64) -> Result<ChatSettings, StorageError> {
        self.with("read chat settings", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT places, years, lang, trigger, quiet, blocked_at FROM chats WHERE chat = ?1",
            )?;
            Ok(statement.query_row([chat], settings).optional()?.unwrap_or_default())
        })
    }

    /// Puts `settings` in the place of what `chat` had.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn save_chat(&self, chat: i64, settings: &ChatSettings) -> Result<(), StorageError> {
        self.with("write chat settings", |connection| {
            connection
                .prepare_cached("INSERT OR REPLACE INTO chats VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
                .execute(params![
                    chat,
                    settings.places.join("\n"),
                    joined_years(&settings.years),
                    settings.lang,
                    settings.trigger,
                    settings.quiet,
                    settings.blocked_at
                ])?;
            Ok(())
        })
    }

    /// Notes when `chat` was found closed to us; `None` when it is open again.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn mark_blocked(&self, chat: i64, blocked_at: Option<i64>) -> Result<(), StorageError> {
        self.with("mark a chat", |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO chats (chat, blocked_at) VALUES (?1, ?2)
                     ON CONFLICT (chat) DO UPDATE SET blocked_at = excluded.blocked_at",
                )?
                .execute(params![chat, blocked_at])?;
            Ok(())
        })
    }

    /// Moves everything known of chat `from` to `to`, which a group gets when it becomes a supergroup.
    ///
    /// # Errors
    /// When the state cannot be written.
    pub fn migrate_chat(&self, from: i64, to: i64) -> Result<(), StorageError> {
        self.with("move a chat", |connection| {
            let moved = connection.transaction()?;
            moved.execute("UPDATE OR REPLACE chats SET chat = ?2 WHERE chat = ?1", [from, to])?;
            // The new chat counts its messages anew, so the old numbers would name others.
            moved.execute(
                "UPDATE asked SET chat = ?2, question_message = NULL, reply_message = NULL WHERE chat = ?1",
                [from, to],
            )?;
            moved.commit()
        })
    }
}

fn settings(row: &Row<'_>) -> rusqlite::Result<ChatSettings> {
    Ok(ChatSettings {
        places: lines(&row.get::<_, String>(0)?),
        years: years(&row.get::<_, String>(1)?),
        lang: row.get(2)?,
        trigger: row.get(3)?,
        quiet: row.get(4)?,
        blocked_at: row.get(5)?,
    })
}

/// The lines of a joined list; the empty text is the empty list.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The years of a joined list.
pub(super) fn years(text: &str) -> Vec<u16> {
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// Years as a joined list.
pub(super) fn joined_years(years: &[u16]) -> String {
    years.iter().map(u16::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
impl ChatSettings {
    /// Settings that are told from those of a new chat.
    pub(super) fn quiet() -> ChatSettings {
        ChatSettings { quiet: true, ..ChatSettings::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::NewAsked;

    fn store() -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("state.sqlite")).unwrap();
        (dir, store)
    }

    fn scoped() -> ChatSettings {
        ChatSettings {
            places: vec!["青海省".to_owned(), "重庆市渝中区".to_owned()],
            years: vec![2023, 2025],
            lang: Some("zh-Hant".to_owned()),
            trigger: Some("问数".to_owned()),
            quiet: true,
            blocked_at: None,
        }
    }

    #[test]
    fn settings_come_back_as_they_were_saved() {
        let (_dir, store) = store();
        store.save_chat(-5, &scoped()).unwrap();
        assert_eq!(store.chat(-5).unwrap(), scoped());
        assert_eq!(store.chat(-6).unwrap(), ChatSettings::default());
    }

    #[test]
    fn a_mark_leaves_the_other_settings_alone() {
        let (_dir, store) = store();
        store.save_chat(-5, &scoped()).unwrap();
        store.mark_blocked(-5, Some(9)).unwrap();
        assert_eq!(store.chat(-5).unwrap(), ChatSettings { blocked_at: Some(9), ..scoped() });
        store.mark_blocked(-5, None).unwrap();
        assert_eq!(store.chat(-5).unwrap(), scoped());
    }

    #[test]
    fn a_moved_chat_keeps_its_settings_under_the_new_number() {
        let (_dir, store) = store();
        store.save_chat(-5, &scoped()).unwrap();
        store.save_chat(-100, &ChatSettings::default()).unwrap();
        store.migrate_chat(-5, -100).unwrap();
        assert_eq!(store.chat(-100).unwrap(), scoped());
        assert_eq!(store.chat(-5).unwrap(), ChatSettings::default());
    }

    #[test]
    fn a_moved_chat_counts_its_messages_anew() {
        let (_dir, store) = store();
        let asked = NewAsked {
            chat: -5,
            question_message: Some(40),
            question: "新增就业多少".to_owned(),
            places: Vec::new(),
            years: Vec::new(),
            today: "2026-06-01".to_owned(),
            at: 100,
        };
        let id = store.keep_asked(&asked).unwrap();
        store.note_reply(id, 41).unwrap();
        store.migrate_chat(-5, -100).unwrap();
        assert_eq!(store.asked_in(-100, 40).unwrap(), None);
        assert_eq!(
            store.asked(id).unwrap().map(|found| found.asked.chat),
            Some(-100),
            "its buttons still work"
        );
    }
}
