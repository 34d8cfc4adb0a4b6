//! Bytes to text: UTF-8, UTF-16, GB18030; what is no text is refused.

use std::io;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, GB18030};

use crate::ingest::Limits;

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error("file is empty")]
    Empty,
    #[error("file has {bytes} bytes, more than the {limit} allowed")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("file is binary, not text")]
    Binary,
    #[error("text decodes to rubbish near “{sample}”")]
    Garbled { sample: String },
    #[error("file holds no text")]
    NoText,
    #[error("cannot read file")]
    Unreadable { source: io::Error },
    #[error("no such file or folder")]
    Missing,
    #[error("pattern is not valid")]
    Pattern { source: glob::PatternError },
}

/// So many times the zero bytes of the other places are those of Latin letters, not chance.
const MANY_MORE: usize = 4;

/// Sequences that appear when a Chinese text was decoded by the wrong table.
const MOJIBAKE: [&str; 8] = ["锟斤拷", "烫烫烫", "銆", "锛", "鐨", "Ã¤", "ä¸", "ï¼"];

/// Decodes a file.
///
/// # Errors
/// See [`IngestError`]: empty, too large, binary, garbled.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<String, IngestError> {
    if bytes.len() as u64 > limits.max_file_bytes {
        return Err(IngestError::TooLarge { bytes: bytes.len() as u64, limit: limits.max_file_bytes });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(IngestError::Empty);
    }
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, bom_len)) => encoding.decode_without_bom_handling(&bytes[bom_len..]).0.into_owned(),
        None => decode_without_bom(bytes)?,
    };
    check(&text)?;
    Ok(text)
}

fn decode_without_bom(bytes: &[u8]) -> Result<String, IngestError> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return if is_binary(bytes) { Err(IngestError::Binary) } else { Ok(text.to_owned()) };
    }
    if let Some(encoding) = utf16_without_bom(bytes) {
        return Ok(encoding.decode_without_bom_handling(bytes).0.into_owned());
    }
    if is_binary(bytes) {
        return Err(IngestError::Binary);
    }
    let (text, had_errors) = GB18030.decode_without_bom_handling(bytes);
    if !had_errors {
        return Ok(text.into_owned());
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    Ok(encoding.decode_without_bom_handling(bytes).0.into_owned())
}

/// Zero bytes on every second place, as Latin letters, digits and line ends of UTF-16 have them; on the other places few
/// characters have one, such as 一 (U+4E00).
fn utf16_without_bom(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let enough = sample.len() / 100 + 1;
    if odd > enough && odd > MANY_MORE * even {
        Some(encoding_rs::UTF_16LE)
    } else if even > enough && even > MANY_MORE * odd {
        Some(encoding_rs::UTF_16BE)
    } else {
        None
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(65536)];
    let n_control = sample
        .iter()
        .filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        .count();
    n_control * 200 > sample.len() || sample.contains(&0)
}

fn check(text: &str) -> Result<(), IngestError> {
    let n_chars = text.chars().count();
    let n_lost = text.chars().filter(|ch| *ch == '\u{fffd}').count();
    let n_private =
        text.chars().filter(|ch| matches!(*ch, '\u{e000}'..='\u{f8ff}' | '\u{80}'..='\u{9f}')).count();
    let n_mojibake: usize = MOJIBAKE.iter().map(|sign| text.matches(sign).count()).sum();
    let is_garbled = n_lost * 200 > n_chars || n_private * 50 > n_chars || n_mojibake * 60 > n_chars.max(60);
    if !is_garbled {
        return Ok(());
    }
    let at = text.char_indices().find(|(_, ch)| *ch == '\u{fffd}').map_or(0, |(at, _)| at);
    let sample = text[at..].chars().take(12).collect();
    Err(IngestError::Garbled { sample })
}
