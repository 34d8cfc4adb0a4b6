//! The reports on disk and the index over them.

use std::fs::{self, File, TryLockError};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use serde::{Deserialize, Serialize};
use tantivy::store::Compressor;
use tantivy::{Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term};
use tempfile::TempDir;
use xxhash_rust::xxh3::xxh3_64;

use crate::analysis::language::LanguageData;
use crate::index::IndexError;
use crate::index::directory::ReadDirectory;
use crate::index::passage::{Passage, passages};
use crate::index::schema::{FIGURED, Fields, SCHEMA_VERSION, bigrams, schema, tokens};
use crate::index::search::Snapshot;
use crate::index::texts::Texts;
use crate::index::vocabulary::Vocabulary;
use crate::model::report::{Report, ReportInfo};

/// Memory of the index writer; tantivy wants 15 MB a thread at the least.
const WRITER_BYTES: usize = 40_000_000;
const N_READERS: usize = 2;
/// With more, passages would fall into segments by chance.
const N_WRITERS: usize = 1;

/// What an import did, report by report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// New reports.
    pub added: Vec<ReportInfo>,
    /// Reports that took the place of an older text of the same file.
    pub replaced: Vec<ReportInfo>,
    /// Reports that were there before, with the same text.
    pub same: Vec<ReportInfo>,
}

/// What a commit says of itself, kept behind a checksum; an index without it, or with another version, is rebuilt.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    version: u32,
    /// Fingerprint of the language data the words were cut with.
    language: u64,
    reports: Vec<ReportInfo>,
}

/// The data directory: stored reports, and the index made of them.
pub struct Library {
    dir: PathBuf,
    texts: Texts,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    language: Arc<LanguageData>,
    notes: Vec<String>,
    /// Where the index is read from when its own place cannot be written; deleted in the end.
    _copy: Option<TempDir>,
}

/// True when `info` names a place or a year that `stored`, of the same text, lacks.
fn completes(info: &ReportInfo, stored: &ReportInfo) -> bool {
    stored.place.is_none() && info.place.is_some() || stored.year.is_none() && info.year.is_some()
}

impl Library {
    /// Opens the data directory, making it when it is not there.
    ///
    /// An index of another version, or a damaged one, is rebuilt from the stored reports;
    /// [`Library::notes`] then says so.
    ///
    /// # Errors
    /// When the directory cannot be used, or another process is rebuilding it.
    pub fn open(dir: &Path, language: &Arc<LanguageData>) -> Result<Library, IndexError> {
        let texts = Texts::open(dir.join("texts"))?;
        let index_dir = dir.join("index");
        let mut notes = Vec::new();
        let opened = open_index(&index_dir, language);
        let index = match opened {
            Some(index) => index,
            None => {
                let _lock = match lock(dir) {
                    Err(error) if is_not_writable(&error) => {
                        return open_copy(dir, texts, language).ok_or(error);
                    }
                    locked => locked?,
                };
                // Another process may have mended it, or been writing while it was checked.
                if let Some(index) = open_index(&index_dir, language) {
                    return Library::new(dir, texts, index, language, notes, None);
                }
                let n_texts = texts.ids().len();
                if index_dir.exists() {
                    notes.push(format!(
                        "索引版本不符或已损坏，已由 {n_texts} 份存文重建 (index rebuilt from stored texts)"
                    ));
                }
                rebuild(dir, &index_dir, &texts, language, &mut notes)?
            }
        };
        Library::new(dir, texts, index, language, notes, None)
    }

    fn new(
        dir: &Path,
        texts: Texts,
        index: Index,
        language: &Arc<LanguageData>,
        notes: Vec<String>,
        copy: Option<TempDir>,
    ) -> Result<Library, IndexError> {
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let (_, fields) = schema();
        Ok(Library {
            dir: dir.to_owned(),
            texts,
            index,
            reader,
            fields,
            language: Arc::clone(language),
            notes,
            _copy: copy,
        })
    }

    /// What was noticed while opening, for the operator.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// True when every file of the index is as it was written.
    pub fn is_sound(&self) -> bool {
        is_sound(&self.index)
    }

