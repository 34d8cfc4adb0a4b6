//! The words of a question that must be found, with everything they can stand for.

use std::collections::{HashMap, HashSet};

use crate::analysis::language::LanguageData;
use crate::analysis::lexicon::{MAX_PHRASE_CHARS, Variant};
use crate::analysis::phrases::NO_PARTS;
use crate::answer::focus::clauses;
use crate::index::Snapshot;
use crate::model::span::Span;

/// Bundled list of words that are never looked for.
const STOP_WORDS: &str = include_str!("../../data/lexicon/stop.txt");
/// A question's words beyond this many are ignored; people ask for one figure.
const MAX_GROUPS: usize = 12;
/// Phrases of clauses that ask nothing weigh this much of what they would.
const BACKGROUND: f32 = 0.3;
/// All of them together weigh at most this share of the phrases that ask.
const MAX_BACKGROUND: f32 = 0.25;
/// Phrases that ask and weigh less than this do not say what is asked for.
const LEAST_ASKING: f32 = 5.0;
/// Words before 占 that weigh less do not say what the part is.
const LEAST_PART: f32 = 3.0;
/// A phrase that weighs this much of the heaviest one can name what is counted.
const HEAD_SHARE: f32 = 0.4;
/// Weight of a word that stands nowhere.
const WEIGHT_UNSEEN: f32 = 6.0;
/// Wordings of one phrase beyond this many are ignored.
const MAX_OPTIONS: usize = 14;

/// One way a phrase of the question can stand in a sentence: all its words, or the whole in one piece.
#[derive(Debug, Clone, PartialEq)]
pub struct Wording {
    pub trust: f32,
    /// Index of the whole wording in [`Terms::lookups`].
    pub whole: usize,
    /// Words of the wording with their share of its weight; the shares add up to 1.
    pub parts: Vec<(usize, f32)>,
}

/// A phrase of the question.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub text: String,
    /// Where it stands in the question; `None` for a place's name.
    pub span: Option<Span>,
    /// How much the phrase tells, from its rarity.
    pub weight: f32,
    pub wordings: Vec<Wording>,
    /// Names a place that no loaded report is about, so the sentence itself must name it.
    pub is_place: bool,
    /// Names the part a share is asked of.
    pub is_part: bool,
    /// Names an indicator of the lexicon.
    pub is_indicator: bool,
    /// Stands in a clause that asks nothing; finding it helps, missing it does not hurt much.
    pub is_background: bool,
}

/// All phrases of a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Terms {
    pub groups: Vec<Group>,
    /// Distinct strings to look for in a sentence.
    pub lookups: Vec<String>,
    /// Index of the phrase that names what is counted: the last one that tells much.
    pub head: Option<usize>,
}

impl Terms {
    /// The report's words for everyday phrases: the first wording besides the phrase itself.
    pub fn meant(&self) -> impl Iterator<Item = &str> + Clone {
        self.groups
            .iter()
            .filter(|group| !group.is_background && group.text.chars().count() >= 2)
            .filter_map(|group| group.wordings.get(1).map(|wording| self.lookups[wording.whole].as_str()))
    }
}

/// Words never looked for.
pub struct StopWords(HashSet<&'static str>);

impl StopWords {
    pub fn bundled() -> StopWords {
        let lines = STOP_WORDS.lines().filter(|line| !line.starts_with('#'));
        StopWords(lines.flat_map(str::split_whitespace).collect())
    }

    pub fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }
}

/// Cuts what is left of a question into phrases.
pub struct TermReader<'a> {
    pub language: &'a LanguageData,
    pub stop: &'a StopWords,
    pub snapshot: &'a Snapshot,
}

struct Collector {
    terms: Terms,
    known: HashMap<String, usize>,
}

impl Collector {
    fn lookup(&mut self, text: &str) -> usize {
        if let Some(&idx) = self.known.get(text) {
            return idx;
        }
        let idx = self.terms.lookups.len();
        self.terms.lookups.push(text.to_owned());
        self.known.insert(text.to_owned(), idx);
        idx
    }
}

