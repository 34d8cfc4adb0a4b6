//! The doors: command line, and the shapes answers have outside of the program.

pub mod cli;
pub mod json;
pub mod words;
