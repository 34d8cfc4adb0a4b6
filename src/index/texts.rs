//! The stored reports: one JSON file each, with a checksum below it, written in one piece.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use crate::index::IndexError;
use crate::ingest::report_id;
use crate::model::report::Report;

/// The folder of stored reports.
#[derive(Debug, Clone)]
pub struct Texts {
    dir: PathBuf,
}

impl Texts {
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(dir: PathBuf) -> Result<Texts, IndexError> {
        fs::create_dir_all(&dir).map_err(|source| IndexError::Directory { path: dir.clone(), source })?;
        Ok(Texts { dir })
    }

    fn path(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.json"))
    }

    /// Writes a report beside its place and moves it there, so a reader sees all of it or none.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self, report: &Report) -> Result<(), IndexError> {
        let path = self.path(&report.info.id);
        self.write(&path, report).map_err(|source| IndexError::Directory { path, source })
    }

    fn write(&self, path: &Path, report: &Report) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
        let json = serde_json::to_vec(report)?;
        file.write_all(&json)?;
        write!(file, "\n{:016x}\n", xxh3_64(&json))?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|failed| failed.error)?;
        Ok(())
    }

    /// # Errors
    /// When the file is missing or is not a stored report.
    pub fn load(&self, id: &str) -> Result<Report, IndexError> {
        let path = self.path(id);
        let bytes = fs::read(&path).map_err(|source| IndexError::Stored { path: path.clone(), source })?;
        let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let json = lines.next().unwrap_or_default();
        // Texts of earlier versions have no checksum; the id is one for the text itself.
        let is_sound = lines.next().is_none_or(|sum| sum == format!("{:016x}", xxh3_64(json)).as_bytes());
        let report: Report = serde_json::from_slice(json).map_err(|source| damaged(&path, Some(source)))?;
        if !is_sound || report_id(&report.text) != id {
            return Err(damaged(&path, None));
        }
        Ok(report)
    }

    /// Ids of all stored reports, sorted.
    pub fn ids(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let mut ids: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                name.strip_suffix(".json").map(str::to_owned)
            })
            .collect();
        ids.sort();
        ids
    }

    /// Deletes a stored report; one that is not there is no error.
    ///
    /// # Errors
    /// When the file is there and cannot be deleted.
    pub fn delete(&self, id: &str) -> Result<(), IndexError> {
        let path = self.path(id);
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(IndexError::Stored { path, source })
            }
            _ => Ok(()),
        }
    }
}

fn damaged(path: &Path, source: Option<serde_json::Error>) -> IndexError {
    IndexError::Damaged { path: path.to_owned(), source }
}
