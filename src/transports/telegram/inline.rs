//! Inline mode: `@bot 新增就业` in any chat.

use serde_json::Value;
use teloxide::payloads::{AnswerInlineQuery, AnswerInlineQuerySetters};
use teloxide::types::{
    InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryId, InlineQueryResult, InlineQueryResultArticle,
    InlineQueryResultsButton, InlineQueryResultsButtonKind, InputMessageContent, InputMessageContentText,
    ParseMode,
};

use crate::model::answer::{Candidate, Outcome};
use crate::storage::ChatSettings;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::{Bot, question, words_of};
use crate::transports::telegram::buttons::{View, candidate_print, passage_payload, question_payload};
use crate::transports::telegram::html::MAX_TEXT_UTF16;
use crate::transports::telegram::incoming::{ChatKind, InlineQuery};
use crate::transports::telegram::outbox::no_preview;
use crate::transports::telegram::reply::{candidate_message, candidates, description, title};
use crate::transports::words::Words;

/// Results on one page.
const PAGE: usize = 5;
/// A query without results may have some as soon as a report is loaded.
const NOTHING_CACHE_SECONDS: u32 = 10;
/// A user who changes scope or language wants to see the difference soon.
const PERSONAL_CACHE_SECONDS: u32 = 10;
/// Longest description shown, in characters; phones show three lines.
const MAX_DESCRIPTION_CHARS: usize = 200;

/// Answers an inline query, one result a candidate.
///
/// # Errors
/// When Telegram refuses the answer; the query is lost then, and the next key stroke brings another.
pub async fn answer_inline(bot: &Bot, query: &InlineQuery) -> Result<(), Fault> {
    // A user's number is also the number of the private chat with them.
    let settings = bot.chat(query.from.id);
    let words = words_of(&settings, ChatKind::Private, Some(&query.from));
    let text = query.query.trim();
    if text.is_empty() {
        let answer = nothing(&query.id, words.inline_hint_button(), "help");
        return send(bot, answer.is_personal(is_personal(&settings, &words))).await;
    }
    let outcome = bot.answer(question(text, &settings), None).await.outcome;
    let mut answer = page(bot, query, &outcome, &words);
    let is_personal = is_personal(&settings, &words);
    if is_personal {
        answer.cache_time = answer.cache_time.map(|seconds| seconds.min(PERSONAL_CACHE_SECONDS));
    }
    send(bot, answer.is_personal(is_personal)).await
}

/// Answers an inline query of a user who sends too many.
///
/// # Errors
/// As [`answer_inline`].
pub async fn slow_down_inline(bot: &Bot, query: &InlineQuery) -> Result<(), Fault> {
    let words = Words::for_reader(query.from.language_code.as_deref());
    send(bot, nothing(&query.id, words.slow_down_button(), "help").is_personal(true).cache_time(0)).await
}

async fn send(bot: &Bot, answer: AnswerInlineQuery) -> Result<(), Fault> {
    match bot.outbox.call::<_, Value>(&answer).await {
        // Another key was struck meanwhile.
        Err(Fault::Refused { description, .. }) if description.contains("query is too old") => Ok(()),
        answered => answered.map(|_| ()),
    }
}

/// True when another user would not get the same answer: by what this one has set, or by language.
fn is_personal(settings: &ChatSettings, words: &Words) -> bool {
    !settings.places.is_empty() || !settings.years.is_empty() || words.lang != Words::default().lang
}

fn page(bot: &Bot, query: &InlineQuery, outcome: &Outcome, words: &Words) -> AnswerInlineQuery {
    let text = query.query.trim();
    let Outcome::Answered(found) = outcome else {
        let payload = question_payload(text).unwrap_or_else(|| "help".to_owned());
        return nothing(&query.id, words.nothing_found_button(), &payload);
    };
    let from: usize = query.offset.parse().unwrap_or(0);
    let n_candidates = candidates(found).count();
    let results: Vec<InlineQueryResult> = candidates(found)
        .skip(from)
        .take(PAGE)
        .map(|candidate| InlineQueryResult::Article(result(candidate, bot, words)))
        .collect();
    let next = from.saturating_add(PAGE);
    let next_offset = if next < n_candidates { next.to_string() } else { String::new() };
    AnswerInlineQuery::new(InlineQueryId(query.id.clone()), results)
        .cache_time(bot.settings.inline_cache_seconds)
        .next_offset(next_offset)
}

fn nothing(id: &str, label: &str, payload: &str) -> AnswerInlineQuery {
    let button = InlineQueryResultsButton {
        text: label.to_owned(),
        kind: InlineQueryResultsButtonKind::StartParameter(payload.to_owned()),
    };
    AnswerInlineQuery::new(InlineQueryId(id.to_owned()), Vec::new())
        .cache_time(NOTHING_CACHE_SECONDS)
        .next_offset("")
        .button(button)
}

fn result(candidate: &Candidate, bot: &Bot, words: &Words) -> InlineQueryResultArticle {
    let html = candidate_message(candidate, View::default(), None, &bot.pages, words).shorten(MAX_TEXT_UTF16);
    let content =
        InputMessageContentText::new(html).parse_mode(ParseMode::Html).link_preview_options(no_preview());
    let id = format!("{}-{:x}", candidate.report.id, candidate_print(candidate));
    let shown: String = description(candidate, words).chars().take(MAX_DESCRIPTION_CHARS).collect();
    let article =
        InlineQueryResultArticle::new(id, title(candidate, words), InputMessageContent::Text(content))
            .description(shown);
    let payload = passage_payload(&candidate.report.id, candidate.sentence_idx);
    match format!("https://t.me/{}?start={payload}", bot.me.username).parse() {
        Ok(url) => {
            let button = InlineKeyboardButton::url(words.open_button().to_owned(), url);
            article.reply_markup(InlineKeyboardMarkup::new([[button]]))
        }
        Err(_) => article,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_user_has_set_makes_an_answer_personal() {
        let plain = ChatSettings::default();
        let scoped = ChatSettings { places: vec!["青海省".to_owned()], ..ChatSettings::default() };
        let dated = ChatSettings { years: vec![2025], ..ChatSettings::default() };
        assert!(!is_personal(&plain, &Words::default()));
        assert!(is_personal(&scoped, &Words::default()));
        assert!(is_personal(&dated, &Words::default()));
        assert!(is_personal(&plain, &Words::for_reader(Some("en"))));
    }
}
