//! What commands do.

use std::sync::Arc;

use teloxide::types::{ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, ReplyMarkup};

use crate::storage::ChatSettings;
use crate::storage::now;
use crate::transports::telegram::addressing::{Addressed, Request};
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::asking::{ask, plain, send_parts};
use crate::transports::telegram::bot::{Bot, complain, reply_target, words_of};
use crate::transports::telegram::buttons::{Press, read_passage_payload, read_question_payload};
use crate::transports::telegram::choices::{choose_lang, choose_quiet, choose_trigger};
use crate::transports::telegram::html::{Html, Tag};
use crate::transports::telegram::incoming::{ChatKind, Message};
use crate::transports::telegram::outbox::Target;
use crate::transports::telegram::reply::{paragraph, source};
use crate::transports::telegram::scope::choose_scope;
use crate::transports::words::{Notice, Words};

/// Reports on one page of the list.
const PAGE: usize = 10;

/// Does what `message` asks for.
///
/// # Errors
/// When the reply could not be sent.
pub async fn obey(bot: &Bot, message: &Message, addressed: &Addressed) -> Result<(), Fault> {
    let settings = bot.chat(message.chat.id);
    let words = words_of(&settings, message.chat.kind, message.from.as_ref());
    let target = reply_target(message, &settings);
    match &addressed.request {
        Request::Ask(text) if text.is_empty() => how_to_ask(bot, message, target, &words).await,
        Request::Ask(text) => ask(bot, message, addressed, text).await,
        Request::Start(payload) => start(bot, message, addressed, target, payload, &words).await,
        Request::Help => say(bot, target, &help(bot, &words).await).await,
        Request::Privacy => {
            let state = &bot.state;
            let text = words.privacy(state.question_days, state.feedback_days, state.update_days);
            say_text(bot, target, &text).await
        }
        Request::Reports => {
            let (html, buttons) = reports_page(bot, 0, &words);
            send_parts(bot, target, &html, buttons).await.map(|_| ())
        }
        Request::Scope(text) => choose_scope(bot, message, settings, text, &words).await,
        Request::Lang(name) => choose_lang(bot, message, settings, name, &words).await,
        Request::Trigger(word) => choose_trigger(bot, message, settings, word, &words).await,
        Request::Quiet => choose_quiet(bot, message, settings, &words).await,
        Request::Channel { name, allowed } => {
            allow_channel(bot, message, target, name, *allowed, &words).await
        }
        Request::Unknown => say_text(bot, target, &words.notice(Notice::UnknownCommand)).await,
    }
}

/// Tells whoever sent `message` to slow down.
///
/// # Errors
/// When the notice could not be sent.
pub async fn slow_down(bot: &Bot, message: &Message) -> Result<(), Fault> {
    let settings = bot.chat(message.chat.id);
    let words = words_of(&settings, message.chat.kind, message.from.as_ref());
    say_text(bot, reply_target(message, &settings), &words.notice(Notice::TooFast)).await
}

async fn say(bot: &Bot, target: Target, html: &Html) -> Result<(), Fault> {
    send_parts(bot, target, html, None).await.map(|_| ())
}

async fn say_text(bot: &Bot, target: Target, text: &str) -> Result<(), Fault> {
    bot.outbox.send(target, &plain(text), None).await.map(|_| ())
}

/// In a group the reply to this message is the question, also when the bot hears nothing else.
async fn how_to_ask(bot: &Bot, message: &Message, target: Target, words: &Words) -> Result<(), Fault> {
    let markup = match message.chat.kind {
        ChatKind::Group | ChatKind::Supergroup => Some(ReplyMarkup::ForceReply(
            ForceReply::new().selective().input_field_placeholder(words.ask_placeholder().to_owned()),
        )),
        _ => None,
    };
    bot.outbox.send(target, &plain(&words.notice(Notice::HowToAsk)), markup).await.map(|_| ())
}

async fn start(
    bot: &Bot,
    message: &Message,
    addressed: &Addressed,
    target: Target,
    payload: &str,
    words: &Words,
) -> Result<(), Fault> {
    if let Some((report, sentence_idx)) = read_passage_payload(payload) {
        return match bot.passage(report, sentence_idx).await {
            Some((passage, info)) => {
                let mut html = Html::new();
                html.tagged(Tag::Quote, |html| paragraph(html, &passage));
                let address = bot.pages.of_sentence(report, sentence_idx);
                html.append(source(&info, &passage.section, address, words));
                say(bot, target, &html).await
            }
            None => say_text(bot, target, &words.notice(Notice::NoSuchPassage)).await,
        };
    }
    if let Some(question) = read_question_payload(payload).filter(|question| !question.trim().is_empty()) {
        return ask(bot, message, addressed, question.trim()).await;
    }
    let mut html = Html::new();
    html.text(&words.notice(Notice::Welcome)).text("\n\n").append(help(bot, words).await);
    say(bot, target, &html).await
}

