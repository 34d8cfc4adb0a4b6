//! Buttons under answers, and edited questions.

use serde_json::json;

use wenshu::storage::Store;

use crate::stand_in::Request;
use crate::telegram_scene::{Scene, group, group_chat, now, private, private_chat};

/// Asks in private and gives the reply.
fn asked(scene: &Scene) -> Request {
    scene.says(7, "新增就业多少");
    scene.telegram.sent(7, 1)
}

#[test]
fn context_is_shown_as_an_expandable_quotation_and_hidden_again() {
    let scene = Scene::new();
    let reply = asked(&scene);
    scene.presses(7, private_chat(7), reply.message_id(), &reply.data("上下文"));
    let shown = scene.telegram.edited(7, 1);
    assert_eq!(shown.params["message_id"], reply.message_id());
    assert!(shown.text().contains("<blockquote expandable>"), "{}", shown.text());
    assert!(shown.text().starts_with(reply.text()), "the answer stays");
    let (_, context) = shown.text().split_once("<blockquote expandable>").unwrap();
    let around = context.replace("</blockquote>", "");
    assert!(!around.starts_with("<b>") || !around.ends_with("</b>"), "more than the sentence: {around}");
    scene.presses(7, private_chat(7), reply.message_id(), &shown.data("收起上下文"));
    assert_eq!(scene.telegram.edited(7, 2).text(), reply.text());
}

#[test]
fn other_candidates_are_leafed_through_in_the_same_message() {
    let scene = Scene::new();
    let reply = asked(&scene);
    let label = reply.buttons().into_iter().find(|(label, _)| label.starts_with("其他候选")).unwrap().0;
    let n_candidates: usize = label.trim_end_matches(" ›").rsplit('/').next().unwrap().parse().unwrap();
    assert!(n_candidates > 2, "{label}");
    let mut last = reply.clone();
    let mut seen = vec![reply.text().to_owned()];
    for position in 1..n_candidates {
        scene.presses(7, private_chat(7), reply.message_id(), &last.data("其他候选"));
        last = scene.telegram.edited(7, position);
        assert!(
            last.buttons()
                .iter()
                .any(|(label, _)| label.contains(&format!("{}/{n_candidates}", position + 1)))
        );
        assert!(!seen.contains(&last.text().to_owned()), "{}", last.text());
        seen.push(last.text().to_owned());
    }
    scene.presses(7, private_chat(7), reply.message_id(), &last.data("其他候选"));
    assert_eq!(scene.telegram.edited(7, n_candidates).text(), reply.text(), "round again");
    assert_eq!(scene.telegram.n_sent(7), 1);
}

#[test]
fn a_converted_copy_stands_under_the_quotation_on_request() {
    let scene = Scene::new();
    scene.says(7, "/lang 繁體");
    scene.telegram.sent(7, 1);
    scene.says(7, "新增就業多少");
    let reply = scene.telegram.sent(7, 2);
    assert!(reply.text().contains("新增城镇就业<b><u>6.6万人</u></b>"), "{}", reply.text());
    scene.presses(7, private_chat(7), reply.message_id(), &reply.data("看繁體"));
    let shown = scene.telegram.edited(7, 1);
    assert!(shown.text().contains("新增城镇就业<b><u>6.6万人</u></b>"), "verbatim: {}", shown.text());
    assert!(shown.text().contains("新增城鎮就業6.6萬人"), "{}", shown.text());
}

#[test]
fn thumbs_are_kept_with_question_answer_and_reason() {
    let mut scene = Scene::new();
    let reply = asked(&scene);
    let good = scene.presses(7, private_chat(7), reply.message_id(), &reply.data("👍"));
    assert!(scene.telegram.told(&good).text().contains("谢谢"));
    let bad = scene.presses(8, private_chat(7), reply.message_id(), &reply.data("👎"));
    assert!(scene.telegram.told(&bad).text().contains("哪里不对"));
    let reasons = scene.telegram.edited(7, 1);
    let why = scene.presses(8, private_chat(7), reply.message_id(), &reasons.data("年份或地方"));
    assert!(scene.telegram.told(&why).text().contains("已记下"));
    let restored = scene.telegram.edited(7, 2);
    assert_eq!(restored.params["reply_markup"], reply.params["reply_markup"], "the buttons come back");
    scene.program.stop();
    let feedback = Store::open(&scene.dir.path().join("state.sqlite")).unwrap().feedback().unwrap();
    assert_eq!(feedback.len(), 2, "{feedback:?}");
    let of = |user: i64| feedback.iter().find(|feedback| feedback.user == user).unwrap();
    assert!(of(7).good && of(7).reason.is_none());
    assert!(!of(8).good);
    assert_eq!(of(8).reason.as_deref(), Some("period"));
    assert_eq!((of(8).question.as_str(), of(8).figure.as_str()), ("新增就业多少", "6.6万人"));
    assert!(of(8).sentence.contains("新增城镇就业6.6万人") && !of(8).report.is_empty());
}

