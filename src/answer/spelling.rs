//! Questions typed in pinyin or with a wrong character, turned into the words that reports use.
//!
//! Only what stands nowhere in the reports is mended, so a mended word never competes with a literal one.

use std::collections::HashMap;
use std::ops::Range;

use crate::analysis::language::LanguageData;
use crate::analysis::pinyin::{first_reading, readings};
use crate::index::Snapshot;
use crate::index::schema::bigrams;
use crate::model::place::Level;
use crate::model::span::Span;

const QUESTION_WORDS: &str = include_str!("../../data/lexicon/question_words.txt");
const SHAPES: &str = include_str!("../../data/lexicon/shapes.txt");

/// The longest vocabulary word, in characters.
const MAX_WORD_CHARS: usize = 12;
/// Words of the lexicon count as if this many passages held them.
const LEXICON_WEIGHT: u64 = 20;
/// Places that reports are about, and provinces, are asked for most.
const LOADED_PLACE_WEIGHT: u64 = 400;
const PROVINCE_WEIGHT: u64 = 60;
const CITY_WEIGHT: u64 = 40;
/// A short word is taken for a mistyped one only when at least this many passages hold it.
const MIN_PASSAGES: u64 = 5;
/// A lone character is this many times less likely to be typed than a word as frequent.
const LONE: f32 = 100.0;
/// A reading that is not a word's first is this many times less likely.
const OTHER_READING: u64 = 20;
/// Places whose name in Latin letters is not their pinyin.
const ROMANIZED: &[(&str, &str)] = &[
    ("陕西", "shaanxi"),
    ("海拉尔", "hailar"),
    ("呼伦贝尔", "hulunbuir"),
    ("呼和浩特", "hohhot"),
    ("乌鲁木齐", "urumqi"),
    ("哈尔滨", "harbin"),
    ("拉萨", "lhasa"),
    ("西藏", "tibet"),
    ("香港", "hongkong"),
    ("澳门", "macau"),
];
/// Characters that count are typed as meant.
const COUNTS: &str = "一二三四五六七八九十百千万亿两几年月日";
/// More wrong characters than this in one word are not typos.
const MAX_CHANGED: usize = 2;

struct Word {
    text: String,
    weight: u64,
    /// Letters up to the end of each syllable.
    syllable_ends: Vec<u8>,
}

/// The words that questions can mean, by their sound.
pub struct Speller {
    by_letters: HashMap<String, Vec<Word>>,
    max_letters: usize,
    total: f32,
    shapes: HashMap<char, Vec<char>>,
}

impl Speller {
    /// Reads the vocabulary of the reports, the lexicon, the gazetteer and the words questions are made of.
    pub fn new(language: &LanguageData, snapshot: &Snapshot) -> Speller {
        let mut weights: HashMap<String, u64> = HashMap::new();
        let mut add = |text: &str, weight: u64| {
            let n_chars = text.chars().count();
            let is_chinese = text.chars().all(|ch| ('\u{4e00}'..='\u{9fff}').contains(&ch));
            if is_chinese && weight > 0 && (1..=MAX_WORD_CHARS).contains(&n_chars) {
                let known = weights.entry(text.to_owned()).or_default();
                *known = (*known).max(weight);
            }
        };
        for (word, n_passages) in snapshot.vocabulary().words() {
            if word.chars().count() >= 2 {
                add(word, n_passages);
            } else {
                // Single characters sound like many others; only frequent ones are likely.
                add(word, n_passages / 4);
            }
        }
        for phrase in language.lexicon.phrases() {
            add(phrase, LEXICON_WEIGHT);
        }
        for (name, places) in language.gazetteer.names() {
            let mut weight = 1;
            for place in places {
                if snapshot.reports().iter().any(|info| info.place.as_ref() == Some(place)) {
                    weight = weight.max(LOADED_PLACE_WEIGHT);
                } else if place.level <= Level::Province {
                    weight = weight.max(PROVINCE_WEIGHT);
                } else if place.level == Level::City {
                    weight = weight.max(CITY_WEIGHT);
                }
            }
            add(name, weight);
        }
        for line in QUESTION_WORDS.lines().filter(|line| !line.starts_with('#')) {
            let mut parts = line.split_whitespace();
            if let (Some(word), Some(weight)) =
                (parts.next(), parts.next().and_then(|weight| weight.parse().ok()))
            {
                add(word, weight);
            }
        }
        Speller::from_weights(weights)
    }

