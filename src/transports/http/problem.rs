//! What went wrong with a request, as `application/problem+json` (RFC 9457).
//!
//! A problem names what the caller can mend; paths, causes and versions stay in the log.

use std::any::Any;
use std::borrow::Cow;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::transports::words::problems;

/// One refusal.
#[derive(Debug, Clone)]
pub struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
}

/// A problem as it is sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemShape {
    /// Names the sort of problem; does not change.
    #[serde(rename = "type")]
    #[schema(example = "urn:wenshu:bad-json")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
}

impl Problem {
    pub const NO_TOKEN: Problem = Problem::new(StatusCode::UNAUTHORIZED, "no-token", problems::NO_TOKEN);
    pub const MISDIRECTED: Problem =
        Problem::new(StatusCode::MISDIRECTED_REQUEST, "host", problems::MISDIRECTED);
    pub const TOO_MANY: Problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", problems::TOO_MANY);
    pub const TOO_SLOW: Problem = Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", problems::TOO_SLOW);
    pub const TOO_LARGE: Problem =
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", problems::TOO_LARGE);
    pub const NOT_JSON: Problem =
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", problems::NOT_JSON);
    pub const BAD_JSON: Problem = Problem::new(StatusCode::BAD_REQUEST, "bad-json", problems::BAD_JSON);
    pub const BAD_QUERY: Problem = Problem::new(StatusCode::BAD_REQUEST, "bad-query", problems::BAD_QUERY);
    pub const BAD_VALUE: Problem =
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-value", problems::BAD_VALUE);
    pub const NO_REPORT: Problem = Problem::new(StatusCode::NOT_FOUND, "no-report", problems::NO_REPORT);
    pub const NO_PASSAGE: Problem = Problem::new(StatusCode::NOT_FOUND, "no-passage", problems::NO_PASSAGE);
    pub const NO_ROUTE: Problem = Problem::new(StatusCode::NOT_FOUND, "no-route", problems::NO_ROUTE);
    pub const NO_METHOD: Problem =
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "no-method", problems::NO_METHOD);
    pub const UNREADABLE: Problem =
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unreadable", problems::UNREADABLE);
    pub const OURS: Problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "ours", problems::OURS);

    const fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Problem {
        Problem { status, kind, title, detail: None }
    }

    /// The same with a word on what is wrong; it must speak of the caller's own input only.
    pub fn with(mut self, detail: impl Into<Cow<'static, str>>) -> Problem {
        self.detail = Some(detail.into());
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let shape = ProblemShape {
            kind: format!("urn:wenshu:{}", self.kind),
            title: self.title.to_owned(),
            status: self.status.as_u16(),
            detail: self.detail.map(Cow::into_owned),
        };
        let mut response = (self.status, Json(shape)).into_response();
        let form = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, form);
        response
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Problem {
        Problem::BAD_QUERY.with(rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Problem {
        Problem::NO_ROUTE
    }
}

pub async fn no_such_route() -> Problem {
    Problem::NO_ROUTE
}

pub async fn method_not_allowed() -> Problem {
    Problem::NO_METHOD
}

/// A bug of ours ends one request only; what was said stays in the log.
pub fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request made the program panic");
    Problem::OURS.into_response()
}