    /// Stores and indexes `reports`; all become visible at once.
    ///
    /// A report with the same text as a stored one is left alone, unless it names a place or a year that the stored one
    /// lacks; that one and one with the file name of a stored one replace it. `progress` is told how many of how many are done.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when another process writes; nothing is changed then.
    pub fn import(
        &mut self,
        reports: Vec<Report>,
        progress: &mut dyn FnMut(usize, usize),
    ) -> Result<ImportSummary, IndexError> {
        let _lock = lock(&self.dir)?;
        self.reader.reload()?;
        let mut infos =
            read_manifest(&self.index, &self.language).map_or_else(Vec::new, |manifest| manifest.reports);
        let mut summary = ImportSummary::default();
        let mut fresh: Vec<Report> = Vec::new();
        let mut gone: Vec<String> = Vec::new();
        for report in reports {
            let known = infos.iter().position(|info| info.id == report.info.id);
            if let Some(stored) = known.map(|at| &infos[at])
                && !completes(&report.info, stored)
            {
                summary.same.push(stored.clone());
                continue;
            }
            let old = known.or_else(|| infos.iter().position(|info| info.file == report.info.file));
            match old {
                Some(at) => {
                    gone.push(infos.remove(at).id);
                    summary.replaced.push(report.info.clone());
                }
                None => summary.added.push(report.info.clone()),
            }
            infos.push(report.info.clone());
            fresh.retain(|other: &Report| other.info.id != report.info.id);
            fresh.push(report);
        }
        if fresh.is_empty() {
            return Ok(summary);
        }
        for report in &fresh {
            self.texts.save(report)?;
        }
        let mut writer = self.writer()?;
        for id in &gone {
            writer.delete_term(Term::from_field_text(self.fields.report, id));
        }
        write_reports(&mut writer, self.fields, &self.language, &fresh, progress)?;
        commit(&mut writer, &self.language, infos)?;
        writer.wait_merging_threads()?;
        for id in gone.iter().filter(|id| fresh.iter().all(|report| report.info.id != **id)) {
            self.texts.delete(id)?;
        }
        self.reader.reload()?;
        Ok(summary)
    }

    /// Takes a report out, by id or file name; `None` when there is no such report.
    ///
    /// # Errors
    /// [`IndexError::Busy`] when another process writes.
    pub fn remove(&mut self, name: &str) -> Result<Option<ReportInfo>, IndexError> {
        let _lock = lock(&self.dir)?;
        self.reader.reload()?;
        let mut infos = self.reports();
        let Some(at) = infos.iter().position(|info| info.id == name || info.file == name) else {
            return Ok(None);
        };
        let info = infos.remove(at);
        let mut writer = self.writer()?;
        writer.delete_term(Term::from_field_text(self.fields.report, &info.id));
        commit(&mut writer, &self.language, infos)?;
        writer.wait_merging_threads()?;
        self.texts.delete(&info.id)?;
        self.reader.reload()?;
        Ok(Some(info))
    }

    /// A writer, for one who holds the lock. What a killed one has left is cleared away first: the next commit may want
    /// a file of that name, and would fail for good.
    fn writer(&self) -> Result<IndexWriter, IndexError> {
        let dir = self.dir.join("index");
        let in_use = self.index.load_metas()?.list_segment_files();
        let io = |source| IndexError::Directory { path: dir.clone(), source };
        for entry in fs::read_dir(&dir).map_err(io)?.flatten() {
            let name = PathBuf::from(entry.file_name());
            let is_of_all = name.extension().is_some_and(|end| end == "json" || end == "lock");
            if !is_of_all && !in_use.contains(&name) {
                fs::remove_file(entry.path()).map_err(io)?;
            }
        }
        Ok(self.index.writer_with_num_threads(N_WRITERS, WRITER_BYTES)?)
    }

    /// What is stored, in order of place and year.
    pub fn reports(&self) -> Vec<ReportInfo> {
        let mut infos =
            read_manifest(&self.index, &self.language).map_or_else(Vec::new, |manifest| manifest.reports);
        infos.sort_by_key(report_key);
        infos
    }

