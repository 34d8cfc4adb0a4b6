//! The index's files, read without being mapped into memory.
//!
//! Whoever reads a mapped file that another program cuts short is ended by the kernel (SIGBUS), and whoever reads one
//! that is overwritten reads what was never checked. An index of a few reports is a few megabytes: it is read once, and
//! what happens to its files afterwards is noticed by the next look at them and changes no answer.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tantivy::HasLen;
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle,
    WritePtr,
};

/// Largest file kept in memory, in bytes. 41 reports have none above 5 MB; a library of thousands is read in parts.
const MAX_KEPT_BYTES: u64 = 16 * 1024 * 1024;

/// A directory that is written like any other and read into memory.
#[derive(Debug, Clone)]
pub struct ReadDirectory {
    root: PathBuf,
    /// Does all but the reading.
    files: MmapDirectory,
    max_kept_bytes: u64,
}

impl ReadDirectory {
    /// # Errors
    /// When there is no such directory.
    pub fn open(path: &Path) -> tantivy::Result<ReadDirectory> {
        ReadDirectory::keeping(path, MAX_KEPT_BYTES)
    }

    fn keeping(path: &Path, max_kept_bytes: u64) -> tantivy::Result<ReadDirectory> {
        Ok(ReadDirectory { root: path.to_owned(), files: MmapDirectory::open(path)?, max_kept_bytes })
    }

    fn read(&self, path: &Path) -> io::Result<Arc<dyn FileHandle>> {
        let file = File::open(self.root.join(path))?;
        let n_bytes = file.metadata()?.len();
        let parts = Parts { file, n_bytes: n_bytes as usize };
        if n_bytes > self.max_kept_bytes {
            return Ok(Arc::new(parts));
        }
        Ok(Arc::new(parts.read_bytes(0..parts.n_bytes)?))
    }
}

impl Directory for ReadDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.read(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.files.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.files.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.files.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.files.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.files.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.files.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.files.acquire_lock(lock)
    }

    fn watch(&self, watch_callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.files.watch(watch_callback)
    }
}

/// A large file, read part by part as it is asked for.
#[derive(Debug)]
struct Parts {
    file: File,
    n_bytes: usize,
}

impl FileHandle for Parts {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        self.file.read_exact_at(&mut bytes, range.start as u64)?;
        Ok(OwnedBytes::new(bytes))
    }
}

impl HasLen for Parts {
    fn len(&self) -> usize {
        self.n_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// What a reader of a file of ten letters finds before the file is cut and after it.
    fn check(max_kept_bytes: u64, after: Option<&str>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("letters");
        fs::write(&path, "abcdefghij").unwrap();
        let directory = ReadDirectory::keeping(dir.path(), max_kept_bytes).unwrap();
        let handle = directory.get_file_handle(Path::new("letters")).unwrap();
        assert_eq!((handle.len(), handle.read_bytes(2..5).unwrap().as_slice()), (10, &b"cde"[..]));
        File::options().write(true).open(&path).unwrap().set_len(4).unwrap();
        assert_eq!(handle.read_bytes(2..5).ok().as_deref(), after.map(str::as_bytes));
    }

    #[test]
    fn a_small_file_that_is_cut_is_still_read_whole() {
        check(10, Some("cde"));
    }

    #[test]
    fn a_large_file_that_is_cut_is_an_error() {
        check(9, None);
    }

    #[test]
    fn a_file_that_is_not_there_is_called_so() {
        let dir = tempfile::tempdir().unwrap();
        let directory = ReadDirectory::open(dir.path()).unwrap();
        let error = directory.get_file_handle(Path::new("nothing")).unwrap_err();
        assert!(matches!(error, OpenReadError::FileDoesNotExist(_)), "{error}");
    }
}