impl TermReader<'_> {
    /// Reads the phrases of normalized `question` outside of `masked`, those in `focus` first; `places` are
    /// names that must be found.
    pub fn read(&self, question: &str, masked: &[Span], focus: &[Span], places: &[String]) -> Terms {
        let mut collector = Collector { terms: Terms::default(), known: HashMap::new() };
        let mut pieces = open_pieces(question, masked);
        let clauses = clauses(question);
        let is_focused = |piece: &Span| {
            // What is put in quotes is meant, wherever it stands.
            let is_quoted = question[..piece.start as usize].ends_with(['“', '"'])
                && question[piece.end as usize..].starts_with(['”', '"']);
            is_quoted || focus.iter().any(|clause| clause.contains(*piece))
        };
        let clause_of = |piece: &Span| clauses.iter().position(|clause| clause.contains(*piece)).unwrap_or(0);
        let asking_clause = focus.last().map_or(0, clause_of);
        // How far the clause of a piece is from the one that asks; 0 for what asks.
        let distance = |piece: &Span| {
            if is_focused(piece) { 0 } else { clause_of(piece).abs_diff(asking_clause).max(1) }
        };
        pieces.sort_by_key(|piece| (distance(piece), piece.start));
        let mut distances = Vec::new();
        let part = asked_part(question, focus.last().copied());
        for piece in &pieces {
            for phrase in self.phrases(piece.of(question)) {
                if collector.terms.groups.len() < MAX_GROUPS {
                    self.add_group(&mut collector, phrase, false);
                    distances.push(distance(piece));
                    if let Some(group) = collector.terms.groups.last_mut() {
                        let span = place_of(phrase, question);
                        group.is_part = part.is_some_and(|part| part.contains(span));
                        group.span = Some(span);
                    }
                }
            }
        }
        let asks = |reach: usize, groups: &[Group]| -> f32 {
            let near = groups.iter().zip(&distances).filter(|(_, distance)| **distance <= reach);
            near.map(|(group, _)| group.weight).sum()
        };
        // 司机之家要建几个？: a clause that asks and names little leans on those nearest to it.
        let farthest = distances.iter().copied().max().unwrap_or(0);
        let reach = (0..farthest)
            .find(|reach| asks(*reach, &collector.terms.groups) >= LEAST_ASKING)
            .unwrap_or(farthest);
        let asking = asks(reach, &collector.terms.groups);
        let telling = (asks(farthest, &collector.terms.groups) - asking) * BACKGROUND;
        let scale = if telling > asking * MAX_BACKGROUND { asking * MAX_BACKGROUND / telling } else { 1.0 };
        for (group, distance) in collector.terms.groups.iter_mut().zip(&distances) {
            if *distance > reach {
                group.is_background = true;
                group.weight *= BACKGROUND * scale;
            }
        }
        // 跟中亚的买卖，新疆一家占全国的比重: 一家 does not say what the part is.
        let parts = collector.terms.groups.iter_mut().filter(|group| group.is_part);
        let parts: Vec<&mut Group> = parts.collect();
        if parts.iter().map(|group| group.weight).sum::<f32>() < LEAST_PART {
            parts.into_iter().for_each(|group| group.is_part = false);
        }
        collector.terms.head = head(&collector.terms.groups, &distances);
        for place in places {
            self.add_group(&mut collector, place, true);
        }
        collector.terms
    }

    /// Longest phrases of the lexicon first, jieba words between them.
    fn phrases<'q>(&self, piece: &'q str) -> Vec<&'q str> {
        let bounds: Vec<usize> = piece.char_indices().map(|(at, _)| at).chain([piece.len()]).collect();
        let mut phrases = Vec::new();
        let mut open = 0;
        let mut at = 0;
        while at + 1 < bounds.len() {
            let longest = (2..=MAX_PHRASE_CHARS).rev().find_map(|n_chars| {
                let end = *bounds.get(at + n_chars)?;
                let phrase = &piece[bounds[at]..end];
                (self.language.lexicon.knows(phrase) && !self.stop.contains(phrase))
                    .then_some((n_chars, phrase))
            });
            match longest {
                Some((n_chars, phrase)) if n_chars >= 3 || self.is_word_here(piece, bounds[at], phrase) => {
                    phrases.extend(self.plain_words(&piece[bounds[open]..bounds[at]]));
                    phrases.push(phrase);
                    at += n_chars;
                    open = at;
                }
                _ => at += 1,
            }
        }
        phrases.extend(self.plain_words(&piece[bounds[open]..]));
        phrases
    }

    /// A two-character entry counts only where the segmenter sees word borders too.
    fn is_word_here(&self, piece: &str, start: usize, phrase: &str) -> bool {
        let words = self.language.segmenter.words(piece);
        let end = start + phrase.len();
        words.iter().any(|word| word.start as usize == start)
            && words.iter().any(|word| word.end as usize == end)
    }

    fn plain_words<'q>(&self, piece: &'q str) -> Vec<&'q str> {
        let segmenter = &self.language.segmenter;
        let is_guess = |word: &str| {
            word.chars().count() >= 2
                && !word.is_ascii()
                && !segmenter.is_word(word)
                && self.snapshot.vocabulary().n_with_word(word) == 0
        };
        segmenter
            .words(piece)
            .into_iter()
            .map(|span| span.of(piece))
            .flat_map(|word| if is_guess(word) { segmenter.known_words(word) } else { vec![word] })
            .filter(|word| word.chars().any(char::is_alphanumeric) && !self.stop.contains(word))
            .collect()
    }

    /// The shortest words of `text`, without those that are never looked for.
    fn pieces<'q>(&self, text: &'q str) -> Vec<&'q str> {
        let words = self.plain_words(text);
        words.into_iter().flat_map(|word| self.language.segmenter.pieces(word)).collect()
    }

    fn add_group(&self, collector: &mut Collector, phrase: &str, is_place: bool) {
        let mut wordings = vec![Variant { text: phrase.to_owned(), trust: 1.0 }];
        if !is_place {
            wordings.extend_from_slice(self.language.lexicon.indicator_variants(phrase));
            wordings.extend_from_slice(self.language.lexicon.word_variants(phrase));
            let words = self.plain_words(phrase);
            if words.len() > 1 && words.len() <= 4 {
                // Each word of a phrase may be said in everyday words: 追回工资 is 清欠 and 工资.
                for (order, word) in words.iter().enumerate() {
                    for variant in self.language.lexicon.word_variants(word).iter().take(3) {
                        let text: String = words
                            .iter()
                            .enumerate()
                            .map(|(idx, word)| if idx == order { variant.text.as_str() } else { *word })
                            .collect();
                        wordings.push(Variant { text, trust: variant.trust });
                    }
                }
            }
        }
        let mut seen = HashSet::new();
        wordings.retain(|wording| seen.insert(wording.text.clone()));
        wordings.truncate(MAX_OPTIONS);
        let mut weight = self.phrase_weight(phrase, &wordings);
        if MONEY.contains(&phrase) {
            weight = weight.min(1.0);
        }
        let wordings = wordings.iter().map(|variant| self.wording(collector, variant)).collect();
        collector.terms.groups.push(Group {
            text: phrase.to_owned(),
            span: None,
            weight,
            wordings,
            is_place,
            is_part: false,
            is_indicator: !is_place && self.language.lexicon.is_indicator(phrase),
            is_background: false,
        });
    }

    fn wording(&self, collector: &mut Collector, variant: &Variant) -> Wording {
        let whole = collector.lookup(&variant.text);
        let words = self.pieces(&variant.text);
        let weights: Vec<f32> = words.iter().map(|word| self.word_weight(word)).collect();
        let total: f32 = weights.iter().sum();
        let parts = words
            .iter()
            .zip(&weights)
            .map(|(word, weight)| (collector.lookup(word), weight / total.max(f32::EPSILON)))
            .collect();
        Wording { trust: variant.trust, whole, parts }
    }

    /// A phrase weighs what its rarest known wording weighs, so that everyday words count as much as the terms they stand for.
    fn phrase_weight(&self, phrase: &str, wordings: &[Variant]) -> f32 {
        let content = |word: &&str| self.word_weight(word) * self.language.segmenter.content(word);
        let own: f32 = self.plain_words(phrase).iter().map(content).sum();
        let others = wordings.iter().skip(1).map(|wording| {
            self.plain_words(&wording.text).iter().map(|word| self.word_weight(word)).sum::<f32>()
        });
        let best_other = others.fold(0.0f32, f32::max);
        let is_noun = self.language.segmenter.content(phrase) >= 1.0;
        let is_bare = self.plain_words(phrase).iter().all(|word| word.chars().count() == 1);
        let is_loose = is_bare && is_noun || self.df(phrase) == 0;
        match wordings.len() {
            0 | 1 => own.max(0.5),
            _ if is_loose => best_other.clamp(2.0, WEIGHT_UNSEEN),
            _ => own.min(best_other.max(2.0)).max(1.0),
        }
    }

    /// Inverse document frequency, as in BM25, of a word or of its rarest pair of characters.
    pub fn word_weight(&self, word: &str) -> f32 {
        let n_docs = self.snapshot.n_passages() as f32;
        let n_with = self.df(word) as f32;
        if n_with == 0.0 {
            // A turn of speech that is no noun says nothing of what is counted.
            if self.language.segmenter.content(word) < 1.0 {
                return 1.5;
            }
            // What no report holds weighs like a rare word, not like the rarest: it may be a mere turn of speech.
            return if word.chars().count() == 1 { 0.5 } else { WEIGHT_UNSEEN };
        }
        let idf = (1.0 + (n_docs - n_with + 0.5).max(0.5) / (n_with + 0.5)).ln();
        let is_single = word.chars().count() == 1;
        if is_single { idf.min(2.0) * 0.5 } else { idf }
    }

    /// The number of passages that hold `word`, as far as the index tells.
    fn df(&self, word: &str) -> u64 {
        self.snapshot.vocabulary().n_with_word(word).max(self.n_with_grams(word))
    }

    fn n_with_grams(&self, word: &str) -> u64 {
        let grams = crate::index::schema::bigrams(word);
        grams.iter().map(|gram| self.snapshot.vocabulary().n_with_gram(gram)).min().unwrap_or(0)
    }
}

