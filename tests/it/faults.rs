//! What the program does when it is killed, and when files are damaged, locked, read-only or the disk is full.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use wenshu::daemon::engine::Engine;
use wenshu::daemon::settings::{Settings, Sources};
use wenshu::model::answer::Outcome;
use wenshu::model::period::Day;
use wenshu::model::question::Question;

use crate::kills::{Moments, importing, reloading, setting};
use crate::served::{Served, program, report, run, until};

/// A data directory with `n_reports` reports, the one of 上海 among them.
fn filled(dir: &Path, n_reports: usize) -> (PathBuf, PathBuf) {
    let (data, folder) = (dir.join("data"), dir.join("in"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("2025_上海市.txt"), report("1.2万人")).unwrap();
    for idx in 1..n_reports {
        let line = format!("全市第{idx}条道路长{idx}.5公里，同比增长{idx}%。\n");
        let text = format!("{}{}", report("6.5万人").replace("上海市", "青海省"), line.repeat(40));
        fs::write(folder.join(format!("{}_青海省.txt", 1990 + idx)), text).unwrap();
    }
    (data, folder)
}

const ASKED: &str = "上海2024年新增就业多少";
const TODAY: Day = Day { year: 2026, month: 6, day: 1 };

#[test]
fn killed_in_the_midst_of_an_import_the_next_start_answers() {
    let tally = importing(4, &mut Moments::from(5));
    assert_eq!(tally.n_kills, 4);
}

#[test]
fn killed_in_the_midst_of_a_reload_the_next_start_answers() {
    let tally = reloading(3, &mut Moments::from(6));
    assert_eq!(tally.n_kills, 3);
}

#[test]
fn killed_while_settings_are_written_nothing_acknowledged_is_lost() {
    // On a busy machine a round may be killed before anything is acknowledged.
    let mut moments = Moments::from(7);
    let mut tallies = (0..5).map(|_| setting(4, &mut moments));
    assert!(tallies.any(|tally| tally.n_acknowledged > 0), "nothing was ever acknowledged");
}

#[test]
fn a_damaged_index_gives_no_wrong_figure() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 2);
    run(program(&data).arg("import").arg(&folder));
    let settings = |dir: &Path| {
        let flags = vec![("data.dir".to_owned(), dir.display().to_string())];
        Settings::load(&Sources { flags, ..Sources::default() }).unwrap()
    };
    // Elsewhere, so that no file is damaged under one who reads it; the language data is shared.
    let base = Engine::open(&settings(&dir.path().join("other"))).unwrap();
    let opened = || Engine::reopen(&settings(&data), &base).unwrap();
    let jobs = |engine: &Engine| match engine.answerer().unwrap().answer(&Question::new(ASKED, TODAY)) {
        Outcome::Answered(answer) => answer.best.quote.figure().to_owned(),
        Outcome::Declined(_) => String::new(),
    };
    let index = data.join("reports").join("index");
    let files = || -> Vec<PathBuf> {
        let entries = fs::read_dir(&index).unwrap().flatten().map(|entry| entry.path());
        entries.filter(|path| fs::metadata(path).unwrap().len() > 0).collect()
    };
    let n_files = files().len();
    assert!(n_files >= 5, "{:?}", files());
    for file_idx in 0..n_files {
        for (is_cut, share) in [(false, 4), (false, 2), (false, 1), (true, 2), (true, 100)] {
            // A rebuild gives the files new names.
            let Some(path) = files().into_iter().nth(file_idx) else { continue };
            let mut bytes = fs::read(&path).unwrap();
            let at = (bytes.len() - 1) / share;
            if is_cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= 0x10;
            }
            fs::write(&path, bytes).unwrap();
            let said = jobs(&opened());
            assert_eq!(said, "1.2万人", "{} at {at}, cut: {is_cut}", path.display());
        }
    }
    let texts = data.join("reports").join("texts");
    for entry in fs::read_dir(texts).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        fs::write(entry.path(), text.replace("1.2万人", "1.8万人")).unwrap();
    }
    fs::remove_dir_all(&index).unwrap();
    let said = run(program(&data).args(["ask", ASKED])).1;
    assert!(said.contains("damaged") && !said.contains("1.8万人"), "{said}");
}

