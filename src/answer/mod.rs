//! From a question to an answer: understand, retrieve, choose the sentence, choose the figure, compose.
//!
//! Plain functions behind one [`Answerer`] that many threads share.

pub mod asked_period;
pub mod compose;
pub mod contrast;
pub mod exclusion;
pub mod fit;
pub mod focus;
pub mod joint;
pub mod rivals;
pub mod score;
pub mod short_years;
pub mod sight;
pub mod speech;
pub mod spelling;
pub mod substitution;
pub mod terms;
pub mod townships;
pub mod understand;
pub mod weights;
pub mod wish;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::analysis::language::LanguageData;
use crate::answer::asked_period::question_times;
use crate::answer::compose::{Ranked, compose, is_outdone};
use crate::answer::score::{SIGNALS, Scorer, Seen, Signals, Standing};
use crate::answer::sight::{Credits, Finder};
use crate::answer::spelling::{Speller, needs_mending};
use crate::answer::substitution::Substitutions;
use crate::answer::terms::StopWords;
use crate::answer::understand::{Heard, Reader, Slant, Understood};
use crate::answer::weights::Weights;
use crate::answer::wish::asking_words;
use crate::index::passage::Passage;
use crate::index::schema::bigrams;
use crate::index::{Hit, IndexError, Snapshot, Wanted};
use crate::model::answer::{Decline, Outcome, Reason};
use crate::model::figure::FigureKind;
use crate::model::period::Period;
use crate::model::question::Question;
use crate::model::report::ReportInfo;
use crate::model::span::Span;

/// Passages looked at for one question.
const N_PASSAGES: usize = 24;
/// Weight in the search of words of the story around a question.
const IN_BACKGROUND: f32 = 0.15;
/// Weight of the year asked for, where reports of other years are searched.
const YEAR: f32 = 2.0;
/// Trust in words that only the wished figure brings along.
const WISHED: f32 = 0.6;
/// Passages looked at in all reports when a question asks for years that only some of them are about.
const N_OTHERS: usize = 16;
/// Clauses that ask nothing are tried as what names the thing asked for, nearest first, up to this many.
const MAX_LEANINGS: usize = 4;
/// What is worth less is not shown as found.
const LEAST_FOUND: f32 = 0.3;
/// The longest question read, in characters; the rest is cut off.
const MAX_QUESTION_CHARS: usize = 500;

/// Answers questions over one state of the index.
pub struct Answerer {
    snapshot: Snapshot,
    language: Arc<LanguageData>,
    weights: Weights,
    stop: StopWords,
    home: Option<String>,
    /// Made at the first question that needs it, or before.
    speller: OnceLock<Speller>,
}

/// A question read in the way that served best, what was found for it, and what came of it.
struct Settled {
    understood: Understood,
    hits: Vec<Hit>,
    outcome: Outcome,
}

/// One row of `--explain`.
#[derive(Debug, Clone)]
pub struct ExplainRow {
    pub figure: String,
    pub indicator: String,
    pub period: Period,
    pub sentence: String,
    pub report: String,
    /// File name of the report.
    pub file: String,
    /// In the order of [`SIGNALS`].
    pub values: Signals,
    /// False when period, unit or place rule it out, whatever its score.
    pub fits: bool,
    /// Why it would not be given as the answer if it came first: the signal or rule that speaks against it.
    pub why_not: Option<&'static str>,
    pub score: f32,
    pub confidence: f32,
    pub matched: Vec<String>,
}

/// How an outcome came about.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub understood: Vec<(String, String)>,
    pub signals: Vec<&'static str>,
    pub weights: Vec<f32>,
    pub rows: Vec<ExplainRow>,
    pub outcome: Outcome,
}

impl Answerer {
    /// `home` is the full name of the place that is preferred when a question names none.
    pub fn new(
        snapshot: Snapshot,
        language: Arc<LanguageData>,
        weights: Weights,
        home: Option<String>,
    ) -> Answerer {
        Answerer { snapshot, language, weights, stop: StopWords::bundled(), home, speller: OnceLock::new() }
    }

    /// The reports questions are answered from.
    pub fn reports(&self) -> &[ReportInfo] {
        self.snapshot.reports()
    }

    /// Answers `question`, or declines and says why.
    pub fn answer(&self, question: &Question) -> Outcome {
        self.answer_in_steps(question, &mut |_, _| {})
    }

