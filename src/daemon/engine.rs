//! The engine put together from settings: language data, library, answerer.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::analysis::language::LanguageData;
use crate::answer::Answerer;
use crate::answer::weights::Weights;
use crate::daemon::bundled::DIGESTS;
use crate::daemon::settings::Settings;
use crate::index::Library;
use crate::ingest::{Hints, Limits, read_report};
use crate::model::report::Report;

/// Language data and the reports in use.
pub struct Engine {
    pub language: Arc<LanguageData>,
    pub library: Library,
    /// True when the user has imported nothing and the bundled digests are asked.
    pub is_bundled: bool,
    home: String,
    /// Text of the operator's lexicon; `None` when there is none.
    lexicon: Option<String>,
}

impl Engine {
    /// Opens the user's reports, or the bundled digests when there are none.
    ///
    /// # Errors
    /// When the data directory cannot be used or the operator's lexicon is not valid.
    pub fn open(settings: &Settings) -> Result<Engine> {
        Engine::open_with(settings, None)
    }

    /// Opens anew what `older` has open, sharing its language data unless the operator's lexicon has changed.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn reopen(settings: &Settings, older: &Engine) -> Result<Engine> {
        Engine::open_with(settings, Some(older))
    }

    fn open_with(settings: &Settings, older: Option<&Engine>) -> Result<Engine> {
        let lexicon = lexicon(settings)?;
        let language = match older.filter(|older| older.lexicon == lexicon) {
            Some(older) => Arc::clone(&older.language),
            None => language(settings, lexicon.as_deref())?,
        };
        let dir = settings.data_dir();
        let own = open_library(&own_dir(&dir), &language)?;
        let is_bundled = own.reports().is_empty();
        let library = if is_bundled { bundled_library(&dir, &language)? } else { own };
        Ok(Engine { language, library, is_bundled, home: settings.answer.home.clone(), lexicon })
    }

    /// Opens the user's reports, also when there are none yet, for import and removal.
    ///
    /// # Errors
    /// As [`Engine::open`].
    pub fn open_own(settings: &Settings) -> Result<Engine> {
        let lexicon = lexicon(settings)?;
        let language = language(settings, lexicon.as_deref())?;
        let library = open_library(&own_dir(&settings.data_dir()), &language)?;
        Ok(Engine { language, library, is_bundled: false, home: settings.answer.home.clone(), lexicon })
    }

    /// An answerer over the state as of now.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn answerer(&self) -> Result<Answerer> {
        let weights = Weights::bundled().context("bundled weights are damaged")?;
        let home = Some(self.home.clone()).filter(|home| !home.is_empty());
        Ok(Answerer::new(self.library.snapshot()?, Arc::clone(&self.language), weights, home))
    }
}

/// Tells one state of the user's index from another: its inode, size and time. `None` when there is none.
pub type Stamp = Option<(u64, u64, SystemTime)>;

/// The stamp of the user's index as it is on disk now.
pub fn index_stamp(settings: &Settings) -> Stamp {
    let path = own_dir(&settings.data_dir()).join("index").join("meta.json");
    let meta = std::fs::metadata(path).ok()?;
    Some((meta.ino(), meta.len(), meta.modified().ok()?))
}

/// Where the user's reports are kept below the data directory.
pub fn own_dir(dir: &Path) -> PathBuf {
    dir.join("reports")
}

/// The text of the operator's lexicon; `None` when none is set.
fn lexicon(settings: &Settings) -> Result<Option<String>> {
    let path = &settings.answer.lexicon;
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path).with_context(|| {
        format!("cannot read the lexicon {}; set answer.lexicon to a TOML file", path.display())
    })?;
    Ok(Some(text))
}

fn language(settings: &Settings, lexicon: Option<&str>) -> Result<Arc<LanguageData>> {
    let name = settings.answer.lexicon.display().to_string();
    let language = match lexicon {
        None => LanguageData::bundled().context("bundled language data is damaged")?,
        Some(text) => LanguageData::with_lexicon(Some((&name, text)))
            .with_context(|| format!("see data/lexicon/words.toml for the form of {name}"))?,
    };
    Ok(Arc::new(language))
}

fn open_library(dir: &Path, language: &Arc<LanguageData>) -> Result<Library> {
    Library::open(dir, language)
        .with_context(|| format!("cannot open {}; choose another place with --data-dir", dir.display()))
}

/// The digests, indexed again whenever the program brings others than those on disk.
fn bundled_library(dir: &Path, language: &Arc<LanguageData>) -> Result<Library> {
    let mut library = open_library(&dir.join("bundled"), language)?;
    let limits = Limits { max_file_bytes: u64::MAX };
    let digests: Vec<Report> = DIGESTS
        .iter()
        .map(|(name, bytes)| {
            read_report(bytes, name, &Hints::default(), &language.gazetteer, &limits)
                .with_context(|| format!("bundled digest {name} is damaged"))
        })
        .collect::<Result<_>>()?;
    let stored = library.reports();
    let is_current =
        stored.len() == digests.len() && digests.iter().all(|digest| stored.contains(&digest.info));
    if !is_current {
        let gone: Vec<String> = stored
            .iter()
            .filter(|info| !digests.iter().any(|digest| digest.info == **info))
            .map(|info| info.id.clone())
            .collect();
        for id in gone {
            library.remove(&id)?;
        }
        library.import(digests, &mut |_, _| {})?;
    }
    Ok(library)
}
