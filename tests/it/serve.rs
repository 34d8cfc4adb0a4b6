//! The running program: signals, reloads, the watched folder, damage, and callers who mean harm.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

const DEADLINE: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(10);
const QUESTION: &str =
    "%E4%B8%8A%E6%B5%B72024%E5%B9%B4%E6%96%B0%E5%A2%9E%E5%B0%B1%E4%B8%9A%E5%A4%9A%E5%B0%91";

/// A report of 上海 whose 2024 figure is `jobs`.
fn report(jobs: &str) -> String {
    format!(
        "上海市人民政府工作报告\n一、2024年工作回顾\n全年新增就业{jobs}，同比增长3.5%。\n二、2025年工作安排\n新增就业9.9万人以上。\n"
    )
}

fn program(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wenshu"));
    command.arg("--data-dir").arg(dir);
    command
}

fn run(command: &mut Command) -> (Output, String) {
    let output = command.output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// Waits until `is_so`, looking again and again.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < DEADLINE, "waited too long until {what}");
        thread::sleep(STEP);
    }
}

/// A running program; killed when it is dropped.
struct Served {
    child: Child,
    address: SocketAddr,
    log: Arc<Mutex<Vec<String>>>,
}

impl Served {
    fn start(dir: &Path, variables: &[(&str, &str)]) -> Served {
        let mut command = program(dir);
        command.arg("serve").env("WENSHU_HTTP__BIND", "127.0.0.1:0").envs(variables.iter().copied());
        Served::spawn(&mut command)
    }

    fn spawn(command: &mut Command) -> Served {
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let log: Arc<Mutex<Vec<String>>> = Arc::default();
        let lines = Arc::clone(&log);
        let stderr = BufReader::new(child.stderr.take().unwrap());
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                lines.lock().unwrap().push(line);
            }
        });
        let mut served = Served { child, address: "127.0.0.1:0".parse().unwrap(), log };
        let mut address = None;
        until("the door is open", || {
            address = served.fields("listening").map(|fields| fields["address"].as_str().unwrap().to_owned());
            address.is_some() || served.child.try_wait().unwrap().is_some()
        });
        let address = address.unwrap_or_else(|| panic!("not started: {}", served.said()));
        served.address = address.parse().unwrap();
        served
    }

    fn said(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// The fields of the last log line with this message.
    fn fields(&self, message: &str) -> Option<Value> {
        let log = self.log.lock().unwrap();
        log.iter()
            .rev()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .map(|line| line["fields"].clone())
            .find(|fields| fields["message"] == message)
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(sent.unwrap().success());
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect_timeout(&self.address, DEADLINE).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        stream
    }

    /// Status and body of a GET; no token when `token` is empty.
    fn get_with(&self, uri: &str, token: &str) -> (u16, String) {
        let mut stream = self.connect();
        let line =
            if token.is_empty() { String::new() } else { format!("Authorization: Bearer {token}\r\n") };
        write!(stream, "GET {uri} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{line}\r\n").unwrap();
        read_reply(stream)
    }

    fn get(&self, uri: &str) -> (u16, String) {
        self.get_with(uri, "")
    }

    /// The figure answered to the question for 上海's new jobs in 2024; empty when there is none.
    fn jobs(&self) -> String {
        let (status, body) = self.get(&format!("/v1/ask?q={QUESTION}"));
        assert_eq!(status, 200, "{body}");
        let reply: Value = serde_json::from_str(&body).unwrap();
        reply["figure"]["text"].as_str().unwrap_or_default().to_owned()
    }

    fn exit_code(&mut self) -> Option<i32> {
        let mut status = None;
        until("the program ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap().code()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_reply(mut stream: TcpStream) -> (u16, String) {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let status = text.get(9..12).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
}

#[test]
fn a_question_in_hand_is_answered_before_the_end() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut served = Served::start(dir.path(), &[]);
        let body = "{\"question\":\"渝中新增就业多少\"}";
        let mut stream = served.connect();
        write!(
            stream,
            "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
            body.len(),
            &body[..5]
        )
        .unwrap();
        // A whole exchange on another connection shows that the first request has been taken up.
        assert_eq!(served.get("/healthz").0, 200);
        served.signal(signal);
        until("the door is closed", || TcpStream::connect_timeout(&served.address, STEP * 20).is_err());
        stream.write_all(&body.as_bytes()[5..]).unwrap();
        let (status, reply) = read_reply(stream);
        assert_eq!(status, 200, "{signal}: {reply}");
        assert!(reply.contains("6.6万人"), "{reply}");
        assert_eq!(served.exit_code(), Some(0), "{}", served.said());
    }
}