    /// As [`Answerer::answer`]; `done` is told the name of each step when it ends, and how many things it found.
    pub fn answer_in_steps(&self, question: &Question, done: &mut dyn FnMut(&'static str, usize)) -> Outcome {
        self.settle(question, done).map_or_else(|_| unreadable(), |settled| settled.outcome)
    }

    /// Reads, retrieves, ranks and composes. A question that gets no answer as it is first read is read again: with
    /// each clause that may name what is asked for, and with the reports of other places.
    fn settle(
        &self,
        question: &Question,
        done: &mut dyn FnMut(&'static str, usize),
    ) -> Result<Settled, IndexError> {
        let heard = self.hear(question);
        let mut settled = self.settle_once(question, &heard, Slant::default(), done)?;
        let is_open = |outcome: &Outcome| {
            matches!(
                outcome,
                Outcome::Declined(Decline { reason: Reason::NoSuchIndicator | Reason::NotAsAsked, .. })
            )
        };
        if !is_open(&settled.outcome) {
            return Ok(settled);
        }
        let leanings = settled.understood.aside.iter().take(MAX_LEANINGS);
        let mut slants: Vec<Slant> =
            leanings.map(|clause| Slant { leaning_on: Some(*clause), elsewhere: false }).collect();
        if settled.understood.place.is_some() && !settled.understood.place_names.is_empty() {
            slants.push(Slant { leaning_on: None, elsewhere: true });
        }
        let mut best = 0.0;
        for slant in slants {
            let other = self.settle_once(question, &heard, slant, done)?;
            if let Outcome::Answered(answer) = &other.outcome
                && answer.best.confidence > best
            {
                best = answer.best.confidence;
                settled = other;
            }
        }
        Ok(settled)
    }

    fn settle_once(
        &self,
        question: &Question,
        heard: &Heard,
        slant: Slant,
        done: &mut dyn FnMut(&'static str, usize),
    ) -> Result<Settled, IndexError> {
        let understood = self.reader().read(question, heard, slant);
        done("understand", understood.terms.groups.len());
        let hits = self.retrieve(&understood)?;
        done("retrieve", hits.len());
        let ranked = self.rank(&understood, &hits);
        let n_ranked = ranked.len();
        done("rank", n_ranked);
        let is_substituted = |ranked: &Ranked<'_>| self.is_substituted(&understood, ranked);
        let outcome = compose(question, &understood, &self.snapshot, &self.weights, ranked, &is_substituted);
        done("compose", n_ranked);
        Ok(Settled { understood, hits, outcome })
    }

    /// The number of passages questions are answered from.
    pub fn n_passages(&self) -> u64 {
        self.snapshot.n_passages()
    }

    /// The passages of one report, in order of appearance; an unknown id gives none.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn passages_of(&self, report: &str) -> Result<Vec<Passage>, IndexError> {
        self.snapshot.passages_of(report)
    }

    /// The passages found for `question`, best first, without choosing a figure.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn search(&self, question: &Question, limit: usize) -> Result<Vec<Hit>, IndexError> {
        let understood = self.understand(question);
        let mut hits = self.find(&understood, false)?;
        hits.truncate(limit);
        Ok(hits)
    }

    /// Everything that was weighed for `question`.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn explain(&self, question: &Question) -> Result<Explanation, IndexError> {
        let Settled { understood, hits, outcome } = self.settle(question, &mut |_, _| {})?;
        let ranked = self.rank(&understood, &hits);
        let finder = Finder::new(&understood.terms);
        let mut credits = Credits::new(&understood.terms);
        let mut rows: Vec<ExplainRow> =
            ranked.iter().map(|ranked| self.row(&understood, &finder, &mut credits, ranked)).collect();
        for (row, candidate) in rows.iter_mut().zip(&ranked) {
            let is_outdone = || is_outdone(candidate, &ranked, understood.wish.aspect);
            row.why_not = row.why_not.or_else(|| is_outdone().then_some("outdone"));
            row.why_not =
                row.why_not.or_else(|| self.is_substituted(&understood, candidate).then_some("another"));
        }
        Ok(Explanation {
            understood: describe(&understood),
            signals: SIGNALS.to_vec(),
            weights: self.weights.values().to_vec(),
            rows,
            outcome,
        })
    }

    /// The weights in force.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// First step: reads the question.
    pub fn understand(&self, question: &Question) -> Understood {
        self.reader().read(question, &self.hear(question), Slant::default())
    }

