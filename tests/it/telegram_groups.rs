//! The bot among many: groups, topics, channels.

use serde_json::{Value, json};

use crate::stand_in::{BOT_ID, BOT_NAME, Mishap};
use crate::telegram_scene::{Scene, group, group_chat, next_message, now};

const GROUP: i64 = -100_500;
const ADMIN: i64 = 70;
const MEMBER: i64 = 71;

fn scene() -> Scene {
    let scene = Scene::new();
    scene.telegram.set_admin(GROUP, ADMIN);
    scene
}

impl Scene {
    fn group_says(&self, user: i64, text: &str) -> i64 {
        self.writes(group(GROUP, user, json!({ "text": text })))
    }

    /// What comes back after `fields` were written: nothing came when the next reply is the one to a plain /ask.
    fn answers(&self, fields: Value) -> bool {
        let before = self.telegram.n_sent(GROUP);
        let asked = self.writes(group(GROUP, MEMBER, fields));
        let control = self.group_says(MEMBER, "/ask 新增就业多少");
        let first = self.telegram.sent(GROUP, before + 1);
        let replied = first.params["reply_parameters"]["message_id"].as_i64().unwrap();
        assert!(replied == asked || replied == control, "{first:?}");
        if replied == asked {
            self.telegram.sent(GROUP, before + 2);
        }
        replied == asked
    }
}

fn mention(text: &str) -> Value {
    let name = format!("@{BOT_NAME}");
    let at = text[..text.find(&name).unwrap()].encode_utf16().count();
    json!([{ "type": "mention", "offset": at, "length": name.len() }])
}

#[test]
fn a_group_is_answered_when_it_speaks_to_the_bot() {
    let scene = scene();
    assert!(scene.answers(json!({"text": "/ask 新增就业多少"})));
    assert!(scene.answers(json!({ "text": format!("/ask@{BOT_NAME} 新增就业多少") })));
    let anywhere = format!("谁知道 @{BOT_NAME} 新增就业多少");
    assert!(scene.answers(json!({"text": anywhere, "entities": mention(&anywhere)})));
    assert!(scene.answers(json!({"caption": anywhere, "caption_entities": mention(&anywhere), "photo": []})));
    let to_bot = json!({"message_id": 5, "date": now(), "chat": group_chat(GROUP), "from": {"id": BOT_ID, "is_bot": true, "first_name": "问数"}});
    assert!(scene.answers(json!({"text": "新增就业多少", "reply_to_message": to_bot})));
}

#[test]
fn a_group_that_speaks_to_others_is_left_alone() {
    let scene = scene();
    assert!(!scene.answers(json!({"text": "新增就业多少"})));
    assert!(!scene.answers(json!({"text": "/ask@other_bot 新增就业多少"})));
    assert!(!scene.answers(json!({"text": "/help"})));
    let other = json!({"message_id": 5, "date": now(), "chat": group_chat(GROUP), "from": {"id": 9, "is_bot": true, "first_name": "b"}});
    assert!(!scene.answers(json!({"text": "新增就业多少", "reply_to_message": other})));
}

#[test]
fn bots_are_never_answered() {
    let scene = scene();
    let ask = "/ask 新增就业多少";
    let bot = |id: i64| json!({"id": id, "is_bot": true, "first_name": "b"});
    assert!(!scene.answers(json!({"text": ask, "from": bot(9)})), "another bot");
    assert!(!scene.answers(json!({"text": ask, "from": bot(BOT_ID)})), "itself");
    assert!(!scene.answers(json!({"text": ask, "via_bot": bot(BOT_ID)})), "sent through inline mode");
    assert!(!scene.answers(json!({"text": ask, "via_bot": bot(9)})));
}

#[test]
fn a_post_copied_into_the_discussion_is_not_answered_twice() {
    let scene = scene();
    let copied = json!({"text": "/ask 新增就业多少", "is_automatic_forward": true, "sender_chat": {"id": -1009, "type": "channel"},
        "from": {"id": 777_000, "is_bot": false, "first_name": "Telegram"}});
    assert!(!scene.answers(copied));
}

