//! The state file: what readers said of answers, and what comes of a file that is locked, damaged or of another form.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};
use wenshu::storage::{ChatSettings, Store};

use crate::served::{Served, program, report, run, until};
use crate::stand_in::{StandIn, TOKEN, data_dir};
use crate::telegram_scene::{Scene, private, private_chat};

/// `wenshu serve` with both doors open, not yet started.
fn both_doors(telegram: &StandIn, dir: &Path) -> Command {
    let mut command = program(dir);
    command.arg("serve").env("WENSHU_HTTP__BIND", "127.0.0.1:0");
    command.env("WENSHU_TELEGRAM__TOKEN", TOKEN).env("WENSHU_TELEGRAM__API_URL", telegram.url());
    command
}

/// What the bot says to `chat`, which asks for new jobs.
fn answer(telegram: &StandIn, chat: i64) -> String {
    telegram.push(json!({"message": private(chat, json!({"text": "新增就业多少"}))}));
    telegram.sent(chat, 1).text().to_owned()
}

/// What `/readyz` says of the store.
fn store_check(served: &Served) -> String {
    let reply: Value = serde_json::from_str(&served.get("/readyz").1).unwrap();
    reply["checks"]["store"].as_str().unwrap().to_owned()
}

fn check(dir: &Path) -> String {
    run(program(dir).arg("check").env("WENSHU_HTTP__BIND", "")).1
}