    /// A stored report, by id or file name.
    ///
    /// # Errors
    /// When its file is damaged.
    pub fn report(&self, name: &str) -> Result<Option<Report>, IndexError> {
        let infos = self.reports();
        let info = infos.iter().find(|info| info.id == name || info.file == name);
        info.map(|info| self.texts.load(&info.id)).transpose()
    }

    /// The state as of the last commit.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, IndexError> {
        self.reader.reload()?;
        let searcher = self.reader.searcher();
        let vocabulary = Vocabulary::read(&searcher, self.fields)?;
        Ok(Snapshot {
            searcher,
            fields: self.fields,
            reports: Arc::new(self.reports()),
            vocabulary: Arc::new(vocabulary),
            shelf: Arc::default(),
        })
    }
}

fn report_key(info: &ReportInfo) -> (bool, Vec<String>, u16, String) {
    let path = info.place.as_ref().map_or_else(Vec::new, |place| place.path.clone());
    (info.place.is_none(), path, info.year.map_or(0, |year| year.get()), info.file.clone())
}

/// Takes the writer's lock of the data directory; it is freed when the file is dropped.
fn lock(dir: &Path) -> Result<File, IndexError> {
    let path = dir.join("write.lock");
    let file = File::create(&path).map_err(|source| IndexError::Directory { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(IndexError::Busy { path: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(IndexError::Directory { path, source }),
    }
}

fn open_index(dir: &Path, language: &LanguageData) -> Option<Index> {
    let index = Index::open(ReadDirectory::open(dir).ok()?).ok()?;
    let (wanted, _) = schema();
    let fits = index.schema() == wanted
        && read_manifest(&index, language).is_some()
        && is_sound(&index)
        && index.reader().is_ok();
    fits.then_some(index)
}

/// True when every file is as it was written.
fn is_sound(index: &Index) -> bool {
    // tantivy panics over a file that was cut to a few bytes.
    let damaged = catch_unwind(AssertUnwindSafe(|| index.validate_checksum()));
    damaged.is_ok_and(|damaged| damaged.is_ok_and(|damaged| damaged.is_empty()))
}

fn read_manifest(index: &Index, language: &LanguageData) -> Option<Manifest> {
    let payload = index.load_metas().ok()?.payload?;
    let (sum, json) = payload.split_once(' ')?;
    if sum != checksum(json) {
        return None;
    }
    let manifest: Manifest = serde_json::from_str(json).ok()?;
    (manifest.version == SCHEMA_VERSION && manifest.language == language.fingerprint()).then_some(manifest)
}

fn checksum(text: &str) -> String {
    format!("{:016x}", xxh3_64(text.as_bytes()))
}

fn commit(
    writer: &mut IndexWriter,
    language: &LanguageData,
    reports: Vec<ReportInfo>,
) -> Result<(), IndexError> {
    let manifest = Manifest { version: SCHEMA_VERSION, language: language.fingerprint(), reports };
    let mut prepared = writer.prepare_commit()?;
    let json = serde_json::to_string(&manifest).unwrap_or_default();
    prepared.set_payload(&format!("{} {json}", checksum(&json)));
    prepared.commit()?;
    Ok(())
}

fn is_not_writable(error: &IndexError) -> bool {
    matches!(error, IndexError::Directory { source, .. }
        if matches!(source.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::StorageFull))
}

/// Opens a copy of the index, for tantivy writes a lock file where it reads; `None` when there is nothing sound to
/// copy, or no place for it.
fn open_copy(dir: &Path, texts: Texts, language: &Arc<LanguageData>) -> Option<Library> {
    let copy = tempfile::tempdir().ok()?;
    for entry in fs::read_dir(dir.join("index")).ok()? {
        let entry = entry.ok()?;
        if !entry.file_name().to_string_lossy().ends_with(".lock") {
            fs::copy(entry.path(), copy.path().join(entry.file_name())).ok()?;
        }
    }
    let index = open_index(copy.path(), language)?;
    let note = "数据目录不可写，只读其副本 (data directory cannot be written, a copy of the index is read)";
    Library::new(dir, texts, index, language, vec![note.to_owned()], Some(copy)).ok()
}

/// Builds the index anew beside its place and moves it there.
fn rebuild(
    dir: &Path,
    index_dir: &Path,
    texts: &Texts,
    language: &Arc<LanguageData>,
    notes: &mut Vec<String>,
) -> Result<Index, IndexError> {
    let building = dir.join("index.new");
    let io = |source| IndexError::Directory { path: building.clone(), source };
    if building.exists() {
        fs::remove_dir_all(&building).map_err(io)?;
    }
    fs::create_dir_all(&building).map_err(io)?;
    let mut reports = Vec::new();
    for id in texts.ids() {
        match texts.load(&id) {
            Ok(report) => reports.push(report),
            Err(error) => notes.push(format!("{error}")),
        }
    }
    {
        let (schema, fields) = schema();
        let settings = IndexSettings {
            docstore_compression: Compressor::None,
            docstore_blocksize: 8192,
            ..IndexSettings::default()
        };
        let index = Index::create(ReadDirectory::open(&building)?, schema, settings)?;
        let mut writer: IndexWriter = index.writer_with_num_threads(N_WRITERS, WRITER_BYTES)?;
        write_reports(&mut writer, fields, language, &reports, &mut |_, _| {})?;
        commit(&mut writer, language, reports.into_iter().map(|report| report.info).collect())?;
        writer.wait_merging_threads()?;
    }
    if index_dir.exists() {
        fs::remove_dir_all(index_dir).map_err(io)?;
    }
    fs::rename(&building, index_dir).map_err(io)?;
    Ok(Index::open(ReadDirectory::open(index_dir)?)?)
}

/// Reads the facts of `reports` on two threads and hands the passages to the writer in order.
fn write_reports(
    writer: &mut IndexWriter,
    fields: Fields,
    language: &LanguageData,
    reports: &[Report],
    progress: &mut dyn FnMut(usize, usize),
) -> Result<(), IndexError> {
    thread::scope(|scope| {
        let mut receivers = Vec::new();
        for reader_idx in 0..N_READERS {
            let (sender, receiver) = mpsc::sync_channel::<Vec<Passage>>(2);
            receivers.push(receiver);
            scope.spawn(move || {
                for report in reports.iter().skip(reader_idx).step_by(N_READERS) {
                    if sender.send(passages(language, report)).is_err() {
                        return;
                    }
                }
            });
        }
        for (n_done, report) in reports.iter().enumerate() {
            // A reader that is gone has panicked; the scope passes that on.
            let Ok(passages) = receivers[n_done % N_READERS].recv() else { break };
            for passage in &passages {
                writer.add_document(document(fields, language, report, passage)?)?;
            }
            progress(n_done + 1, reports.len());
        }
        Ok(())
    })
}

fn document(
    fields: Fields,
    language: &LanguageData,
    report: &Report,
    passage: &Passage,
) -> Result<TantivyDocument, IndexError> {
    let bytes = postcard::to_allocvec(passage).map_err(|source| IndexError::Encode {
        report: report.info.file.clone(),
        sentence_idx: passage.sentence_idx,
        source,
    })?;
    let heading = crate::analysis::normalize::normalize(&format!(
        "{} {}",
        report.info.title,
        passage.section.join(" ")
    ));
    let mut document = TantivyDocument::new();
    document.add_text(fields.report, &report.info.id);
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    document.add_pre_tokenized_text(
        fields.words,
        tokens(language.segmenter.search_words(&passage.normalized).into_iter().filter(is_word)),
    );
    document.add_pre_tokenized_text(fields.grams, tokens(bigrams(&passage.normalized).into_iter()));
    document.add_pre_tokenized_text(
        fields.heading,
        tokens(language.segmenter.search_words(heading.text()).into_iter().filter(is_word)),
    );
    if !passage.facts.is_empty() {
        document.add_text(fields.kind, FIGURED);
    }
    document.add_bytes(fields.passage, &bytes);
    Ok(document)
}
