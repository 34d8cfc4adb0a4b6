//! The HTTP door: questions and reports as JSON, and the page.
//!
//! [`HttpDoor::open`] takes the address, [`HttpDoor::serve`] answers until told to stop; [`router`] is the
//! same without a socket.

mod ask;
mod document;
mod envelope;
mod gate;
mod health;
mod listen;
mod page;
mod problem;
mod read;
mod reports;
mod search;
mod state;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::daemon::desk::Desk;
use crate::daemon::settings::Settings;
pub use crate::transports::http::gate::Peer;
pub use crate::transports::http::state::HttpState;

/// The name of this door in logs, metrics and health.
pub const DOOR: &str = "http";

/// The door with its address taken and nobody let in yet.
pub struct HttpDoor {
    listener: TcpListener,
    address: SocketAddr,
    state: Arc<HttpState>,
}

impl HttpDoor {
    /// Takes the address of `http.bind`.
    ///
    /// # Errors
    /// When the address cannot be taken, or the door would stand open to others without token or limit.
    pub async fn open(desk: Arc<Desk>, settings: &Settings) -> Result<HttpDoor> {
        let bind = &settings.http.bind;
        let taken = TcpListener::bind(bind).await;
        let listener =
            taken.with_context(|| format!("cannot listen on {bind}; set http.bind to a free address"))?;
        let address = listener.local_addr()?;
        let state = Arc::new(HttpState::new(desk, settings, address)?);
        Ok(HttpDoor { listener, address, state })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What can be changed while the door is open.
    pub fn state(&self) -> Arc<HttpState> {
        Arc::clone(&self.state)
    }

    /// Answers until `stop`, then finishes what is in hand.
    ///
    /// # Errors
    /// Never as things stand; a bad connection ends that connection only.
    pub async fn serve(self, stop: CancellationToken) -> Result<()> {
        tracing::info!(door = DOOR, address = %self.address, "listening");
        listen::serve(self.listener, self.state, stop).await;
        Ok(())
    }
}

/// All routes with their layers; a request without [`Peer`] counts as one from this machine.
pub fn router(state: &Arc<HttpState>) -> Router {
    let (api, document) = OpenApiRouter::with_openapi(document::Document::openapi())
        .routes(routes!(ask::ask, ask::ask_in_url))
        .routes(routes!(search::search))
        .routes(routes!(reports::list))
        .routes(routes!(reports::read))
        .routes(routes!(reports::passage))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
        .split_for_parts();
    let router = api
        .merge(page::routes())
        .merge(document::routes(document, state.needs_token()))
        .fallback(problem::no_such_route)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(CatchPanicLayer::custom(problem::after_panic))
        .layer(from_fn_with_state(Arc::clone(state), envelope::limit_time))
        .layer(from_fn_with_state(Arc::clone(state), gate::check_token))
        .layer(from_fn_with_state(Arc::clone(state), gate::check_rate))
        .layer(from_fn_with_state(Arc::clone(state), gate::check_host));
    let router = match state.cors() {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router
        .layer(from_fn_with_state(Arc::clone(state), envelope::count))
        .layer(from_fn(envelope::add_headers))
        .with_state(Arc::clone(state))
}
