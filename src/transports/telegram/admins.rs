//! Whether somebody is an administrator of a group, asked for once in a while.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use teloxide::payloads::GetChatMember;
use teloxide::types::{ChatId, UserId};

use crate::transports::telegram::api::Fault;
use crate::transports::telegram::incoming::{ChatKind, Message};
use crate::transports::telegram::outbox::Outbox;

const MAX_REMEMBERED: usize = 10_000;

#[derive(Deserialize)]
struct Membership {
    status: String,
}

/// What was found of late.
pub struct Admins {
    keep: Duration,
    found: Mutex<HashMap<(i64, i64), (bool, Instant)>>,
}

impl Admins {
    /// What is found holds for `keep`.
    pub fn new(keep: Duration) -> Admins {
        Admins { keep, found: Mutex::new(HashMap::new()) }
    }

    /// True when the author of `message` may change the settings of its chat: anybody in private, administrators in
    /// groups, also anonymous ones.
    ///
    /// # Errors
    /// When Telegram cannot be asked.
    pub async fn may_set(&self, outbox: &Outbox, message: &Message) -> Result<bool, Fault> {
        if message.is_by_group() {
            return Ok(true);
        }
        match &message.from {
            Some(author) => self.may_user_set(outbox, message.chat.id, message.chat.kind, author.id).await,
            None => Ok(false),
        }
    }

    /// As [`Admins::may_set`], for the user who pressed a button.
    ///
    /// # Errors
    /// When Telegram cannot be asked.
    pub async fn may_user_set(
        &self,
        outbox: &Outbox,
        chat: i64,
        kind: ChatKind,
        user: i64,
    ) -> Result<bool, Fault> {
        if kind == ChatKind::Private {
            return Ok(true);
        }
        let key = (chat, user);
        if let Some((is_admin, at)) = self.found.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && at.elapsed() < self.keep
        {
            return Ok(*is_admin);
        }
        let member: Membership = outbox.call(&GetChatMember::new(ChatId(chat), UserId(user as u64))).await?;
        let is_admin = matches!(member.status.as_str(), "creator" | "administrator");
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.len() >= MAX_REMEMBERED {
            found.clear();
        }
        found.insert(key, (is_admin, Instant::now()));
        Ok(is_admin)
    }
}
