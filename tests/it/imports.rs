//! Files come in clean or are refused; nothing stored is lost.

use proptest::prelude::*;
use std::path::Path;
use std::process::{Command, Output};

use wenshu::ingest::{Hints, IngestError, Limits, read_report};
use wenshu::model::gazetteer::Gazetteer;
use wenshu::model::report::Report;

const LIMITS: Limits = Limits { max_file_bytes: 1 << 20 };
const BODY: &str = "甲市人民政府工作报告\n一、2024年工作回顾\n全年新增就业1.2万人，同比增长3.5%。\n二、2025年工作安排\n新增就业1.3万人以上。\n";

fn read(bytes: &[u8], name: &str) -> Result<Report, IngestError> {
    read_report(bytes, name, &Hints::default(), &Gazetteer::default(), &LIMITS)
}

#[test]
fn encodings_give_the_same_text() {
    let plain = read(BODY.as_bytes(), "2025.txt").unwrap().text;
    let (gbk, _, _) = encoding_rs::GB18030.encode(BODY);
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(BODY.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let bom: Vec<u8> = [0xef, 0xbb, 0xbf].into_iter().chain(BODY.bytes()).collect();
    let crlf = BODY.replace('\n', "\r\n");
    for bytes in [&gbk[..], &utf16, &bom, crlf.as_bytes()] {
        assert_eq!(read(bytes, "2025.txt").unwrap().text, plain);
    }
}

#[test]
fn utf16_without_a_mark_is_told_though_some_characters_end_in_a_zero() {
    // 一 is U+4E00, the wide space U+3000.
    let text = format!("{BODY}\u{3000}一是一，二是二。\n").repeat(4);
    let plain = read(text.as_bytes(), "2025.txt").unwrap().text;
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_eq!(read(&little, "2025.txt").unwrap().text, plain);
    assert_eq!(read(&big, "2025.txt").unwrap().text, plain);
}

#[test]
fn what_is_no_text_is_refused() {
    assert!(matches!(read(b"", "a.txt"), Err(IngestError::Empty)));
    assert!(matches!(read(b" \n ", "a.txt"), Err(IngestError::Empty)));
    assert!(matches!(read(&[0, 1, 2, 0, 0, 3, 1, 1], "a.txt"), Err(IngestError::Binary)));
    let garbled = "\u{fffd}就业\u{fffd}\u{fffd}".repeat(20);
    assert!(matches!(read(garbled.as_bytes(), "a.txt"), Err(IngestError::Garbled { .. })));
    assert!(matches!(read(&vec![b'a'; 2 << 20], "a.txt"), Err(IngestError::TooLarge { .. })));
}

#[test]
fn a_page_gives_its_article() {
    let page = format!(
        "<!DOCTYPE html><html><head><title>报告</title><script>var x = 1;</script></head><body><nav><a href='/'>首页</a></nav><article><h1>甲市政府工作报告</h1>{}</article><footer>版权所有 备案号</footer></body></html>",
        "<p>全年新增就业1.2万人，同比增长3.5%，城镇调查失业率为5.1%，物价保持平稳。</p>".repeat(8)
    );
    let report = read(page.as_bytes(), "page.html").unwrap();
    assert!(report.text.contains("新增就业1.2万人"));
    assert!(
        !report.text.contains("var x") && !report.text.contains("版权所有") && !report.text.contains("首页")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        if let Ok(report) = read(&bytes, "any.txt") {
            spans_fit(&report);
        }
    }

    #[test]
    fn spans_of_any_text_fit(text in "[一二三、（）。！\\n 0-9a-z万人％新增就业：“”#]{0,300}") {
        if let Ok(report) = read(text.as_bytes(), "any.txt") {
            spans_fit(&report);
        }
    }
}

fn spans_fit(report: &Report) {
    let mut last = 0;
    for sentence in &report.sentences {
        assert!(sentence.span.start >= last);
        assert!(!sentence.span.of(&report.text).is_empty());
        last = sentence.span.end;
    }
}

fn wenshu(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wenshu")).arg("--data-dir").arg(dir).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_import_tells_same_changed_and_refused() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let folder = dir.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("2025_上海市.txt"), BODY).unwrap();
    std::fs::write(folder.join("copy.txt"), BODY).unwrap();
    std::fs::write(folder.join("empty.txt"), "").unwrap();
    let first = wenshu(&data, &["import", folder.to_str().unwrap()]);
    assert_eq!(first.status.code(), Some(2), "{}", text(&first.stderr));
    assert!(text(&first.stderr).contains("empty.txt"));
    let answer = wenshu(&data, &["ask", "上海2024年新增就业多少"]);
    assert!(text(&answer.stdout).contains("1.2万人"), "{}", text(&answer.stdout));
    std::fs::write(folder.join("2025_上海市.txt"), BODY.replace("1.2万人", "1.7万人")).unwrap();
    let second = wenshu(&data, &["import", folder.join("2025_上海市.txt").to_str().unwrap()]);
    assert_eq!(second.status.code(), Some(0), "{}", text(&second.stderr));
    let reports = text(&wenshu(&data, &["reports"]).stdout);
    assert_eq!(reports.matches("2025_上海市.txt").count(), 1, "{reports}");
    let answer = wenshu(&data, &["ask", "--report", "2025_上海市.txt", "2024年新增就业多少"]);
    assert!(text(&answer.stdout).contains("1.7万人"), "{}", text(&answer.stdout));
}

#[test]
fn a_place_told_later_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("报告.txt"));
    std::fs::write(&file, "工作报告\n全年新增就业6.6万人，比上年增长3%。\n").unwrap();
    let file = file.to_str().unwrap();
    wenshu(&data, &["import", file]);
    let told = wenshu(&data, &["import", "--place", "湖北省", "--year", "2026", file]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    let listed = text(&wenshu(&data, &["reports"]).stdout);
    assert!(listed.contains("湖北省") && listed.contains("2026"), "{listed}");
    for place in ["湖北", "湖北省"] {
        let said = text(&wenshu(&data, &["ask", "--place", place, "新增就业多少"]).stdout);
        assert!(said.starts_with("6.6万人"), "{place}: {said}");
    }
    let said = text(&wenshu(&data, &["ask", "--place", "广州", "新增就业多少"]).stdout);
    assert!(said.contains("没有广州的报告"), "{said}");
}
