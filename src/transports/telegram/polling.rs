//! Long polling: fetches updates until told to stop, through every kind of trouble that passes.

use std::time::{Duration, Instant};

use serde_json::Value;
use teloxide::payloads::{DeleteWebhook, GetUpdates, GetUpdatesSetters};
use teloxide::types::AllowedUpdate;
use tokio_util::sync::CancellationToken;

use crate::transports::telegram::Ended;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::Bot;
use crate::transports::telegram::clock::now;
use crate::transports::telegram::intake::Intake;

/// Updates fetched at once. Telegram gives up to 100; half of that keeps the last of a batch from waiting long.
const BATCH: u8 = 50;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// Pause after another program was found polling; it asks as often as we do.
const CONFLICT_PAUSE: Duration = Duration::from_millis(1000);

/// What has gone wrong since the last good answer.
struct Trouble {
    since: Instant,
    n_failures: u32,
    pause: Duration,
}

/// Fetches updates until `stop`.
///
/// # Errors
/// When the token is refused, or another program has been polling for as long as is put up with.
pub async fn poll(bot: &Bot, intake: &Intake, stop: &CancellationToken) -> Result<(), Ended> {
    let mut offset: Option<i64> = None;
    let mut trouble: Option<Trouble> = None;
    // Until the first batch that is not full, updates have been waiting since before the start.
    let mut not_before = Some(now() - i64::from(bot.settings.pending_minutes) * 60);
    loop {
        let fetched = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            fetched = fetch(bot, offset, trouble.is_some()) => fetched,
        };
        let fault = match fetched {
            Ok(batch) => {
                bot.pulse.fetched();
                recovered(&mut trouble);
                let is_full = batch.len() >= usize::from(BATCH);
                let last = batch.iter().filter_map(|update| update.get("update_id")?.as_i64()).max();
                intake.take(batch, not_before);
                intake.room().await;
                offset = last.map(|last| last + 1).or(offset);
                if !is_full {
                    not_before = None;
                }
                continue;
            }
            Err(fault) => fault,
        };
        bot.pulse.lost();
        let pause = failed(bot, &mut trouble, &fault).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn fetch(bot: &Bot, offset: Option<i64>, is_in_trouble: bool) -> Result<Vec<Value>, Fault> {
    // After trouble a short request tells soonest that it is over.
    let seconds = if is_in_trouble { 0 } else { bot.settings.poll_seconds };
    let mut request = GetUpdates::new().limit(BATCH).timeout(seconds).allowed_updates([
        AllowedUpdate::Message,
        AllowedUpdate::EditedMessage,
        AllowedUpdate::ChannelPost,
        AllowedUpdate::EditedChannelPost,
        AllowedUpdate::InlineQuery,
        AllowedUpdate::CallbackQuery,
        AllowedUpdate::MyChatMember,
    ]);
    request.offset = offset.and_then(|offset| i32::try_from(offset).ok());
    bot.outbox.call(&request).await
}

fn recovered(trouble: &mut Option<Trouble>) {
    if let Some(over) = trouble.take() {
        let seconds = over.since.elapsed().as_secs();
        tracing::info!(n_failures = over.n_failures, seconds, "updates are fetched again");
    }
}

/// Notes a failure and gives the pause before the next attempt.
async fn failed(bot: &Bot, trouble: &mut Option<Trouble>, fault: &Fault) -> Result<Duration, Ended> {
    if fault.is_bad_token() {
        return Err(Ended::BadToken);
    }
    if fault.is_webhook_set() {
        tracing::warn!("a webhook is set for this bot; it is removed, for updates are fetched here");
        let removed = bot.outbox.call::<_, Value>(&DeleteWebhook::new()).await;
        if let Err(fault) = removed {
            tracing::warn!(%fault, "the webhook stays");
        }
    }
    if trouble.is_none() {
        tracing::warn!(%fault, "updates cannot be fetched; trying again");
    }
    let now =
        trouble.get_or_insert_with(|| Trouble { since: Instant::now(), n_failures: 0, pause: FIRST_PAUSE });
    now.n_failures += 1;
    if fault.is_conflict() {
        let patience = Duration::from_secs(bot.settings.conflict_seconds);
        if now.since.elapsed() >= patience {
            return Err(Ended::Conflict);
        }
        return Ok(CONFLICT_PAUSE.min(patience));
    }
    if let Fault::TooMany { seconds, .. } = fault {
        return Ok(Duration::from_secs(*seconds));
    }
    let pause = now.pause;
    now.pause = (pause * 2).min(Duration::from_secs(bot.settings.longest_pause_seconds));
    tracing::debug!(%fault, n_failures = now.n_failures, "still no updates");
    Ok(pause)
}
