//! Fields of the index.

use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};

/// Raise when fields, passages or the reading of facts change: older indexes are rebuilt.
pub const SCHEMA_VERSION: u32 = 11;

/// Kind of a sentence that states a figure.
pub const FIGURED: &str = "figured";

/// The fields of a passage document.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    /// Id of the report, for filters and removal.
    pub report: Field,
    /// jieba words of the sentence.
    pub words: Field,
    /// Character bigrams of the sentence.
    pub grams: Field,
    /// Words and bigrams of the report's title and the headings above the sentence.
    pub heading: Field,
    /// [`FIGURED`] when the sentence states a figure.
    pub kind: Field,
    /// The passage itself.
    pub passage: Field,
}

/// The schema and its fields.
pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    // Texts come in as tokens already, so no tokenizer is ever looked up by name.
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        report: builder.add_text_field("report", STRING),
        words: builder.add_text_field("words", text.clone()),
        grams: builder.add_text_field("grams", text.clone()),
        heading: builder.add_text_field("heading", text),
        kind: builder.add_text_field("kind", STRING),
        passage: builder.add_bytes_field("passage", STORED),
    };
    (builder.build(), fields)
}

/// Wraps words for a field; positions are their order.
pub fn tokens<'t>(words: impl Iterator<Item = &'t str>) -> PreTokenizedString {
    let tokens = words
        .enumerate()
        .map(|(position, word)| Token { position, text: word.to_owned(), ..Token::default() })
        .collect();
    PreTokenizedString { text: String::new(), tokens }
}

/// Overlapping pairs of characters; spaces and punctuation break the chain.
pub fn bigrams(text: &str) -> Vec<&str> {
    let mut grams = Vec::new();
    let mut last: Option<usize> = None;
    for (at, ch) in text.char_indices() {
        if !ch.is_alphanumeric() {
            last = None;
            continue;
        }
        if let Some(start) = last {
            grams.push(&text[start..at + ch.len_utf8()]);
        }
        last = Some(at);
    }
    grams
}