#[test]
fn a_question_that_never_ends_is_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let mut served = Served::start(dir.path(), &[("WENSHU_SERVE__STOP_SECONDS", "1")]);
    let mut stream = served.connect();
    write!(stream, "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{").unwrap();
    assert_eq!(served.get("/healthz").0, 200);
    served.signal("TERM");
    assert_eq!(served.exit_code(), Some(0), "{}", served.said());
    assert!(served.said().contains("given up"), "{}", served.said());
}

#[test]
fn a_start_that_cannot_be_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let start = |name: &str, value: &str| {
        let (output, said) = run(program(dir.path()).arg("serve").env(name, value));
        assert_ne!(output.status.code(), Some(0), "{said}");
        said
    };
    assert!(start("WENSHU_HTTP__BIND", "").contains("nothing to serve"));
    assert!(start("WENSHU_HTTP__BIND", "0.0.0.0:0").contains("http.token"));
    assert!(start("WENSHU_HTTP__BIND", "nowhere").contains("http.bind"));
    assert!(start("WENSHU_HTTP__PORT", "1").contains("port"));
    assert!(start("WENSHU_LOG__LEVEL", "loud").contains("log.level"));
}

#[test]
fn a_folder_is_followed() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("data"), dir.path().join("in"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("2025_上海市.txt"), report("1.1万人")).unwrap();
    fs::write(folder.join("2025_青海省.txt"), report("5.5万人").replace("上海市", "青海省")).unwrap();
    let variables =
        [("WENSHU_DATA__WATCH", folder.to_str().unwrap()), ("WENSHU_DATA__WATCH_SETTLE_MS", "50")];
    let served = Served::start(&data, &variables);
    until("the first report answers", || served.jobs() == "1.1万人");
    fs::write(folder.join("2025_上海市.txt"), report("2.2万人")).unwrap();
    until("the changed report answers", || served.jobs() == "2.2万人");
    fs::write(folder.join("2025_上海市.txt"), "").unwrap();
    until("the bad file is refused", || served.said().contains("refused"));
    assert_eq!(served.jobs(), "2.2万人", "the old report stays");
    fs::rename(folder.join("2025_上海市.txt"), dir.path().join("away")).unwrap();
    until("the removed report is gone", || served.jobs() != "2.2万人");
    drop(served);
    // What happens while the program is down is noticed at the next start.
    fs::write(folder.join("2025_上海市.txt"), report("3.3万人")).unwrap();
    let served = Served::start(&data, &variables);
    until("the new report answers", || served.jobs() == "3.3万人");
    // A folder that is empty all of a sudden is more likely not mounted.
    for name in ["2025_上海市.txt", "2025_青海省.txt"] {
        fs::remove_file(folder.join(name)).unwrap();
    }
    until("the empty folder is noticed", || served.said().contains("is empty"));
    assert_eq!(served.jobs(), "3.3万人");
}

#[test]
fn no_question_is_lost_while_reports_change() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("data"), dir.path().join("in"));
    fs::create_dir(&folder).unwrap();
    let figures = ["1.1万人", "2.2万人", "3.3万人", "4.4万人"];
    fs::write(folder.join("2025_上海市.txt"), report(figures[0])).unwrap();
    let variables =
        [("WENSHU_DATA__WATCH", folder.to_str().unwrap()), ("WENSHU_DATA__WATCH_SETTLE_MS", "20")];
    let served = Served::start(&data, &variables);
    until("the first report answers", || served.jobs() == figures[0]);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let askers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut n_asked = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let figure = served.jobs();
                        assert!(figures.contains(&figure.as_str()), "{figure:?}");
                        n_asked += 1;
                    }
                    n_asked
                })
            })
            .collect();
        for figure in &figures[1..] {
            fs::write(folder.join("2025_上海市.txt"), report(figure)).unwrap();
            served.signal("HUP");
            until("the change is seen", || served.jobs() == *figure);
        }
        is_over.store(true, Ordering::Relaxed);
        let n_asked: usize = askers.into_iter().map(|asker| asker.join().unwrap()).sum();
        assert!(n_asked > 0);
    });
}

