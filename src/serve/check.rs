//! `wenshu check`: looks at everything `wenshu serve` needs, and says how to mend what is wrong.

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use secrecy::ExposeSecret;

use crate::daemon::desk::{Desk, today};
use crate::daemon::settings::Settings;
use crate::model::place::Place;
use crate::storage::{StorageError, look_at};
use crate::transports::http::HttpDoor;
use crate::transports::telegram::{FoundBot, FoundWebhook, inspect};
use crate::transports::words::Words;
use crate::transports::words::check::{Finding, Grade};

/// Exit code when something has to be mended.
const BAD: u8 = 2;

/// Prints what was found; the exit code is 2 when something is bad.
///
/// # Errors
/// When standard output cannot be written.
pub fn check(settings: Result<Settings>) -> Result<ExitCode> {
    let (words, findings) = match settings {
        Ok(settings) => {
            let words = Words::for_lang(&settings.cli.lang).unwrap_or_default();
            (words, look(&settings)?)
        }
        Err(error) => (Words::default(), vec![Finding::SettingsRefused { why: format!("{error:#}") }]),
    };
    let mut out = io::stdout().lock();
    for finding in &findings {
        writeln!(out, "{}  {}", words.grade(finding.grade()), words.finding(finding))?;
        if let Some(mend) = words.mend(finding) {
            writeln!(out, "    → {mend}")?;
        }
    }
    let is_bad = findings.iter().any(|finding| finding.grade() == Grade::Bad);
    Ok(if is_bad { ExitCode::from(BAD) } else { ExitCode::SUCCESS })
}

fn look(settings: &Settings) -> Result<Vec<Finding>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let mut findings = vec![Finding::Settings, data_dir(settings)];
    match Desk::open(settings) {
        Ok(desk) => {
            let desk = Arc::new(desk);
            reports(settings, &desk, &mut findings);
            findings.push(runtime.block_on(http(settings, desk)));
        }
        Err(error) => findings.push(Finding::IndexFails { why: format!("{error:#}") }),
    }
    findings.push(state(settings));
    findings.extend(folder(settings));
    findings.extend(runtime.block_on(telegram(settings)));
    Ok(findings)
}

fn data_dir(settings: &Settings) -> Finding {
    let dir = settings.data_dir();
    let written = fs::create_dir_all(&dir).and_then(|()| tempfile::tempfile_in(&dir));
    match written {
        Ok(_) => Finding::DataDir { dir },
        Err(error) => Finding::DataDirNotWritable { dir, why: error.to_string() },
    }
}

fn reports(settings: &Settings, desk: &Desk, findings: &mut Vec<Finding>) {
    findings.extend(desk.notes().into_iter().map(|note| Finding::IndexMended { note }));
    let answerer = desk.answerer();
    findings.push(if desk.index_answers() {
        Finding::Index { n_passages: answerer.n_passages() }
    } else {
        Finding::IndexFails { why: String::from("index/unreadable") }
    });
    findings.push(if desk.is_bundled() {
        Finding::Bundled
    } else {
        Finding::Reports { n_reports: answerer.reports().len() }
    });
    let home = &settings.answer.home;
    let is_home = |place: &Place| place.full_name() == *home;
    if !home.is_empty() && !answerer.reports().iter().any(|info| info.place.as_ref().is_some_and(is_home)) {
        findings.push(Finding::HomeWithoutReports { home: home.clone() });
    }
    let newest = answerer.reports().iter().filter_map(|info| info.year).max().map_or(0, |year| year.get());
    let today = today();
    findings.push(if newest > today.year + 1 {
        Finding::ClockBehind { today, newest }
    } else {
        Finding::Clock { today }
    });
}

fn state(settings: &Settings) -> Finding {
    let file = settings.state_file();
    match look_at(&file) {
        Ok(()) if file.exists() => Finding::State { file },
        Ok(()) => Finding::NoState { file },
        Err(StorageError::Locked { .. }) => Finding::StateLocked { file },
        Err(StorageError::Newer { version, .. }) => Finding::StateNewer { file, version },
        Err(error @ StorageError::Damaged { .. }) => Finding::StateDamaged { why: error.to_string() },
        Err(error) => Finding::StateFails { why: format!("{:#}", anyhow::Error::from(error)) },
    }
}

fn folder(settings: &Settings) -> Option<Finding> {
    let dir = settings.data.watch.clone();
    if dir.as_os_str().is_empty() {
        return None;
    }
    Some(if fs::read_dir(&dir).is_ok() { Finding::Folder { dir } } else { Finding::FolderFails { dir } })
}

async fn http(settings: &Settings, desk: Arc<Desk>) -> Finding {
    let bind = settings.http.bind.clone();
    if bind.is_empty() {
        return Finding::HttpOff;
    }
    match HttpDoor::open(desk, settings).await {
        Ok(door) => Finding::Http { address: shown(&bind, door.address()) },
        Err(error) => {
            let io_error = error.root_cause().downcast_ref::<io::Error>();
            if io_error.is_some_and(|error| error.kind() == io::ErrorKind::AddrInUse) {
                Finding::HttpTaken { bind }
            } else {
                Finding::HttpFails { why: format!("{error:#}") }
            }
        }
    }
}

/// The address as it is set; port 0 stays 0, another would be taken next time.
fn shown(bind: &str, address: SocketAddr) -> SocketAddr {
    bind.parse().unwrap_or(address)
}

async fn telegram(settings: &Settings) -> Vec<Finding> {
    let telegram = &settings.telegram;
    if telegram.token.expose_secret().is_empty() && telegram.token_file.as_os_str().is_empty() {
        return vec![Finding::TelegramOff];
    }
    let (bot, webhook) = inspect(telegram).await;
    let mut findings = vec![match bot {
        FoundBot::NoToken { why } => Finding::TelegramTokenMissing { why },
        FoundBot::BadToken => Finding::TelegramTokenUnknown,
        FoundBot::Unreachable => Finding::TelegramUnreachable { url: telegram.api_url.clone() },
        FoundBot::Known { username } => Finding::Telegram { bot: username },
    }];
    let url = telegram.webhook_url.clone();
    findings.extend(webhook.map(|webhook| match webhook {
        FoundWebhook::Refused { why } => Finding::WebhookRefused { why },
        FoundWebhook::BindFails { why: io::ErrorKind::AddrInUse } => {
            Finding::WebhookTaken { bind: telegram.webhook_bind.clone() }
        }
        FoundWebhook::BindFails { why } => {
            Finding::WebhookBindFails { bind: telegram.webhook_bind.clone(), why: why.to_string() }
        }
        FoundWebhook::Unreachable => Finding::WebhookUnreachable { url },
        FoundWebhook::NotDelivered { why } => Finding::WebhookNotDelivered { why },
        FoundWebhook::Fine { n_pending } => Finding::Webhook { url, n_pending },
    }));
    findings
}
