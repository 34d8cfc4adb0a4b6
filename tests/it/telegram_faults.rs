//! What the bot does when Telegram, the network or the machine misbehaves.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand_in::{Mishap, Program, StandIn, TOKEN, data_dir};
use crate::telegram_scene::{Scene, group, group_chat, next_message, now, private};

const BLOCKED: Mishap = Mishap::Refuse(403, "Forbidden: bot was blocked by the user");
const CONFLICT: Mishap = Mishap::Refuse(
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
);

fn n_tries(scene: &Scene, chat: i64) -> usize {
    scene.telegram.requests("sendMessage").iter().filter(|request| request.chat() == chat).count()
}

#[test]
fn a_chat_that_blocked_the_bot_is_not_written_to() {
    let scene = Scene::new();
    let written_at = now();
    scene.telegram.mishaps("sendMessage", [BLOCKED]);
    scene.says(7, "新增就业多少");
    // Not only refused but noted: a message taken in between would find the chat open still.
    scene.program.wait_log("a chat is closed to us");
    // Written before the chat was closed. One written after it, be it a second, would say that the chat is open again.
    scene.writes(private(7, json!({"text": "渝中稳岗多少人", "date": written_at})));
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert_eq!(n_tries(&scene, 7), 1);
    scene.writes(private(7, json!({"text": "新增就业多少", "date": now() + 5})));
    scene.telegram.sent(7, 1);
}

#[test]
fn a_chat_the_bot_was_put_out_of_is_not_written_to() {
    let scene = Scene::new();
    let standing = |status: &str| {
        let member = |status: &str| json!({"status": status, "user": {"id": 123_456, "is_bot": true, "first_name": "b"}, "until_date": 0});
        json!({"my_chat_member": {"chat": group_chat(-100_500), "from": {"id": 71, "is_bot": false, "first_name": "x"},
            "date": now() + 60, "old_chat_member": member("member"), "new_chat_member": member(status)}})
    };
    scene.telegram.push(standing("kicked"));
    scene.writes(group(-100_500, 71, json!({"text": "/ask 新增就业多少"})));
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert_eq!(n_tries(&scene, -100_500), 0);
    scene.telegram.push(standing("member"));
    scene.writes(group(-100_500, 71, json!({"text": "/ask 新增就业多少"})));
    scene.telegram.sent(-100_500, 1);
}

#[test]
fn a_group_that_becomes_a_supergroup_keeps_its_settings() {
    for by_refusal in [true, false] {
        let scene = Scene::new();
        scene.telegram.set_admin(-500, 70);
        let says = |chat: i64, text: &str| scene.writes(group(chat, 70, json!({ "text": text })));
        says(-500, "/lang en");
        scene.telegram.sent(-500, 1);
        if by_refusal {
            scene.telegram.mishaps("sendMessage", [Mishap::Moved(-100_777)]);
            says(-500, "/ask 新增就业多少");
            assert!(scene.telegram.sent(-100_777, 1).text().contains("achieved"), "sent to the new one");
            scene.telegram.forget();
        } else {
            scene.writes(group(-500, 70, json!({"migrate_to_chat_id": -100_777})));
            scene.writes(group(-100_777, 70, json!({"migrate_from_chat_id": -500})));
        }
        says(-100_777, "/ask 新增就业多少");
        assert!(scene.telegram.sent(-100_777, 1).text().contains("achieved"));
    }
}

#[test]
fn a_bad_token_ends_the_program_at_once_with_its_own_code() {
    for token in ["123456:revoked", "no-token-at-all"] {
        let telegram = StandIn::start();
        let dir = data_dir();
        let mut program = Program::start(&telegram, dir.path(), &[("WENSHU_TELEGRAM__TOKEN", token)]);
        assert_eq!(program.wait_end().code(), Some(77));
        assert!(program.log().contains("refuses the bot token"), "{}", program.log());
        assert!(!program.log().contains(token), "{}", program.log());
    }
}