    fn from_weights(weights: HashMap<String, u64>) -> Speller {
        let mut by_letters: HashMap<String, Vec<Word>> = HashMap::with_capacity(weights.len());
        let mut max_letters = 0;
        let total: u64 = weights.values().sum();
        for (text, weight) in weights {
            // 省 is hardly ever the xiǎn of old books: a lone character is read in its first way.
            let n_readings = if text.chars().count() == 1 { 1 } else { usize::MAX };
            for (order, reading) in readings(&text).into_iter().take(n_readings).enumerate() {
                // 能 is also tái in old books: what is not a word's first reading is less likely.
                let weight = if order == 0 { weight } else { weight.div_ceil(OTHER_READING) };
                let mut end = 0;
                let syllable_ends = reading.iter().map(|syllable| {
                    end += syllable.len() as u8;
                    end
                });
                let word = Word { text: text.clone(), weight, syllable_ends: syllable_ends.collect() };
                let letters = reading.concat();
                max_letters = max_letters.max(letters.len());
                by_letters.entry(letters).or_default().push(word);
            }
        }
        for (name, letters) in ROMANIZED {
            let word = Word {
                text: (*name).to_owned(),
                weight: LOADED_PLACE_WEIGHT,
                syllable_ends: vec![letters.len() as u8],
            };
            max_letters = max_letters.max(letters.len());
            by_letters.entry((*letters).to_owned()).or_default().push(word);
        }
        for words in by_letters.values_mut() {
            words.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.text.cmp(&b.text)));
        }
        let mut shapes: HashMap<char, Vec<char>> = HashMap::new();
        for group in SHAPES.lines().filter(|line| !line.starts_with('#')) {
            for one in group.chars() {
                shapes.entry(one).or_default().extend(group.chars().filter(|other| *other != one));
            }
        }
        Speller { by_letters, max_letters, total: total.max(1) as f32, shapes }
    }

    /// `question` with pinyin and mistyped words replaced; `None` when there is nothing to mend.
    ///
    /// `known` gives the parts of a text that are words as they stand and are left alone.
    pub fn mend(
        &self,
        question: &str,
        known: &dyn Fn(&str) -> Vec<Span>,
        snapshot: &Snapshot,
    ) -> Option<String> {
        let spelled = self.spell_out(question, snapshot);
        if spelled.is_some() {
            return spelled;
        }
        self.correct(question, &known(question), snapshot)
    }

    /// Replaces runs of Latin letters that are wholly pinyin.
    fn spell_out(&self, question: &str, snapshot: &Snapshot) -> Option<String> {
        let mut result = String::new();
        let mut any = false;
        let mut run = String::new();
        let flush = |run: &mut String, result: &mut String, any: &mut bool| {
            let letters: String = run.chars().filter(char::is_ascii_alphabetic).collect();
            let decoded = (letters.len() >= 2).then(|| self.decode(run)).flatten();
            match decoded {
                Some(words) => {
                    *any = true;
                    result.push_str(&words);
                }
                None => result.push_str(run),
            }
            run.clear();
        };
        for token in tokens(question) {
            let is_letters = token.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'');
            let is_space = token.chars().all(|ch| ch == ' ');
            // gdp and app stand in reports as they are.
            let is_term = is_letters
                && (snapshot.vocabulary().n_with_word(token) > 0 || matches!(token, "gdp" | "cpi" | "ppi"));
            if is_letters && !is_term || is_space && !run.is_empty() {
                run.push_str(token);
            } else {
                flush(&mut run, &mut result, &mut any);
                result.push_str(token);
            }
        }
        flush(&mut run, &mut result, &mut any);
        any.then_some(result)
    }

    /// The likeliest words for letters and spaces; a space must fall between two syllables.
    fn decode(&self, run: &str) -> Option<String> {
        let mut letters = String::new();
        let mut breaks = Vec::new();
        for ch in run.trim().chars() {
            if ch.is_ascii_alphabetic() {
                letters.push(ch);
            } else {
                breaks.push(letters.len());
            }
        }
        // best[end]: cost, start of the last word, the word.
        let mut best: Vec<Option<(f32, usize, &str)>> = vec![None; letters.len() + 1];
        best[0] = Some((0.0, 0, ""));
        for start in 0..letters.len() {
            let Some((cost, ..)) = best[start] else { continue };
            for end in start + 1..=letters.len().min(start + self.max_letters) {
                let Some(words) = self.by_letters.get(&letters[start..end]) else { continue };
                let fits = |word: &&Word| {
                    breaks.iter().filter(|at| start < **at && **at < end).all(|at| {
                        word.syllable_ends
                            .iter()
                            .any(|syllable_end| start + usize::from(*syllable_end) == *at)
                    })
                };
                let Some(word) = words.iter().find(fits) else { continue };
                // People type words; a lone character is what is left between them.
                let weight = if word.syllable_ends.len() == 1 {
                    word.weight as f32 / LONE
                } else {
                    word.weight as f32
                };
                let total = cost - ((weight + 0.5) / self.total).ln();
                if best[end].is_none_or(|(known, ..)| total < known) {
                    best[end] = Some((total, start, word.text.as_str()));
                }
            }
        }
        let mut words = Vec::new();
        let mut at = letters.len();
        while at > 0 {
            let (_, start, word) = best[at]?;
            words.push(word);
            at = start;
        }
        words.reverse();
        Some(words.concat())
    }

    /// Replaces characters of no known word by those of a word of the same sound or shape that the reports use.
    fn correct(&self, question: &str, known: &[Span], snapshot: &Snapshot) -> Option<String> {
        let chars: Vec<char> = question.chars().collect();
        let is_chinese = |ch: char| ('\u{4e00}'..='\u{9fff}').contains(&ch);
        let is_open: Vec<bool> = question
            .char_indices()
            .map(|(at, ch)| {
                is_chinese(ch)
                    && !known.iter().any(|span| (span.start as usize) <= at && at < span.end as usize)
            })
            .collect();
        let is_unseen = |at: usize| {
            let pair: String = chars[at..at + 2].iter().collect();
            (is_open[at] || is_open[at + 1])
                && pair.chars().all(is_chinese)
                && bigrams(&pair).iter().all(|gram| snapshot.vocabulary().n_with_gram(gram) == 0)
        };
        let unseen: Vec<usize> = (0..chars.len().saturating_sub(1)).filter(|&at| is_unseen(at)).collect();
        let typed = Typed::new(&chars, &is_open);
        let mut result = chars.clone();
        let mut any = false;
        let mut next = 0;
        for at in unseen {
            if at < next {
                continue;
            }
            if let Some((start, word)) = self.instead(&typed, at, snapshot) {
                let n_chars = word.chars().count();
                result.splice(start..start + n_chars, word.chars());
                next = start + n_chars;
                any = true;
            }
        }
        any.then(|| result.into_iter().collect())
    }

    /// The longest word that sounds or looks like the characters around the unseen pair at `at`, and differs
    /// from them in open characters only.
    fn instead(&self, typed: &Typed<'_>, at: usize, snapshot: &Snapshot) -> Option<(usize, String)> {
        let n_typed = typed.chars.len();
        for n_chars in (2..=MAX_WORD_CHARS.min(n_typed)).rev() {
            let first = (at + 2).saturating_sub(n_chars);
            for start in first..=at.min(n_typed - n_chars) {
                let window = start..start + n_chars;
                // A pair must be two loose characters: the 标 of 目标 does not ask for 标志.
                if n_chars == 2 && !(typed.is_open[start] && typed.is_open[start + 1]) {
                    continue;
                }
                let found = self
                    .sounds_like(typed, window.clone())
                    .or_else(|| self.looks_like(typed, window, snapshot));
                if let Some(word) = found {
                    return Some((start, word));
                }
            }
        }
        None
    }

    fn sounds_like(&self, typed: &Typed<'_>, window: Range<usize>) -> Option<String> {
        let words = self.by_letters.get(typed.letters(window.clone())?)?;
        let n_chars = window.len();
        let changes = |word: &Word| {
            if n_chars == 2 && word.weight < MIN_PASSAGES || word.text.chars().count() != n_chars {
                return None;
            }
            let changed =
                || word.text.chars().zip(window.clone()).filter(|(new, at)| *new != typed.chars[*at]);
            let n_changed = changed().count();
            let fits = (1..=MAX_CHANGED).contains(&n_changed)
                && n_changed < n_chars
                && changed().all(|(_, at)| typed.may_change(at));
            fits.then_some(n_changed)
        };
        // A typing error leaves most characters as they are: 用护 is 用户 before it is 拥护.
        let fitting = words.iter().filter_map(|word| changes(word).map(|n_changed| (n_changed, word)));
        fitting.min_by_key(|(n_changed, _)| *n_changed).map(|(_, word)| word.text.clone())
    }

    fn looks_like(&self, typed: &Typed<'_>, window: Range<usize>, snapshot: &Snapshot) -> Option<String> {
        for at in window.clone().filter(|at| typed.may_change(*at)) {
            for other in self.shapes.get(&typed.chars[at]).into_iter().flatten() {
                let of = |place: usize| if place == at { *other } else { typed.chars[place] };
                let word: String = window.clone().map(of).collect();
                if snapshot.vocabulary().n_with_word(&word) >= MIN_PASSAGES {
                    return Some(word);
                }
            }
        }
        None
    }
}

