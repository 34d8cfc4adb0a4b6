//! The webhook: set at the start, looked after while the program runs, removed at the end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use teloxide::payloads::{DeleteWebhook, GetWebhookInfo, SetWebhook, SetWebhookSetters};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::daemon::settings::TelegramSettings;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::Bot;
use crate::transports::telegram::deliveries::{Deliveries, serve};
use crate::transports::telegram::intake::{Intake, WANTED};
use crate::transports::telegram::{DOOR, Ended, FIRST_PAUSE};

/// Deliveries Telegram makes at the same time, which is also its own default.
const MAX_CONNECTIONS: u8 = 40;
/// How long after a look should have ended the door is still believed to be at work.
const GRACE: Duration = Duration::from_secs(15);
/// The longest the end waits for the webhook to be removed.
const REMOVAL: Duration = Duration::from_secs(5);

/// A webhook with its address taken and not yet known to Telegram.
pub struct Webhook {
    listener: TcpListener,
    url: Url,
    path: String,
    trusts_proxy: bool,
    check_every: Duration,
    secret: SecretString,
}

/// What Telegram says of it. <https://core.telegram.org/bots/api#webhookinfo>
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Info {
    url: String,
    pub pending_update_count: u32,
    last_error_date: i64,
    pub last_error_message: String,
}

impl Webhook {
    /// Takes the address deliveries come in at; `None` when no webhook is configured.
    ///
    /// # Errors
    /// When the address is taken or a setting is not valid.
    pub async fn open(settings: &TelegramSettings) -> Result<Option<Webhook>> {
        if settings.webhook_url.is_empty() {
            return Ok(None);
        }
        let url = webhook_url(settings)?;
        let path = match settings.webhook_path.as_str() {
            "" => url.path().to_owned(),
            path => format!("/{}", path.trim_start_matches('/')),
        };
        let bind = &settings.webhook_bind;
        let listener = TcpListener::bind(bind).await.with_context(|| {
            format!("cannot listen on {bind}; set telegram.webhook_bind to a free address")
        })?;
        Ok(Some(Webhook {
            listener,
            url,
            path,
            trusts_proxy: settings.webhook_trust_proxy,
            check_every: Duration::from_secs(u64::from(settings.webhook_check_seconds.get())),
            secret: new_secret()?,
        }))
    }

    /// Takes deliveries until `stop`.
    ///
    /// # Errors
    /// When Telegram refuses the token or the webhook.
    pub async fn receive(
        self,
        bot: &Arc<Bot>,
        intake: &Arc<Intake>,
        stop: &CancellationToken,
    ) -> Result<(), Ended> {
        let deliveries = Arc::new(Deliveries::new(
            self.path.clone(),
            self.secret.clone(),
            self.trusts_proxy,
            Arc::clone(bot),
            Arc::clone(intake),
        ));
        let registration = Registration {
            bot,
            deliveries: &deliveries,
            url: &self.url,
            secret: &self.secret,
            check_every: self.check_every,
            since: bot.outbox.clock().now(),
        };
        if let Ok(address) = self.listener.local_addr() {
            tracing::info!(door = DOOR, %address, "waiting for deliveries");
        }
        let closed = CancellationToken::new();
        let served = tokio::spawn(serve(self.listener, Arc::clone(&deliveries), closed.clone()));
        let ended = tokio::select! {
            () = stop.cancelled() => {
                registration.remove().await;
                Ok(())
            }
            ended = registration.keep() => ended,
        };
        closed.cancel();
        if let Err(error) = served.await {
            tracing::error!(%error, "deliveries ended badly");
        }
        ended
    }
}

/// The address to register.
///
/// # Errors
/// When it is none Telegram would take.
pub fn webhook_url(settings: &TelegramSettings) -> Result<Url, Ended> {
    let text = &settings.webhook_url;
    let url: Option<Url> = text.parse().ok();
    url.filter(|url| url.scheme() == "https" && matches!(url.port(), None | Some(80 | 88 | 443 | 8443)))
        .ok_or_else(|| {
            let why = format!(
                "{text:?} is no https address on port 443, 80, 88 or 8443, such as https://bot.example/telegram"
            );
            Ended::BadWebhook { why }
        })
}

