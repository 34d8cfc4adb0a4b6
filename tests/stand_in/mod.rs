//! A stand-in for the Bot API: real HTTP on loopback, long polling, every request recorded, and what Telegram refuses
//! refused with its own words.

mod chats;
mod html;
mod process;
mod rules;
mod webhook;
mod wire;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

pub use process::{Program, data_dir};
pub use webhook::{Delivery, Proxy};

/// The token the stand-in knows.
pub const TOKEN: &str = "123456:stand-in-token_for-tests";
/// The bot's own number and name.
pub const BOT_ID: i64 = 123_456;
pub const BOT_NAME: &str = "wenshu_test_bot";
/// The longest any test waits for anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One request as it came in, and what was answered.
#[derive(Debug, Clone)]
pub struct Request {
    pub at: Instant,
    /// As Telegram writes it, whatever the letter case on the wire: `sendMessage`.
    pub method: String,
    pub params: Value,
    pub status: u16,
    pub reply: Value,
}

impl Request {
    pub fn chat(&self) -> i64 {
        self.params["chat_id"].as_i64().unwrap_or_default()
    }

    pub fn text(&self) -> &str {
        self.params["text"].as_str().unwrap_or_default()
    }

    /// The buttons, row by row, left to right: label and what it does.
    pub fn buttons(&self) -> Vec<(String, Value)> {
        let rows = self.params["reply_markup"]["inline_keyboard"].as_array().cloned().unwrap_or_default();
        let buttons = rows.into_iter().flat_map(|row| row.as_array().cloned().unwrap_or_default());
        buttons.map(|button| (button["text"].as_str().unwrap_or_default().to_owned(), button)).collect()
    }

    /// The callback data of the first button whose label begins with `label`.
    pub fn data(&self, label: &str) -> String {
        let buttons = self.buttons();
        let found = buttons.iter().find(|(text, _)| text.starts_with(label));
        let (_, button) = found.unwrap_or_else(|| panic!("no button {label} among {buttons:?}"));
        button["callback_data"].as_str().unwrap_or_else(|| panic!("{button} is no callback")).to_owned()
    }

    /// The number of the message that was sent or edited.
    pub fn message_id(&self) -> i64 {
        self.reply["result"]["message_id"].as_i64().unwrap_or_default()
    }
}

