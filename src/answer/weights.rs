//! Weights of the signals, from `data/weights.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::answer::score::{SIGNALS, Signals};

const BUNDLED: &str = include_str!("../../data/weights.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    threshold: f32,
    weights: BTreeMap<String, f32>,
    confidence: BTreeMap<String, f32>,
}

/// How much each signal counts, and how the signals of the first candidate become a confidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    weights: Signals,
    confidence: Confidence,
}

/// A logistic model of "this candidate is what was asked".
#[derive(Debug, Clone, PartialEq)]
pub struct Confidence {
    pub weights: Signals,
    pub bias: f32,
    /// Confidence below which nothing is answered.
    pub threshold: f32,
}

/// Why a weights file is refused.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    #[error("weights are not valid")]
    Invalid(#[from] toml::de::Error),
    #[error("weights do not name the signal {0}")]
    Missing(&'static str),
    #[error("weights name the unknown signal {0}")]
    Unknown(String),
}

impl Weights {
    /// # Errors
    /// When the bundled file does not name exactly the signals there are.
    pub fn bundled() -> Result<Weights, WeightsError> {
        Weights::parse(BUNDLED)
    }

    /// # Errors
    /// When the file does not name exactly the signals there are.
    pub fn parse(text: &str) -> Result<Weights, WeightsError> {
        let mut file: File = toml::from_str(text)?;
        let bias = file.confidence.remove("bias").ok_or(WeightsError::Missing("bias"))?;
        Ok(Weights {
            weights: by_signal(&file.weights)?,
            confidence: Confidence { weights: by_signal(&file.confidence)?, bias, threshold: file.threshold },
        })
    }

    /// The text of a weights file, as [`Weights::parse`] reads it.
    pub fn to_toml(&self) -> String {
        let table = |values: &Signals| -> String {
            SIGNALS.iter().zip(values).map(|(name, value)| format!("{name} = {value:.3}\n")).collect()
        };
        format!(
            "# Weights of the signals of a candidate, fitted by `wenshu tune`; every signal lies between 0 and 1.\n\n\
             # Confidence below which nothing is answered.\nthreshold = {:.2}\n\n\
             # A score is the weighted sum of the signals; the best score comes first.\n[weights]\n{}\n\
             # A confidence is the logistic function of the weighted sum of the first candidate's signals and the bias.\n\
             [confidence]\nbias = {:.3}\n{}",
            self.confidence.threshold,
            table(&self.weights),
            self.confidence.bias,
            table(&self.confidence.weights)
        )
    }

    /// Weighted sum of the signals.
    pub fn score(&self, signals: &Signals) -> f32 {
        signals.iter().zip(&self.weights).map(|(signal, weight)| signal * weight).sum()
    }

    /// The weights in the order of [`SIGNALS`].
    pub fn values(&self) -> &Signals {
        &self.weights
    }

    pub fn set_values(&mut self, values: Signals) {
        self.weights = values;
    }

    pub fn confidence_weights(&self) -> &Confidence {
        &self.confidence
    }

    pub fn set_confidence(&mut self, confidence: Confidence) {
        self.confidence = confidence;
    }

    /// Probability that a candidate with these signals is what was asked.
    pub fn confidence(&self, signals: &Signals) -> f32 {
        let sum: f32 =
            signals.iter().zip(&self.confidence.weights).map(|(signal, weight)| signal * weight).sum();
        1.0 / (1.0 + (-(sum + self.confidence.bias)).exp())
    }

    /// Confidence below which nothing is answered.
    pub fn threshold(&self) -> f32 {
        self.confidence.threshold
    }
}

fn by_signal(named: &BTreeMap<String, f32>) -> Result<Signals, WeightsError> {
    let mut values = [0.0; SIGNALS.len()];
    for (value, name) in values.iter_mut().zip(SIGNALS) {
        *value = *named.get(name).ok_or(WeightsError::Missing(name))?;
    }
    match named.keys().find(|key| !SIGNALS.contains(&key.as_str())) {
        Some(unknown) => Err(WeightsError::Unknown(unknown.clone())),
        None => Ok(values),
    }
}
