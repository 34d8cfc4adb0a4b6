//! What pressed buttons do.

use serde_json::Value;
use teloxide::payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters};
use teloxide::types::CallbackQueryId;

use crate::model::answer::{Answer, Candidate, Outcome};
use crate::storage::now;
use crate::storage::{Asked, ChatSettings, Feedback};
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::asking::{Asking, answer};
use crate::transports::telegram::bot::{Bot, complain, question_again, words_of};
use crate::transports::telegram::buttons::{Press, View, candidate_print, print};
use crate::transports::telegram::commands::reports_page;
use crate::transports::telegram::html::{Html, MAX_TEXT_UTF16};
use crate::transports::telegram::incoming::{CallbackQuery, Message};
use crate::transports::telegram::outbox::Target;
use crate::transports::telegram::reply::{
    also_stated, candidate_at, candidate_buttons, candidate_message, complaint_buttons, decline_buttons,
};
use crate::transports::telegram::scope::{press_scope, scope_page};
use crate::transports::words::{Complaint, Notice, PUBLIC_LANGS, Words};

/// The longest text on top of a chat. <https://core.telegram.org/bots/api#answercallbackquery>
const MAX_TOLD_CHARS: usize = 200;

/// The reason of a complaint about a decline.
const DECLINED: &str = "declined";

/// Why a press comes to nothing; said to whoever pressed.
enum Refusal {
    Say(Notice<'static>),
    Fault(Fault),
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal::Fault(fault)
    }
}

/// What is said on top of the chat; `None` only ends the button's waiting.
type Pressed = Result<Option<Notice<'static>>, Refusal>;

/// A press with the message it was made under.
struct Under<'a> {
    query: &'a CallbackQuery,
    message: &'a Message,
    settings: ChatSettings,
    words: Words,
}

/// Does what the pressed button says, and always ends its waiting.
///
/// # Errors
/// When what came of it could not be shown.
pub async fn press(bot: &Bot, query: &CallbackQuery) -> Result<(), Fault> {
    let press = query.data.as_deref().and_then(Press::read);
    let (Some(press), Some(message)) = (press, query.message.as_ref()) else {
        let words = Words::for_reader(query.from.language_code.as_deref());
        return tell(bot, query, Some((words.notice(Notice::OldButton), true))).await;
    };
    let settings = bot.chat(message.chat.id);
    let words = words_of(&settings, message.chat.kind, Some(&query.from));
    let under = Under { query, message, settings, words };
    match pressed(bot, under, press).await {
        Ok(notice) => tell(bot, query, notice.map(|notice| (words.notice(notice), false))).await,
        Err(Refusal::Say(notice)) => tell(bot, query, Some((words.notice(notice), true))).await,
        Err(Refusal::Fault(fault)) => {
            tell(bot, query, Some((words.notice(Notice::Failed), true))).await?;
            Err(fault)
        }
    }
}

async fn tell(bot: &Bot, query: &CallbackQuery, said: Option<(String, bool)>) -> Result<(), Fault> {
    let mut answer = AnswerCallbackQuery::new(CallbackQueryId(query.id.clone()));
    if let Some((text, is_alert)) = said {
        answer = answer.text(text.chars().take(MAX_TOLD_CHARS).collect::<String>());
        if is_alert {
            answer = answer.show_alert(true);
        }
    }
    match bot.outbox.call::<_, Value>(&answer).await {
        // Pressed before the program was started; nobody waits any more.
        Err(Fault::Refused { description, .. }) if description.contains("query is too old") => Ok(()),
        told => told.map(|_| ()),
    }
}

async fn pressed(bot: &Bot, under: Under<'_>, press: Press) -> Pressed {
    match press {
        Press::Show { asked, view, print } => show(bot, &under, asked, view, print).await,
        Press::Good { asked, position } => rate(bot, &under, asked, position, None).await,
        Press::Bad { asked, position } => rate(bot, &under, asked, position, Some(None)).await,
        Press::Complain { asked, position, complaint } => {
            rate(bot, &under, asked, position, Some(Some(complaint))).await
        }
        Press::Missed { asked } => missed(bot, &under, asked),
        Press::Offer { asked, position, print } => offer(bot, &under, asked, position, print).await,
        Press::ReportsPage { page } => {
            let (html, buttons) = reports_page(bot, page, &under.words);
            edit(bot, &under, &html, buttons).await
        }
        Press::ScopePage { .. } | Press::ScopePlace { .. } | Press::ScopeYear { .. } | Press::ScopeAll => {
            scope(bot, under, press).await
        }
        Press::Lang { position } => lang(bot, under, position).await,
        Press::Nothing => Ok(None),
    }
}