#[test]
fn feedback_becomes_a_question_set() {
    let scene = Scene::new();
    scene.says(7, "新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    let good = scene.presses(7, private_chat(7), reply.message_id(), &reply.data("👍"));
    scene.telegram.told(&good);
    let bad = scene.presses(80_001, private_chat(7), reply.message_id(), &reply.data("👎"));
    scene.telegram.told(&bad);
    let export = |arguments: &[&str]| {
        let output = program(scene.dir.path()).args(["feedback", "export"]).args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, lines, said) = export(&[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 条评价，其中 1 条不满"), "{said}");
    assert!(!lines.contains("80001"), "nobody is named: {lines}");
    let cases: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(cases.len(), 2, "{lines}");
    assert_eq!((&cases[0]["figure"], &cases[0]["tag"]), (&json!("6.6万人"), &json!("praise")));
    assert_eq!((&cases[1]["figure"], &cases[1]["tag"]), (&json!(""), &json!("complaint")));
    assert_eq!(cases[1]["given"]["figure"], "6.6万人");
    // The set can be scored: what was praised is right, what was complained of is not, until it is filled in.
    let set = scene.dir.path().join("set.jsonl");
    fs::write(&set, &lines).unwrap();
    let (scored, said) = run(program(scene.dir.path()).arg("eval").arg(&set));
    assert!(scored.status.code() != Some(70) && said.contains("praise"), "{said}");
    assert_eq!(export(&["--since", "2001-01-01"]).1, lines);
    let (code, nothing, said) = export(&["--since", "2999-01-01"]);
    assert!(code == Some(0) && nothing.is_empty() && said.contains("没有评价"), "{said}");
    assert_eq!(export(&["--since", "soon"]).0, Some(2));
    let empty = tempfile::tempdir().unwrap();
    let (output, said) = run(program(empty.path()).args(["feedback", "export"]));
    assert!(output.status.success() && output.stdout.is_empty() && said.contains("没有评价"), "{said}");
    assert!(!empty.path().join("state.sqlite").exists());
}

#[test]
fn a_decline_can_be_complained_of() {
    let scene = Scene::new();
    scene.says(7, "渝中有几座火山");
    let reply = scene.telegram.sent(7, 1);
    assert_eq!(reply.buttons().last().unwrap().0, "👎");
    let bad = scene.presses(7, private_chat(7), reply.message_id(), &reply.data("👎"));
    assert!(scene.telegram.told(&bad).text().contains("已记下"));
    assert!(scene.telegram.requests("editMessageReplyMarkup").is_empty(), "what is offered stays");
    let exported = program(scene.dir.path()).args(["feedback", "export"]).output().unwrap();
    let case: Value = serde_json::from_slice(&exported.stdout).unwrap();
    assert_eq!((&case["question"], &case["figure"]), (&json!("渝中有几座火山"), &json!("")));
    assert_eq!((&case["tag"], &case["given"]["figure"]), (&json!("complaint-declined"), &Value::Null));
}

#[test]
fn a_damaged_state_is_set_aside_and_the_bot_serves_on() {
    let dir = data_dir();
    let file = dir.path().join("state.sqlite");
    fs::write(&file, "no database, though long enough to be looked at".repeat(100)).unwrap();
    let said = check(dir.path());
    assert!(said.contains("疑  状态文件") && said.contains("state.sqlite.damaged-1"), "{said}");
    let telegram = StandIn::start();
    let served = Served::spawn(&mut both_doors(&telegram, dir.path()));
    assert!(answer(&telegram, 7).contains("6.6万人"));
    assert!(served.said().contains("damaged and set aside"), "{}", served.said());
    assert!(
        fs::read_to_string(dir.path().join("state.sqlite.damaged-1")).unwrap().starts_with("no database")
    );
    until("the store is ready", || store_check(&served) == "ok");
    drop(served);
    assert!(check(dir.path()).contains("好  状态文件"));
}

#[test]
fn a_state_damaged_under_the_running_bot_is_mended() {
    let dir = data_dir();
    let file = dir.path().join("state.sqlite");
    let english = ChatSettings { lang: Some("en".to_owned()), ..ChatSettings::default() };
    Store::open(&file).unwrap().save_chat(7, &english).unwrap();
    let telegram = StandIn::start();
    let served = Served::spawn(&mut both_doors(&telegram, dir.path()));
    assert!(answer(&telegram, 7).contains("achieved"));
    fs::write(&file, vec![0; fs::metadata(&file).unwrap().len() as usize]).unwrap();
    until("the damage is told", || served.said().contains("damaged and set aside"));
    assert!(dir.path().join("state.sqlite.damaged-1").exists());
    telegram.forget();
    assert!(answer(&telegram, 7).contains("achieved"), "what could be read is kept");
    until("the store is ready", || store_check(&served) == "ok");
    // Gone altogether, as after a careless rm.
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(dir.path().join(format!("state.sqlite{end}")));
    }
    until("the state is there again", || file.exists());
    telegram.forget();
    assert!(answer(&telegram, 7).contains("achieved"));
    drop(served);
    assert_eq!(Store::open(&file).unwrap().chat(7).unwrap().lang.as_deref(), Some("en"));
}

#[test]
fn a_state_another_program_holds_is_waited_for_and_named() {
    let dir = data_dir();
    let file = dir.path().join("state.sqlite");
    drop(Store::open(&file).unwrap());
    let hold = || {
        let other = Connection::open(&file).unwrap();
        other.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
        other.execute_batch("BEGIN IMMEDIATE; DELETE FROM chats; COMMIT").unwrap();
        other
    };
    let held = hold();
    assert!(check(dir.path()).contains("被别的程序占着"));
    let telegram = StandIn::start();
    let (output, said) = run(&mut both_doors(&telegram, dir.path()));
    assert_ne!(output.status.code(), Some(0));
    assert!(said.contains("held by another program") && said.contains("fuser"), "{said}");
    let freed = thread::spawn(move || {
        thread::sleep(Duration::from_millis(700));
        drop(held);
    });
    let served = Served::spawn(&mut both_doors(&telegram, dir.path()));
    assert!(answer(&telegram, 7).contains("6.6万人"));
    freed.join().unwrap();
    // Held for writing only while the program runs: answers come, and the store is named.
    let writer = Connection::open(&file).unwrap();
    writer.busy_timeout(Duration::from_secs(5)).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(answer(&telegram, 8).contains("6.6万人"));
    assert_eq!(store_check(&served), "locked");
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store_check(&served), "ok");
}

#[test]
fn a_state_of_a_newer_program_is_left_alone() {
    let dir = data_dir();
    let file = dir.path().join("state.sqlite");
    Store::open(&file).unwrap().save_chat(7, &ChatSettings::default()).unwrap();
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let said = check(dir.path());
    assert!(said.contains("由更新的程序写成（格式 999）"), "{said}");
    let (output, said) = run(&mut both_doors(&StandIn::start(), dir.path()));
    assert_ne!(output.status.code(), Some(0));
    assert!(said.contains("form 999") && said.contains("newer program"), "{said}");
    let version: i64 =
        Connection::open(&file).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 999);
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0)
}

