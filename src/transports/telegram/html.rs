//! Messages as Telegram's HTML: escaped by construction, measured and split as Telegram counts.

/// The longest text of a message, in UTF-16 units after the tags are taken away.
/// <https://core.telegram.org/bots/api#sendmessage>
pub const MAX_TEXT_UTF16: usize = 4096;

/// How much of a part may be given up to end it with a sentence.
const LEAST_FILL: usize = 3;
const SENTENCE_ENDS: [char; 8] = ['。', '！', '？', '；', '\n', '!', '?', ';'];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    Bold,
    Underline,
    Italic,
    Quote,
    /// A quotation that shows three lines until it is pressed.
    ExpandableQuote,
    /// A link to this address.
    Link(String),
}

impl Tag {
    fn open(&self, into: &mut String) {
        let text = match self {
            Tag::Bold => "<b>",
            Tag::Underline => "<u>",
            Tag::Italic => "<i>",
            Tag::Quote => "<blockquote>",
            Tag::ExpandableQuote => "<blockquote expandable>",
            Tag::Link(address) => {
                into.push_str("<a href=\"");
                escape(address, into);
                "\">"
            }
        };
        into.push_str(text);
    }

    fn close(&self) -> &'static str {
        match self {
            Tag::Bold => "</b>",
            Tag::Underline => "</u>",
            Tag::Italic => "</i>",
            Tag::Quote | Tag::ExpandableQuote => "</blockquote>",
            Tag::Link(_) => "</a>",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Open(Tag),
    Close(Tag),
    Text(String),
}

/// A text with tags, nested rightly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Html {
    pieces: Vec<Piece>,
}

impl Html {
    pub fn new() -> Html {
        Html::default()
    }

    /// Adds words as they stand.
    pub fn text(&mut self, text: &str) -> &mut Html {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text.to_owned()));
        }
        self
    }

    /// Adds what `inside` adds, within `tag`.
    pub fn tagged(&mut self, tag: Tag, inside: impl FnOnce(&mut Html)) -> &mut Html {
        self.pieces.push(Piece::Open(tag.clone()));
        inside(self);
        self.pieces.push(Piece::Close(tag));
        self
    }

    /// Adds all of `other`.
    pub fn append(&mut self, other: Html) -> &mut Html {
        self.pieces.extend(other.pieces);
        self
    }

    pub fn bold(&mut self, text: &str) -> &mut Html {
        self.tagged(Tag::Bold, |html| {
            html.text(text);
        })
    }

    /// Length as Telegram counts it.
    pub fn len_utf16(&self) -> usize {
        self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { len_utf16(text) } else { 0 }).sum()
    }

    /// The whole as one text, however long.
    pub fn render(&self) -> String {
        let mut rendered = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Open(tag) => tag.open(&mut rendered),
                Piece::Close(tag) => rendered.push_str(tag.close()),
                Piece::Text(text) => escape(text, &mut rendered),
            }
        }
        rendered
    }

    /// Parts of at most `max_utf16` units, ended at sentence ends where there are any; tags are closed at the end of
    /// a part and opened again in the next. An empty text has no part.
    pub fn split(&self, max_utf16: usize) -> Vec<String> {
        let mut parts =
            Parts { max_utf16, open: Vec::new(), current: Html::new(), used: 0, done: Vec::new() };
        for piece in &self.pieces {
            match piece {
                Piece::Open(tag) => {
                    parts.open.push(tag.clone());
                    parts.current.pieces.push(piece.clone());
                }
                Piece::Close(_) => {
                    parts.open.pop();
                    parts.current.pieces.push(piece.clone());
                }
                Piece::Text(text) => parts.add(text),
            }
        }
        parts.finish()
    }

    /// The first part of at most `max_utf16` units, marked `……` when something is left out.
    pub fn shorten(&self, max_utf16: usize) -> String {
        if self.len_utf16() <= max_utf16 {
            return self.render();
        }
        let mut first = self.split(max_utf16.saturating_sub(2)).into_iter().next().unwrap_or_default();
        first.push_str("……");
        first
    }
}

struct Parts {
    max_utf16: usize,
    open: Vec<Tag>,
    current: Html,
    used: usize,
    done: Vec<String>,
}

impl Parts {
    fn add(&mut self, text: &str) {
        let mut rest = text;
        while !rest.is_empty() {
            let room = self.max_utf16 - self.used;
            if len_utf16(rest) <= room {
                self.used += len_utf16(rest);
                self.current.text(rest);
                return;
            }
            let at = cut_at(rest, room, self.used * LEAST_FILL >= self.max_utf16);
            let (head, tail) = rest.split_at(at);
            self.current.text(head);
            self.next_part();
            rest = tail;
        }
    }

