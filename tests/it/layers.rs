//! Imports point one way; the table stands in ARCHITECTURE.md.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms from the bottom up; a room may use those before it.
const ROOMS: [&str; 11] = [
    "model",
    "ingest",
    "analysis",
    "storage",
    "index",
    "answer",
    "eval",
    "daemon",
    "transports",
    "serve",
    "main",
];

fn rust_files(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn imports_point_one_way() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let place = |room: &str| ROOMS.iter().position(|known| *known == room);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap();
        let room = inside.components().next().unwrap().as_os_str().to_string_lossy().replace(".rs", "");
        let Some(own) = place(&room) else { continue };
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some(path) = line.trim().strip_prefix("use crate::") else { continue };
            let used = path.split([':', ';', '{']).next().unwrap();
            if place(used).is_some_and(|used| used > own) {
                wrong.push(format!("{}: {line}", inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