#[test]
fn an_import_beside_the_running_program_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let served = Served::start(&data, &[]);
    let file = dir.path().join("2025_上海市.txt");
    fs::write(&file, report("7.7万人")).unwrap();
    let (output, said) = run(program(&data).arg("import").arg(&file));
    assert!(output.status.success(), "{said}");
    until("the import is seen", || served.jobs() == "7.7万人");
    assert!(served.get("/metrics").1.contains("wenshu_reloads_total{result=\"ok\"}"));
}

#[test]
fn a_hangup_renews_the_settings_that_are_good() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    let tokens = dir.path().join("tokens");
    fs::write(&tokens, "# callers\nfirst\n").unwrap();
    let settings = |extra: &str| {
        format!(
            "[http]\nbind = \"127.0.0.1:0\"\ntoken_file = \"{}\"\n[log]\nlevel = \"info\"\n{extra}",
            tokens.display()
        )
    };
    fs::write(&config, settings("")).unwrap();
    let served = Served::spawn(program(&dir.path().join("data")).arg("--config").arg(&config).arg("serve"));
    assert_eq!(served.get_with("/v1/reports", "first").0, 200);
    assert_eq!(served.get_with("/v1/reports", "second").0, 401);
    fs::write(&tokens, "second\n").unwrap();
    served.signal("HUP");
    until("the new token is known", || served.get_with("/v1/reports", "second").0 == 200);
    assert_eq!(served.get_with("/v1/reports", "first").0, 401);
    fs::write(&config, settings("colour = \"red\"\n")).unwrap();
    served.signal("HUP");
    until("the bad settings are refused", || served.fields("settings refused, the old ones stay").is_some());
    assert!(served.said().contains("colour"), "{}", served.said());
    assert_eq!(served.get_with("/v1/reports", "second").0, 200);
    fs::write(&config, settings("").replace("info", "debug")).unwrap();
    served.signal("HUP");
    until("the level is changed", || {
        served.get_with(&format!("/v1/ask?q={QUESTION}"), "second");
        served.fields("asked").is_some()
    });
}

#[test]
fn logs_hold_no_question_and_no_token() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [("WENSHU_HTTP__TOKEN", "s3cret-t0ken"), ("RUST_LOG", "trace")];
    let mut served = Served::start(dir.path(), &variables);
    assert_eq!(served.get_with(&format!("/v1/ask?q={QUESTION}"), "s3cret-t0ken").0, 200);
    assert_eq!(served.get_with("/v1/reports", "wrong-t0ken").0, 401);
    until("the question is logged", || served.fields("question").is_some());
    let fields = served.fields("question").unwrap();
    assert_eq!(fields["door"], "http");
    assert!(fields["elapsed_us"].is_u64() && fields["n_candidates"].is_u64(), "{fields}");
    served.signal("TERM");
    served.exit_code();
    for secret in ["t0ken", "新增就业", "%E6%96%B0"] {
        assert!(!served.said().contains(secret), "{}", served.said());
    }
}