#[test]
fn a_token_revoked_later_ends_the_program_too() {
    let mut scene = Scene::new();
    scene.program.wait_log("the bot is ready");
    scene.telegram.mishaps("getUpdates", [Mishap::Refuse(401, "Unauthorized")]);
    scene.says(7, "新增就业多少");
    assert_eq!(scene.program.wait_end().code(), Some(77));
}

#[test]
fn the_token_may_stand_in_a_file() {
    let secrets = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secrets.path(), format!("{}\n", crate::stand_in::TOKEN)).unwrap();
    let path = secrets.path().to_str().unwrap();
    let scene = Scene::with(&[("WENSHU_TELEGRAM__TOKEN", ""), ("WENSHU_TELEGRAM__TOKEN_FILE", path)]);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn another_instance_ends_the_program_with_its_own_code_after_a_while() {
    let telegram = StandIn::start();
    telegram.mishaps("getUpdates", std::iter::repeat_n(CONFLICT, 50));
    let dir = data_dir();
    let started = Instant::now();
    let mut program = Program::start(&telegram, dir.path(), &[("WENSHU_TELEGRAM__CONFLICT_SECONDS", "1")]);
    assert_eq!(program.wait_end().code(), Some(75));
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert!(program.log().contains("another program fetches updates"), "{}", program.log());
}

#[test]
fn two_programs_that_take_turns_do_not_go_on_for_ever() {
    let telegram = StandIn::start();
    let (dir, other_dir) = (data_dir(), data_dir());
    let patience = [("WENSHU_TELEGRAM__CONFLICT_SECONDS", "8")];
    let mut program = Program::start(&telegram, dir.path(), &patience);
    telegram.wait("getUpdates", |_| true);
    // The other puts up with more, so this one has to go.
    let _other = Program::start(&telegram, other_dir.path(), &[]);
    assert_eq!(program.wait_end().code(), Some(75), "{}", program.log());
    assert_eq!(program.log().matches("updates cannot be fetched").count(), 1, "told once");
}

#[test]
fn another_instance_that_leaves_in_time_does_no_harm() {
    let scene = Scene::after(|telegram| telegram.mishaps("getUpdates", [CONFLICT]), &[]);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    scene.program.wait_log("updates are fetched again");
}

#[test]
fn a_forgotten_webhook_is_removed() {
    let scene = Scene::after(StandIn::set_webhook, &[]);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    assert_eq!(scene.telegram.requests("deleteWebhook").len(), 1);
}

#[test]
fn trouble_with_fetching_passes_and_is_told_once() {
    let scene = Scene::new();
    scene.program.wait_log("the bot is ready");
    let mishaps = [Mishap::Refuse(502, "Bad Gateway"), Mishap::Cut, Mishap::Half, Mishap::Garbage];
    scene.telegram.mishaps("getUpdates", mishaps);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    scene.program.wait_log("updates are fetched again");
    let log = scene.program.log();
    assert_eq!(log.matches("updates cannot be fetched").count(), 1, "{log}");
    assert!(log.contains("\"n_failures\":4"), "{log}");
}