#[test]
fn a_state_that_cannot_be_written_is_read() {
    if !is_root() {
        eprintln!("not root: not tested with a read-only directory");
        return;
    }
    let dir = data_dir();
    let english = ChatSettings { lang: Some("en".to_owned()), ..ChatSettings::default() };
    Store::open(&dir.path().join("state.sqlite")).unwrap().save_chat(7, &english).unwrap();
    // Another user may read everything and write nothing.
    run(Command::new("chmod").arg("-R").arg("a+rX,go-w").arg(dir.path()));
    let telegram = StandIn::start();
    let served = Served::spawn(both_doors(&telegram, dir.path()).uid(65534).gid(65534));
    let said = answer(&telegram, 7);
    assert!(said.contains("6.6万人") && said.contains("achieved"), "{said}");
    assert!(served.said().contains("the state cannot be written"), "{}", served.said());
    assert_eq!(store_check(&served), "not_writable");
}

/// A small file system of its own; gone with the value.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` where nothing may be mounted.
    fn mount() -> Option<SmallDisk> {
        let dir = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=8m", "none"]).arg(dir.path());
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        is_mounted.then(|| SmallDisk(dir))
    }

    /// Writes until nothing goes any more.
    fn fill(&self) {
        use std::io::Write;
        let mut file = fs::File::create(self.0.path().join("filler")).unwrap();
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.path().join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_state_serving() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("nothing may be mounted here: not tested with a full disk");
        return;
    };
    let data = disk.0.path().join("data");
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("2025_上海市.txt");
    fs::write(&file, report("1.2万人")).unwrap();
    let import = || run(program(&data).arg("import").arg(&file));
    assert!(import().0.status.success());
    let asked = || run(program(&data).args(["ask", "上海2024年新增就业多少"])).1;
    let telegram = StandIn::start();
    let english = ChatSettings { lang: Some("en".to_owned()), ..ChatSettings::default() };
    Store::open(&data.join("state.sqlite")).unwrap().save_chat(7, &english).unwrap();
    let served = Served::spawn(&mut both_doors(&telegram, &data));
    assert!(answer(&telegram, 6).contains("1.2万人"));
    disk.fill();
    fs::write(&file, report("3.4万人")).unwrap();
    let (output, said) = import();
    assert!(!output.status.success() && said.contains("No space left"), "{said}");
    assert!(asked().starts_with("1.2万人"), "{}", asked());
    assert_eq!(served.jobs(), "1.2万人");
    until("the full disk is noticed", || store_check(&served) != "ok");
    assert!(answer(&telegram, 7).contains("1.2万人"));
    drop(served);
    // A start on a full disk.
    let served = Served::spawn(&mut both_doors(&telegram, &data));
    telegram.forget();
    let said = answer(&telegram, 7);
    assert!(said.contains("1.2万人") && said.contains("achieved"), "{said}");
    assert_eq!(served.jobs(), "1.2万人");
    drop(served);
    disk.free();
    assert!(import().0.status.success());
    assert!(asked().starts_with("3.4万人"), "{}", asked());
    let served = Served::spawn(&mut both_doors(&telegram, &data));
    assert_eq!(store_check(&served), "ok");
    telegram.forget();
    assert!(answer(&telegram, 7).contains("achieved"));
}
