//! Language, trigger word and quiet mode of a chat.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::storage::ChatSettings;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::asking::plain;
use crate::transports::telegram::bot::{Bot, reply_target};
use crate::transports::telegram::buttons::Press;
use crate::transports::telegram::commands::{may_set, save_and_say};
use crate::transports::telegram::incoming::{ChatKind, Message};
use crate::transports::words::{Notice, PUBLIC_LANGS, Words};

/// The longest trigger word, in characters.
const MAX_TRIGGER_CHARS: usize = 32;

/// `/lang`: sets the language named, or offers the languages.
///
/// # Errors
/// When the reply could not be sent.
pub async fn choose_lang(
    bot: &Bot,
    message: &Message,
    mut settings: ChatSettings,
    name: &str,
    words: &Words,
) -> Result<(), Fault> {
    if !may_set(bot, message, &settings, words).await? {
        return Ok(());
    }
    match lang_named(name) {
        Some(chosen) => {
            settings.lang = Some(chosen.name().to_owned());
            save_and_say(bot, message, &settings, &chosen.notice(Notice::LangSet), &chosen).await
        }
        None => {
            let target = reply_target(message, &settings);
            let buttons = lang_buttons();
            bot.outbox.send(target, &plain(words.lang_question()), Some(buttons.into())).await.map(|_| ())
        }
    }
}

fn lang_named(name: &str) -> Option<Words> {
    let named = PUBLIC_LANGS.iter().find(|(_, label)| !name.is_empty() && label.starts_with(name));
    Words::for_lang(named.map_or(name, |(name, _)| name))
}

fn lang_buttons() -> InlineKeyboardMarkup {
    let buttons = PUBLIC_LANGS.iter().enumerate().map(|(position, (_, label))| {
        InlineKeyboardButton::callback((*label).to_owned(), Press::Lang { position }.data())
    });
    InlineKeyboardMarkup::new([buttons.collect::<Vec<_>>()])
}

/// `/trigger`: sets the word, clears it by `off`, or tells it.
///
/// # Errors
/// When the reply could not be sent.
pub async fn choose_trigger(
    bot: &Bot,
    message: &Message,
    mut settings: ChatSettings,
    word: &str,
    words: &Words,
) -> Result<(), Fault> {
    if !may_set_in_group(bot, message, &settings, words).await? {
        return Ok(());
    }
    let notice = match word {
        "" => {
            let word = settings.trigger.clone().unwrap_or_default();
            let text = words.notice(Notice::TriggerUsage { word: &word });
            return bot.outbox.send(reply_target(message, &settings), &plain(&text), None).await.map(|_| ());
        }
        "off" | "关" | "關" | "取消" => {
            settings.trigger = None;
            words.notice(Notice::TriggerCleared)
        }
        _ => {
            let word: String = word.chars().take(MAX_TRIGGER_CHARS).collect();
            settings.trigger = Some(word.trim().to_owned());
            let mut told = words.notice(Notice::TriggerSet { word: word.trim() });
            if !hears_all(bot, message).await {
                told.push('\n');
                told.push_str(&words.notice(Notice::PrivacyMode));
            }
            told
        }
    };
    save_and_say(bot, message, &settings, &notice, words).await
}

/// As [`may_set`], for what only groups have; tells whoever asks for it in private.
async fn may_set_in_group(
    bot: &Bot,
    message: &Message,
    settings: &ChatSettings,
    words: &Words,
) -> Result<bool, Fault> {
    if message.chat.kind == ChatKind::Private {
        let text = plain(&words.notice(Notice::GroupsOnly));
        bot.outbox.send(reply_target(message, settings), &text, None).await?;
        return Ok(false);
    }
    may_set(bot, message, settings, words).await
}

/// True when the bot is given every message of this group; unsure counts as true.
async fn hears_all(bot: &Bot, message: &Message) -> bool {
    let chat = &message.chat;
    bot.me.hears_all
        || bot.admins.may_user_set(&bot.outbox, chat.id, chat.kind, bot.me.id).await.unwrap_or(true)
}

/// `/quiet`: turns quiet mode on or off.
///
/// # Errors
/// When the reply could not be sent.
pub async fn choose_quiet(
    bot: &Bot,
    message: &Message,
    mut settings: ChatSettings,
    words: &Words,
) -> Result<(), Fault> {
    if !may_set_in_group(bot, message, &settings, words).await? {
        return Ok(());
    }
    settings.quiet = !settings.quiet;
    let notice = if settings.quiet { Notice::QuietOn } else { Notice::QuietOff };
    save_and_say(bot, message, &settings, &words.notice(notice), words).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_code_and_by_its_own_name() {
        for (name, expected) in
            [("en", "en"), ("English", "en"), ("繁體", "zh-Hant"), ("简体中文", "zh-Hans"), ("zh", "zh-Hans")]
        {
            assert_eq!(lang_named(name).map(|words| words.name()), Some(expected), "{name}");
        }
        assert!(lang_named("").is_none() && lang_named("klingon").is_none());
    }
}
