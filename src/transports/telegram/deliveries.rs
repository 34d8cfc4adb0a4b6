//! Where Telegram delivers updates by HTTP, most likely through a reverse proxy.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::storage::now;
use crate::transports::telegram::DOOR;
use crate::transports::telegram::bot::Bot;
use crate::transports::telegram::intake::{Intake, NotTaken};

/// <https://core.telegram.org/bots/api#setwebhook>
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Largest update, in bytes; a message of 4096 characters with all its entities is a tenth of this.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// Longest time a delivery may take to come in.
const DELIVERY: Duration = Duration::from_secs(10);
/// Longest time a connection may take over a head, or stay idle.
const HEAD: Duration = Duration::from_secs(30);
const MAX_HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// Telegram and its proxy need fewer.
const MAX_CONNECTIONS: usize = 256;
/// Pause after a connection could not be taken, most likely for want of file descriptors.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// Strangers are told of in the log no more often than this, in seconds.
const STRANGERS_EVERY: i64 = 60;

/// What every delivery needs.
pub struct Deliveries {
    path: String,
    secret: SecretString,
    trusts_proxy: bool,
    bot: Arc<Bot>,
    intake: Arc<Intake>,
    last_taken_at: AtomicI64,
    stranger_told_at: AtomicI64,
}

/// Where a connection came from.
#[derive(Debug, Clone, Copy)]
struct Peer(IpAddr);

impl Deliveries {
    pub fn new(
        path: String,
        secret: SecretString,
        trusts_proxy: bool,
        bot: Arc<Bot>,
        intake: Arc<Intake>,
    ) -> Deliveries {
        let (last_taken_at, stranger_told_at) = (AtomicI64::new(0), AtomicI64::new(0));
        Deliveries { path, secret, trusts_proxy, bot, intake, last_taken_at, stranger_told_at }
    }

    /// When an update was last taken by Telegram's clock, in seconds since 1970; 0 for never.
    pub fn last_taken_at(&self) -> i64 {
        self.last_taken_at.load(Ordering::Relaxed)
    }

    /// Compares in time that does not depend on where the two differ.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(SECRET_HEADER).map_or(&b""[..], |value| value.as_bytes());
        self.secret.expose_secret().as_bytes().ct_eq(given).into()
    }

    fn note_stranger(&self, address: IpAddr) {
        let (now, told_at) = (now(), self.stranger_told_at.load(Ordering::Relaxed));
        let is_due = now - told_at >= STRANGERS_EVERY;
        let told = self.stranger_told_at.compare_exchange(told_at, now, Ordering::Relaxed, Ordering::Relaxed);
        if is_due && told.is_ok() {
            tracing::warn!(door = DOOR, %address, "a delivery without the right secret");
        }
    }
}

/// Takes deliveries until `stop`, then finishes those in hand.
pub async fn serve(listener: TcpListener, deliveries: Arc<Deliveries>, stop: CancellationToken) {
    let router = Router::new().fallback(receive).with_state(deliveries);
    let graceful = GracefulShutdown::new();
    let seats = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let taken = tokio::select! {
            () = stop.cancelled() => break,
            taken = async {
                let seat = Arc::clone(&seats).acquire_owned().await;
                (listener.accept().await, seat)
            } => taken,
        };
        let (Ok((stream, peer)), seat) = taken else {
            tokio::time::sleep(AFTER_FAILURE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let connection = connection(TokioIo::new(stream), peer, router.clone());
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that ends badly is its caller's affair; an update half delivered comes again.
            let _ = watched.await;
            drop(seat);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

fn connection(
    stream: TokioIo<tokio::net::TcpStream>,
    peer: SocketAddr,
    router: Router,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer.ip().to_canonical()));
            let response: Result<Response, Infallible> = router.oneshot(request).await;
            response
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(stream, service)
}

async fn receive(State(deliveries): State<Arc<Deliveries>>, request: Request) -> Response {
    let taken = tokio::time::timeout(DELIVERY, take(&deliveries, request)).await;
    let status = taken.unwrap_or(StatusCode::REQUEST_TIMEOUT);
    deliveries.bot.desk.metrics().telegram_delivery(status.as_u16());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "1")]).into_response();
    }
    status.into_response()
}

/// The status to answer with; 200 means that the update is written down, and Telegram may forget it.
async fn take(deliveries: &Deliveries, request: Request) -> StatusCode {
    if request.uri().path() != deliveries.path {
        return StatusCode::NOT_FOUND;
    }
    if request.method() != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED;
    }
    if !deliveries.knows(request.headers()) {
        deliveries.note_stranger(caller(&request, deliveries.trusts_proxy));
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    match deliveries.intake.take_one(&body) {
        Ok(()) => {
            deliveries.last_taken_at.store(deliveries.bot.outbox.clock().now(), Ordering::Relaxed);
            StatusCode::OK
        }
        Err(NotTaken::Full | NotTaken::NotWritten) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The caller's address; behind a trusted proxy the last one it has written down.
fn caller(request: &Request, trusts_proxy: bool) -> IpAddr {
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::from([127, 0, 0, 1]), |peer| peer.0);
    let forwarded = || {
        let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
        last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    if trusts_proxy { forwarded().unwrap_or(peer) } else { peer }
}
