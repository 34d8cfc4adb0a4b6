//! `wenshu figures`: what is seen in a text.

use std::io::{self, BufRead, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::analysis::facts_of_text;
use crate::analysis::language::LanguageData;
use crate::model::fact::Fact;
use crate::transports::cli::args::FiguresArgs;
use crate::transports::cli::{CommandContext, UserError, text_of};
use crate::transports::json::{FigureShape, figure_shape};

#[derive(Debug, Deserialize)]
struct TextLine {
    id: serde_json::Value,
    text: String,
}

#[derive(Debug, Serialize)]
struct FiguresLine {
    id: serde_json::Value,
    figures: Vec<SeenFigure>,
}

#[derive(Debug, Serialize)]
struct SeenFigure {
    #[serde(flatten)]
    figure: FigureShape,
    /// Byte offsets into the text.
    start: u32,
    end: u32,
    indicator: String,
    aspect: &'static str,
}

/// Prints the figures and facts of a text, or of each line of JSON.
pub fn figures(context: &CommandContext, args: FiguresArgs) -> Result<ExitCode> {
    let language = LanguageData::bundled()?;
    if args.jsonl {
        return stream(&language);
    }
    let text = text_of(&args.text)?;
    let mut out = io::stdout().lock();
    let facts = facts_of_text(&language, &text);
    for fact in &facts {
        let aspect = context.words.aspect(fact.aspect, fact.direction);
        let period = context.words.period(fact.period);
        let figure = fact.figure.span.of(&text);
        writeln!(
            out,
            "{figure}\t{} {}\t{}\t{aspect}\t{period}",
            fact.figure.value, fact.figure.unit, fact.indicator
        )?;
    }
    Ok(if facts.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn stream(language: &LanguageData) -> Result<ExitCode> {
    let mut out = BufWriter::new(io::stdout().lock());
    for (line_idx, line) in io::stdin().lock().lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let asked: TextLine = serde_json::from_str(&line).map_err(|error| {
            UserError::new(format!(
                "line {} is no text: {error}; write {{\"id\":…,\"text\":…}}",
                line_idx + 1
            ))
        })?;
        let mut facts = facts_of_text(language, &asked.text);
        facts.sort_by_key(|fact| fact.figure.span);
        let figures = facts.iter().map(|fact| seen(fact, &asked.text)).collect();
        serde_json::to_writer(&mut out, &FiguresLine { id: asked.id, figures })?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn seen(fact: &Fact, text: &str) -> SeenFigure {
    let span = fact.figure.span;
    SeenFigure {
        figure: figure_shape(&fact.figure, span.of(text)),
        start: span.start,
        end: span.end,
        indicator: fact.indicator.clone(),
        aspect: fact.aspect.name(),
    }
}
