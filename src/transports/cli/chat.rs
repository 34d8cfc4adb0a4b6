//! `wenshu chat`: a line editor with history.

use std::process::ExitCode;

use anyhow::{Context, Result};
use rustyline::DefaultEditor;
use rustyline::error::ReadlineError;

use crate::transports::cli::args::ScopeArgs;
use crate::transports::cli::{CommandContext, ask, render};

/// Asks until the end of input.
pub fn chat(context: &CommandContext, scope: &ScopeArgs) -> Result<ExitCode> {
    let engine = ask::open(context)?;
    let answerer = engine.answerer()?;
    let mut editor = DefaultEditor::new().context("cannot open the terminal; use `wenshu ask` instead")?;
    let history = context.settings.data_dir().join("history.txt");
    // No history yet is no error.
    let _ = editor.load_history(&history);
    loop {
        match editor.readline("问> ") {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                let _ = editor.add_history_entry(&line);
                let outcome = answerer.answer(&context.question(line.trim(), scope)?);
                print!("{}", render::reply(&outcome, &context.words, context.colors));
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => break,
            Err(error) => return Err(error).context("cannot read the line"),
        }
    }
    let _ = editor.save_history(&history);
    Ok(ExitCode::SUCCESS)
}
