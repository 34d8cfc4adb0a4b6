//! A stand-in Telegram, the program, and people who write to it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::stand_in::{PATIENCE, Program, StandIn, TOKEN, data_dir};

static NEXT_MESSAGE: AtomicI64 = AtomicI64::new(1);

/// A running bot; when it goes, nothing it sent was refused and the token was told to nobody.
pub struct Scene {
    pub telegram: StandIn,
    pub program: Program,
    pub dir: tempfile::TempDir,
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.program.log());
            return;
        }
        let secret = TOKEN.split(':').next_back().unwrap();
        assert!(!self.program.log().contains(secret), "the token is logged");
        assert!(!self.telegram.everything().contains(secret), "the token is sent");
        let refusals = self.telegram.refusals();
        assert!(refusals.is_empty(), "refused: {refusals:#?}");
    }
}

impl Scene {
    pub fn new() -> Scene {
        Scene::with(&[])
    }

    /// With settings as variables.
    pub fn with(variables: &[(&str, &str)]) -> Scene {
        let telegram = StandIn::start();
        let dir = data_dir();
        let program = Program::start(&telegram, dir.path(), variables);
        Scene { telegram, program, dir }
    }

    /// With updates that wait since before the start.
    pub fn after(before: impl FnOnce(&StandIn), variables: &[(&str, &str)]) -> Scene {
        let telegram = StandIn::start();
        before(&telegram);
        let dir = data_dir();
        let program = Program::start(&telegram, dir.path(), variables);
        Scene { telegram, program, dir }
    }

    /// Ends the program without a warning and starts it again on the same data.
    pub fn restart(&mut self, variables: &[(&str, &str)]) {
        self.program.kill();
        self.program = Program::start(&self.telegram, self.dir.path(), variables);
    }

    /// `user` writes `text` in private. Gives the number of the message.
    pub fn says(&self, user: i64, text: &str) -> i64 {
        self.writes(private(user, json!({ "text": text })))
    }

    /// Offers a message. Gives its number.
    pub fn writes(&self, message: Value) -> i64 {
        let id = message["message_id"].as_i64().unwrap();
        self.telegram.push(json!({ "message": message }));
        id
    }

    /// Status and body of a GET at the HTTP door.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.program.address("listening")).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }

    /// `user` presses a button under message `message` of `chat`. Gives the number of the press.
    pub fn presses(&self, user: i64, chat: Value, message: i64, data: &str) -> String {
        let id = format!("press{}", next_message());
        self.telegram.push(json!({"callback_query": {
            "id": id, "from": {"id": user, "is_bot": false, "first_name": "x"}, "chat_instance": "1", "data": data,
            "message": {"message_id": message, "date": now(), "chat": chat},
        }}));
        id
    }
}

pub fn next_message() -> i64 {
    NEXT_MESSAGE.fetch_add(1, Ordering::Relaxed)
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() as i64
}

fn merged(mut base: Value, fields: Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

/// A message of `user` in private, with `fields` on top.
pub fn private(user: i64, fields: Value) -> Value {
    let base = json!({
        "message_id": next_message(), "date": now(), "chat": {"id": user, "type": "private"},
        "from": {"id": user, "is_bot": false, "first_name": "x"},
    });
    merged(base, fields)
}

/// A message of `user` in supergroup `chat`, with `fields` on top.
pub fn group(chat: i64, user: i64, fields: Value) -> Value {
    let base = json!({
        "message_id": next_message(), "date": now(), "chat": {"id": chat, "type": "supergroup", "title": "g"},
        "from": {"id": user, "is_bot": false, "first_name": "x"},
    });
    merged(base, fields)
}

/// Chat `user` as it stands in updates.
pub fn private_chat(user: i64) -> Value {
    json!({ "id": user, "type": "private" })
}

/// Supergroup `chat` as it stands in updates.
pub fn group_chat(chat: i64) -> Value {
    json!({ "id": chat, "type": "supergroup", "title": "g" })
}
