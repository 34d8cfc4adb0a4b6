//! Updates delivered to the program instead of fetched by it.

use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand_in::{Mishap, PATIENCE, Program, Proxy, StandIn, TOKEN, data_dir};
use crate::telegram_scene::{Scene, next_message, now, private};

const URL: &str = "https://bot.example/hook";
/// A caller as a proxy writes it down.
const CALLER: &str = "149.154.167.220";
const STRANGER: &str = "203.0.113.9";

impl Scene {
    /// A bot behind a proxy that passes on `path`.
    fn behind_proxy(path: &str, variables: &[(&str, &str)]) -> Scene {
        let mut all = vec![
            ("WENSHU_TELEGRAM__WEBHOOK_URL", URL),
            ("WENSHU_TELEGRAM__WEBHOOK_BIND", "127.0.0.1:0"),
            ("WENSHU_TELEGRAM__WEBHOOK_CHECK_SECONDS", "1"),
        ];
        all.extend(variables);
        let scene = Scene::with(&all);
        scene.open_proxy(path);
        scene
    }

    fn open_proxy(&self, path: &str) {
        let (path, forwarded_for) = (path.to_owned(), format!("10.0.0.7, {CALLER}"));
        self.telegram.deliver_through(Proxy { address: self.webhook(), path, forwarded_for });
    }

    fn webhook(&self) -> SocketAddr {
        self.program.address("waiting for deliveries")
    }

    /// The status of a request to the webhook; `secret` and `body` as anybody may send them.
    fn delivers(&self, method: &str, path: &str, secret: &str, body: &[u8]) -> u16 {
        let headers = [("x-telegram-bot-api-secret-token", secret), ("x-forwarded-for", STRANGER)];
        self.telegram.request(self.webhook(), (method, path), &headers, body)
    }

    fn statuses(&self, update_id: i64) -> Vec<u16> {
        let deliveries = self.telegram.deliveries();
        deliveries
            .iter()
            .filter(|delivery| delivery.update_id == update_id)
            .map(|delivery| delivery.status)
            .collect()
    }
}

fn question(user: i64) -> Value {
    json!({ "message": private(user, json!({"text": "新增就业多少"})) })
}

#[test]
fn the_webhook_is_registered_answered_through_and_removed() {
    let mut scene = Scene::behind_proxy("/hook", &[]);
    let set = scene.telegram.wait("setWebhook", |_| true);
    assert_eq!(set.params["url"], URL);
    assert_eq!(set.params["secret_token"].as_str().unwrap().len(), 64);
    assert!(set.params["allowed_updates"].to_string().contains("inline_query"));
    scene.says(7, "新增就业多少");
    assert!(scene.telegram.sent(7, 1).text().starts_with("<b>6.6万人</b>"));
    assert_eq!(scene.program.stop().code(), Some(0));
    assert_eq!(scene.telegram.n_requests("deleteWebhook"), 1);
    assert_eq!(scene.telegram.n_requests("getUpdates"), 0);
    let secret = scene.telegram.secret();
    assert!(!scene.program.log().contains(&secret), "the secret is logged");
}

#[test]
fn a_proxy_may_change_path_and_port() {
    let scene = Scene::behind_proxy("/inner/bot", &[("WENSHU_TELEGRAM__WEBHOOK_PATH", "inner/bot")]);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    assert_eq!(scene.delivers("POST", "/hook", &scene.telegram.secret(), b"{}"), 404);
}

#[test]
fn whoever_does_not_know_the_secret_is_refused_and_named() {
    for (trusts_proxy, expected) in [("true", STRANGER), ("false", "127.0.0.1")] {
        let scene = Scene::behind_proxy("/hook", &[("WENSHU_TELEGRAM__WEBHOOK_TRUST_PROXY", trusts_proxy)]);
        scene.telegram.wait("setWebhook", |_| true);
        let secret = scene.telegram.secret();
        let body = question(7).to_string();
        for wrong in ["", "x", &secret[1..], &format!("{secret}0"), &secret.to_uppercase()] {
            assert_eq!(scene.delivers("POST", "/hook", wrong, body.as_bytes()), 401, "{wrong}");
        }
        scene.says(8, "新增就业多少");
        scene.telegram.sent(8, 1);
        assert_eq!(scene.telegram.n_sent(7), 0);
        scene.program.wait_log("without the right secret");
        let log = scene.program.log();
        assert_eq!(log.matches("without the right secret").count(), 1, "told once a minute: {log}");
        assert!(log.contains(&format!("\"address\":\"{expected}\"")), "{log}");
    }
}

