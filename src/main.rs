//! The program `wenshu`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use mimalloc::MiMalloc;

use wenshu::daemon::{desk, logs};
use wenshu::serve::{self, Reread};
use wenshu::transports::cli::args::{Cli, Command};
use wenshu::transports::cli::{exit_code, run, settings, settings_file};

/// Gives memory back after a reload; the C library's allocator keeps a share for each thread that ever reloaded, and
/// grows by half over a day of reloads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(code) => code,
        Err(error) => match exit_code(&error) {
            None => ExitCode::SUCCESS,
            Some(code) => {
                eprintln!("wenshu: {error:#}");
                ExitCode::from(code)
            }
        },
    }
}

fn start(cli: Cli) -> Result<ExitCode> {
    let variables: Vec<(String, String)> = std::env::vars().collect();
    if matches!(cli.command, Command::Serve) {
        let read = settings(&cli, variables.clone())?;
        let log_level = logs::start(&read.log)?;
        let file = settings_file(&cli, &variables);
        let reread = Reread { settings: Box::new(move || settings(&cli, variables.clone())), file };
        return serve::run(read, reread, log_level);
    }
    if matches!(cli.command, Command::Check) {
        return serve::check(settings(&cli, variables));
    }
    run(cli, variables, desk::today())
}
