//! Which messages are meant for the bot, and what they ask for.

use crate::transports::telegram::incoming::{ChatKind, Entity, Message};

/// The id Telegram's own service account forwards channel posts under.
const TELEGRAM_SERVICE: i64 = 777_000;

/// Who the bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    pub id: i64,
    /// Without `@`.
    pub username: String,
    /// True when inline mode is on.
    pub has_inline: bool,
    /// True when privacy mode is off, and groups are heard in full.
    pub hears_all: bool,
}

/// What a message asks for; texts are trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// A question, perhaps empty.
    Ask(String),
    /// `/start` with its payload.
    Start(String),
    Help,
    Reports,
    Privacy,
    Scope(String),
    Lang(String),
    Trigger(String),
    Quiet,
    /// `/allow` and `/forbid` of the operator.
    Channel {
        name: String,
        allowed: bool,
    },
    /// A command nobody has heard of.
    Unknown,
}

/// A message that is meant for the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressed {
    pub request: Request,
    /// By command or name, not by a reply or trigger word.
    pub is_explicit: bool,
}

/// Reads whether `message` is meant for the bot; `trigger` is the word set for the chat.
///
/// In groups only `/ask` and the settings are read without the bot's name, for other bots have a /help too.
/// Bots, messages sent through any bot's inline mode, and channel posts copied into a discussion are never ours.
/// Whoever calls the bot without a question under somebody's message asks what stands there.
pub fn addressed(message: &Message, me: &Identity, trigger: Option<&str>) -> Option<Addressed> {
    let mut found = speaks_to(message, me, trigger)?;
    if let (Request::Ask(text), Some(replied)) = (&mut found.request, &message.reply_to_message)
        && text.is_empty()
        && !is_by_bot(replied)
    {
        let (quoted, entities) = replied.words();
        *text = without_mentions(quoted, entities, me).unwrap_or_else(|| quoted.trim().to_owned());
    }
    Some(found)
}

fn speaks_to(message: &Message, me: &Identity, trigger: Option<&str>) -> Option<Addressed> {
    if message.via_bot.is_some() || message.is_automatic_forward || is_by_bot(message) {
        return None;
    }
    let (text, entities) = message.words();
    if text.trim().is_empty() {
        return None;
    }
    let is_private = message.chat.kind == ChatKind::Private;
    if let Some(command) = command(text) {
        return match command.bot {
            Some(bot) if !bot.eq_ignore_ascii_case(&me.username) => None,
            bot => asked_by_command(&command, message.chat.kind, bot.is_some()),
        };
    }
    if is_private {
        return explicit(Request::Ask(
            without_mentions(text, entities, me).unwrap_or_else(|| text.trim().to_owned()),
        ));
    }
    if message.chat.kind == ChatKind::Unknown {
        return None;
    }
    if let Some(rest) = without_mentions(text, entities, me) {
        return explicit(Request::Ask(rest));
    }
    if message.chat.kind == ChatKind::Channel {
        return None;
    }
    let implicit =
        |text: &str| Some(Addressed { request: Request::Ask(text.to_owned()), is_explicit: false });
    if let Some(rest) = trigger.and_then(|word| after_trigger(text, word)) {
        return implicit(rest);
    }
    let replied = message.reply_to_message.as_ref();
    let is_reply_to_us =
        replied.and_then(|replied| replied.from.as_ref()).is_some_and(|author| author.id == me.id);
    if is_reply_to_us { implicit(text.trim()) } else { None }
}

fn is_by_bot(message: &Message) -> bool {
    // Anonymous administrators and channels write through accounts of Telegram's that count as bots.
    let is_on_behalf = message.sender_chat.is_some();
    message
        .from
        .as_ref()
        .is_some_and(|author| (author.is_bot && !is_on_behalf) || author.id == TELEGRAM_SERVICE)
}

fn explicit(request: Request) -> Option<Addressed> {
    Some(Addressed { request, is_explicit: true })
}

struct Command<'t> {
    name: String,
    bot: Option<&'t str>,
    rest: &'t str,
}

/// `/name@bot rest`, at the very beginning.
fn command(text: &str) -> Option<Command<'_>> {
    let after_slash = text.trim_start().strip_prefix('/')?;
    let end = after_slash.find(char::is_whitespace).unwrap_or(after_slash.len());
    let (head, rest) = after_slash.split_at(end);
    let (name, bot) = match head.split_once('@') {
        Some((name, bot)) => (name, Some(bot)),
        None => (head, None),
    };
    let is_name = !name.is_empty() && name.chars().all(|ch| ch.is_ascii_alphanumeric() || ch == '_');
    is_name.then(|| Command { name: name.to_ascii_lowercase(), bot, rest: rest.trim() })
}

