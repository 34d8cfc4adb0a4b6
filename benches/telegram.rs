//! The bot under load: one process, the stand-in Bot API on the same machine.
//!
//! `cargo bench --bench telegram` prints a burst of inline queries, and what a flooding chat does to others. Reports
//! are those beside the checkout, or the bundled digests.

#[path = "../tests/stand_in/mod.rs"]
#[expect(dead_code, reason = "the tests use the rest of it")]
mod stand_in;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use stand_in::{Program, StandIn, data_dir};

const N_USERS: i64 = 500;
const N_QUERIES: i64 = 5_000;
const N_FLOOD: i64 = 10_000;
const N_OTHERS: i64 = 200;
const FLOODER: i64 = 1;
const PLACES: [&str; 10] = ["", "青海", "上海", "渝中", "海拉尔", "全国", "去年", "今年", "2023年", "2025年"];
const INDICATORS: [&str; 20] = [
    "新增就业",
    "城镇新增就业多少",
    "GDP增长多少",
    "新增就业目标",
    "农村居民人均可支配收入",
    "棚户区改造多少户",
    "粮食产量",
    "旅游收入",
    "稳岗多少人",
    "一般公共预算收入增长",
    "城镇化率",
    "固定资产投资增长",
    "进出口总额",
    "老旧小区改造",
    "养老床位",
    "空气质量优良天数",
    "研发投入",
    "高新技术企业多少家",
    "失业率",
    "社会消费品零售总额",
];

/// One of two hundred questions.
fn question(n: i64) -> String {
    let (place, indicator) = (n as usize / INDICATORS.len() % PLACES.len(), n as usize % INDICATORS.len());
    format!("{}{}", PLACES[place], INDICATORS[indicator])
}

fn main() -> ExitCode {
    let dir = reports_dir();
    let is_fast = burst(dir.path());
    let is_fair = flood(dir.path());
    if is_fast && is_fair { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A data directory with the reports beside the checkout.
fn reports_dir() -> tempfile::TempDir {
    let dir = data_dir();
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folders: Vec<PathBuf> = ["reports", "seeds"].iter().map(|name| shared.join(name)).collect();
    if folders.iter().all(|folder| folder.is_dir()) {
        let mut import = Command::new(env!("CARGO_BIN_EXE_wenshu"));
        import.arg("--data-dir").arg(dir.path()).arg("import").args(&folders);
        let imported = import.output().expect("import runs");
        assert!(imported.status.success(), "{imported:?}");
    }
    dir
}

/// The bot on a copy of `dir`: the stand-in counts its updates anew, and they must not seem known.
fn start(dir: &Path) -> (StandIn, Program, tempfile::TempDir) {
    let telegram = StandIn::start();
    let (program, own) = Program::on_copy(&telegram, dir);
    telegram.wait_nth("menu", 2, |request| request.method == "setMyShortDescription");
    (telegram, program, own)
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

/// True when at least 2,000 queries a second are answered, 99 in 100 within 50 ms of their delivery.
fn burst(dir: &Path) -> bool {
    let (telegram, _program, _dir) = start(dir);
    let query = |n: i64| {
        json!({"inline_query": {"id": n.to_string(), "from": {"id": 1000 + n % N_USERS, "is_bot": false, "first_name": "x"},
            "query": question(n * 7), "offset": ""}})
    };
    let updates: Vec<Value> = (0..N_QUERIES).map(query).collect();
    let started = Instant::now();
    let ids = telegram.push_all(updates);
    let n_answers =
        |request: &stand_in::Request| request.method == "answerInlineQuery" && request.status == 200;
    telegram.wait_nth("last answer", N_QUERIES as usize, n_answers);
    let answers = telegram.requests("answerInlineQuery");
    let elapsed = answers.iter().map(|answer| answer.at).max().unwrap_or(started) - started;
    let mut handling: Vec<Duration> = answers
        .iter()
        .filter_map(|answer| {
            let n: usize = answer.params["inline_query_id"].as_str()?.parse().ok()?;
            Some(answer.at.saturating_duration_since(telegram.delivered(ids[n])?))
        })
        .collect();
    let rate = answers.len() as f64 / elapsed.as_secs_f64();
    let (p50, p99) = (percentile(&mut handling, 50), percentile(&mut handling, 99));
    println!(
        "burst: {} of {N_QUERIES} inline queries of {N_USERS} users answered in {elapsed:.2?}: {rate:.0}/s",
        answers.len()
    );
    println!("       from delivery to answer: p50 {p50:.1?}, p99 {p99:.1?}");
    rate >= 2000.0 && p99 <= Duration::from_millis(50)
}

/// True when others wait at most twice as long as without the flood.
fn flood(dir: &Path) -> bool {
    let calm = others(dir, 0);
    let flooded = others(dir, N_FLOOD);
    println!(
        "flood: {N_OTHERS} other chats, p99 from delivery to answer: calm {calm:.1?}, flooded {flooded:.1?}"
    );
    flooded <= calm * 2
}

/// The p99 others wait while one chat sends `n_flood` messages.
fn others(dir: &Path, n_flood: i64) -> Duration {
    let (telegram, _program, _dir) = start(dir);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let message = |user: i64, n: i64| {
        json!({"message": {"message_id": n, "date": now, "chat": {"id": user, "type": "private"},
            "from": {"id": user, "is_bot": false, "first_name": "x"}, "text": question(user + n)}})
    };
    let each = n_flood / N_OTHERS;
    let mut ids = Vec::new();
    for n in 0..N_OTHERS {
        let mut batch: Vec<Value> = (0..each).map(|k| message(FLOODER, n * each + k + 1)).collect();
        batch.push(message(1000 + n, 1));
        ids.push((1000 + n, telegram.push_all(batch).pop().unwrap_or_default()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut waits: Vec<Duration> = ids
        .iter()
        .filter_map(|(user, id)| Some(telegram.sent(*user, 1).at - telegram.delivered(*id)?))
        .collect();
    percentile(&mut waits, 99)
}
