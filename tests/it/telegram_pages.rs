//! Links from replies to the page.

use serde_json::{Value, json};

use crate::telegram_scene::Scene;

const PUBLIC: (&str, &str) = ("WENSHU_HTTP__PUBLIC_URL", "https://wenshu.example/");

/// The address of the link in `html`, and the words it stands under.
fn link(html: &str) -> (String, String) {
    let (_, rest) = html.split_once("<a href=\"").unwrap_or_else(|| panic!("no link in {html}"));
    let (address, rest) = rest.split_once("\">").unwrap();
    (address.to_owned(), rest.split_once("</a>").unwrap().0.to_owned())
}

#[test]
fn the_title_of_the_report_links_to_the_sentence_with_its_figure() {
    let scene = Scene::with(&[("WENSHU_HTTP__BIND", "127.0.0.1:0"), PUBLIC]);
    scene.says(7, "新增就业多少");
    let reply = scene.telegram.sent(7, 1);
    let (address, title) = link(reply.text());
    assert!(title.contains("重庆市渝中区政府工作报告摘要"), "{title}");
    let (report, place) =
        address.strip_prefix("https://wenshu.example/r/").unwrap().split_once("#s").unwrap();
    let (sentence, figure) = place.split_once('.').unwrap();
    let (status, body) = scene.get(&format!("/v1/reports/{report}/passages/{sentence}"));
    assert_eq!(status, 200, "{body}");
    let passage: Value = serde_json::from_str(&body).unwrap();
    let text = passage["sentence"]["text"].as_str().unwrap();
    let (start, end) = figure.split_once('-').unwrap();
    assert_eq!(&text[start.parse().unwrap()..end.parse().unwrap()], "6.6万人");
    scene
        .telegram
        .push(json!({"inline_query": {"id": "q", "from": {"id": 8, "is_bot": false, "first_name": "x"},
        "query": "新增就业", "offset": ""}}));
    let inline = scene.telegram.wait("answerInlineQuery", |_| true);
    let sent = inline.params["results"][0]["input_message_content"]["message_text"].as_str().unwrap();
    assert_eq!(link(sent).0, address);
    scene.says(7, &format!("/start s{report}_{sentence}"));
    let opened = scene.telegram.sent(7, 2);
    assert_eq!(
        link(opened.text()).0,
        address.split_once('.').map_or("", |_| address.rsplit_once('.').unwrap().0)
    );
}

#[test]
fn without_a_public_page_there_is_no_link() {
    for variables in [vec![PUBLIC], vec![("WENSHU_HTTP__BIND", "127.0.0.1:0")]] {
        let scene = Scene::with(&variables);
        scene.says(7, "新增就业多少");
        assert!(!scene.telegram.sent(7, 1).text().contains("href"));
    }
}
