//! Asks the running program many questions while its reports change, and watches memory and descriptors.
//!
//! `cargo bench --bench soak` asks 20,000; `SOAK_QUESTIONS=200000 cargo bench --bench soak` asks for minutes. Every
//! question must come back once, with its own number; resident memory after the warm-up may grow by a tenth.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const N_CALLERS: u64 = 4;
const RELOAD_EVERY: Duration = Duration::from_secs(10);
const N_ROWS: u64 = 10;
/// Share of the questions that warm the program up.
const WARM_UP: f64 = 0.2;
const MAX_GROWTH: f64 = 1.10;
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
    let n_questions: u64 =
        std::env::var("SOAK_QUESTIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let dir = tempfile::tempdir().expect("temporary directory");
    let folder = dir.path().join("in");
    fs::create_dir(&folder).expect("folder");
    write_report(&folder, 0);
    let (mut child, address) = start(dir.path(), &folder);
    let n_done = AtomicU64::new(0);
    let is_over = AtomicBool::new(false);
    let started = Instant::now();
    println!("{:>10} {:>8} {:>12} {:>12} {:>8}", "questions", "s", "resident kB", "descriptors", "reloads");
    let warm = thread::scope(|scope| {
        for caller in 0..N_CALLERS {
            let (n_done, n_own) = (&n_done, n_questions / N_CALLERS);
            scope.spawn(move || call(address, caller * n_own..(caller + 1) * n_own, n_done));
        }
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
        let mut warm = 0;
        for row in 1..=N_ROWS {
            let goal = n_questions / N_CALLERS * N_CALLERS * row / N_ROWS;
            while n_done.load(Ordering::Relaxed) < goal {
                thread::sleep(Duration::from_millis(5));
            }
            show(&child, address, n_done.load(Ordering::Relaxed), started);
            if row as f64 / N_ROWS as f64 <= WARM_UP {
                warm = resident_kb(&child);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        warm
    });
    let end = resident_kb(&child);
    println!("resident after warm-up {warm} kB, at the end {end} kB");
    let idle: Vec<TcpStream> = (0..N_IDLE).map_while(|_| TcpStream::connect(address).ok()).collect();
    let asked = Instant::now();
    call(address, 0..1, &n_done);
    println!(
        "{} idle connections: a question takes {:.1} ms, resident {} kB, {} descriptors",
        idle.len(),
        asked.elapsed().as_secs_f64() * 1e3,
        resident_kb(&child),
        descriptors(&child)
    );
    drop(idle);
    child.kill().expect("kill");
    child.wait().expect("wait");
    assert!(end as f64 <= warm as f64 * MAX_GROWTH, "resident memory grew from {warm} to {end} kB");
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

fn start(dir: &Path, folder: &Path) -> (Child, SocketAddr) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("--data-dir")
        .arg(dir.join("data"))
        .arg("serve")
        .env("WENSHU_HTTP__BIND", "127.0.0.1:0")
        .env("WENSHU_DATA__WATCH", folder)
        .env("WENSHU_DATA__WATCH_SETTLE_MS", "100")
        .stderr(Stdio::piped())
        .spawn()
        .expect("start");
    let mut lines = BufReader::new(child.stderr.take().expect("log")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(&line).ok()?;
        line["fields"]["address"].as_str()?.parse().ok()
    });
    // A log nobody reads fills its pipe and stops the program.
    thread::spawn(move || lines.for_each(drop));
    (child, address.expect("address"))
}

/// Asks the questions of `numbers` one after another on one connection.
fn call(address: SocketAddr, numbers: std::ops::Range<u64>, n_done: &AtomicU64) {
    let stream = TcpStream::connect(address).expect("connect");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("timeout");
    let mut reader = BufReader::new(stream.try_clone().expect("clone"));
    let mut writer = stream;
    for number in numbers {
        let question = QUESTIONS[number as usize % QUESTIONS.len()];
        // Asked on another day, a question is another question: few are recalled.
        let (day, month) = (number % 28 + 1, number / 28 % 12 + 1);
        let body =
            format!("{{\"id\":{number},\"question\":\"{question}\",\"today\":\"2026-{month:02}-{day:02}\"}}");
        let head = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
        write!(writer, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).expect("ask");
        let reply = read_reply(&mut reader);
        assert_eq!(reply["id"], number, "{reply}");
        n_done.fetch_add(1, Ordering::Relaxed);
    }
}

fn read_reply(reader: &mut BufReader<TcpStream>) -> serde_json::Value {
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

fn show(child: &Child, address: SocketAddr, n_done: u64, started: Instant) {
    let mut stream = TcpStream::connect(address).expect("connect");
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("ask");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("metrics");
    let reloads = text.lines().find_map(|line| line.strip_prefix("wenshu_reloads_total{result=\"ok\"} "));
    println!(
        "{n_done:>10} {:>8.1} {:>12} {:>12} {:>8}",
        started.elapsed().as_secs_f64(),
        resident_kb(child),
        descriptors(child),
        reloads.unwrap_or("0")
    );
}

fn resident_kb(child: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse().ok()).unwrap_or(0)
}

fn descriptors(child: &Child) -> usize {
    fs::read_dir(format!("/proc/{}/fd", child.id())).map_or(0, Iterator::count)
}
