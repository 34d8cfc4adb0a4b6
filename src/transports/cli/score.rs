//! `wenshu eval` and `wenshu tune`: the score of a question set, and weights fitted to sets.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;

use crate::daemon::engine::Engine;
use crate::eval::tune::{Sample, fit, samples};
use crate::eval::{Asked, Score, read_set, score};
use crate::transports::cli::args::{EvalArgs, TuneArgs};
use crate::transports::cli::{CommandContext, UserError, ask};

/// Asks every question of a set and prints score, misses and calibration.
pub fn eval(context: &CommandContext, args: &EvalArgs) -> Result<ExitCode> {
    let set = read(&args.questions)?;
    let engine = ask::open(context)?;
    let answerer = engine.answerer()?;
    let result = score(&answerer, &set, args.all, context.today);
    print(&result)?;
    Ok(ExitCode::SUCCESS)
}

/// Fits weights to the question sets and prints the weights file.
pub fn tune(context: &CommandContext, args: &TuneArgs) -> Result<ExitCode> {
    let mut all: Vec<Sample> = Vec::new();
    let mut start = None;
    for named in &args.sets {
        let (dir, file) =
            named.split_once('=').map_or((None, named.as_str()), |(dir, file)| (Some(dir), file));
        let mut settings = context.settings.clone();
        if let Some(dir) = dir {
            settings.data.dir = dir.into();
        }
        let answerer = Engine::open(&settings)?.answerer()?;
        let set = read(Path::new(file))?;
        all.extend(samples(&answerer, &set, true, context.today));
        start = Some(answerer.weights().clone());
    }
    let Some(start) = start else { return Ok(ExitCode::SUCCESS) };
    write!(io::stdout().lock(), "{}", fit(&all, &start).to_toml())?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<Vec<Asked>> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| UserError::new(format!("cannot read {}: {error}", path.display())))?;
    Ok(read_set(&text).map_err(UserError::from_error)?)
}

fn print(result: &Score) -> Result<()> {
    let mut out = io::stdout().lock();
    for miss in &result.misses {
        writeln!(
            out,
            "{}\t{}\t{}\t应为 {}\t答作 {}",
            miss.id, miss.tag, miss.question, miss.expected, miss.got
        )?;
    }
    writeln!(out, "{:20} {:>9} {:>9} {:>9}", "tag", "figure", "refused", "invented")?;
    for (tag, tally) in &result.by_tag {
        let figure = format!("{}/{}", tally.right, tally.asked);
        let refused = format!("{}/{}", tally.refused, tally.unanswerable);
        writeln!(out, "{tag:20} {figure:>9} {refused:>9} {:>9}", tally.invented)?;
    }
    writeln!(out, "{:20} {:>9} {:>9}", "confidence", "answers", "right")?;
    for band in &result.bands {
        writeln!(
            out,
            "{:20} {:>9} {:>9.3}",
            format!("{:.1}–{:.1}", band.from, band.to),
            band.n_answers,
            band.share_right()
        )?;
    }
    writeln!(
        out,
        "figure {:.3}  refusal {:.3}  invented {}",
        result.figure(),
        result.refusal(),
        result.total().invented
    )?;
    Ok(())
}