    fn next_part(&mut self) {
        for tag in self.open.iter().rev() {
            self.current.pieces.push(Piece::Close(tag.clone()));
        }
        let current = std::mem::take(&mut self.current);
        if current.len_utf16() > 0 {
            self.done.push(current.render());
        }
        self.current.pieces = self.open.iter().cloned().map(Piece::Open).collect();
        self.used = 0;
    }

    fn finish(mut self) -> Vec<String> {
        if self.current.len_utf16() > 0 {
            self.done.push(self.current.render());
        }
        self.done
    }
}

/// Where to cut `text` so that the head has at most `room` units: after the last sentence end, else between two
/// characters; 0 when `may_be_empty` and no sentence ends in time.
fn cut_at(text: &str, room: usize, may_be_empty: bool) -> usize {
    let mut used = 0;
    let mut fits = 0;
    let mut sentence_end = 0;
    let mut sentence_used = 0;
    for (at, ch) in text.char_indices() {
        if used + ch.len_utf16() > room {
            break;
        }
        used += ch.len_utf16();
        fits = at + ch.len_utf8();
        if SENTENCE_ENDS.contains(&ch) {
            sentence_end = fits;
            sentence_used = used;
        }
    }
    if sentence_used > 0 && (may_be_empty || sentence_used * LEAST_FILL >= room) {
        sentence_end
    } else if may_be_empty {
        0
    } else {
        fits
    }
}

/// Length of `text` in UTF-16 units.
pub fn len_utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn escape(text: &str, into: &mut String) {
    for ch in text.chars() {
        match ch {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            _ => into.push(ch),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn quoted(text: &str) -> Html {
        let mut html = Html::new();
        html.bold("6.6万人").text("\n").tagged(Tag::Quote, |html| {
            html.text(text);
        });
        html
    }

    #[test]
    fn words_are_escaped_and_tags_are_not() {
        assert_eq!(
            quoted("a<b>&\"c").render(),
            "<b>6.6万人</b>\n<blockquote>a&lt;b&gt;&amp;&quot;c</blockquote>"
        );
    }

    #[test]
    fn an_address_is_escaped_like_words() {
        let mut html = Html::new();
        html.tagged(Tag::Link("https://a.example/?q=\"<&".to_owned()), |html| {
            html.text("甲");
        });
        assert_eq!(html.render(), "<a href=\"https://a.example/?q=&quot;&lt;&amp;\">甲</a>");
        assert_eq!(html.len_utf16(), 1, "an address takes no room");
    }

    #[test]
    fn a_text_is_split_at_a_sentence_end_with_its_tags_closed() {
        let parts = quoted("第一句话在这里。第二句话在这里。").split(16);
        assert_eq!(
            parts,
            [
                "<b>6.6万人</b>\n<blockquote>第一句话在这里。</blockquote>",
                "<blockquote>第二句话在这里。</blockquote>"
            ]
        );
    }

    #[test]
    fn a_sentence_without_end_is_cut_between_characters() {
        let mut html = Html::new();
        html.text("😀😀😀");
        assert_eq!(html.split(5), ["😀😀", "😀"]);
    }

    #[test]
    fn what_is_left_out_is_marked() {
        assert_eq!(
            quoted("第一句话在这里。第二句话在这里。").shorten(18),
            "<b>6.6万人</b>\n<blockquote>第一句话在这里。</blockquote>……"
        );
        assert_eq!(quoted("短。").shorten(100), quoted("短。").render());
    }

    fn plain(part: &str) -> String {
        let mut text = part.to_owned();
        for tag in ["<b>", "</b>", "<u>", "</u>", "<blockquote>", "</blockquote>"] {
            text = text.replace(tag, "");
        }
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }

    proptest! {
        #[test]
        fn parts_hold_every_character_and_none_is_too_long(
            texts in prop::collection::vec("[字。<&😀a\n]{0,40}", 1..6), max in 4_usize..40,
        ) {
            let mut html = Html::new();
            for (idx, text) in texts.iter().enumerate() {
                match idx % 3 {
                    0 => { html.text(text); }
                    1 => { html.bold(text); }
                    _ => { html.tagged(Tag::Quote, |html| { html.text(text).tagged(Tag::Underline, |html| { html.text(text); }); }); }
                }
            }
            let parts = html.split(max);
            for part in &parts {
                prop_assert!(len_utf16(&plain(part)) <= max);
                for tag in ["b", "u", "blockquote"] {
                    prop_assert_eq!(part.matches(&format!("<{tag}>")).count(), part.matches(&format!("</{tag}>")).count());
                }
            }
            let whole: String = parts.iter().map(|part| plain(part)).collect();
            prop_assert_eq!(whole, plain(&html.render()));
        }
    }
}