async fn edit(
    bot: &Bot,
    under: &Under<'_>,
    html: &Html,
    buttons: Option<teloxide::types::InlineKeyboardMarkup>,
) -> Pressed {
    let text = html.shorten(MAX_TEXT_UTF16);
    match bot.outbox.edit(under.message.chat.id, under.message.message_id, &text, buttons).await {
        Err(fault) if fault.is_edit_lost() => Err(Refusal::Say(Notice::OldButton)),
        edited => Ok(edited.map(|()| None)?),
    }
}

fn find(bot: &Bot, under: &Under<'_>, asked: i64) -> Result<Asked, Refusal> {
    let found = bot.store.asked(asked).map_err(|error| {
        complain(error);
        Refusal::Say(Notice::Failed)
    })?;
    found.filter(|found| found.asked.chat == under.message.chat.id).ok_or(Refusal::Say(Notice::OldButton))
}

async fn show(bot: &Bot, under: &Under<'_>, asked: i64, view: View, print: u32) -> Pressed {
    let asked = find(bot, under, asked)?;
    let outcome = bot.answer(question_again(&asked), None).await.outcome;
    let Outcome::Answered(answer) = &outcome else { return Err(Refusal::Say(Notice::ReportsChanged)) };
    let candidate = candidate_at(answer, view.position)
        .filter(|candidate| candidate_print(candidate) == print)
        .ok_or(Refusal::Say(Notice::ReportsChanged))?;
    let (html, buttons) = shown(bot, under, &asked, answer, candidate, view).await;
    edit(bot, under, &html, Some(buttons)).await
}

async fn shown(
    bot: &Bot,
    under: &Under<'_>,
    asked: &Asked,
    answer: &Answer,
    candidate: &Candidate,
    view: View,
) -> (Html, teloxide::types::InlineKeyboardMarkup) {
    let passage = if view.has_context { bot.passage_of(candidate).await } else { None };
    let mut html = candidate_message(candidate, view, passage.as_ref(), &bot.pages, &under.words);
    if view.position == 0 {
        html.append(also_stated(answer, &under.words));
    }
    let has_inline = bot.me.has_inline;
    let buttons = candidate_buttons(answer, view, asked.id, &asked.asked.question, has_inline, &under.words);
    (html, buttons)
}

/// `wrong` is `None` for a thumb up, and what is wrong, as far as said, for a thumb down.
async fn rate(
    bot: &Bot,
    under: &Under<'_>,
    asked: i64,
    position: usize,
    wrong: Option<Option<Complaint>>,
) -> Pressed {
    let asked = find(bot, under, asked)?;
    let outcome = bot.answer(question_again(&asked), None).await.outcome;
    let candidate = match &outcome {
        Outcome::Answered(answer) => candidate_at(answer, position),
        Outcome::Declined(_) => None,
    };
    let said =
        |text: fn(&Candidate) -> &str| candidate.map_or_else(String::new, |found| text(found).to_owned());
    let feedback = Feedback {
        good: wrong.is_none(),
        reason: wrong.flatten().map(|complaint| complaint.name().to_owned()),
        figure: said(|candidate| candidate.quote.figure()),
        sentence: said(|candidate| candidate.quote.sentence()),
        report: said(|candidate| &candidate.report.file),
        ..nothing_said(under, &asked)
    };
    keep_feedback(bot, &feedback)?;
    let (chat, message) = (under.message.chat.id, under.message.message_id);
    match (wrong, &outcome) {
        (None, _) => Ok(Some(Notice::Thanks)),
        (Some(None), _) => {
            let buttons = complaint_buttons(asked.id, position, &under.words);
            bot.outbox.edit_buttons(chat, message, buttons).await?;
            Ok(Some(Notice::WhatIsWrong))
        }
        (Some(Some(_)), outcome) => {
            let buttons = match outcome {
                Outcome::Answered(answer) => {
                    let view = View { position, ..View::default() };
                    let question = &asked.asked.question;
                    Some(candidate_buttons(answer, view, asked.id, question, bot.me.has_inline, &under.words))
                }
                Outcome::Declined(decline) => decline_buttons(decline, asked.id),
            };
            bot.outbox.edit_buttons(chat, message, buttons.unwrap_or_default()).await?;
            Ok(Some(Notice::ThanksForReason))
        }
    }
}

