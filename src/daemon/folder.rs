//! Keeps the library in step with a folder of reports.
//!
//! What was seen last is kept in `watched.json` of the data directory, so changes made while the program was
//! down are noticed. Reports that came in by other ways are left alone, and a report whose file is gone stays for a
//! while: a folder that is moved, or on a disk that drops out, comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::analysis::language::LanguageData;
use crate::daemon::engine::own_dir;
use crate::daemon::settings::Settings;
use crate::index::Library;
use crate::ingest::{Hints, IngestError, Limits, collect_files, read_report};
use crate::model::report::Report;

/// A file when it was last read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct SeenFile {
    bytes: u64,
    /// Milliseconds since 1970; 0 while its import has not ended.
    modified_ms: u64,
    /// Id of the report it gave; `None` when it was refused.
    report: Option<String>,
}

type Seen = BTreeMap<String, SeenFile>;

/// A report is removed when its file has been missed for this many times the settling time.
const GONE_AFTER_SETTLES: u32 = 10;

/// The watched folder, as the running program sees it.
#[derive(Debug, Default)]
pub struct Folder {
    /// Files that are no longer there, and since when.
    missed: BTreeMap<String, Instant>,
}

/// What one look at the folder came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Step {
    /// The library is not what it was.
    pub has_changed: bool,
    /// Some files are still being written, or have just gone; look again soon.
    pub is_unsettled: bool,
}

/// What is to be done after a look at the folder.
#[derive(Default)]
struct Plan {
    seen: Seen,
    fresh: Vec<Report>,
    is_unsettled: bool,
}

impl Folder {
    /// Imports what is new or changed in `data.watch` and removes what is gone.
    ///
    /// # Errors
    /// When the folder cannot be read, or the library cannot be written; nothing is removed then.
    pub fn sync(&mut self, settings: &Settings, language: &Arc<LanguageData>) -> Result<Step> {
        let dir = &settings.data.watch;
        let (files, problems) = collect_files(&[dir.display().to_string()]);
        if !dir.is_dir() {
            bail!("cannot read the folder {}; set data.watch to a folder that is there", dir.display());
        }
        if let Some(problem) = problems.first() {
            bail!("cannot read {}: {}", problem.path.display(), problem.error);
        }
        let state = settings.data_dir().join("watched.json");
        let before = read_seen(&state);
        let mut plan = look(settings, language, dir, &files, &before);
        self.wait_for_missed(&before, &mut plan, settle(settings) * GONE_AFTER_SETTLES);
        let ids = |seen: &Seen| -> BTreeSet<String> {
            seen.values().filter_map(|file| file.report.clone()).collect()
        };
        let gone: Vec<String> = ids(&before).difference(&ids(&plan.seen)).cloned().collect();
        if files.is_empty() && !gone.is_empty() {
            // More likely a disk that is not mounted than an operator who wants to be left without reports.
            bail!("{} is empty; its {} reports stay until a file is there", dir.display(), gone.len());
        }
        let has_changed = !plan.fresh.is_empty() || !gone.is_empty();
        if has_changed {
            write_seen(&state, &unfinished(&before, &plan))?;
            let mut library = Library::open(&own_dir(&settings.data_dir()), language)?;
            let summary = library.import(std::mem::take(&mut plan.fresh), &mut |_, _| {})?;
            for id in &gone {
                library.remove(id)?;
            }
            let ours: BTreeSet<&String> =
                summary.added.iter().chain(&summary.replaced).map(|info| &info.id).collect();
            let others = summary.same.iter().map(|info| &info.id).filter(|id| !ours.contains(id));
            disown(&mut plan.seen, &others.filter(|id| !ids(&before).contains(*id)).collect());
            tracing::info!(
                n_added = summary.added.len(),
                n_replaced = summary.replaced.len(),
                n_same = summary.same.len(),
                n_removed = gone.len(),
                "folder read"
            );
        }
        if plan.seen != before {
            write_seen(&state, &plan.seen)?;
        }
        Ok(Step { has_changed, is_unsettled: plan.is_unsettled })
    }

