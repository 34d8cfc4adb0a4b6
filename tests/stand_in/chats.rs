//! What Telegram remembers of chats, and what it refuses.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::{BOT_ID, BOT_NAME, html};

type Refusal = (u16, String);

/// A message of the bot as readers see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub html: String,
    pub markup: Value,
}

#[derive(Default)]
pub struct Chats {
    /// Messages of the bot by chat and number.
    pub sent: HashMap<(i64, i64), Seen>,
    /// Messages of people by chat and number.
    pub incoming: HashSet<(i64, i64)>,
    pub admins: HashSet<(i64, i64)>,
    /// What the set… methods were told, by method, scope and language.
    profile: HashMap<String, Value>,
    next_message: i64,
}

impl Chats {
    pub fn note_incoming(&mut self, update: &Value) {
        for message in update.as_object().into_iter().flat_map(|fields| fields.values()) {
            if let (Some(chat), Some(id)) = (message["chat"]["id"].as_i64(), message["message_id"].as_i64()) {
                self.incoming.insert((chat, id));
            }
        }
    }
}

fn bad(text: impl Into<String>) -> Refusal {
    (400, format!("Bad Request: {}", text.into()))
}

/// Does what `method` says.
///
/// # Errors
/// Code and text of Telegram's refusal.
pub fn obey(chats: &mut Chats, method: &str, params: &Value) -> Result<Value, Refusal> {
    match method {
        "getMe" => Ok(json!({
            "id": BOT_ID, "is_bot": true, "first_name": "问数", "username": BOT_NAME, "can_join_groups": true,
            "can_read_all_group_messages": false, "supports_inline_queries": true, "has_main_web_app": false,
        })),
        "sendMessage" => send_message(chats, params),
        "editMessageText" => edit_message(chats, params, true),
        "editMessageReplyMarkup" => edit_message(chats, params, false),
        "answerCallbackQuery" => {
            check_chars(params["text"].as_str().unwrap_or_default(), 0, 200, "MESSAGE_TOO_LONG")?;
            Ok(json!(true))
        }
        "answerInlineQuery" => answer_inline(params),
        "sendChatAction" => Ok(json!(true)),
        "getChatMember" => {
            let key = (number(params, "chat_id"), number(params, "user_id"));
            let status = if chats.admins.contains(&key) { "administrator" } else { "member" };
            Ok(json!({ "status": status, "user": {"id": key.1, "is_bot": false, "first_name": "x"} }))
        }
        "getMyCommands" => {
            Ok(chats.profile.get(&profile_key("Commands", params)).cloned().unwrap_or(json!([])))
        }
        "getMyDescription" => {
            let told = chats.profile.get(&profile_key("Description", params)).cloned();
            Ok(json!({ "description": told.unwrap_or(json!("")) }))
        }
        "getMyShortDescription" => {
            let told = chats.profile.get(&profile_key("ShortDescription", params)).cloned();
            Ok(json!({ "short_description": told.unwrap_or(json!("")) }))
        }
        "setMyCommands" => {
            for command in params["commands"].as_array().into_iter().flatten() {
                let name = command["command"].as_str().unwrap_or_default();
                let is_right = (1..=32).contains(&name.len())
                    && name
                        .bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
                if !is_right {
                    return Err(bad("BOT_COMMAND_INVALID"));
                }
                check_chars(
                    command["description"].as_str().unwrap_or_default(),
                    1,
                    256,
                    "BOT_COMMAND_DESCRIPTION_INVALID",
                )?;
            }
            chats.profile.insert(profile_key("Commands", params), params["commands"].clone());
            Ok(json!(true))
        }
        "setMyDescription" => {
            check_chars(
                params["description"].as_str().unwrap_or_default(),
                0,
                512,
                "description is too long",
            )?;
            chats.profile.insert(profile_key("Description", params), params["description"].clone());
            Ok(json!(true))
        }
        "setMyShortDescription" => {
            check_chars(
                params["short_description"].as_str().unwrap_or_default(),
                0,
                120,
                "short description is too long",
            )?;
            chats
                .profile
                .insert(profile_key("ShortDescription", params), params["short_description"].clone());
            Ok(json!(true))
        }
        _ => Err((404, "Not Found".to_owned())),
    }
}

fn number(params: &Value, name: &str) -> i64 {
    params[name].as_i64().unwrap_or_default()
}

