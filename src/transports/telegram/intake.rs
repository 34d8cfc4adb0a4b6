//! Updates in: read, sorted out, written down, queued.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;
use teloxide::types::AllowedUpdate;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::storage::StorageError;
use crate::storage::now;
use crate::transports::telegram::addressing::{Addressed, Request, addressed};
use crate::transports::telegram::asking::ask_again;
use crate::transports::telegram::bot::{Bot, complain};
use crate::transports::telegram::commands::{obey, slow_down};
use crate::transports::telegram::incoming::{
    CallbackQuery, Chat, ChatKind, InlineQuery, Membership, Message, Update,
};
use crate::transports::telegram::inline::{answer_inline, slow_down_inline};
use crate::transports::telegram::limits::{Limit, Verdict};
use crate::transports::telegram::presses::press;
use crate::transports::telegram::queues::Queues;

/// The kinds of updates the bot reads.
pub const WANTED: [AllowedUpdate; 7] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::ChannelPost,
    AllowedUpdate::EditedChannelPost,
    AllowedUpdate::InlineQuery,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

/// Updates fetched at once. Telegram gives up to 100; a quarter of that keeps the last of a batch from waiting long.
const BATCH: u8 = 25;
/// Inline queries in hand while more are fetched.
const MAX_IN_HAND: usize = 12;
/// The longest fetching waits for them, so that a slow network does not hold up messages.
const LONGEST_WAIT: Duration = Duration::from_millis(500);

/// Jobs of one key are done one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Chat(i64),
    User(i64),
}

enum Task {
    Obey(Box<Message>, Addressed),
    AskAgain(Box<Message>, Addressed),
    SlowDown(Box<Message>),
    Press(Box<CallbackQuery>),
    Inline(InlineQuery),
    SlowDownInline(InlineQuery),
}

impl Task {
    /// True when it must not be done twice. An inline query is answered to nobody but the one who asks now.
    fn is_once(&self) -> bool {
        !matches!(self, Task::Inline(_) | Task::SlowDownInline(_))
    }

    /// True for questions, which are answered after a restart if the program was killed over them. Doing a command or
    /// a press again could undo it, and whoever gave it sees that nothing came of it.
    fn is_worth_repeating(&self) -> bool {
        match self {
            Task::Obey(_, addressed) => matches!(addressed.request, Request::Ask(_) | Request::Start(_)),
            Task::AskAgain(..) => true,
            _ => false,
        }
    }
}

struct Job {
    update_id: i64,
    is_kept: bool,
    task: Task,
    /// Held by inline queries until they are answered.
    _in_hand: Option<Held>,
    _place: Option<Place>,
}

/// A job's place among all that wait, counted while it is held.
struct Place {
    bot: Arc<Bot>,
    kind: &'static str,
    /// None for what an earlier run left behind.
    _permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.bot.desk.metrics().telegram_waiting(self.kind, -1);
    }
}

/// An update's number, and its text when it is worth repeating.
type Body = (i64, Option<String>);

/// Why an update was not taken; whoever brings it has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    Full,
    NotWritten,
}

/// Inline queries taken and not yet answered.
#[derive(Default)]
struct InHand {
    n: AtomicUsize,
    fewer: Notify,
}

/// One inline query in hand.
struct Held(Arc<InHand>);

impl Held {
    fn take(in_hand: &Arc<InHand>) -> Held {
        in_hand.n.fetch_add(1, Ordering::Relaxed);
        Held(Arc::clone(in_hand))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.n.fetch_sub(1, Ordering::Relaxed);
        self.0.fewer.notify_one();
    }
}

/// Takes updates, however they come in.
pub struct Intake {
    bot: Arc<Bot>,
    queues: Arc<Queues<Key, Job>>,
    users: Limit<i64>,
    chats: Limit<i64>,
    inline: Limit<i64>,
    in_hand: Arc<InHand>,
    /// One for each update that may wait.
    places: Arc<Semaphore>,
    /// Messages written before, by Telegram's clock, are dropped: they waited too long while the program did not run.
    not_before: i64,
}

