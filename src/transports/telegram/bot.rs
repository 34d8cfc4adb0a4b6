//! What every part of the bot is given.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::daemon::desk::{Desk, Reply, today};
use crate::daemon::settings::{StateSettings, TelegramSettings};
use crate::model::answer::{Candidate, Decline, Outcome, Reason};
use crate::model::period::Day;
use crate::model::question::Question;
use crate::storage::{Asked, ChatSettings, StorageError, Store};
use crate::transports::telegram::addressing::Identity;
use crate::transports::telegram::admins::Admins;
use crate::transports::telegram::examples::Examples;
use crate::transports::telegram::incoming::{ChatKind, Message, User};
use crate::transports::telegram::outbox::{Outbox, Target};
use crate::transports::telegram::pages::Pages;
use crate::transports::telegram::passage::{Passage, passage};
use crate::transports::words::Words;

/// The bot at work.
pub struct Bot {
    pub me: Identity,
    pub settings: TelegramSettings,
    pub state: StateSettings,
    pub desk: Arc<Desk>,
    pub store: Arc<Store>,
    pub outbox: Outbox,
    pub admins: Admins,
    pub examples: Arc<Examples>,
    /// Answers worked out at the same time.
    pub slots: Semaphore,
    pub pages: Pages,
}

impl Bot {
    /// The settings of `chat`; the default when they cannot be read.
    pub fn chat(&self, chat: i64) -> ChatSettings {
        self.store.chat(chat).unwrap_or_else(|error| {
            complain(error);
            ChatSettings::default()
        })
    }

    /// Answers `question` off the threads that talk to Telegram; `typing` is where to show that it takes long.
    pub async fn answer(&self, question: Question, typing: Option<(i64, Option<i32>)>) -> Reply {
        let work = async {
            let _slot = self.slots.acquire().await;
            let desk = Arc::clone(&self.desk);
            tokio::task::spawn_blocking(move || desk.ask("telegram", &question)).await.unwrap_or_else(|_| {
                let decline = Decline { reason: Reason::Unreadable, nearest: Vec::new() };
                Reply { outcome: Outcome::Declined(decline), elapsed: Duration::ZERO }
            })
        };
        let Some((chat, topic)) = typing else { return work.await };
        tokio::pin!(work);
        let patience = Duration::from_millis(self.settings.typing_after_ms);
        if !patience.is_zero()
            && let Ok(reply) = tokio::time::timeout(patience, &mut work).await
        {
            return reply;
        }
        tokio::join!(work, self.outbox.show_typing(chat, topic)).0
    }

    /// The paragraph `candidate` was quoted from.
    pub async fn passage_of(&self, candidate: &Candidate) -> Option<Passage> {
        self.passage(&candidate.report.id, candidate.sentence_idx).await.map(|(passage, _)| passage)
    }

    /// A paragraph by report and sentence, with the report it stands in.
    pub async fn passage(
        &self,
        report: &str,
        sentence_idx: u32,
    ) -> Option<(Passage, crate::model::report::ReportInfo)> {
        let desk = Arc::clone(&self.desk);
        let name = report.to_owned();
        let work = move || {
            let report = desk.report(&name)?;
            Some((passage(&report, sentence_idx)?, report.info))
        };
        tokio::task::spawn_blocking(work).await.ok().flatten()
    }
}

/// `text` asked under the settings of a chat, today.
pub fn question(text: &str, settings: &ChatSettings) -> Question {
    Question {
        places: settings.places.clone(),
        years: settings.years.clone(),
        ..Question::new(text, today())
    }
}

/// A question asked before, as it was asked then.
pub fn question_again(asked: &Asked) -> Question {
    Question {
        places: asked.asked.places.clone(),
        years: asked.asked.years.clone(),
        ..Question::new(asked.asked.question.clone(), Day::parse(&asked.asked.today).unwrap_or_else(today))
    }
}

/// The words of a chat: those set for it, else the reader's own in private, else Chinese.
pub fn words_of(settings: &ChatSettings, kind: ChatKind, user: Option<&User>) -> Words {
    if let Some(words) = settings.lang.as_deref().and_then(Words::for_lang) {
        return words;
    }
    match kind {
        ChatKind::Private => Words::for_reader(user.and_then(|user| user.language_code.as_deref())),
        _ => Words::default(),
    }
}

/// Where the reply to `message` goes: its chat and topic, quoting it.
pub fn reply_target(message: &Message, settings: &ChatSettings) -> Target {
    Target {
        chat: message.chat.id,
        topic: message.topic(),
        reply_to: Some(message.message_id),
        is_silent: settings.quiet,
    }
}

/// Logs that the state could not be read or written; the chat goes on without.
pub fn complain(error: StorageError) {
    tracing::error!(error = format!("{:#}", anyhow::Error::from(error)), "state not at hand");
}
