//! What a caller has sent, read strictly: unknown names, other forms and broken characters are refused.

use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::transports::http::problem::Problem;

/// The parameters of an address.
#[derive(Debug)]
pub struct InUrl<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for InUrl<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<InUrl<T>, Problem> {
        // Parsing would put a replacement character in the place of broken ones.
        let query = parts.uri.query().unwrap_or_default();
        if percent_decode_str(query).decode_utf8().is_err() {
            return Err(Problem::BAD_QUERY.with("not UTF-8"));
        }
        let Query(read) = Query::try_from_uri(&parts.uri)?;
        Ok(InUrl(read))
    }
}

/// The JSON object in the body of `request`.
///
/// # Errors
/// When it is no JSON, no object of that form, or larger than `max_bytes`.
pub async fn read_json<T: DeserializeOwned>(request: Request, max_bytes: usize) -> Result<T, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::NOT_JSON);
    }
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|n_bytes| n_bytes > max_bytes as u64) {
        return Err(Problem::TOO_LARGE);
    }
    let bytes = to_bytes(request.into_body(), max_bytes).await.map_err(|_| Problem::TOO_LARGE)?;
    // A list of the values in order would do for serde; it is not what the document promises.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::BAD_JSON.with("not an object"));
    }
    serde_json::from_slice(&bytes).map_err(|error| Problem::BAD_JSON.with(error.to_string()))
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(form) = headers.get(header::CONTENT_TYPE).and_then(|form| form.to_str().ok()) else {
        return false;
    };
    let form = form.split(';').next().unwrap_or(form).trim();
    form.eq_ignore_ascii_case("application/json")
}
