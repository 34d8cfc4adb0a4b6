//! `wenshu eval`: the score of a question set.

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;

use crate::eval::{Score, read_set, score};
use crate::transports::cli::args::EvalArgs;
use crate::transports::cli::{CommandContext, UserError, ask};

/// Asks every question of a set and prints score, misses and calibration.
pub fn eval(context: &CommandContext, args: &EvalArgs) -> Result<ExitCode> {
    let text = std::fs::read_to_string(&args.questions)
        .map_err(|error| UserError::new(format!("cannot read {}: {error}", args.questions.display())))?;
    let set = read_set(&text).map_err(UserError::from_error)?;
    let engine = ask::open(context)?;
    let answerer = engine.answerer()?;
    let result = score(&answerer, &set, args.all, context.today);
    print(&result)?;
    Ok(ExitCode::SUCCESS)
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
