//! The doors: command line, Telegram, HTTP, and the shapes answers have outside of the program.

pub mod cli;
pub mod http;
pub mod json;
pub mod telegram;
pub mod words;