impl Intake {
    pub fn new(bot: Arc<Bot>) -> Intake {
        let settings = &bot.settings;
        let worker = Arc::clone(&bot);
        let queues = Queues::new(
            settings.chat_queue,
            Box::new(move |job| {
                let bot = Arc::clone(&worker);
                Box::pin(async move { work(&bot, job).await })
            }),
        );
        Intake {
            users: Limit::per_minute(settings.user_per_minute),
            chats: Limit::per_minute(settings.chat_per_minute),
            inline: Limit::per_minute(settings.inline_per_minute),
            in_hand: Arc::default(),
            places: Arc::new(Semaphore::new(settings.queue.get() as usize)),
            not_before: bot.outbox.clock().now() - i64::from(settings.pending_minutes) * 60,
            queues,
            bot,
        }
    }

    /// Returns when there is room for more, with how many may be fetched.
    ///
    /// Whoever types waits for an answer now: a burst waits at Telegram, where newer key strokes replace older ones,
    /// so few inline queries are in hand at a time.
    pub async fn room(&self) -> u8 {
        let few = async {
            while self.in_hand.n.load(Ordering::Relaxed) > MAX_IN_HAND {
                self.in_hand.fewer.notified().await;
            }
        };
        let _ = tokio::time::timeout(LONGEST_WAIT, few).await;
        let n_wanted = u32::from(BATCH).min(self.bot.settings.queue.get());
        let _ = self.places.acquire_many(n_wanted).await;
        n_wanted as u8
    }

    /// Takes a batch. When this returns the updates are written down, and Telegram may forget them.
    pub fn take(&self, batch: Vec<Value>) {
        let (jobs, bodies) = self.read_all(batch);
        // Without a state all are taken for new: an answer twice is better than none.
        let fresh = self.write_down(&bodies).map_err(complain).ok();
        for (key, job) in jobs.into_iter().filter(|(_, job)| is_fresh(job, fresh.as_deref())) {
            self.queue(key, job, Arc::clone(&self.places).try_acquire_owned().ok());
        }
    }