fn profile_key(what: &str, params: &Value) -> String {
    let lang = params["language_code"].as_str().unwrap_or_default();
    format!("{what} {} {lang}", params["scope"]["type"].as_str().unwrap_or_default())
}

fn check_chars(text: &str, least: usize, most: usize, refusal: &str) -> Result<(), Refusal> {
    if (least..=most).contains(&text.chars().count()) { Ok(()) } else { Err(bad(refusal)) }
}

fn check_text(html: &str, mode: &Value) -> Result<(), Refusal> {
    let plain = if mode == "HTML" { html::plain(html).map_err(|text| (400, text))? } else { html.to_owned() };
    if plain.trim().is_empty() {
        return Err(bad("message text is empty"));
    }
    if plain.encode_utf16().count() > 4096 {
        return Err(bad("message is too long"));
    }
    Ok(())
}

fn check_markup(markup: &Value) -> Result<(), Refusal> {
    for button in
        markup["inline_keyboard"].as_array().into_iter().flatten().flat_map(|row| row.as_array()).flatten()
    {
        if button["text"].as_str().unwrap_or_default().is_empty() {
            return Err(bad("inline keyboard button text is empty"));
        }
        if let Some(data) = button["callback_data"].as_str()
            && !(1..=64).contains(&data.len())
        {
            return Err(bad("BUTTON_DATA_INVALID"));
        }
        let n_deeds = button.as_object().map_or(0, |button| button.len()) - 1;
        if n_deeds != 1 {
            return Err(bad("inline keyboard button must do exactly one thing"));
        }
    }
    Ok(())
}

fn send_message(chats: &mut Chats, params: &Value) -> Result<Value, Refusal> {
    let chat = number(params, "chat_id");
    check_text(params["text"].as_str().unwrap_or_default(), &params["parse_mode"])?;
    check_markup(&params["reply_markup"])?;
    if let Some(replied) = params["reply_parameters"]["message_id"].as_i64() {
        let is_there = chats.incoming.contains(&(chat, replied)) || chats.sent.contains_key(&(chat, replied));
        if !is_there && params["reply_parameters"]["allow_sending_without_reply"] != true {
            return Err(bad("message to be replied not found"));
        }
    }
    chats.next_message += 1;
    let id = 1_000_000 + chats.next_message;
    let seen = Seen {
        html: params["text"].as_str().unwrap_or_default().to_owned(),
        markup: params["reply_markup"].clone(),
    };
    chats.sent.insert((chat, id), seen);
    Ok(json!({ "message_id": id, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "…" }))
}

fn edit_message(chats: &mut Chats, params: &Value, has_text: bool) -> Result<Value, Refusal> {
    let key = (number(params, "chat_id"), number(params, "message_id"));
    let before = chats.sent.get(&key).cloned().ok_or_else(|| bad("message to edit not found"))?;
    let mut after = Seen { markup: params["reply_markup"].clone(), ..before.clone() };
    if has_text {
        after.html = params["text"].as_str().unwrap_or_default().to_owned();
        check_text(&after.html, &params["parse_mode"])?;
    }
    check_markup(&after.markup)?;
    if after == before {
        return Err(bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
        ));
    }
    chats.sent.insert(key, after);
    Ok(json!({ "message_id": key.1, "date": 1, "chat": {"id": key.0, "type": "private"}, "text": "…" }))
}

fn answer_inline(params: &Value) -> Result<Value, Refusal> {
    let results = params["results"].as_array().cloned().unwrap_or_default();
    if results.len() > 50 {
        return Err(bad("RESULTS_TOO_MUCH"));
    }
    let mut ids = HashSet::new();
    for result in &results {
        let id = result["id"].as_str().unwrap_or_default();
        if !(1..=64).contains(&id.len()) {
            return Err(bad("RESULT_ID_INVALID"));
        }
        if !ids.insert(id.to_owned()) {
            return Err(bad("RESULT_ID_DUPLICATE"));
        }
        let content = &result["input_message_content"];
        check_text(content["message_text"].as_str().unwrap_or_default(), &content["parse_mode"])?;
        check_markup(&result["reply_markup"])?;
    }
    if params["next_offset"].as_str().unwrap_or_default().len() > 64 {
        return Err(bad("NEXT_OFFSET_INVALID"));
    }
    if let Some(start) = params["button"]["start_parameter"].as_str() {
        let is_right = (1..=64).contains(&start.len())
            && start.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if !is_right {
            return Err(bad("START_PARAM_INVALID"));
        }
    }
    Ok(json!(true))
}