    fn hear(&self, question: &Question) -> Heard {
        let mut question = question.clone();
        if let Some((at, _)) = question.text.char_indices().nth(MAX_QUESTION_CHARS) {
            question.text.truncate(at);
        }
        self.reader().hear(&question, &|text| {
            if !needs_mending(text, &self.snapshot) {
                return None;
            }
            self.speller().mend(text, &|text| self.known_parts(text), &self.snapshot)
        })
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            language: &self.language,
            stop: &self.stop,
            snapshot: &self.snapshot,
            home: self.home.as_deref(),
        }
    }

    /// Makes what the first mistyped question would have to wait for.
    pub fn warm(&self) {
        self.speller();
    }

    fn speller(&self) -> &Speller {
        self.speller.get_or_init(|| Speller::new(&self.language, &self.snapshot))
    }

    /// The parts of a question that are words as they stand: asking words, times, places, words the reports
    /// or the lexicon hold.
    fn known_parts(&self, text: &str) -> Vec<Span> {
        let mut known = asking_words(text, &self.language.segmenter);
        known.extend(question_times(text).iter().map(|time| time.span));
        known.extend(self.language.gazetteer.find_in(text).into_iter().map(|(span, _)| span));
        let is_known = |span: &Span| {
            let word = span.of(text);
            self.stop.contains(word)
                || word.chars().count() >= 2
                    && (self.language.lexicon.knows(word) || self.language.segmenter.is_word(word))
        };
        known.extend(self.language.segmenter.words(text).into_iter().filter(is_known));
        known
    }

    /// Second step: the passages that state a figure and share words with the question.
    ///
    /// # Errors
    /// When the index on disk is damaged.
    pub fn retrieve(&self, understood: &Understood) -> Result<Vec<Hit>, IndexError> {
        self.find(understood, true)
    }

    fn find(&self, understood: &Understood, only_figured: bool) -> Result<Vec<Hit>, IndexError> {
        let mut wanted = Wanted { only_figured, ..Wanted::default() };
        for group in &understood.terms.groups {
            // What only tells the story around a question is hardly looked for.
            let share = if group.is_background { IN_BACKGROUND } else { 1.0 };
            for wording in &group.wordings {
                let whole = understood.terms.lookups[wording.whole].as_str();
                for word in self.language.segmenter.search_words(whole) {
                    add(&mut wanted.words, word, share * wording.trust);
                }
                for gram in bigrams(whole) {
                    add(&mut wanted.grams, gram, share * wording.trust * 0.5);
                }
            }
        }
        if understood.wish.kind == Some(FigureKind::Multiple) {
            for word in ["倍", "翻", "一番", "两番", "翻番"] {
                add(&mut wanted.words, word, WISHED);
            }
        }
        let Some(near) = &understood.near else {
            wanted.reports.clone_from(&understood.reports);
            return self.snapshot.search(&wanted, N_PASSAGES);
        };
        // The reports of the years asked for come first; others may look back on them, or ahead.
        wanted.reports = Some(near.clone());
        let mut hits = self.snapshot.search(&wanted, N_PASSAGES)?;
        wanted.reports.clone_from(&understood.reports);
        let (from, to) = understood.period.years.unwrap_or_default();
        for year in [from, to] {
            for written in [year.to_string(), in_chinese_digits(year)] {
                // 一九七八年 stands in the index whole; its parts (七八, 八年) are parts of other years as well.
                let words = self.language.segmenter.search_words(&written);
                if let Some(word) = words.into_iter().max_by_key(|word| word.chars().count()) {
                    add(&mut wanted.words, word, YEAR);
                }
            }
        }
        for hit in self.snapshot.search(&wanted, N_OTHERS)? {
            if !near.contains(&hit.passage.report) {
                hits.push(hit);
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(hits)
    }

    /// Third and fourth step: scores every fact of every passage, best first.
    pub fn rank<'h>(&'h self, understood: &Understood, hits: &'h [Hit]) -> Vec<Ranked<'h>> {
        let reports = self.snapshot.reports();
        let newest_year = |info: &ReportInfo| {
            if understood.period.years.is_some() {
                // The year asked for decides, not the age of the report.
                return None;
            }
            let in_scope = |other: &&ReportInfo| {
                other.place == info.place
                    && understood.reports.as_ref().is_none_or(|ids| ids.contains(&other.id))
            };
            let years =
                || reports.iter().filter(in_scope).filter_map(|other| other.year.map(|year| year.get()));
            years().filter(|year| *year <= understood.asked_in).max().or_else(|| years().max())
        };
        let best_bm25 = hits.first().map_or(0.0, |hit| hit.score);
        let scorer = Scorer::new(understood, &self.weights, best_bm25);
        let finder = Finder::new(&understood.terms);
        let mut credits = Credits::new(&understood.terms);
        let mut standings: HashMap<&str, (&ReportInfo, Standing)> = HashMap::new();
        let mut ranked = Vec::new();
        for hit in hits {
            let id = hit.passage.report.as_str();
            if !standings.contains_key(id) {
                let Some(report) = reports.iter().find(|info| info.id == id) else { continue };
                standings.insert(id, (report, scorer.standing(report, newest_year(report))));
            }
            let (report, standing) = &standings[id];
            let sightings = finder.sightings(&hit.passage, report);
            let seen = Seen::new(sightings, understood.rivals.in_passage(&hit.passage, &standing.named));
            for fact in &hit.passage.facts {
                let scored = scorer.score(&mut credits, hit, standing, &seen, fact);
                ranked.push(Ranked { passage: &hit.passage, report, fact, scored });
            }
        }
        ranked.sort_by(|a, b| b.scored.score.total_cmp(&a.scored.score));
        ranked
    }

    /// True when the fact has another noun where the question has one of its own.
    fn is_substituted(&self, understood: &Understood, ranked: &Ranked<'_>) -> bool {
        let finder = Finder::new(&understood.terms);
        let mut credits = Credits::new(&understood.terms);
        credits.weigh(ranked.passage, &finder.sightings(ranked.passage, ranked.report), ranked.fact);
        let found: Vec<f32> = understood.terms.groups.iter().map(|group| credits.of_group(group)).collect();
        let substitutions = Substitutions { understood, language: &self.language, stop: &self.stop };
        substitutions.holds(ranked, &found, credits.used()) || substitutions.is_of_part(ranked)
    }

    fn row(
        &self,
        understood: &Understood,
        finder: &Finder<'_>,
        credits: &mut Credits<'_>,
        ranked: &Ranked<'_>,
    ) -> ExplainRow {
        credits.weigh(ranked.passage, &finder.sightings(ranked.passage, ranked.report), ranked.fact);
        let found = understood.terms.groups.iter().map(|group| (&group.text, credits.of_group(group)));
        let matched = found.filter(|(_, credit)| *credit > LEAST_FOUND);
        ExplainRow {
            figure: ranked.fact.figure.span.of(&ranked.passage.text).to_owned(),
            indicator: ranked.fact.indicator.clone(),
            period: ranked.fact.period,
            sentence: ranked.passage.text.clone(),
            report: ranked.report.title.clone(),
            file: ranked.report.file.clone(),
            values: ranked.scored.signals,
            fits: ranked.fits(),
            why_not: ranked.why_not(&self.weights),
            score: ranked.scored.score,
            confidence: self.weights.confidence(&ranked.scored.signals),
            matched: matched.map(|(text, credit)| format!("{text}:{credit:.2}")).collect(),
        }
    }
}

/// 一九八二年.
fn in_chinese_digits(year: u16) -> String {
    let digit =
        |ch: char| ch.to_digit(10).and_then(|digit| "〇一二三四五六七八九".chars().nth(digit as usize));
    year.to_string().chars().filter_map(digit).chain(['年']).collect()
}

fn unreadable() -> Outcome {
    Outcome::Declined(Decline { reason: Reason::Unreadable, nearest: Vec::new() })
}

fn add(list: &mut Vec<(String, f32)>, text: &str, weight: f32) {
    match list.iter_mut().find(|(known, _)| known == text) {
        Some((_, known)) => *known = known.max(weight),
        None => list.push((text.to_owned(), weight)),
    }
}

fn describe(understood: &Understood) -> Vec<(String, String)> {
    let phrases: Vec<String> =
        understood.terms.groups.iter().map(|group| format!("{}({:.1})", group.text, group.weight)).collect();
    let mut rows = vec![("words".to_owned(), phrases.join(" "))];
    rows.push((
        "wish".to_owned(),
        format!("{:?} {:?} {:?}", understood.wish.aspect, understood.wish.unit_class, understood.wish.unit),
    ));
    rows.push((
        "period".to_owned(),
        format!("{:?} {:?}", understood.period.years, understood.period.state.map(|state| state.name())),
    ));
    if let Some(mended) = &understood.mended {
        rows.push(("read as".to_owned(), mended.clone()));
    }
    if let Some(place) = &understood.place {
        rows.push(("place".to_owned(), place.full_name()));
    }
    if let Some(place) = &understood.unknown_place {
        rows.push(("unknown place".to_owned(), place.clone()));
    }
    rows
}
