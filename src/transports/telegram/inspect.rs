//! What can be found out about the bot without starting it, for `wenshu check`.

use std::io;
use std::time::Duration;

use serde::Deserialize;
use teloxide::payloads::{GetMe, GetWebhookInfo};
use tokio::net::TcpListener;

use crate::daemon::settings::TelegramSettings;
use crate::transports::telegram::api::{Api, Fault};
use crate::transports::telegram::webhook::{Info, webhook_url};
use crate::transports::telegram::{Ended, token};

/// Longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What was found of token and connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundBot {
    NoToken { why: String },
    BadToken,
    Unreachable,
    Known { username: String },
}

/// What was found of the webhook that is configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundWebhook {
    /// No address Telegram would take.
    Refused {
        why: String,
    },
    /// The address deliveries come in at is taken, or cannot be taken.
    BindFails {
        why: io::ErrorKind,
    },
    /// Nobody answers at the public address, as seen from here.
    Unreachable,
    /// Telegram's own words on what went wrong last.
    NotDelivered {
        why: String,
    },
    Fine {
        n_pending: u32,
    },
}

#[derive(Deserialize)]
struct Me {
    #[serde(default)]
    username: String,
}

/// Looks at the bot, and at its webhook when there is one.
pub async fn inspect(settings: &TelegramSettings) -> (FoundBot, Option<FoundWebhook>) {
    let token = match token(settings) {
        Ok(token) => token,
        Err(error) => return (FoundBot::NoToken { why: error.root_cause().to_string() }, None),
    };
    let Ok(api) = Api::new(&settings.api_url, &token, PATIENCE) else { return (FoundBot::Unreachable, None) };
    let bot = match api.call::<_, Me>(&GetMe::new()).await {
        Ok(me) => FoundBot::Known { username: me.username },
        Err(Fault::Refused { .. }) => return (FoundBot::BadToken, None),
        Err(_) => return (FoundBot::Unreachable, None),
    };
    if settings.webhook_url.is_empty() {
        return (bot, None);
    }
    let webhook = inspect_webhook(settings, &api).await;
    (bot, Some(webhook))
}

async fn inspect_webhook(settings: &TelegramSettings, api: &Api) -> FoundWebhook {
    let url = match webhook_url(settings) {
        Ok(url) => url,
        Err(Ended::BadWebhook { why }) => return FoundWebhook::Refused { why },
        Err(other) => return FoundWebhook::Refused { why: other.to_string() },
    };
    if let Err(error) = TcpListener::bind(&settings.webhook_bind).await {
        return FoundWebhook::BindFails { why: error.kind() };
    }
    let info = api.call::<_, Info>(&GetWebhookInfo::new()).await.unwrap_or_default();
    if info.pending_update_count > 0 && !info.last_error_message.is_empty() {
        return FoundWebhook::NotDelivered { why: info.last_error_message };
    }
    // Any answer will do: without the secret it is a refusal, without the program the proxy's complaint.
    let asked = match reqwest::Client::builder().timeout(PATIENCE).build() {
        Ok(client) => client.get(url).send().await.is_ok(),
        Err(_) => false,
    };
    if asked {
        FoundWebhook::Fine { n_pending: info.pending_update_count }
    } else {
        FoundWebhook::Unreachable
    }
}