#[test]
fn a_post_is_answered_in_its_channel_and_not_where_it_is_discussed() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__CHANNELS", "-100900")]);
    let asked = posts(&scene, CHANNEL, "/ask 新增就业多少");
    let channel = json!({"id": CHANNEL, "type": "channel", "title": "c"});
    // Telegram copies the post and the answer to it.
    let telegram = json!({"id": 777_000, "is_bot": false, "first_name": "Telegram"});
    for text in ["/ask 新增就业多少", &format!("@{BOT_NAME} 新增就业多少")] {
        let mut copy = json!({"text": text, "is_automatic_forward": true, "sender_chat": channel, "from": telegram,
            "forward_origin": {"type": "channel", "date": now(), "chat": channel, "message_id": asked}});
        if text.contains('@') {
            copy["entities"] = mention(text);
        }
        scene.writes(group(GROUP, 0, copy));
    }
    scene.telegram.sent(CHANNEL, 1);
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    assert_eq!((scene.telegram.n_sent(CHANNEL), scene.telegram.n_sent(GROUP)), (1, 0));
}

#[test]
fn an_edited_post_edits_its_answer() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__CHANNELS", "-100900")]);
    let asked = posts(&scene, CHANNEL, "/ask 新增就业多少");
    let reply = scene.telegram.sent(CHANNEL, 1);
    let (_, update) = post(CHANNEL, "/ask 渝中稳岗多少人");
    let mut edited = update["channel_post"].clone();
    edited["message_id"] = json!(asked);
    edited["edit_date"] = json!(now());
    scene.telegram.push(json!({ "edited_channel_post": edited }));
    let edit = scene.telegram.edited(CHANNEL, 1);
    assert_eq!(edit.params["message_id"], reply.message_id());
    assert!(edit.text().starts_with("<b>50.73万人</b>"));
}

#[test]
fn a_topic_is_answered_in_the_topic() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__TYPING_AFTER_MS", "0")]);
    scene.writes(group(
        GROUP,
        MEMBER,
        json!({"text": "/ask 新增就业多少", "message_thread_id": 33, "is_topic_message": true}),
    ));
    assert_eq!(scene.telegram.sent(GROUP, 1).params["message_thread_id"], 33);
    // What a button asks there is answered there too, and so is typing.
    scene.writes(group(
        GROUP,
        MEMBER,
        json!({"text": "/ask 广州新增就业", "message_thread_id": 33, "is_topic_message": true}),
    ));
    let declined = scene.telegram.sent(GROUP, 2);
    let (label, _) = declined.buttons().into_iter().next().unwrap();
    scene.telegram.push(json!({"callback_query": {
        "id": "p", "from": {"id": MEMBER, "is_bot": false, "first_name": "x"}, "chat_instance": "1",
        "data": declined.data(&label),
        "message": {"message_id": declined.message_id(), "date": now(), "chat": group_chat(GROUP),
            "message_thread_id": 33, "is_topic_message": true},
    }}));
    assert_eq!(scene.telegram.sent(GROUP, 3).params["message_thread_id"], 33);
    assert!(
        scene
            .telegram
            .requests("sendChatAction")
            .iter()
            .all(|typing| typing.params["message_thread_id"] == 33)
    );
    // A thread of replies outside of forums is no topic.
    scene.writes(group(GROUP, MEMBER, json!({"text": "/ask 新增就业多少", "message_thread_id": 34})));
    assert!(scene.telegram.sent(GROUP, 4).params["message_thread_id"].is_null());
}

#[test]
fn a_topic_that_was_closed_loses_no_answer() {
    let scene = scene();
    scene.telegram.mishaps("sendMessage", [Mishap::Refuse(400, "Bad Request: message thread not found")]);
    scene.writes(group(
        GROUP,
        MEMBER,
        json!({"text": "/ask 新增就业多少", "message_thread_id": 33, "is_topic_message": true}),
    ));
    let sent = scene.telegram.sent(GROUP, 1);
    assert!(sent.params["message_thread_id"].is_null());
    assert_eq!(scene.telegram.refusals().len(), 1);
    scene.telegram.forget();
}

#[test]
fn a_question_without_words_asks_for_them() {
    let scene = scene();
    scene.group_says(MEMBER, "/ask");
    let asked = scene.telegram.sent(GROUP, 1);
    assert_eq!(asked.params["reply_markup"]["force_reply"], true);
    assert_eq!(asked.params["reply_markup"]["selective"], true);
}

#[test]
fn only_administrators_set_a_group() {
    let scene = scene();
    for (idx, command) in ["/scope 海拉尔", "/lang en", "/trigger 问数", "/quiet"].into_iter().enumerate()
    {
        scene.group_says(MEMBER, command);
        let told = scene.telegram.sent(GROUP, idx + 1);
        assert!(told.text().contains("只有群管理员"), "{command}: {}", told.text());
    }
    scene.group_says(MEMBER, "/ask 新增就业多少");
    assert!(scene.telegram.sent(GROUP, 5).text().contains("渝中区"));
    assert_eq!(scene.telegram.requests("getChatMember").len(), 1, "asked once, then remembered");
}

