//! Settings: embedded defaults, the user's file, `WENSHU_ROOM__KEY` variables, flags.

use std::num::NonZeroU32;
use std::path::PathBuf;

use config::{Config, Environment, File, FileFormat};
use secrecy::SecretString;
use serde::Deserialize;

const DEFAULT: &str = include_str!("../../config/default.toml");

/// Keys whose value is never printed.
const SECRET_KEYS: [&str; 2] = ["telegram.token", "http.token"];

/// Settings in force.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub data: DataSettings,
    pub answer: AnswerSettings,
    pub cli: CliSettings,
    pub telegram: TelegramSettings,
    pub http: HttpSettings,
    pub serve: ServeSettings,
    pub state: StateSettings,
    pub log: LogSettings,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSettings {
    /// Empty means the XDG data directory.
    pub dir: PathBuf,
    pub max_file_bytes: u64,
    /// Empty means no folder is watched.
    pub watch: PathBuf,
    pub watch_settle_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerSettings {
    pub home: String,
    /// Empty means none.
    pub lexicon: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CliSettings {
    pub lang: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelegramSettings {
    /// Empty means the token file is read, if one is set.
    pub token: SecretString,
    /// Empty means none.
    pub token_file: PathBuf,
    pub api_url: String,
    /// Empty means updates are fetched by long polling.
    pub webhook_url: String,
    pub webhook_bind: String,
    /// Empty means the path of `webhook_url`.
    pub webhook_path: String,
    pub webhook_trust_proxy: bool,
    pub webhook_check_seconds: NonZeroU32,
    pub poll_seconds: u32,
    pub request_seconds: u64,
    pub conflict_seconds: u64,
    pub longest_pause_seconds: u64,
    pub pending_minutes: u32,
    pub chat_queue: usize,
    pub queue: NonZeroU32,
    pub user_per_minute: NonZeroU32,
    pub chat_per_minute: NonZeroU32,
    pub inline_per_minute: NonZeroU32,
    pub messages_per_second: NonZeroU32,
    pub chat_messages_per_second: NonZeroU32,
    pub group_messages_per_minute: NonZeroU32,
    pub typing_after_ms: u64,
    pub max_question_chars: usize,
    pub channels: Names,
    pub operators: Names,
    pub inline_cache_seconds: u32,
    pub admin_cache_seconds: u64,
}

/// A list written as one text, its members joined by commas, so that a variable can hold it too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Names(Vec<String>);

impl Names {
    /// The members, without space around them; no empty ones.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<String> for Names {
    fn from(joined: String) -> Names {
        let names = joined.split([',', '，']).map(str::trim).filter(|name| !name.is_empty());
        Names(names.map(str::to_owned).collect())
    }
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateSettings {
    pub question_days: u32,
    pub feedback_days: u32,
    pub update_days: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// Empty means no HTTP door.
    pub bind: String,
    /// Empty means the token file is read, if one is set.
    pub token: SecretString,
    /// Empty means none.
    pub token_file: PathBuf,
    pub open_reading: bool,
    /// Empty means none.
    pub public_url: String,
    pub trust_proxy: bool,
    /// 0 means no limit.
    pub requests_per_minute: u32,
    pub burst: u32,
    /// Separated by commas; empty means CORS is off.
    pub cors_origins: String,
    pub max_body_bytes: usize,
    pub max_connections: usize,
    pub header_seconds: u64,
    pub request_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServeSettings {
    pub stop_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    pub level: String,
}

/// One key with its value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    pub key: String,
    pub value: String,
    pub source: String,
}

/// Why the settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "settings are not valid: {reason}; read in this order: {sources}; allowed keys stand in config/default.toml (`wenshu config` prints them)"
    )]
    Invalid { reason: String, sources: String },
    #[error("cannot read settings file {path}")]
    Missing { path: PathBuf },
}

/// Where settings come from besides the defaults.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// `--config`; the XDG configuration file when it is not given.
    pub file: Option<PathBuf>,
    /// Values of flags, as key and value.
    pub flags: Vec<(String, String)>,
    /// Variables of the process, `WENSHU_…` ones are used.
    pub variables: Vec<(String, String)>,
}

impl Sources {
    /// The settings file, whether it is there or not; `None` when there is no home directory to look in.
    pub fn path(&self) -> Option<PathBuf> {
        let standard = || {
            let dirs = directories::ProjectDirs::from("", "", "wenshu")?;
            Some(dirs.config_dir().join("config.toml"))
        };
        self.file.clone().or_else(standard)
    }
}

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// When a key is unknown, a value has the wrong type, or the named file is not there.
    pub fn load(sources: &Sources) -> Result<Settings, SettingsError> {
        let (config, read) = build(sources)?;
        config
            .try_deserialize()
            .map_err(|error| SettingsError::Invalid { reason: error.to_string(), sources: read.join(", ") })
    }

    /// The data directory: the configured one, else `$XDG_DATA_HOME/wenshu`.
    pub fn data_dir(&self) -> PathBuf {
        if !self.data.dir.as_os_str().is_empty() {
            return self.data.dir.clone();
        }
        directories::ProjectDirs::from("", "", "wenshu")
            .map_or_else(|| PathBuf::from("wenshu-data"), |dirs| dirs.data_dir().to_owned())
    }

    /// The file of chat settings, feedback and updates taken.
    pub fn state_file(&self) -> PathBuf {
        self.data_dir().join("state.sqlite")
    }
}

