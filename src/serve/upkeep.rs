//! What is done beside answering: reloading, watching the folder, feeding the watchdog.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow};
use arc_swap::ArcSwap;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use sd_notify::NotifyState;
use secrecy::ExposeSecret;
use tokio::signal::unix::Signal;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use crate::daemon::desk::Desk;
use crate::daemon::folder::{Folder, Step};
use crate::daemon::logs::LogLevel;
use crate::daemon::settings::{Settings, TelegramSettings};
use crate::serve::state::tell_mended;
use crate::serve::{Reread, tell_manager};
use crate::storage::Store;
use crate::storage::now;
use crate::transports::http::HttpState;

/// How often the index on disk and the files of the settings are looked at, for changes by others.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often every file of the index is compared with its checksum.
const VERIFY_EVERY: Duration = Duration::from_secs(600);
/// The longest pause between two tries of what fails.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often the folder is read though nothing was heard; events get lost on network file systems.
const READ_FOLDER_EVERY: Duration = Duration::from_secs(60);
/// A folder that never falls quiet is read all the same after this many times the settling time.
const MAX_SETTLES: u32 = 10;

/// The running program, as its upkeep sees it.
pub struct House {
    desk: Arc<Desk>,
    settings: ArcSwap<Settings>,
    doors: Doors,
    reread: Reread,
    log_level: LogLevel,
    files: Mutex<Files>,
    folder: Mutex<Folder>,
}

/// What the open doors hold that has to be looked after.
pub struct Doors {
    pub http: Option<Arc<HttpState>>,
    pub state: Option<Arc<Store>>,
}

/// Size and time of the files settings are read from; `None` for one that is not there.
type Stamps = Vec<Option<(u64, SystemTime)>>;

/// The files settings are read from.
struct Files {
    /// As they were when the settings were last read.
    read: Stamps,
    /// As they were at the last look.
    seen: Stamps,
}

impl House {
    pub fn new(
        desk: Arc<Desk>,
        settings: Settings,
        doors: Doors,
        reread: Reread,
        log_level: LogLevel,
    ) -> Arc<House> {
        let stamps = stamps(&reread, &settings);
        let files = Mutex::new(Files { read: stamps.clone(), seen: stamps });
        Arc::new(House {
            desk,
            settings: ArcSwap::from_pointee(settings),
            doors,
            reread,
            log_level,
            files,
            folder: Mutex::default(),
        })
    }

    /// True when a file of the settings has changed and nobody is still writing to it.
    fn has_new_settings(&self) -> bool {
        let now = stamps(&self.reread, &self.settings.load());
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let is_settled = files.seen == now;
        files.seen.clone_from(&now);
        is_settled && files.read != now
    }

    /// Opens the reports anew; when that fails the old ones stay.
    fn reload(&self) {
        if let Err(error) = self.desk.reload(&self.settings.load()) {
            tracing::error!(error = format!("{error:#}"), "reload failed, the old reports stay");
        }
    }

    /// Takes over changed settings, then opens the reports anew.
    fn renew(&self) {
        let now = stamps(&self.reread, &self.settings.load());
        self.files.lock().unwrap_or_else(PoisonError::into_inner).read = now;
        match self.read_settings() {
            Ok(fresh) => self.settings.store(Arc::new(fresh)),
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "settings refused, the old ones stay");
            }
        }
        self.reload();
    }

    fn read_settings(&self) -> Result<Settings> {
        let mut fresh = (self.reread.settings)()?;
        let old = self.settings.load();
        for (key, _) in fixed(&fresh, &old).iter().filter(|(_, has_changed)| *has_changed) {
            tracing::warn!(key, "takes effect at the next start");
        }
        fresh.data.dir.clone_from(&old.data.dir);
        fresh.data.watch.clone_from(&old.data.watch);
        fresh.cli.clone_from(&old.cli);
        fresh.telegram.clone_from(&old.telegram);
        fresh.http.bind.clone_from(&old.http.bind);
        fresh.http.public_url.clone_from(&old.http.public_url);
        fresh.http.cors_origins.clone_from(&old.http.cors_origins);
        fresh.serve.clone_from(&old.serve);
        fresh.state.clone_from(&old.state);
        if let Some(http) = &self.doors.http {
            http.renew(&fresh.http)?;
        }
        self.log_level.set(&fresh.log)?;
        tracing::info!("settings read");
        Ok(fresh)
    }
}