#[test]
fn who_is_an_administrator_is_asked_again_after_a_while() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__ADMIN_CACHE_SECONDS", "0")]);
    scene.group_says(MEMBER, "/quiet");
    assert!(scene.telegram.sent(GROUP, 1).text().contains("只有群管理员"));
    scene.telegram.set_admin(GROUP, MEMBER);
    scene.group_says(MEMBER, "/quiet");
    assert!(scene.telegram.sent(GROUP, 2).text().contains("已开安静模式"));
}

#[test]
fn nobody_sets_a_group_while_its_administrators_are_unknown() {
    let scene = scene();
    scene.telegram.mishaps("getChatMember", [Mishap::Refuse(502, "Bad Gateway")]);
    scene.group_says(ADMIN, "/quiet");
    assert!(scene.telegram.sent(GROUP, 1).text().contains("没有办成"));
    scene.group_says(ADMIN, "/quiet");
    assert!(scene.telegram.sent(GROUP, 2).text().contains("已开安静模式"));
}

#[test]
fn a_trigger_word_is_set_with_a_warning_where_the_bot_hears_commands_only() {
    let scene = scene();
    scene.group_says(ADMIN, "/trigger 问数");
    assert!(scene.telegram.sent(GROUP, 1).text().contains("/setprivacy"));
    scene.telegram.set_admin(-100_501, ADMIN);
    scene.telegram.set_admin(-100_501, BOT_ID);
    scene.writes(group(-100_501, ADMIN, json!({"text": "/trigger 问数"})));
    let told = scene.telegram.sent(-100_501, 1);
    assert!(told.text().contains("“问数”") && !told.text().contains("/setprivacy"), "{}", told.text());
}

#[test]
fn an_administrator_sets_scope_and_language_of_a_group() {
    let scene = scene();
    scene.group_says(ADMIN, "/scope 海拉尔");
    assert!(scene.telegram.sent(GROUP, 1).text().contains("海拉尔区"));
    scene.group_says(ADMIN, "/lang en");
    assert!(scene.telegram.sent(GROUP, 2).text().contains("English"));
    scene.group_says(MEMBER, "/ask 新增就业多少");
    let scoped = scene.telegram.sent(GROUP, 3);
    assert!(scoped.text().contains("海拉尔") && scoped.text().contains("achieved"), "{}", scoped.text());
}

#[test]
fn an_anonymous_administrator_is_one_too() {
    let scene = scene();
    let fields = json!({"text": "/lang en", "sender_chat": group_chat(GROUP), "from": {"id": 1_087_968_824, "is_bot": true, "first_name": "Group"}});
    scene.writes(group(GROUP, 0, fields));
    assert!(scene.telegram.sent(GROUP, 1).text().contains("English"));
}

#[test]
fn a_trigger_word_makes_a_message_a_question() {
    let scene = scene();
    scene.group_says(ADMIN, "/trigger");
    assert!(scene.telegram.sent(GROUP, 1).text().contains("没有触发词"));
    scene.group_says(ADMIN, "/trigger 问数");
    assert!(scene.telegram.sent(GROUP, 2).text().contains("“问数”"));
    scene.group_says(ADMIN, "/trigger");
    assert!(scene.telegram.sent(GROUP, 3).text().contains("触发词是“问数”"));
    assert!(scene.answers(json!({"text": "问数，新增就业多少"})));
    assert!(!scene.answers(json!({"text": "请问数一数"})));
    let before = scene.telegram.n_sent(GROUP);
    scene.group_says(ADMIN, "/trigger off");
    assert!(scene.telegram.sent(GROUP, before + 1).text().contains("已取消"));
    assert!(!scene.answers(json!({"text": "问数，新增就业多少"})));
}

#[test]
fn a_quiet_group_hears_no_sound_and_no_declines_it_did_not_ask_for() {
    let scene = scene();
    scene.group_says(ADMIN, "/trigger 问数");
    scene.telegram.sent(GROUP, 1);
    scene.group_says(ADMIN, "/quiet");
    scene.telegram.sent(GROUP, 2);
    assert!(!scene.answers(json!({"text": "问数 广州新增就业"})), "a decline to a trigger word");
    assert!(scene.answers(json!({"text": "问数 新增就业多少"})));
    assert!(scene.answers(json!({"text": "/ask 广州新增就业"})), "a decline to a command");
    let last = scene.telegram.sent(GROUP, scene.telegram.n_sent(GROUP));
    assert_eq!(last.params["disable_notification"], true);
    let before = scene.telegram.n_sent(GROUP);
    scene.group_says(ADMIN, "/quiet");
    assert!(scene.telegram.sent(GROUP, before + 1).text().contains("已关"));
}

