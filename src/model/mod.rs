//! The nouns of the program: what a report is, what a sentence states, what is asked and answered.
//!
//! Nothing here reads a file, opens an index or knows a network.

pub mod answer;
pub mod fact;
pub mod figure;
pub mod gazetteer;
pub mod period;
pub mod place;
pub mod question;
pub mod report;
pub mod span;
