//! The program for a long time in a few minutes: questions by both doors while reports change, idle connections, kills.
//!
//! `cargo bench --bench soak` asks 20,000 questions and kills 20 times; `SOAK_QUESTIONS=200000 SOAK_KILLS=200` is the
//! whole of it. Every question must be answered once; resident memory after the warm-up may grow by a tenth, and no
//! descriptor may be left open. `SOAK_SEED` picks other moments for the kills.

#[path = "../tests/kills/mod.rs"]
mod kills;
#[path = "../tests/it/served.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod served;
#[path = "../tests/stand_in/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod stand_in;

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use kills::{Moments, Tally, importing, reloading, setting};
use served::{Served, program};
use stand_in::{StandIn, TOKEN};

const N_CALLERS: u64 = 2;
/// Chats the bot answers; each asks again and again.
const N_CHATS: u64 = 2_000;
/// Updates offered at once, and waiting at the most.
const BATCH: u64 = 50;
const MAX_WAITING: usize = 200;
const RELOAD_EVERY: Duration = Duration::from_secs(10);
const PATIENCE: Duration = Duration::from_secs(30);
const N_ROWS: u64 = 10;
/// Share of the questions that warm the program up.
const WARM_UP: f64 = 0.2;
const MAX_GROWTH: f64 = 1.10;
/// Files that come and go while reports are read.
const MAX_MORE_FILES: usize = 8;
const N_IDLE: usize = 10_000;
const QUESTIONS: [&str; 6] = [
    "渝中新增就业多少",
    "全国粮食产量",
    "上海人均预期寿命",
    "上海2024年新增就业多少",
    "海拉尔2017年旅游收入",
    "渝中有几座火山",
];

