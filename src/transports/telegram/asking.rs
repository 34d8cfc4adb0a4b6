//! A question, its answer, and the answer again when the question was edited.

use teloxide::types::InlineKeyboardMarkup;

use crate::daemon::desk::today;
use crate::model::answer::Outcome;
use crate::storage::now;
use crate::storage::{Asked, ChatSettings, NewAsked};
use crate::transports::telegram::addressing::Addressed;
use crate::transports::telegram::addressing::Request;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::{Bot, complain, question, reply_target, words_of};
use crate::transports::telegram::buttons::View;
use crate::transports::telegram::html::{Html, MAX_TEXT_UTF16};
use crate::transports::telegram::incoming::Message;
use crate::transports::telegram::outbox::Target;
use crate::transports::telegram::reply::{
    also_stated, candidate_buttons, candidate_message, decline_buttons, decline_message,
};
use crate::transports::words::{Notice, Words};

/// A question with all that decides how it is answered.
pub struct Asking<'a> {
    pub text: &'a str,
    pub target: Target,
    /// The message it stands in; `None` when a button asks.
    pub question_message: Option<i32>,
    pub settings: &'a ChatSettings,
    pub words: Words,
    /// True when a decline may be kept to ourselves.
    pub may_be_silent: bool,
}

/// Answers a question of `message`.
///
/// # Errors
/// When the answer could not be sent.
pub async fn ask(bot: &Bot, message: &Message, addressed: &Addressed, text: &str) -> Result<(), Fault> {
    let settings = bot.chat(message.chat.id);
    let words = words_of(&settings, message.chat.kind, message.from.as_ref());
    let known = bot.store.asked_in(message.chat.id, message.message_id).unwrap_or_else(|error| {
        complain(error);
        None
    });
    if known.is_some_and(|known| known.reply_message.is_some()) {
        // Answered before the program was killed, which kept it from noting so.
        return Ok(());
    }
    let asking = Asking {
        text,
        target: reply_target(message, &settings),
        question_message: Some(message.message_id),
        settings: &settings,
        words,
        may_be_silent: settings.quiet && !addressed.is_explicit,
    };
    answer(bot, &asking).await
}

/// Answers a question.
///
/// # Errors
/// When the answer could not be sent.
pub async fn answer(bot: &Bot, asking: &Asking<'_>) -> Result<(), Fault> {
    if let Some(notice) = cannot_ask(bot, asking.text) {
        let text = plain(&asking.words.notice(notice));
        return bot.outbox.send(asking.target, &text, None).await.map(|_| ());
    }
    let outcome = outcome_of(bot, asking).await;
    if asking.may_be_silent && matches!(outcome, Outcome::Declined(_)) {
        return Ok(());
    }
    let id = keep(bot, &new_asked(asking));
    let (html, buttons) = message_of(bot, &outcome, id, asking.text, &asking.words);
    let sent = send_parts(bot, asking.target, &html, buttons).await?;
    if let Err(error) = bot.store.note_reply(id, sent) {
        complain(error);
    }
    Ok(())
}

/// Answers an edited question in the message that answered it before; one that was never asked is asked now.
///
/// # Errors
/// When the answer could not be sent.
pub async fn ask_again(bot: &Bot, message: &Message, addressed: &Addressed) -> Result<(), Fault> {
    let Request::Ask(text) = &addressed.request else { return Ok(()) };
    let known = bot.store.asked_in(message.chat.id, message.message_id).unwrap_or_else(|error| {
        complain(error);
        None
    });
    match known {
        Some(known) if known.asked.question == *text => Ok(()),
        Some(known) => replace(bot, message, &known, text).await,
        None => ask(bot, message, addressed, text).await,
    }
}

