//! The program `wenshu`.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;

use wenshu::model::period::Day;
use wenshu::transports::cli::args::Cli;
use wenshu::transports::cli::{exit_code, run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli, std::env::vars().collect(), today()) {
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

/// Today in China (UTC+8), where the reports count their years.
fn today() -> Day {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()) + 8 * 3600;
    Day::of_unix_days(seconds / 86400)
}
