//! `POST /v1/ask`, `GET /v1/ask?q=`: a question in, the object of `wenshu ask --jsonl` out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};
use utoipa::{IntoParams, ToSchema};

use crate::daemon::desk::today;
use crate::model::answer::{Outcome, Reason};
use crate::model::period::Day;
use crate::model::question::Question;
use crate::transports::http::DOOR;
use crate::transports::http::problem::{Problem, ProblemShape};
use crate::transports::http::read::{InUrl, read_json};
use crate::transports::http::state::HttpState;
use crate::transports::json::{ReplyLine, reply_line};
use crate::transports::words::Words;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Anything; comes back with the reply.
    #[serde(default)]
    id: Value,
    /// Read up to its 500th character.
    #[schema(example = "渝中新增就业多少")]
    question: String,
    /// File name or id of the one report to look in.
    report: Option<String>,
    /// Full name of the one place to look in.
    #[schema(example = "重庆市渝中区")]
    place: Option<String>,
    /// Year of the reports to look in.
    #[serde(default, deserialize_with = "read_year")]
    #[schema(minimum = 0, maximum = 65535)]
    year: Option<u16>,
    /// The day 今年 and 去年 count from; today in China when it is not given.
    #[schema(example = "2026-06-01", pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
    today: Option<String>,
    /// Language of the program's own words.
    #[schema(example = "zh", pattern = "^(zh|en)$")]
    lang: Option<String>,
}

/// A question in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AskedInUrl {
    /// The question, read up to its 500th character.
    #[param(example = "渝中新增就业多少")]
    q: String,
    /// File name or id of the one report to look in.
    report: Option<String>,
    /// Full name of the one place to look in.
    #[param(example = "重庆市渝中区")]
    place: Option<String>,
    /// Year of the reports to look in.
    #[param(minimum = 0, maximum = 65535)]
    year: Option<u16>,
    /// The day 今年 and 去年 count from; today in China when it is not given.
    #[param(example = "2026-06-01", pattern = "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
    today: Option<String>,
    /// Language of the program's own words.
    #[param(example = "zh", pattern = "^(zh|en)$")]
    lang: Option<String>,
}

/// Answers a question
///
/// A question nobody can answer is answered too: `status` says so and `decline` says why.
#[utoipa::path(
    post,
    path = "/v1/ask",
    tag = "questions",
    request_body = Asked,
    responses(
        (status = 200, description = "The answer, or why there is none", body = ReplyLine),
        (status = 400, description = "The body cannot be read", body = ProblemShape, content_type = "application/problem+json"),
        (status = 408, description = "The body came in too slowly", body = ProblemShape, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemShape, content_type = "application/problem+json"),
        (status = 415, description = "The body is not application/json", body = ProblemShape, content_type = "application/problem+json"),
        (status = 422, description = "A value is not valid", body = ProblemShape, content_type = "application/problem+json"),
        (status = 503, description = "The index cannot be read for now", body = ProblemShape, content_type = "application/problem+json"),
    )
)]
pub async fn ask(State(state): State<Arc<HttpState>>, request: Request) -> Result<Json<ReplyLine>, Problem> {
    let max_bytes = state.limits().max_body_bytes;
    let asked: Asked = read_json(request, max_bytes).await?;
    let question = question(asked.question, asked.report, asked.place, asked.year, asked.today.as_deref())?;
    reply(&state, asked.id, &question, asked.lang.as_deref())
}

/// Answers a question in the address
#[utoipa::path(
    get,
    path = "/v1/ask",
    tag = "questions",
    params(AskedInUrl),
    responses(
        (status = 200, description = "The answer, or why there is none", body = ReplyLine),
        (status = 400, description = "The parameters cannot be read", body = ProblemShape, content_type = "application/problem+json"),
        (status = 422, description = "A value is not valid", body = ProblemShape, content_type = "application/problem+json"),
        (status = 503, description = "The index cannot be read for now", body = ProblemShape, content_type = "application/problem+json"),
    )
)]
pub async fn ask_in_url(
    State(state): State<Arc<HttpState>>,
    InUrl(asked): InUrl<AskedInUrl>,
) -> Result<Json<ReplyLine>, Problem> {
    let question = question(asked.q, asked.report, asked.place, asked.year, asked.today.as_deref())?;
    reply(&state, Value::Null, &question, asked.lang.as_deref())
}

/// Answering takes well under a millisecond, less than handing it to another thread would gain.
fn reply(
    state: &HttpState,
    id: Value,
    question: &Question,
    lang: Option<&str>,
) -> Result<Json<ReplyLine>, Problem> {
    let words = match lang {
        None => state.words,
        Some(lang) => Words::for_lang(lang).ok_or(Problem::BAD_VALUE.with("lang: zh, en"))?,
    };
    let reply = state.desk.ask(DOOR, question);
    if let Outcome::Declined(decline) = &reply.outcome
        && decline.reason == Reason::Unreadable
    {
        return Err(Problem::UNREADABLE);
    }
    Ok(Json(reply_line(id, &reply.outcome, &words, reply.elapsed.as_micros() as u64)))
}

/// A question from what a caller has sent.
pub fn question(
    text: String,
    report: Option<String>,
    place: Option<String>,
    year: Option<u16>,
    day: Option<&str>,
) -> Result<Question, Problem> {
    let today = match day {
        None => today(),
        Some(day) => read_day(day).ok_or(Problem::BAD_VALUE.with("today: 2026-06-01"))?,
    };
    // A form sends its empty fields too.
    let named = |name: &String| !name.is_empty();
    Ok(Question {
        text: text.trim().to_owned(),
        report: report.filter(named),
        places: place.into_iter().filter(named).collect(),
        years: year.into_iter().collect(),
        today,
    })
}

/// A whole number; in JSON `2023.0` is one too.
fn read_year<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else { return Ok(None) };
    let text = number.to_string();
    let year = text.strip_suffix(".0").unwrap_or(&text).parse();
    year.map(Some).map_err(|_| D::Error::custom("year: 0–65535"))
}

/// A day in the one form the document names.
fn read_day(text: &str) -> Option<Day> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    Day::parse(text).filter(|_| is_plain)
}
