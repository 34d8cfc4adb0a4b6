//! The time a fact speaks of.

use serde::{Deserialize, Serialize};

/// Whether a fact tells of what happened or of what is intended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PeriodState {
    Achieved,
    Planned,
}

impl PeriodState {
    /// The name used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            PeriodState::Achieved => "achieved",
            PeriodState::Planned => "planned",
        }
    }
}

/// Inclusive range of years with its state.
///
/// `from == to` is one year; a five-year total of the 13th plan is 2016–2020. An end nobody stated is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub from: Option<u16>,
    pub to: Option<u16>,
    pub state: PeriodState,
}

impl Period {
    pub fn year(year: u16, state: PeriodState) -> Period {
        Period { from: Some(year), to: Some(year), state }
    }

    pub fn range(from: u16, to: u16, state: PeriodState) -> Period {
        Period { from: Some(from), to: Some(to), state }
    }

    pub fn unknown(state: PeriodState) -> Period {
        Period { from: None, to: None, state }
    }

    /// True when the period spans more than one year.
    pub fn is_span(self) -> bool {
        matches!((self.from, self.to), (Some(from), Some(to)) if from != to)
    }
}

/// A calendar day, as a question is asked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl Day {
    /// Reads `2026-06-01`; anything else is `None`.
    pub fn parse(text: &str) -> Option<Day> {
        let mut parts = text.trim().split('-');
        let year: u16 = parts.next()?.parse().ok()?;
        let month: u8 = parts.next()?.parse().ok()?;
        let day: u8 = parts.next()?.parse().ok()?;
        let whole = parts.next().is_none()
            && (1000..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=31).contains(&day);
        whole.then_some(Day { year, month, day })
    }

    /// The day `days` after 1970-01-01, by the civil calendar.
    pub fn of_unix_days(days: u64) -> Day {
        let is_leap =
            |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let mut rest = days;
        let mut year = 1970;
        while rest >= 365 + u64::from(is_leap(year)) {
            rest -= 365 + u64::from(is_leap(year));
            year += 1;
        }
        let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 0;
        while rest >= lengths[month] {
            rest -= lengths[month];
            month += 1;
        }
        Day { year: year as u16, month: month as u8 + 1, day: rest as u8 + 1 }
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}