    /// Keeps what was seen `before` of files that have been missed for less than `patience`.
    fn wait_for_missed(&mut self, before: &Seen, plan: &mut Plan, patience: Duration) {
        let now = Instant::now();
        self.missed.retain(|name, _| before.contains_key(name) && !plan.seen.contains_key(name));
        for (name, old) in
            before.iter().filter(|(name, _)| !plan.seen.contains_key(*name)).collect::<Vec<_>>()
        {
            let since = *self.missed.entry(name.clone()).or_insert(now);
            if now - since < patience {
                plan.is_unsettled = true;
                plan.seen.insert(name.clone(), old.clone());
            }
        }
    }
}

fn settle(settings: &Settings) -> Duration {
    Duration::from_millis(settings.data.watch_settle_ms)
}

/// What is written down before an import: should the program be killed in its midst, fresh files are read again
/// and those gone are still known.
fn unfinished(before: &Seen, plan: &Plan) -> Seen {
    let mut seen = before.clone();
    let fresh: BTreeSet<&str> = plan.fresh.iter().map(|report| report.info.id.as_str()).collect();
    for (name, file) in &plan.seen {
        let is_fresh = file.report.as_deref().is_some_and(|id| fresh.contains(id));
        if is_fresh && !before.contains_key(name) {
            seen.insert(name.clone(), SeenFile { modified_ms: 0, ..file.clone() });
        }
    }
    seen
}

/// Reports that were there before the folder had them stay when the folder loses them.
fn disown(seen: &mut Seen, others: &BTreeSet<&String>) {
    for file in seen.values_mut() {
        file.report = file.report.take().filter(|id| !others.contains(id));
    }
}

fn look(settings: &Settings, language: &LanguageData, dir: &Path, files: &[PathBuf], before: &Seen) -> Plan {
    let settle = settle(settings);
    let limits = Limits { max_file_bytes: settings.data.max_file_bytes };
    let mut plan = Plan::default();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for path in files {
        let name = path.strip_prefix(dir).unwrap_or(path).display().to_string();
        let file_name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !names.insert(file_name.clone()) {
            tracing::warn!(file = name, "left out: another file of the folder has this name");
            continue;
        }
        let old = before.get(&name);
        let Some((bytes, modified)) = size_and_time(path) else { continue };
        let modified_ms = millis(modified);
        if let Some(old) = old.filter(|old| old.bytes == bytes && old.modified_ms == modified_ms) {
            plan.seen.insert(name, old.clone());
            continue;
        }
        let is_young = modified.elapsed().is_ok_and(|age| age < settle);
        let read = (!is_young).then(|| read_file(path, &file_name, bytes, language, &limits));
        if size_and_time(path) != Some((bytes, modified)) || is_young {
            plan.is_unsettled = true;
            plan.seen.extend(old.map(|old| (name, old.clone())));
            continue;
        }
        let report = match read {
            Some(Ok(report)) => {
                let id = report.info.id.clone();
                plan.fresh.push(report);
                Some(id)
            }
            Some(Err(error)) => {
                tracing::warn!(file = name, %error, "refused");
                old.and_then(|old| old.report.clone())
            }
            None => None,
        };
        plan.seen.insert(name, SeenFile { bytes, modified_ms, report });
    }
    plan
}

fn read_file(
    path: &Path,
    name: &str,
    size: u64,
    language: &LanguageData,
    limits: &Limits,
) -> Result<Report, IngestError> {
    if size > limits.max_file_bytes {
        return Err(IngestError::TooLarge { bytes: size, limit: limits.max_file_bytes });
    }
    let bytes = fs::read(path).map_err(|source| IngestError::Unreadable { source })?;
    read_report(&bytes, name, &Hints::default(), &language.gazetteer, limits)
}

fn size_and_time(path: &Path) -> Option<(u64, SystemTime)> {
    let meta = fs::metadata(path).ok()?;
    Some((meta.len(), meta.modified().ok()?))
}

fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(1, |since| since.as_millis() as u64)
}

/// A list that is missing or damaged is made anew: every file is read again, and nothing is removed.
fn read_seen(path: &Path) -> Seen {
    let Ok(bytes) = fs::read(path) else { return Seen::new() };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(path = %path.display(), %error, "made anew");
        Seen::new()
    })
}

fn write_seen(path: &Path, seen: &Seen) -> Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&serde_json::to_vec(seen)?)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}
