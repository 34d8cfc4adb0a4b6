//! What every request of the HTTP door may use.

use std::io::{self, Write};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tower_http::cors::CorsLayer;

use crate::daemon::desk::Desk;
use crate::daemon::settings::{HttpSettings, Settings};
use crate::storage::Store;
use crate::transports::http::gate::RateLimit;
use crate::transports::words::Words;

/// Shared by all requests.
pub struct HttpState {
    pub desk: Arc<Desk>,
    /// The program's own words where a request asks for no language.
    pub words: Words,
    data_dir: PathBuf,
    /// The state file, where a door uses one.
    store: OnceLock<Arc<Store>>,
    is_local: bool,
    limits: ArcSwap<HttpSettings>,
    tokens: ArcSwap<Vec<SecretString>>,
    rate: ArcSwapOption<RateLimit>,
    /// Names this door is reached under; empty means any.
    hosts: Vec<String>,
    cors: Option<CorsLayer>,
}

impl HttpState {
    /// # Errors
    /// When others can reach `address` and there is no token or no rate limit, or a setting is not valid.
    pub fn new(desk: Arc<Desk>, settings: &Settings, address: SocketAddr) -> Result<HttpState> {
        let http = settings.http.clone();
        let tokens = tokens(&http)?;
        let is_local = address.ip().is_loopback();
        if !is_local && tokens.is_empty() {
            bail!(
                "http.bind is {address}, which others can reach; set http.token or http.token_file, or bind to 127.0.0.1"
            );
        }
        check_rate(&http, is_local)?;
        if !http.public_url.is_empty() && tokens.is_empty() {
            tracing::warn!(
                public_url = http.public_url,
                "no http.token is set: everyone who comes by there may ask"
            );
        }
        let words = Words::for_lang(&settings.cli.lang)
            .with_context(|| format!("cli.lang is {:?}; allowed are zh and en", settings.cli.lang))?;
        Ok(HttpState {
            desk,
            words,
            data_dir: settings.data_dir(),
            store: OnceLock::new(),
            is_local,
            tokens: ArcSwap::from_pointee(tokens),
            rate: ArcSwapOption::from(RateLimit::new(&http).map(Arc::new)),
            hosts: if is_local { hosts(&http)? } else { Vec::new() },
            cors: cors(&http)?,
            limits: ArcSwap::from_pointee(http),
        })
    }

    /// Takes over tokens, limits and rates of changed settings.
    ///
    /// # Errors
    /// When the token file cannot be read, or no token or rate limit would be left where one is needed; the old
    /// settings stay.
    pub fn renew(&self, http: &HttpSettings) -> Result<()> {
        let fresh = tokens(http)?;
        if fresh.is_empty() != self.tokens.load().is_empty() {
            bail!("tokens cannot be brought in or dropped altogether without a restart");
        }
        check_rate(http, self.is_local)?;
        self.tokens.store(Arc::new(fresh));
        let rate = |http: &HttpSettings| (http.requests_per_minute, http.burst, http.trust_proxy);
        // Made anew only when it is another: those who are being held back stay so.
        if rate(http) != rate(&self.limits.load()) {
            self.rate.store(RateLimit::new(http).map(Arc::new));
        }
        self.limits.store(Arc::new(http.clone()));
        Ok(())
    }

    /// The limits in force.
    pub fn limits(&self) -> Guard<Arc<HttpSettings>> {
        self.limits.load()
    }

    /// From now on `/readyz` looks at `store` too.
    pub fn watch_store(&self, store: Arc<Store>) {
        // A second one would be a second state file, which there is not.
        let _ = self.store.set(store);
    }

    pub fn needs_token(&self) -> bool {
        !self.tokens.load().is_empty()
    }

    /// Compares with every token, each in time that does not depend on where they differ.
    pub fn knows_token(&self, given: &[u8]) -> bool {
        let is_known = |known: bool, token: &SecretString| {
            known | bool::from(token.expose_secret().as_bytes().ct_eq(given))
        };
        self.tokens.load().iter().fold(false, is_known)
    }

    /// What is wrong with what is written to, in a word; `None` when all is well.
    pub fn store_is_wrong(&self) -> Option<&'static str> {
        if !can_write(&self.data_dir) {
            return Some("not_writable");
        }
        let store = self.store.get()?;
        if store.is_copy() {
            return Some("not_writable");
        }
        store.probe().err().map(|error| error.word())
    }

    /// How long a caller at `address` has to wait; `None` lets it in.
    pub fn wait_for(&self, address: IpAddr) -> Option<Duration> {
        self.rate.load().as_ref().and_then(|rate| rate.wait_for(address))
    }

    /// True when `host` is a name of this door.
    pub fn is_own_host(&self, host: &str) -> bool {
        let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let name = name.map_or(host, |(name, _)| name);
        self.hosts.is_empty() || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name))
    }

    pub fn cors(&self) -> Option<CorsLayer> {
        self.cors.clone()
    }
}

/// Writes a little into a file without a name; an empty one is made even where the disk is full.
fn can_write(dir: &Path) -> bool {
    let written = || -> io::Result<()> {
        let mut file = tempfile::tempfile_in(dir)?;
        file.write_all(&[0; 4096])?;
        file.flush()
    };
    written().is_ok()
}

fn check_rate(http: &HttpSettings, is_local: bool) -> Result<()> {
    if !is_local && http.requests_per_minute == 0 {
        let bind = &http.bind;
        bail!("http.bind is {bind}, which others can reach; set http.requests_per_minute above 0");
    }
    Ok(())
}

fn tokens(http: &HttpSettings) -> Result<Vec<SecretString>> {
    if !http.token.expose_secret().is_empty() {
        return Ok(vec![http.token.clone()]);
    }
    let path = &http.token_file;
    if path.as_os_str().is_empty() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read http.token_file {}", path.display()))?;
    let tokens: Vec<SecretString> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(SecretString::from)
        .collect();
    if tokens.is_empty() {
        bail!("http.token_file {} holds no token", path.display());
    }
    Ok(tokens)
}

/// A page of another site can make a browser ask this machine under that site's own name (DNS rebinding), so a
/// door for this machine only answers to the names it has.
fn hosts(http: &HttpSettings) -> Result<Vec<String>> {
    let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned).into();
    if let Ok(address) = http.bind.parse::<SocketAddr>() {
        hosts.push(address.ip().to_string());
    }
    if !http.public_url.is_empty() {
        let uri: Uri =
            http.public_url.parse().with_context(|| not_valid("http.public_url", &http.public_url))?;
        let host = uri.host().with_context(|| not_valid("http.public_url", &http.public_url))?;
        hosts.push(host.to_owned());
    }
    Ok(hosts)
}

fn cors(http: &HttpSettings) -> Result<Option<CorsLayer>> {
    if http.cors_origins.is_empty() {
        return Ok(None);
    }
    let origins: Vec<HeaderValue> = http
        .cors_origins
        .split(',')
        .map(|origin| origin.trim().parse().with_context(|| not_valid("http.cors_origins", origin)))
        .collect::<Result<_>>()?;
    let headers: [HeaderName; 2] = [header::AUTHORIZATION, header::CONTENT_TYPE];
    Ok(Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers(headers),
    ))
}

fn not_valid(key: &str, value: &str) -> String {
    format!("{key} is {value:?}; write it like https://wenshu.example")
}
