//! Long polling: fetches updates until told to stop, through every kind of trouble that passes.

use std::time::{Duration, Instant};

use serde_json::Value;
use teloxide::payloads::{DeleteWebhook, GetUpdates, GetUpdatesSetters};
use tokio_util::sync::CancellationToken;

use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::Bot;
use crate::transports::telegram::intake::{Intake, WANTED};
use crate::transports::telegram::{DOOR, Ended, FIRST_PAUSE};

/// Pause after another program was found polling; it asks as often as we do.
const CONFLICT_PAUSE: Duration = Duration::from_millis(1000);
/// How long after a fetch should have ended the door is still believed to be at work.
const GRACE: Duration = Duration::from_secs(15);

/// What has gone wrong since the last good answer.
struct Trouble {
    since: Instant,
    n_failures: u32,
    pause: Duration,
    /// False while it is only more of a conflict that was told before.
    is_told: bool,
}

/// Another program that polls, or sets a webhook, from the first sign of it to the last.
///
/// Two programs take turns: each fetch ends the other's, and in between both are answered. So a good answer is no
/// sign that the other has gone, only silence is.
struct Rival {
    first_seen: Instant,
    last_seen: Instant,
}

/// Fetches updates until `stop`.
///
/// # Errors
/// When the token is refused, or another program has been polling for as long as is put up with.
pub async fn poll(bot: &Bot, intake: &Intake, stop: &CancellationToken) -> Result<(), Ended> {
    let work = async {
        let mut poll = Poll { bot, offset: None, has_fetched: false, trouble: None, rival: None };
        loop {
            let n_wanted = intake.room().await;
            match poll.fetch(n_wanted).await {
                Ok(batch) => poll.good(batch, intake),
                Err(fault) => {
                    let pause = poll.failed(&fault).await?;
                    tokio::time::sleep(pause).await;
                }
            }
        }
    };
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        ended = work => ended,
    }
}

struct Poll<'a> {
    bot: &'a Bot,
    offset: Option<i64>,
    has_fetched: bool,
    trouble: Option<Trouble>,
    rival: Option<Rival>,
}

impl Poll<'_> {
    async fn fetch(&self, n_wanted: u8) -> Result<Vec<Value>, Fault> {
        // At the start and after trouble a short request tells soonest that all is well.
        let is_well = self.has_fetched && self.trouble.is_none();
        let seconds = if is_well { self.bot.settings.poll_seconds } else { 0 };
        let mut request = GetUpdates::new().limit(n_wanted).timeout(seconds).allowed_updates(WANTED);
        request.offset = self.offset.and_then(|offset| i32::try_from(offset).ok());
        self.bot.outbox.call(&request).await
    }

    fn good(&mut self, batch: Vec<Value>, intake: &Intake) {
        self.has_fetched = true;
        let settings = &self.bot.settings;
        let next_fetch = Duration::from_secs(u64::from(settings.poll_seconds) + settings.request_seconds);
        self.bot.desk.health().vouch(DOOR, next_fetch + GRACE);
        if let Some(over) = self.trouble.take().filter(|trouble| trouble.is_told) {
            let seconds = over.since.elapsed().as_secs();
            tracing::info!(n_failures = over.n_failures, seconds, "updates are fetched again");
        }
        let last = batch.iter().filter_map(|update| update.get("update_id")?.as_i64()).max();
        intake.take(batch);
        self.offset = last.map(|last| last + 1).or(self.offset);
    }

    /// Notes a failure and gives the pause before the next attempt.
    async fn failed(&mut self, fault: &Fault) -> Result<Duration, Ended> {
        self.bot.desk.health().fail(DOOR, fault.kind());
        if fault.is_bad_token() {
            return Err(Ended::BadToken);
        }
        if fault.is_webhook_set() {
            self.remove_webhook().await;
        }
        if fault.is_conflict() {
            return self.conflict(fault);
        }
        let longest = Duration::from_secs(self.bot.settings.longest_pause_seconds);
        let trouble = self.in_trouble(fault, true);
        if let Fault::TooMany { seconds, .. } = fault {
            return Ok(Duration::from_secs(*seconds));
        }
        let pause = trouble.pause;
        trouble.pause = (pause * 2).min(longest);
        Ok(pause)
    }

    fn in_trouble(&mut self, fault: &Fault, is_news: bool) -> &mut Trouble {
        let is_told = is_news && self.trouble.is_none();
        if is_told {
            tracing::warn!(%fault, "updates cannot be fetched; trying again");
        } else {
            tracing::debug!(%fault, "still no updates");
        }
        let trouble = self.trouble.get_or_insert_with(|| Trouble {
            since: Instant::now(),
            n_failures: 0,
            pause: FIRST_PAUSE,
            is_told,
        });
        trouble.n_failures += 1;
        trouble
    }

    fn conflict(&mut self, fault: &Fault) -> Result<Duration, Ended> {
        let now = Instant::now();
        let patience = Duration::from_secs(self.bot.settings.conflict_seconds);
        // Two starts on one day are two visits, not one that lasts.
        let known = self.rival.take().filter(|rival| now - rival.last_seen <= patience / 2 + CONFLICT_PAUSE);
        let first_seen = known.as_ref().map_or(now, |rival| rival.first_seen);
        self.in_trouble(fault, known.is_none());
        if now - first_seen >= patience {
            return Err(Ended::Conflict);
        }
        self.rival = Some(Rival { first_seen, last_seen: now });
        Ok(CONFLICT_PAUSE.min(patience))
    }

    async fn remove_webhook(&self) {
        tracing::warn!("a webhook is set for this bot; it is removed, for updates are fetched here");
        if let Err(fault) = self.bot.outbox.call::<_, Value>(&DeleteWebhook::new()).await {
            tracing::warn!(%fault, "the webhook stays");
        }
    }
}
