//! The HTTP door, route by route, without a socket.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use serde_json::{Value, json};
use tower::ServiceExt;
use wenshu::daemon::desk::Desk;
use wenshu::daemon::settings::{Settings, Sources};
use wenshu::transports::http::{HttpState, Peer, router};

const DEADLINE: Duration = Duration::from_secs(10);
const STRANGER: &str = "203.0.113.7:4000";

fn settings(changes: &[(&str, &str)]) -> Settings {
    static DIR: OnceLock<tempfile::TempDir> = OnceLock::new();
    let dir = DIR.get_or_init(|| tempfile::tempdir().unwrap()).path().display().to_string();
    let mut flags = vec![("data.dir".to_owned(), dir)];
    flags.extend(changes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    Settings::load(&Sources { flags, ..Sources::default() }).unwrap()
}

fn desk() -> Arc<Desk> {
    static DESK: OnceLock<Arc<Desk>> = OnceLock::new();
    Arc::clone(DESK.get_or_init(|| Arc::new(Desk::open(&settings(&[])).unwrap())))
}

/// What came back.
struct Seen {
    response: Response<()>,
    text: String,
}

impl Seen {
    fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    fn header(&self, name: &str) -> &str {
        self.response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

fn send_with(changes: &[(&str, &str)], requests: Vec<Request<Body>>) -> Vec<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let state = HttpState::new(desk(), &settings(changes), "127.0.0.1:8017".parse().unwrap()).unwrap();
    let router = router(&Arc::new(state));
    let all = async {
        let mut seen = Vec::new();
        for request in requests {
            let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
            let text = String::from_utf8(to_bytes(body, 1 << 24).await.unwrap().into()).unwrap();
            seen.push(Seen { response: Response::from_parts(head, ()), text });
        }
        seen
    };
    runtime.block_on(async { tokio::time::timeout(DEADLINE, all).await.unwrap() })
}

fn send(request: Request<Body>) -> Seen {
    send_with(&[], vec![request]).remove(0)
}

fn get(uri: &str) -> Request<Body> {
    Request::get(encode(uri)).body(Body::empty()).unwrap()
}

fn post(body: impl Into<Body>) -> Request<Body> {
    Request::post("/v1/ask").header("content-type", "application/json").body(body.into()).unwrap()
}

/// Characters outside of ASCII, as an address has them.
fn encode(uri: &str) -> String {
    uri.bytes()
        .map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn problem(seen: &Seen, status: u16, kind: &str) {
    assert_eq!(seen.status(), status, "{}", seen.text);
    assert_eq!(seen.header("content-type"), "application/problem+json", "{}", seen.text);
    let shape = seen.json();
    assert_eq!(shape["type"], format!("urn:wenshu:{kind}"), "{shape}");
    assert_eq!(shape["status"], status);
    for leak in ["/tmp", "src/", ".rs", "panicked", env!("CARGO_PKG_VERSION")] {
        assert!(!seen.text.contains(leak), "{}", seen.text);
    }
}

#[test]
fn a_question_is_answered_as_on_the_command_line() {
    let seen = send(post(
        json!({"id": [1, "a"], "question": "渝中新增就业多少", "today": "2023-06-01"}).to_string(),
    ));
    assert_eq!(seen.status(), 200, "{}", seen.text);
    let reply = seen.json();
    assert_eq!(reply["id"], json!([1, "a"]));
    assert_eq!(reply["status"], "answered");
    assert_eq!(reply["figure"]["value"], "66000");
    let sentence = reply["sentence"]["text"].as_str().unwrap();
    let span = &reply["figure_span"];
    let figure = &sentence[span["start"].as_u64().unwrap() as usize..span["end"].as_u64().unwrap() as usize];
    assert_eq!(figure, "6.6万人");
    let in_url = send(get("/v1/ask?q=渝中新增就业多少&today=2023-06-01")).json();
    for key in ["status", "figure", "sentence", "report", "section", "alternatives"] {
        assert_eq!(in_url[key], reply[key], "{key}");
    }
}

#[test]
fn what_is_not_stated_is_an_answer_too() {
    let seen = send(post(json!({"question": "渝中有几座火山", "lang": "en"}).to_string()));
    assert_eq!(seen.status(), 200);
    let reply = seen.json();
    assert_eq!(reply["status"], "not_found");
    assert!(reply["figure"].is_null());
    assert!(reply["decline"]["message"].as_str().unwrap().is_ascii(), "{reply}");
    assert_eq!(send(get("/v1/ask?q=多少")).json()["status"], "unclear");
    let elsewhere = send(get("/v1/ask?q=新增就业多少&report=nothing")).json();
    assert_eq!(elsewhere["decline"]["reason"], "no_such_report");
}

#[test]
fn a_scope_limits_the_reports() {
    let seen = send(get("/v1/ask?q=新增就业多少&place=上海市&year=2026")).json();
    if seen["status"] == "answered" {
        assert_eq!(seen["report"]["place"], "上海市", "{seen}");
        assert_eq!(seen["report"]["year"], 2026, "{seen}");
    }
    for hit in send(get("/v1/search?q=新增就业&place=上海市&limit=5")).json()["passages"].as_array().unwrap()
    {
        assert_eq!(hit["report"]["place"], "上海市");
    }
}

#[test]
fn passages_are_found_and_can_be_opened() {
    let found = send(get("/v1/search?q=粮食产量&limit=3")).json();
    let hits = found["passages"].as_array().unwrap();
    assert_eq!(hits.len(), 3);
    for hit in hits {
        let (id, n) = (hit["report"]["id"].as_str().unwrap(), hit["sentence"]["n"].as_u64().unwrap());
        let passage = send(get(&format!("/v1/reports/{id}/passages/{n}"))).json();
        assert_eq!(passage["sentence"], hit["sentence"]);
        assert_eq!(passage["figures"].as_array().unwrap().len(), hit["figures"].as_array().unwrap().len());
        let report = send(get(&format!("/v1/reports/{id}"))).json();
        assert_eq!(report["sentences"][n as usize]["text"], hit["sentence"]["text"]);
        assert_eq!(report["sentences"][n as usize]["n"], n);
        if n > 0 {
            let before = passage["before"].as_array().unwrap();
            assert_eq!(before.last().unwrap()["text"], report["sentences"][n as usize - 1]["text"]);
        }
    }
}

#[test]
fn reports_are_listed_and_read_by_id_or_file() {
    let shelf = send(get("/v1/reports")).json();
    assert_eq!(shelf["bundled"], true);
    assert_eq!(shelf["reports"].as_array().unwrap().len(), 16);
    let by_file = send(get("/v1/reports/2023_重庆市渝中区.txt")).json();
    let id = by_file["report"]["id"].as_str().unwrap();
    assert_eq!(send(get(&format!("/v1/reports/{id}"))).json(), by_file);
}

#[test]
fn errors_are_problems_that_leak_nothing() {
    problem(&send(post("{\"question\":")), 400, "bad-json");
    problem(&send(post("{}")), 400, "bad-json");
    problem(&send(post("[1,\"新增就业多少\"]")), 400, "bad-json");
    problem(&send(post("{\"question\":\"a\",\"extra\":1}")), 400, "bad-json");
    problem(&send(post(b"{\"question\":\"\xff\xfe\"}".to_vec())), 400, "bad-json");
    problem(&send(post("[".repeat(10_000))), 400, "bad-json");
    problem(&send(post(format!("{{\"question\":\"{}\"}}", "a".repeat(20_000)))), 413, "too-large");
    problem(&send(post("{\"question\":\"a\",\"today\":\"soon\"}")), 422, "bad-value");
    problem(&send(get("/v1/ask?q=a&today=2026-6-01")), 422, "bad-value");
    problem(&send(get("/v1/ask?q=a&today=2026-06-32")), 422, "bad-value");
    problem(&send(post("{\"question\":\"a\",\"year\":70000}")), 400, "bad-json");
    problem(&send(post("{\"question\":\"a\",\"year\":2023.5}")), 400, "bad-json");
    assert_eq!(send(post("{\"question\":\"a\",\"year\":2023.0}")).status(), 200);
    problem(&send(get("/v1/ask?q=a&year=70000")), 400, "bad-query");
    problem(&send(post("{\"question\":\"a\",\"lang\":\"fr\"}")), 422, "bad-value");
    problem(&send(Request::post("/v1/ask").body(Body::from("{}")).unwrap()), 415, "not-json");
    problem(&send(get("/v1/ask")), 400, "bad-query");
    problem(&send(get("/v1/ask?q=a&q=b")), 400, "bad-query");
    problem(&send(get("/v1/ask?q=%FF")), 400, "bad-query");
    problem(&send(get("/v1/search?q=a&limit=0")), 422, "bad-value");
    problem(&send(get("/v1/search?q=a&limit=51")), 422, "bad-value");
    problem(&send(get("/v1/reports/nothing")), 404, "no-report");
    problem(&send(get("/v1/reports/..%2F..%2Fetc%2Fpasswd")), 404, "no-report");
    problem(&send(get("/v1/reports/%FF")), 404, "no-route");
    problem(&send(get("/v1/reports/nothing/passages/0")), 404, "no-report");
    problem(&send(get("/v1/reports/2023_重庆市渝中区.txt/passages/99999")), 404, "no-passage");
    problem(&send(get("/v1/reports/2023_重庆市渝中区.txt/passages/first")), 404, "no-passage");
    problem(&send(get("/v2/ask")), 404, "no-route");
    for (method, uri) in [("DELETE", "/v1/ask"), ("POST", "/v1/reports"), ("PUT", "/"), ("TRACE", "/healthz")]
    {
        let seen = send(Request::builder().method(method).uri(uri).body(Body::empty()).unwrap());
        problem(&seen, 405, "no-method");
        assert!(seen.header("allow").contains("GET"), "{method} {uri}");
    }
}

#[test]
fn the_process_tells_how_it_is() {
    assert_eq!(send(get("/healthz")).json(), json!({"status": "ok"}));
    let ready = send(get("/readyz"));
    assert_eq!(ready.status(), 200, "{}", ready.text);
    assert_eq!(ready.json()["checks"]["index"], "ok");
    assert_eq!(ready.json()["checks"]["store"], "ok");
    let seen = send_with(&[], vec![get("/v1/ask?q=新增就业多少"), get("/v1/nothing"), get("/metrics")]);
    let text = &seen[2].text;
    for line in [
        "wenshu_questions_total{door=\"http\",outcome=\"answered\"}",
        "wenshu_question_duration_seconds_bucket",
        "wenshu_step_duration_seconds_count{step=\"retrieve\"}",
        "wenshu_http_responses_total{route=\"/v1/ask\",status=\"200\"}",
        "wenshu_http_responses_total{route=\"other\",status=\"404\"}",
        "wenshu_index_reports 16",
        "wenshu_build_info",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn every_response_carries_the_policy() {
    for uri in
        ["/", "/r/x", "/app.js", "/app.css", "/icon.svg", "/v1/reports", "/v1/nothing", "/openapi.json"]
    {
        let seen = send(get(uri));
        let policy = seen.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';"), "{uri}: {policy}");
        assert!(!policy.contains("unsafe"), "{uri}: {policy}");
        assert_eq!(seen.header("x-content-type-options"), "nosniff", "{uri}");
        assert!(!seen.header("cache-control").is_empty(), "{uri}");
        assert_eq!(seen.header("access-control-allow-origin"), "", "{uri}");
    }
}

#[test]
fn a_token_is_asked_for_where_one_is_set() {
    let changes = [("http.token", "s3cret")];
    let with = |uri: &str, token: &str| {
        let mut request = get(uri);
        request.headers_mut().insert("authorization", token.parse().unwrap());
        request
    };
    let refused = vec![
        get("/v1/ask?q=a"),
        get("/v1/reports"),
        get("/metrics"),
        post("{\"question\":\"a\"}"),
        with("/v1/reports", "Bearer s3cre"),
        with("/v1/reports", "Bearer s3cret2"),
        with("/v1/reports", "Basic s3cret"),
    ];
    for seen in send_with(&changes, refused) {
        problem(&seen, 401, "no-token");
        assert_eq!(seen.header("www-authenticate"), "Bearer");
        assert!(!seen.text.contains("s3cret"));
    }
    let let_in = vec![
        with("/v1/reports", "Bearer s3cret"),
        with("/metrics", "bearer s3cret"),
        get("/"),
        get("/healthz"),
    ];
    for seen in send_with(&changes, let_in) {
        assert_eq!(seen.status(), 200, "{}", seen.text);
    }
    let reading = [("http.token", "s3cret"), ("http.open_reading", "true")];
    let seen = send_with(&reading, vec![get("/v1/reports"), get("/v1/ask?q=a")]);
    assert_eq!((seen[0].status(), seen[1].status()), (200, 401));
}

#[test]
fn a_door_open_to_others_needs_token_and_limit() {
    let open = |changes: &[(&str, &str)]| {
        HttpState::new(desk(), &settings(changes), "0.0.0.0:8017".parse().unwrap())
            .err()
            .map(|error| format!("{error:#}"))
            .unwrap_or_default()
    };
    assert!(open(&[]).contains("http.token"));
    assert!(open(&[("http.token", "a"), ("http.requests_per_minute", "0")]).contains("requests_per_minute"));
    assert!(open(&[("http.token", "a")]).is_empty());
    assert!(open(&[("http.token_file", "/no/such/file")]).contains("token_file"));
}

#[test]
fn those_who_ask_too_often_wait() {
    let from = |address: &str, forwarded: Option<&str>| {
        let mut request = get("/healthz");
        request.extensions_mut().insert(Peer(address.parse().unwrap()));
        if let Some(forwarded) = forwarded {
            request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        request
    };
    let few = [("http.requests_per_minute", "1"), ("http.burst", "2")];
    let requests = vec![
        from(STRANGER, None),
        from(STRANGER, Some("198.51.100.9")),
        from(STRANGER, Some("198.51.100.10")),
        from("203.0.113.8:1", None),
        from("127.0.0.1:1", None),
        from("127.0.0.1:1", None),
        from("127.0.0.1:1", None),
    ];
    let seen = send_with(&few, requests);
    let statuses: Vec<u16> = seen.iter().map(Seen::status).collect();
    assert_eq!(statuses, [200, 200, 429, 200, 200, 200, 200]);
    problem(&seen[2], 429, "too-many");
    assert!(seen[2].header("retry-after").parse::<u64>().unwrap() > 0);
    let proxied = [few[0], few[1], ("http.trust_proxy", "true")];
    let via = |last: &str| from("127.0.0.1:1", Some(&format!("192.0.2.1, {last}")));
    let seen = send_with(
        &proxied,
        vec![via("198.51.100.9"), via("198.51.100.9"), via("198.51.100.9"), via("198.51.100.8")],
    );
    let statuses: Vec<u16> = seen.iter().map(Seen::status).collect();
    assert_eq!(statuses, [200, 200, 429, 200]);
}

#[test]
fn names_of_other_hosts_are_refused() {
    let named = |host: &str| {
        let mut request = get("/v1/reports");
        request.headers_mut().insert("host", host.parse().unwrap());
        request
    };
    let seen = send_with(
        &[("http.public_url", "https://wenshu.example")],
        vec![
            named("evil.example:8017"),
            named("localhost:8017"),
            named("127.0.0.1:8017"),
            named("[::1]:8017"),
            named("wenshu.example"),
        ],
    );
    problem(&seen[0], 421, "host");
    for seen in &seen[1..] {
        assert_eq!(seen.status(), 200, "{}", seen.text);
    }
}

#[test]
fn cors_is_given_to_named_origins_only() {
    let asked_by = |origin: &str| {
        let mut request = get("/v1/reports");
        request.headers_mut().insert("origin", origin.parse().unwrap());
        request
    };
    let changes = [("http.cors_origins", "https://a.example, https://b.example")];
    let seen = send_with(&changes, vec![asked_by("https://b.example"), asked_by("https://c.example")]);
    assert_eq!(seen[0].header("access-control-allow-origin"), "https://b.example");
    assert_eq!(seen[1].header("access-control-allow-origin"), "");
}

#[test]
fn a_body_that_trickles_in_is_given_up() {
    // A body that never ends and never comes.
    let (_sender, silent) = tokio::sync::mpsc::channel::<()>(1);
    let stream = Body::from_stream(NeverEnding(silent));
    let seen = send_with(&[("http.request_seconds", "1")], vec![post(stream)]);
    problem(&seen[0], 408, "too-slow");
}

struct NeverEnding(tokio::sync::mpsc::Receiver<()>);

impl futures_core::Stream for NeverEnding {
    type Item = Result<Vec<u8>, std::io::Error>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|_| None)
    }
}

#[test]
fn the_document_names_what_is_served() {
    let document = send(get("/openapi.json")).json();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/healthz",
            "/metrics",
            "/readyz",
            "/v1/ask",
            "/v1/reports",
            "/v1/reports/{id}",
            "/v1/reports/{id}/passages/{n}",
            "/v1/search"
        ]
    );
    let id = "2023_重庆市渝中区.txt";
    let cases: Vec<(&str, &str, Request<Body>)> = vec![
        ("/healthz", "get", get("/healthz")),
        ("/readyz", "get", get("/readyz")),
        ("/v1/ask", "post", post("{\"id\":7,\"question\":\"渝中新增就业多少\"}")),
        ("/v1/ask", "post", post("{\"question\":\"渝中有几座火山\"}")),
        ("/v1/ask", "post", post("{")),
        ("/v1/ask", "post", post("x".repeat(20_000))),
        ("/v1/ask", "get", get("/v1/ask?q=上海人均预期寿命")),
        ("/v1/ask", "get", get("/v1/ask")),
        ("/v1/search", "get", get("/v1/search?q=粮食产量")),
        ("/v1/search", "get", get("/v1/search?q=a&limit=99")),
        ("/v1/reports", "get", get("/v1/reports")),
        ("/v1/reports/{id}", "get", get(&format!("/v1/reports/{id}"))),
        ("/v1/reports/{id}", "get", get("/v1/reports/nothing")),
        ("/v1/reports/{id}/passages/{n}", "get", get(&format!("/v1/reports/{id}/passages/9"))),
        ("/v1/reports/{id}/passages/{n}", "get", get(&format!("/v1/reports/{id}/passages/9999"))),
    ];
    for (path, method, request) in cases {
        let seen = send(request);
        let response = &document["paths"][path][method]["responses"][seen.status().to_string()];
        let schema = &response["content"][seen.header("content-type")]["schema"];
        assert!(schema.is_object(), "{method} {path} answers {} undocumented", seen.status());
        let mut wrong = Vec::new();
        fits(&document, schema, &seen.json(), "", &mut wrong);
        assert!(wrong.is_empty(), "{method} {path} {}: {wrong:#?}", seen.status());
    }
}

#[test]
fn the_document_asks_for_a_token_where_one_is_needed() {
    let seen = send_with(&[("http.token", "a")], vec![get("/openapi.json")]).remove(0).json();
    assert!(seen["paths"]["/v1/ask"]["post"]["security"].is_array());
    assert!(seen["paths"]["/healthz"]["get"]["security"].is_null());
    let seen = send(get("/openapi.json")).json();
    assert!(seen["paths"]["/v1/ask"]["post"]["security"].is_null());
}

/// Notes where `value` is not as `schema` says; a property the schema does not name is wrong too.
fn fits(document: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        return fits(document, document.pointer(&name[1..]).unwrap(), value, at, wrong);
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let all = merged(document, parts);
        return fits(document, &all, value, at, wrong);
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[word].as_array() {
            let is_fit = choices.iter().any(|choice| {
                let mut misfits = Vec::new();
                fits(document, choice, value, at, &mut misfits);
                misfits.is_empty()
            });
            if !is_fit {
                wrong.push(format!("{at} fits none of {word}: {value}"));
            }
            return;
        }
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allows = |word: &Value| word == kind || (word == "number" && kind == "integer");
    let is_allowed = match &schema["type"] {
        Value::Null => true,
        Value::Array(words) => words.iter().any(allows),
        word => allows(word),
    };
    if !is_allowed {
        wrong.push(format!("{at} is {kind}, not {}", schema["type"]));
    }
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for (idx, value) in values.iter().enumerate() {
            fits(document, items, value, &format!("{at}/{idx}"), wrong);
        }
    }
    if let (Some(properties), Some(object)) = (schema["properties"].as_object(), value.as_object()) {
        for key in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(key.as_str().unwrap()) {
                wrong.push(format!("{at}/{key} is missing"));
            }
        }
        for (key, value) in object {
            match properties.get(key) {
                Some(schema) => fits(document, schema, value, &format!("{at}/{key}"), wrong),
                None => wrong.push(format!("{at}/{key} is not documented")),
            }
        }
    }
}

/// One object schema out of several that hold at once.
fn merged(document: &Value, parts: &[Value]) -> Value {
    let mut properties = serde_json::Map::new();
    let mut required = Vec::new();
    for part in parts {
        let part = match part["$ref"].as_str() {
            Some(name) => document.pointer(&name[1..]).unwrap(),
            None => part,
        };
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({"type": "object", "properties": properties, "required": required})
}
