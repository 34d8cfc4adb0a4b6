//! The command line.

pub mod args;
mod ask;
mod chat;
mod exit;
mod feedback;
mod figures;
mod manage;
mod render;
mod score;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::daemon::settings::{Settings, Sources, origins};
use crate::model::period::Day;
use crate::model::question::Question;
use crate::transports::cli::args::{Cli, Command, FeedbackCommand, ScopeArgs};
pub use crate::transports::cli::exit::{UserError, exit_code};
use crate::transports::words::Words;

/// What every command is given.
pub struct CommandContext {
    pub settings: Settings,
    pub words: Words,
    pub colors: bool,
    pub today: Day,
}

/// Runs one command; `today` is the day the program was started on.
///
/// # Errors
/// What went wrong, ready for [`exit_code`].
pub fn run(cli: Cli, variables: Vec<(String, String)>, today: Day) -> Result<ExitCode> {
    let sources = sources(&cli, variables);
    if matches!(cli.command, Command::Config) {
        let origins = origins(&sources).map_err(UserError::from_error)?;
        let mut out = io::stdout().lock();
        for origin in origins {
            writeln!(out, "{} = {:?}  # {}", origin.key, origin.value, origin.source)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let settings = settings_of(&sources)?;
    let words = Words::for_lang(&settings.cli.lang).ok_or_else(|| {
        UserError::new(format!("cli.lang is {:?}; allowed are zh and en", settings.cli.lang))
    })?;
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colors = io::stdout().is_terminal() && !cli.no_color && !no_color;
    let context = CommandContext { settings, words, colors, today };
    match cli.command {
        Command::Ask(args) => ask::ask(&context, args),
        Command::Chat(scope) => chat::chat(&context, &scope),
        Command::Search(args) => ask::search(&context, &args),
        Command::Figures(args) => figures::figures(&context, args),
        Command::Import(args) => manage::import(&context, &args),
        Command::Reports => manage::reports(&context),
        Command::Remove { report } => manage::remove(&context, &report),
        Command::Feedback { command: FeedbackCommand::Export(args) } => feedback::export(&context, &args),
        Command::Eval(args) => score::eval(&context, &args),
        Command::Tune(args) => score::tune(&context, &args),
        Command::Config | Command::Serve | Command::Check => Ok(ExitCode::SUCCESS),
    }
}

/// The settings in force for `cli`.
///
/// # Errors
/// When a setting is not valid; a user's error.
pub fn settings(cli: &Cli, variables: Vec<(String, String)>) -> Result<Settings> {
    settings_of(&sources(cli, variables))
}

/// The settings file of `cli`, whether it is there or not.
pub fn settings_file(cli: &Cli, variables: &[(String, String)]) -> Option<PathBuf> {
    sources(cli, variables.to_vec()).path()
}

fn settings_of(sources: &Sources) -> Result<Settings> {
    Ok(Settings::load(sources).map_err(UserError::from_error)?)
}

fn sources(cli: &Cli, variables: Vec<(String, String)>) -> Sources {
    let mut flags = Vec::new();
    if let Some(dir) = &cli.data_dir {
        flags.push(("data.dir".to_owned(), dir.display().to_string()));
    }
    if let Some(lang) = &cli.lang {
        flags.push(("cli.lang".to_owned(), lang.clone()));
    }
    Sources { file: cli.config.clone(), flags, variables }
}

impl CommandContext {
    fn question(&self, text: &str, scope: &ScopeArgs) -> Result<Question> {
        let today = match &scope.today {
            Some(day) => parse_day(day)?,
            None => self.today,
        };
        Ok(Question {
            text: text.to_owned(),
            report: scope.report.clone(),
            places: scope.place.iter().cloned().collect(),
            years: scope.year.iter().copied().collect(),
            today,
        })
    }
}

fn parse_day(text: &str) -> Result<Day> {
    Day::parse(text)
        .ok_or_else(|| UserError::new(format!("{text:?} is no day; write it like 2026-06-01")).into())
}

/// The text of arguments, or of standard input for `-`.
fn text_of(words: &[String]) -> Result<String> {
    if let [only] = words
        && only == "-"
    {
        return io::read_to_string(io::stdin()).context("cannot read standard input");
    }
    Ok(words.join(" "))
}
