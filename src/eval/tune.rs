//! Fits the weights of the signals to question sets.

use crate::answer::Answerer;
use crate::answer::score::{SIGNALS, Signals};
use crate::answer::weights::{Confidence, Weights};
use crate::eval::judge::same_figure;
use crate::eval::{Asked, question_of};
use crate::model::period::Day;

/// Steps of gradient descent; the loss no longer moves in the third digit after about half of them.
const N_STEPS: usize = 1500;
const STEP: f32 = 0.02;
/// Pull towards the weights tuning starts from, so that a signal few questions speak of keeps its weight.
const PULL: f32 = 0.002;

/// Signals whose weight is agreed upon and not fitted: the sets name place and year, and ask of no titles.
const AGREED: [&str; 3] = ["home", "recency", "title"];
/// Share of the questions without an answer that are to be declined.
const LEAST_REFUSAL: f32 = 0.93;

/// The candidates of one question.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Signals of each candidate that may be answered, and whether it is the right one.
    pub candidates: Vec<(Signals, bool)>,
    /// True when some report answers the question.
    pub is_answerable: bool,
}

/// The candidates of every question of `set`.
pub fn samples(answerer: &Answerer, set: &[Asked], over_all: bool, today: Day) -> Vec<Sample> {
    set.iter()
        .map(|asked| {
            let question = question_of(asked, over_all, today);
            let rows = answerer.explain(&question).map_or_else(|_| Vec::new(), |found| found.rows);
            let wanted: Vec<&String> = asked.figure.iter().chain(&asked.acceptable).collect();
            let candidates = rows
                .iter()
                .filter(|row| row.fits)
                .map(|row| {
                    let is_of_report = asked.report.as_ref().is_none_or(|report| *report == row.file);
                    let is_right = is_of_report && wanted.iter().any(|want| same_figure(&row.figure, want));
                    (row.values, is_right)
                })
                .collect();
            Sample { candidates, is_answerable: !wanted.is_empty() }
        })
        .collect()
}

/// Weights that put right candidates first, and a confidence that says how often the first one is right.
///
/// Full-batch gradient descent with Adam (Kingma and Ba 2015) on the softmax likelihood of the right
/// candidates, then on the logistic likelihood of the first candidate being right (Platt 1999). There
/// is no chance in it: the same samples give the same weights.
pub fn fit(samples: &[Sample], start: &Weights) -> Weights {
    let mut weights = start.clone();
    let ranking: Vec<&Sample> =
        samples.iter().filter(|sample| sample.candidates.iter().any(|(_, is_right)| *is_right)).collect();
    let first = *start.values();
    let mut values = first;
    descend(&mut values, |values| {
        let mut gradient = [0.0; SIGNALS.len()];
        for sample in &ranking {
            add_softmax_gradient(sample, values, &mut gradient);
        }
        for ((slope, value), first) in gradient.iter_mut().zip(values).zip(first) {
            *slope = *slope / ranking.len().max(1) as f32 + PULL * (value - first);
        }
        gradient
    });
    for (idx, name) in SIGNALS.iter().enumerate() {
        // A signal that speaks against the right candidate is noise, not evidence.
        values[idx] = if AGREED.contains(name) { first[idx] } else { values[idx].max(0.0) };
    }
    weights.set_values(values);

    let tops: Vec<(Signals, bool)> = samples.iter().filter_map(|sample| top(sample, &weights)).collect();
    let n_tops = tops.len().max(1) as f32;
    let before = start.confidence_weights().clone();
    let mut packed: [f32; SIGNALS.len() + 1] = [0.0; SIGNALS.len() + 1];
    packed[..SIGNALS.len()].copy_from_slice(&before.weights);
    packed[SIGNALS.len()] = before.bias;
    let from = packed;
    descend(&mut packed, |packed| {
        let mut gradient = [0.0; SIGNALS.len() + 1];
        for (signals, is_right) in &tops {
            let sum: f32 = signals.iter().zip(packed.iter()).map(|(signal, weight)| signal * weight).sum();
            let chance = 1.0 / (1.0 + (-(sum + packed[SIGNALS.len()])).exp());
            let error = chance - if *is_right { 1.0 } else { 0.0 };
            for (slope, signal) in gradient.iter_mut().zip(signals.iter().chain([&1.0])) {
                *slope += error * signal / n_tops;
            }
        }
        for ((slope, value), first) in gradient.iter_mut().zip(packed.iter()).zip(from) {
            *slope += PULL * (value - first);
        }
        gradient
    });
    let chances: Vec<(f32, bool)> = samples
        .iter()
        .filter_map(|sample| top(sample, &weights).map(|(signals, _)| (signals, sample.is_answerable)))
        .map(|(signals, is_answerable)| {
            let sum: f32 = signals.iter().zip(packed.iter()).map(|(signal, weight)| signal * weight).sum();
            (1.0 / (1.0 + (-(sum + packed[SIGNALS.len()])).exp()), is_answerable)
        })
        .collect();
    let mut fitted: Signals = [0.0; SIGNALS.len()];
    fitted.copy_from_slice(&packed[..SIGNALS.len()]);
    weights.set_confidence(Confidence {
        weights: fitted,
        bias: packed[SIGNALS.len()],
        threshold: threshold(&chances),
    });
    weights
}