/// A secret nobody else knows, for as long as the program runs.
fn new_secret() -> Result<SecretString> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).context("cannot make a secret for the webhook")?;
    Ok(SecretString::from(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

/// The webhook at Telegram's side.
struct Registration<'a> {
    bot: &'a Bot,
    deliveries: &'a Deliveries,
    url: &'a Url,
    secret: &'a SecretString,
    check_every: Duration,
    /// When the program began to receive; what went wrong before is no news.
    since: i64,
}

impl Registration<'_> {
    /// Sets the webhook and looks after it; never returns but with an error.
    async fn keep(&self) -> Result<(), Ended> {
        let longest = Duration::from_secs(self.bot.settings.longest_pause_seconds);
        let mut pause = FIRST_PAUSE;
        while let Err(fault) = self.set().await {
            self.failing(&fault)?;
            if let Fault::Refused { description, .. } = fault {
                return Err(Ended::BadWebhook { why: description });
            }
            tracing::warn!(%fault, "the webhook cannot be set; trying again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
        tracing::info!("the webhook is set");
        self.vouch();
        loop {
            tokio::time::sleep(self.check_every).await;
            match self.bot.outbox.call::<_, Info>(&GetWebhookInfo::new()).await {
                Ok(info) => self.judge(&info).await?,
                Err(fault) => {
                    tracing::warn!(%fault, "nothing is known of the deliveries");
                    self.failing(&fault)?;
                }
            }
        }
    }

    async fn set(&self) -> Result<(), Fault> {
        let set = SetWebhook::new(self.url.clone())
            .max_connections(MAX_CONNECTIONS)
            .allowed_updates(WANTED)
            .secret_token(self.secret.expose_secret());
        self.bot.outbox.call::<_, Value>(&set).await.map(|_| ())
    }

    /// Vouches when deliveries come through, and sets the webhook again when they do not: another program may have put
    /// its own in place of ours.
    async fn judge(&self, info: &Info) -> Result<(), Ended> {
        self.bot.desk.metrics().telegram_pending(info.pending_update_count);
        let is_ours = info.url.parse::<Url>().is_ok_and(|url| url == *self.url);
        let failed_at = info.last_error_date;
        let is_failing = info.pending_update_count > 0
            && failed_at >= self.since
            && failed_at > self.deliveries.last_taken_at();
        if is_ours && !is_failing {
            self.vouch();
            return Ok(());
        }
        if is_ours {
            self.bot.desk.health().fail(DOOR, "not_delivered");
            let (why, n_pending) = (&info.last_error_message, info.pending_update_count);
            tracing::warn!(why, n_pending, "deliveries do not come through");
        } else {
            self.bot.desk.health().fail(DOOR, "no_webhook");
            tracing::warn!("the webhook was removed or replaced; it is set again");
        }
        match self.set().await {
            Ok(()) if !is_ours => self.vouch(),
            Ok(()) => {}
            Err(fault) => self.failing(&fault)?,
        }
        Ok(())
    }

    fn vouch(&self) {
        let call = Duration::from_secs(self.bot.settings.request_seconds);
        self.bot.desk.health().vouch(DOOR, self.check_every + call + GRACE);
    }

    fn failing(&self, fault: &Fault) -> Result<(), Ended> {
        self.bot.desk.health().fail(DOOR, fault.kind());
        if fault.is_bad_token() { Err(Ended::BadToken) } else { Ok(()) }
    }

    async fn remove(&self) {
        let delete = DeleteWebhook::new();
        let removal = self.bot.outbox.call::<_, Value>(&delete);
        match tokio::time::timeout(REMOVAL, removal).await {
            Ok(Ok(_)) => tracing::info!("the webhook is removed"),
            Ok(Err(fault)) => tracing::warn!(%fault, "the webhook stays"),
            Err(_) => tracing::warn!("the webhook stays; Telegram did not answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, is_fine: bool) {
        let text = url.to_owned();
        let settings = crate::daemon::settings::Settings::load(&crate::daemon::settings::Sources {
            flags: vec![("telegram.webhook_url".to_owned(), text)],
            ..Default::default()
        });
        assert_eq!(webhook_url(&settings.unwrap().telegram).is_ok(), is_fine, "{url}");
    }

    #[test]
    fn only_addresses_telegram_delivers_to_are_taken() {
        check("https://bot.example/telegram", true);
        check("https://bot.example:8443/", true);
        check("http://bot.example/", false);
        check("https://bot.example:8080/", false);
        check("bot.example", false);
    }

    #[test]
    fn a_secret_is_long_of_allowed_letters_and_new_each_time() {
        let (one, other) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.expose_secret().len(), 64);
        assert!(one.expose_secret().bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(one.expose_secret(), other.expose_secret());
    }
}