fn asked_by_command(command: &Command<'_>, kind: ChatKind, is_named: bool) -> Option<Addressed> {
    let rest = || command.rest.to_owned();
    let request = match command.name.as_str() {
        "ask" => Request::Ask(rest()),
        // A channel has nobody to set things or to read help.
        _ if kind == ChatKind::Channel => return None,
        "scope" => Request::Scope(rest()),
        "lang" => Request::Lang(rest()),
        "trigger" => Request::Trigger(rest()),
        "quiet" => Request::Quiet,
        // Other bots of the group have these too.
        _ if kind != ChatKind::Private && !is_named => return None,
        "start" => Request::Start(rest()),
        "help" => Request::Help,
        "reports" => Request::Reports,
        "privacy" => Request::Privacy,
        "allow" if kind == ChatKind::Private => Request::Channel { name: rest(), allowed: true },
        "forbid" if kind == ChatKind::Private => Request::Channel { name: rest(), allowed: false },
        _ => Request::Unknown,
    };
    explicit(request)
}

/// The text without the bot's mentions; `None` when it is not mentioned.
fn without_mentions(text: &str, entities: &[Entity], me: &Identity) -> Option<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut kept = Vec::with_capacity(units.len());
    let mut next = 0;
    let mut is_mentioned = false;
    for entity in entities {
        let Some(end) = entity.offset.checked_add(entity.length).filter(|end| *end <= units.len()) else {
            continue;
        };
        if entity.offset < next || !names(entity, &units[entity.offset..end], me) {
            continue;
        }
        is_mentioned = true;
        kept.extend_from_slice(&units[next..entity.offset]);
        kept.push(u16::from(b' '));
        next = end;
    }
    kept.extend_from_slice(&units[next..]);
    is_mentioned.then(|| {
        let rest = String::from_utf16_lossy(&kept);
        rest.trim_matches(|ch: char| ch.is_whitespace() || matches!(ch, ',' | '，' | ':' | '：' | '、'))
            .to_owned()
    })
}

fn names(entity: &Entity, units: &[u16], me: &Identity) -> bool {
    match entity.kind.as_str() {
        "mention" => {
            let name = String::from_utf16_lossy(units);
            name.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(&me.username))
        }
        "text_mention" => entity.user.as_ref().is_some_and(|user| user.id == me.id),
        _ => false,
    }
}

