//! The stand-in refuses what Telegram refuses; without that the other tests would show little.

use serde_json::{Value, json};

use crate::stand_in::{StandIn, TOKEN};

/// What is said to a call of `method`: the refusal, or `ok`.
fn said(telegram: &StandIn, method: &str, params: Value) -> String {
    let reply = telegram.call(&format!("/bot{TOKEN}/{method}"), &params.to_string());
    if reply["ok"] == true { "ok".to_owned() } else { reply["description"].as_str().unwrap().to_owned() }
}

fn check(method: &str, params: Value, expected: &str) {
    let telegram = StandIn::start();
    let said = said(&telegram, method, params.clone());
    assert!(said.contains(expected), "{method} {params}: {said}, not {expected}");
}

fn message(text: &str) -> Value {
    json!({"chat_id": 7, "text": text, "parse_mode": "HTML"})
}

#[test]
fn a_method_is_known_in_any_letter_case() {
    for method in ["getMe", "GetMe", "getme", "GETME"] {
        check(method, json!({}), "ok");
    }
    check("getYou", json!({}), "Not Found");
}

#[test]
fn another_token_is_refused() {
    let telegram = StandIn::start();
    assert_eq!(telegram.call("/bot1:other/getMe", "{}")["error_code"], 401);
    assert_eq!(telegram.call("/botnone/getMe", "{}")["error_code"], 404);
}

#[test]
fn texts_and_markup_are_looked_at() {
    check("sendMessage", message("<b>好</b>"), "ok");
    check("sendMessage", message(&"字".repeat(4096)), "ok");
    check("sendMessage", message(&"字".repeat(4097)), "message is too long");
    // One character, two units.
    check("sendMessage", message(&"😀".repeat(2049)), "message is too long");
    check("sendMessage", message("<b> </b>"), "message text is empty");
    check("sendMessage", message("<b>好"), "can't find end tag");
    check("sendMessage", message("<b><i>好</b></i>"), "unmatched end tag");
    check("sendMessage", message("a < b"), "can't parse entities");
    check("sendMessage", message("<table>"), "unsupported start tag");
}

#[test]
fn buttons_are_looked_at() {
    let with = |data: &str| {
        let mut message = message("好");
        message["reply_markup"] = json!({"inline_keyboard": [[{"text": "钮", "callback_data": data}]]});
        message
    };
    check("sendMessage", with(&"x".repeat(64)), "ok");
    check("sendMessage", with(&"x".repeat(65)), "BUTTON_DATA_INVALID");
    check("sendMessage", with(""), "BUTTON_DATA_INVALID");
}

#[test]
fn messages_that_are_not_there_are_missed() {
    let mut reply = message("好");
    reply["reply_parameters"] = json!({"message_id": 5});
    check("sendMessage", reply.clone(), "message to be replied not found");
    reply["reply_parameters"]["allow_sending_without_reply"] = json!(true);
    check("sendMessage", reply, "ok");
    check(
        "editMessageText",
        json!({"chat_id": 7, "message_id": 5, "text": "好"}),
        "message to edit not found",
    );
    let telegram = StandIn::start();
    let sent = telegram.call(&format!("/bot{TOKEN}/sendMessage"), &message("好").to_string());
    let mut edit = message("好");
    edit["message_id"] = sent["result"]["message_id"].clone();
    assert!(said(&telegram, "editMessageText", edit.clone()).contains("message is not modified"));
    edit["text"] = json!("更好");
    assert_eq!(said(&telegram, "editMessageText", edit), "ok");
}

#[test]
fn parameters_are_held_against_the_published_description() {
    if !StandIn::knows_parameters() {
        eprintln!("no description of the Bot API here: not tested");
        return;
    }
    check("sendMessage", json!({"chat_id": 7}), "text of sendMessage is required");
    check("sendMessage", json!({"chat_id": 7, "text": "好", "colour": "red"}), "unknown parameter colour");
    check("sendMessage", json!({"chat_id": 7, "text": 5}), "is no String");
    let nested = json!({"chat_id": 7, "text": "好", "reply_parameters": {"id": 5}});
    check("sendMessage", nested, "unknown parameter id");
}

#[test]
fn inline_answers_and_webhooks_are_looked_at() {
    let result = |id: &str| json!({"type": "article", "id": id, "title": "题", "input_message_content": {"message_text": "好"}});
    let answer = |results: Vec<Value>| json!({"inline_query_id": "q", "results": results});
    check("answerInlineQuery", answer(vec![result("a"), result("b")]), "ok");
    check("answerInlineQuery", answer(vec![result("a"), result("a")]), "RESULT_ID_DUPLICATE");
    check("answerInlineQuery", answer((0..51).map(|n| result(&n.to_string())).collect()), "RESULTS_TOO_MUCH");
    check("setWebhook", json!({"url": "http://bot.example/"}), "HTTPS URL must be provided");
    check(
        "setWebhook",
        json!({"url": "https://bot.example/", "secret_token": "a b"}),
        "unallowed characters",
    );
    check(
        "setMyCommands",
        json!({"commands": [{"command": "Ask", "description": "x"}]}),
        "BOT_COMMAND_INVALID",
    );
}