/// A question as it was typed, with what it sounds like.
struct Typed<'c> {
    chars: &'c [char],
    is_open: &'c [bool],
    /// The first readings of all characters.
    letters: String,
    /// Where the letters of each character begin, and where those of the last end.
    letters_at: Vec<usize>,
}

impl Typed<'_> {
    fn new<'c>(chars: &'c [char], is_open: &'c [bool]) -> Typed<'c> {
        let mut letters = String::new();
        let mut letters_at = vec![0];
        for ch in chars {
            letters.push_str(first_reading(*ch).unwrap_or_default());
            letters_at.push(letters.len());
        }
        Typed { chars, is_open, letters, letters_at }
    }

    /// What the characters of `window` sound like; `None` when one of them has no sound.
    fn letters(&self, window: Range<usize>) -> Option<&str> {
        let bounds = &self.letters_at[window.start..=window.end];
        let have_sound = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        have_sound.then(|| &self.letters[bounds[0]..bounds[window.len()]])
    }

    /// True for a character that may be a typing error.
    fn may_change(&self, at: usize) -> bool {
        self.is_open[at] && !COUNTS.contains(self.chars[at])
    }
}

/// False when every pair of characters stands in some report and no letters are pinyin: nothing to mend.
pub fn needs_mending(question: &str, snapshot: &Snapshot) -> bool {
    let is_letters = |token: &&str| token.len() >= 2 && token.bytes().all(|byte| byte.is_ascii_lowercase());
    tokens(question).iter().any(|token| is_letters(token) && snapshot.vocabulary().n_with_word(token) == 0)
        || bigrams(question).iter().any(|gram| snapshot.vocabulary().n_with_gram(gram) == 0)
}

