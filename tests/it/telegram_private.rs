//! The bot in a private chat.

use serde_json::json;

use crate::telegram_scene::{Scene, private, private_chat};

#[test]
fn a_question_gets_figure_sentence_and_source() {
    let scene = Scene::new();
    let question = scene.says(7, "新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    insta::assert_snapshot!(reply.text(), @"
    <b>6.6万人</b> · 新增城镇就业 · 2022年完成
    <blockquote>就业方面，全区稳岗50.73万人，发放稳岗返还等补贴2.8亿元，新增城镇就业<b><u>6.6万人</u></b>。</blockquote>—— 重庆市渝中区政府工作报告摘要（2023年2月1日） · 2023-02-01 · 一、2022年工作回顾 · （六）抓民生福祉添新
    ");
    assert_eq!(reply.params["parse_mode"], "HTML");
    assert_eq!(reply.params["link_preview_options"]["is_disabled"], true);
    assert_eq!(reply.params["reply_parameters"]["message_id"], question);
    assert_eq!(reply.params["reply_parameters"]["allow_sending_without_reply"], true);
}

#[test]
fn ask_works_as_a_command_too() {
    let scene = Scene::new();
    scene.says(7, "/ask 新增就业多少");
    assert!(scene.telegram.sent(7, 1).text().starts_with("<b>6.6万人</b>"));
    scene.says(7, "/ask");
    assert!(scene.telegram.sent(7, 2).text().contains("请写出要问的指标"));
}

#[test]
fn what_is_not_stated_is_declined_and_the_nearest_offered() {
    let scene = Scene::new();
    scene.says(7, "广州新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    assert!(reply.text().starts_with("没有广州的报告"), "{}", reply.text());
    assert!(!reply.text().contains("<b>"), "no figure in a decline: {}", reply.text());
    let (label, button) = reply.buttons().first().cloned().unwrap();
    assert!(button["callback_data"].is_string());
    scene.presses(7, private_chat(7), reply.message_id(), &reply.data(&label));
    let answer = scene.telegram.sent(7, 2);
    assert!(answer.text().starts_with("<b>"), "the offer asks: {}", answer.text());
    assert_eq!(answer.params["reply_parameters"]["message_id"], reply.message_id());
}

#[test]
fn start_and_help_show_three_questions_that_are_answered() {
    let scene = Scene::new();
    scene.says(7, "/start");
    let welcome = scene.telegram.sent(7, 1);
    assert!(welcome.text().contains("问数"), "{}", welcome.text());
    scene.says(7, "/help");
    let help = scene.telegram.sent(7, 2);
    let examples: Vec<String> =
        help.text().lines().filter_map(|line| line.strip_prefix("• ")).map(str::to_owned).collect();
    assert_eq!(examples.len(), 3, "{}", help.text());
    for (idx, example) in examples.iter().enumerate() {
        scene.says(7, example);
        let answer = scene.telegram.sent(7, 3 + idx);
        assert!(answer.text().starts_with("<b>"), "{example}: {}", answer.text());
    }
}

#[test]
fn reports_are_listed_page_by_page() {
    let scene = Scene::new();
    scene.says(7, "/reports");
    let first = scene.telegram.sent(7, 1);
    assert!(first.text().contains("16份报告"), "{}", first.text());
    assert_eq!(first.text().matches("• ").count(), 10);
    scene.presses(7, private_chat(7), first.message_id(), &first.data("›"));
    let second = scene.telegram.edited(7, 1);
    assert_eq!(second.text().matches("• ").count(), 6);
    assert_ne!(first.text(), second.text());
}

#[test]
fn a_scope_by_words_narrows_what_is_asked() {
    let scene = Scene::new();
    scene.says(7, "/scope 海拉尔");
    assert!(scene.telegram.sent(7, 1).text().contains("海拉尔区"));
    scene.says(7, "新增就业多少");
    let scoped = scene.telegram.sent(7, 2);
    assert!(scoped.text().contains("海拉尔"), "{}", scoped.text());
    scene.says(7, "/scope 全部");
    assert!(scene.telegram.sent(7, 3).text().contains("全部报告"));
    scene.says(7, "新增就业多少");
    assert!(scene.telegram.sent(7, 4).text().contains("渝中区"));
    scene.says(7, "/scope 亚特兰蒂斯");
    assert!(scene.telegram.sent(7, 5).text().contains("没有“亚特兰蒂斯”的报告"));
}

#[test]
fn a_scope_by_buttons_is_marked_and_survives_a_restart() {
    let mut scene = Scene::new();
    scene.says(7, "/scope");
    let menu = scene.telegram.sent(7, 1);
    let (label, _) = menu.buttons().into_iter().find(|(label, _)| label.contains("海拉尔")).unwrap();
    scene.presses(7, private_chat(7), menu.message_id(), &menu.data(&label));
    let marked = scene.telegram.edited(7, 1);
    assert!(marked.text().contains("海拉尔"), "{}", marked.text());
    assert!(marked.buttons().iter().any(|(text, _)| text.starts_with("✓ 海拉尔")), "{:?}", marked.buttons());
    scene.restart(&[]);
    scene.says(7, "新增就业多少");
    assert!(scene.telegram.sent(7, 2).text().contains("海拉尔"));
    scene.says(7, "/scope");
    let year = scene.telegram.sent(7, 3);
    scene.presses(7, private_chat(7), year.message_id(), &year.data("全部"));
    let cleared = scene.telegram.edited(7, 2);
    assert!(cleared.text().contains("全部报告"), "{}", cleared.text());
    scene.presses(7, private_chat(7), year.message_id(), &cleared.data("2023"));
    assert!(scene.telegram.edited(7, 3).text().contains("2023年"));
}

#[test]
fn the_words_follow_the_reader_and_quotations_stay() {
    let scene = Scene::new();
    let quotation = "新增城镇就业<b><u>6.6万人</u></b>";
    let from = |code: &str| json!({"from": {"id": 7, "is_bot": false, "first_name": "x", "language_code": code}, "text": "新增就业多少"});
    scene.writes(private(7, from("en")));
    let english = scene.telegram.sent(7, 1);
    assert!(
        english.text().contains("2022, achieved") && english.text().contains(quotation),
        "{}",
        english.text()
    );
    scene.writes(private(7, from("zh-hant")));
    let traditional = scene.telegram.sent(7, 2);
    assert!(traditional.text().contains(quotation), "{}", traditional.text());
    assert!(traditional.buttons().iter().any(|(label, _)| label == "看繁體"));
    assert!(english.buttons().iter().all(|(label, _)| label != "看繁體"));
}

#[test]
fn a_language_is_chosen_by_button_or_by_name() {
    let scene = Scene::new();
    scene.says(7, "/lang");
    let menu = scene.telegram.sent(7, 1);
    scene.presses(7, private_chat(7), menu.message_id(), &menu.data("English"));
    assert!(scene.telegram.edited(7, 1).text().contains("English"));
    scene.says(7, "广州新增就业多少");
    assert!(scene.telegram.sent(7, 2).text().starts_with("There is no report of"));
    scene.says(7, "/lang 繁體");
    assert!(scene.telegram.sent(7, 3).text().contains("繁體"));
    scene.says(7, "广州新增就业多少");
    assert!(scene.telegram.sent(7, 4).text().starts_with("沒有"));
}

#[test]
fn privacy_tells_what_is_stored_and_for_how_long() {
    let scene = Scene::with(&[("WENSHU_STATE__QUESTION_DAYS", "5")]);
    scene.says(7, "/privacy");
    let text = scene.telegram.sent(7, 1);
    assert!(text.text().contains("5天") && text.text().contains("365天"), "{}", text.text());
}

#[test]
fn an_unknown_command_is_told_so() {
    let scene = Scene::new();
    scene.says(7, "/dance");
    assert!(scene.telegram.sent(7, 1).text().contains("没有这个命令"));
}

#[test]
fn a_long_question_gets_a_short_answer_how_to_ask() {
    let scene = Scene::new();
    scene.says(7, &"新增就业多少".repeat(100));
    let reply = scene.telegram.sent(7, 1);
    assert!(reply.text().contains("最多500字"), "{}", reply.text());
    scene.says(7, &"新".repeat(500));
    assert!(!scene.telegram.sent(7, 2).text().contains("最多500字"));
}

#[test]
fn a_text_of_markup_is_escaped() {
    let scene = Scene::new();
    scene.says(7, "/scope <b>&amp;");
    let reply = scene.telegram.sent(7, 1);
    assert!(reply.text().contains("“&lt;b&gt;&amp;amp;”"), "{}", reply.text());
}

#[test]
fn a_link_to_a_passage_opens_it_in_its_context() {
    let scene = Scene::new();
    let passage = scene.telegram.push(json!({"inline_query": {"id": "q1", "from": {"id": 8, "is_bot": false, "first_name": "x"}, "query": "新增就业", "offset": ""}}));
    assert!(passage > 0);
    let answer = scene.telegram.wait("answerInlineQuery", |_| true);
    let link = answer.params["results"][0]["reply_markup"]["inline_keyboard"][0][0]["url"].as_str().unwrap();
    let payload = link.split_once("?start=").unwrap().1;
    scene.says(7, &format!("/start {payload}"));
    let reply = scene.telegram.sent(7, 1);
    assert!(reply.text().contains("<b>就业方面"), "the sentence is marked: {}", reply.text());
    assert!(reply.text().contains("（六）抓民生福祉添新"), "{}", reply.text());
    scene.says(7, "/start s000000000000_3");
    assert!(scene.telegram.sent(7, 2).text().contains("找不到这一段"));
}

#[test]
fn a_link_that_asks_is_answered() {
    let scene = Scene::new();
    // 新增就业多少 in base64 of UTF-8.
    scene.says(7, "/start q5paw5aKe5bCx5Lia5aSa5bCR");
    assert!(scene.telegram.sent(7, 1).text().starts_with("<b>6.6万人</b>"));
    scene.says(7, "/start q%%%");
    assert!(scene.telegram.sent(7, 2).text().contains("您好"));
}

#[test]
fn typing_is_shown_only_when_an_answer_takes_its_time() {
    let quick = Scene::with(&[("WENSHU_TELEGRAM__TYPING_AFTER_MS", "20000")]);
    quick.says(7, "新增就业多少");
    quick.telegram.sent(7, 1);
    assert!(quick.telegram.requests("sendChatAction").is_empty());
    let slow = Scene::with(&[("WENSHU_TELEGRAM__TYPING_AFTER_MS", "0")]);
    slow.says(7, "新增就业多少");
    slow.telegram.sent(7, 1);
    let typing = slow.telegram.wait("sendChatAction", |request| request.chat() == 7);
    assert_eq!(typing.params["action"], "typing");
}

#[test]
fn questions_are_not_logged_above_debug() {
    let mut scene = Scene::new();
    scene.says(7, "渝中区新增就业多少");
    scene.telegram.sent(7, 1);
    scene.program.stop();
    assert!(scene.program.log().contains("\"question\""), "{}", scene.program.log());
    assert!(!scene.program.log().contains("新增就业"), "{}", scene.program.log());
}
