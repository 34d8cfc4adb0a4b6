//! What can go wrong with the index.

use std::io;
use std::path::PathBuf;

/// Why the index cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("cannot use data directory {path}")]
    Directory { path: PathBuf, source: io::Error },
    #[error("another process is writing to {path}")]
    Busy { path: PathBuf },
    #[error("cannot read stored report {path}")]
    Stored { path: PathBuf, source: io::Error },
    #[error("stored report {path} is damaged")]
    Damaged { path: PathBuf, source: Option<serde_json::Error> },
    #[error("cannot write passage {sentence_idx} of {report}")]
    Encode { report: String, sentence_idx: u32, source: postcard::Error },
    #[error("cannot read a passage back")]
    Decode { source: postcard::Error },
    #[error("index failed")]
    Tantivy(#[from] tantivy::TantivyError),
}