/// Words that say no more than that money is asked for.
const MONEY: &[&str] = &["钱", "款"];

/// The last phrase, of those nearest to what asks, that tells much: it names what is counted.
fn head(groups: &[Group], distances: &[usize]) -> Option<usize> {
    // 发了多少救助的钱: money is what is asked for, not what of.
    let names = |group: &Group| !group.is_background && !MONEY.contains(&group.text.as_str());
    let asking = || groups.iter().zip(distances).enumerate().filter(|(_, (group, _))| names(group));
    let heaviest = asking().map(|(_, (group, _))| group.weight).fold(0.0f32, f32::max);
    let heavy = || asking().filter(|(_, (group, _))| group.weight >= HEAD_SHARE * heaviest);
    let nearest = heavy().map(|(_, (_, distance))| *distance).min()?;
    heavy().filter(|(_, (_, distance))| **distance == nearest).map(|(idx, _)| idx).next_back()
}

/// Where `phrase`, a part of `question`, stands in it.
fn place_of(phrase: &str, question: &str) -> Span {
    let start = phrase.as_ptr() as usize - question.as_ptr() as usize;
    Span::new(start, start + phrase.len())
}

/// What stands before 占 in the clause that asks: 研发投入 of 研发投入占GDP几个点.
fn asked_part(question: &str, asking: Option<Span>) -> Option<Span> {
    let clause = asking?;
    let text = clause.of(question);
    let at = text.find('占').filter(|at| !NO_PARTS.iter().any(|word| text[*at..].starts_with(word)))?;
    Some(Span { start: clause.start, end: clause.start + at as u32 })
}

/// The parts of `question` outside of `masked`, cut at punctuation and spaces.
fn open_pieces(question: &str, masked: &[Span]) -> Vec<Span> {
    let mut pieces = Vec::new();
    let mut start = None;
    let is_open = |at: usize, ch: char| {
        (ch.is_alphanumeric() || matches!(ch, '.' | '%' | '·'))
            && !masked.iter().any(|span| (span.start as usize) <= at && at < span.end as usize)
    };
    for (at, ch) in question.char_indices() {
        match (is_open(at, ch), start) {
            (true, None) => start = Some(at),
            (false, Some(open)) => {
                pieces.push(Span::new(open, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(open) = start {
        pieces.push(Span::new(open, question.len()));
    }
    pieces
}