/// Every setting with its source, in order of the defaults.
///
/// # Errors
/// As [`Settings::load`].
pub fn origins(sources: &Sources) -> Result<Vec<Origin>, SettingsError> {
    Settings::load(sources)?;
    let (config, _) = build(sources)?;
    let file = user_file(sources)?;
    let file_text = file.as_deref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let in_file: toml::Table = toml::from_str(&file_text).unwrap_or_default();
    let defaults: toml::Table = toml::from_str(DEFAULT).unwrap_or_default();
    let mut origins = Vec::new();
    for (room, table) in &defaults {
        for key in table.as_table().into_iter().flat_map(|table| table.keys()) {
            let name = format!("{room}.{key}");
            let variable = format!("WENSHU_{}__{}", room.to_uppercase(), key.to_uppercase());
            let source = if sources.flags.iter().any(|(flag, _)| *flag == name) {
                "flag".to_owned()
            } else if sources.variables.iter().any(|(known, _)| *known == variable) {
                variable
            } else if in_file.get(room).and_then(|table| table.get(key)).is_some() {
                file.as_deref().map_or_else(String::new, |path| path.display().to_string())
            } else {
                "default".to_owned()
            };
            let value = config.get_string(&name).unwrap_or_default();
            let value = if SECRET_KEYS.contains(&name.as_str()) && !value.is_empty() {
                "(secret)".to_owned()
            } else {
                value
            };
            origins.push(Origin { key: name, value, source });
        }
    }
    Ok(origins)
}

fn user_file(sources: &Sources) -> Result<Option<PathBuf>, SettingsError> {
    let path = sources.path().filter(|path| path.is_file());
    match (&sources.file, path) {
        (Some(named), None) => Err(SettingsError::Missing { path: named.clone() }),
        (_, path) => Ok(path),
    }
}

fn build(sources: &Sources) -> Result<(Config, Vec<String>), SettingsError> {
    let mut read = vec!["config/default.toml".to_owned()];
    let mut builder = Config::builder().add_source(File::from_str(DEFAULT, FileFormat::Toml));
    if let Some(path) = user_file(sources)? {
        read.push(path.display().to_string());
        builder = builder.add_source(File::from(path).format(FileFormat::Toml));
    }
    let variables: std::collections::HashMap<String, String> =
        sources.variables.iter().filter(|(name, _)| name.starts_with("WENSHU_")).cloned().collect();
    read.push("WENSHU_*".to_owned());
    let environment = Environment::with_prefix("WENSHU")
        .prefix_separator("_")
        .separator("__")
        .try_parsing(false)
        .source(Some(variables));
    builder = builder.add_source(environment);
    let invalid = |error: config::ConfigError, read: &[String]| SettingsError::Invalid {
        reason: error.to_string(),
        sources: read.join(", "),
    };
    for (key, value) in &sources.flags {
        builder = builder.set_override(key, value.as_str()).map_err(|error| invalid(error, &read))?;
    }
    let config = builder.build().map_err(|error| invalid(error, &read))?;
    Ok((config, read))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_variable(name: &str, value: &str) -> Result<Settings, SettingsError> {
        Settings::load(&Sources {
            variables: vec![(name.to_owned(), value.to_owned())],
            ..Sources::default()
        })
    }

    #[test]
    fn a_variable_beats_the_default() {
        let settings = with_variable("WENSHU_CLI__LANG", "en").map(|settings| settings.cli.lang);
        assert_eq!(settings.ok().as_deref(), Some("en"));
    }

    #[test]
    fn a_variable_holds_a_list() {
        let settings = with_variable("WENSHU_TELEGRAM__CHANNELS", "@news, -1001，").unwrap();
        assert_eq!(settings.telegram.channels.iter().collect::<Vec<_>>(), ["@news", "-1001"]);
    }

    #[test]
    fn typing_is_shown_after_a_third_of_a_second() {
        let settings = Settings::load(&Sources::default()).unwrap();
        assert_eq!(settings.telegram.typing_after_ms, 300);
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = with_variable("WENSHU_CLI__LANGUAGE", "en").err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("language")));
    }

    #[test]
    fn a_wrong_type_is_named() {
        let error = with_variable("WENSHU_DATA__MAX_FILE_BYTES", "many").err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("max_file_bytes")), "wrong type");
    }
}
