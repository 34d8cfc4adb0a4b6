//! Who is let in: host names, tokens, rates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::daemon::settings::HttpSettings;
use crate::transports::http::problem::Problem;
use crate::transports::http::state::HttpState;

/// Callers let in before those who have long been silent are forgotten.
const FORGET_EVERY: u64 = 4096;

/// Where a request came from.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// How often each address may ask.
pub struct RateLimit {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
    trusts_proxy: bool,
    n_asked: AtomicU64,
}

impl RateLimit {
    /// `None` when the settings name no limit.
    pub fn new(http: &HttpSettings) -> Option<RateLimit> {
        let rate = NonZeroU32::new(http.requests_per_minute)?;
        let burst = NonZeroU32::new(http.burst).unwrap_or(NonZeroU32::MIN);
        Some(RateLimit {
            limiter: RateLimiter::keyed(Quota::per_minute(rate).allow_burst(burst)),
            clock: DefaultClock::default(),
            trusts_proxy: http.trust_proxy,
            n_asked: AtomicU64::new(0),
        })
    }

    /// How long `address` has to wait; `None` lets it in.
    pub fn wait_for(&self, address: IpAddr) -> Option<Duration> {
        if address.is_loopback() && !self.trusts_proxy {
            return None;
        }
        if self.n_asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
        }
        let refused = self.limiter.check_key(&network(address)).err()?;
        Some(refused.wait_time_from(self.clock.now()))
    }
}

/// One household has a whole /64 of IPv6 addresses.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
    }
}

/// The caller's address; behind a trusted proxy the last one it has written down.
fn caller(request: &Request, trusts_proxy: bool) -> IpAddr {
    let forwarded = || {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let peer = request.extensions().get::<Peer>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip().to_canonical());
    if trusts_proxy { forwarded().unwrap_or(peer) } else { peer }
}

/// Refuses names that are not this door's.
pub async fn check_host(State(state): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    let named = request.headers().get(header::HOST).map(|host| host.to_str().unwrap_or(""));
    let named = named.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    if named.is_none_or(|host| state.is_own_host(host)) {
        return next.run(request).await;
    }
    Problem::MISDIRECTED.into_response()
}

/// Refuses those who ask too often.
pub async fn check_rate(State(state): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    let address = caller(&request, state.limits().trust_proxy);
    match state.wait_for(address) {
        None => next.run(request).await,
        Some(wait) => {
            let seconds = wait.as_secs() + 1;
            ([(header::RETRY_AFTER, seconds.to_string())], Problem::TOO_MANY).into_response()
        }
    }
}

/// Refuses those without a token, where one is needed.
pub async fn check_token(State(state): State<Arc<HttpState>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_open = state.limits().open_reading && is_read && path.starts_with("/v1/reports");
    let is_guarded = (path.starts_with("/v1/") || path == "/metrics") && !is_open;
    if !is_guarded
        || !state.needs_token()
        || bearer(request.headers()).is_some_and(|token| state.knows_token(token))
    {
        return next.run(request).await;
    }
    ([(header::WWW_AUTHENTICATE, "Bearer")], Problem::NO_TOKEN).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_counts_as_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn only_bearer_tokens_are_read() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            bearer(&headers).map(<[u8]>::to_vec)
        };
        assert_eq!(with("bearer abc"), Some(b"abc".to_vec()));
        assert_eq!(with("Basic abc"), None);
        assert_eq!(with("Bear"), None);
    }
}
