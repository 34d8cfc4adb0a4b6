//! Which methods and parameters there are, by the published description of the Bot API where it stands beside the
//! checkout; without it every method is taken as known.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

struct Description {
    api: Value,
    /// Lower case to the name as written.
    names: HashMap<String, String>,
}

static DESCRIPTION: LazyLock<Option<Description>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/telegram/api.json");
    let api: Value = serde_json::from_str(&std::fs::read_to_string(path).ok()?).unwrap();
    let names = api["methods"].as_object().unwrap().keys().map(|name| (name.to_lowercase(), name.clone()));
    Some(Description { names: names.collect(), api })
});

/// The methods the stand-in obeys, known by name without a description too.
const OBEYED: [&str; 18] = [
    "getMe",
    "getUpdates",
    "sendMessage",
    "editMessageText",
    "editMessageReplyMarkup",
    "answerCallbackQuery",
    "answerInlineQuery",
    "sendChatAction",
    "getChatMember",
    "getMyCommands",
    "setMyCommands",
    "getMyDescription",
    "setMyDescription",
    "getMyShortDescription",
    "setMyShortDescription",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
];

pub fn are_known() -> bool {
    DESCRIPTION.is_some()
}

/// The method's name as Telegram writes it.
pub fn method_named(wire_name: &str) -> String {
    let described =
        DESCRIPTION.as_ref().and_then(|description| description.names.get(&wire_name.to_lowercase()));
    let obeyed = || OBEYED.iter().find(|name| name.eq_ignore_ascii_case(wire_name)).map(ToString::to_string);
    described.cloned().or_else(obeyed).unwrap_or_else(|| {
        let mut letters = wire_name.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
    })
}

/// # Errors
/// With Telegram's words, when the method or a parameter is unknown, missing or of another type.
pub fn check(method: &str, params: &Value) -> Result<(), String> {
    let Some(Description { api, .. }) = DESCRIPTION.as_ref() else { return Ok(()) };
    let described = api["methods"].get(method).ok_or_else(|| "Not Found".to_owned())?;
    let params = params.as_object().ok_or("Bad Request: can't parse the request body")?;
    check_fields(api, described, params, method)
}

fn check_fields(api: &Value, described: &Value, given: &Map<String, Value>, at: &str) -> Result<(), String> {
    let none = Vec::new();
    let fields = described["fields"].as_array().unwrap_or(&none);
    for name in given.keys() {
        if !fields.iter().any(|field| field["name"] == **name) {
            return Err(format!("Bad Request: unknown parameter {name} in {at}"));
        }
    }
    for field in fields {
        let name = field["name"].as_str().unwrap_or_default();
        match given.get(name) {
            None if field["required"] == true => {
                return Err(format!("Bad Request: parameter {name} of {at} is required"));
            }
            None => {}
            Some(value) => {
                let types = field["types"].as_array().unwrap_or(&none);
                let mut errors = Vec::new();
                let fits = types.iter().filter_map(Value::as_str).any(|kind| {
                    check_type(api, kind, value, &format!("{at}.{name}"))
                        .map_err(|error| errors.push(error))
                        .is_ok()
                });
                if !fits {
                    return Err(errors.into_iter().next().unwrap_or_default());
                }
            }
        }
    }
    Ok(())
}

fn check_type(api: &Value, kind: &str, value: &Value, at: &str) -> Result<(), String> {
    let wrong = || Err(format!("Bad Request: {at} is no {kind}"));
    if let Some(member) = kind.strip_prefix("Array of ") {
        let Some(values) = value.as_array() else { return wrong() };
        return values.iter().try_for_each(|value| check_type(api, member, value, at));
    }
    let is_right = match kind {
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        "String" => value.is_string(),
        "Boolean" | "True" => value.is_boolean(),
        _ => {
            let Some(described) = api["types"].get(kind) else { return Ok(()) };
            if let Some(subtypes) = described["subtypes"].as_array() {
                let fits =
                    |kind: &Value| check_type(api, kind.as_str().unwrap_or_default(), value, at).is_ok();
                return if subtypes.iter().any(fits) { Ok(()) } else { wrong() };
            }
            let Some(given) = value.as_object() else { return wrong() };
            return check_fields(api, described, given, at);
        }
    };
    if is_right { Ok(()) } else { wrong() }
}
