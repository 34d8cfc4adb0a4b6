//! What can go wrong with the state file.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Error, ErrorCode};

/// Why the state cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error("cannot open the state file {path}")]
    Open { path: PathBuf, source: Error },
    #[error("the state file {path} is damaged: {finding}")]
    Damaged { path: PathBuf, finding: String },
    #[error("the state file {path} is held by another program")]
    Locked { path: PathBuf, source: Error },
    #[error("the state file {path} cannot be written")]
    NotWritable { path: PathBuf, source: Error },
    #[error("the state file {path} has form {version}, which a newer program wrote")]
    Newer { path: PathBuf, version: i64 },
    #[error("the state file {path} cannot be moved or copied")]
    Moved { path: PathBuf, source: io::Error },
    #[error("cannot {action} in the state file")]
    Failed { action: &'static str, source: Error },
}

impl StorageError {
    /// Sorts out why the file at `path` could not be opened.
    pub(super) fn opening(path: &Path, source: Error) -> StorageError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StorageError::Damaged { path, finding: source.to_string() }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StorageError::Locked { path, source }
            }
            Some(
                ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure,
            ) => StorageError::NotWritable { path, source },
            _ => StorageError::Open { path, source },
        }
    }

    /// What is wrong, in a word that names no path.
    pub fn word(&self) -> &'static str {
        let code = match self {
            StorageError::Damaged { .. } => return "damaged",
            StorageError::Locked { .. } => return "locked",
            StorageError::NotWritable { .. } => return "not_writable",
            StorageError::Newer { .. } => return "newer",
            StorageError::Open { source, .. } | StorageError::Failed { source, .. } => {
                source.sqlite_error_code()
            }
            StorageError::Moved { .. } => None,
        };
        match code {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "damaged",
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "locked",
            Some(ErrorCode::DiskFull) => "disk_full",
            _ => "not_writable",
        }
    }
}