/// What follows the trigger word at the beginning of `text`.
fn after_trigger<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let text = text.trim();
    let head = text.get(..word.len())?;
    // A word of Latin letters must end where it ends: `ask` does not begin `asking`.
    let is_same = head.to_lowercase() == word.to_lowercase();
    let rest = &text[head.len()..];
    let goes_on = word.ends_with(|ch: char| ch.is_ascii_alphanumeric())
        && rest.starts_with(|ch: char| ch.is_ascii_alphanumeric());
    (is_same && !goes_on && !word.is_empty()).then(|| {
        rest.trim_start_matches(|ch: char| {
            ch.is_whitespace() || ch.is_ascii_punctuation() || "，：、。？！".contains(ch)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn me() -> Identity {
        Identity { id: 42, username: "wenshu_bot".to_owned(), has_inline: true, hears_all: false }
    }

    fn read(kind: &str, mut fields: Value, trigger: Option<&str>) -> Option<Addressed> {
        let base = json!({"message_id": 1, "date": 1, "chat": {"id": -5, "type": kind}, "from": {"id": 7}});
        for (key, value) in base.as_object().unwrap() {
            if fields.get(key).is_none() {
                fields[key] = value.clone();
            }
        }
        addressed(&serde_json::from_value(fields).unwrap(), &me(), trigger)
    }

    fn asks(kind: &str, fields: Value, trigger: Option<&str>) -> Option<String> {
        match read(kind, fields, trigger)?.request {
            Request::Ask(text) => Some(text),
            other => panic!("{other:?}"),
        }
    }

    fn check(kind: &str, text: &str, expected: Option<&str>) {
        assert_eq!(asks(kind, json!({ "text": text }), None).as_deref(), expected, "{kind} {text}");
    }

    #[test]
    fn any_text_of_a_private_chat_is_a_question() {
        check("private", " 新增就业多少 ", Some("新增就业多少"));
        check("private", "/ask 新增就业多少", Some("新增就业多少"));
        check("private", "", None);
    }

    #[test]
    fn a_group_is_heard_only_when_it_speaks_to_us() {
        check("group", "新增就业多少", None);
        check("group", "/ask 新增就业多少", Some("新增就业多少"));
        check("supergroup", "/ask@Wenshu_Bot 新增就业多少", Some("新增就业多少"));
        check("supergroup", "/ask@other_bot 新增就业多少", None);
        check("supergroup", "/ask", Some(""));
    }

    #[test]
    fn a_mention_counts_wherever_it_stands() {
        let mention = |offset, length| json!([{"type": "mention", "offset": offset, "length": length}]);
        let text = json!({"text": "请问 @wenshu_bot 新增就业多少", "entities": mention(3, 11)});
        assert_eq!(asks("group", text, None).as_deref(), Some("请问   新增就业多少"));
        let emoji = json!({"text": "😀😀@WENSHU_bot：新增就业", "entities": mention(4, 11)});
        assert_eq!(asks("group", emoji, None).as_deref(), Some("😀😀 ：新增就业"));
        let caption = json!({"caption": "@wenshu_bot 新增就业", "caption_entities": mention(0, 11)});
        assert_eq!(asks("group", caption, None).as_deref(), Some("新增就业"));
        let other = json!({"text": "@wenshu_bot2 新增就业", "entities": mention(0, 12)});
        assert_eq!(asks("group", other, None), None);
        let by_id = json!({"text": "问数 新增就业", "entities": [{"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 42}}]});
        assert_eq!(asks("group", by_id, None).as_deref(), Some("新增就业"));
    }

    #[test]
    fn an_entity_past_the_end_is_passed_over() {
        let text = json!({"text": "短", "entities": [{"type": "mention", "offset": 9, "length": 99}]});
        assert_eq!(asks("group", text, None), None);
    }

    #[test]
    fn a_reply_counts_when_it_answers_us() {
        let reply = |author: i64| json!({"text": "去年呢", "reply_to_message": {"message_id": 2, "chat": {"id": -5, "type": "group"}, "from": {"id": author, "is_bot": true}}});
        assert_eq!(asks("group", reply(42), None).as_deref(), Some("去年呢"));
        assert_eq!(asks("group", reply(43), None), None);
    }

    #[test]
    fn a_bare_call_asks_what_it_replies_to() {
        let under = |author: serde_json::Value, text: &str| {
            let replied = json!({"message_id": 2, "date": 1, "chat": {"id": -5, "type": "group"}, "from": author,
                "text": "新增就业多少"});
            let mention = json!([{"type": "mention", "offset": 0, "length": 11}]);
            asks("group", json!({"text": text, "entities": mention, "reply_to_message": replied}), None)
        };
        let person = json!({"id": 8});
        assert_eq!(under(person.clone(), "@wenshu_bot").as_deref(), Some("新增就业多少"));
        assert_eq!(under(person.clone(), "@wenshu_bot 去年呢").as_deref(), Some("去年呢"));
        assert_eq!(under(person, "/ask").as_deref(), Some("新增就业多少"));
        assert_eq!(under(json!({"id": 42, "is_bot": true}), "/ask").as_deref(), Some(""));
        let topic = json!({"message_id": 2, "date": 1, "chat": {"id": -5, "type": "group"}, "from": {"id": 8},
            "forum_topic_created": {}});
        assert_eq!(
            asks("group", json!({"text": "/ask", "reply_to_message": topic}), None).as_deref(),
            Some("")
        );
    }

    #[test]
    fn a_trigger_word_counts_at_the_beginning() {
        let text = |text: &str| json!({ "text": text });
        assert_eq!(asks("group", text("问数，新增就业"), Some("问数")).as_deref(), Some("新增就业"));
        assert_eq!(asks("group", text("请问数新增就业"), Some("问数")), None);
        assert_eq!(asks("group", text("ask gdp"), Some("Ask")).as_deref(), Some("gdp"));
        assert_eq!(asks("group", text("asking"), Some("ask")), None);
        assert_eq!(asks("group", text("问"), Some("问数")), None);
    }

    #[test]
    fn bots_and_copies_are_never_answered() {
        let ask = |extra: Value| {
            let mut fields = extra;
            fields["text"] = json!("/ask 新增就业");
            asks("supergroup", fields, None)
        };
        assert_eq!(ask(json!({"from": {"id": 9, "is_bot": true}})), None);
        assert_eq!(ask(json!({"from": {"id": 42, "is_bot": true}})), None);
        assert_eq!(ask(json!({"via_bot": {"id": 42, "is_bot": true}})), None);
        assert_eq!(ask(json!({"is_automatic_forward": true, "from": {"id": 777_000}})), None);
        let anonymous = json!({"from": {"id": 1_087_968_824, "is_bot": true}, "sender_chat": {"id": -5, "type": "supergroup"}});
        assert_eq!(ask(anonymous).as_deref(), Some("新增就业"));
    }

    #[test]
    fn a_channel_asks_by_command_or_mention() {
        check("channel", "/ask 新增就业", Some("新增就业"));
        check("channel", "新增就业", None);
        assert_eq!(read("channel", json!({"text": "/help@wenshu_bot"}), None), None);
    }

    #[test]
    fn commands_every_bot_has_need_our_name_in_groups() {
        let request = |kind, text: &str| read(kind, json!({ "text": text }), None).map(|found| found.request);
        assert_eq!(request("group", "/help"), None);
        assert_eq!(request("group", "/help@wenshu_bot"), Some(Request::Help));
        assert_eq!(request("private", "/help"), Some(Request::Help));
        assert_eq!(request("group", "/scope 青海 2025"), Some(Request::Scope("青海 2025".to_owned())));
        assert_eq!(request("private", "/start s12_3"), Some(Request::Start("s12_3".to_owned())));
        assert_eq!(request("private", "/dance"), Some(Request::Unknown));
        assert_eq!(request("group", "/dance"), None);
    }
}
