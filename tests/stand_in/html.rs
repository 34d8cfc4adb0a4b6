//! What Telegram makes of HTML: its length without tags, or why it cannot be read.

const TAGS: [&str; 16] = [
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "a",
    "code",
    "pre",
    "blockquote",
    "tg-spoiler",
    "span",
    "tg-emoji",
];

/// The text without tags.
///
/// # Errors
/// With Telegram's words, when tags are unknown, not closed, or crossed.
pub fn plain(html: &str) -> Result<String, String> {
    let cannot = |why: String| format!("Bad Request: can't parse entities: {why}");
    let mut text = String::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&', '>']) {
        text.push_str(&rest[..at]);
        let offset = html.len() - rest.len() + at;
        rest = &rest[at..];
        if rest.starts_with('>') {
            // Telegram lets a lone > pass; a program that escapes by construction never sends one.
            return Err(cannot(format!("unescaped > at byte offset {offset}")));
        } else if rest.starts_with('&') {
            let end = rest.find(';').ok_or_else(|| cannot("unescaped &".to_owned()))?;
            text.push(match &rest[..=end] {
                "&amp;" => '&',
                "&lt;" => '<',
                "&gt;" => '>',
                "&quot;" => '"',
                other => return Err(cannot(format!("unsupported entity {other}"))),
            });
            rest = &rest[end + 1..];
        } else {
            let end = rest
                .find('>')
                .ok_or_else(|| cannot(format!("unclosed start tag at byte offset {offset}")))?;
            let tag = &rest[1..end];
            rest = &rest[end + 1..];
            match tag.strip_prefix('/') {
                Some(name) => match open.pop() {
                    Some(last) if last == name => {}
                    Some(last) => {
                        return Err(cannot(format!(
                            "unmatched end tag at byte offset {offset}, expected \"</{last}>\", found \"</{name}>\""
                        )));
                    }
                    None => return Err(cannot(format!("unexpected end tag at byte offset {offset}"))),
                },
                None => {
                    let name = tag.split(' ').next().unwrap_or_default();
                    if !TAGS.contains(&name) {
                        return Err(cannot(format!(
                            "unsupported start tag \"{name}\" at byte offset {offset}"
                        )));
                    }
                    if name == "blockquote" && open.iter().any(|open| open == "blockquote") {
                        return Err(cannot("blockquotes cannot be nested".to_owned()));
                    }
                    open.push(name.to_owned());
                }
            }
        }
    }
    text.push_str(rest);
    match open.pop() {
        Some(name) => Err(cannot(format!("can't find end tag corresponding to start tag \"{name}\""))),
        None => Ok(text),
    }
}
