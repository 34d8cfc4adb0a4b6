//! Weights of the signals, from `data/weights.toml`.

use serde::Deserialize;

use crate::answer::score::{SIGNALS, Signals};

const BUNDLED: &str = include_str!("../../data/weights.toml");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    weights: std::collections::BTreeMap<String, f32>,
    calibration: Calibration,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calibration {
    slope: f32,
    center: f32,
    threshold: f32,
}

/// How much each signal counts, and how a score becomes a confidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    weights: Signals,
    calibration: Calibration,
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
        let file: File = toml::from_str(text)?;
        let mut weights = [0.0; SIGNALS.len()];
        for (weight, name) in weights.iter_mut().zip(SIGNALS) {
            *weight = *file.weights.get(name).ok_or(WeightsError::Missing(name))?;
        }
        match file.weights.keys().find(|key| !SIGNALS.contains(&key.as_str())) {
            Some(unknown) => Err(WeightsError::Unknown(unknown.clone())),
            None => Ok(Weights { weights, calibration: file.calibration }),
        }
    }

    /// Weighted sum of the signals.
    pub fn score(&self, signals: &Signals) -> f32 {
        signals.iter().zip(&self.weights).map(|(signal, weight)| signal * weight).sum()
    }

    /// The weights in the order of [`SIGNALS`].
    pub fn values(&self) -> &Signals {
        &self.weights
    }

    /// Probability that a candidate of this score is what was asked.
    pub fn confidence(&self, score: f32) -> f32 {
        1.0 / (1.0 + (-self.calibration.slope * (score - self.calibration.center)).exp())
    }

    /// Confidence below which nothing is answered.
    pub fn threshold(&self) -> f32 {
        self.calibration.threshold
    }
}
