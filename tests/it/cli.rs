//! The command line as a user meets it.

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn wenshu(args: &[&str], input: &str) -> Output {
    let dir = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("--data-dir")
        .arg(dir.path())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_first_question_of_the_readme_is_answered() {
    let output = wenshu(&["ask", "新增就业多少"], "");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.starts_with("6.6万人"), "{text}");
    assert!(text.contains("渝中区") && text.contains("2023年") && text.contains("（六）"), "{text}");
}

#[test]
fn exit_codes_tell_what_happened() {
    assert_eq!(wenshu(&["ask", "西藏有多少辆宇宙飞船"], "").status.code(), Some(1));
    assert_eq!(wenshu(&["ask"], "").status.code(), Some(2));
    assert_eq!(wenshu(&["ask", "--today", "yesterday", "新增就业"], "").status.code(), Some(2));
    assert_eq!(wenshu(&["import", "/no/such/file"], "").status.code(), Some(2));
    assert_eq!(wenshu(&["remove", "nothing"], "").status.code(), Some(2));
}

#[test]
fn json_lines_keep_the_contract() {
    let lines = "{\"id\":\"a\",\"question\":\"渝中新增就业多少\",\"today\":\"2023-06-01\"}\n{\"id\":\"b\",\"question\":\"渝中有几座火山\"}\n";
    let output = wenshu(&["ask", "--jsonl"], lines);
    let replies: Vec<serde_json::Value> =
        stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(replies.len(), 2);
    let first = &replies[0];
    assert_eq!(first["id"], "a");
    assert_eq!(first["status"], "answered");
    assert_eq!(first["figure"]["text"], "6.6万人");
    assert_eq!(first["figure"]["value"], "66000");
    assert_eq!(first["report"]["year"], 2023);
    for key in [
        "id",
        "status",
        "figure",
        "indicator",
        "period",
        "sentence",
        "report",
        "section",
        "confidence",
        "alternatives",
        "decline",
        "elapsed_us",
    ] {
        assert!(first.get(key).is_some(), "{key}");
        assert!(replies[1].get(key).is_some(), "{key}");
    }
    assert_eq!(replies[1]["status"], "not_found");
    assert!(replies[1]["figure"].is_null());
}

#[test]
fn a_bad_line_is_named() {
    let output = wenshu(&["ask", "--jsonl"], "{\"id\":1}\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("line 1"));
}

#[test]
fn figures_shows_what_is_seen() {
    let output = wenshu(&["figures", "--jsonl"], "{\"id\":1,\"text\":\"新增就业6.6万人，增长8.1%\"}\n");
    let line: serde_json::Value = serde_json::from_str(stdout(&output).trim()).unwrap();
    assert_eq!(line["figures"][0]["text"], "6.6万人");
    assert_eq!(line["figures"][1]["value"], "8.1");
}

#[test]
fn settings_tell_their_source() {
    let text = stdout(&wenshu(&["config", "--lang", "en"], ""));
    assert!(text.contains("cli.lang = \"en\"  # flag"), "{text}");
    assert!(text.contains("data.max_file_bytes = \"8000000\"  # default"), "{text}");
}