#[test]
fn calls_nobody_answers_are_given_up_and_made_again() {
    let scene = Scene::after(
        |telegram| {
            for method in ["getMe", "getUpdates", "sendMessage"] {
                telegram.mishaps(method, [Mishap::Silence]);
            }
        },
        &[("WENSHU_TELEGRAM__REQUEST_SECONDS", "1"), ("WENSHU_TELEGRAM__POLL_SECONDS", "1")],
    );
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn fetching_waits_as_long_as_it_is_told_to() {
    let scene = Scene::after(|telegram| telegram.mishaps("getUpdates", [Mishap::TooMany(1)]), &[]);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    let polls = scene.telegram.requests("getUpdates");
    assert!(polls[1].at - polls[0].at >= Duration::from_secs(1));
}

#[test]
fn no_line_of_the_log_holds_the_token_however_it_goes_wrong() {
    let secret = TOKEN.split_once(':').unwrap().1;
    let trace = ("WENSHU_LOG__LEVEL", "trace");
    // Nobody listens there.
    let (dir, telegram, url) = (data_dir(), StandIn::start(), "http://127.0.0.1:9");
    let mut program = Program::start(&telegram, dir.path(), &[trace, ("WENSHU_TELEGRAM__API_URL", url)]);
    program.wait_log("cannot be reached");
    assert_eq!(program.stop().code(), Some(0));
    assert!(!program.log().contains(secret), "{}", program.log());
    let mut program =
        Program::start(&telegram, dir.path(), &[trace, ("WENSHU_TELEGRAM__API_URL", "api.telegram.org")]);
    assert_eq!(program.wait_end().code(), Some(70));
    let log = program.log();
    assert!(log.contains("telegram.api_url") && !log.contains(secret), "{log}");
    let scene = Scene::after(
        |telegram| {
            telegram.mishaps("getMe", [Mishap::Refuse(502, "Bad Gateway"), Mishap::Cut]);
            telegram.mishaps("getUpdates", [Mishap::Half, Mishap::Garbage]);
            telegram.mishaps("sendMessage", [Mishap::Cut, Mishap::TooMany(0)]);
        },
        &[trace],
    );
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn pauses_between_attempts_grow() {
    let scene = Scene::after(
        |telegram| telegram.mishaps("getUpdates", std::iter::repeat_n(Mishap::Refuse(500, "Internal"), 3)),
        &[],
    );
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    let polls: Vec<Instant> =
        scene.telegram.requests("getUpdates").iter().map(|request| request.at).collect();
    let pauses: Vec<Duration> = polls.windows(2).take(3).map(|pair| pair[1] - pair[0]).collect();
    for (pause, least) in pauses.iter().zip([250, 500, 1000]) {
        assert!(*pause >= Duration::from_millis(least), "{pauses:?}");
    }
}

#[test]
fn telegram_out_of_reach_at_the_start_is_waited_for() {
    let scene = Scene::after(
        |telegram| telegram.mishaps("getMe", [Mishap::Cut, Mishap::Refuse(502, "Bad Gateway")]),
        &[],
    );
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn a_message_that_could_not_be_sent_is_tried_again() {
    for mishap in [Mishap::Refuse(502, "Bad Gateway"), Mishap::Cut, Mishap::Half, Mishap::Garbage] {
        let scene = Scene::new();
        scene.telegram.mishaps("sendMessage", [mishap]);
        scene.says(7, "新增就业多少");
        scene.telegram.sent(7, 1);
        assert_eq!(n_tries(&scene, 7), 2);
    }
}

#[test]
fn retry_after_is_obeyed() {
    let scene = Scene::new();
    scene.telegram.mishaps("sendMessage", [Mishap::TooMany(1)]);
    scene.says(7, "新增就业多少");
    let refused = scene.telegram.wait_nth("refusal", 1, |request| request.status == 429);
    let sent = scene.telegram.sent(7, 1);
    assert!(sent.at - refused.at >= Duration::from_secs(1));
}

#[test]
fn a_chat_told_to_wait_delays_nobody_else() {
    let scene = Scene::new();
    scene.telegram.mishaps("sendMessage", [Mishap::TooMany(3600)]);
    scene.says(7, "新增就业多少");
    scene.telegram.wait_nth("refusal", 1, |request| request.status == 429);
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert_eq!(n_tries(&scene, 7), 1);
}

#[test]
fn a_question_that_was_deleted_is_answered_without_a_quotation() {
    let scene = Scene::new();
    scene
        .telegram
        .mishaps("sendMessage", [Mishap::Refuse(400, "Bad Request: message to be replied not found")]);
    scene.says(7, "新增就业多少");
    assert!(scene.telegram.sent(7, 1).params["reply_parameters"].is_null());
    scene.telegram.forget();
}

#[test]
fn an_update_nobody_can_read_is_skipped_without_its_content() {
    let scene = Scene::after(
        |telegram| {
            telegram.push(json!({"message": {"text": "天机不可泄露", "chat": "none"}}));
            telegram.push(json!({"poll_of_the_future": {"text": "天机不可泄露"}}));
            telegram.push(json!({"message": private(7, json!({"text": "新增就业多少"}))}));
        },
        &[("WENSHU_LOG__LEVEL", "debug")],
    );
    scene.telegram.sent(7, 1);
    scene.program.wait_log("an update cannot be read");
    let log = scene.program.log();
    assert!(log.contains("an update cannot be read") && log.contains("\"update_id\":1000"), "{log}");
    assert!(log.contains("\"n_unreadable\":1") && !log.contains("天机"), "{log}");
}

fn waiting(age_seconds: i64) -> Value {
    let id = next_message();
    json!({"message": private(7, json!({"text": "新增就业多少", "message_id": id, "date": now() - age_seconds}))})
}

#[test]
fn questions_waiting_at_the_start_are_answered_when_young() {
    for (minutes, age_seconds) in [("10", 660), ("2", 180)] {
        let scene = Scene::after(
            |telegram| {
                telegram.push(waiting(age_seconds));
                telegram.push(waiting(60));
            },
            &[("WENSHU_TELEGRAM__PENDING_MINUTES", minutes)],
        );
        scene.telegram.sent(7, 1);
        scene.says(7, "渝中稳岗多少人");
        assert!(scene.telegram.sent(7, 2).text().starts_with("<b>50.73万人"));
        scene.program.wait_log("too old to be answered");
    }
}

#[test]
fn a_clock_an_hour_ahead_of_telegrams_hides_no_question() {
    for ahead in [3600, -3600] {
        let scene = Scene::after(|telegram| telegram.set_clock(now() - ahead), &[]);
        scene.program.wait_log("clock differs from Telegram's");
        let says = |user: i64, age: i64| {
            scene.writes(private(user, json!({"text": "新增就业多少", "date": now() - ahead - age})));
        };
        says(8, 900);
        says(7, 0);
        scene.telegram.sent(7, 1);
        assert_eq!(scene.telegram.n_sent(8), 0, "what is old by its clock is old");
    }
}

#[test]
fn an_update_delivered_twice_is_answered_once() {
    let mut scene = Scene::new();
    let update = json!({"message": private(7, json!({"text": "新增就业多少"}))});
    scene.telegram.push_as(5000, update.clone());
    scene.telegram.sent(7, 1);
    scene.telegram.push_as(5000, update.clone());
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    scene.restart(&[]);
    scene.telegram.push_as(5000, update);
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 2);
    assert_eq!(scene.telegram.n_sent(7), 1);
}

#[test]
fn a_question_in_hand_when_the_program_is_killed_is_answered_by_the_next() {
    let mut scene = Scene::new();
    scene.telegram.mishaps("sendMessage", std::iter::repeat_n(Mishap::Cut, 20));
    scene.says(7, "新增就业多少");
    scene.telegram.wait_nth("attempt", 1, |request| request.method == "sendMessage");
    scene.telegram.drained();
    scene.program.kill();
    scene.telegram.no_mishaps();
    scene.restart(&[]);
    scene.telegram.sent(7, 1);
}

#[test]
fn a_program_told_to_stop_finishes_what_it_has_in_hand() {
    let mut scene = Scene::new();
    scene.telegram.mishaps("sendMessage", [Mishap::TooMany(1)]);
    scene.says(7, "新增就业多少");
    scene.telegram.wait_nth("refusal", 1, |request| request.status == 429);
    assert_eq!(scene.program.stop().code(), Some(0));
    assert_eq!(scene.telegram.n_sent(7), 1);
}

#[test]
fn the_state_that_cannot_be_written_leaves_answers_coming() {
    let scene = Scene::new();
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    // Another program holds the file for writing.
    let lock = rusqlite::Connection::open(scene.dir.path().join("state.sqlite")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    scene.says(7, "渝中稳岗多少人");
    scene.telegram.sent(7, 2);
    scene.program.wait_log("state not at hand");
}
