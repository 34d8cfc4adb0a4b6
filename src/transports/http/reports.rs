//! `/v1/reports`: what is stored, one report, one passage with its neighbours.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::report::Report;
use crate::transports::http::problem::{Problem, ProblemShape};
use crate::transports::http::state::HttpState;
use crate::transports::json::{
    FactShape, ReportShape, SentenceShape, fact_shape, passage_sentence, report_shape,
};

/// Sentences shown before and after a passage.
const N_AROUND: usize = 2;

/// What questions are answered from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shelf {
    /// True while nothing has been imported and the digests that come with the program are asked.
    pub bundled: bool,
    pub reports: Vec<ReportShape>,
}

/// One report, sentence by sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportText {
    pub report: ReportShape,
    pub sections: Vec<SectionShape>,
    pub sentences: Vec<PlacedSentence>,
}

/// A heading.
#[derive(Debug, Serialize, ToSchema)]
pub struct SectionShape {
    pub title: String,
    /// 1 for 一、, 2 for （一）, 3 for 1. and run-in headings.
    pub rank: u8,
    /// Index of the enclosing section.
    pub parent: Option<u32>,
}

/// A sentence and where it stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedSentence {
    /// Index into the report's sentences.
    pub n: u32,
    pub text: String,
    /// Byte offsets into the report's stored text.
    pub start: u32,
    pub end: u32,
    /// Index into the report's sections.
    pub section: Option<u32>,
    /// Sentences of one paragraph share it.
    pub paragraph: u32,
}

/// A sentence with its figures and its neighbours.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassageInContext {
    pub report: ReportShape,
    pub sentence: SentenceShape,
    /// Titles from the widest section down.
    pub section: Vec<String>,
    /// In order of appearance.
    pub figures: Vec<FactShape>,
    /// Up to two sentences before it, in order.
    pub before: Vec<SentenceShape>,
    /// Up to two sentences after it, in order.
    pub after: Vec<SentenceShape>,
}

/// Lists the reports
#[utoipa::path(
    get,
    path = "/v1/reports",
    tag = "reports",
    responses((status = 200, description = "In order of place and year", body = Shelf))
)]
pub async fn list(State(state): State<Arc<HttpState>>) -> Json<Shelf> {
    let reports = state.desk.answerer().reports().iter().map(report_shape).collect();
    Json(Shelf { bundled: state.desk.is_bundled(), reports })
}

/// Gives a report, sentence by sentence
#[utoipa::path(
    get,
    path = "/v1/reports/{id}",
    tag = "reports",
    params(("id" = String, Path, description = "Id or file name of the report")),
    responses(
        (status = 200, description = "The report", body = ReportText),
        (status = 404, description = "There is no such report", body = ProblemShape, content_type = "application/problem+json"),
    )
)]
pub async fn read(
    State(state): State<Arc<HttpState>>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<ReportText>, Problem> {
    let Path(id) = id?;
    let report =
        tokio::task::spawn_blocking(move || state.desk.report(&id)).await.map_err(|_| Problem::OURS)?;
    report.map(|report| Json(report_text(&report))).ok_or(Problem::NO_REPORT)
}

fn report_text(report: &Report) -> ReportText {
    let sections = report.sections.iter().map(|section| SectionShape {
        title: section.title.clone(),
        rank: section.rank,
        parent: section.parent,
    });
    let sentences = report.sentences.iter().enumerate().map(|(idx, sentence)| PlacedSentence {
        n: idx as u32,
        text: sentence.span.of(&report.text).to_owned(),
        start: sentence.span.start,
        end: sentence.span.end,
        section: sentence.section,
        paragraph: sentence.paragraph,
    });
    ReportText {
        report: report_shape(&report.info),
        sections: sections.collect(),
        sentences: sentences.collect(),
    }
}

/// Gives one passage with its figures and its neighbours
#[utoipa::path(
    get,
    path = "/v1/reports/{id}/passages/{n}",
    tag = "reports",
    params(
        ("id" = String, Path, description = "Id or file name of the report"),
        ("n" = u32, Path, description = "Index into the report's sentences"),
    ),
    responses(
        (status = 200, description = "The passage", body = PassageInContext),
        (status = 404, description = "There is no such report or passage", body = ProblemShape, content_type = "application/problem+json"),
        (status = 503, description = "The index cannot be read for now", body = ProblemShape, content_type = "application/problem+json"),
    )
)]
pub async fn passage(
    State(state): State<Arc<HttpState>>,
    place: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json<PassageInContext>, Problem> {
    let Path((id, n)) = place?;
    let n: usize = n.parse().map_err(|_| Problem::NO_PASSAGE)?;
    let found = tokio::task::spawn_blocking(move || in_context(&state, &id, n)).await;
    found.map_err(|_| Problem::OURS)?.map(Json)
}

fn in_context(state: &HttpState, name: &str, n: usize) -> Result<PassageInContext, Problem> {
    let answerer = state.desk.answerer();
    let info = answerer.reports().iter().find(|info| info.id == name || info.file == name);
    let info = info.ok_or(Problem::NO_REPORT)?;
    let passages = answerer.passages_of(&info.id).map_err(|_| Problem::UNREADABLE)?;
    let passage = passages.get(n).ok_or(Problem::NO_PASSAGE)?;
    let mut figures: Vec<FactShape> =
        passage.facts.iter().map(|fact| fact_shape(fact, &passage.text)).collect();
    figures.sort_by_key(|fact| fact.figure_span.start);
    Ok(PassageInContext {
        report: report_shape(info),
        sentence: passage_sentence(passage),
        section: passage.section.clone(),
        figures,
        before: passages[n.saturating_sub(N_AROUND)..n].iter().map(passage_sentence).collect(),
        after: passages.iter().skip(n + 1).take(N_AROUND).map(passage_sentence).collect(),
    })
}
