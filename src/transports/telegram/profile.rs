//! The bot's menu of commands and its descriptions, brought to what the program knows.

use serde::Deserialize;
use serde_json::Value;
use teloxide::payloads::{
    GetMyCommands, GetMyCommandsSetters, GetMyDescription, GetMyDescriptionSetters, GetMyShortDescription,
    GetMyShortDescriptionSetters, SetMyCommands, SetMyCommandsSetters, SetMyDescription,
    SetMyDescriptionSetters, SetMyShortDescription, SetMyShortDescriptionSetters,
};
use teloxide::types::{BotCommand, BotCommandScope};

use crate::transports::telegram::api::Fault;
use crate::transports::telegram::bot::Bot;
use crate::transports::words::Words;

/// Languages with a menu of their own, by the code Telegram knows; the empty one is for everybody else.
///
/// Telegram knows one Chinese only, so 繁體 has no menu.
const LANGS: [(&str, &str); 2] = [("", "zh-Hans"), ("en", "en")];

#[derive(Deserialize)]
struct Described {
    #[serde(default, alias = "short_description")]
    description: String,
}

/// Sets what differs; false when it should be tried again later, for Telegram was out of reach.
pub async fn bring_up_to_date(bot: &Bot) -> bool {
    match update(bot).await {
        Ok(()) => true,
        Err(fault) => {
            tracing::warn!(%fault, "menu and descriptions stay as they are");
            !matches!(fault, Fault::Unreachable { .. } | Fault::TooMany { .. })
        }
    }
}

async fn update(bot: &Bot) -> Result<(), Fault> {
    for (code, lang) in LANGS {
        let words = Words::for_lang(lang).unwrap_or_default();
        for (scope, commands) in [
            (BotCommandScope::AllPrivateChats, words.private_commands()),
            (BotCommandScope::AllGroupChats, words.group_commands()),
            (BotCommandScope::AllChatAdministrators, words.admin_commands()),
        ] {
            commands_in(bot, code, scope, &commands).await?;
        }
        description(bot, code, words.description()).await?;
        short_description(bot, code, words.short_description()).await?;
    }
    Ok(())
}

async fn commands_in(
    bot: &Bot,
    code: &str,
    scope: BotCommandScope,
    commands: &[(&str, &str)],
) -> Result<(), Fault> {
    let wanted: Vec<BotCommand> = commands.iter().map(|(name, text)| BotCommand::new(*name, *text)).collect();
    let get = GetMyCommands::new().scope(scope.clone()).language_code(code);
    let present: Vec<BotCommand> = bot.outbox.call(&get).await?;
    if present != wanted {
        let set = SetMyCommands::new(wanted).scope(scope).language_code(code);
        bot.outbox.call::<_, Value>(&set).await?;
    }
    Ok(())
}

async fn description(bot: &Bot, code: &str, wanted: &str) -> Result<(), Fault> {
    let present: Described = bot.outbox.call(&GetMyDescription::new().language_code(code)).await?;
    if present.description != wanted {
        let set = SetMyDescription::new().description(wanted).language_code(code);
        bot.outbox.call::<_, Value>(&set).await?;
    }
    Ok(())
}

async fn short_description(bot: &Bot, code: &str, wanted: &str) -> Result<(), Fault> {
    let present: Described = bot.outbox.call(&GetMyShortDescription::new().language_code(code)).await?;
    if present.description != wanted {
        let set = SetMyShortDescription::new().short_description(wanted).language_code(code);
        bot.outbox.call::<_, Value>(&set).await?;
    }
    Ok(())
}
