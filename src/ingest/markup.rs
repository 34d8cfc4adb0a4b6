//! Saved web pages: the article without menus, scripts and disclaimers.

use dom_smoothie::{Readability, TextMode};
use scraper::{ElementRef, Html, Node};

const SKIPPED: [&str; 14] = [
    "script", "style", "nav", "header", "footer", "form", "noscript", "aside", "iframe", "button", "select",
    "svg", "template", "head",
];
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "ul",
    "ol",
    "table",
    "tr",
    "br",
    "blockquote",
    "pre",
    "dd",
    "main",
];

/// True for names ending in .htm(l) and texts that open like a page.
pub fn is_html(file_name: &str, text: &str) -> bool {
    let name = file_name.to_ascii_lowercase();
    let head: String = text.trim_start().chars().take(200).collect::<String>().to_ascii_lowercase();
    name.ends_with(".html")
        || name.ends_with(".htm")
        || name.ends_with(".xhtml")
        || head.starts_with("<!doctype html")
        || head.starts_with("<html")
}

/// The article of a page as lines; headings open with `#`.
pub fn article(page: &str) -> String {
    let config = dom_smoothie::Config { text_mode: TextMode::Raw, ..dom_smoothie::Config::default() };
    let article =
        Readability::new(page, None, Some(config)).ok().and_then(|mut readability| readability.parse().ok());
    let whole = lines_of(page);
    match article {
        Some(article) => {
            let lines = lines_of(&article.content);
            // A page of many short blocks can fool the article finder; then the whole page is cleaned instead.
            if lines.chars().count() * 3 > whole.chars().count() {
                let title = article.title.trim();
                if title.is_empty() || lines.contains(title) { lines } else { format!("{title}\n{lines}") }
            } else {
                whole
            }
        }
        None => whole,
    }
}

fn lines_of(html: &str) -> String {
    let document = Html::parse_document(html);
    let mut text = String::new();
    walk(document.root_element(), &mut text);
    text
}

fn walk(element: ElementRef<'_>, text: &mut String) {
    let name = element.value().name();
    if SKIPPED.contains(&name) {
        return;
    }
    let is_block = BLOCKS.contains(&name);
    if is_block {
        text.push('\n');
    }
    if let Some(rank @ '1'..='6') =
        name.strip_prefix('h').and_then(|rest| rest.chars().next()).filter(|_| name.len() == 2)
    {
        for _ in 0..rank.to_digit(10).unwrap_or(1) {
            text.push('#');
        }
        text.push(' ');
    }
    for child in element.children() {
        match child.value() {
            Node::Text(words) => text.push_str(&words.replace(['\n', '\r', '\t'], " ")),
            Node::Element(_) => {
                if let Some(child) = ElementRef::wrap(child) {
                    walk(child, text);
                }
            }
            _ => {}
        }
    }
    if is_block {
        text.push('\n');
    }
}