async fn replace(bot: &Bot, message: &Message, known: &Asked, text: &str) -> Result<(), Fault> {
    let settings = bot.chat(message.chat.id);
    let asking = Asking {
        text,
        target: reply_target(message, &settings),
        question_message: Some(message.message_id),
        settings: &settings,
        words: words_of(&settings, message.chat.kind, message.from.as_ref()),
        may_be_silent: false,
    };
    let (html, buttons) = match cannot_ask(bot, text) {
        Some(notice) => {
            let mut html = Html::new();
            html.text(&asking.words.notice(notice));
            (html, None)
        }
        None => {
            let outcome = outcome_of(bot, &asking).await;
            message_of(bot, &outcome, known.id, text, &asking.words)
        }
    };
    if let Err(error) = bot.store.reword_asked(known.id, &new_asked(&asking)) {
        complain(error);
    }
    if let Some(reply) = known.reply_message {
        let edited =
            bot.outbox.edit(message.chat.id, reply, &html.shorten(MAX_TEXT_UTF16), buttons.clone()).await;
        match edited {
            Err(fault) if fault.is_edit_lost() => {}
            done => return done,
        }
    }
    let sent = send_parts(bot, asking.target, &html, buttons).await?;
    if let Err(error) = bot.store.note_reply(known.id, sent) {
        complain(error);
    }
    Ok(())
}

fn cannot_ask(bot: &Bot, text: &str) -> Option<Notice<'static>> {
    let max_chars = bot.settings.max_question_chars;
    if text.trim().is_empty() {
        Some(Notice::HowToAsk)
    } else if text.chars().nth(max_chars).is_some() {
        Some(Notice::TooLong { max_chars })
    } else {
        None
    }
}

async fn outcome_of(bot: &Bot, asking: &Asking<'_>) -> Outcome {
    let typing = Some((asking.target.chat, asking.target.topic));
    bot.answer(question(asking.text, asking.settings), typing).await.outcome
}

fn new_asked(asking: &Asking<'_>) -> NewAsked {
    NewAsked {
        chat: asking.target.chat,
        question_message: asking.question_message,
        question: asking.text.to_owned(),
        places: asking.settings.places.clone(),
        years: asking.settings.years.clone(),
        today: today().to_string(),
        at: now(),
    }
}

/// The number the question is kept under; 0, which no question has, when it could not be kept.
fn keep(bot: &Bot, asked: &NewAsked) -> i64 {
    bot.store.keep_asked(asked).unwrap_or_else(|error| {
        complain(error);
        0
    })
}

/// The message for `outcome` as it is first shown, with its buttons.
pub fn message_of(
    bot: &Bot,
    outcome: &Outcome,
    asked: i64,
    text: &str,
    words: &Words,
) -> (Html, Option<InlineKeyboardMarkup>) {
    match outcome {
        Outcome::Answered(answer) => {
            let view = View::default();
            let mut html = candidate_message(&answer.best, view, None, &bot.pages, words);
            html.append(also_stated(answer, words));
            (html, Some(candidate_buttons(answer, view, asked, text, bot.me.has_inline, words)))
        }
        Outcome::Declined(decline) => (decline_message(decline, words), decline_buttons(decline, asked)),
    }
}

/// Sends a message, in parts when it is long; the first quotes the question, the last has the buttons.
///
/// # Errors
/// When a part could not be sent.
pub async fn send_parts(
    bot: &Bot,
    target: Target,
    html: &Html,
    buttons: Option<InlineKeyboardMarkup>,
) -> Result<i32, Fault> {
    let parts = html.split(MAX_TEXT_UTF16);
    let mut sent = 0;
    for (idx, part) in parts.iter().enumerate() {
        let is_last = idx + 1 == parts.len();
        let markup = buttons.clone().filter(|_| is_last).map(Into::into);
        let target = Target { reply_to: target.reply_to.filter(|_| idx == 0), ..target };
        sent = bot.outbox.send(target, part, markup).await?;
    }
    Ok(sent)
}

/// `text` without any tag, as HTML.
pub fn plain(text: &str) -> String {
    let mut html = Html::new();
    html.text(text);
    html.shorten(MAX_TEXT_UTF16)
}
