//! `wenshu import`, `wenshu reports`, `wenshu remove`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

use crate::daemon::engine::Engine;
use crate::index::IndexError;
use crate::ingest::{Hints, IngestError, Limits, Problem, collect_files, read_report};
use crate::model::report::{Report, ReportInfo};
use crate::transports::cli::args::ImportArgs;
use crate::transports::cli::{CommandContext, UserError};

/// Files per plain progress line where there is no terminal.
const LINE_EVERY: usize = 100;
const REFUSED: u8 = 2;

/// Imports files; refused ones are named and stop nothing else.
pub fn import(context: &CommandContext, args: &ImportArgs) -> Result<ExitCode> {
    let mut engine = Engine::open_own(&context.settings)?;
    let hints = Hints { place: args.place.clone(), year: args.year };
    if let Some(place) = &hints.place
        && engine.language.gazetteer.resolve(place).is_none()
    {
        return Err(UserError::new(format!(
            "{place:?} is no known place; use a full name such as 重庆市渝中区"
        ))
        .into());
    }
    let limits = Limits { max_file_bytes: context.settings.data.max_file_bytes };
    let (files, mut problems) = collect_files(&args.paths);
    let mut reports = Vec::new();
    for path in &files {
        match read_file(path, &hints, &engine, &limits) {
            Ok(report) => reports.push(report),
            Err(error) => problems.push(Problem { path: path.clone(), error }),
        }
    }
    let mut progress = Progress::new(reports.len());
    let summary =
        engine.library.import(reports, &mut |done, total| progress.show(done, total)).map_err(busy)?;
    progress.finish();
    let mut out = io::stdout().lock();
    for (word, infos) in [
        ("新增 added", &summary.added),
        ("更新 replaced", &summary.replaced),
        ("已有 same text", &summary.same),
    ] {
        if !infos.is_empty() {
            writeln!(out, "{word}: {}", infos.len())?;
        }
        for info in infos.iter().take(if word.starts_with("已有") { 20 } else { usize::MAX }).take(60) {
            writeln!(out, "  {}", line(info))?;
        }
    }
    for problem in &problems {
        eprintln!("未导入 refused {}: {}", problem.path.display(), UserError::from_error(&problem.error));
    }
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

fn busy(error: IndexError) -> anyhow::Error {
    match error {
        IndexError::Busy { .. } => {
            UserError::new(format!("{error}; wait for it to end and try again")).into()
        }
        error => error.into(),
    }
}

fn read_file(path: &Path, hints: &Hints, engine: &Engine, limits: &Limits) -> Result<Report, IngestError> {
    let size = std::fs::metadata(path).map_err(|source| IngestError::Unreadable { source })?.len();
    if size > limits.max_file_bytes {
        return Err(IngestError::TooLarge { bytes: size, limit: limits.max_file_bytes });
    }
    let bytes = std::fs::read(path).map_err(|source| IngestError::Unreadable { source })?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    read_report(&bytes, &name, hints, &engine.language.gazetteer, limits)
}

/// Lists the reports.
pub fn reports(context: &CommandContext) -> Result<ExitCode> {
    let engine = Engine::open(&context.settings)?;
    let mut out = io::stdout().lock();
    if engine.is_bundled {
        writeln!(
            out,
            "尚未导入报告，以下为自带摘要 (nothing imported yet; these digests come with the program)"
        )?;
    }
    for info in engine.library.reports() {
        writeln!(out, "{}", line(&info))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Takes a report out.
pub fn remove(context: &CommandContext, name: &str) -> Result<ExitCode> {
    let mut engine = Engine::open_own(&context.settings)?;
    let removed = engine.library.remove(name).map_err(busy)?;
    let info = removed
        .ok_or_else(|| UserError::new(format!("there is no report {name:?}; `wenshu reports` lists all")))?;
    writeln!(io::stdout().lock(), "已删除 removed: {}", line(&info)).context("cannot write")?;
    Ok(ExitCode::SUCCESS)
}

fn line(info: &ReportInfo) -> String {
    let place = info.place.as_ref().map_or_else(|| "—".to_owned(), |place| place.full_name());
    let year = info.year.map_or_else(|| "—".to_owned(), |year| year.get().to_string());
    format!("{}  {year}  {place}  {}  ({})", info.id, info.title, info.file)
}

/// A bar on a terminal, a plain line now and then elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    fn new(n_reports: usize) -> Progress {
        let is_terminal = io::stderr().is_terminal();
        let bar = (is_terminal && n_reports > 1).then(|| {
            let bar = ProgressBar::new(n_reports as u64);
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar
        });
        Progress { bar }
    }

    fn show(&mut self, done: usize, total: usize) {
        match &self.bar {
            Some(bar) => bar.set_position(done as u64),
            None if done.is_multiple_of(LINE_EVERY) => eprintln!("{done}/{total}"),
            None => {}
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
