//! Connections: how many, how slow, and how they end.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::transports::http::gate::Peer;
use crate::transports::http::state::HttpState;
use crate::transports::http::{DOOR, router};

/// Largest head of a request, in bytes; also what a connection may hold unread.
const MAX_HEAD_BYTES: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
/// How often the door says that it is at work, and how long that is to be believed.
const VOUCH_EVERY: Duration = Duration::from_secs(5);
const VOUCH_FOR: Duration = Duration::from_secs(20);
/// How often it is told that connections are not taken.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// Pause after a connection could not be taken, most likely for want of file descriptors.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Serves `listener` until `stop`, then waits for the requests in hand.
pub async fn serve(listener: TcpListener, state: Arc<HttpState>, stop: CancellationToken) {
    let router = router(&state);
    let seats = Arc::new(Seats::new(&state));
    let graceful = GracefulShutdown::new();
    let mut told = None;
    let mut vouch = tokio::time::interval(VOUCH_EVERY);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = vouch.tick() => state.desk.health().vouch(DOOR, VOUCH_FOR),
            taken = listener.accept() => match taken {
                Ok((stream, peer)) => {
                    let Some(seat) = seats.take() else { continue };
                    tokio::spawn(connection(stream, peer, router.clone(), seat, graceful.watcher()));
                }
                Err(error) => {
                    // It may go on so for hours, ten times a second.
                    if told.is_none_or(|told: Instant| told.elapsed() >= TELL_EVERY) {
                        tracing::warn!(door = DOOR, %error, "connections are not taken");
                        told = Some(Instant::now());
                    }
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            },
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, seat: Seat, watcher: Watcher) {
    // Replies are small and whole; waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let leave = seat.leave.clone();
    let limit = Duration::from_secs(seat.seats.state.limits().header_seconds);
    let seat = Arc::new(seat);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        let busy = Busy::new(Arc::clone(&seat));
        async move {
            let mut request: Request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            let response: Result<Response, Infallible> = router.oneshot(request).await;
            drop(busy);
            response
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limit)
        .max_buf_size(MAX_HEAD_BYTES)
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        ended = watcher.watch(served) => {
            if let Err(error) = ended {
                tracing::debug!(door = DOOR, %error, "connection ended early");
            }
        }
        () = leave.cancelled() => {}
    }
}

/// The connections open, and which of them are idle.
struct Seats {
    state: Arc<HttpState>,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    n_open: usize,
    next_turn: u64,
    /// By the turn at which each fell idle, oldest first.
    idle: BTreeMap<u64, CancellationToken>,
}

impl Seats {
    fn new(state: &Arc<HttpState>) -> Seats {
        Seats { state: Arc::clone(state), table: Mutex::default() }
    }

    /// A seat for one connection; when all are taken the one idle longest has to leave. `None` when all are busy.
    fn take(self: &Arc<Seats>) -> Option<Seat> {
        let mut table = self.table();
        if table.n_open >= self.state.limits().max_connections {
            let (_, oldest) = table.idle.pop_first()?;
            oldest.cancel();
        }
        table.n_open += 1;
        self.state.desk.metrics().http_connections(table.n_open);
        let leave = CancellationToken::new();
        let turn = table.fall_idle(&leave);
        drop(table);
        Some(Seat { seats: Arc::clone(self), leave, turn: Mutex::new(turn) })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn fall_idle(&mut self, leave: &CancellationToken) -> u64 {
        let turn = self.next_turn;
        self.next_turn += 1;
        self.idle.insert(turn, leave.clone());
        turn
    }
}

/// One connection's place.
struct Seat {
    seats: Arc<Seats>,
    leave: CancellationToken,
    turn: Mutex<u64>,
}

impl Seat {
    fn turn(&self) -> MutexGuard<'_, u64> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let turn = *self.turn();
        let mut table = self.seats.table();
        table.idle.remove(&turn);
        table.n_open -= 1;
        self.seats.state.desk.metrics().http_connections(table.n_open);
    }
}

/// Held while a request is answered; its connection is not asked to leave meanwhile.
struct Busy {
    seat: Arc<Seat>,
}

impl Busy {
    fn new(seat: Arc<Seat>) -> Busy {
        let turn = *seat.turn();
        seat.seats.table().idle.remove(&turn);
        Busy { seat }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut turn = self.seat.turn();
        *turn = self.seat.seats.table().fall_idle(&self.seat.leave);
    }
}
