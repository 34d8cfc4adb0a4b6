//! From files to reports: encodings, formats, dirt, headings, sentences, place and year.

pub mod clean;
pub mod decode;
pub mod files;
pub mod headings;
pub mod markup;
pub mod source;

use xxhash_rust::xxh3::xxh3_64;

pub use crate::ingest::decode::IngestError;
pub use crate::ingest::files::{Problem, collect_files};
use crate::model::gazetteer::Gazetteer;
use crate::model::report::{Report, ReportInfo};

/// What a file may be at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub max_file_bytes: u64,
}

/// What the operator says of a file; it beats what the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    pub place: Option<String>,
    pub year: Option<u16>,
}

/// Reads one file's bytes into a report.
///
/// # Errors
/// When the file is empty, too large, binary, or holds no readable text.
pub fn read_report(
    bytes: &[u8],
    file_name: &str,
    hints: &Hints,
    gazetteer: &Gazetteer,
    limits: &Limits,
) -> Result<Report, IngestError> {
    let decoded = decode::decode(bytes, limits)?;
    let article = if markup::is_html(file_name, &decoded) { markup::article(&decoded) } else { decoded };
    let cleaned = clean::clean(&article);
    if !cleaned.paragraphs.iter().any(|line| line.chars().any(char::is_alphanumeric)) {
        return Err(IngestError::NoText);
    }
    let found = source::read_source(&cleaned, file_name, hints, gazetteer);
    let body = headings::read_body(&cleaned, &found.title);
    let id = report_id(&body.text);
    let info = ReportInfo {
        id,
        file: file_name.to_owned(),
        title: found.title,
        kind: found.kind,
        place: found.place,
        year: found.year,
        date: found.date,
    };
    Ok(Report { info, text: body.text, sections: body.sections, sentences: body.sentences })
}

/// The id of a report with this text: twelve hexadecimal digits of its fingerprint.
pub fn report_id(text: &str) -> String {
    format!("{:012x}", xxh3_64(text.as_bytes()) & 0xffff_ffff_ffff)
}
