//! `GET /v1/search`: passages, without choosing a figure.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::transports::http::ask::question;
use crate::transports::http::problem::{Problem, ProblemShape};
use crate::transports::http::read::InUrl;
use crate::transports::http::state::HttpState;
use crate::transports::json::{
    FactShape, ReportShape, SentenceShape, fact_shape, passage_sentence, report_shape,
};

const N_PASSAGES: usize = 10;
const MAX_PASSAGES: usize = 50;

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Searched {
    /// Words to look for; a question will do.
    #[param(example = "粮食产量")]
    q: String,
    /// Passages at the most; 10 when it is not given.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// File name or id of the one report to look in.
    report: Option<String>,
    /// Full name of the one place to look in.
    place: Option<String>,
    /// Year of the reports to look in.
    #[param(minimum = 0, maximum = 65535)]
    year: Option<u16>,
}

/// Passages, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    pub passages: Vec<FoundPassage>,
}

/// A sentence that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPassage {
    pub report: ReportShape,
    pub sentence: SentenceShape,
    /// Titles from the widest section down.
    pub section: Vec<String>,
    pub figures: Vec<FactShape>,
    /// Higher is nearer; comparable within one search only.
    pub score: f32,
}

/// Finds passages
#[utoipa::path(
    get,
    path = "/v1/search",
    tag = "questions",
    params(Searched),
    responses(
        (status = 200, description = "Passages, best first; none is no error", body = Found),
        (status = 400, description = "The parameters cannot be read", body = ProblemShape, content_type = "application/problem+json"),
        (status = 422, description = "A value is not valid", body = ProblemShape, content_type = "application/problem+json"),
        (status = 503, description = "The index cannot be read for now", body = ProblemShape, content_type = "application/problem+json"),
    )
)]
pub async fn search(
    State(state): State<Arc<HttpState>>,
    InUrl(searched): InUrl<Searched>,
) -> Result<Json<Found>, Problem> {
    let limit = searched.limit.unwrap_or(N_PASSAGES);
    if !(1..=MAX_PASSAGES).contains(&limit) {
        return Err(Problem::BAD_VALUE.with("limit: 1–50"));
    }
    let question = question(searched.q, searched.report, searched.place, searched.year, None)?;
    let answerer = state.desk.answerer();
    let hits = answerer.search(&question, limit).map_err(|_| Problem::UNREADABLE)?;
    let passages = hits.iter().filter_map(|hit| {
        let info = answerer.reports().iter().find(|info| info.id == hit.passage.report)?;
        Some(FoundPassage {
            report: report_shape(info),
            sentence: passage_sentence(&hit.passage),
            section: hit.passage.section.clone(),
            figures: hit.passage.facts.iter().map(|fact| fact_shape(fact, &hit.passage.text)).collect(),
            score: hit.score,
        })
    });
    Ok(Json(Found { passages: passages.collect() }))
}