#[test]
fn buttons_that_set_a_group_are_for_administrators() {
    let scene = scene();
    scene.group_says(ADMIN, "/lang");
    let menu = scene.telegram.sent(GROUP, 1);
    let press = scene.presses(MEMBER, group_chat(GROUP), menu.message_id(), &menu.data("English"));
    let told = scene.telegram.told(&press);
    assert!(told.text().contains("只有群管理员") && told.params["show_alert"] == true);
    scene.group_says(ADMIN, "/scope");
    let places = scene.telegram.sent(GROUP, 2);
    let press = scene.presses(MEMBER, group_chat(GROUP), places.message_id(), &places.data("2023"));
    assert!(scene.telegram.told(&press).text().contains("只有群管理员"));
    scene.presses(ADMIN, group_chat(GROUP), menu.message_id(), &menu.data("English"));
    assert!(scene.telegram.edited(GROUP, 1).text().contains("English"));
}

#[test]
fn settings_for_groups_are_refused_in_private() {
    let scene = scene();
    scene.says(7, "/quiet");
    assert!(scene.telegram.sent(7, 1).text().contains("只用于群"));
    scene.says(7, "/trigger 问数");
    assert!(scene.telegram.sent(7, 2).text().contains("只用于群"));
}

const CHANNEL: i64 = -100_900;

fn post(channel: i64, text: &str) -> (i64, Value) {
    let id = next_message();
    let sender = json!({"id": channel, "type": "channel", "title": "c", "username": "news_channel"});
    let mut post =
        json!({"message_id": id, "date": now(), "chat": sender, "sender_chat": sender, "text": text});
    if text.contains(BOT_NAME) {
        post["entities"] = mention(text);
    }
    (id, json!({ "channel_post": post }))
}

fn posts(scene: &Scene, channel: i64, text: &str) -> i64 {
    let (id, update) = post(channel, text);
    scene.telegram.push(update);
    id
}

#[test]
fn a_channel_the_operator_allows_is_answered_by_a_reply() {
    for allowed in ["-100900", "@News_Channel"] {
        let scene = Scene::with(&[("WENSHU_TELEGRAM__CHANNELS", allowed)]);
        posts(&scene, CHANNEL, "新增就业多少");
        let asked = posts(&scene, CHANNEL, "/ask 新增就业多少");
        let reply = scene.telegram.sent(CHANNEL, 1);
        assert_eq!(reply.params["reply_parameters"]["message_id"], asked);
        assert!(reply.text().starts_with("<b>6.6万人</b>"));
        let mentioned = posts(&scene, CHANNEL, &format!("@{BOT_NAME} 新增就业多少"));
        assert_eq!(scene.telegram.sent(CHANNEL, 2).params["reply_parameters"]["message_id"], mentioned);
    }
}

#[test]
fn other_channels_are_not_answered_until_the_operator_allows_them() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__OPERATORS", "7"), ("WENSHU_TELEGRAM__CHANNELS", "-100901")]);
    posts(&scene, CHANNEL, "/ask 新增就业多少");
    scene.says(8, "/allow -100900");
    assert!(scene.telegram.sent(8, 1).text().contains("没有这个命令"), "not for everybody");
    scene.says(7, "/allow -100900");
    assert!(scene.telegram.sent(7, 1).text().contains("可以提问了"));
    assert_eq!(scene.telegram.n_sent(CHANNEL), 0);
    let asked = posts(&scene, CHANNEL, "/ask 新增就业多少");
    assert_eq!(scene.telegram.sent(CHANNEL, 1).params["reply_parameters"]["message_id"], asked);
    scene.says(7, "/forbid -100900");
    assert!(scene.telegram.sent(7, 2).text().contains("不再回答"));
    scene.says(7, "/forbid channel");
    assert!(scene.telegram.sent(7, 3).text().contains("用法"));
    scene.says(7, "/forbid -100901");
    assert!(scene.telegram.sent(7, 4).text().contains("telegram.channels"));
    posts(&scene, CHANNEL, "/ask 新增就业多少");
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 5);
    assert_eq!(scene.telegram.n_sent(CHANNEL), 1);
}
