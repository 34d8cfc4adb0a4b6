//! Words of a text, by jieba with the project's domain dictionary.

use std::sync::Arc;

use jieba_rs::Jieba;

use crate::analysis::phrases::STANDING_THERE;
use crate::model::span::Span;

/// What a name of a place ends in, and who comes from there.
const PLACED: &[&str] = &["人", "县", "区", "市", "镇"];

/// Characters looked at to tell the first word from those behind it.
const WINDOW_CHARS: usize = 8;

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

    /// The word of the dictionary that `text` begins with, or its first character.
    pub fn first_word<'t>(&self, text: &'t str) -> &'t str {
        let end = text.char_indices().nth(WINDOW_CHARS).map_or(text.len(), |(end, _)| end);
        self.jieba.cut(&text[..end], false).first().map_or("", |token| token.word)
    }

    /// The words for a posting list: long words, and the shorter words inside of them.
    pub fn search_words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.jieba.cut_for_search(text, true).into_iter().map(|token| token.word).collect()
    }

    /// True when `word` stands in the dictionary.
    pub fn is_word(&self, word: &str) -> bool {
        self.jieba.has_word(word)
    }

    /// False for words of the dictionary that are no name of a place: 新建, also a district.
    pub fn can_be_place(&self, word: &str) -> bool {
        match self.jieba.tag(word, false).as_slice() {
            [only] => only.tag.starts_with('n') || only.tag == "x",
            _ => true,
        }
    }

    /// True when `span` is the beginning or the middle of a longer word of the dictionary: 三江 of 三江源.
    pub fn is_inside_word(&self, text: &str, span: Span) -> bool {
        let words = self.words(text).into_iter().filter(|word| word.contains(span) && *word != span);
        let mut longer = words.map(|word| word.of(text));
        // 浦东机场 is in 浦东.
        let is_placed = |word: &str| {
            let rest = word.strip_prefix(span.of(text));
            rest.is_some_and(|rest| PLACED.iter().chain(STANDING_THERE).any(|thing| rest.ends_with(thing)))
        };
        longer.any(|word| self.is_word(word) && !is_placed(word))
    }

    /// False when the characters of `span` stand side by side in `text` by chance: in a person's name, or across the
    /// end of a dictionary word.
    pub fn stands_alone(&self, text: &str, span: Span) -> bool {
        let mut at = 0;
        !self.jieba.tag(text, true).iter().any(|token| {
            let word = Span::new(at, at + token.word.len());
            at += token.word.len();
            // 山西人 is of 山西, whatever it looks like.
            let is_of_place = || token.word.strip_prefix(span.of(text)) == Some("人");
            let is_in_name =
                word != span && word.contains(span) && token.tag.starts_with("nr") && !is_of_place();
            let is_cut = word.overlaps(span) && !word.contains(span) && !span.contains(word);
            is_in_name || is_cut && self.is_word(token.word)
        })
    }

    /// How much `word` tells by its part of speech: nouns name an indicator, verbs half do, particles do not.
    pub fn content(&self, word: &str) -> f32 {
        let tags = self.jieba.tag(word, false);
        let [only] = tags.as_slice() else { return 1.0 };
        match only.tag {
            "v" | "a" | "z" => 0.6,
            "d" | "p" | "c" | "r" | "m" | "q" | "y" | "e" | "o" | "f" | "t" | "ad" | "vd" | "zg" | "k"
            | "h" => 0.25,
            tag if tag.starts_with('u') => 0.25,
            _ => 1.0,
        }
    }

    /// The longest words of the dictionary that make up `text`, in order; characters between them stand alone.
    ///
    /// For what statistics took for a word and no dictionary knows: 限要 is 限 and 要.
    pub fn known_words<'t>(&self, text: &'t str) -> Vec<&'t str> {
        self.jieba.cut(text, false).into_iter().map(|token| token.word).collect()
    }

    /// The shortest words that make up `word`, in order: 财政收入 is 财政 and 收入, 制造业 is 制造 and 业.
    pub fn pieces<'t>(&self, word: &'t str) -> Vec<&'t str> {
        let n_chars = word.chars().count();
        if n_chars < 3 || word.is_ascii() {
            return vec![word];
        }
        let bounds: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < n_chars {
            let is_word = |len: usize| {
                at + len <= n_chars
                    && (at > 0 || len < n_chars)
                    && self.jieba.has_word(&word[bounds[at]..bounds[at + len]])
            };
            // Two characters before three, so that 城镇登记 falls into 城镇 and 登记.
            let len = [2, 3, 4].into_iter().find(|&len| is_word(len)).unwrap_or(1);
            pieces.push(&word[bounds[at]..bounds[at + len]]);
            at += len;
        }
        pieces
    }
}