    /// Takes one update; when this returns it is written down.
    ///
    /// # Errors
    /// When as many wait as may, or the state cannot be written.
    pub fn take_one(&self, body: &[u8]) -> Result<(), NotTaken> {
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| NotTaken::Full)?;
        let Ok(update) = serde_json::from_slice(body) else {
            // It would be no better the next time.
            self.note_unreadable(None, "no JSON");
            return Ok(());
        };
        let (jobs, bodies) = self.read_all(vec![update]);
        let fresh = self.write_down(&bodies).map_err(|error| {
            complain(error);
            NotTaken::NotWritten
        })?;
        if let Some((key, job)) = jobs.into_iter().find(|(_, job)| is_fresh(job, Some(&fresh))) {
            self.queue(key, job, Some(permit));
        }
        Ok(())
    }

    /// The jobs of `batch`, and what is to be written down of them.
    fn read_all(&self, batch: Vec<Value>) -> (Vec<(Key, Job)>, Vec<Body>) {
        let mut jobs = Vec::new();
        let mut bodies = Vec::new();
        for value in batch {
            let Some(update) = self.read(value) else { continue };
            if is_older(&update, self.not_before) {
                self.count("too_old");
                tracing::info!(update_id = update.update_id, "an update is too old to be answered");
                continue;
            }
            let text = serde_json::to_string(&update).ok();
            let Some((key, mut job)) = self.sort(update) else { continue };
            job.is_kept = job.task.is_once();
            if job.is_kept {
                bodies.push((job.update_id, text.filter(|_| job.task.is_worth_repeating())));
            }
            jobs.push((key, job));
        }
        (jobs, bodies)
    }

    /// Takes up what an earlier run of the program was given and did not finish.
    pub fn resume(&self) {
        let bodies = self
            .bot
            .store
            .unfinished_updates(now() - i64::from(self.bot.settings.pending_minutes) * 60)
            .unwrap_or_else(|error| {
                complain(error);
                Vec::new()
            });
        for body in bodies {
            let Ok(update) = serde_json::from_str::<Update>(&body) else { continue };
            if let Some((key, mut job)) = self.sort(update) {
                job.is_kept = true;
                self.queue(key, job, None);
            }
        }
    }

    /// Numbers that were not known before.
    fn write_down(&self, bodies: &[Body]) -> Result<Vec<i64>, StorageError> {
        if bodies.is_empty() {
            return Ok(Vec::new());
        }
        self.bot.store.take_updates(bodies, now())
    }

    fn count(&self, fate: &'static str) -> u64 {
        self.bot.desk.metrics().telegram_update(fate)
    }

    fn read(&self, value: Value) -> Option<Update> {
        self.count("received");
        let update_id = value.get("update_id").and_then(Value::as_i64);
        match serde_json::from_value(value) {
            Ok(update) => Some(update),
            Err(error) => {
                // The error's text may quote the message, its kind does not.
                let reason = if error.is_data() { "unexpected shape" } else { "no JSON" };
                self.note_unreadable(update_id, reason);
                None
            }
        }
    }

    fn note_unreadable(&self, update_id: Option<i64>, reason: &'static str) {
        let n_unreadable = self.count("unreadable");
        tracing::warn!(update_id, n_unreadable, reason, "an update cannot be read");
    }

    /// Who is to do what about `update`; `None` when nobody has to do anything.
    fn sort(&self, update: Update) -> Option<(Key, Job)> {
        let update_id = update.update_id;
        let (key, task) = if let Some(query) = update.inline_query {
            (Key::User(query.from.id), self.sort_inline(query)?)
        } else if let Some(query) = update.callback_query {
            self.sort_press(query)?
        } else if let Some(membership) = update.my_chat_member {
            self.note_membership(&membership);
            return None;
        } else {
            let is_edited = update.edited_message.is_some() || update.edited_channel_post.is_some();
            let message = update
                .message
                .or(update.channel_post)
                .or(update.edited_message)
                .or(update.edited_channel_post)?;
            (Key::Chat(message.chat.id), self.sort_message(message, is_edited)?)
        };
        let is_inline = matches!(task, Task::Inline(_));
        let in_hand = is_inline.then(|| Held::take(&self.in_hand));
        Some((key, Job { update_id, is_kept: false, task, _in_hand: in_hand, _place: None }))
    }

    fn sort_inline(&self, query: InlineQuery) -> Option<Task> {
        match self.inline.check(&query.from.id) {
            Verdict::Fine => Some(Task::Inline(query)),
            Verdict::Notice => Some(Task::SlowDownInline(query)),
            Verdict::Silence => self.dropped("over_limit"),
        }
    }

    fn sort_press(&self, query: CallbackQuery) -> Option<(Key, Task)> {
        // Buttons wait for an answer a little while only; nobody misses one after that.
        if self.users.check(&query.from.id) != Verdict::Fine {
            return self.dropped("over_limit");
        }
        let key =
            query.message.as_ref().map_or(Key::User(query.from.id), |message| Key::Chat(message.chat.id));
        Some((key, Task::Press(Box::new(query))))
    }

    fn sort_message(&self, message: Message, is_edited: bool) -> Option<Task> {
        let chat = message.chat.id;
        if let Some(to) = message.migrate_to_chat_id {
            self.migrate(chat, to);
            return None;
        }
        if let Some(from) = message.migrate_from_chat_id {
            self.migrate(from, chat);
            return None;
        }
        if message.chat.kind == ChatKind::Channel && !self.is_allowed(&message.chat) {
            return None;
        }
        let settings = self.bot.chat(chat);
        let addressed = addressed(&message, &self.bot.me, settings.trigger.as_deref())?;
        if let Some(blocked_at) = settings.blocked_at {
            if message.written_at() <= blocked_at {
                return self.dropped("closed_chat");
            }
            self.note(self.bot.store.mark_blocked(chat, None));
        }
        match self.verdict(&message) {
            Verdict::Fine if is_edited => Some(Task::AskAgain(Box::new(message), addressed)),
            Verdict::Fine => Some(Task::Obey(Box::new(message), addressed)),
            Verdict::Notice => Some(Task::SlowDown(Box::new(message))),
            Verdict::Silence => self.dropped("over_limit"),
        }
    }

    fn verdict(&self, message: &Message) -> Verdict {
        let author = message.sender_chat.as_ref().map(|sender| sender.id);
        let author = author.or(message.from.as_ref().map(|user| user.id)).unwrap_or(message.chat.id);
        match self.users.check(&author) {
            Verdict::Fine if message.chat.kind != ChatKind::Private => self.chats.check(&message.chat.id),
            verdict => verdict,
        }
    }

    fn is_allowed(&self, channel: &Chat) -> bool {
        let id = channel.id.to_string();
        let is_named = self.bot.settings.channels.iter().any(|name| {
            name == id
                || name.strip_prefix('@').is_some_and(|name| {
                    channel.username.as_deref().is_some_and(|username| username.eq_ignore_ascii_case(name))
                })
        });
        is_named || self.bot.store.is_channel_allowed(channel.id).unwrap_or(false)
    }

    fn migrate(&self, from: i64, to: i64) {
        tracing::info!("a group has become a supergroup");
        self.note(self.bot.store.migrate_chat(from, to));
    }

    fn note_membership(&self, membership: &Membership) {
        let is_closed = matches!(membership.new_chat_member.status.as_str(), "kicked" | "left");
        self.note(self.bot.store.mark_blocked(membership.chat.id, is_closed.then_some(membership.date)));
    }

    fn note(&self, written: Result<(), StorageError>) {
        if let Err(error) = written {
            complain(error);
        }
    }

    fn dropped<T>(&self, why: &'static str) -> Option<T> {
        self.count(why);
        None
    }

    fn queue(&self, key: Key, mut job: Job, permit: Option<OwnedSemaphorePermit>) {
        let kind = if matches!(key, Key::Chat(_)) { "chat" } else { "inline" };
        self.bot.desk.metrics().telegram_waiting(kind, 1);
        job._place = Some(Place { bot: Arc::clone(&self.bot), kind, _permit: permit });
        let Err(job) = self.queues.push(key, job) else { return };
        let n_dropped = self.count("chat_queue_full");
        tracing::debug!(n_dropped, "the queue of a chat is full");
        if job.is_kept {
            self.note(self.bot.store.finish_update(job.update_id));
        }
    }

    /// Returns when everything taken has been dealt with; what has not been begun is left for the next start.
    pub async fn finish(&self) {
        self.queues.clear();
        self.queues.idle().await;
    }

    /// Once a minute: forgets what limits and caches need not remember.
    pub fn tidy(&self) {
        self.users.tidy();
        self.chats.tidy();
        self.inline.tidy();
        self.bot.outbox.tidy();
    }
}

