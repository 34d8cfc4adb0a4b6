//! What goes out to chats: paced, tried again, never to a chat that is closed to us.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use teloxide::payloads::{
    EditMessageReplyMarkup, EditMessageReplyMarkupSetters, EditMessageText, EditMessageTextSetters,
    SendChatAction, SendChatActionSetters, SendMessage, SendMessageSetters,
};
use teloxide::requests::Payload;
use teloxide::types::{
    ChatAction, ChatId, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode, Recipient,
    ReplyMarkup, ReplyParameters, ThreadId,
};

use crate::daemon::desk::Desk;
use crate::storage::Store;
use crate::transports::telegram::api::{Api, Fault, method_of};
use crate::transports::telegram::clock::TelegramClock;
use crate::transports::telegram::pacer::Pacer;

/// How often a message is tried while the server is down; the pauses between add up to half a minute.
const N_TRIES: u32 = 7;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub chat: i64,
    pub topic: Option<i32>,
    /// The message it answers.
    pub reply_to: Option<i32>,
    pub is_silent: bool,
}

/// The part of a sent message the bot needs.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Sent {
    message_id: i32,
}

/// Sends and edits messages.
pub struct Outbox {
    api: Api,
    pacer: Pacer,
    store: Arc<Store>,
    desk: Arc<Desk>,
}

impl Outbox {
    pub fn new(api: Api, pacer: Pacer, store: Arc<Store>, desk: Arc<Desk>) -> Outbox {
        Outbox { api, pacer, store, desk }
    }

    /// The clock messages are dated by.
    pub fn clock(&self) -> &TelegramClock {
        self.api.clock()
    }

    pub fn tidy(&self) {
        self.pacer.tidy();
    }

    /// Sends `html` and gives the number of the message.
    ///
    /// # Errors
    /// When the chat is closed to us, or the message could not be sent in many tries.
    pub async fn send(&self, target: Target, html: &str, markup: Option<ReplyMarkup>) -> Result<i32, Fault> {
        let mut message = SendMessage::new(ChatId(target.chat), html)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        message.disable_notification = target.is_silent.then_some(true);
        message.message_thread_id = target.topic.map(|topic| ThreadId(MessageId(topic)));
        message.reply_parameters =
            target.reply_to.map(|id| ReplyParameters::new(MessageId(id)).allow_sending_without_reply());
        message.reply_markup = markup;
        let sent: Sent = self.deliver(target.chat, message).await?;
        Ok(sent.message_id)
    }

    /// Puts `html` in the place of message `message`; a text that stays the same is no fault.
    ///
    /// # Errors
    /// As [`Outbox::send`], and when the message is gone.
    pub async fn edit(
        &self,
        chat: i64,
        message: i32,
        html: &str,
        markup: Option<InlineKeyboardMarkup>,
    ) -> Result<(), Fault> {
        let mut edit = EditMessageText::new(ChatId(chat), MessageId(message), html)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        edit.reply_markup = markup;
        unmodified_is_fine(self.deliver::<_, Value>(chat, edit).await)
    }

    /// Puts other buttons under message `message`.
    ///
    /// # Errors
    /// As [`Outbox::edit`].
    pub async fn edit_buttons(
        &self,
        chat: i64,
        message: i32,
        markup: InlineKeyboardMarkup,
    ) -> Result<(), Fault> {
        let edit = EditMessageReplyMarkup::new(ChatId(chat), MessageId(message)).reply_markup(markup);
        unmodified_is_fine(self.deliver::<_, Value>(chat, edit).await)
    }

    /// Shows "typing" in the chat; whether that works does not matter.
    pub async fn show_typing(&self, chat: i64, topic: Option<i32>) {
        let mut action = SendChatAction::new(ChatId(chat), ChatAction::Typing);
        if let Some(topic) = topic {
            action = action.message_thread_id(ThreadId(MessageId(topic)));
        }
        let _ = self.call::<_, Value>(&action).await;
    }

    /// One call that is not a message to a chat, once.
    ///
    /// # Errors
    /// As [`Api::call`].
    pub async fn call<P: Payload + Serialize, R: serde::de::DeserializeOwned>(
        &self,
        payload: &P,
    ) -> Result<R, Fault> {
        let result = self.api.call(payload).await;
        let kind = result.as_ref().err().map_or("ok", Fault::kind);
        self.desk.metrics().telegram_call(method_of::<P>(), kind);
        result
    }

    async fn deliver<P, R>(&self, mut chat: i64, mut payload: P) -> Result<R, Fault>
    where
        P: Payload + Serialize + Letter,
        R: serde::de::DeserializeOwned,
    {
        let mut n_tries = 0;
        let mut pause = FIRST_PAUSE;
        loop {
            if self.store.chat(chat).is_ok_and(|settings| settings.blocked_at.is_some()) {
                let description = "chat is marked as closed".to_owned();
                return Err(Fault::Refused { method: P::NAME, code: 403, description });
            }
            self.pacer.wait(chat).await;
            let fault = match self.call(&payload).await {
                Ok(result) => return Ok(result),
                Err(fault) => fault,
            };
            match fault {
                Fault::TooMany { seconds, .. } => self.pacer.hold(chat, Duration::from_secs(seconds)),
                Fault::Moved { to, .. } => {
                    tracing::info!("a group has become a supergroup");
                    note(self.store.migrate_chat(chat, to));
                    chat = to;
                    payload.readdress(to);
                }
                Fault::Unreachable { .. } if n_tries + 1 < N_TRIES => {
                    n_tries += 1;
                    tokio::time::sleep(pause).await;
                    pause *= 2;
                }
                ref fault if fault.is_reply_lost() && payload.drop_reply() => {}
                ref fault if fault.is_topic_lost() && payload.drop_topic() => {}
                fault => {
                    if fault.is_closed_chat() {
                        note(self.store.mark_blocked(chat, Some(self.clock().now())));
                        tracing::info!(%fault, "a chat is closed to us");
                    } else if !fault.is_not_modified() && !fault.is_edit_lost() {
                        tracing::warn!(%fault, "a message could not be sent");
                    }
                    return Err(fault);
                }
            }
        }
    }
}

fn unmodified_is_fine(result: Result<Value, Fault>) -> Result<(), Fault> {
    match result {
        Err(fault) if !fault.is_not_modified() => Err(fault),
        _ => Ok(()),
    }
}

fn note(written: Result<(), crate::storage::StorageError>) {
    if let Err(error) = written {
        tracing::error!(error = %anyhow::Error::from(error), "state not written");
    }
}

/// Links are not shown as pictures.
pub fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// A payload that goes to a chat.
trait Letter {
    fn readdress(&mut self, chat: i64);

    /// Gives up replying to a message; false when it did not.
    fn drop_reply(&mut self) -> bool {
        false
    }

    /// Gives up its topic; false when it had none.
    fn drop_topic(&mut self) -> bool {
        false
    }
}

impl Letter for SendMessage {
    fn readdress(&mut self, chat: i64) {
        self.chat_id = Recipient::Id(ChatId(chat));
    }

    fn drop_reply(&mut self) -> bool {
        self.reply_parameters.take().is_some()
    }

    fn drop_topic(&mut self) -> bool {
        self.message_thread_id.take().is_some()
    }
}

impl Letter for EditMessageText {
    fn readdress(&mut self, chat: i64) {
        self.chat_id = Recipient::Id(ChatId(chat));
    }
}

impl Letter for EditMessageReplyMarkup {
    fn readdress(&mut self, chat: i64) {
        self.chat_id = Recipient::Id(ChatId(chat));
    }
}
