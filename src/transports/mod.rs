//! The doors: command line, HTTP, and the shapes answers have outside of the program.

pub mod cli;
pub mod http;
pub mod json;
pub mod words;
