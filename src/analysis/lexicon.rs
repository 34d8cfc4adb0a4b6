//! Indicators and everyday words: what people say for what reports write.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

/// One indicator of `indicators.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// The term of the statistics: 城镇新增就业.
    pub name: String,
    /// Other report wordings of the same thing.
    #[serde(default)]
    pub aka: Vec<String>,
    /// How people ask for it.
    #[serde(default)]
    pub say: Vec<String>,
    /// Looks alike, is something else.
    #[serde(default)]
    pub unlike: Vec<String>,
    #[serde(default)]
    pub units: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordGroup {
    say: Vec<String>,
    mean: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    indicator: Vec<Indicator>,
    #[serde(default)]
    word: Vec<WordGroup>,
}

/// Why a lexicon file is refused.
#[derive(Debug, thiserror::Error)]
#[error("lexicon {name} is not valid")]
pub struct LexiconError {
    pub name: String,
    pub source: toml::de::Error,
}

/// What a phrase of a question can stand for.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    pub text: String,
    /// How good evidence the wording is, 0 to 1; the literal word is 1.
    pub trust: f32,
}

/// Evidence of another report wording of the same indicator.
const TRUST_AKA: f32 = 0.95;
/// Evidence of the report wording of an everyday phrase.
const TRUST_SAY: f32 = 0.85;
/// Evidence of a report word for an everyday word; later words of a group count a little less.
const TRUST_WORD: f32 = 0.8;
/// The longest phrase looked up, in characters.
pub const MAX_PHRASE_CHARS: usize = 14;

/// The lexicon: phrase → what it can stand for.
#[derive(Debug, Default)]
pub struct Lexicon {
    indicators: Vec<Indicator>,
    /// Whole indicators by any of their wordings.
    by_phrase: HashMap<String, Vec<Variant>>,
    /// Words and short phrases by what people say.
    by_word: HashMap<String, Vec<Variant>>,
    /// Names and report wordings of indicators.
    written: HashSet<String>,
}

impl Lexicon {
    /// Reads lexicon files; later ones add to earlier ones.
    ///
    /// # Errors
    /// When a file is no valid TOML or has an unknown key.
    pub fn read(files: &[(&str, &str)]) -> Result<Lexicon, LexiconError> {
        let mut lexicon = Lexicon::default();
        for (name, text) in files {
            let file: File =
                toml::from_str(text).map_err(|source| LexiconError { name: (*name).to_owned(), source })?;
            for indicator in file.indicator {
                lexicon.add_indicator(indicator);
            }
            for group in file.word {
                lexicon.add_group(&group);
            }
        }
        Ok(lexicon)
    }

    fn add_indicator(&mut self, indicator: Indicator) {
        let written: Vec<String> =
            std::iter::once(&indicator.name).chain(&indicator.aka).map(|phrase| fold(phrase)).collect();
        self.written.extend(written.iter().cloned());
        for phrase in &written {
            let others = written.iter().filter(|other| *other != phrase);
            let variants = others.map(|other| Variant { text: other.clone(), trust: TRUST_AKA });
            self.by_phrase.entry(phrase.clone()).or_default().extend(variants);
        }
        for phrase in &indicator.say {
            let variants = written.iter().map(|other| Variant { text: other.clone(), trust: TRUST_SAY });
            self.by_phrase.entry(fold(phrase)).or_default().extend(variants);
        }
        self.indicators.push(indicator);
    }

    fn add_group(&mut self, group: &WordGroup) {
        let means: Vec<String> = group.mean.iter().map(|mean| fold(mean)).collect();
        for say in &group.say {
            let variants = means.iter().enumerate().map(|(order, mean)| Variant {
                text: mean.clone(),
                trust: (TRUST_WORD - 0.02 * order as f32).max(0.6),
            });
            self.by_word.entry(fold(say)).or_default().extend(variants);
        }
    }

    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// The wordings of the indicator that `phrase` names.
    pub fn indicator_variants(&self, phrase: &str) -> &[Variant] {
        self.by_phrase.get(phrase).map_or(&[], Vec::as_slice)
    }

    /// What the everyday word `word` can stand for.
    pub fn word_variants(&self, word: &str) -> &[Variant] {
        self.by_word.get(word).map_or(&[], Vec::as_slice)
    }

    /// True when `phrase` is a report's wording of an indicator, not an everyday one.
    pub fn is_indicator(&self, phrase: &str) -> bool {
        self.written.contains(phrase)
    }

    /// Every phrase and everyday word.
    pub fn phrases(&self) -> impl Iterator<Item = &str> {
        self.by_phrase.keys().chain(self.by_word.keys()).map(String::as_str)
    }

    /// True when `phrase` names an indicator or is an everyday word.
    pub fn knows(&self, phrase: &str) -> bool {
        self.by_phrase.contains_key(phrase) || self.by_word.contains_key(phrase)
    }
}

/// Entries are compared the way texts are: normalized.
fn fold(phrase: &str) -> String {
    crate::analysis::normalize::normalize(phrase).text().to_owned()
}