#[test]
fn callers_who_mean_harm_are_shown_out() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [("WENSHU_HTTP__MAX_CONNECTIONS", "8"), ("WENSHU_HTTP__HEADER_SECONDS", "1")];
    let served = Served::start(dir.path(), &variables);
    // Many who say nothing, and half a request trickling in.
    let mut idle: Vec<TcpStream> = (0..40).map(|_| served.connect()).collect();
    for stream in &mut idle {
        // Those shown out already cannot be written to.
        let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: loc");
    }
    for _ in 0..5 {
        assert_eq!(served.get("/healthz").0, 200);
    }
    for mut stream in idle {
        // Each is closed in time, without an answer or with a refusal.
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        assert!(!bytes.starts_with(b"HTTP/1.1 200"));
    }
    let send = |request: &[u8]| {
        let mut stream = served.connect();
        let _ = stream.write_all(request);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(5000));
    assert!(send(many.as_bytes()).starts_with("HTTP/1.1 431"));
    let long = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1 << 20));
    assert!(!send(long.as_bytes()).starts_with("HTTP/1.1 200"));
    assert!(send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").starts_with("HTTP/1.1 400"));
    let huge = "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n{";
    assert!(send(huge.as_bytes()).starts_with("HTTP/1.1 413"));
    assert_eq!(served.get("/healthz").0, 200);
}

#[test]
fn systemd_is_told_what_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let hear = |wanted: &str| {
        let started = Instant::now();
        let mut buffer = [0; 512];
        loop {
            let n_bytes = socket.recv(&mut buffer).unwrap();
            if String::from_utf8_lossy(&buffer[..n_bytes]).contains(wanted) {
                return;
            }
            assert!(started.elapsed() < DEADLINE, "{wanted} not heard");
        }
    };
    let variables = [("NOTIFY_SOCKET", path.to_str().unwrap()), ("WATCHDOG_USEC", "200000")];
    let mut served = Served::start(&dir.path().join("data"), &variables);
    hear("READY=1");
    hear("WATCHDOG=1");
    served.signal("HUP");
    hear("RELOADING=1\nMONOTONIC_USEC=");
    hear("READY=1");
    hear("WATCHDOG=1");
    served.signal("TERM");
    hear("STOPPING=1");
    assert_eq!(served.exit_code(), Some(0));
}

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

/// What `wenshu ask` says of 上海's new jobs in 2024.
fn asked(data: &Path) -> String {
    run(program(data).args(["ask", "上海2024年新增就业多少"])).1
}

#[test]
fn killed_in_the_midst_of_an_import_the_next_start_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 20);
    let (output, said) = run(program(&data).arg("import").arg(folder.join("2025_上海市.txt")));
    assert!(output.status.success(), "{said}");
    for round in 0..6_u64 {
        let mut child = program(&data)
            .arg("import")
            .arg(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        let moment = Duration::from_millis(40 + 60 * round);
        while started.elapsed() < moment && child.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
        let _ = child.kill();
        child.wait().unwrap();
        let said = asked(&data);
        assert!(said.contains("1.2万人"), "round {round}: {said}");
    }
    let (output, said) = run(program(&data).arg("import").arg(&folder));
    assert!(output.status.success(), "{said}");
    assert!(run(program(&data).arg("reports")).1.matches("青海省.txt").count() == 19);
}

#[test]
fn a_damaged_index_gives_no_wrong_figure() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = filled(dir.path(), 2);
    run(program(&data).arg("import").arg(&folder));
    let index = data.join("reports").join("index");
    let files = || -> Vec<PathBuf> {
        let entries = fs::read_dir(&index).unwrap().flatten().map(|entry| entry.path());
        entries.filter(|path| fs::metadata(path).unwrap().len() > 0).collect()
    };
    let n_files = files().len();
    assert!(n_files >= 5, "{:?}", files());
    for file_idx in 0..n_files {
        for is_cut in [false, true] {
            // A rebuild gives the files new names.
            let Some(path) = files().into_iter().nth(file_idx) else { continue };
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            if is_cut {
                bytes.truncate(middle);
            } else {
                bytes[middle] ^= 0x10;
            }
            fs::write(&path, bytes).unwrap();
            let said = asked(&data);
            assert!(said.contains("1.2万人"), "{} cut: {is_cut}: {said}", path.display());
        }
    }
    let texts = data.join("reports").join("texts");
    for entry in fs::read_dir(texts).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        fs::write(entry.path(), text.replace("1.2万人", "1.8万人")).unwrap();
    }
    fs::remove_dir_all(&index).unwrap();
    let said = asked(&data);
    assert!(said.contains("damaged") && !said.contains("1.8万人"), "{said}");
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

