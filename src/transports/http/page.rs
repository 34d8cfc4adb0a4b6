//! The page: asks in a browser, and shows a report with a cited sentence marked.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::transports::http::state::HttpState;

const PAGE: &str = include_str!("page/index.html");
const SCRIPT: &str = include_str!("page/app.js");
const STYLE: &str = include_str!("page/app.css");
const ICON: &str = include_str!("page/icon.svg");

/// `/`, `/r/{id}` and what they need; the script reads the path and knows what to show.
pub fn routes() -> Router<Arc<HttpState>> {
    Router::new()
        .route("/", get(|| async { asset("text/html; charset=utf-8", PAGE) }))
        .route("/r/{id}", get(|| async { asset("text/html; charset=utf-8", PAGE) }))
        .route("/app.js", get(|| async { asset("text/javascript; charset=utf-8", SCRIPT) }))
        .route("/app.css", get(|| async { asset("text/css; charset=utf-8", STYLE) }))
        .route("/icon.svg", get(|| async { asset("image/svg+xml", ICON) }))
}

fn asset(form: &'static str, body: &'static str) -> Response {
    // Asked for again each time, so that a new version of the program is seen at once; they are small.
    ([(header::CONTENT_TYPE, form), (header::CACHE_CONTROL, "no-cache")], body).into_response()
}
