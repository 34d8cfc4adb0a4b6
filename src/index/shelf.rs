//! Passages read lately, kept in memory.

use std::ops::Deref;
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tantivy::DocAddress;

use crate::analysis::rivals::{Naming, namings};
use crate::index::gram_filter::GramFilter;
use crate::index::passage::Passage;

/// Memory the passages may take.
const MAX_BYTES: u64 = 8 << 20;
/// About what one takes.
const MEAN_BYTES: u64 = 1 << 11;

/// A passage with what tells quickly which words cannot stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    pub passage: Passage,
    /// Of the normalized sentence.
    pub in_sentence: GramFilter,
    /// Of its context.
    pub around: GramFilter,
    /// Names of rivals in the normalized sentence, and in its context.
    pub rivals: Vec<Naming>,
    pub rivals_around: Vec<Naming>,
}

impl Shelved {
    pub fn new(passage: Passage) -> Shelved {
        let in_sentence = GramFilter::of(&passage.normalized);
        let around = GramFilter::of(&passage.context);
        let (rivals, rivals_around) = (namings(&passage.normalized), namings(&passage.context));
        Shelved { passage, in_sentence, around, rivals, rivals_around }
    }
}

impl Deref for Shelved {
    type Target = Passage;

    fn deref(&self) -> &Passage {
        &self.passage
    }
}

/// The passages of one state of the index that questions have found, those found most kept longest.
pub struct Shelf(Cache<DocAddress, Arc<Shelved>, Bytes>);

impl Default for Shelf {
    fn default() -> Shelf {
        Shelf(Cache::with_weighter((MAX_BYTES / MEAN_BYTES) as usize, MAX_BYTES, Bytes))
    }
}

impl Shelf {
    /// The passage at `address`, read with `read` when it is not here.
    ///
    /// # Errors
    /// When `read` fails.
    pub fn get<E>(
        &self,
        address: DocAddress,
        read: impl FnOnce() -> Result<Passage, E>,
    ) -> Result<Arc<Shelved>, E> {
        if let Some(passage) = self.0.get(&address) {
            return Ok(passage);
        }
        let passage = Arc::new(Shelved::new(read()?));
        self.0.insert(address, Arc::clone(&passage));
        Ok(passage)
    }
}

/// Weighs a passage by the memory it takes, about.
#[derive(Clone)]
struct Bytes;

impl Weighter<DocAddress, Arc<Shelved>> for Bytes {
    fn weight(&self, _: &DocAddress, passage: &Arc<Shelved>) -> u64 {
        let texts = passage.text.len() + passage.normalized.len() + passage.context.len();
        let facts = passage.facts.iter().map(|fact| {
            let spans = fact.anchors.subject.len() + fact.anchors.related.len();
            size_of_val(fact) + 8 * spans + fact.indicator.len() + fact.figure.unit.len()
        });
        let namings = size_of_val(&*passage.rivals) + size_of_val(&*passage.rivals_around);
        (size_of::<Shelved>() + texts + namings + facts.sum::<usize>()) as u64
    }
}