#[test]
fn an_answer_is_shared_through_inline_mode() {
    let scene = Scene::new();
    let reply = asked(&scene);
    let (_, share) = reply.buttons().into_iter().find(|(label, _)| label == "转发").unwrap();
    assert_eq!(share["switch_inline_query"], "新增就业多少");
}

#[test]
fn buttons_of_forgotten_answers_reply_politely() {
    let scene = Scene::new();
    let reply = asked(&scene);
    for data in ["v.zz.0.1.0", "g.zz.0", "nonsense", "👍"] {
        let press = scene.presses(7, private_chat(7), reply.message_id(), data);
        let told = scene.telegram.told(&press);
        assert!(told.text().contains("太久"), "{data}: {}", told.text());
        assert_eq!(told.params["show_alert"], true);
    }
    let foreign = scene.presses(9, private_chat(9), 5, &reply.data("上下文"));
    assert!(scene.telegram.told(&foreign).text().contains("太久"), "a question of another chat");
}

#[test]
fn buttons_of_an_index_rebuilt_since_reply_politely() {
    let mut scene = Scene::new();
    let reply = asked(&scene);
    scene.program.stop();
    let own = scene.dir.path().join("own.txt");
    std::fs::write(&own, "2024年某某市政府工作报告\n一、2023年工作回顾\n全市新增就业3.1万人，增长5%。\n")
        .unwrap();
    let imported = std::process::Command::new(env!("CARGO_BIN_EXE_wenshu"))
        .arg("--data-dir")
        .arg(scene.dir.path())
        .args(["import", "--place", "青海省", "--year", "2024"])
        .arg(&own)
        .output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");
    scene.restart(&[]);
    let press = scene.presses(7, private_chat(7), reply.message_id(), &reply.data("上下文"));
    let told = scene.telegram.told(&press);
    assert!(told.text().contains("报告已经更新"), "{}", told.text());
}

fn edits(scene: &Scene, message: i64, text: &str) {
    let fields = json!({"message_id": message, "text": text, "edit_date": now()});
    scene.telegram.push(json!({ "edited_message": private(7, fields) }));
}

#[test]
fn an_edited_question_edits_its_answer() {
    let mut scene = Scene::new();
    let question = scene.says(7, "新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    edits(&scene, question, "渝中稳岗多少人");
    let edited = scene.telegram.edited(7, 1);
    assert_eq!(edited.params["message_id"], reply.message_id());
    assert!(edited.text().starts_with("<b>50.73万人</b>"), "{}", edited.text());
    scene.restart(&[]);
    edits(&scene, question, "新增就业多少");
    assert_eq!(scene.telegram.edited(7, 2).text(), reply.text(), "after a restart too");
    edits(&scene, question, "新增就业多少");
    scene.says(7, "渝中稳岗多少人");
    scene.telegram.sent(7, 2);
    assert_eq!(scene.telegram.requests("editMessageText").len(), 2, "the same words change nothing");
}

#[test]
fn an_answer_that_was_deleted_is_sent_anew() {
    let scene = Scene::new();
    let question = scene.says(7, "新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    scene.telegram.delete(7, reply.message_id());
    edits(&scene, question, "渝中稳岗多少人");
    let anew = scene.telegram.sent(7, 2);
    assert!(anew.text().starts_with("<b>50.73万人</b>"));
    edits(&scene, question, "新增就业多少");
    assert_eq!(scene.telegram.edited(7, 1).params["message_id"], anew.message_id());
    assert_eq!(scene.telegram.refusals().len(), 1);
    scene.telegram.forget();
}

#[test]
fn an_edit_can_make_a_message_a_question() {
    let scene = Scene::new();
    let message = group(-100_500, 71, json!({"text": "新增就业多少"}));
    let id = scene.writes(message);
    let fields = json!({"message_id": id, "text": "/ask 新增就业多少", "edit_date": now()});
    scene.telegram.push(json!({ "edited_message": group(-100_500, 71, fields) }));
    assert_eq!(scene.telegram.sent(-100_500, 1).params["reply_parameters"]["message_id"], id);
}

#[test]
fn everybody_in_a_group_may_leaf_and_vote() {
    let scene = Scene::new();
    scene.writes(group(-100_500, 71, json!({"text": "/ask 新增就业多少"})));
    let reply = scene.telegram.sent(-100_500, 1);
    scene.presses(72, group_chat(-100_500), reply.message_id(), &reply.data("上下文"));
    scene.telegram.edited(-100_500, 1);
}
