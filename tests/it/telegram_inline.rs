//! The bot in anybody's chat, by inline mode.

use serde_json::{Value, json};

use crate::stand_in::Request;
use crate::telegram_scene::{Scene, next_message};

impl Scene {
    fn types(&self, user: i64, query: &str, offset: &str) -> Request {
        self.types_in(json!({"id": user, "is_bot": false, "first_name": "x"}), query, offset)
    }

    fn types_in(&self, from: Value, query: &str, offset: &str) -> Request {
        let id = format!("inline{}", next_message());
        self.telegram
            .push(json!({"inline_query": {"id": id, "from": from, "query": query, "offset": offset}}));
        self.telegram.wait("answerInlineQuery", |request| request.params["inline_query_id"] == id)
    }
}

fn results(request: &Request) -> Vec<Value> {
    request.params["results"].as_array().unwrap().clone()
}

#[test]
fn a_result_tells_figure_sentence_and_place_and_sends_the_full_answer() {
    let scene = Scene::new();
    let answer = scene.types(7, "新增就业", "");
    let first = &results(&answer)[0];
    assert_eq!(first["type"], "article");
    insta::assert_snapshot!(first["title"].as_str().unwrap(), @"6.6万人 · 新增城镇就业 · 2022年完成");
    insta::assert_snapshot!(first["description"].as_str().unwrap(), @"重庆市渝中区2023年：就业方面，全区稳岗50.73万人，发放稳岗返还等补贴2.8亿元，新增城镇就业6.6万人。");
    let content = &first["input_message_content"];
    let text = content["message_text"].as_str().unwrap();
    assert!(
        text.starts_with("<b>6.6万人</b>") && text.contains("<blockquote>") && text.contains("——"),
        "{text}"
    );
    assert_eq!(content["parse_mode"], "HTML");
    assert_eq!(content["link_preview_options"]["is_disabled"], true);
}

#[test]
fn pages_follow_one_another_without_overlap() {
    let scene = Scene::new();
    let mut seen: Vec<String> = Vec::new();
    let mut offset = String::new();
    loop {
        let page = scene.types(7, "新增就业", &offset);
        assert!(results(&page).len() <= 5);
        seen.extend(results(&page).iter().map(|result| result["id"].as_str().unwrap().to_owned()));
        offset = page.params["next_offset"].as_str().unwrap().to_owned();
        if offset.is_empty() {
            break;
        }
    }
    let n_seen = seen.len();
    seen.sort();
    seen.dedup();
    assert!(n_seen > 5 && seen.len() == n_seen, "{seen:?}");
    assert!(results(&scene.types(7, "新增就业", "9999")).is_empty());
}

#[test]
fn nothing_found_offers_the_private_chat_where_it_is_asked() {
    let scene = Scene::new();
    let answer = scene.types(7, "广州新增就业", "");
    assert!(results(&answer).is_empty());
    let payload = answer.params["button"]["start_parameter"].as_str().unwrap().to_owned();
    scene.says(7, &format!("/start {payload}"));
    assert!(scene.telegram.sent(7, 1).text().contains("没有广州的报告"));
    let long = scene.types(7, &"广州火山喷发".repeat(20), "");
    assert_eq!(long.params["button"]["start_parameter"], "help");
    assert!(scene.types(7, "", "").params["button"]["text"].as_str().unwrap().contains("写出指标"));
}

#[test]
fn an_answer_for_everybody_is_cached_for_everybody() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__INLINE_CACHE_SECONDS", "77")]);
    let answer = scene.types(7, "新增就业", "");
    assert_eq!(answer.params["is_personal"], false);
    assert_eq!(answer.params["cache_time"], 77);
}

#[test]
fn an_answer_from_a_private_scope_or_language_is_nobody_else_s() {
    let scene = Scene::new();
    scene.says(7, "/scope 海拉尔");
    scene.telegram.sent(7, 1);
    let scoped = scene.types(7, "新增就业", "");
    assert_eq!(scoped.params["is_personal"], true);
    assert_eq!(scoped.params["cache_time"], 10, "a change of scope is seen soon");
    assert!(results(&scoped)[0]["description"].as_str().unwrap().contains("海拉尔"));
    let nothing = scene.types(7, "渝中区火山", "");
    assert_eq!(nothing.params["is_personal"], true, "also when nothing is found");
    let other = scene.types(8, "新增就业", "");
    assert_eq!(other.params["is_personal"], false);
    assert!(results(&other)[0]["description"].as_str().unwrap().contains("渝中"));
    let english = json!({"id": 9, "is_bot": false, "first_name": "x", "language_code": "en"});
    assert_eq!(scene.types_in(english, "新增就业", "").params["is_personal"], true);
}

#[test]
fn too_many_key_strokes_are_told_once_and_then_ignored() {
    let scene = Scene::with(&[("WENSHU_TELEGRAM__INLINE_PER_MINUTE", "2")]);
    scene.types(7, "新增就业", "");
    scene.types(7, "新增就业", "");
    let told = scene.types(7, "新增就业", "");
    assert!(told.params["button"]["text"].as_str().unwrap().contains("太快"));
    scene.telegram.push(json!({"inline_query": {"id": "ignored", "from": {"id": 7, "is_bot": false, "first_name": "x"}, "query": "新增就业", "offset": ""}}));
    scene.types(8, "新增就业", "");
    let answered = scene.telegram.requests("answerInlineQuery");
    assert!(answered.iter().all(|request| request.params["inline_query_id"] != "ignored"));
}
