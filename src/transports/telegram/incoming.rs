//! Updates as far as the bot reads them.
//!
//! Shapes of our own: a field or an entity Telegram adds tomorrow must not make a question unreadable today, as it
//! would with full types. They are written too, for updates kept until they are answered.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Update {
    pub update_id: i64,
    pub message: Option<Message>,
    pub edited_message: Option<Message>,
    pub channel_post: Option<Message>,
    pub edited_channel_post: Option<Message>,
    pub inline_query: Option<InlineQuery>,
    pub callback_query: Option<CallbackQuery>,
    pub my_chat_member: Option<Membership>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub message_id: i32,
    /// Seconds since 1970; 0 for a message that is not accessible any more.
    #[serde(default)]
    pub date: i64,
    #[serde(default)]
    pub edit_date: Option<i64>,
    pub chat: Chat,
    #[serde(default)]
    pub from: Option<User>,
    /// The chat on whose behalf it was sent: a channel, or the group itself for an anonymous administrator.
    #[serde(default)]
    pub sender_chat: Option<Chat>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub caption: Option<String>,
    #[serde(default)]
    pub entities: Vec<Entity>,
    #[serde(default)]
    pub caption_entities: Vec<Entity>,
    #[serde(default)]
    pub reply_to_message: Option<Box<Message>>,
    #[serde(default)]
    pub via_bot: Option<User>,
    #[serde(default)]
    pub message_thread_id: Option<i32>,
    #[serde(default)]
    pub is_topic_message: bool,
    #[serde(default)]
    pub is_automatic_forward: bool,
    #[serde(default)]
    pub migrate_to_chat_id: Option<i64>,
    #[serde(default)]
    pub migrate_from_chat_id: Option<i64>,
}

impl Message {
    /// Text or caption, with its entities; empty when it has neither.
    pub fn words(&self) -> (&str, &[Entity]) {
        match (&self.text, &self.caption) {
            (Some(text), _) => (text, &self.entities),
            (None, Some(caption)) => (caption, &self.caption_entities),
            (None, None) => ("", &[]),
        }
    }

    /// The forum topic it stands in.
    pub fn topic(&self) -> Option<i32> {
        self.message_thread_id.filter(|_| self.is_topic_message)
    }

    /// When it was written or last edited.
    pub fn written_at(&self) -> i64 {
        self.edit_date.unwrap_or(self.date)
    }

    /// True when an administrator of the group wrote it under the group's name.
    pub fn is_by_group(&self) -> bool {
        self.sender_chat.as_ref().is_some_and(|sender| sender.id == self.chat.id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatKind {
    Private,
    Group,
    Supergroup,
    Channel,
    #[serde(other)]
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chat {
    pub id: i64,
    #[serde(rename = "type")]
    pub kind: ChatKind,
    #[serde(default)]
    pub username: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub id: i64,
    #[serde(default)]
    pub is_bot: bool,
    #[serde(default)]
    pub username: Option<String>,
    #[serde(default)]
    pub language_code: Option<String>,
}

/// A stretch of a text with a meaning; offset and length count UTF-16 units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// `mention`, `bot_command`, …
    #[serde(rename = "type")]
    pub kind: String,
    pub offset: usize,
    pub length: usize,
    #[serde(default)]
    pub user: Option<User>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InlineQuery {
    pub id: String,
    pub from: User,
    pub query: String,
    #[serde(default)]
    pub offset: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallbackQuery {
    pub id: String,
    pub from: User,
    #[serde(default)]
    pub message: Option<Message>,
    #[serde(default)]
    pub inline_message_id: Option<String>,
    #[serde(default)]
    pub data: Option<String>,
}

/// A change of the bot's own standing in a chat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    pub chat: Chat,
    pub date: i64,
    pub new_chat_member: Member,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// `creator`, `administrator`, `member`, `restricted`, `left`, `kicked`.
    pub status: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_heard_of_is_passed_over() {
        let update: Update = serde_json::from_str(
            r#"{"update_id":5,"message":{"message_id":1,"date":9,"chat":{"id":3,"type":"private","hue":4},
                "text":"问","entities":[{"type":"date_time","offset":0,"length":1,"unix_time":7}],"gift":{}}}"#,
        )
        .unwrap();
        assert_eq!(update.message.unwrap().words().0, "问");
        let update: Update = serde_json::from_str(r#"{"update_id":6,"poll_vote_regret":{"x":1}}"#).unwrap();
        assert_eq!(update, Update { update_id: 6, ..Update::default() });
    }

    #[test]
    fn an_update_kept_comes_back_the_same() {
        let text = r#"{"update_id":5,"message":{"message_id":1,"date":9,"chat":{"id":3,"type":"supergroup"},
            "from":{"id":4,"is_bot":false,"language_code":"en"},"caption":"问","message_thread_id":8,"is_topic_message":true}}"#;
        let update: Update = serde_json::from_str(text).unwrap();
        let again: Update = serde_json::from_str(&serde_json::to_string(&update).unwrap()).unwrap();
        assert_eq!(again, update);
        assert_eq!(again.message.unwrap().topic(), Some(8));
    }
}