async fn help(bot: &Bot, words: &Words) -> Html {
    let mut html = Html::new();
    let (known, desk) = (Arc::clone(&bot.examples), Arc::clone(&bot.desk));
    let examples = tokio::task::spawn_blocking(move || known.of(&desk)).await.unwrap_or_default();
    if !examples.is_empty() {
        html.bold(words.examples_heading());
        for example in &examples {
            html.text("\n• ").text(example);
        }
        html.text("\n\n");
    }
    html.text(words.help_private()).text("\n\n").text(words.help_group());
    if bot.me.has_inline {
        html.text("\n").text(&words.help_inline(&bot.me.username));
    }
    html
}

/// One page of the list of reports, with buttons to the others.
pub fn reports_page(bot: &Bot, page: usize, words: &Words) -> (Html, Option<InlineKeyboardMarkup>) {
    let answerer = bot.desk.answerer();
    let reports = answerer.reports();
    let n_pages = reports.len().div_ceil(PAGE).max(1);
    let page = page.min(n_pages - 1);
    let mut html = Html::new();
    html.bold(&words.reports_heading(reports.len()));
    for info in reports.iter().skip(page * PAGE).take(PAGE) {
        html.text("\n• ").text(&info.title);
        if let Some(year) = info.year.filter(|year| !info.title.contains(&year.get().to_string())) {
            html.text(" · ").text(&words.year(year.get()));
        }
    }
    let row = page_row(page, n_pages, |page| Press::ReportsPage { page });
    (html, (n_pages > 1).then(|| InlineKeyboardMarkup::new([row])))
}

/// `‹ 2/5 ›`
pub fn page_row(page: usize, n_pages: usize, press: impl Fn(usize) -> Press) -> Vec<InlineKeyboardButton> {
    let button = |label: &str, press: Press| InlineKeyboardButton::callback(label.to_owned(), press.data());
    vec![
        button("‹", press((page + n_pages - 1) % n_pages)),
        button(&format!("{}/{n_pages}", page + 1), Press::Nothing),
        button("›", press((page + 1) % n_pages)),
    ]
}

async fn allow_channel(
    bot: &Bot,
    message: &Message,
    target: Target,
    name: &str,
    allowed: bool,
    words: &Words,
) -> Result<(), Fault> {
    let author = message.from.as_ref().map(|author| author.id.to_string());
    if !bot.settings.operators.iter().any(|operator| Some(operator) == author.as_deref()) {
        return say_text(bot, target, &words.notice(Notice::UnknownCommand)).await;
    }
    let notice = match name.parse::<i64>() {
        Err(_) => Notice::ChannelUsage,
        Ok(_) if !allowed && bot.settings.channels.iter().any(|known| known == name) => {
            Notice::ChannelInSettings
        }
        Ok(channel) => match bot.store.allow_channel(channel, allowed, now()) {
            Err(error) => {
                complain(error);
                Notice::Failed
            }
            Ok(()) if allowed => Notice::ChannelAllowed,
            Ok(()) => Notice::ChannelForbidden,
        },
    };
    say_text(bot, target, &words.notice(notice)).await
}

/// Saves the settings of a chat and tells what has come of it.
///
/// # Errors
/// When the reply could not be sent.
pub async fn save_and_say(
    bot: &Bot,
    message: &Message,
    settings: &ChatSettings,
    text: &str,
    words: &Words,
) -> Result<(), Fault> {
    let target = reply_target(message, settings);
    match bot.store.save_chat(message.chat.id, settings) {
        Ok(()) => say_text(bot, target, text).await,
        Err(error) => {
            complain(error);
            say_text(bot, target, &words.notice(Notice::Failed)).await
        }
    }
}

/// True when the author of `message` may change settings here; tells them when not.
///
/// # Errors
/// When Telegram cannot be asked or told.
pub async fn may_set(
    bot: &Bot,
    message: &Message,
    settings: &ChatSettings,
    words: &Words,
) -> Result<bool, Fault> {
    let notice = match bot.admins.may_set(&bot.outbox, message).await {
        Ok(true) => return Ok(true),
        Ok(false) => Notice::AdminsOnly,
        Err(fault) => {
            tracing::warn!(%fault, "nobody can tell who is an administrator");
            Notice::Failed
        }
    };
    say_text(bot, reply_target(message, settings), &words.notice(notice)).await?;
    Ok(false)
}
