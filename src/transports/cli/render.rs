//! Replies as text for a terminal or a file.

use std::fmt::Write;

use crate::model::answer::{Answer, Candidate, Decline, Outcome};
use crate::transports::words::Words;

const N_SHOWN: usize = 3;
const BOLD: &str = "\x1b[1m";
const MARK: &str = "\x1b[1;33m";
const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// The reply to a question, ending in a line break.
pub fn reply(outcome: &Outcome, words: &Words, colors: bool) -> String {
    match outcome {
        Outcome::Answered(answer) => answered(answer, words, colors),
        Outcome::Declined(decline) => declined(decline, words),
    }
}

fn answered(answer: &Answer, words: &Words, colors: bool) -> String {
    let mut text = String::new();
    let best = &answer.best;
    let figure = best.quote.bounded_figure();
    let figure = if colors { format!("{BOLD}{figure}{RESET}") } else { figure.to_owned() };
    let _ = writeln!(text, "{figure}　{}", label(best, words));
    let _ = writeln!(text, "“{}”", quoted(best, colors));
    let _ = writeln!(text, "—— {}", source(best));
    list(&mut text, words.also_stated(), &answer.also_stated, words, colors);
    list(&mut text, words.alternatives(), &answer.alternatives, words, colors);
    text
}

fn list(text: &mut String, heading: &str, candidates: &[Candidate], words: &Words, colors: bool) {
    if candidates.is_empty() {
        return;
    }
    let (dim, reset) = if colors { (DIM, RESET) } else { ("", "") };
    let _ = writeln!(text, "{dim}{heading}{reset}");
    for candidate in candidates.iter().take(N_SHOWN) {
        let place = candidate
            .report
            .place
            .as_ref()
            .map_or_else(|| candidate.report.title.clone(), |place| place.full_name());
        let _ = writeln!(
            text,
            "{dim}  {}　{} · {place}{reset}",
            candidate.quote.bounded_figure(),
            label(candidate, words)
        );
    }
}

/// Indicator, aspect and period: `新增城镇就业 · 2022年完成`.
fn label(candidate: &Candidate, words: &Words) -> String {
    let mut parts = vec![candidate.indicator.clone()];
    parts.push(words.aspect(candidate.aspect, candidate.direction).to_owned());
    parts.push(words.period(candidate.period));
    parts.retain(|part| !part.is_empty());
    parts.join(" · ")
}

fn quoted(candidate: &Candidate, colors: bool) -> String {
    let sentence = candidate.quote.sentence();
    let span = candidate.quote.figure_span().range();
    if !colors {
        return sentence.to_owned();
    }
    format!("{}{MARK}{}{RESET}{}", &sentence[..span.start], &sentence[span.clone()], &sentence[span.end..])
}

/// Report and section: `重庆市渝中区人民政府工作报告（2023年） · （六）抓民生福祉添新`.
fn source(candidate: &Candidate) -> String {
    let info = &candidate.report;
    let mut parts = vec![info.title.clone()];
    if let Some(year) = info.year.filter(|year| !info.title.contains(&year.get().to_string())) {
        parts.push(format!("{}年", year.get()));
    }
    parts.extend(candidate.section.iter().cloned());
    parts.join(" · ")
}

fn declined(decline: &Decline, words: &Words) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", words.reason(&decline.reason));
    if !decline.nearest.is_empty() {
        let _ = writeln!(text, "{}", words.nearest());
        for near in &decline.nearest {
            let _ = writeln!(text, "  {}", near.question);
        }
    }
    text
}
