//! The program `wenshu`.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use wenshu::daemon::{desk, logs};
use wenshu::serve;
use wenshu::transports::cli::args::{Cli, Command};
use wenshu::transports::cli::{exit_code, run, settings};

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
    let variables = std::env::vars().collect();
    if matches!(cli.command, Command::Serve) {
        let settings = settings(&cli, variables)?;
        logs::start(&settings.log)?;
        return serve::run(settings);
    }
    run(cli, variables, desk::today())
}
