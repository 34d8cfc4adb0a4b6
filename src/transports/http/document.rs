//! `/openapi.json`: the API, described from the routes themselves.

use std::sync::Arc;

use axum::http::header;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, ResponseBuilder};

use crate::transports::http::state::HttpState;

/// What is said of the API as a whole; the routes add themselves.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(info(
    title = "问数 wenshu",
    description = "Asks government work reports for a figure; the answer is one figure of one quoted sentence, or a plain “not stated”."
))]
pub struct Document;

/// Serves `document`; what every guarded operation shares is added here, once.
pub fn routes(mut document: OpenApi, needs_token: bool) -> Router<Arc<HttpState>> {
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            let refused = ResponseBuilder::new()
                .description("Refused at the door: host name, token, rate, time")
                .content(
                    "application/problem+json",
                    Content::new(Some(Ref::from_schema_name("ProblemShape"))),
                );
            operation.responses.responses.insert("default".to_owned(), refused.build().into());
            if needs_token && (path.starts_with("/v1/") || path == "/metrics") {
                operation.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    // Plain data always has a form in JSON.
    let text = document.to_pretty_json().unwrap_or_default();
    let serve = move || async move { ([(header::CONTENT_TYPE, "application/json")], text).into_response() };
    Router::new().route("/openapi.json", get(serve))
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post].into_iter().flatten()
}
