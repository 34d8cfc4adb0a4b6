//! The bot's menu and descriptions, and long texts.

use serde_json::Value;

use crate::stand_in::{Program, StandIn, data_dir};
use crate::telegram_scene::{Scene, private_chat};

#[test]
fn menu_and_descriptions_are_set_when_they_differ_and_only_then() {
    let mut scene = Scene::new();
    scene.telegram.wait_nth("last description", 2, |request| request.method == "setMyShortDescription");
    let menus = scene.telegram.requests("setMyCommands");
    let mut kinds: Vec<(String, String)> = menus
        .iter()
        .map(|menu| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&menu.params["scope"]["type"]), text(&menu.params["language_code"]))
        })
        .collect();
    kinds.sort();
    let scopes = ["all_chat_administrators", "all_group_chats", "all_private_chats"];
    let expected: Vec<(String, String)> = scopes
        .iter()
        .flat_map(|scope| ["", "en"].map(|lang| ((*scope).to_owned(), lang.to_owned())))
        .collect();
    assert_eq!(kinds, expected);
    let admins = menus.iter().find(|menu| menu.params["scope"]["type"] == "all_chat_administrators").unwrap();
    assert!(admins.params["commands"].to_string().contains("trigger"));
    assert_eq!(scene.telegram.requests("setMyDescription").len(), 2);
    scene.restart(&[]);
    scene.telegram.wait_nth("second look", 4, |request| request.method == "getMyShortDescription");
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1);
    assert_eq!(scene.telegram.requests("setMyCommands").len(), 6);
    assert_eq!(scene.telegram.requests("setMyDescription").len(), 2);
    assert_eq!(scene.telegram.requests("setMyShortDescription").len(), 2);
}

/// A bot over one report with these lines.
fn over(lines: &str) -> Scene {
    let dir = data_dir();
    let file = dir.path().join("2024_青海省.txt");
    let text = format!("青海省政府工作报告\n（2024年1月10日）\n一、2023年工作回顾\n{lines}\n");
    std::fs::write(&file, text).unwrap();
    let imported = std::process::Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("--data-dir")
        .arg(dir.path())
        .arg("import")
        .arg(&file)
        .output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");
    let telegram = StandIn::start();
    let program = Program::start(&telegram, dir.path(), &[]);
    Scene { telegram, program, dir }
}

/// A bot over one report whose only paragraph is far longer than a message.
fn long_winded() -> Scene {
    let filler = "各项工作扎实推进，<改革>不断深化。".repeat(400);
    over(&format!("{filler}全省城镇新增就业6.4万人。{filler}"))
}

#[test]
fn examples_are_taken_from_what_is_loaded() {
    let scene = over(
        "全省城镇新增就业6.4万人。粮食产量116.2万吨，增长3.1%。旅游收入430.7亿元。固定资产投资增长2.5%。",
    );
    scene.says(7, "/help");
    let help = scene.telegram.sent(7, 1);
    let examples: Vec<&str> = help.text().lines().filter_map(|line| line.strip_prefix("• ")).collect();
    assert_eq!(examples.len(), 3, "{}", help.text());
    assert!(examples.iter().all(|example| example.starts_with("青海省")), "{examples:?}");
}

#[test]
fn a_context_too_long_for_a_message_is_shortened_in_place() {
    let scene = long_winded();
    scene.says(7, "青海新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    assert!(reply.text().starts_with("<b>6.4万人</b>"), "{}", reply.text());
    scene.presses(7, private_chat(7), reply.message_id(), &reply.data("上下文"));
    let shown = scene.telegram.edited(7, 1);
    assert!(shown.text().matches("……").count() == 2 && shown.text().contains("&lt;改革&gt;"));
    assert!(shown.text().contains("<b>全省城镇新增就业6.4万人。</b>"), "the sentence is among what is shown");
}

#[test]
fn a_passage_too_long_for_a_message_comes_in_parts() {
    let scene = long_winded();
    scene.telegram.push(serde_json::json!({"inline_query": {"id": "q", "from": {"id": 8, "is_bot": false, "first_name": "x"}, "query": "青海新增就业", "offset": ""}}));
    let answer = scene.telegram.wait("answerInlineQuery", |_| true);
    let link = answer.params["results"][0]["reply_markup"]["inline_keyboard"][0][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    scene.says(7, &format!("/start {}", link.split_once("?start=").unwrap().1));
    let parts: Vec<String> = (1..=4).map(|n| scene.telegram.sent(7, n).text().to_owned()).collect();
    assert!(parts[3].contains("——"), "the source ends the last part");
    for part in &parts {
        assert!(part.starts_with("<blockquote>"), "tags are opened again");
    }
    assert!(parts.iter().any(|part| part.contains("<b>全省城镇新增就业6.4万人。</b>")));
}