/// The least confidence at which [`LEAST_REFUSAL`] of the questions without an answer are declined.
fn threshold(chances: &[(f32, bool)]) -> f32 {
    let mut unanswerable: Vec<f32> =
        chances.iter().filter(|(_, is_answerable)| !is_answerable).map(|(chance, _)| *chance).collect();
    unanswerable.sort_by(|a, b| b.total_cmp(a));
    let n_let_through = (unanswerable.len() as f32 * (1.0 - LEAST_REFUSAL)) as usize;
    let highest = unanswerable.get(n_let_through).copied().unwrap_or(0.5);
    ((highest + 0.005) * 100.0).ceil() / 100.0
}

/// The candidate put first.
fn top(sample: &Sample, weights: &Weights) -> Option<(Signals, bool)> {
    sample.candidates.iter().max_by(|a, b| weights.score(&a.0).total_cmp(&weights.score(&b.0))).copied()
}

fn add_softmax_gradient(sample: &Sample, values: &Signals, gradient: &mut Signals) {
    let score = |signals: &Signals| -> f32 { signals.iter().zip(values).map(|(a, b)| a * b).sum() };
    let scores: Vec<f32> = sample.candidates.iter().map(|(signals, _)| score(signals)).collect();
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let shares: Vec<f32> = scores.iter().map(|score| (score - best).exp()).collect();
    let all: f32 = shares.iter().sum();
    let right: f32 = sample
        .candidates
        .iter()
        .zip(&shares)
        .filter(|((_, is_right), _)| *is_right)
        .map(|(_, share)| share)
        .sum();
    for ((signals, is_right), share) in sample.candidates.iter().zip(&shares) {
        let wanted = if *is_right { share / right.max(f32::MIN_POSITIVE) } else { 0.0 };
        let error = share / all - wanted;
        for (slope, signal) in gradient.iter_mut().zip(signals) {
            *slope += error * signal;
        }
    }
}

fn descend<const N: usize>(values: &mut [f32; N], gradient_at: impl Fn(&[f32; N]) -> [f32; N]) {
    let (mut mean, mut square) = ([0.0f32; N], [0.0f32; N]);
    for step in 1..=N_STEPS {
        let gradient = gradient_at(values);
        for idx in 0..N {
            mean[idx] = 0.9 * mean[idx] + 0.1 * gradient[idx];
            square[idx] = 0.999 * square[idx] + 0.001 * gradient[idx] * gradient[idx];
            let corrected = mean[idx] / (1.0 - 0.9f32.powi(step as i32));
            let spread = (square[idx] / (1.0 - 0.999f32.powi(step as i32))).sqrt();
            values[idx] -= STEP * corrected / (spread + 1e-8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_that_tells_right_from_wrong_gains_weight() {
        let mut right = [0.5; SIGNALS.len()];
        let mut wrong = right;
        right[0] = 1.0;
        wrong[0] = 0.0;
        let samples =
            vec![Sample { candidates: vec![(wrong, false), (right, true)], is_answerable: true }; 10];
        let start = Weights::bundled().unwrap();
        let fitted = fit(&samples, &start);
        assert!(fitted.values()[0] > start.values()[0]);
    }
}