/// What takes effect at the next start only, and whether it has changed.
fn fixed(fresh: &Settings, old: &Settings) -> [(&'static str, bool); 9] {
    [
        ("data.dir", fresh.data.dir != old.data.dir),
        ("data.watch", fresh.data.watch != old.data.watch),
        ("cli", fresh.cli != old.cli),
        ("telegram", !is_same_telegram(&fresh.telegram, &old.telegram)),
        ("http.bind", fresh.http.bind != old.http.bind),
        ("http.public_url", fresh.http.public_url != old.http.public_url),
        ("http.cors_origins", fresh.http.cors_origins != old.http.cors_origins),
        ("serve", fresh.serve != old.serve),
        ("state", fresh.state != old.state),
    ]
}

/// Secrets are not written by `Debug`, so they are compared apart.
fn is_same_telegram(left: &TelegramSettings, right: &TelegramSettings) -> bool {
    left.token.expose_secret() == right.token.expose_secret() && format!("{left:?}") == format!("{right:?}")
}

fn stamps(reread: &Reread, settings: &Settings) -> Stamps {
    let files = [reread.file.as_deref(), Some(&settings.http.token_file), Some(&settings.answer.lexicon)];
    let stamp = |path: &Path| {
        let meta = fs::metadata(path).ok()?;
        Some((meta.len(), meta.modified().ok()?))
    };
    files.into_iter().map(|path| path.and_then(stamp)).collect()
}

/// Starts the upkeep; it ends with `stop`, or when the set is dropped.
pub fn start(house: Arc<House>, hangup: Signal, stop: &CancellationToken) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let ended = stop.clone();
    let mut spawn = |task: std::pin::Pin<Box<dyn Future<Output = ()> + Send>>| {
        let ended = ended.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = task => {}
            }
        });
    };
    spawn(Box::pin(reload_when_told(Arc::clone(&house), hangup)));
    spawn(Box::pin(reload_when_changed(Arc::clone(&house))));
    if !house.settings.load().data.watch.as_os_str().is_empty() {
        spawn(Box::pin(keep_in_step(Arc::clone(&house))));
    }
    if house.doors.state.is_some() {
        spawn(Box::pin(look_after_state(Arc::clone(&house))));
    }
    if let Some(patience) = sd_notify::watchdog_enabled() {
        spawn(Box::pin(feed_watchdog(house, patience)));
    }
    tasks
}

/// Runs `work` where it may block; a panic in it is logged by the runtime and ends nothing else.
async fn aside<T: Send + 'static>(
    house: &Arc<House>,
    work: impl FnOnce(&House) -> T + Send + 'static,
) -> Option<T> {
    let house = Arc::clone(house);
    tokio::task::spawn_blocking(move || work(&house)).await.ok()
}

async fn reload_when_told(house: Arc<House>, mut hangup: Signal) {
    while hangup.recv().await.is_some() {
        // systemd wants the time, to tell this reload from an earlier one.
        let states = NotifyState::monotonic_usec_now().map(|now| vec![NotifyState::Reloading, now]);
        tell_manager(&states.unwrap_or_default());
        aside(&house, House::renew).await;
        tell_manager(&[NotifyState::Ready]);
    }
}

async fn reload_when_changed(house: Arc<House>) {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut verify = interval_at(Instant::now() + VERIFY_EVERY, VERIFY_EVERY);
    loop {
        let must_verify = tokio::select! {
            _ = look.tick() => false,
            _ = verify.tick() => true,
        };
        aside(&house, move |house| {
            if house.has_new_settings() {
                house.renew();
                return;
            }
            let is_damaged = must_verify && !house.desk.index_is_sound();
            if is_damaged {
                tracing::error!("the index on disk is damaged");
            }
            if is_damaged || house.desk.is_stale(&house.settings.load()) {
                house.reload();
            }
        })
        .await;
    }
}

async fn look_after_state(house: Arc<House>) {
    let mut pause = Pause::default();
    loop {
        tokio::time::sleep(pause.next).await;
        let is_well = aside(&house, House::look_after_state).await.unwrap_or_default();
        pause.after(is_well);
    }
}

/// The time to the next try, longer after each that fails.
struct Pause {
    next: Duration,
}

impl Default for Pause {
    fn default() -> Pause {
        Pause { next: LOOK_EVERY }
    }
}

impl Pause {
    fn after(&mut self, is_well: bool) {
        self.next = if is_well { LOOK_EVERY } else { (self.next * 2).min(LONGEST_PAUSE) };
    }
}

async fn keep_in_step(house: Arc<House>) {
    let dir = house.settings.load().data.watch.clone();
    let (sender, mut heard) = mpsc::channel(1);
    let mut watched = Watched::default();
    let mut pause = Pause::default();
    let mut told = None;
    loop {
        watched.renew(&dir, &sender);
        let settle = Duration::from_millis(house.settings.load().data.watch_settle_ms);
        let step = aside(&house, House::read_folder).await.unwrap_or_else(|| Err(anyhow!("a bug of ours")));
        let wait = match &step {
            Ok(Step { is_unsettled: true, .. }) => settle,
            Ok(_) => READ_FOLDER_EVERY,
            Err(_) => pause.next,
        };
        pause.after(step.is_ok());
        tell_folder(&mut told, step);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            Some(()) = heard.recv() => fall_quiet(&mut heard, settle).await,
        }
    }
}

/// Says that the folder cannot be read, once for each reason, and that it can be again.
fn tell_folder(told: &mut Option<String>, step: Result<Step>) {
    match step {
        Ok(_) if told.take().is_some() => tracing::info!("the folder is read again"),
        Ok(_) => {}
        Err(error) => {
            let error = format!("{error:#}");
            if told.as_ref() != Some(&error) {
                tracing::error!(error, "folder not read, the old reports stay");
                *told = Some(error);
            }
        }
    }
}

