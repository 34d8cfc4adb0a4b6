//! Runs every door that is configured until the program is told to stop.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::daemon::desk::Desk;
use crate::daemon::settings::Settings;
use crate::transports::http::HttpDoor;

/// Serves until SIGTERM or SIGINT, then lets the doors finish what they have in hand.
///
/// # Errors
/// When nothing is configured to serve, or a door cannot be opened.
pub fn run(settings: Settings) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    runtime.block_on(serve(settings))
}

async fn serve(settings: Settings) -> Result<ExitCode> {
    let has_token = !settings.telegram.token.expose_secret().is_empty()
        || !settings.telegram.token_file.as_os_str().is_empty();
    if !has_token && settings.http.bind.is_empty() {
        bail!("nothing to serve; set telegram.token or http.bind");
    }
    let desk = Arc::new(Desk::open(&settings)?);
    for note in desk.notes() {
        tracing::warn!(note, "index");
    }
    let stop = CancellationToken::new();
    let mut doors: JoinSet<Result<()>> = JoinSet::new();
    if !settings.http.bind.is_empty() {
        let door = HttpDoor::open(Arc::clone(&desk), &settings).await?;
        doors.spawn(door.serve(stop.clone()));
    }
    told_to_stop().await?;
    stop.cancel();
    let deadline = Duration::from_secs(settings.serve.stop_seconds);
    let finished = async { while doors.join_next().await.is_some() {} };
    if tokio::time::timeout(deadline, finished).await.is_err() {
        tracing::warn!(deadline_s = deadline.as_secs(), "questions in hand were given up");
    }
    Ok(ExitCode::SUCCESS)
}

async fn told_to_stop() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
