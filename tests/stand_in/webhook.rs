//! The webhook as Telegram keeps it: what is registered, and deliveries through a reverse proxy.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Shared;

/// Pause before an update is delivered again.
const AGAIN: Duration = Duration::from_millis(50);

/// What stands between Telegram and the program.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where the program listens.
    pub address: SocketAddr,
    /// The path it passes on.
    pub path: String,
    /// The caller's address as it writes it down.
    pub forwarded_for: String,
}

/// One delivery and what it was answered with; 0 when nothing came back.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub update_id: i64,
    pub status: u16,
}

#[derive(Default)]
pub struct Webhook {
    /// Empty while none is set.
    pub url: String,
    pub secret: String,
    pub proxy: Option<Proxy>,
    pub deliveries: Vec<Delivery>,
    pub last_error: Option<(i64, String)>,
}

/// Does what `method` says.
///
/// # Errors
/// Telegram's words of refusal.
pub fn obey(shared: &Shared, method: &str, params: &Value) -> Result<Value, String> {
    let mut world = shared.world();
    let n_pending = world.updates.len();
    let webhook = &mut world.webhook;
    match method {
        "setWebhook" => {
            let url = params["url"].as_str().unwrap_or_default();
            if !url.starts_with("https://") {
                return Err("Bad Request: bad webhook: An HTTPS URL must be provided for webhook".to_owned());
            }
            let secret = params["secret_token"].as_str().unwrap_or_default();
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
            if secret.len() > 256 || !secret.bytes().all(is_allowed) {
                return Err("Bad Request: secret token contains unallowed characters".to_owned());
            }
            webhook.url = url.to_owned();
            webhook.secret = secret.to_owned();
            shared.pushed.notify_waiters();
            Ok(json!(true))
        }
        "getWebhookInfo" => {
            let mut info = json!({ "url": webhook.url, "has_custom_certificate": false, "pending_update_count": n_pending });
            if let Some((at, text)) = &webhook.last_error {
                info["last_error_date"] = json!(at);
                info["last_error_message"] = json!(text);
            }
            Ok(info)
        }
        _ => {
            webhook.url.clear();
            Ok(json!(true))
        }
    }
}

/// Delivers updates one after another, each until it is taken.
pub async fn deliver(shared: Arc<Shared>) {
    loop {
        let pushed = shared.pushed.notified();
        let next = {
            let world = shared.world();
            let webhook = &world.webhook;
            let proxy = webhook.proxy.clone().filter(|_| webhook.url.ends_with("bot.example/hook"));
            world
                .updates
                .front()
                .cloned()
                .zip(proxy)
                .map(|(update, proxy)| (update, proxy, webhook.secret.clone()))
        };
        let Some(((update_id, update), proxy, secret)) = next else {
            pushed.await;
            continue;
        };
        let headers = [
            ("x-telegram-bot-api-secret-token", secret.as_str()),
            ("x-forwarded-for", proxy.forwarded_for.as_str()),
            ("content-type", "application/json"),
        ];
        let body = update.to_string();
        let status = post(proxy.address, "POST", &proxy.path, &headers, body.as_bytes()).await.unwrap_or(0);
        {
            let mut world = shared.world();
            world.webhook.deliveries.push(Delivery { update_id, status });
            if status == 200 {
                world.updates.retain(|(id, _)| *id != update_id);
            } else {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64;
                let text = format!("Wrong response from the webhook: {status}");
                world.webhook.last_error = Some((now, text));
            }
        }
        shared.changed.notify_all();
        if status != 200 {
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// The status a request is answered with.
pub async fn post(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<u16> {
    let reply = exchange(address, method, path, headers, body).await?;
    let status = reply.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}

/// Head and body of the answer to a request.
pub async fn exchange(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: bot.example\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    stream.write_all(head.as_bytes()).await?;
    // Whoever refuses a body does not read it.
    let _ = stream.write_all(body).await;
    let mut reply = Vec::new();
    let read = stream.read_to_end(&mut reply).await;
    if reply.is_empty() {
        read?;
    }
    Ok(String::from_utf8_lossy(&reply).into_owned())
}
