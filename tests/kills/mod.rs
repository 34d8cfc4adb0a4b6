//! Kills the program at random moments, starts it again and looks at what is left.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::served::{Served, program, report, run, until};
use crate::stand_in::{Program, StandIn, data_dir};
use wenshu::storage::Store;

const ASKED: &str = "上海2024年新增就业多少";
/// Chats that change a setting, and chats that ask, in each round.
const N_CHATS: i64 = 20;

/// Moments that look random, the same for the same seed (xorshift).
pub struct Moments(u64);

impl Moments {
    pub fn from(seed: u64) -> Moments {
        Moments(seed.max(1))
    }

    /// A moment before `end`.
    pub fn before(&mut self, end: Duration) -> Duration {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            self.0 ^= if left { self.0 << shift } else { self.0 >> shift };
        }
        end.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// What was seen over all rounds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub n_kills: usize,
    /// Kills that came after the change had been acknowledged.
    pub n_acknowledged: usize,
    /// Questions answered a second time after a kill between the answer and its note.
    pub n_twice: usize,
}

/// The figure of round `round`; none is a part of another.
fn figure(round: usize) -> String {
    format!("{}.5万人", 100 + round)
}

/// Kills `wenshu import` while it replaces a report and adds another.
pub fn importing(n_kills: usize, moments: &mut Moments) -> Tally {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("data"), dir.path().join("in"));
    fs::create_dir(&folder).unwrap();
    let file = folder.join("2025_上海市.txt");
    fs::write(&file, report(&figure(0))).unwrap();
    let started = Instant::now();
    assert!(run(program(&data).arg("import").arg(&folder)).0.status.success());
    // Later imports have more to do; some kills are to come too late.
    let longest = started.elapsed().mul_f64(2.5);
    let mut tally = Tally::default();
    let (mut before, mut n_others) = (figure(0), 0);
    for round in 1..=n_kills {
        fs::write(&file, report(&figure(round))).unwrap();
        let other = folder.join(format!("{round}_青海省.txt"));
        let text =
            format!("{}全省第{round}条道路长{round}公里。\n", report("9.1万人").replace("上海市", "青海省"));
        fs::write(&other, text).unwrap();
        let mut import = program(&data);
        let import = import.arg("import").args([&file, &other]).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = import.spawn().unwrap();
        thread::sleep(moments.before(longest));
        // Nothing is said of a program that ended by itself in good order: it has acknowledged.
        let is_acknowledged = child.try_wait().unwrap().is_some_and(|status| status.success());
        let _ = child.kill();
        child.wait().unwrap();
        tally.n_kills += 1;
        tally.n_acknowledged += usize::from(is_acknowledged);
        n_others += usize::from(is_acknowledged);
        let said = run(program(&data).args(["ask", ASKED])).1;
        let now = if said.starts_with(&figure(round)) { figure(round) } else { before.clone() };
        assert!(said.starts_with(&now), "round {round}: {said}");
        assert!(!is_acknowledged || now == figure(round), "round {round}: acknowledged and lost: {said}");
        before = now;
        let listed = run(program(&data).arg("reports")).1.matches("青海省.txt").count();
        assert!(listed >= n_others && listed <= round, "round {round}: {listed} of {n_others}");
        n_others = listed;
    }
    tally
}

/// Kills `wenshu serve` while it takes over a changed report of the watched folder and a hangup.
pub fn reloading(n_kills: usize, moments: &mut Moments) -> Tally {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("data"), dir.path().join("in"));
    fs::create_dir(&folder).unwrap();
    let file = folder.join("2025_上海市.txt");
    fs::write(&file, report(&figure(0))).unwrap();
    assert!(run(program(&data).arg("import").arg(&folder)).0.status.success());
    let watch = folder.to_str().unwrap();
    let mut tally = Tally::default();
    for round in 1..=n_kills + 1 {
        let served =
            Served::start(&data, &[("WENSHU_DATA__WATCH", watch), ("WENSHU_DATA__WATCH_SETTLE_MS", "20")]);
        let first = served.jobs();
        let (old, new) = (figure(round.saturating_sub(2)), figure(round - 1));
        assert!(first == old || first == new, "round {round}: {first}");
        until("the change made before the kill is in force", || served.jobs() == new);
        if round > n_kills {
            break;
        }
        fs::write(&file, report(&figure(round))).unwrap();
        let end = Instant::now() + moments.before(Duration::from_millis(500));
        thread::sleep(moments.before(Duration::from_millis(100)));
        served.signal("HUP");
        thread::sleep(end.saturating_duration_since(Instant::now()));
        tally.n_acknowledged += usize::from(served.jobs() == figure(round));
        drop(served);
        tally.n_kills += 1;
    }
    tally
}

fn message(id: i64, chat: i64, text: &str) -> Value {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    json!({"message": {
        "message_id": id, "date": now, "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": false, "first_name": "x"}, "text": text,
    }})
}

/// Kills the bot while chats change settings and ask.
pub fn setting(n_kills: usize, moments: &mut Moments) -> Tally {
    let telegram = StandIn::start();
    let dir = data_dir();
    let state = dir.path().join("state.sqlite");
    let mut tally = Tally::default();
    let mut acknowledged: Vec<i64> = Vec::new();
    let mut asking: Vec<i64> = Vec::new();
    for round in 0..n_kills as i64 {
        let chats = (1 + round) * 1000..(1 + round) * 1000 + N_CHATS;
        let askers = chats.start + 500..chats.start + 500 + N_CHATS;
        let mut updates = Vec::new();
        for (setter, asker) in chats.clone().zip(askers.clone()) {
            updates.push(message(1, setter, "/lang en"));
            updates.push(message(1, asker, "新增就业多少"));
        }
        telegram.push_all(updates);
        let n_polls = telegram.n_requests("getUpdates");
        let mut bot = Program::start(&telegram, dir.path(), &[]);
        until("the bot fetches updates", || telegram.n_requests("getUpdates") > n_polls);
        thread::sleep(moments.before(Duration::from_millis(120)));
        bot.kill();
        tally.n_kills += 1;
        acknowledged.extend(chats.filter(|chat| telegram.n_sent(*chat) > 0));
        asking.extend(askers);
        telegram.forget_but(|request| request.method == "sendMessage");
        let store = Store::open(&state).unwrap();
        for chat in &acknowledged {
            assert_eq!(store.chat(*chat).unwrap().lang.as_deref(), Some("en"), "round {round}: chat {chat}");
        }
    }
    let _bot = Program::start(&telegram, dir.path(), &[]);
    telegram.drained();
    for chat in asking {
        until("every question is answered", || telegram.n_sent(chat) > 0);
        tally.n_twice += usize::from(telegram.n_sent(chat) > 1);
    }
    tally.n_acknowledged = acknowledged.len();
    tally
}
