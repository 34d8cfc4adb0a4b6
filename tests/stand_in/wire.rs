//! The HTTP side: just enough of HTTP/1.1 for a client that behaves, with full say over how a connection ends.

use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::{Mishap, Request, Shared, TOKEN, chats, rules, webhook};

pub async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _ = talk(stream, &shared).await;
        });
    }
}

async fn talk(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        if stream.read_line(&mut head).await? == 0 {
            return Ok(());
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut n_body = 0;
        let mut kind = String::new();
        let mut is_last = false;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            match name.to_lowercase().as_str() {
                "content-length" => n_body = value.trim().parse().unwrap_or(0),
                "connection" => is_last = value.trim() == "close",
                "content-type" => kind = value.trim().to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; n_body];
        stream.read_exact(&mut body).await?;
        assert!(kind.is_empty() || kind.starts_with("application/json"), "{kind} is not read here");
        let params =
            if body.is_empty() { json!({}) } else { serde_json::from_slice(&body).unwrap_or(Value::Null) };
        let Some((status, reply, mishap)) = answer(shared, &path, params).await else { return Ok(()) };
        let text = match mishap {
            Some(Mishap::Garbage) => "<html>502 Bad Gateway</html>".to_owned(),
            _ => reply.to_string(),
        };
        let clock = shared.world().clock.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds as u64));
        let date =
            clock.map_or_else(String::new, |time| format!("date: {}\r\n", httpdate::fmt_http_date(time)));
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{date}content-length: {}\r\n\r\n",
            text.len()
        );
        if matches!(mishap, Some(Mishap::Half)) {
            let half = text.len() / 2;
            stream.write_all(head.as_bytes()).await?;
            return stream.write_all(&text.as_bytes()[..half]).await;
        }
        stream.write_all(&[head.as_bytes(), text.as_bytes()].concat()).await?;
        if is_last {
            return Ok(());
        }
    }
}

/// Status and body of the answer; `None` cuts the connection.
async fn answer(shared: &Shared, path: &str, params: Value) -> Option<(u16, Value, Option<Mishap>)> {
    let at = Instant::now();
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let token = parts.next().unwrap_or_default().strip_prefix("bot").unwrap_or_default();
    let wire_name = parts.next().unwrap_or_default();
    let method = rules::method_named(wire_name);
    let (status, reply, mishap) = if !token.contains(':') {
        (404, refusal(404, "Not Found"), None)
    } else if token != TOKEN {
        (401, refusal(401, "Unauthorized"), None)
    } else {
        let mishap = shared
            .world()
            .mishaps
            .get_mut(&wire_name.to_lowercase())
            .and_then(std::collections::VecDeque::pop_front);
        match mishap {
            None | Some(Mishap::Half | Mishap::Garbage) => {
                let (status, reply) = obey(shared, &method, &params).await;
                (status, reply, mishap)
            }
            Some(Mishap::Silence) => {
                tokio::time::sleep(2 * super::PATIENCE).await;
                return None;
            }
            Some(Mishap::Cut) => {
                record(shared, at, &method, params, 0, Value::Null);
                return None;
            }
            Some(Mishap::Refuse(code, text)) => (code, refusal(code, text), None),
            Some(Mishap::TooMany(seconds)) => {
                let mut reply = refusal(429, &format!("Too Many Requests: retry after {seconds}"));
                reply["parameters"] = json!({ "retry_after": seconds });
                (429, reply, None)
            }
            Some(Mishap::Moved(to)) => {
                let mut reply = refusal(400, "Bad Request: group chat was upgraded to a supergroup chat");
                reply["parameters"] = json!({ "migrate_to_chat_id": to });
                (400, reply, None)
            }
        }
    };
    let is_told = matches!(mishap, Some(Mishap::Half | Mishap::Garbage));
    record(shared, at, &method, params, if is_told { 0 } else { status }, reply.clone());
    Some((status, reply, mishap))
}

fn record(shared: &Shared, at: Instant, method: &str, params: Value, status: u16, reply: Value) {
    let mut world = shared.world();
    world.requests.push(Request { at, method: method.to_owned(), params, status, reply });
    drop(world);
    shared.changed.notify_all();
}

pub fn refusal(code: u16, description: &str) -> Value {
    json!({ "ok": false, "error_code": code, "description": description })
}

async fn obey(shared: &Shared, method: &str, params: &Value) -> (u16, Value) {
    if let Err(text) = rules::check(method, params) {
        return (400, refusal(400, &text));
    }
    if method == "getUpdates" {
        return get_updates(shared, params).await;
    }
    if method.ends_with("Webhook") || method == "getWebhookInfo" {
        return match webhook::obey(shared, method, params) {
            Ok(result) => (200, json!({ "ok": true, "result": result })),
            Err(text) => (400, refusal(400, &text)),
        };
    }
    let mut world = shared.world();
    match chats::obey(&mut world.chats, method, params) {
        Ok(result) => (200, json!({ "ok": true, "result": result })),
        Err((code, text)) => (code, refusal(code, &text)),
    }
}

async fn get_updates(shared: &Shared, params: &Value) -> (u16, Value) {
    let timeout = Duration::from_secs(params["timeout"].as_u64().unwrap_or(0));
    let limit = params["limit"].as_u64().unwrap_or(100) as usize;
    let deadline = tokio::time::Instant::now() + timeout;
    let poll = {
        let mut world = shared.world();
        if !world.webhook.url.is_empty() {
            let text = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
            return (409, refusal(409, text));
        }
        if let Some(offset) = params["offset"].as_i64() {
            world.updates.retain(|(id, _)| *id >= offset);
        }
        world.n_polls += 1;
        world.n_polls
    };
    shared.pushed.notify_waiters();
    shared.changed.notify_all();
    loop {
        let pushed = shared.pushed.notified();
        {
            let mut world = shared.world();
            if world.n_polls != poll {
                let text = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
                return (409, refusal(409, text));
            }
            if !world.updates.is_empty() {
                let batch: Vec<(i64, Value)> = world.updates.iter().take(limit).cloned().collect();
                let at = Instant::now();
                world.delivered.extend(batch.iter().map(|(id, _)| (*id, at)));
                let batch: Vec<Value> = batch.into_iter().map(|(_, update)| update).collect();
                return (200, json!({ "ok": true, "result": batch }));
            }
        }
        if tokio::time::timeout_at(deadline, pushed).await.is_err() {
            return (200, json!({ "ok": true, "result": [] }));
        }
    }
}