/// A thumb down for a decline: the reports state it after all.
fn missed(bot: &Bot, under: &Under<'_>, asked: i64) -> Pressed {
    let asked = find(bot, under, asked)?;
    let feedback = Feedback { reason: Some(DECLINED.to_owned()), ..nothing_said(under, &asked) };
    keep_feedback(bot, &feedback)?;
    Ok(Some(Notice::ThanksForReason))
}

/// A complaint of whoever pressed about an outcome without figure.
fn nothing_said(under: &Under<'_>, asked: &Asked) -> Feedback {
    Feedback {
        asked: asked.id,
        user: under.query.from.id,
        good: false,
        reason: None,
        question: asked.asked.question.clone(),
        figure: String::new(),
        sentence: String::new(),
        report: String::new(),
        today: asked.asked.today.clone(),
        places: asked.asked.places.clone(),
        years: asked.asked.years.clone(),
        at: now(),
    }
}

fn keep_feedback(bot: &Bot, feedback: &Feedback) -> Result<(), Refusal> {
    bot.store.keep_feedback(feedback).map_err(|error| {
        complain(error);
        Refusal::Say(Notice::Failed)
    })
}

async fn offer(bot: &Bot, under: &Under<'_>, asked: i64, position: usize, offered: u32) -> Pressed {
    let asked = find(bot, under, asked)?;
    let outcome = bot.answer(question_again(&asked), None).await.outcome;
    let near = match &outcome {
        Outcome::Declined(decline) => decline.nearest.get(position),
        Outcome::Answered(_) => None,
    };
    let near =
        near.filter(|near| print(&near.question) == offered).ok_or(Refusal::Say(Notice::ReportsChanged))?;
    let message = under.message;
    let target = Target {
        chat: message.chat.id,
        topic: message.topic(),
        reply_to: Some(message.message_id),
        is_silent: under.settings.quiet,
    };
    let asking = Asking {
        text: &near.question,
        target,
        question_message: None,
        settings: &under.settings,
        words: under.words,
        may_be_silent: false,
    };
    answer(bot, &asking).await?;
    Ok(None)
}

async fn may_press(bot: &Bot, under: &Under<'_>) -> Result<(), Refusal> {
    let chat = &under.message.chat;
    let may = bot.admins.may_user_set(&bot.outbox, chat.id, chat.kind, under.query.from.id).await?;
    if may { Ok(()) } else { Err(Refusal::Say(Notice::AdminsOnly)) }
}

fn save(bot: &Bot, under: &Under<'_>) -> Result<(), Refusal> {
    bot.store.save_chat(under.message.chat.id, &under.settings).map_err(|error| {
        complain(error);
        Refusal::Say(Notice::Failed)
    })
}

async fn scope(bot: &Bot, mut under: Under<'_>, press: Press) -> Pressed {
    may_press(bot, &under).await?;
    let answerer = bot.desk.answerer();
    let page = press_scope(answerer.reports(), &mut under.settings, press)
        .ok_or(Refusal::Say(Notice::ReportsChanged))?;
    save(bot, &under)?;
    let (html, buttons) = scope_page(answerer.reports(), &under.settings, page, &under.words);
    edit(bot, &under, &html, Some(buttons)).await
}

async fn lang(bot: &Bot, mut under: Under<'_>, position: usize) -> Pressed {
    may_press(bot, &under).await?;
    let (name, _) = PUBLIC_LANGS.get(position).ok_or(Refusal::Say(Notice::OldButton))?;
    under.settings.lang = Some((*name).to_owned());
    save(bot, &under)?;
    let words = Words::for_lang(name).unwrap_or_default();
    let mut html = Html::new();
    html.text(&words.notice(Notice::LangSet));
    edit(bot, &under, &html, None).await
}
