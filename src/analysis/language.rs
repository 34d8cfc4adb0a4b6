//! The language data all readings share: dictionary, lexicon, gazetteer.

use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::lexicon::{Lexicon, LexiconError};
use crate::analysis::segment::Segmenter;
use crate::model::gazetteer::Gazetteer;

const DICTIONARY: &str = include_str!("../../data/dictionary.txt");
const INDICATORS: &str = include_str!("../../data/lexicon/indicators.toml");
const CORE: &str = include_str!("../../data/lexicon/core.toml");
const ECONOMY: &str = include_str!("../../data/lexicon/economy.toml");
const LIVELIHOOD: &str = include_str!("../../data/lexicon/livelihood.toml");
const EVERYDAY: &str = include_str!("../../data/lexicon/everyday.toml");
const WORDS: &str = include_str!("../../data/lexicon/words.toml");
const GAZETTEER: &str = include_str!("../../data/gazetteer.tsv");

/// Everything that is known of the language before a report is read.
pub struct LanguageData {
    pub segmenter: Segmenter,
    pub lexicon: Lexicon,
    pub gazetteer: Gazetteer,
}

impl LanguageData {
    /// The data that comes with the program.
    ///
    /// # Errors
    /// When a bundled file is damaged; the tests see to it that none is.
    pub fn bundled() -> Result<LanguageData, LexiconError> {
        LanguageData::with_lexicon(None)
    }

    /// The bundled data and an operator's own lexicon: its name for errors, and its text.
    ///
    /// # Errors
    /// When the operator's lexicon is not valid.
    pub fn with_lexicon(own: Option<(&str, &str)>) -> Result<LanguageData, LexiconError> {
        let mut files = vec![
            ("core.toml", CORE),
            ("indicators.toml", INDICATORS),
            ("economy.toml", ECONOMY),
            ("livelihood.toml", LIVELIHOOD),
            ("everyday.toml", EVERYDAY),
            ("words.toml", WORDS),
        ];
        files.extend(own);
        let lexicon = Lexicon::read(&files)?;
        Ok(LanguageData {
            segmenter: Segmenter::new(DICTIONARY),
            lexicon,
            gazetteer: Gazetteer::parse(GAZETTEER),
        })
    }

    /// Changes when texts would be cut into other words than before, so that indexes are rebuilt.
    pub fn fingerprint(&self) -> u64 {
        xxh3_64(DICTIONARY.as_bytes())
    }
}