/// Runs of letters, runs of spaces, and everything else.
fn tokens(text: &str) -> Vec<&str> {
    let kind = |ch: char| {
        if ch.is_ascii_lowercase() || ch == '\'' {
            0
        } else if ch == ' ' {
            1
        } else {
            2
        }
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, ch) in text.char_indices() {
        if last.is_some_and(|last| last != kind(ch)) {
            tokens.push(&text[start..at]);
            start = at;
        }
        last = Some(kind(ch));
    }
    if start < text.len() {
        tokens.push(&text[start..]);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speller(words: &[(&str, u64)]) -> Speller {
        Speller::from_weights(words.iter().map(|(word, weight)| ((*word).to_owned(), *weight)).collect())
    }

    #[test]
    fn the_likelier_word_is_heard() {
        let speller = speller(&[("粮食", 50), ("两市", 2), ("产量", 50), ("惨", 1)]);
        assert_eq!(speller.decode("liangshi chanliang").as_deref(), Some("粮食产量"));
    }

    #[test]
    fn a_space_parts_syllables() {
        let speller = speller(&[("西安", 5), ("县", 5000)]);
        assert_eq!(speller.decode("xi an").as_deref(), Some("西安"));
        assert_eq!(speller.decode("xian").as_deref(), Some("县"));
    }

    #[test]
    fn a_place_is_read_as_it_writes_itself() {
        let speller = speller(&[("粮食", 50), ("省", 50), ("安", 50)]);
        assert_eq!(speller.decode("shaanxi liangshi").as_deref(), Some("陕西粮食"));
    }

    #[test]
    fn letters_that_are_no_pinyin_stay() {
        assert_eq!(speller(&[("粮食", 50)]).decode("wifi"), None);
    }
}