fn main() {
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    kill(number("SOAK_KILLS", 20) as usize, number("SOAK_SEED", 1));
    soak(number("SOAK_QUESTIONS", 20_000));
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Three parts of `n_kills`: imports, reloads, settings and questions in chats.
fn kill(n_kills: usize, seed: u64) {
    let mut moments = Moments::from(seed);
    let n_part = n_kills / 3;
    let show = |what: &str, tally: Tally| {
        println!(
            "killed {:>3} times while {what}: every next start answered, {} changes were acknowledged before and none is lost, {} questions were answered twice",
            tally.n_kills, tally.n_acknowledged, tally.n_twice
        );
    };
    if n_part > 0 {
        show("importing", importing(n_kills - 2 * n_part, &mut moments));
        show("reloading", reloading(n_part, &mut moments));
        show("chats set and ask", setting(n_part, &mut moments));
    }
}

fn soak(n_questions: u64) {
    let dir = tempfile::tempdir().expect("temporary directory");
    let folder = dir.path().join("in");
    fs::create_dir(&folder).expect("folder");
    write_report(&folder, 0);
    let telegram = StandIn::start();
    let served = start(dir.path(), &folder, &telegram);
    let (n_by_http, n_by_chat) = (AtomicU64::new(0), AtomicU64::new(0));
    let n_done = || n_by_http.load(Ordering::Relaxed) + n_by_chat.load(Ordering::Relaxed);
    let is_over = AtomicBool::new(false);
    let half = n_questions / 2;
    let started = Instant::now();
    println!(
        "{:>10} {:>10} {:>10} {:>8} {:>12} {:>12} {:>8}",
        "questions", "HTTP", "Telegram", "s", "resident kB", "descriptors", "reloads"
    );
    let (warm, warm_files) = thread::scope(|scope| {
        for caller in 0..N_CALLERS {
            let (n_own, n_done, address) = (half / N_CALLERS, &n_by_http, served.address);
            scope.spawn(move || call(address, caller * n_own..(caller + 1) * n_own, n_done));
        }
        scope.spawn(|| chat(&telegram, half, &n_by_chat));
        scope.spawn(|| {
            let mut last = Instant::now();
            let mut n_changes = 0;
            while !is_over.load(Ordering::Relaxed) {
                if last.elapsed() >= RELOAD_EVERY {
                    n_changes += 1;
                    write_report(&folder, n_changes);
                    last = Instant::now();
                }
                thread::sleep(Duration::from_millis(50));
            }
        });
        let mut warm = (0, 0);
        for row in 1..=N_ROWS {
            let goal = (half / N_CALLERS * N_CALLERS + half) * row / N_ROWS;
            while n_done() < goal {
                thread::sleep(Duration::from_millis(5));
            }
            println!(
                "{:>10} {:>10} {:>10} {:>8.1} {:>12} {:>12} {:>8}",
                n_done(),
                n_by_http.load(Ordering::Relaxed),
                n_by_chat.load(Ordering::Relaxed),
                started.elapsed().as_secs_f64(),
                resident_kb(&served),
                descriptors(&served),
                n_reloads(&served)
            );
            if row as f64 / N_ROWS as f64 <= WARM_UP {
                warm = (resident_kb(&served), files(&served));
            }
        }
        is_over.store(true, Ordering::Relaxed);
        warm
    });
    let (end, end_files) = (resident_kb(&served), files(&served));
    println!("resident after warm-up {warm} kB, at the end {end} kB");
    println!("descriptors other than connections after warm-up {warm_files}, at the end {end_files}");
    idle(&served);
    assert!(end as f64 <= warm as f64 * MAX_GROWTH, "resident memory grew from {warm} to {end} kB");
    assert!(end_files <= warm_files + MAX_MORE_FILES, "descriptors leak");
}

/// Opens connections that say nothing, and asks among them.
fn idle(served: &Served) {
    let idle: Vec<TcpStream> = (0..N_IDLE).map_while(|_| TcpStream::connect(served.address).ok()).collect();
    let asked = Instant::now();
    call(served.address, 0..1, &AtomicU64::new(0));
    println!(
        "{} idle connections: a question takes {:.1} ms, resident {} kB, {} descriptors",
        idle.len(),
        asked.elapsed().as_secs_f64() * 1e3,
        resident_kb(served),
        descriptors(served)
    );
}

fn write_report(folder: &Path, n_changes: u64) {
    let text = format!(
        "上海市人民政府工作报告\n一、2024年工作回顾\n全年新增就业{n_changes}.5万人，同比增长3.5%。\n"
    );
    fs::write(folder.join("2025_上海市.txt"), text).expect("report");
    for (name, bytes) in wenshu::daemon::bundled::DIGESTS {
        if n_changes == 0 {
            fs::write(folder.join(name), bytes).expect("digest");
        }
    }
}

fn start(dir: &Path, folder: &Path, telegram: &StandIn) -> Served {
    let mut command = program(&dir.join("data"));
    command
        .arg("serve")
        .env("WENSHU_HTTP__BIND", "127.0.0.1:0")
        .env("WENSHU_DATA__WATCH", folder)
        .env("WENSHU_DATA__WATCH_SETTLE_MS", "100")
        // The log is kept in memory here.
        .env("WENSHU_LOG__LEVEL", "info")
        .env("WENSHU_TELEGRAM__TOKEN", TOKEN)
        .env("WENSHU_TELEGRAM__API_URL", telegram.url());
    for key in ["USER_PER_MINUTE", "MESSAGES_PER_SECOND", "CHAT_MESSAGES_PER_SECOND"] {
        command.env(format!("WENSHU_TELEGRAM__{key}"), "1000000");
    }
    Served::spawn(&mut command)
}

/// One of a few questions.
fn question(number: u64) -> &'static str {
    QUESTIONS[number as usize % QUESTIONS.len()]
}