/// Something that goes wrong on purpose.
#[derive(Debug, Clone)]
pub enum Mishap {
    /// Refused with this code and text.
    Refuse(u16, &'static str),
    /// Too many requests; retry after so many seconds.
    TooMany(u64),
    /// The group has become this supergroup.
    Moved(i64),
    /// The connection is cut before an answer.
    Cut,
    /// Half of the answer, then the connection is cut.
    Half,
    /// An answer that is no JSON.
    Garbage,
    /// No answer at all, for longer than anybody waits.
    Silence,
}

#[derive(Default)]
struct World {
    updates: VecDeque<(i64, Value)>,
    next_update: i64,
    requests: Vec<Request>,
    /// When each update was last handed out.
    delivered: HashMap<i64, Instant>,
    /// By method in lower case; taken one after another.
    mishaps: HashMap<String, VecDeque<Mishap>>,
    chats: chats::Chats,
    /// Counts calls of getUpdates: a newer one ends an older one.
    n_polls: u64,
    webhook: webhook::Webhook,
    /// Seconds since 1970 by the clock of this server when it is not the machine's.
    clock: Option<i64>,
}

pub struct Shared {
    world: Mutex<World>,
    /// Something was pushed or requested.
    changed: Condvar,
    pushed: Notify,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server, running until it is dropped.
pub struct StandIn {
    pub address: SocketAddr,
    pub shared: Arc<Shared>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl StandIn {
    pub fn start() -> StandIn {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let world = World { next_update: 1000, ..World::default() };
        let shared =
            Arc::new(Shared { world: Mutex::new(world), changed: Condvar::new(), pushed: Notify::new() });
        runtime.spawn(wire::serve(listener, Arc::clone(&shared)));
        runtime.spawn(webhook::deliver(Arc::clone(&shared)));
        StandIn { address, shared, runtime: Some(runtime) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Offers an update; its number is added. Gives the number.
    pub fn push(&self, update: Value) -> i64 {
        self.push_all(vec![update])[0]
    }

    /// Offers many updates at once. Gives their numbers.
    pub fn push_all(&self, updates: Vec<Value>) -> Vec<i64> {
        let mut world = self.shared.world();
        let mut ids = Vec::with_capacity(updates.len());
        for mut update in updates {
            let update_id = world.next_update;
            world.next_update += 1;
            update["update_id"] = json!(update_id);
            world.chats.note_incoming(&update);
            world.updates.push_back((update_id, update));
            ids.push(update_id);
        }
        drop(world);
        self.shared.pushed.notify_waiters();
        ids
    }

    /// Offers an update under a number of one's own.
    pub fn push_as(&self, update_id: i64, mut update: Value) {
        let mut world = self.shared.world();
        if let Value::Object(fields) = &mut update {
            fields.insert("update_id".to_owned(), json!(update_id));
        }
        world.next_update = world.next_update.max(update_id + 1);
        world.chats.note_incoming(&update);
        world.updates.push_back((update_id, update));
        drop(world);
        self.shared.pushed.notify_waiters();
    }

    /// Lets the next calls of `method` go wrong, one after another.
    pub fn mishaps(&self, method: &str, mishaps: impl IntoIterator<Item = Mishap>) {
        let mut world = self.shared.world();
        world.mishaps.entry(method.to_lowercase()).or_default().extend(mishaps);
    }

    /// Dates the answers so, in seconds since 1970.
    pub fn set_clock(&self, seconds: i64) {
        self.shared.world().clock = Some(seconds);
    }

    /// Takes back mishaps that have not happened.
    pub fn no_mishaps(&self) {
        self.shared.world().mishaps.clear();
    }

    /// Forgets all requests, refused ones among them.
    pub fn forget(&self) {
        self.shared.world().requests.clear();
    }

    /// Takes out all requests so far, so that a long run does not pile them up.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shared.world().requests)
    }

    /// Updates offered and not yet confirmed.
    pub fn n_waiting(&self) -> usize {
        self.shared.world().updates.len()
    }

    /// Forgets all requests but those `wanted` picks.
    pub fn forget_but(&self, wanted: impl Fn(&Request) -> bool) {
        self.shared.world().requests.retain(wanted);
    }

    pub fn set_admin(&self, chat: i64, user: i64) {
        self.shared.world().chats.admins.insert((chat, user));
    }

    /// Another program sets a webhook of its own.
    pub fn set_webhook(&self) {
        self.shared.world().webhook.url = "https://elsewhere.example/".to_owned();
    }

    /// A delivery has failed with this text, and the update waits.
    pub fn fail_delivery(&self, text: &str) {
        self.push(json!({}));
        self.shared.world().webhook.last_error = Some((1, text.to_owned()));
    }

    /// What is told with each delivery to the webhook.
    pub fn secret(&self) -> String {
        self.shared.world().webhook.secret.clone()
    }

    /// Deliveries go through `proxy` from now on.
    pub fn deliver_through(&self, proxy: Proxy) {
        self.shared.world().webhook.proxy = Some(proxy);
        self.shared.pushed.notify_waiters();
    }

    /// True when parameters are held against the published description of the Bot API.
    pub fn knows_parameters() -> bool {
        rules::are_known()
    }

    /// Anybody's request to the webhook, and the status it is answered with.
    pub fn request(
        &self,
        address: SocketAddr,
        line: (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> u16 {
        let runtime = self.runtime.as_ref().unwrap();
        runtime.block_on(webhook::post(address, line.0, line.1, headers, body)).unwrap()
    }

    /// A call as any program may make it: what the stand-in says to it.
    pub fn call(&self, path: &str, body: &str) -> Value {
        let runtime = self.runtime.as_ref().unwrap();
        let headers = [("content-type", "application/json")];
        let reply = webhook::exchange(self.address, "POST", path, &headers, body.as_bytes());
        let reply = runtime.block_on(reply).unwrap();
        reply
            .split_once("\r\n\r\n")
            .and_then(|(_, body)| serde_json::from_str(body).ok())
            .unwrap_or(Value::Null)
    }

    /// Deliveries to the webhook so far.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.world().webhook.deliveries.clone()
    }

    /// Deletes a message of the bot, as a reader may.
    pub fn delete(&self, chat: i64, message: i64) {
        self.shared.world().chats.sent.remove(&(chat, message));
    }

    pub fn requests(&self, method: &str) -> Vec<Request> {
        let world = self.shared.world();
        world.requests.iter().filter(|request| request.method == method).cloned().collect()
    }

    /// Requests the stand-in refused without being told to; a correct bot makes none.
    pub fn refusals(&self) -> Vec<Request> {
        let world = self.shared.world();
        world.requests.iter().filter(|request| request.status == 400).cloned().collect()
    }

    /// All text of all requests, for looking for what must not be there.
    pub fn everything(&self) -> String {
        let world = self.shared.world();
        world.requests.iter().map(|request| request.params.to_string()).collect()
    }

    /// Waits for the `n`th request (from 1) that `wanted` picks.
    pub fn wait_nth(&self, what: &str, n: usize, wanted: impl Fn(&Request) -> bool) -> Request {
        let deadline = Instant::now() + PATIENCE;
        let mut world = self.shared.world();
        loop {
            if let Some(found) = world.requests.iter().filter(|request| wanted(request)).nth(n - 1) {
                return found.clone();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "no {what} (number {n}) in time; the last there were: {:#?}",
                world
                    .requests
                    .iter()
                    .rev()
                    .filter(|request| request.method != "getUpdates")
                    .take(10)
                    .map(|request| format!("{} {} {}", request.method, request.status, request.params))
                    .collect::<Vec<_>>()
            );
            let waited = self.shared.changed.wait_timeout(world, left);
            world = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    pub fn wait(&self, method: &str, wanted: impl Fn(&Request) -> bool) -> Request {
        self.wait_nth(method, 1, |request| {
            request.method == method && request.status == 200 && wanted(request)
        })
    }

    /// Waits for the `n`th message sent to `chat`.
    pub fn sent(&self, chat: i64, n: usize) -> Request {
        self.wait_nth("sendMessage", n, |request| {
            request.method == "sendMessage" && request.status == 200 && request.chat() == chat
        })
    }

    /// Waits for the `n`th edit in `chat`.
    pub fn edited(&self, chat: i64, n: usize) -> Request {
        self.wait_nth("edit", n, |request| {
            request.method.starts_with("editMessage") && request.status == 200 && request.chat() == chat
        })
    }

    /// Waits for the answer to callback query `id`.
    pub fn told(&self, id: &str) -> Request {
        self.wait("answerCallbackQuery", |request| request.params["callback_query_id"] == id)
    }

    /// Waits until every update offered so far was fetched and a later fetch confirmed it.
    pub fn drained(&self) {
        let deadline = Instant::now() + PATIENCE;
        let mut world = self.shared.world();
        while !world.updates.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "updates were not fetched in time");
            let waited = self.shared.changed.wait_timeout(world, left.min(Duration::from_millis(50)));
            world = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Calls of `method` so far.
    pub fn n_requests(&self, method: &str) -> usize {
        self.shared.world().requests.iter().filter(|request| request.method == method).count()
    }

    /// When update `update_id` was handed out.
    pub fn delivered(&self, update_id: i64) -> Option<Instant> {
        self.shared.world().delivered.get(&update_id).copied()
    }

    /// The messages `chat` has received so far.
    pub fn n_sent(&self, chat: i64) -> usize {
        let world = self.shared.world();
        let is_sent = |request: &&Request| request.method == "sendMessage" && request.status == 200;
        world.requests.iter().filter(is_sent).filter(|request| request.chat() == chat).count()
    }
}
