//! The program under test: the real binary, with a data directory of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::{PATIENCE, StandIn, TOKEN};

/// A data directory with the bundled digests read, made once and copied.
static TEMPLATE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("--data-dir")
        .arg(dir.path())
        .arg("reports")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    dir
});

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A fresh data directory with the bundled digests.
pub fn data_dir() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    copy(TEMPLATE.path(), dir.path());
    dir
}

/// `wenshu serve`, killed when dropped.
pub struct Program {
    child: Child,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// Starts the bot on `dir` against `stand_in`; Telegram's limits are lifted unless `variables` set them.
    pub fn start(stand_in: &StandIn, dir: &Path, variables: &[(&str, &str)]) -> Program {
        Program::start_binary(Path::new(env!("CARGO_BIN_EXE_wenshu")), &stand_in.url(), dir, variables)
    }

    /// Starts the bot on a copy of `dir`, which it gives besides.
    pub fn on_copy(stand_in: &StandIn, dir: &Path) -> (Program, tempfile::TempDir) {
        let own = tempfile::tempdir().unwrap();
        copy(dir, own.path());
        (Program::start(stand_in, own.path(), &[]), own)
    }

    pub fn start_binary(binary: &Path, url: &str, dir: &Path, variables: &[(&str, &str)]) -> Program {
        let mut command = Command::new(binary);
        command.arg("--data-dir").arg(dir).arg("serve");
        // Nothing of the machine's own settings.
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WENSHU_")) {
            command.env_remove(name);
        }
        command
            .env("XDG_CONFIG_HOME", PathBuf::from("/nonexistent"))
            .env("WENSHU_TELEGRAM__TOKEN", TOKEN)
            .env("WENSHU_TELEGRAM__API_URL", url)
            .env("WENSHU_HTTP__BIND", "")
            .env("WENSHU_LOG__LEVEL", "info")
            .env("WENSHU_TELEGRAM__MESSAGES_PER_SECOND", "100000")
            .env("WENSHU_TELEGRAM__CHAT_MESSAGES_PER_SECOND", "100000")
            .env("WENSHU_TELEGRAM__GROUP_MESSAGES_PER_MINUTE", "100000");
        for (name, value) in variables {
            command.env(name, value);
        }
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let lines = Arc::clone(&log);
        let reader = std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let mut log = lines.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Program { child, log, reader: Some(reader) }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// All that was logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The address a door says it listens on, in a log line with this message.
    pub fn address(&self, message: &str) -> SocketAddr {
        self.wait_log(message);
        let log = self.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let found = lines.map(|line| line["fields"].clone()).find(|fields| fields["message"] == message);
        found.unwrap()["address"].as_str().unwrap().parse().unwrap()
    }

    /// Waits for a log line that holds `text`.
    pub fn wait_log(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "no log line with {text:?} in time:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for the program to end by itself.
    pub fn wait_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // What was logged last may still be on its way.
                if let Some(reader) = self.reader.take() {
                    reader.join().unwrap();
                }
                return status;
            }
            assert!(Instant::now() < deadline, "the program did not end in time:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Tells the program to stop and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        let told = Command::new("kill").arg("-TERM").arg(self.id().to_string()).status().unwrap();
        assert!(told.success());
        self.wait_end()
    }

    /// Ends the program without a warning.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
