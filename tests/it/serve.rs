//! The running program: signals, reloads, the watched folder, and callers who mean harm.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::served::{DEADLINE, QUESTION, STEP, Served, program, read_reply, report, run, until};

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
fn a_folder_that_drops_out_for_a_moment_costs_no_report() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder, away) = (dir.path().join("data"), dir.path().join("in"), dir.path().join("away"));
    fs::create_dir_all(folder.join("东")).unwrap();
    fs::write(folder.join("东").join("2025_上海市.txt"), report("1.1万人")).unwrap();
    fs::write(folder.join("2025_青海省.txt"), report("5.5万人").replace("上海市", "青海省")).unwrap();
    let variables =
        [("WENSHU_DATA__WATCH", folder.to_str().unwrap()), ("WENSHU_DATA__WATCH_SETTLE_MS", "300")];
    let served = Served::start(&data, &variables);
    until("the first report answers", || served.jobs() == "1.1万人");
    // A part of it, then all of it.
    for gone in [folder.join("东"), folder.clone()] {
        fs::rename(&gone, &away).unwrap();
        let end = Instant::now() + Duration::from_millis(1500);
        while Instant::now() < end {
            assert_eq!(served.jobs(), "1.1万人");
            thread::sleep(STEP);
        }
        fs::rename(&away, &gone).unwrap();
    }
    fs::rename(&folder, &away).unwrap();
    until("it is told", || served.said().contains("folder not read"));
    // Another folder of that name, as after mounting it anew, is followed too.
    fs::create_dir_all(folder.join("东")).unwrap();
    for name in ["东/2025_上海市.txt", "2025_青海省.txt"] {
        fs::copy(away.join(name), folder.join(name)).unwrap();
    }
    until("it is read again", || served.said().contains("the folder is read again"));
    assert!(!served.said().contains("\"n_removed\":1"), "{}", served.said());
    for figure in ["2.2万人", "3.3万人"] {
        fs::write(folder.join("东").join("2025_上海市.txt"), report(figure)).unwrap();
        until("the change is noticed", || served.jobs() == figure);
    }
    fs::remove_file(folder.join("东").join("2025_上海市.txt")).unwrap();
    until("what stays away is removed", || served.jobs() != "3.3万人");
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
fn a_changed_settings_file_is_taken_over_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    let settings = |max_body: u32, stop: u32| {
        let text = format!(
            "[http]\nbind = \"127.0.0.1:0\"\nmax_body_bytes = {max_body}\n[serve]\nstop_seconds = {stop}\n"
        );
        fs::write(&config, text).unwrap();
    };
    settings(10, 10);
    let served = Served::spawn(program(&dir.path().join("data")).arg("--config").arg(&config).arg("serve"));
    let status = || {
        let body = "{\"question\":\"渝中新增就业多少\"}";
        let mut stream = served.connect();
        // In one piece: a refusal may come before the rest.
        let request = format!(
            "POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        read_reply(stream).0
    };
    assert_eq!(status(), 413);
    fs::write(&config, "[http]\ncolour = 1\n").unwrap();
    until("bad settings are refused", || served.fields("settings refused, the old ones stay").is_some());
    assert_eq!(status(), 413);
    settings(1000, 5);
    until("the new limit holds", || status() == 200);
    until("it is told", || served.fields("takes effect at the next start").is_some());
    assert_eq!(served.fields("takes effect at the next start").unwrap()["key"], "serve");
}

#[test]
fn a_file_still_being_written_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("data"), dir.path().join("in"));
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("2025_青海省.txt"), report("5.5万人").replace("上海市", "青海省")).unwrap();
    let variables =
        [("WENSHU_DATA__WATCH", folder.to_str().unwrap()), ("WENSHU_DATA__WATCH_SETTLE_MS", "600")];
    let served = Served::start(&data, &variables);
    until("the first report is read", || served.fields("folder read").is_some());
    let whole = format!("{}{}", report("1.1万人"), "全市道路平整，河水清澈。\n".repeat(30));
    let mut file = fs::File::create(folder.join("2025_上海市.txt")).unwrap();
    for part in whole.as_bytes().chunks(whole.len() / 30) {
        file.write_all(part).unwrap();
        thread::sleep(Duration::from_millis(40));
    }
    drop(file);
    until("the whole file is read", || served.jobs() == "1.1万人");
    let said = served.said();
    assert!(!said.contains("refused") && !said.contains("\"n_replaced\":1"), "read in parts: {said}");
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
    let steps = fields["steps_us"].as_str().unwrap();
    for step in ["understand=", "retrieve=", "rank=", "compose="] {
        assert!(steps.contains(step), "{fields}");
    }
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
fn a_want_of_descriptors_is_told_once_and_passes() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    let line = "ulimit -n 40; exec \"$0\" --data-dir \"$1\" serve";
    command.args(["-c", line, env!("CARGO_BIN_EXE_wenshu")]).arg(dir.path());
    let served = Served::spawn(command.env("WENSHU_HTTP__BIND", "127.0.0.1:0"));
    let callers: Vec<TcpStream> = (0..60).map(|_| served.connect()).collect();
    until("it is told", || served.said().contains("connections are not taken"));
    thread::sleep(Duration::from_millis(600));
    assert_eq!(served.said().matches("not taken").count(), 1, "{}", served.said());
    drop(callers);
    until("others are served", || served.get("/healthz").0 == 200);
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
            let n_bytes = match socket.recv(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                heard => heard.unwrap(),
            };
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
