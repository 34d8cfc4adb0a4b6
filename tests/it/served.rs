//! The running program behind its HTTP door, and what the tests of it share.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

pub const DEADLINE: Duration = Duration::from_secs(30);
pub const STEP: Duration = Duration::from_millis(10);
pub const QUESTION: &str =
    "%E4%B8%8A%E6%B5%B72024%E5%B9%B4%E6%96%B0%E5%A2%9E%E5%B0%B1%E4%B8%9A%E5%A4%9A%E5%B0%91";

/// A report of 上海 whose 2024 figure is `jobs`.
pub fn report(jobs: &str) -> String {
    format!(
        "上海市人民政府工作报告\n一、2024年工作回顾\n全年新增就业{jobs}，同比增长3.5%。\n二、2025年工作安排\n新增就业9.9万人以上。\n"
    )
}

pub fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wenshu"));
    command.arg("--data-dir").arg(dir);
    command
}

pub fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// Waits until `is_so`, looking again and again.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "waited too long until {what}");
        thread::sleep(STEP);
    }
}

/// A running program; killed when it is dropped.
pub struct Served {
    pub child: Child,
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<thread::JoinHandle<()>>,
}

impl Served {
    pub fn start(dir: &Path, variables: &[(&str, &str)]) -> Served {
        let mut command = program(dir);
        command.arg("serve").env("WENSHU_HTTP__BIND", "127.0.0.1:0").envs(variables.iter().copied());
        Served::spawn(&mut command)
    }

    pub fn spawn(command: &mut Command) -> Served {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = Arc::clone(&log);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let reader = thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let address = "127.0.0.1:0".parse().unwrap();
        let mut served = Served { child, address, log, reader: Some(reader) };
        let mut address = None;
        until("the door is open", || {
            address = served.fields("listening").map(|fields| fields["address"].as_str().unwrap().to_owned());
            address.is_some() || served.child.try_wait().unwrap().is_some()
        });
        let address = address.unwrap_or_else(|| panic!("not started: {}", served.said()));
        served.address = address.parse().unwrap();
        served
    }

    pub fn said(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// The fields of the last log line with this message.
    pub fn fields(&self, message: &str) -> Option<Value> {
        let log = self.log.lock().unwrap();
        log.iter()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .map(|line| line["fields"].clone())
            .find(|fields| fields["message"] == message)
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, DEADLINE).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// Status and body of a GET; no token when `token` is empty.
    pub fn get_with(&self, uri: &str, token: &str) -> (u16, String) {
        let mut stream = self.connect();
        let line =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        let request = format!("GET {uri} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{line}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        read_reply(stream)
    }

    pub fn get(&self, uri: &str) -> (u16, String) {
        self.get_with(uri, "")
    }

    /// The figure answered to the question for 上海's new jobs in 2024; empty when there is none.
    pub fn jobs(&self) -> String {
        let (status, body) = self.get(&format!("/v1/ask?q={QUESTION}"));
        assert_eq!(status, 200, "{body}");
        let reply: Value = serde_json::from_str(&body).unwrap();
        reply["figure"]["text"].as_str().unwrap_or_default().to_owned()
    }

    pub fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        // What was said last may still be on its way.
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status.unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("{}", self.said());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn read_reply(mut stream: TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
}
