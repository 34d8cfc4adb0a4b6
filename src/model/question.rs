//! A question, as it comes in.

use crate::model::period::Day;

/// What is asked, by whom it does not matter, on which day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// As typed.
    pub text: String,
    /// File name or id of the one report to look in; `None` looks in all.
    pub report: Option<String>,
    /// Place names a chat is limited to; empty means every place.
    pub places: Vec<String>,
    /// Years of reports a chat is limited to; empty means every year.
    pub years: Vec<u16>,
    /// The day 今年 and 去年 are counted from.
    pub today: Day,
}

impl Question {
    /// A question to all reports.
    pub fn new(text: impl Into<String>, today: Day) -> Question {
        Question { text: text.into(), report: None, places: Vec::new(), years: Vec::new(), today }
    }
}