#[test]
fn what_is_no_update_does_no_harm() {
    let scene = Scene::behind_proxy("/hook", &[]);
    scene.telegram.wait("setWebhook", |_| true);
    let secret = scene.telegram.secret();
    assert_eq!(scene.delivers("GET", "/hook", &secret, b""), 405);
    assert_eq!(scene.delivers("POST", "/", &secret, b"{}"), 404);
    assert_eq!(scene.delivers("POST", "/hook", &secret, &vec![b' '; 2 * 1024 * 1024]), 413);
    // It would be no better the next time, so Telegram need not come again.
    assert_eq!(scene.delivers("POST", "/hook", &secret, b"{\"update_id\":"), 200);
    assert_eq!(scene.delivers("POST", "/hook", &secret, br#"{"update_id":9,"message":{"chat":3}}"#), 200);
    scene.program.wait_log("\"n_unreadable\":2");
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn a_full_queue_sends_telegram_away_and_loses_nothing() {
    let scene = Scene::behind_proxy("/hook", &[("WENSHU_TELEGRAM__QUEUE", "2")]);
    scene.telegram.mishaps("sendMessage", [Mishap::TooMany(1), Mishap::TooMany(1)]);
    let ids: Vec<i64> = (10..16).map(|user| scene.telegram.push(question(user))).collect();
    for user in 10..16 {
        scene.telegram.sent(user, 1);
    }
    scene.telegram.drained();
    let refused: Vec<u16> = scene.statuses(ids[2]).into_iter().filter(|status| *status != 200).collect();
    assert!(!refused.is_empty() && refused.iter().all(|status| *status == 503), "{refused:?}");
    for (user, id) in (10..16).zip(ids) {
        assert_eq!(scene.statuses(id).last(), Some(&200));
        assert_eq!(scene.telegram.n_sent(user), 1);
    }
}

#[test]
fn an_update_is_taken_only_when_it_is_written_down() {
    let mut scene = Scene::behind_proxy("/hook", &[]);
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    let path = scene.dir.path().join("state.sqlite");
    let lock = rusqlite::Connection::open(&path).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let id = scene.telegram.push(question(7));
    let deadline = Instant::now() + PATIENCE;
    while scene.statuses(id).is_empty() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    lock.execute_batch("ROLLBACK").unwrap();
    scene.telegram.sent(7, 1);
    scene.telegram.drained();
    let statuses = scene.statuses(id);
    assert!(statuses.len() > 1 && statuses[0] == 503 && statuses.last() == Some(&200), "{statuses:?}");
    // Taken, then killed before the answer was out.
    scene.telegram.mishaps("sendMessage", std::iter::repeat_n(Mishap::Cut, 50));
    scene.telegram.push(question(9));
    scene.telegram.drained();
    scene.program.kill();
    scene.telegram.no_mishaps();
    scene.restart(&[("WENSHU_TELEGRAM__WEBHOOK_URL", URL), ("WENSHU_TELEGRAM__WEBHOOK_BIND", "127.0.0.1:0")]);
    scene.telegram.sent(9, 1);
}

#[test]
fn an_update_delivered_twice_is_answered_once() {
    let scene = Scene::behind_proxy("/hook", &[]);
    scene.telegram.wait("setWebhook", |_| true);
    let mut update = question(7);
    update["update_id"] = json!(77);
    for _ in 0..3 {
        assert_eq!(
            scene.delivers("POST", "/hook", &scene.telegram.secret(), update.to_string().as_bytes()),
            200
        );
    }
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    scene.telegram.sent(7, 1);
    assert_eq!(scene.telegram.n_sent(7), 1);
}

#[test]
fn old_messages_delivered_late_are_dropped() {
    let scene = Scene::behind_proxy("/hook", &[]);
    let id = next_message();
    let old = private(7, json!({"text": "新增就业多少", "message_id": id, "date": now() - 660}));
    scene.telegram.push(json!({ "message": old }));
    scene.says(8, "新增就业多少");
    scene.telegram.sent(8, 1);
    assert_eq!(scene.telegram.n_sent(7), 0);
}

#[test]
fn a_webhook_replaced_by_another_program_is_set_again() {
    let scene = Scene::behind_proxy("/hook", &[]);
    scene.telegram.wait("setWebhook", |_| true);
    scene.telegram.set_webhook();
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    scene.program.wait_log("it is set again");
}

#[test]
fn a_webhook_telegram_does_not_take_ends_the_program() {
    let ended = |url: &str, refusal: Option<Mishap>| {
        let telegram = StandIn::start();
        telegram.mishaps("setWebhook", refusal);
        let dir = data_dir();
        let variables =
            [("WENSHU_TELEGRAM__WEBHOOK_URL", url), ("WENSHU_TELEGRAM__WEBHOOK_BIND", "127.0.0.1:0")];
        let mut program = Program::start(&telegram, dir.path(), &variables);
        let code = program.wait_end().code();
        assert!(program.log().contains("telegram.webhook_url"), "{}", program.log());
        assert!(!program.log().contains(TOKEN), "{}", program.log());
        code
    };
    assert_eq!(ended("http://bot.example/hook", None), Some(2));
    assert_eq!(ended("https://bot.example:8080/hook", None), Some(2));
    let refusal = Mishap::Refuse(400, "Bad Request: bad webhook: Failed to resolve host");
    assert_eq!(ended(URL, Some(refusal)), Some(2));
}

#[test]
fn telegram_out_of_reach_when_the_webhook_is_set_is_waited_for() {
    let telegram = StandIn::start();
    telegram.mishaps("setWebhook", [Mishap::Refuse(502, "Bad Gateway"), Mishap::Cut]);
    let dir = data_dir();
    let variables = [("WENSHU_TELEGRAM__WEBHOOK_URL", URL), ("WENSHU_TELEGRAM__WEBHOOK_BIND", "127.0.0.1:0")];
    let program = Program::start(&telegram, dir.path(), &variables);
    let scene = Scene { telegram, program, dir };
    scene.open_proxy("/hook");
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
}

#[test]
fn a_check_looks_at_the_webhook() {
    let telegram = StandIn::start();
    let dir = data_dir();
    let check = |url: &str, bind: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_wenshu"))
            .arg("--data-dir")
            .arg(dir.path())
            .arg("check")
            .env("WENSHU_TELEGRAM__TOKEN", TOKEN)
            .env("WENSHU_TELEGRAM__API_URL", telegram.url())
            .env("WENSHU_TELEGRAM__WEBHOOK_URL", url)
            .env("WENSHU_TELEGRAM__WEBHOOK_BIND", bind)
            .env("WENSHU_HTTP__BIND", "")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(!said.contains(TOKEN), "{said}");
        (output.status.code(), said)
    };
    let (code, said) = check("http://bot.example/hook", "127.0.0.1:0");
    assert!(code == Some(2) && said.contains("改正 telegram.webhook_url"), "{said}");
    let (code, said) = check("https://127.0.0.1:88/hook", "127.0.0.1:0");
    assert!(code == Some(0) && said.contains("从本机连不上 https://127.0.0.1:88/hook"), "{said}");
    let (code, said) = check(URL, &telegram.address.to_string());
    assert!(code == Some(0) && said.contains("已被占用"), "{said}");
    telegram.fail_delivery("Connection refused");
    let (code, said) = check(URL, "127.0.0.1:0");
    assert!(code == Some(0) && said.contains("推送失败：Connection refused"), "{said}");
}
