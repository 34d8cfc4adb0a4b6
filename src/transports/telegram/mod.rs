//! The Telegram door: a bot that fetches its updates by long polling, or has them delivered to a webhook.

mod addressing;
mod admins;
mod api;
mod asking;
mod bot;
mod buttons;
mod choices;
mod clock;
mod commands;
mod convert;
mod deliveries;
mod examples;
mod html;
mod incoming;
mod inline;
mod inspect;
mod intake;
mod limits;
mod outbox;
mod pacer;
mod pages;
mod passage;
mod polling;
mod presses;
mod profile;
mod queues;
mod reply;
mod scope;
mod webhook;

pub use crate::transports::telegram::inspect::{FoundBot, FoundWebhook, inspect};

use std::fs;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use teloxide::payloads::GetMe;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::daemon::desk::Desk;
use crate::daemon::settings::{Settings, TelegramSettings};
use crate::storage::now;
use crate::storage::{Retention, Store};
use crate::transports::telegram::addressing::Identity;
use crate::transports::telegram::admins::Admins;
use crate::transports::telegram::api::{Api, Fault};
use crate::transports::telegram::bot::{Bot, complain};
use crate::transports::telegram::examples::Examples;
use crate::transports::telegram::intake::Intake;
use crate::transports::telegram::outbox::Outbox;
use crate::transports::telegram::pacer::{Pace, Pacer};
use crate::transports::telegram::pages::Pages;
use crate::transports::telegram::webhook::Webhook;

/// The name of this door in health and logs.
pub const DOOR: &str = "telegram";
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// A clock that differs by more is worth a word; answers on the way and whole seconds make up for less.
const MAX_AHEAD_SECONDS: i64 = 60;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Why the bot ended by itself; each has an exit code of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Ended {
    #[error(
        "Telegram refuses the bot token; ask @BotFather for the right one and set WENSHU_TELEGRAM__TOKEN or telegram.token_file"
    )]
    BadToken,
    #[error(
        "another program fetches updates with the same bot token; stop it, or give this one a token of its own"
    )]
    Conflict,
    #[error("no webhook can be set: {why}; correct telegram.webhook_url")]
    BadWebhook { why: String },
}

/// Runs the bot until `stop`, then finishes the questions in hand.
///
/// # Errors
/// [`Ended`], or when the token file cannot be read or the webhook's address cannot be taken.
pub async fn run(
    settings: &Settings,
    desk: Arc<Desk>,
    store: Arc<Store>,
    stop: CancellationToken,
) -> Result<()> {
    let webhook = Webhook::open(&settings.telegram).await?;
    let Some(bot) = open(settings, desk, store, &stop).await? else { return Ok(()) };
    let bot = Arc::new(bot);
    let intake = Arc::new(Intake::new(Arc::clone(&bot)));
    tracing::info!(username = bot.me.username, "the bot is ready");
    intake.resume();
    let received = async {
        match webhook {
            Some(webhook) => webhook.receive(&bot, &intake, &stop).await,
            None => polling::poll(&bot, &intake, &stop).await,
        }
    };
    let ended = tokio::select! {
        ended = received => ended,
        never = keep_house(&bot, &intake) => never,
    };
    intake.finish().await;
    Ok(ended?)
}

/// Looks after the menu until it is as it should be, and after the state every minute; never returns.
async fn keep_house(bot: &Bot, intake: &Intake) -> Result<(), Ended> {
    let mut is_menu_done = profile::bring_up_to_date(bot).await;
    let state = &bot.state;
    let retention = Retention {
        question_days: state.question_days,
        feedback_days: state.feedback_days,
        update_days: state.update_days,
    };
    loop {
        match bot.store.forget_old(retention, now()) {
            Ok(n_forgotten) => tracing::debug!(n_forgotten, "old state forgotten"),
            Err(error) => complain(error),
        }
        tokio::time::sleep(TIDY_EVERY).await;
        intake.tidy();
        if !is_menu_done {
            is_menu_done = profile::bring_up_to_date(bot).await;
        }
    }
}

#[derive(Deserialize)]
struct Me {
    id: i64,
    #[serde(default)]
    username: String,
    #[serde(default)]
    supports_inline_queries: bool,
    #[serde(default)]
    can_read_all_group_messages: bool,
}

/// Opens the connection and asks who the bot is; `None` when told to stop before Telegram was reached.
async fn open(
    settings: &Settings,
    desk: Arc<Desk>,
    store: Arc<Store>,
    stop: &CancellationToken,
) -> Result<Option<Bot>> {
    let telegram = settings.telegram.clone();
    let token = token(&telegram)?;
    let timeout = Duration::from_secs(telegram.request_seconds);
    let api = Api::new(&telegram.api_url, &token, timeout)?;
    let pacer = Pacer::new(Pace {
        per_second: telegram.messages_per_second,
        chat_per_second: telegram.chat_messages_per_second,
        group_per_minute: telegram.group_messages_per_minute,
    });
    let outbox = Outbox::new(api, pacer, Arc::clone(&store), Arc::clone(&desk));
    let longest_pause = Duration::from_secs(telegram.longest_pause_seconds);
    let Some(me) = who_am_i(&outbox, &desk, longest_pause, stop).await? else { return Ok(None) };
    let ahead_seconds = outbox.clock().ahead_seconds();
    if ahead_seconds.abs() > MAX_AHEAD_SECONDS {
        tracing::warn!(ahead_seconds, "this machine's clock differs from Telegram's; set it right");
    }
    let n_slots = available_parallelism().map_or(2, |n_cores| n_cores.get());
    Ok(Some(Bot {
        me: Identity {
            id: me.id,
            username: me.username,
            has_inline: me.supports_inline_queries,
            hears_all: me.can_read_all_group_messages,
        },
        admins: Admins::new(Duration::from_secs(telegram.admin_cache_seconds)),
        settings: telegram,
        state: settings.state.clone(),
        desk,
        store,
        outbox,
        examples: Arc::new(Examples::default()),
        slots: Semaphore::new(n_slots),
        pages: Pages::new(&settings.http),
    }))
}

fn token(settings: &TelegramSettings) -> Result<SecretString> {
    if !settings.token.expose_secret().is_empty() {
        return Ok(settings.token.clone());
    }
    let path = &settings.token_file;
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the token file {}; set telegram.token_file", path.display()))?;
    Ok(SecretString::from(text.lines().next().unwrap_or_default().trim().to_owned()))
}

async fn who_am_i(
    outbox: &Outbox,
    desk: &Desk,
    longest_pause: Duration,
    stop: &CancellationToken,
) -> Result<Option<Me>> {
    let mut pause = FIRST_PAUSE;
    let get_me = GetMe::new();
    loop {
        let fault = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            me = outbox.call::<_, Me>(&get_me) => match me {
                Ok(me) => return Ok(Some(me)),
                Err(fault) => fault,
            },
        };
        if fault.is_bad_token() {
            return Err(Ended::BadToken.into());
        }
        desk.health().fail(DOOR, fault.kind());
        tracing::warn!(%fault, "Telegram cannot be reached; trying again");
        let told = match fault {
            Fault::TooMany { seconds, .. } => Duration::from_secs(seconds),
            _ => Duration::ZERO,
        };
        tokio::select! {
            () = stop.cancelled() => return Ok(None),
            () = tokio::time::sleep(pause.max(told)) => {}
        }
        pause = (pause * 2).min(longest_pause);
    }
}
