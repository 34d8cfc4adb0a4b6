//! How many passages hold each word, read once from one state of the index.

use std::collections::HashMap;
use std::hash::Hash;

use tantivy::query::Bm25StatisticsProvider;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};

use crate::index::IndexError;
use crate::index::schema::Fields;

/// The terms that passages are found by, so that none has to be looked up on disk before it is known to be there.
#[derive(Debug)]
pub struct Vocabulary {
    fields: Fields,
    words: Terms<Box<str>>,
    grams: Terms<[char; 2]>,
    headings: Terms<Box<str>>,
    /// Passages, with those that were removed and still take room: their terms count as well.
    n_passages: u64,
}

/// The terms of one field; pairs of characters, which are many, are kept without room of their own.
#[derive(Debug)]
struct Terms<K> {
    /// The number of passages that hold each.
    n_with: HashMap<K, u32>,
    /// How often any of them stands in any passage.
    n_tokens: u64,
}

impl Vocabulary {
    /// Reads the terms of all segments.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn read(searcher: &Searcher, fields: Fields) -> Result<Vocabulary, IndexError> {
        Ok(Vocabulary {
            fields,
            words: Terms::read(searcher, fields.words, |term| Some(term.into()))?,
            grams: Terms::read(searcher, fields.grams, pair)?,
            headings: Terms::read(searcher, fields.heading, |term| Some(term.into()))?,
            n_passages: searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum(),
        })
    }

    /// In how many passages `word` stands, as a jieba word.
    pub fn n_with_word(&self, word: &str) -> u64 {
        self.words.n_with.get(word).map_or(0, |n_passages| u64::from(*n_passages))
    }

    /// In how many passages the two characters of `gram` stand side by side.
    pub fn n_with_gram(&self, gram: &str) -> u64 {
        pair(gram)
            .and_then(|pair| self.grams.n_with.get(&pair))
            .map_or(0, |n_passages| u64::from(*n_passages))
    }

    /// How many passages stand under a heading that holds `word`.
    pub fn n_under_heading(&self, word: &str) -> u64 {
        self.headings.n_with.get(word).map_or(0, |n_passages| u64::from(*n_passages))
    }

    /// Every jieba word with the number of passages that hold it.
    pub fn words(&self) -> impl Iterator<Item = (&str, u64)> {
        self.words.n_with.iter().map(|(word, n_passages)| (&**word, u64::from(*n_passages)))
    }
}

/// The two characters of `gram`; `None` when it has not two.
fn pair(gram: &str) -> Option<[char; 2]> {
    let mut chars = gram.chars();
    let pair = [chars.next()?, chars.next()?];
    chars.next().is_none().then_some(pair)
}

impl<K: Eq + Hash> Terms<K> {
    fn read(
        searcher: &Searcher,
        field: Field,
        key: impl Fn(&str) -> Option<K>,
    ) -> Result<Terms<K>, IndexError> {
        let mut read = Terms { n_with: HashMap::new(), n_tokens: 0 };
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            read.n_tokens += inverted.total_num_tokens();
            read.n_with.reserve(inverted.terms().num_terms());
            let mut terms = inverted.terms().stream().map_err(tantivy::TantivyError::from)?;
            while terms.advance() {
                if let Some(key) = std::str::from_utf8(terms.key()).ok().and_then(&key) {
                    *read.n_with.entry(key).or_default() += terms.value().doc_freq;
                }
            }
        }
        Ok(read)
    }
}

/// What BM25 asks of the whole index. Fields that only filter count as empty: they add nothing to a score.
impl Bm25StatisticsProvider for Vocabulary {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let known = [
            (self.fields.words, self.words.n_tokens),
            (self.fields.grams, self.grams.n_tokens),
            (self.fields.heading, self.headings.n_tokens),
        ];
        Ok(known.into_iter().find(|(of, _)| *of == field).map_or(0, |(_, n_tokens)| n_tokens))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.n_passages)
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        let (field, value) = (term.field(), term.value());
        Ok(match value.as_str() {
            Some(word) if field == self.fields.words => self.n_with_word(word),
            Some(gram) if field == self.fields.grams => self.n_with_gram(gram),
            Some(word) if field == self.fields.heading => self.n_under_heading(word),
            _ => 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::schema::{schema, tokens};
    use tantivy::{Index, TantivyDocument};

    #[test]
    fn it_counts_as_the_index_does() {
        let (schema, fields) = schema();
        let index = Index::create_in_ram(schema);
        let mut writer = index.writer_with_num_threads(1, 15_000_000).unwrap();
        // Two segments, and a passage that was removed.
        for (report, words) in [("a", ["粮食", "产量"]), ("b", ["粮食", "价格"]), ("b", ["棉花", "产量"])]
        {
            let mut document = TantivyDocument::default();
            document.add_text(fields.report, report);
            document.add_pre_tokenized_text(fields.words, tokens(words.into_iter()));
            writer.add_document(document).unwrap();
            writer.commit().unwrap();
        }
        writer.delete_term(Term::from_field_text(fields.report, "a"));
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let vocabulary = Vocabulary::read(&searcher, fields).unwrap();
        for word in ["粮食", "产量", "价格", "棉花", "油料"] {
            let term = Term::from_field_text(fields.words, word);
            assert_eq!(vocabulary.n_with_word(word), searcher.doc_freq(&term).unwrap(), "{word}");
            assert_eq!(vocabulary.doc_freq(&term).unwrap(), searcher.doc_freq(&term).unwrap(), "{word}");
        }
        let of_searcher: &dyn Bm25StatisticsProvider = &searcher;
        assert_eq!(vocabulary.total_num_docs().unwrap(), of_searcher.total_num_docs().unwrap());
        for field in [fields.words, fields.grams, fields.heading] {
            let counted = vocabulary.total_num_tokens(field).unwrap();
            assert_eq!(counted, of_searcher.total_num_tokens(field).unwrap());
        }
    }
}
