//! The state file at the start: whatever has befallen it, questions are answered.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::time::{Instant, sleep};

use crate::storage::{Mended, StorageError, Store, now};

/// How long a program that still holds the file, most likely an older one on its way out, is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(200);

/// Opens the state. A damaged file is set aside and a new one begun; where the directory cannot be written, a copy is
/// used for as long as the program runs.
///
/// # Errors
/// When another program holds the file, or a newer one has written it.
pub async fn open_state(path: &Path) -> Result<Store> {
    match open_patiently(path).await {
        Err(error @ StorageError::Damaged { .. }) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            let (store, mended) = Store::open_mended(path, now())?;
            tell_mended(&mended, error);
            Ok(store)
        }
        Err(error @ StorageError::NotWritable { .. }) => {
            let error = format!("{:#}", anyhow::Error::from(error));
            tracing::error!(error, "the state cannot be written, what is told now is forgotten in the end");
            Ok(Store::open_copy(path)?)
        }
        Err(error @ StorageError::Newer { .. }) => {
            Err(error).context("start the newer program again, or move the file away to begin a new one")
        }
        Err(error @ StorageError::Locked { .. }) => {
            Err(error).context("end the program that holds it (`fuser` names it) and start again")
        }
        opened => Ok(opened?),
    }
}

/// Says what was done about a damaged file.
pub fn tell_mended(mended: &Mended, error: String) {
    let aside = mended.aside.as_deref().map(|aside| aside.display().to_string());
    let n_rescued = mended.n_rescued;
    tracing::error!(error, aside, n_rescued, "the state is damaged and set aside, a new one is begun");
}

async fn open_patiently(path: &Path) -> Result<Store, StorageError> {
    let started = Instant::now();
    loop {
        match Store::open(path) {
            Err(StorageError::Locked { .. }) if started.elapsed() < PATIENCE => sleep(PAUSE).await,
            opened => return opened,
        }
    }
}
