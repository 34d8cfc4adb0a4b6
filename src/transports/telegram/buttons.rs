//! What a pressed button says: at most 64 bytes that go out with a message and come back.

use xxhash_rust::xxh3::xxh3_64;

use crate::model::answer::Candidate;
use crate::transports::words::Complaint;

/// The longest callback data, in bytes. <https://core.telegram.org/bots/api#inlinekeyboardbutton>
pub const MAX_DATA_BYTES: usize = 64;
const RADIX: u64 = 36;

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct View {
    /// Which candidate; 0 is the best.
    pub position: usize,
    /// With the paragraph the sentence stands in.
    pub has_context: bool,
    /// With a copy in traditional characters.
    pub is_converted: bool,
}

/// What a button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    /// Show the answer to question `asked` so; `print` is the candidate's, to notice that reports have changed.
    Show {
        asked: i64,
        view: View,
        print: u32,
    },
    Good {
        asked: i64,
        position: usize,
    },
    Bad {
        asked: i64,
        position: usize,
    },
    Complain {
        asked: i64,
        position: usize,
        complaint: Complaint,
    },
    /// Say that the reports do state what was declined.
    Missed {
        asked: i64,
    },
    /// Ask what was offered in place of an answer; `print` is the offered question's.
    Offer {
        asked: i64,
        position: usize,
        print: u32,
    },
    ReportsPage {
        page: usize,
    },
    ScopePage {
        page: usize,
    },
    /// Take the place into the scope or drop it.
    ScopePlace {
        print: u32,
        page: usize,
    },
    ScopeYear {
        year: u16,
        page: usize,
    },
    ScopeAll,
    /// Index into [`crate::transports::words::PUBLIC_LANGS`].
    Lang {
        position: usize,
    },
    /// A button that only tells something.
    Nothing,
}

impl Press {
    pub fn data(&self) -> String {
        let parts: Vec<String> = match *self {
            Press::Show { asked, view, print } => {
                let flags = u64::from(view.has_context) + 2 * u64::from(view.is_converted);
                numbers("v", &[asked as u64, view.position as u64, flags, u64::from(print)])
            }
            Press::Good { asked, position } => numbers("g", &[asked as u64, position as u64]),
            Press::Bad { asked, position } => numbers("b", &[asked as u64, position as u64]),
            Press::Complain { asked, position, complaint } => {
                let idx = Complaint::ALL.iter().position(|known| *known == complaint).unwrap_or_default();
                numbers("c", &[asked as u64, position as u64, idx as u64])
            }
            Press::Missed { asked } => numbers("m", &[asked as u64]),
            Press::Offer { asked, position, print } => {
                numbers("o", &[asked as u64, position as u64, u64::from(print)])
            }
            Press::ReportsPage { page } => numbers("r", &[page as u64]),
            Press::ScopePage { page } => numbers("s", &[page as u64]),
            Press::ScopePlace { print, page } => numbers("p", &[u64::from(print), page as u64]),
            Press::ScopeYear { year, page } => numbers("y", &[u64::from(year), page as u64]),
            Press::ScopeAll => numbers("a", &[]),
            Press::Lang { position } => numbers("l", &[position as u64]),
            Press::Nothing => numbers("n", &[]),
        };
        parts.join(".")
    }

    /// Reads callback data; `None` for what no button of ours says.
    pub fn read(data: &str) -> Option<Press> {
        let mut parts = data.split('.');
        let name = parts.next()?;
        let numbers: Vec<u64> =
            parts.map(|part| u64::from_str_radix(part, RADIX as u32).ok()).collect::<Option<_>>()?;
        let press = match (name, numbers.as_slice()) {
            ("v", &[asked, position, flags, print]) => {
                let view = View {
                    position: position as usize,
                    has_context: flags & 1 != 0,
                    is_converted: flags & 2 != 0,
                };
                Press::Show { asked: asked as i64, view, print: print as u32 }
            }
            ("g", &[asked, position]) => Press::Good { asked: asked as i64, position: position as usize },
            ("b", &[asked, position]) => Press::Bad { asked: asked as i64, position: position as usize },
            ("c", &[asked, position, complaint]) => Press::Complain {
                asked: asked as i64,
                position: position as usize,
                complaint: *Complaint::ALL.get(complaint as usize)?,
            },
            ("m", &[asked]) => Press::Missed { asked: asked as i64 },
            ("o", &[asked, position, print]) => {
                Press::Offer { asked: asked as i64, position: position as usize, print: print as u32 }
            }
            ("r", &[page]) => Press::ReportsPage { page: page as usize },
            ("s", &[page]) => Press::ScopePage { page: page as usize },
            ("p", &[print, page]) => Press::ScopePlace { print: print as u32, page: page as usize },
            ("y", &[year, page]) => Press::ScopeYear { year: u16::try_from(year).ok()?, page: page as usize },
            ("a", &[]) => Press::ScopeAll,
            ("l", &[position]) => Press::Lang { position: position as usize },
            ("n", &[]) => Press::Nothing,
            _ => return None,
        };
        Some(press)
    }
}

fn numbers(name: &str, numbers: &[u64]) -> Vec<String> {
    let mut parts = vec![name.to_owned()];
    parts.extend(numbers.iter().map(|number| in_radix(*number)));
    parts
}

