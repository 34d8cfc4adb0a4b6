//! `wenshu ask` and `wenshu search`.

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use comfy_table::{Table, presets};

use crate::answer::{Answerer, Explanation};
use crate::daemon::engine::Engine;
use crate::model::answer::Outcome;
use crate::transports::cli::args::{AskArgs, ScopeArgs, SearchArgs};
use crate::transports::cli::{CommandContext, UserError, parse_day, render, text_of};
use crate::transports::json::{QuestionLine, reply_line};

const N_EXPLAINED: usize = 40;
const NOT_FOUND: u8 = 1;

/// Answers one question, or a stream of them.
pub fn ask(context: &CommandContext, args: AskArgs) -> Result<ExitCode> {
    let engine = open(context)?;
    let answerer = engine.answerer()?;
    if args.jsonl {
        return stream(context, &answerer, &args.scope);
    }
    let text = text_of(&args.question)?;
    let question = context.question(text.trim(), &args.scope)?;
    let started = Instant::now();
    let mut out = io::stdout().lock();
    let outcome = if args.explain {
        let explanation = answerer.explain(&question)?;
        write!(out, "{}", explain(&explanation))?;
        explanation.outcome
    } else {
        answerer.answer(&question)
    };
    if args.json {
        let line = reply_line(
            serde_json::Value::Null,
            &outcome,
            &context.words,
            started.elapsed().as_micros() as u64,
        );
        serde_json::to_writer(&mut out, &line)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", render::reply(&outcome, &context.words, context.colors))?;
    }
    Ok(match outcome {
        Outcome::Answered(_) => ExitCode::SUCCESS,
        Outcome::Declined(_) => ExitCode::from(NOT_FOUND),
    })
}

/// Opens the reports and tells what was noticed on standard error.
pub fn open(context: &CommandContext) -> Result<Engine> {
    let engine = Engine::open(&context.settings)?;
    for note in engine.library.notes() {
        eprintln!("{note}");
    }
    Ok(engine)
}

fn stream(context: &CommandContext, answerer: &Answerer, scope: &ScopeArgs) -> Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    for (line_idx, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: QuestionLine = serde_json::from_str(&line).map_err(|error| {
            UserError::new(format!(
                "line {} is no question: {error}; write {{\"id\":…,\"question\":…}}",
                line_idx + 1
            ))
        })?;
        let mut question = context.question(&asked.question, scope)?;
        question.report = asked.report.or(question.report);
        if let Some(today) = &asked.today {
            question.today = parse_day(today)?;
        }
        let started = Instant::now();
        let outcome = answerer.answer(&question);
        let elapsed_us = started.elapsed().as_micros() as u64;
        serde_json::to_writer(&mut out, &reply_line(asked.id, &outcome, &context.words, elapsed_us))?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn explain(explanation: &Explanation) -> String {
    let mut text = String::new();
    for (name, value) in &explanation.understood {
        text.push_str(&format!("{name}: {value}\n"));
    }
    let mut table = Table::new();
    table.load_style(presets::ASCII_BORDERS_ONLY_CONDENSED);
    let mut header = vec!["figure".to_owned(), "indicator".to_owned(), "period".to_owned()];
    header.extend(explanation.signals.iter().map(|signal| (*signal).to_owned()));
    header.extend(["score", "confidence", "against", "matched", "sentence"].map(str::to_owned));
    table.set_header(header);
    let mut weights = vec!["weight".to_owned(), String::new(), String::new()];
    weights.extend(explanation.weights.iter().map(|weight| format!("{weight:.2}")));
    table.add_row(weights);
    for row in explanation.rows.iter().take(N_EXPLAINED) {
        let period =
            [row.period.from, row.period.to].map(|year| year.map_or("?".to_owned(), |year| year.to_string()));
        let period = format!("{}–{} {}", period[0], period[1], row.period.state.name());
        let mut cells = vec![row.figure.clone(), row.indicator.clone(), period];
        cells.extend(row.values.iter().map(|value| format!("{value:.2}")));
        cells.extend([
            format!("{:.2}", row.score),
            format!("{:.2}", row.confidence),
            row.why_not.unwrap_or("-").to_owned(),
            row.matched.join(" "),
        ]);
        cells.push(format!("{} {}", row.report, row.sentence.chars().take(24).collect::<String>()));
        table.add_row(cells);
    }
    text.push_str(&table.to_string());
    text.push('\n');
    text
}

/// Prints passages without choosing a figure.
pub fn search(context: &CommandContext, args: &SearchArgs) -> Result<ExitCode> {
    let engine = open(context)?;
    let answerer = engine.answerer()?;
    let question = context.question(&args.question.join(" "), &args.scope)?;
    let hits = answerer.search(&question, args.limit)?;
    let mut out = io::stdout().lock();
    for hit in &hits {
        let report = answerer.reports().iter().find(|info| info.id == hit.passage.report);
        let title = report.map_or("", |info| info.title.as_str());
        writeln!(out, "{}\n  —— {title} · {}", hit.passage.text, hit.passage.section.join(" · "))?;
    }
    if hits.is_empty() {
        writeln!(io::stderr(), "没有一句有这些词 (no sentence holds these words)")?;
        return Ok(ExitCode::from(NOT_FOUND));
    }
    Ok(ExitCode::SUCCESS)
}