/// Asks `n_questions` in chats and sees that each has one reply.
fn chat(telegram: &StandIn, n_questions: u64, n_done: &AtomicU64) {
    let mut replies: HashMap<(i64, i64), u32> = HashMap::new();
    let mut next = 0;
    let mut last = Instant::now();
    while n_done.load(Ordering::Relaxed) < n_questions {
        if next < n_questions && telegram.n_waiting() < MAX_WAITING {
            let end = (next + BATCH).min(n_questions);
            telegram.push_all((next..end).map(message).collect());
            next = end;
        } else {
            thread::sleep(Duration::from_millis(2));
        }
        for request in telegram.take_requests() {
            assert!(request.status == 200 || request.method == "getUpdates", "refused: {request:?}");
            if request.method == "sendMessage" {
                let asked = request.params["reply_parameters"]["message_id"].as_i64();
                let n = replies.entry((request.chat(), asked.expect("a reply"))).or_default();
                *n += 1;
                assert_eq!(*n, 1, "answered twice: {request:?}");
                n_done.fetch_add(1, Ordering::Relaxed);
                last = Instant::now();
            }
        }
        assert!(last.elapsed() < PATIENCE, "{} of {next} answered", n_done.load(Ordering::Relaxed));
    }
    let expected = (0..n_questions).map(|number| (chat_of(number), message_of(number)));
    assert!(expected.into_iter().all(|asked| replies.get(&asked) == Some(&1)), "a question has no reply");
}

fn chat_of(number: u64) -> i64 {
    (1 + number % N_CHATS) as i64
}

fn message_of(number: u64) -> i64 {
    (1 + number / N_CHATS) as i64
}

fn message(number: u64) -> Value {
    let chat = chat_of(number);
    let now = std::time::UNIX_EPOCH.elapsed().expect("clock").as_secs();
    // Each question is one nobody has asked yet.
    let text = format!("{}，第{number}问", question(number));
    json!({"message": {
        "message_id": message_of(number), "date": now, "chat": {"id": chat, "type": "private"},
        "from": {"id": chat, "is_bot": false, "first_name": "x"}, "text": text,
    }})
}

/// Asks the questions of `numbers` one after another on one connection.
fn call(address: SocketAddr, numbers: Range<u64>, n_done: &AtomicU64) {
    let stream = TcpStream::connect(address).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("timeout");
    let mut reader = BufReader::new(stream.try_clone().expect("clone"));
    let mut writer = stream;
    for number in numbers {
        // Asked on another day, a question is another question: few are recalled.
        let (day, month) = (number % 28 + 1, number / 28 % 12 + 1);
        let body = format!(
            "{{\"id\":{number},\"question\":\"{}\",\"today\":\"2026-{month:02}-{day:02}\"}}",
            question(number)
        );
        let head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
        // In one piece: parts would wait for one another on the way.
        let request = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        writer.write_all(request.as_bytes()).expect("ask");
        let reply = read_reply(&mut reader);
        assert_eq!(reply["id"], number, "{reply}");
        n_done.fetch_add(1, Ordering::Relaxed);
    }
}

fn read_reply(reader: &mut BufReader<TcpStream>) -> Value {
    let mut n_bytes = 0;
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line).expect("head");
        if n_bytes == 0 && line.starts_with("HTTP/") {
            assert!(line.contains(" 200 "), "{line}");
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            n_bytes = value.trim().parse().expect("length");
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut bytes = vec![0; n_bytes];
    reader.read_exact(&mut bytes).expect("body");
    serde_json::from_slice(&bytes).expect("json")
}

fn n_reloads(served: &Served) -> String {
    let text = served.get("/metrics").1;
    let reloads = text.lines().find_map(|line| line.strip_prefix("wenshu_reloads_total{result=\"ok\"} "));
    reloads.unwrap_or("0").to_owned()
}

fn resident_kb(served: &Served) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", served.child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse().ok()).unwrap_or(0)
}

fn descriptors(served: &Served) -> usize {
    fs::read_dir(format!("/proc/{}/fd", served.child.id())).map_or(0, Iterator::count)
}

/// Descriptors that are no connections; a burst of replies opens many to Telegram, and they are kept for a while.
fn files(served: &Served) -> usize {
    let entries = fs::read_dir(format!("/proc/{}/fd", served.child.id())).into_iter().flatten().flatten();
    let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    targets.filter(|target| !target.to_string_lossy().starts_with("socket:")).count()
}
