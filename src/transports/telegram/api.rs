//! Calls to the Bot API: teloxide's payloads over a connection of our own.
//!
//! teloxide's `Bot` sleeps ten seconds inside every call the server fails, and reads a sent message into its own full
//! types, where one new field makes a sent message look unsent. Here a call ends at once and says how.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use teloxide::requests::Payload;

use crate::transports::telegram::clock::TelegramClock;

/// The longest Telegram is let make us wait, in seconds; its own bans last no longer.
const LONGEST_WAIT_SECONDS: u64 = 86_400;

/// How a call failed; never holds the token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Telegram refused and said why.
    #[error("{method}: {code} {description}")]
    Refused { method: &'static str, code: u16, description: String },
    /// Too many calls; wait so many seconds.
    #[error("{method}: too many requests, retry after {seconds} s")]
    TooMany { method: &'static str, seconds: u64 },
    /// The group has become a supergroup.
    #[error("{method}: the chat has moved to {to}")]
    Moved { method: &'static str, to: i64 },
    /// No answer, half an answer, or the server's own failure.
    #[error("{method}: {cause}")]
    Unreachable { method: &'static str, cause: String },
}

impl Fault {
    /// The kind of fault in a word, for metrics and health.
    pub fn kind(&self) -> &'static str {
        match self {
            Fault::Refused { code: 401, .. } => "bad_token",
            Fault::Refused { code: 403, .. } => "forbidden",
            Fault::Refused { code: 409, .. } => "conflict",
            Fault::Refused { .. } => "refused",
            Fault::TooMany { .. } => "too_many",
            Fault::Moved { .. } => "moved",
            Fault::Unreachable { .. } => "unreachable",
        }
    }

    fn refusal(&self) -> Option<(u16, &str)> {
        match self {
            Fault::Refused { code, description, .. } => Some((*code, description)),
            _ => None,
        }
    }

    /// The token is wrong or was revoked.
    pub fn is_bad_token(&self) -> bool {
        // A token of the wrong form is not found rather than refused.
        matches!(self.refusal(), Some((401, _) | (404, "Not Found")))
    }

    /// Another program fetches updates with this token, or a webhook does.
    pub fn is_conflict(&self) -> bool {
        matches!(self.refusal(), Some((409, _)))
    }

    pub fn is_webhook_set(&self) -> bool {
        matches!(self.refusal(), Some((409, description)) if description.contains("webhook is active"))
    }

    /// The chat is closed to us: blocked, kicked, left, or gone.
    pub fn is_closed_chat(&self) -> bool {
        match self.refusal() {
            Some((403, _)) => true,
            Some((400, description)) => description.contains("chat not found"),
            _ => false,
        }
    }

    pub fn is_not_modified(&self) -> bool {
        matches!(self.refusal(), Some((400, description)) if description.contains("message is not modified"))
    }

    /// The message to edit is gone or cannot be edited any more.
    pub fn is_edit_lost(&self) -> bool {
        matches!(self.refusal(), Some((400, description))
            if description.contains("message to edit not found")
                || description.contains("message can't be edited")
                || description.contains("MESSAGE_ID_INVALID"))
    }

    /// The message to reply to is gone.
    pub fn is_reply_lost(&self) -> bool {
        matches!(self.refusal(), Some((400, description))
            if description.contains("message to be replied not found") || description.contains("message to reply not found"))
    }

    /// The forum topic is gone.
    pub fn is_topic_lost(&self) -> bool {
        matches!(self.refusal(), Some((400, description)) if description.contains("message thread not found"))
    }
}

/// The Bot API of one bot.
#[derive(Debug, Clone)]
pub struct Api {
    client: reqwest::Client,
    /// Address of the methods, the token in it.
    base: SecretString,
    timeout: Duration,
    clock: TelegramClock,
}

/// The reply to every call. <https://core.telegram.org/bots/api#making-requests>
#[derive(serde::Deserialize)]
struct Envelope {
    ok: bool,
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error_code: Option<u16>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    parameters: Option<Parameters>,
}

#[derive(serde::Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: Option<u64>,
    #[serde(default)]
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// The API at `url` for the bot of `token`; a call may take as long as `timeout`.
    ///
    /// # Errors
    /// When `url` is none, or no connections can be made at all.
    pub fn new(url: &str, token: &SecretString, timeout: Duration) -> Result<Api> {
        let is_web = url.parse::<Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            bail!("telegram.api_url is {url:?}; write it like https://api.telegram.org");
        }
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10).min(timeout))
            .tcp_nodelay(true)
            .build()
            .context("cannot make connections")?;
        let base = format!("{}/bot{}", url.trim_end_matches('/'), token.expose_secret());
        Ok(Api { client, base: SecretString::from(base), timeout, clock: TelegramClock::default() })
    }

    pub fn clock(&self) -> &TelegramClock {
        &self.clock
    }

    /// Calls the method of `payload` and reads its result as `R`.
    ///
    /// # Errors
    /// When the call is refused, nothing comes back, or what comes back is no `R`.
    pub async fn call<P: Payload + Serialize, R: DeserializeOwned>(
        &self,
        payload: &P,
    ) -> std::result::Result<R, Fault> {
        let method = method_of::<P>();
        let body = serde_json::to_vec(payload)
            .map_err(|error| Fault::Unreachable { method, cause: error.to_string() })?;
        let timeout = self.timeout + payload.timeout_hint().unwrap_or_default();
        self.post(method, body, timeout).await
    }

    async fn post<R: DeserializeOwned>(
        &self,
        method: &'static str,
        body: Vec<u8>,
        timeout: Duration,
    ) -> std::result::Result<R, Fault> {
        // The address is never told: it holds the token.
        let lost =
            |error: reqwest::Error| Fault::Unreachable { method, cause: cause_of(&error.without_url()) };
        let response = self
            .client
            .post(format!("{}/{method}", self.base.expose_secret()))
            .header(reqwest::header::CONTENT_TYPE, "application/json")
            .body(body)
            .timeout(timeout)
            .send()
            .await
            .map_err(lost)?;
        let status = response.status();
        let date = response.headers().get(reqwest::header::DATE).and_then(|date| date.to_str().ok());
        let date = date.map(str::to_owned);
        let bytes = response.bytes().await.map_err(lost)?;
        let broken = |cause: String| Fault::Unreachable { method, cause };
        let envelope: Envelope = serde_json::from_slice(&bytes)
            .map_err(|_| broken(format!("status {}, no readable answer", status.as_u16())))?;
        // Of an answer of its own; what stands in between may have another clock.
        date.iter().for_each(|date| self.clock.note(date));
        if !envelope.ok {
            return Err(refused(method, status.as_u16(), envelope));
        }
        serde_json::from_value(envelope.result.unwrap_or(Value::Null))
            .map_err(|error| broken(format!("unexpected result: {error}")))
    }
}

