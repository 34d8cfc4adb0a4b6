//! Sections and sentences of a cleaned text.

use crate::ingest::clean::{Cleaned, heading_rank};
use crate::model::report::{Section, Sentence};
use crate::model::span::Span;

const MAX_HEADING_CHARS: usize = 36;
const MAX_BARE_HEADING_CHARS: usize = 24;
const MAX_RUN_IN_CHARS: usize = 30;
/// A sentence longer than this is split at ；.
const MAX_SENTENCE_BYTES: usize = 2400;

/// Text, sections and sentences of a report.
#[derive(Debug, Default)]
pub struct Body {
    pub text: String,
    pub sections: Vec<Section>,
    pub sentences: Vec<Sentence>,
}

/// Lays out the paragraphs as the stored text and finds headings and sentences in it.
pub fn read_body(cleaned: &Cleaned, title: &str) -> Body {
    let mut body = Body::default();
    let mut stack: Vec<(u8, u32)> = Vec::new();
    for (paragraph_idx, paragraph) in cleaned.paragraphs.iter().enumerate() {
        if !body.text.is_empty() {
            body.text.push('\n');
        }
        let start = body.text.len();
        body.text.push_str(paragraph);
        let followed = cleaned.paragraphs.get(paragraph_idx + 1);
        let mut from = 0;
        if let Some((rank, heading)) = heading_of(paragraph, followed, title) {
            while stack.last().is_some_and(|(above, _)| *above >= rank) {
                stack.pop();
            }
            let parent = stack.last().map(|(_, idx)| *idx);
            let idx = body.sections.len() as u32;
            let name = paragraph[..heading]
                .trim_start_matches('#')
                .trim()
                .trim_end_matches(['。', '：', ':'])
                .to_owned();
            body.sections.push(Section { title: name, rank, parent });
            stack.push((rank, idx));
            // A heading that states a figure is a sentence as well.
            from = if has_unit_figure(&paragraph[..heading]) { 0 } else { heading };
        }
        let section = stack.last().map(|(_, idx)| *idx);
        for span in sentences(&paragraph[from..]) {
            body.sentences.push(Sentence {
                span: span.shifted((start + from) as u32),
                section,
                paragraph: paragraph_idx as u32,
            });
        }
    }
    body
}

/// Rank and byte length of the heading a paragraph is, or begins with.
fn heading_of(paragraph: &str, followed: Option<&String>, title: &str) -> Option<(u8, usize)> {
    let n_chars = paragraph.chars().count();
    if let Some(rank) = heading_rank(paragraph) {
        if paragraph.starts_with('#')
            || (n_chars <= MAX_HEADING_CHARS
                && !paragraph.contains('，')
                && !paragraph.trim_end_matches('。').contains('。'))
        {
            return Some((rank, paragraph.len()));
        }
        // （一）经济实力迈上新台阶。2016年,…: the heading runs into the text.
        let end = paragraph.find('。').or_else(|| paragraph.find(['：', ':']))?;
        let is_short =
            paragraph[..end].chars().count() <= MAX_RUN_IN_CHARS && !has_unit_figure(&paragraph[..end]);
        return (is_short && rank <= 3).then_some((rank, end + '。'.len_utf8().min(paragraph.len() - end)));
    }
    let bare = paragraph.trim_end_matches('。');
    let is_bare = n_chars <= MAX_BARE_HEADING_CHARS
        && !bare.contains(['，', ',', '：', ':', '。', '！', '；'])
        && !bare.ends_with(['！', '”'])
        && !has_unit_figure(bare)
        && paragraph != title
        && !bare.starts_with(['（', '(', '—', '―', '-'])
        && followed.is_some_and(|next| {
            next.chars().count() > MAX_BARE_HEADING_CHARS * 2 || heading_rank(next).is_some()
        });
    is_bare.then_some((4, paragraph.len()))
}

/// A digit with something counted behind it, other than a year.
fn has_unit_figure(text: &str) -> bool {
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        if ch.is_ascii_digit() && !chars.peek().is_some_and(|(_, next)| next.is_ascii_digit() || *next == '.')
        {
            let rest = &text[at + 1..];
            if !rest.starts_with(['年', '月', '日', '.', '．', '、', '）', ')']) && !rest.is_empty() {
                return true;
            }
        }
    }
    false
}

/// Byte ranges of the sentences of one paragraph, without surrounding space.
fn sentences(paragraph: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = 0;
    let mut chars = paragraph.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let mut end = at + ch.len_utf8();
        let is_end = matches!(ch, '。' | '！' | '？' | '!' | '?')
            || (ch == '；' || ch == ';') && end - start > MAX_SENTENCE_BYTES;
        if !is_end {
            continue;
        }
        while let Some((next_at, next)) = chars.peek().copied() {
            if !matches!(next, '”' | '’' | '）' | ')' | '」' | '』' | '》' | '。' | '！' | '？' | '!' | '?')
            {
                break;
            }
            end = next_at + next.len_utf8();
            chars.next();
        }
        push_trimmed(paragraph, start, end, &mut spans);
        start = end;
    }
    push_trimmed(paragraph, start, paragraph.len(), &mut spans);
    spans
}

fn push_trimmed(paragraph: &str, start: usize, end: usize, spans: &mut Vec<Span>) {
    let cut = &paragraph[start..end];
    let left = cut.len() - cut.trim_start().len();
    let right = cut.trim_end().len();
    if left < right && cut.chars().any(char::is_alphanumeric) {
        spans.push(Span::new(start + left, start + right));
    }
}
