//! Answers and declines as messages. Pure: the same outcome gives the same message.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::model::answer::{Answer, Candidate, Decline, Reason};
use crate::model::report::ReportInfo;
use crate::transports::telegram::buttons::{Press, View, candidate_print, print};
use crate::transports::telegram::convert::to_traditional;
use crate::transports::telegram::html::{Html, MAX_TEXT_UTF16, Tag};
use crate::transports::telegram::pages::Pages;
use crate::transports::telegram::passage::Passage;
use crate::transports::words::{Complaint, Lang, Notice, Words};

/// The longest label of a button that offers a question, in characters; a phone shows about so many.
const MAX_LABEL_CHARS: usize = 40;
/// The longest text a switch to inline mode hands over, in characters; inline queries end there.
const MAX_SHARED_CHARS: usize = 256;

/// Kept free for what stands after the context.
const AFTER_CONTEXT_UTF16: usize = 500;

/// The candidate at `position`: the best, then what other reports state of the same fact, then the alternatives.
pub fn candidate_at(answer: &Answer, position: usize) -> Option<&Candidate> {
    candidates(answer).nth(position)
}

/// All candidates in the order they are leafed through.
pub fn candidates(answer: &Answer) -> impl Iterator<Item = &Candidate> {
    std::iter::once(&answer.best).chain(&answer.also_stated).chain(&answer.alternatives)
}

/// One candidate as a message; `passage` is its context when the view has one.
pub fn candidate_message(
    candidate: &Candidate,
    view: View,
    passage: Option<&Passage>,
    pages: &Pages,
    words: &Words,
) -> Html {
    let mut html = Html::new();
    headline(&mut html, candidate, words);
    let quote = &candidate.quote;
    let (before, figure, after) = around_figure(candidate);
    html.text("\n").tagged(Tag::Quote, |html| {
        html.text(before).tagged(Tag::Bold, |html| {
            html.tagged(Tag::Underline, |html| {
                html.text(figure);
            });
        });
        html.text(after);
    });
    if view.is_converted {
        html.tagged(Tag::Italic, |html| {
            html.text(words.converted_heading());
        });
        html.text("\n").tagged(Tag::Quote, |html| {
            html.text(&to_traditional(quote.sentence()));
        });
    }
    html.append(source(&candidate.report, &candidate.section, pages.of(candidate), words));
    if let Some(passage) = passage.filter(|_| view.has_context) {
        let room = MAX_TEXT_UTF16.saturating_sub(html.len_utf16() + AFTER_CONTEXT_UTF16);
        html.text("\n").tagged(Tag::ExpandableQuote, |html| paragraph(html, &passage.fitted(room)));
    }
    html
}

/// The paragraph with its sentence marked.
pub fn paragraph(html: &mut Html, passage: &Passage) {
    html.text(&passage.before).tagged(Tag::Bold, |html| {
        html.text(&passage.sentence);
    });
    html.text(&passage.after);
}

/// What a report states elsewhere of the same fact, in a line each; empty when no other report does.
pub fn also_stated(answer: &Answer, words: &Words) -> Html {
    let mut html = Html::new();
    if answer.also_stated.is_empty() {
        return html;
    }
    html.text("\n").text(words.also_stated());
    for candidate in &answer.also_stated {
        html.text("\n").bold(candidate.quote.bounded_figure());
        html.text(" · ").text(&candidate.report.title);
    }
    html
}

/// The figure, bold, with what it is: `6.6万人 · 新增城镇就业 · 2022年完成`.
fn headline(html: &mut Html, candidate: &Candidate, words: &Words) {
    html.bold(candidate.quote.bounded_figure());
    for part in labels(candidate, words) {
        html.text(" · ").text(&part);
    }
}

fn labels(candidate: &Candidate, words: &Words) -> Vec<String> {
    let mut parts = vec![candidate.indicator.clone()];
    parts.push(words.aspect(candidate.aspect, candidate.direction).to_owned());
    parts.push(words.period(candidate.period));
    parts.retain(|part| !part.is_empty());
    parts
}

/// The first line of a candidate without tags, as a title.
pub fn title(candidate: &Candidate, words: &Words) -> String {
    let mut parts = vec![candidate.quote.bounded_figure().to_owned()];
    parts.extend(labels(candidate, words));
    parts.join(" · ")
}

/// The sentence with place and year, without tags, as a description.
pub fn description(candidate: &Candidate, words: &Words) -> String {
    let info = &candidate.report;
    let place = info.place.as_ref().map_or_else(|| info.title.clone(), |place| place.full_name());
    let year = info.year.map_or_else(String::new, |year| words.year(year.get()));
    format!("{place}{year}：{}", candidate.quote.sentence())
}