fn refused(method: &'static str, status: u16, envelope: Envelope) -> Fault {
    let code = envelope.error_code.unwrap_or(status);
    let description = envelope.description.unwrap_or_default();
    let parameters = envelope.parameters.as_ref();
    if let Some(seconds) = parameters.and_then(|parameters| parameters.retry_after) {
        return Fault::TooMany { method, seconds: seconds.min(LONGEST_WAIT_SECONDS) };
    }
    if let Some(to) = parameters.and_then(|parameters| parameters.migrate_to_chat_id) {
        return Fault::Moved { method, to };
    }
    match code {
        429 => Fault::TooMany { method, seconds: 1 },
        500.. => Fault::Unreachable { method, cause: format!("{code} {description}") },
        _ => Fault::Refused { method, code, description },
    }
}

/// The name Telegram knows the method by: `EditMessageTextInline` is `EditMessageText` with another target.
pub fn method_of<P: Payload>() -> &'static str {
    P::NAME.trim_end_matches("Inline")
}

/// The causes of an error in one line, widest first.
fn cause_of(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &str) -> Fault {
        refused("SendMessage", 400, serde_json::from_str(body).unwrap())
    }

    #[test]
    fn refusals_are_told_apart_by_their_texts() {
        let text = |code: u16, text: &str| {
            fault(&format!(r#"{{"ok":false,"error_code":{code},"description":"{text}"}}"#))
        };
        assert!(text(401, "Unauthorized").is_bad_token());
        assert!(text(404, "Not Found").is_bad_token());
        assert!(text(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running").is_conflict());
        assert!(text(403, "Forbidden: bot was blocked by the user").is_closed_chat());
        assert!(text(400, "Bad Request: chat not found").is_closed_chat());
        assert!(
            text(400, "Bad Request: message is not modified: specified new message content")
                .is_not_modified()
        );
        assert!(text(400, "Bad Request: message to edit not found").is_edit_lost());
        assert!(text(400, "Bad Request: message to be replied not found").is_reply_lost());
        assert!(text(400, "Bad Request: message thread not found").is_topic_lost());
        assert!(matches!(text(502, "Bad Gateway"), Fault::Unreachable { .. }));
    }

    #[test]
    fn parameters_beat_the_text() {
        let moved = fault(
            r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1007}}"#,
        );
        assert_eq!(moved, Fault::Moved { method: "SendMessage", to: -1007 });
        let waits =
            fault(r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":3}}"#);
        assert_eq!(waits, Fault::TooMany { method: "SendMessage", seconds: 3 });
        let for_ever =
            fault(r#"{"ok":false,"error_code":429,"parameters":{"retry_after":18446744073709551615}}"#);
        assert_eq!(for_ever, Fault::TooMany { method: "SendMessage", seconds: 86_400 });
    }
}
