//! What a figure cannot answer, whatever speaks for it: it is told of another rate, edition or base than is asked for.

use std::cell::OnceCell;

use crate::analysis::times::{Mention, When, find_times};
use crate::answer::understand::Understood;
use crate::index::passage::Passage;
use crate::model::fact::{Aspect, Fact};

/// What the figures that answer one question may not be of.
pub struct Exclusion<'a> {
    understood: &'a Understood,
    /// The rates the question names, in its own words and in the report's.
    rates: Vec<&'a str>,
}

impl<'a> Exclusion<'a> {
    /// For `understood`; a question that names nothing of the kind excludes nothing.
    pub fn new(understood: &'a Understood) -> Exclusion<'a> {
        let asked = rates(&understood.normalized).next().is_some();
        let worded = understood.terms.lookups.iter().map(String::as_str);
        let texts = worded.chain([understood.normalized.as_str()]).filter(|_| asked);
        Exclusion { understood, rates: texts.flat_map(rates).collect() }
    }

    /// True when `fact` of `passage` is excluded; `times` is filled with the times of the passage once they are needed.
    pub fn holds(&self, passage: &Passage, times: &OnceCell<Vec<Mention>>, fact: &Fact) -> bool {
        self.is_given(fact)
            || is_of_other_edition(&self.understood.normalized, &passage.normalized)
            || self.is_other_rate(passage, fact)
            || self.is_of_other_base(passage, times, fact)
    }

    /// True when the question holds this very figure.
    fn is_given(&self, fact: &Fact) -> bool {
        self.understood.given.iter().any(|given| {
            given.value == fact.figure.value && (given.unit == fact.figure.unit || given.unit.is_empty())
        })
    }

    /// True when the question names a rate, and the words of `fact` end in another.
    fn is_other_rate(&self, passage: &Passage, fact: &Fact) -> bool {
        if self.rates.is_empty() {
            return false;
        }
        let told = fact.anchors.subject.iter().filter_map(|span| rates(span.of(&passage.normalized)).last());
        let mut told = told.peekable();
        told.peek().is_some() && !told.any(|rate| self.rates.contains(&rate))
    }

    /// True when a change is told against another year than the one asked for, or in the mean of several years.
    fn is_of_other_base(&self, passage: &Passage, times: &OnceCell<Vec<Mention>>, fact: &Fact) -> bool {
        if !matches!(fact.aspect, Aspect::Change | Aspect::Gap) {
            return false;
        }
        let period = self.understood.period;
        let told = told_base(times.get_or_init(|| find_times(&passage.normalized)), fact);
        let is_mean = || says_mean(fact.anchors.clause.of(&passage.normalized));
        if let Some(since) = period.since.filter(|_| !fact.period.is_span()) {
            // The growth of the last year is not that of all of them, nor is the one over a plan that is named.
            return told.is_none_or(|told| told != since && told + 1 != since);
        }
        match (period.base, period.years) {
            (Some(base), _) => told.map_or_else(is_mean, |told| told != base),
            // 2015年涨了多少 is asked against 2014: 比2010年增加10525元，年均递增13.7% tells neither.
            (None, Some((from, to))) if from == to && !says_mean(&self.understood.normalized) => {
                told.is_some_and(|told| told + 1 < from) || told.is_none() && is_mean()
            }
            _ => false,
        }
    }
}

/// Words that end in 率 and name no rate of something.
const NO_RATES: &[&str] = &["效率", "比率", "概率", "频率", "利率", "税率", "速率", "汇率", "功率"];

/// The names of rates in `text`, with two characters before 率: 落实率 of 去向落实率.
fn rates(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('率').filter_map(|(at, rate)| {
        let end = at + rate.len();
        let (start, _) = text[..at].char_indices().nth_back(1)?;
        let name = &text[start..end];
        (name.chars().all(char::is_alphanumeric) && !NO_RATES.iter().any(|word| name.ends_with(word)))
            .then_some(name)
    })
}

fn says_mean(text: &str) -> bool {
    MEANS.iter().any(|word| text.contains(word))
}

/// Words for a mean a year, which is a change against no one year.
const MEANS: &[&str] = &["年均", "平均每年", "每年平均"];

/// The year a change is told against, where the sentence names it before the figure.
fn told_base(times: &[Mention], fact: &Fact) -> Option<u16> {
    let end = fact.anchors.clause.end;
    let mention = times.iter().rfind(|time| time.is_base && time.span.end <= end)?;
    match mention.when {
        When::Years { from, to } => (from == to).then_some(from),
        When::LastYear | When::YearBefore => fact.period.to.map(|year| year - 1),
        _ => None,
    }
}

/// True when `question` numbers an event, and `sentence` numbers it otherwise.
fn is_of_other_edition(question: &str, sentence: &str) -> bool {
    question.contains('届')
        && editions(question)
            .any(|asked| editions(sentence).next().is_some() && !editions(sentence).any(|told| told == asked))
}

/// How each 届 of `text` is numbered, in Chinese numerals: 五 of 五届, 第八 of 第八届.
fn editions(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('届').filter_map(|(at, _)| {
        let number = text[..at].rsplit(|ch: char| !"第一二三四五六七八九十".contains(ch)).next();
        number.filter(|number| !number.is_empty())
    })
}
