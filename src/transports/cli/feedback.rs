//! `wenshu feedback export`: what readers said of answers, as a question set.

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;

use crate::daemon::desk::day_in_china;
use crate::model::period::Day;
use crate::storage::{Feedback, Store};
use crate::transports::cli::args::ExportArgs;
use crate::transports::cli::{CommandContext, UserError, parse_day};

/// One line of a question set. Who said it is left out.
#[derive(Debug, Serialize)]
struct Case<'a> {
    id: String,
    question: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a str>,
    /// `null` when the reports do not say; empty when the right one has to be filled in.
    figure: Option<&'a str>,
    acceptable: [&'a str; 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    sentence: Option<&'a str>,
    tag: String,
    today: String,
    self_contained: bool,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    places: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    years: &'a [u16],
    /// What was answered and complained of.
    #[serde(skip_serializing_if = "Option::is_none")]
    given: Option<Given<'a>>,
}

#[derive(Debug, Serialize)]
struct Given<'a> {
    figure: Option<&'a str>,
    sentence: Option<&'a str>,
    report: Option<&'a str>,
}

/// Writes the feedback kept, oldest first; how much it was is said on standard error.
pub fn export(context: &CommandContext, args: &ExportArgs) -> Result<ExitCode> {
    let since = args.since.as_deref().map(parse_day).transpose()?;
    let path = context.settings.state_file();
    let all = if path.exists() {
        Store::open(&path).and_then(|store| store.feedback()).map_err(UserError::from_error)?
    } else {
        Vec::new()
    };
    let is_wanted = |feedback: &&Feedback| since.is_none_or(|since| day_of(feedback) >= since);
    let wanted: Vec<&Feedback> = all.iter().filter(is_wanted).collect();
    let mut out = io::stdout().lock();
    let mut n_said: HashMap<i64, usize> = HashMap::new();
    for feedback in &wanted {
        let n = n_said.entry(feedback.asked).or_default();
        *n += 1;
        writeln!(out, "{}", serde_json::to_string(&case(feedback, *n))?)?;
    }
    out.flush()?;
    if wanted.is_empty() {
        eprintln!("没有评价 (no feedback is kept)");
    } else {
        let n_complaints = wanted.iter().filter(|feedback| !feedback.good).count();
        eprintln!(
            "{} 条评价，其中 {n_complaints} 条不满 ({} said, {n_complaints} of them complaints)",
            wanted.len(),
            wanted.len()
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn day_of(feedback: &Feedback) -> Day {
    day_in_china(u64::try_from(feedback.at).unwrap_or_default())
}

/// `n` counts what was said of one answer.
///
/// An answer that was praised is right as it stands. Of one that was complained of only the question is known to be a
/// good test: what was given is kept beside it, and the right figure is for a person to fill in.
fn case(feedback: &Feedback, n: usize) -> Case<'_> {
    let given = Given {
        figure: stated(&feedback.figure),
        sentence: stated(&feedback.sentence),
        report: stated(&feedback.report),
    };
    let today = if feedback.today.is_empty() { day_of(feedback).to_string() } else { feedback.today.clone() };
    let is_first = n == 1;
    Case {
        id: format!("feedback-{}{}", feedback.asked, if is_first { String::new() } else { format!("-{n}") }),
        question: &feedback.question,
        report: given.report.filter(|_| feedback.good),
        figure: if feedback.good { given.figure } else { Some("") },
        acceptable: [],
        sentence: given.sentence.filter(|_| feedback.good),
        tag: match (feedback.good, &feedback.reason) {
            (true, _) => "praise".to_owned(),
            (false, None) => "complaint".to_owned(),
            (false, Some(reason)) => format!("complaint-{reason}"),
        },
        today,
        self_contained: feedback.places.is_empty() && feedback.years.is_empty(),
        places: &feedback.places,
        years: &feedback.years,
        given: (!feedback.good).then_some(given),
    }
}

fn stated(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::read_set;

    fn said(good: bool, reason: Option<&str>) -> Feedback {
        Feedback {
            asked: 7,
            user: 42,
            good,
            reason: reason.map(str::to_owned),
            question: "新增就业多少".to_owned(),
            figure: "6.6万人".to_owned(),
            sentence: "新增就业6.6万人。".to_owned(),
            report: "2023_重庆市渝中区.txt".to_owned(),
            today: "2023-06-15".to_owned(),
            places: Vec::new(),
            years: Vec::new(),
            at: 1_700_000_000,
        }
    }

    fn line(feedback: &Feedback, n: usize) -> String {
        serde_json::to_string(&case(feedback, n)).unwrap()
    }

    #[test]
    fn praise_is_a_right_answer() {
        assert_eq!(
            line(&said(true, None), 1),
            r#"{"id":"feedback-7","question":"新增就业多少","report":"2023_重庆市渝中区.txt","figure":"6.6万人","acceptable":[],"sentence":"新增就业6.6万人。","tag":"praise","today":"2023-06-15","self_contained":true}"#
        );
    }

    #[test]
    fn a_complaint_leaves_the_right_figure_open() {
        let feedback = Feedback { places: vec!["青海省".to_owned()], ..said(false, Some("figure")) };
        assert_eq!(
            line(&feedback, 2),
            r#"{"id":"feedback-7-2","question":"新增就业多少","figure":"","acceptable":[],"tag":"complaint-figure","today":"2023-06-15","self_contained":false,"places":["青海省"],"given":{"figure":"6.6万人","sentence":"新增就业6.6万人。","report":"2023_重庆市渝中区.txt"}}"#
        );
    }

    #[test]
    fn what_is_written_can_be_scored() {
        let declined = Feedback {
            figure: String::new(),
            report: String::new(),
            today: String::new(),
            ..said(true, None)
        };
        let lines = [line(&said(true, None), 1), line(&said(false, None), 2), line(&declined, 3)].join("\n");
        let set = read_set(&lines).unwrap();
        assert_eq!(set[0].figure.as_deref(), Some("6.6万人"));
        assert_eq!(set[1].figure.as_deref(), Some(""));
        assert_eq!((set[2].figure.as_deref(), set[2].report.as_deref()), (None, None));
        assert_eq!(set[2].today.as_deref(), Some("2023-11-15"), "the day it was said, in China");
    }
}
