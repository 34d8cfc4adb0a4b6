//! Manners under load.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::stand_in::Mishap;
use crate::telegram_scene::{Scene, group};

const GROUP: i64 = -100_500;

#[test]
fn who_asks_too_fast_is_told_once_and_then_met_with_silence() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__USER_PER_MINUTE", "2")]);
    for _ in 0..6 {
        scene.says(7, "新增就业多少");
    }
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    let told = scene.telegram.sent(7, 3);
    assert!(told.text().contains("问得太快了"), "{}", told.text());
    assert_eq!(scene.telegram.n_sent(7), 3);
}

#[test]
fn a_group_together_has_a_limit_too() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__CHAT_PER_MINUTE", "2")]);
    for user in 70..76 {
        scene.writes(group(GROUP, user, json!({"text": "/ask 新增就业多少"})));
    }
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert!(scene.telegram.sent(GROUP, 3).text().contains("问得太快了"));
    assert_eq!(scene.telegram.n_sent(GROUP), 3);
}

#[test]
fn buttons_pressed_without_end_are_not_answered_without_end() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__USER_PER_MINUTE", "3")]);
    for _ in 0..10 {
        scene.presses(7, crate::telegram_scene::private_chat(7), 5, "n");
    }
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert!(scene.telegram.requests("answerCallbackQuery").len() <= 3);
}

#[test]
fn a_flooding_chat_delays_nobody_else() {
    let scene =
        Scene::with(&[("WENSHU_TELEGRAM__CHAT_QUEUE", "4"), ("WENSHU_TELEGRAM__USER_PER_MINUTE", "100000")]);
    // The flooded chat stands still; what is written there meanwhile fills its queue and is dropped.
    scene.telegram.mishaps("sendMessage", [Mishap::TooMany(10)]);
    scene.says(7, "新增就业多少");
    let held = scene.telegram.wait_nth("refusal", 1, |request| request.status == 429);
    for _ in 0..500 {
        scene.says(7, "新增就业多少");
    }
    for user in 10..20 {
        scene.says(user, "新增就业多少");
    }
    let last = (10..20).map(|user| scene.telegram.sent(user, 1).at).max().unwrap();
    assert!(last - held.at < Duration::from_secs(10), "others are answered while the flooded chat waits");
    scene.telegram.sent(7, 5);
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert_eq!(scene.telegram.n_sent(7), 5, "one in hand and four that fitted");
}

#[test]
fn telegram_s_own_pace_is_kept_a_chat() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__CHAT_MESSAGES_PER_SECOND", "1")]);
    let started = Instant::now();
    scene.says(7, "新增就业多少");
    scene.says(7, "渝中稳岗多少人");
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    let second = scene.telegram.sent(7, 2);
    assert!(second.at - started >= Duration::from_millis(950), "{:?}", second.at - started);
}

#[test]
fn telegram_s_own_pace_is_kept_a_group_and_overall() {
    let scene = Scene::with(&[
        ("WENSHU_TELEGRAM__GROUP_MESSAGES_PER_MINUTE", "3"),
        ("WENSHU_TELEGRAM__MESSAGES_PER_SECOND", "8"),
    ]);
    for user in 70..75 {
        scene.writes(group(GROUP, user, json!({"text": "/ask 新增就业多少"})));
    }
    let started = Instant::now();
    for user in 10..22 {
        scene.says(user, "新增就业多少");
    }
    let last = (10..22).map(|user| scene.telegram.sent(user, 1).at).max().unwrap();
    assert!(last - started >= Duration::from_millis(500), "eight at once, then eight a second");
    scene.telegram.sent(GROUP, 3);
    assert_eq!(scene.telegram.n_sent(GROUP), 3, "three at once, then one in twenty seconds");
}
