//! The files under `contrib/`, as far as they can be tried without installing anything.

use std::fs;
use std::path::Path;
use std::process::Command;

use wenshu::daemon::settings::{Settings, Sources};

fn contrib(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("contrib").join(name)).unwrap()
}

#[test]
fn systemd_takes_the_unit_and_never_gives_up() {
    let unit = contrib("wenshu.service");
    // Of the unit section, where it belongs; elsewhere it would be left unread.
    let (head, _) = unit.split_once("[Service]").unwrap();
    assert!(head.contains("\nStartLimitIntervalSec=0\n"), "{head}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("wenshu.service");
    // Verified where the program is not installed.
    fs::write(&path, unit.replace("/usr/local/bin/wenshu", env!("CARGO_BIN_EXE_wenshu"))).unwrap();
    let Ok(verified) = Command::new("systemd-analyze").arg("verify").arg(&path).output() else {
        eprintln!("no systemd-analyze here: not verified");
        return;
    };
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && !said.contains("wenshu.service:"), "{said}");
}

#[test]
fn the_compose_file_sets_what_there_is_to_set() {
    let text = contrib("compose.yaml");
    // What is commented out is there to be used as well.
    let lines = text.lines().map(|line| line.trim_start_matches([' ', '#']));
    let variables: Vec<(String, String)> = lines
        .filter(|line| line.starts_with("WENSHU_"))
        .filter_map(|line| line.split_once(": ").or_else(|| line.split_once('=')))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect();
    let is_set = |name: &str| variables.iter().any(|(known, _)| known == name);
    assert!(is_set("WENSHU_DATA__WATCH") && is_set("WENSHU_TELEGRAM__WEBHOOK_BIND"), "{variables:?}");
    let settings = Settings::load(&Sources { variables, ..Sources::default() }).unwrap();
    assert!(settings.telegram.webhook_trust_proxy);
    let port = settings.telegram.webhook_bind.rsplit_once(':').unwrap().1.to_owned();
    assert!(text.contains(&format!("\"127.0.0.1:{port}:{port}\"")), "the port is let through");
}
