//! What the program says of the bot to those who watch over it.

use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stand_in::{Mishap, PATIENCE, Proxy};
use crate::telegram_scene::Scene;

const HTTP: (&str, &str) = ("WENSHU_HTTP__BIND", "127.0.0.1:0");
const SHORT_PAUSES: (&str, &str) = ("WENSHU_TELEGRAM__LONGEST_PAUSE_SECONDS", "1");
const BAD_GATEWAY: Mishap = Mishap::Refuse(502, "Bad Gateway");

impl Scene {
    /// Waits until /readyz says `word` of the bot.
    fn said_ready(&self, word: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (status, body) = self.get("/readyz");
            let said: Value = serde_json::from_str(&body).unwrap();
            if said["checks"]["telegram"] == word {
                assert_eq!(status, if word == "ok" { 200 } else { 503 }, "{body}");
                return;
            }
            assert!(Instant::now() < deadline, "not {word} in time: {body}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Scene {
    /// Waits until /metrics has `line`.
    fn counted(&self, line: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let (_, metrics) = self.get("/metrics");
            if metrics.lines().any(|known| known == line) {
                return;
            }
            assert!(Instant::now() < deadline, "no {line} in time in {metrics}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn trouble_with_fetching_turns_health_until_it_is_over() {
    let scene = Scene::with(&[HTTP, SHORT_PAUSES]);
    scene.said_ready("ok");
    scene.telegram.mishaps("getUpdates", std::iter::repeat_n(BAD_GATEWAY, 100));
    scene.says(7, "新增就业多少");
    scene.said_ready("unreachable");
    scene.telegram.no_mishaps();
    scene.said_ready("ok");
    scene.telegram.sent(7, 1);
}

#[test]
fn another_program_that_fetches_turns_health() {
    let conflict = Mishap::Refuse(409, "Conflict: terminated by other getUpdates request");
    let scene = Scene::after(
        |telegram| telegram.mishaps("getUpdates", std::iter::repeat_n(conflict, 100)),
        &[HTTP, SHORT_PAUSES],
    );
    scene.said_ready("conflict");
    scene.telegram.no_mishaps();
    scene.said_ready("ok");
}

#[test]
fn telegram_out_of_reach_at_the_start_is_not_ready() {
    let scene = Scene::after(
        |telegram| telegram.mishaps("getMe", std::iter::repeat_n(BAD_GATEWAY, 100)),
        &[HTTP, SHORT_PAUSES],
    );
    scene.said_ready("unreachable");
    scene.telegram.no_mishaps();
    scene.said_ready("ok");
}

#[test]
fn deliveries_that_do_not_come_through_turn_health() {
    let scene = Scene::with(&[
        HTTP,
        ("WENSHU_TELEGRAM__WEBHOOK_URL", "https://bot.example/hook"),
        ("WENSHU_TELEGRAM__WEBHOOK_BIND", "127.0.0.1:0"),
        ("WENSHU_TELEGRAM__WEBHOOK_CHECK_SECONDS", "1"),
    ]);
    scene.said_ready("ok");
    let through = |path: &str| {
        let address = scene.program.address("waiting for deliveries");
        scene.telegram.deliver_through(Proxy {
            address,
            path: path.to_owned(),
            forwarded_for: String::new(),
        });
    };
    through("/wrong");
    scene.says(7, "新增就业多少");
    scene.said_ready("not_delivered");
    scene.counted("wenshu_telegram_pending 1");
    through("/hook");
    scene.telegram.sent(7, 1);
    scene.said_ready("ok");
    scene.counted("wenshu_telegram_deliveries_total{status=\"200\"} 1");
    let (_, metrics) = scene.get("/metrics");
    assert!(metrics.contains("wenshu_telegram_deliveries_total{status=\"404\"}"), "{metrics}");
}

#[test]
fn calls_errors_and_queues_are_counted() {
    let scene = Scene::with(&[HTTP]);
    scene.telegram.mishaps("sendMessage", [BAD_GATEWAY, Mishap::TooMany(1)]);
    scene.says(7, "新增就业多少");
    scene.telegram.wait_nth("refusal", 1, |request| request.status == 429);
    scene.counted("wenshu_telegram_waiting{kind=\"chat\"} 1");
    scene.telegram.sent(7, 1);
    scene.telegram.mishaps("sendMessage", [Mishap::Refuse(403, "Forbidden: bot was blocked by the user")]);
    scene.says(8, "新增就业多少");
    scene.telegram.wait_nth("refusal", 1, |request| request.status == 403);
    scene.says(9, "新增就业多少");
    scene.telegram.sent(9, 1);
    scene.counted("wenshu_telegram_calls_total{method=\"SendMessage\",result=\"ok\"} 2");
    scene.counted("wenshu_telegram_calls_total{method=\"SendMessage\",result=\"unreachable\"} 1");
    scene.counted("wenshu_telegram_calls_total{method=\"SendMessage\",result=\"too_many\"} 1");
    scene.counted("wenshu_telegram_calls_total{method=\"SendMessage\",result=\"forbidden\"} 1");
    scene.telegram.push(json!({"message": {"chat": "none"}}));
    scene.counted("wenshu_telegram_updates_total{fate=\"unreadable\"} 1");
    scene.counted("wenshu_telegram_updates_total{fate=\"received\"} 4");
    scene.counted("wenshu_telegram_updates_total{fate=\"done\"} 2");
    scene.counted("wenshu_telegram_updates_total{fate=\"given_up\"} 1");
    scene.counted("wenshu_telegram_waiting{kind=\"chat\"} 0");
    scene.counted("wenshu_questions_total{door=\"telegram\",outcome=\"answered\"} 3");
}

#[test]
fn the_watchdog_is_fed_only_while_updates_are_fetched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let hear = || {
        let mut buffer = [0; 256];
        let n_bytes = loop {
            match socket.recv(&mut buffer) {
                // Stopping and going on interrupts a wait.
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                heard => break heard.unwrap(),
            }
        };
        String::from_utf8_lossy(&buffer[..n_bytes]).into_owned()
    };
    let scene = Scene::after(
        |telegram| telegram.mishaps("getMe", std::iter::repeat_n(BAD_GATEWAY, 100)),
        &[("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "600000"), SHORT_PAUSES],
    );
    assert!(hear().contains("READY=1"));
    scene.program.wait_log("watchdog not fed");
    socket.set_nonblocking(true).unwrap();
    assert!(socket.recv(&mut [0; 256]).is_err(), "nothing is fed while Telegram is out of reach");
    socket.set_nonblocking(false).unwrap();
    scene.telegram.no_mishaps();
    assert!(hear().contains("WATCHDOG=1"));
}