#[test]
fn what_a_killed_import_leaves_is_in_nobodys_way() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 2);
    run(program(&data).arg("import").arg(&folder));
    // The next commit wants deletion files under names that can be told in advance.
    let index = data.join("reports").join("index");
    let segments: Vec<String> = fs::read_dir(&index)
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok()?.strip_suffix(".term").map(str::to_owned))
        .collect();
    assert!(!segments.is_empty());
    for segment in segments {
        for stamp in 1..200 {
            fs::write(index.join(format!("{segment}.{stamp}.del")), "left over").unwrap();
        }
    }
    fs::write(folder.join("2025_上海市.txt"), report("1.4万人")).unwrap();
    let (output, said) = run(program(&data).arg("import").arg(&folder));
    assert!(output.status.success(), "{said}");
    assert!(run(program(&data).args(["ask", ASKED])).1.starts_with("1.4万人"));
    assert!(
        fs::read_dir(&index)
            .unwrap()
            .flatten()
            .all(|entry| { fs::metadata(entry.path()).unwrap().len() != "left over".len() as u64 })
    );
}

#[test]
fn a_running_program_mends_its_index() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 2);
    run(program(&data).arg("import").arg(&folder));
    let served = Served::start(&data, &[]);
    assert_eq!(served.jobs(), "1.2万人");
    let index = data.join("reports").join("index");
    fs::remove_dir_all(&index).unwrap();
    until("the index is rebuilt", || {
        assert_eq!(served.jobs(), "1.2万人");
        index.join("meta.json").exists()
    });
}

/// A question nobody has asked before, so that it is looked up in the index.
fn road(served: &Served, n: usize) -> String {
    let question: String =
        format!("青海第{n}条道路长多少公里").bytes().map(|byte| format!("%{byte:02X}")).collect();
    let (status, body) = served.get(&format!("/v1/ask?q={question}"));
    assert!(status == 200 || status == 503, "{status} {body}");
    serde_json::from_str::<serde_json::Value>(&body).unwrap()["figure"]["text"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn an_index_cut_short_under_a_running_program_ends_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 30);
    run(program(&data).arg("import").arg(&folder));
    let mut served = Served::start(&data, &[]);
    assert_eq!(served.jobs(), "1.2万人");
    assert_eq!(road(&served, 1), "1.5公里");
    let index = data.join("reports").join("index");
    for entry in fs::read_dir(&index).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        if [".store", ".idx", ".term"].iter().any(|end| name.ends_with(end)) {
            fs::File::options().write(true).open(entry.path()).unwrap().set_len(0).unwrap();
        }
    }
    for n in 2..30 {
        assert_eq!(road(&served, n), format!("{n}.5公里"));
    }
    assert_eq!(served.child.try_wait().unwrap(), None, "{}", served.said());
    served.signal("HUP");
    until("the index is rebuilt", || served.said().contains("index rebuilt from stored texts"));
    for n in 2..30 {
        assert_eq!(road(&served, n), format!("{n}.5公里"));
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_named_or_served() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 2);
    // Below a file there can be no directory.
    let below = folder.join("2025_上海市.txt").join("data");
    let (output, said) = run(program(&below).arg("serve").env("WENSHU_HTTP__BIND", "127.0.0.1:0"));
    assert_ne!(output.status.code(), Some(0));
    assert!(said.contains("--data-dir"), "{said}");
    run(program(&data).arg("import").arg(&folder));
    let is_root =
        fs::metadata("/proc/self").is_ok_and(|meta| std::os::unix::fs::MetadataExt::uid(&meta) == 0);
    if !is_root {
        return;
    }
    // Another user may read everything and write nothing.
    run(Command::new("chmod").arg("-R").arg("a+rX,go-w").arg(dir.path()));
    let mut command = program(&data);
    command.arg("serve").env("WENSHU_HTTP__BIND", "127.0.0.1:0").uid(65534).gid(65534);
    let served = Served::spawn(&mut command);
    assert_eq!(served.jobs(), "1.2万人");
    let (status, body) = served.get("/readyz");
    assert_eq!(status, 503);
    assert!(body.contains("\"store\":\"not_writable\""), "{body}");
}