fn in_radix(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((number % RADIX) as u32, RADIX as u32).unwrap_or('0'));
        number /= RADIX;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// A short print of `text`; another text has another one, but for one in four thousand million.
pub fn print(text: &str) -> u32 {
    xxh3_64(text.as_bytes()) as u32
}

/// The print of a candidate: report, sentence and figure.
pub fn candidate_print(candidate: &Candidate) -> u32 {
    let span = candidate.quote.sentence_span();
    let figure = candidate.quote.figure_span();
    print(&format!("{} {} {} {}", candidate.report.id, span.start, span.end, figure.start))
}

/// A deep link's payload for a sentence in its context: `s`, report, `_`, sentence.
pub fn passage_payload(report: &str, sentence_idx: u32) -> String {
    format!("s{report}_{sentence_idx}")
}

/// Reads [`passage_payload`].
pub fn read_passage_payload(payload: &str) -> Option<(&str, u32)> {
    let (report, sentence) = payload.strip_prefix('s')?.rsplit_once('_')?;
    Some((report, sentence.parse().ok()?))
}

/// A deep link's payload that asks `question`; `None` when it does not fit 64 characters.
///
/// Base64 of UTF-8, or of GB 18030, in which a Chinese question is a third shorter.
pub fn question_payload(question: &str) -> Option<String> {
    let utf8 = format!("q{}", base64(question.as_bytes()));
    if utf8.len() <= MAX_DATA_BYTES {
        return Some(utf8);
    }
    let (bytes, _, _) = encoding_rs::GB18030.encode(question);
    let gb = format!("q-{}", base64(&bytes));
    (gb.len() <= MAX_DATA_BYTES).then_some(gb)
}

/// Reads [`question_payload`].
pub fn read_question_payload(payload: &str) -> Option<String> {
    let rest = payload.strip_prefix('q')?;
    match rest.strip_prefix('-') {
        None => String::from_utf8(unbase64(rest)?).ok(),
        Some(gb) => {
            let bytes = unbase64(gb)?;
            let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(&bytes)?;
            Some(text.into_owned())
        }
    }
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 §5, without padding: the characters Telegram allows in a deep link.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for idx in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * idx) & 63) as usize]));
        }
    }
    text
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for chunk in text.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for letter in chunk {
            word = word << 6 | ALPHABET.iter().position(|known| known == letter)? as u32;
        }
        word <<= 6 * (4 - chunk.len());
        if chunk.len() == 1 {
            return None;
        }
        for idx in 0..chunk.len() - 1 {
            bytes.push((word >> (16 - 8 * idx)) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(press: Press) {
        let data = press.data();
        assert!(data.len() <= MAX_DATA_BYTES, "{data}");
        assert_eq!(Press::read(&data), Some(press), "{data}");
    }

    #[test]
    fn the_largest_numbers_fit() {
        let view = View { position: usize::MAX, has_context: true, is_converted: true };
        check(Press::Show { asked: i64::MAX, view, print: u32::MAX });
        check(Press::Complain { asked: i64::MAX, position: usize::MAX, complaint: Complaint::Other });
        check(Press::Offer { asked: i64::MAX, position: usize::MAX, print: u32::MAX });
        check(Press::ScopePlace { print: u32::MAX, page: usize::MAX });
        check(Press::ScopeYear { year: 2025, page: 0 });
        check(Press::Good { asked: 1, position: 0 });
        check(Press::Bad { asked: 1, position: 0 });
        check(Press::Missed { asked: i64::MAX });
        check(Press::ReportsPage { page: 3 });
        check(Press::ScopePage { page: 3 });
        check(Press::ScopeAll);
        check(Press::Lang { position: 2 });
        check(Press::Nothing);
    }

    #[test]
    fn foreign_data_is_not_read() {
        for data in ["", "v", "v.1.2", "x.1", "v.1.2.3.$", "c.1.1.z", "👍"] {
            assert_eq!(Press::read(data), None, "{data}");
        }
    }

    #[test]
    fn a_passage_link_names_report_and_sentence() {
        let payload = passage_payload("b9caade52fdb", 17);
        assert_eq!(read_passage_payload(&payload), Some(("b9caade52fdb", 17)));
        assert_eq!(read_passage_payload("sabc"), None);
    }

    #[test]
    fn a_long_chinese_question_fits_a_link_in_gb18030() {
        let long = "重庆市渝中区去年新增城镇就业一共多少万人呢";
        let payload = question_payload(long).unwrap();
        assert!(payload.len() <= 64 && payload.starts_with("q-"));
        assert_eq!(read_question_payload(&payload).as_deref(), Some(long));
        assert_eq!(question_payload(&long.repeat(3)), None);
    }

    proptest! {
        #[test]
        fn a_question_comes_back_from_its_link(question in "[a-z新增就业？ 0-9😀]{0,20}") {
            if let Some(payload) = question_payload(&question) {
                prop_assert!(payload.len() <= 64);
                prop_assert!(payload.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
                prop_assert_eq!(read_question_payload(&payload), Some(question));
            }
        }

        #[test]
        fn any_payload_is_read_or_refused(payload in ".{0,70}") {
            let _ = (read_question_payload(&payload), read_passage_payload(&payload), Press::read(&payload));
        }
    }
}
