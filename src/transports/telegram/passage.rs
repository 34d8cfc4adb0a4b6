//! A sentence among its neighbours.

use crate::model::report::Report;
use crate::transports::telegram::html::len_utf16;

/// The paragraph a sentence stands in, verbatim, cut around the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    pub before: String,
    pub sentence: String,
    pub after: String,
    /// Titles from the widest section down.
    pub section: Vec<String>,
}

/// Stands for what was left out.
const LEFT_OUT: &str = "……";

impl Passage {
    /// The passage in at most `max_utf16` units: as much around the sentence as fits, the same on both sides if it can
    /// be, with `……` for what is left out. The sentence itself is never cut.
    pub fn fitted(&self, max_utf16: usize) -> Passage {
        let (n_before, n_after) = (len_utf16(&self.before), len_utf16(&self.after));
        let room = max_utf16.saturating_sub(len_utf16(&self.sentence));
        if n_before + n_after <= room {
            return self.clone();
        }
        let for_before = n_before.min((room / 2).max(room.saturating_sub(n_after)));
        Passage {
            before: tail(&self.before, for_before),
            after: head(&self.after, room - for_before),
            ..self.clone()
        }
    }
}

/// The end of `text` in at most `max_utf16` units.
fn tail(text: &str, max_utf16: usize) -> String {
    let n_units = len_utf16(text);
    if n_units <= max_utf16 {
        return text.to_owned();
    }
    let Some(room) = max_utf16.checked_sub(len_utf16(LEFT_OUT)) else { return String::new() };
    let mut skip = n_units - room;
    let kept = text.char_indices().find(|(_, ch)| {
        let is_kept = skip == 0;
        skip = skip.saturating_sub(ch.len_utf16());
        is_kept
    });
    format!("{LEFT_OUT}{}", kept.map_or("", |(at, _)| &text[at..]))
}

/// The beginning of `text` in at most `max_utf16` units.
fn head(text: &str, max_utf16: usize) -> String {
    if len_utf16(text) <= max_utf16 {
        return text.to_owned();
    }
    let Some(room) = max_utf16.checked_sub(len_utf16(LEFT_OUT)) else { return String::new() };
    let mut used = 0;
    let kept = text.chars().take_while(|ch| {
        used += ch.len_utf16();
        used <= room
    });
    format!("{}{LEFT_OUT}", kept.collect::<String>())
}

/// The paragraph of sentence `sentence_idx`, with its neighbours in the section when it holds nothing else; `None` when
/// the report has no such sentence.
pub fn passage(report: &Report, sentence_idx: u32) -> Option<Passage> {
    let sentence = *report.sentences.get(sentence_idx as usize)?;
    let is_alone =
        report.sentences.iter().filter(|other| other.paragraph == sentence.paragraph).nth(1).is_none();
    let reach = u32::from(is_alone);
    let mut start = sentence.span.start;
    let mut end = sentence.span.end;
    for other in report.sentences.iter().filter(|other| other.section == sentence.section) {
        if other.paragraph.abs_diff(sentence.paragraph) <= reach {
            start = start.min(other.span.start);
            end = end.max(other.span.end);
        }
    }
    let cut = |from: u32, to: u32| report.text.get(from as usize..to as usize).map(str::to_owned);
    Some(Passage {
        before: cut(start, sentence.span.start)?,
        sentence: cut(sentence.span.start, sentence.span.end)?,
        after: cut(sentence.span.end, end)?,
        section: report.section_path(sentence.section),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::report::{DocumentKind, ReportInfo, Sentence};
    use crate::model::span::Span;

    fn check(max_utf16: usize, before: &str, after: &str) {
        let long = Passage {
            before: "一二三四五六".to_owned(),
            sentence: "句。".to_owned(),
            after: "七八九😀十".to_owned(),
            section: Vec::new(),
        };
        let fitted = long.fitted(max_utf16);
        assert_eq!((fitted.before.as_str(), fitted.after.as_str()), (before, after), "{max_utf16}");
        let n_units = [&fitted.before, &fitted.sentence, &fitted.after]
            .map(|part| len_utf16(part))
            .iter()
            .sum::<usize>();
        assert!(n_units <= max_utf16.max(2));
    }

    #[test]
    fn a_passage_too_long_keeps_what_is_nearest_to_the_sentence() {
        check(14, "一二三四五六", "七八九😀十");
        check(13, "……四五六", "七八九😀十");
        check(10, "……五六", "七八……");
        check(4, "", "");
        check(0, "", "");
    }

    #[test]
    fn a_passage_is_the_paragraph_cut_around_the_sentence() {
        let text = "一句。二句。三句。四句。";
        let sentence = |idx: usize, paragraph| Sentence {
            span: Span::new(idx * 9, idx * 9 + 9),
            section: None,
            paragraph,
        };
        let report = Report {
            info: ReportInfo {
                id: "a".to_owned(),
                file: "a.txt".to_owned(),
                title: "报告".to_owned(),
                kind: DocumentKind::WorkReport,
                place: None,
                year: None,
                date: None,
            },
            text: text.to_owned(),
            sections: Vec::new(),
            sentences: vec![sentence(0, 0), sentence(1, 0), sentence(2, 0), sentence(3, 1)],
        };
        let found = passage(&report, 1).unwrap();
        assert_eq!(
            (found.before.as_str(), found.sentence.as_str(), found.after.as_str()),
            ("一句。", "二句。", "三句。")
        );
        assert_eq!(passage(&report, 3).unwrap().before, "一句。二句。三句。", "alone in its paragraph");
        assert_eq!(passage(&report, 9), None);
    }
}
