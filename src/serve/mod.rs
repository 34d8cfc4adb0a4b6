//! Runs every door that is configured until the program is told to stop.

mod check;
mod state;
mod upkeep;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use sd_notify::NotifyState;
use secrecy::ExposeSecret;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::daemon::desk::Desk;
use crate::daemon::logs::LogLevel;
use crate::daemon::settings::Settings;
pub use crate::serve::check::check;
use crate::serve::state::open_state;
use crate::serve::upkeep::{Doors, House};
use crate::transports::http::HttpDoor;
use crate::transports::telegram;

/// Where the settings come from, to be read anew.
pub struct Reread {
    /// Reads them as at the start.
    pub settings: Box<dyn Fn() -> Result<Settings> + Send + Sync>,
    /// The settings file, whether it is there or not; `None` when there is no place for one.
    pub file: Option<PathBuf>,
}

/// Longest wait for work that cannot be interrupted, such as an import, once the doors are closed.
const LAST_WAIT: Duration = Duration::from_millis(500);

/// Serves until SIGTERM or SIGINT, then lets the doors finish what they have in hand.
///
/// SIGHUP reads settings and reports anew.
///
/// # Errors
/// When nothing is configured to serve, or a door cannot be opened.
pub fn run(settings: Settings, reread: Reread, log_level: LogLevel) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let code = runtime.block_on(serve(settings, reread, log_level));
    runtime.shutdown_timeout(LAST_WAIT);
    code
}

async fn serve(settings: Settings, reread: Reread, log_level: LogLevel) -> Result<ExitCode> {
    let has_token = !settings.telegram.token.expose_secret().is_empty()
        || !settings.telegram.token_file.as_os_str().is_empty();
    if !has_token && settings.http.bind.is_empty() {
        bail!("nothing to serve; set telegram.token or http.bind");
    }
    // From here on a signal is not lost, however long it takes to open the reports.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hangup = signal(SignalKind::hangup())?;
    let desk = Arc::new(Desk::open(&settings)?);
    for note in desk.notes() {
        tracing::warn!(note, "index");
    }
    let stop = CancellationToken::new();
    let mut doors: JoinSet<Result<()>> = JoinSet::new();
    let (mut http, mut state) = (None, None);
    if !settings.http.bind.is_empty() {
        let door = HttpDoor::open(Arc::clone(&desk), &settings).await?;
        http = Some(door.state());
        doors.spawn(door.serve(stop.clone()));
    }
    if has_token {
        let store = Arc::new(open_state(&settings.state_file()).await?);
        if let Some(http) = &http {
            http.watch_store(Arc::clone(&store));
        }
        state = Some(Arc::clone(&store));
        let (settings, desk) = (settings.clone(), Arc::clone(&desk));
        let stop = stop.clone();
        // Said before it runs: the watchdog may look sooner than the door has come to speak for itself.
        desk.health().fail(telegram::DOOR, "starting");
        doors.spawn(async move { telegram::run(&settings, desk, store, stop).await });
    }
    let deadline = Duration::from_secs(settings.serve.stop_seconds);
    let house = House::new(desk, settings, Doors { http, state }, reread, log_level);
    let mut upkeep = upkeep::start(house, hangup, &stop);
    tell_manager(&[NotifyState::Ready]);
    let ended = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        Some(ended) = doors.join_next() => ended.context("a door broke").flatten(),
        // None of it ends by itself; without it nothing would be reloaded, watched or mended any more.
        Some(ended) = upkeep.join_next() => Err(anyhow!("the upkeep broke: {ended:?}")),
    };
    tell_manager(&[NotifyState::Stopping]);
    tracing::info!("stopping");
    stop.cancel();
    let finished = async { while doors.join_next().await.is_some() {} };
    if tokio::time::timeout(deadline, finished).await.is_err() {
        tracing::warn!(deadline_s = deadline.as_secs(), "questions in hand were given up");
    }
    ended?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Tells systemd, if it started the program, what goes on.
fn tell_manager(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "systemd was not told");
    }
}