#[test]
fn the_page_works_in_a_browser() {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let is_there = |name: &&&str| Command::new(name).arg("--version").output().is_ok();
    let Some(browser) = browsers.iter().find(is_there) else {
        eprintln!("no browser here: not tested");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let served = Served::start(&dir.path().join("data"), &[]);
    let open = |path: &str| {
        let output = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000"])
            .args(["--enable-logging=stderr", "--dump-dom"])
            .arg(format!("--user-data-dir={}", dir.path().join("browser").display()))
            .arg(format!("http://{}{path}", served.address))
            .output()
            .unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!complaints.contains("Content Security Policy"), "{complaints}");
        assert!(!complaints.contains("Uncaught"), "{complaints}");
        String::from_utf8(output.stdout).unwrap()
    };
    let page = open("/?q=%E6%B8%9D%E4%B8%AD%E6%96%B0%E5%A2%9E%E5%B0%B1%E4%B8%9A%E5%A4%9A%E5%B0%91");
    assert!(page.contains("<mark>6.6万人</mark>"), "{page}");
    let link = page.split("href=\"").find(|part| part.starts_with("/r/")).unwrap();
    let link = link.split('"').next().unwrap();
    let cited = open(link);
    let marked = cited.split("class=\"cited\"").nth(1).unwrap();
    assert!(marked.split("</span>").next().unwrap().contains("<mark>6.6万人</mark>"), "{marked}");
    let whole = open(link.split('.').next().unwrap());
    assert_eq!(whole.matches("<mark>").count(), 3, "every figure of the sentence is marked");
    assert!(open("/r/nothing#s1").contains("没有这份报告"));
}

/// A Bot API that gives this reply once; its address.
fn bot_api(reply: &'static str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer);
        let _ = write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{reply}",
            reply.len()
        );
    });
    format!("http://{address}")
}

#[test]
fn a_check_says_what_is_wrong_and_how_to_mend_it() {
    let dir = tempfile::tempdir().unwrap();
    let check = |variables: &[(&str, &str)]| {
        let mut command = program(&dir.path().join("data"));
        command.arg("check").env("WENSHU_HTTP__BIND", "127.0.0.1:0").envs(variables.iter().copied());
        let (output, said) = run(&mut command);
        assert!(!said.contains("t0ken"), "{said}");
        (output.status.code(), said)
    };
    let (code, said) = check(&[]);
    assert_eq!(code, Some(0), "{said}");
    for line in ["好  设置读得通", "索引完好", "自带摘要", "→ 用 `wenshu import PATH` 导入报告", "今天是"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let (code, said) = check(&[("WENSHU_CLI__LANG", "en"), ("WENSHU_DATA__WATCH", "/no/such/folder")]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("bad  folder /no/such/folder cannot be read"), "{said}");
    assert!(said.contains("→ set data.watch to a folder that is there"), "{said}");
    let (code, said) = check(&[("WENSHU_HTTP__BIND", "0.0.0.0:0")]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("http.token"), "{said}");
    let (code, said) = check(&[("WENSHU_HTTP__COLOUR", "red")]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("colour"), "{said}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, said) = check(&[("WENSHU_HTTP__BIND", &taken.local_addr().unwrap().to_string())]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("已被占用"), "{said}");

    let known = bot_api(
        r#"{"ok":true,"result":{"id":7,"is_bot":true,"first_name":"问数","username":"wenshu_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}}"#,
    );
    let (code, said) = check(&[("WENSHU_TELEGRAM__TOKEN", "7:t0ken"), ("WENSHU_TELEGRAM__API_URL", &known)]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("@wenshu_bot"), "{said}");
    let unknown = bot_api(r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#);
    let (code, said) =
        check(&[("WENSHU_TELEGRAM__TOKEN", "7:t0ken"), ("WENSHU_TELEGRAM__API_URL", &unknown)]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("BotFather"), "{said}");
    let nobody = format!("http://{}", taken.local_addr().unwrap())
        .replace(&taken.local_addr().unwrap().port().to_string(), "9");
    let (code, said) = check(&[("WENSHU_TELEGRAM__TOKEN", "7:t0ken"), ("WENSHU_TELEGRAM__API_URL", &nobody)]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("连不上"), "{said}");
}
