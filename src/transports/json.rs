//! Answers as JSON, for `ask --jsonl` and for programs that ask.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::index::passage::Passage;
use crate::model::answer::{Candidate, Decline, Outcome, Reason};
use crate::model::fact::Fact;
use crate::model::figure::Figure;
use crate::model::period::Period;
use crate::model::report::ReportInfo;
use crate::model::span::Span;
use crate::transports::words::Words;

/// One line in.
#[derive(Debug, Clone, Deserialize)]
pub struct QuestionLine {
    pub id: serde_json::Value,
    pub question: String,
    /// File name or id of the one report to look in.
    #[serde(default)]
    pub report: Option<String>,
    /// `2026-06-01`
    #[serde(default)]
    pub today: Option<String>,
}

/// One line out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReplyLine {
    pub id: serde_json::Value,
    /// `answered`, `not_found` or `unclear`.
    pub status: &'static str,
    #[serde(flatten)]
    pub found: FoundShape,
    pub alternatives: Vec<FoundShape>,
    /// Statements of the same fact with other figures, in other reports.
    pub also_stated: Vec<FoundShape>,
    pub decline: Option<DeclineShape>,
    pub elapsed_us: u64,
}

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct FoundShape {
    pub figure: Option<FigureShape>,
    /// Where the figure stands in the sentence.
    pub figure_span: Option<SpanShape>,
    pub indicator: Option<String>,
    /// `level`, `change`, `share`, `rank`, `from`, `to`, `duration`.
    pub aspect: Option<&'static str>,
    pub period: Option<PeriodShape>,
    pub sentence: Option<SentenceShape>,
    pub report: Option<ReportShape>,
    /// Titles from the widest section down.
    pub section: Vec<String>,
    /// 0 to 1.
    pub confidence: f32,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FigureShape {
    /// A substring of the sentence.
    pub text: String,
    /// Exact decimal in base units.
    pub value: String,
    /// Upper end of a range.
    pub high: Option<String>,
    pub unit: String,
    /// `over`, `at_least`, `near`, `about`, `at_most`.
    pub bound: Option<&'static str>,
    /// `amount`, `share`, `rank`, `duration`, `multiple`, `date`.
    pub kind: &'static str,
}

/// Byte offsets.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct SpanShape {
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PeriodShape {
    pub from: Option<u16>,
    pub to: Option<u16>,
    /// `achieved` or `planned`.
    pub state: &'static str,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SentenceShape {
    /// Index into the report's sentences.
    pub n: u32,
    pub text: String,
    /// Byte offsets into the report's stored text.
    pub start: u32,
    pub end: u32,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReportShape {
    pub id: String,
    pub file: String,
    pub title: String,
    pub place: Option<String>,
    pub year: Option<u16>,
    pub date: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeclineShape {
    pub reason: &'static str,
    pub message: String,
    pub nearest: Vec<NearestShape>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NearestShape {
    pub indicator: String,
    pub question: String,
}

/// The reply line for `outcome`.
pub fn reply_line(id: serde_json::Value, outcome: &Outcome, words: &Words, elapsed_us: u64) -> ReplyLine {
    match outcome {
        Outcome::Answered(answer) => ReplyLine {
            id,
            status: "answered",
            found: found(&answer.best),
            alternatives: answer.alternatives.iter().map(found).collect(),
            also_stated: answer.also_stated.iter().map(found).collect(),
            decline: None,
            elapsed_us,
        },
        Outcome::Declined(decline) => ReplyLine {
            id,
            status: if decline.reason == Reason::Vague { "unclear" } else { "not_found" },
            found: FoundShape::default(),
            alternatives: Vec::new(),
            also_stated: Vec::new(),
            decline: Some(decline_shape(decline, words)),
            elapsed_us,
        },
    }
}

fn found(candidate: &Candidate) -> FoundShape {
    let span = candidate.quote.sentence_span();
    FoundShape {
        figure: Some(figure_shape(&candidate.figure, candidate.quote.figure())),
        figure_span: Some(span_shape(candidate.quote.figure_span())),
        indicator: Some(candidate.indicator.clone()),
        aspect: Some(candidate.aspect.name()),
        period: Some(period_shape(candidate.period)),
        sentence: Some(SentenceShape {
            n: candidate.sentence_idx,
            text: candidate.quote.sentence().to_owned(),
            start: span.start,
            end: span.end,
        }),
        report: Some(report_shape(&candidate.report)),
        section: candidate.section.clone(),
        confidence: candidate.confidence,
    }
}

/// What is said of a report wherever it is named.
pub fn report_shape(info: &ReportInfo) -> ReportShape {
    ReportShape {
        id: info.id.clone(),
        file: info.file.clone(),
        title: info.title.clone(),
        place: info.place.as_ref().map(|place| place.full_name()),
        year: info.year.map(|year| year.get()),
        date: info.date.clone(),
    }
}

/// `text` is the figure as written.
pub fn figure_shape(figure: &Figure, text: &str) -> FigureShape {
    FigureShape {
        text: text.to_owned(),
        value: decimal(figure.value),
        high: figure.high.map(decimal),
        unit: figure.unit.clone(),
        bound: figure.bound.map(|bound| bound.name()),
        kind: figure.kind.name(),
    }
}

fn decimal(value: Decimal) -> String {
    value.normalize().to_string()
}

fn span_shape(span: Span) -> SpanShape {
    SpanShape { start: span.start, end: span.end }
}

/// The years a figure speaks of.
pub fn period_shape(period: Period) -> PeriodShape {
    PeriodShape { from: period.from, to: period.to, state: period.state.name() }
}

fn decline_shape(decline: &Decline, words: &Words) -> DeclineShape {
    DeclineShape {
        reason: match decline.reason {
            Reason::NothingLoaded => "nothing_loaded",
            Reason::Vague => "vague",
            Reason::NoSuchIndicator => "no_such_indicator",
            Reason::PlaceNotLoaded { .. } => "place_not_loaded",
            Reason::YearNotLoaded { .. } => "year_not_loaded",
            Reason::NoSuchReport { .. } => "no_such_report",
            Reason::NotAsAsked => "not_as_asked",
            Reason::Unreadable => "unreadable",
        },
        message: words.reason(&decline.reason),
        nearest: decline
            .nearest
            .iter()
            .map(|near| NearestShape { indicator: near.indicator.clone(), question: near.question.clone() })
            .collect(),
    }
}

/// A figure of a sentence and what it states.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FactShape {
    pub figure: FigureShape,
    /// Where the figure stands in the sentence.
    pub figure_span: SpanShape,
    pub indicator: String,
    /// `level`, `change`, `share`, `rank`, `from`, `to`, `duration`.
    pub aspect: &'static str,
    pub period: PeriodShape,
}

/// `sentence` is the text the fact was read from.
pub fn fact_shape(fact: &Fact, sentence: &str) -> FactShape {
    let span = fact.figure.span;
    FactShape {
        figure: figure_shape(&fact.figure, span.of(sentence)),
        figure_span: span_shape(span),
        indicator: fact.indicator.clone(),
        aspect: fact.aspect.name(),
        period: period_shape(fact.period),
    }
}

/// The sentence of a passage.
pub fn passage_sentence(passage: &Passage) -> SentenceShape {
    SentenceShape {
        n: passage.sentence_idx,
        text: passage.text.clone(),
        start: passage.span.start,
        end: passage.span.end,
    }
}