/// True when `job` is not known; `fresh` are the numbers that were new, `None` when nobody knows.
fn is_fresh(job: &Job, fresh: Option<&[i64]>) -> bool {
    !job.is_kept || fresh.is_none_or(|fresh| fresh.contains(&job.update_id))
}

fn is_older(update: &Update, not_before: i64) -> bool {
    let message =
        [&update.message, &update.channel_post, &update.edited_message, &update.edited_channel_post];
    message.into_iter().flatten().any(|message| {
        let is_service = message.migrate_to_chat_id.is_some() || message.migrate_from_chat_id.is_some();
        !is_service && message.written_at() < not_before
    })
}

async fn work(bot: &Bot, job: Job) {
    let done = match &job.task {
        Task::Obey(message, addressed) => obey(bot, message, addressed).await,
        Task::AskAgain(message, addressed) => ask_again(bot, message, addressed).await,
        Task::SlowDown(message) => slow_down(bot, message).await,
        Task::Press(query) => press(bot, query).await,
        Task::Inline(query) => answer_inline(bot, query).await,
        Task::SlowDownInline(query) => slow_down_inline(bot, query).await,
    };
    let fate = match done {
        Ok(()) => "done",
        Err(fault) => {
            tracing::info!(%fault, update_id = job.update_id, "an update was given up");
            "given_up"
        }
    };
    bot.desk.metrics().telegram_update(fate);
    if job.is_kept
        && let Err(error) = bot.store.finish_update(job.update_id)
    {
        complain(error);
    }
}