/// The folder events come from. Another one that has taken its name has to be watched anew.
#[derive(Default)]
struct Watched {
    inode: Option<u64>,
    watcher: Option<RecommendedWatcher>,
    /// Nobody is told twice that there are no events.
    is_told: bool,
}

impl Watched {
    fn renew(&mut self, dir: &Path, sender: &mpsc::Sender<()>) {
        let inode = fs::metadata(dir).ok().map(|meta| meta.ino());
        if inode.is_none() || (inode == self.inode && self.watcher.is_some()) {
            return;
        }
        self.watcher = match watch(dir, sender.clone()) {
            Ok(watcher) => Some(watcher),
            Err(error) => {
                if !std::mem::replace(&mut self.is_told, true) {
                    // Without events the folder is still read once a minute.
                    tracing::warn!(error = format!("{error:#}"), "read once a minute only");
                }
                None
            }
        };
        self.inode = inode;
    }
}

impl House {
    /// Mends the state file where that is needed; false when it should be and cannot.
    fn look_after_state(&self) -> bool {
        let Some(state) = &self.doors.state else { return true };
        match state.look_after(now()) {
            Ok(None) => true,
            Ok(Some(mended)) => {
                tell_mended(&mended, mended.finding.clone());
                true
            }
            Err(error) => {
                let error = format!("{:#}", anyhow::Error::from(error));
                tracing::error!(error, "the state file cannot be looked after");
                false
            }
        }
    }

    /// Brings the library in step with the folder.
    fn read_folder(&self) -> Result<Step> {
        let settings = self.settings.load();
        let mut folder = self.folder.lock().unwrap_or_else(PoisonError::into_inner);
        let step = folder.sync(&settings, &self.desk.language())?;
        if step.has_changed {
            self.reload();
        }
        Ok(step)
    }
}

fn watch(dir: &Path, sender: mpsc::Sender<()>) -> Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| event.kind.is_access()) {
            return;
        }
        // A full channel says the same already.
        let _ = sender.try_send(());
    })?;
    watcher
        .watch(dir, RecursiveMode::Recursive)
        .with_context(|| format!("cannot watch {}", dir.display()))?;
    Ok(watcher)
}

/// Waits until nothing was heard for `settle`.
async fn fall_quiet(heard: &mut mpsc::Receiver<()>, settle: Duration) {
    let quiet = async { while timeout(settle, heard.recv()).await.is_ok_and(|event| event.is_some()) {} };
    let _ = timeout(settle * MAX_SETTLES, quiet).await;
}

/// Tells systemd that all is well while the index answers and every door is at work.
async fn feed_watchdog(house: Arc<House>, patience: Duration) {
    let mut feed = interval(patience / 3);
    loop {
        feed.tick().await;
        let answers = aside(&house, |house| house.desk.index_answers()).await.unwrap_or_default();
        if answers && house.desk.health().is_good() {
            tell_manager(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(answers, doors = ?house.desk.health().doors_now(), "watchdog not fed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::settings::Sources;

    /// Which of the fixed settings `key` belongs to when it changes; empty when it is taken over at once.
    fn check(key: &str, value: &str, expected: &[&str]) {
        let settings =
            |flags: Vec<(String, String)>| Settings::load(&Sources { flags, ..Sources::default() }).unwrap();
        let (old, fresh) = (settings(Vec::new()), settings(vec![(key.to_owned(), value.to_owned())]));
        let changed = fixed(&fresh, &old).into_iter().filter(|(_, has_changed)| *has_changed);
        assert_eq!(changed.map(|(name, _)| name).collect::<Vec<_>>(), expected, "{key}");
    }

    #[test]
    fn what_needs_a_restart_is_told_by_name() {
        check("telegram.token", "7:other", &["telegram"]);
        check("telegram.poll_seconds", "7", &["telegram"]);
        check("data.watch", "/reports", &["data.watch"]);
        check("data.watch_settle_ms", "7", &[]);
        check("http.bind", "127.0.0.1:1", &["http.bind"]);
        check("http.burst", "7", &[]);
        check("answer.home", "青海省", &[]);
        check("log.level", "debug", &[]);
        check("state.question_days", "1", &["state"]);
        check("serve.stop_seconds", "1", &["serve"]);
        check("cli.lang", "en", &["cli"]);
    }

    #[test]
    fn what_needs_a_restart_stands_at_the_head_of_the_defaults() {
        let defaults = include_str!("../../config/default.toml");
        let (head, _) = defaults.split_once("[data]").unwrap();
        let (_, listed) = head.split_once("says by name:").unwrap();
        let (listed, _) = listed.split_once(". Nor").unwrap();
        let listed: Vec<&str> = listed.split(',').map(|name| name.trim_matches(['#', ' ', '\n'])).collect();
        let settings = Settings::load(&Sources::default()).unwrap();
        assert_eq!(listed, fixed(&settings, &settings).map(|(name, _)| name));
    }
}
