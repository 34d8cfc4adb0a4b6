//! `/healthz`, `/readyz`, `/metrics`: for those who watch over the process.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::transports::http::state::HttpState;

const OK: &str = "ok";

/// The process runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// Always `ok`.
    pub status: &'static str,
}

/// What is ready and what is not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready` or `not_ready`.
    pub status: &'static str,
    /// `index`, `store` and each door: `ok`, or in a word what is wrong.
    pub checks: BTreeMap<&'static str, &'static str>,
}

/// Tells that the process runs
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "The process runs", body = Alive))
)]
pub async fn alive() -> Json<Alive> {
    Json(Alive { status: OK })
}

/// Tells whether questions are being answered
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "Everything is at work", body = Readiness),
        (status = 503, description = "Something is not; `checks` says what", body = Readiness),
    )
)]
pub async fn ready(State(state): State<Arc<HttpState>>) -> Response {
    let checked = tokio::task::spawn_blocking(move || check(&state)).await;
    let checks = checked.unwrap_or_else(|_| BTreeMap::from([("index", "failed")]));
    let is_ready = checks.values().all(|word| *word == OK);
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { status: if is_ready { "ready" } else { "not_ready" }, checks })).into_response()
}

fn check(state: &HttpState) -> BTreeMap<&'static str, &'static str> {
    let mut checks = BTreeMap::new();
    checks.insert("index", if state.desk.index_answers() { OK } else { "unreadable" });
    checks.insert("store", state.store_is_wrong().unwrap_or(OK));
    checks
        .extend(state.desk.health().doors_now().into_iter().map(|(door, wrong)| (door, wrong.unwrap_or(OK))));
    checks
}

/// Gives what was counted, for Prometheus
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text"))
)]
pub async fn metrics(State(state): State<Arc<HttpState>>) -> Response {
    let form = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, form)], state.desk.metrics().text()).into_response()
}
