//! What can go wrong with the state file.

use std::path::PathBuf;

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("cannot open the state file {path}")]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("the state file {path} is damaged: {finding}")]
    Damaged { path: PathBuf, finding: String },
    #[error("the state file {path} has form {version}, which a newer program wrote")]
    Newer { path: PathBuf, version: i64 },
    #[error("cannot {action} in the state file")]
    Failed { action: &'static str, source: rusqlite::Error },
}
