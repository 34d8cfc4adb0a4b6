//! Which files an import means.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::ingest::IngestError;

const EXTENSIONS: [&str; 7] = ["txt", "text", "md", "markdown", "html", "htm", "xhtml"];

/// A file that could not be read, beside the good ones.
#[derive(Debug)]
pub struct Problem {
    pub path: PathBuf,
    pub error: IngestError,
}

/// Lists the files that `paths` mean: files, folders (walked without following links), globs; sorted, each once.
pub fn collect_files(paths: &[String]) -> (Vec<PathBuf>, Vec<Problem>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    for path in paths {
        let as_path = Path::new(path);
        if as_path.is_dir() {
            walk(as_path, &mut files, &mut problems);
        } else if as_path.exists() {
            files.push(as_path.to_owned());
        } else if path.contains(['*', '?', '[']) {
            expand(path, &mut files, &mut problems);
        } else {
            problems.push(Problem { path: as_path.to_owned(), error: IngestError::Missing });
        }
    }
    files.sort();
    files.dedup();
    (files, problems)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    let is_hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry.file_name())) {
        match entry {
            Ok(entry) if entry.file_type().is_file() && has_known_extension(entry.path()) => {
                files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("link loop"));
                problems.push(Problem { path, error: IngestError::Unreadable { source } });
            }
        }
    }
}

fn expand(pattern: &str, files: &mut Vec<PathBuf>, problems: &mut Vec<Problem>) {
    match glob::glob(pattern) {
        Ok(found) => {
            let before = files.len();
            files.extend(found.flatten().filter(|path| path.is_file()));
            if files.len() == before {
                problems.push(Problem { path: PathBuf::from(pattern), error: IngestError::Missing });
            }
        }
        Err(source) => {
            problems.push(Problem { path: PathBuf::from(pattern), error: IngestError::Pattern { source } })
        }
    }
}

fn has_known_extension(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}
