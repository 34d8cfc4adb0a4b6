//! Words of a text, by jieba with the project's domain dictionary.

use std::sync::Arc;

use jieba_rs::Jieba;

use crate::model::span::Span;

/// Cuts text into words; cheap to clone, shared by threads.
#[derive(Clone)]
pub struct Segmenter {
    jieba: Arc<Jieba>,
}

impl Segmenter {
    /// Loads jieba's default dictionary and adds `words`, one a line, `word` or `word frequency`;
    /// lines beginning with `#` are comments.
    pub fn new(words: &str) -> Segmenter {
        let mut jieba = Jieba::new();
        for line in words.lines() {
            let mut parts = line.split_whitespace();
            let Some(word) = parts.next().filter(|word| !word.starts_with('#')) else { continue };
            let freq = parts.next().and_then(|freq| freq.parse().ok());
            jieba.add_word(word, freq, None);
        }
        Segmenter { jieba: Arc::new(jieba) }
    }

    /// The words of `text` as byte ranges, in order, without gaps.
    pub fn words(&self, text: &str) -> Vec<Span> {
        let mut at = 0;
        self.jieba
            .cut(text, true)
            .into_iter()
            .map(|token| {
                let span = Span::new(at, at + token.word.len());
                at += token.word.len();
                span
            })
            .collect()
    }

    /// The words for a posting list: long words, and the shorter words inside of them.
    pub fn search_words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.jieba.cut_for_search(text, true).into_iter().map(|token| token.word).collect()
    }
}
