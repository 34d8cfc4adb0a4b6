//! Search over one state of the index.

use std::sync::Arc;

use tantivy::collector::{DocSetCollector, TopDocs};
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

use crate::index::IndexError;
use crate::index::passage::Passage;
use crate::index::schema::{FIGURED, Fields};
use crate::index::shelf::{Shelf, Shelved};
use crate::index::vocabulary::Vocabulary;
use crate::model::report::ReportInfo;

/// Reports that are looked for one by one.
const MAX_SINGLE_REPORTS: usize = 48;

/// Passages fetched beyond those wanted, so that a tie at the end is not settled by where passages lie in the index.
const N_TIES: usize = 4;

/// What to look for; a question is never parsed as a query.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// jieba words with weights.
    pub words: Vec<(String, f32)>,
    /// Character bigrams with weights.
    pub grams: Vec<(String, f32)>,
    /// Report ids to look in; `None` looks in all.
    pub reports: Option<Vec<String>>,
    /// Only sentences that state a figure.
    pub only_figured: bool,
}

/// A passage with its BM25 score.
#[derive(Debug, Clone)]
pub struct Hit {
    pub score: f32,
    pub passage: Arc<Shelved>,
}

/// One unchanging state of the index, shared by threads.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) searcher: Searcher,
    pub(crate) fields: Fields,
    pub(crate) reports: Arc<Vec<ReportInfo>>,
    pub(crate) vocabulary: Arc<Vocabulary>,
    pub(crate) shelf: Arc<Shelf>,
}

impl Snapshot {
    /// All reports, in order of place and year.
    pub fn reports(&self) -> &[ReportInfo] {
        &self.reports
    }

    /// The number of passages.
    pub fn n_passages(&self) -> u64 {
        self.searcher.num_docs()
    }

    /// How many passages hold each word.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// The `limit` best passages, best first; nothing to look for gives none.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn search(&self, wanted: &Wanted, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (word, weight) in &wanted.words {
            if self.vocabulary.n_with_word(word) > 0 {
                any.push((Occur::Should, self.term(self.fields.words, word, *weight)));
            }
            if self.vocabulary.n_under_heading(word) > 0 {
                any.push((Occur::Should, self.term(self.fields.heading, word, *weight * 0.5)));
            }
        }
        for (gram, weight) in &wanted.grams {
            if self.vocabulary.n_with_gram(gram) > 0 {
                any.push((Occur::Should, self.term(self.fields.grams, gram, *weight)));
            }
        }
        if any.is_empty() {
            return Ok(Vec::new());
        }
        let mut all: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(BooleanQuery::new(any)))];
        let mut filter =
            |query: Box<dyn Query>| all.push((Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0))));
        if let Some(ids) = &wanted.reports {
            filter(self.one_of(ids));
        }
        if wanted.only_figured {
            let kind = Term::from_field_text(self.fields.kind, FIGURED);
            filter(Box::new(TermQuery::new(kind, IndexRecordOption::Basic)));
        }
        let query = BooleanQuery::new(all);
        let best = TopDocs::with_limit(limit + N_TIES).order_by_score();
        let found = self.searcher.search_with_statistics_provider(&query, &best, &*self.vocabulary)?;
        let mut hits = found
            .into_iter()
            .map(|(score, address)| {
                let passage = self.shelf.get(address, || self.passage(address))?;
                Ok(Hit { score, passage })
            })
            .collect::<Result<Vec<Hit>, IndexError>>()?;
        // Where passages lie in the index depends on the order of imports; what is found must not.
        hits.sort_by(|a, b| {
            let (one, other) = (&a.passage, &b.passage);
            b.score
                .total_cmp(&a.score)
                .then_with(|| one.report.cmp(&other.report))
                .then_with(|| one.sentence_idx.cmp(&other.sentence_idx))
        });
        hits.truncate(limit);
        Ok(hits)
    }

    /// Every passage of the report `id`, in order of appearance; an unknown id gives none.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn passages_of(&self, id: &str) -> Result<Vec<Passage>, IndexError> {
        let query = TermQuery::new(Term::from_field_text(self.fields.report, id), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &DocSetCollector)?;
        let mut passages =
            found.into_iter().map(|address| self.passage(address)).collect::<Result<Vec<Passage>, _>>()?;
        passages.sort_by_key(|passage| passage.sentence_idx);
        Ok(passages)
    }

    /// Passages of any of the reports. A set of terms becomes an automaton, whose building takes longer than a search
    /// for a few terms.
    fn one_of(&self, ids: &[String]) -> Box<dyn Query> {
        let terms = ids.iter().map(|id| Term::from_field_text(self.fields.report, id));
        if ids.len() > MAX_SINGLE_REPORTS {
            return Box::new(TermSetQuery::new(terms));
        }
        let single = |term| -> (Occur, Box<dyn Query>) {
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        };
        Box::new(BooleanQuery::new(terms.map(single).collect()))
    }

    fn term(&self, field: tantivy::schema::Field, text: &str, weight: f32) -> Box<dyn Query> {
        let term = Term::from_field_text(field, text);
        Box::new(BoostQuery::new(Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)), weight))
    }

    fn passage(&self, address: tantivy::DocAddress) -> Result<Passage, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let bytes = document.get_first(self.fields.passage).and_then(|value| value.as_bytes()).unwrap_or(&[]);
        postcard::from_bytes(bytes).map_err(|source| IndexError::Decode { source })
    }
}