fn around_figure(candidate: &Candidate) -> (&str, &str, &str) {
    let sentence = candidate.quote.sentence();
    let span = candidate.quote.figure_span().range();
    (&sentence[..span.start], &sentence[span.clone()], &sentence[span.end..])
}

/// Report, date and section in one line; the report's title is a link when there is an address.
pub fn source(info: &ReportInfo, section: &[String], address: Option<String>, words: &Words) -> Html {
    let mut parts = Vec::new();
    match (&info.date, info.year) {
        (Some(date), _) => parts.push(date.clone()),
        (None, Some(year)) if !info.title.contains(&year.get().to_string()) => {
            parts.push(words.year(year.get()))
        }
        _ => {}
    }
    parts.extend(section.iter().cloned());
    let mut html = Html::new();
    html.text("—— ");
    match address {
        Some(address) => html.tagged(Tag::Link(address), |html| {
            html.text(&info.title);
        }),
        None => html.text(&info.title),
    };
    for part in parts {
        html.text(" · ").text(&part);
    }
    html
}

/// The buttons under a candidate of question `asked`.
pub fn candidate_buttons(
    answer: &Answer,
    view: View,
    asked: i64,
    question: &str,
    has_inline: bool,
    words: &Words,
) -> InlineKeyboardMarkup {
    let n_candidates = candidates(answer).count();
    let show = |view: View| {
        let print = candidate_at(answer, view.position).map_or(0, candidate_print);
        Press::Show { asked, view, print }.data()
    };
    let mut first = vec![InlineKeyboardButton::callback(
        words.context_button(view.has_context),
        show(View { has_context: !view.has_context, ..view }),
    )];
    if words.lang == Lang::Traditional {
        let turned = View { is_converted: !view.is_converted, ..view };
        first.push(InlineKeyboardButton::callback(words.converted_button(view.is_converted), show(turned)));
    }
    let mut rows = vec![first];
    if n_candidates > 1 {
        let next = View { position: (view.position + 1) % n_candidates, ..View::default() };
        let label = words.candidates_button(view.position + 1, n_candidates);
        rows[0].push(InlineKeyboardButton::callback(label, show(next)));
    }
    let position = view.position;
    let mut last = vec![
        InlineKeyboardButton::callback("👍", Press::Good { asked, position }.data()),
        InlineKeyboardButton::callback("👎", Press::Bad { asked, position }.data()),
    ];
    if has_inline {
        last.push(share_button(question, words));
    }
    rows.push(last);
    InlineKeyboardMarkup::new(rows)
}

fn share_button(question: &str, words: &Words) -> InlineKeyboardButton {
    let shared: String = question.chars().take(MAX_SHARED_CHARS).collect();
    InlineKeyboardButton::switch_inline_query(words.share_button(), shared)
}

/// The buttons that ask what is wrong with the candidate at `position`.
pub fn complaint_buttons(asked: i64, position: usize, words: &Words) -> InlineKeyboardMarkup {
    let button = |complaint: Complaint| {
        let press = Press::Complain { asked, position, complaint };
        InlineKeyboardButton::callback(words.complaint(complaint), press.data())
    };
    let [figure, sentence, period, other] = Complaint::ALL;
    InlineKeyboardMarkup::new([vec![button(figure), button(sentence)], vec![button(period), button(other)]])
}

/// A decline as a message: what is missing, and that something near is offered.
pub fn decline_message(decline: &Decline, words: &Words) -> Html {
    let mut html = Html::new();
    match decline.reason {
        // How to load reports is not for the reader of a chat.
        Reason::NothingLoaded => html.text(&words.notice(Notice::NothingLoaded)),
        Reason::Unreadable => html.text(&words.notice(Notice::Failed)),
        _ => html.text(&words.reason(&decline.reason)),
    };
    if !decline.nearest.is_empty() {
        html.text("\n").text(words.nearest());
    }
    html
}

/// The buttons under a decline of question `asked`: each asks what it says, the last complains of the decline. None
/// where nothing was looked for.
pub fn decline_buttons(decline: &Decline, asked: i64) -> Option<InlineKeyboardMarkup> {
    if matches!(decline.reason, Reason::NothingLoaded | Reason::Unreadable) {
        return None;
    }
    let rows = decline.nearest.iter().enumerate().map(|(position, near)| {
        let press = Press::Offer { asked, position, print: print(&near.question) };
        let label: String = near.question.chars().take(MAX_LABEL_CHARS).collect();
        vec![InlineKeyboardButton::callback(label, press.data())]
    });
    let complain = vec![InlineKeyboardButton::callback("👎", Press::Missed { asked }.data())];
    Some(InlineKeyboardMarkup::new(rows.chain([complain])))
}
