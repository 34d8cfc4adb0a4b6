//! Facts: a figure together with what it is a figure of.

use serde::{Deserialize, Serialize};

use crate::model::figure::Figure;
use crate::model::period::Period;
use crate::model::span::Span;

/// What a figure tells about its indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Aspect {
    /// How much or how many there is: `新增就业6.6万人`.
    Level,
    /// How much it grew or fell: `增长8.1%`, `比上年减少300人`, `提高20元`.
    Change,
    /// Which part of a whole it is: `占全市的三成`.
    Share,
    /// Its place in an order: `居全市第一`.
    Rank,
    /// Where a change started: `由0.9万亿元`.
    From,
    /// Where a change ended: `提高到1.2万亿元`.
    To,
    /// How long it lasts or has lasted: `连续6年`.
    Duration,
    /// How far it is from something else: `高于全国0.8个百分点`.
    Gap,
}

impl Aspect {
    /// The name used in JSON and in `--explain`.
    pub fn name(self) -> &'static str {
        match self {
            Aspect::Level => "level",
            Aspect::Change => "change",
            Aspect::Share => "share",
            Aspect::Rank => "rank",
            Aspect::From => "from",
            Aspect::To => "to",
            Aspect::Duration => "duration",
            Aspect::Gap => "gap",
        }
    }
}

/// Whether a change goes up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    Up,
    Down,
}

/// Where the words of a fact stand; all spans are byte ranges into the normalized sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Anchors {
    /// The words the figure belongs to: `新增城镇就业`, for a dealt-out figure its own member only.
    pub subject: Vec<Span>,
    /// Words that narrow or complete it: the head shared by a list, the verb, the noun after the figure.
    pub related: Vec<Span>,
    /// The clause the figure stands in.
    pub clause: Span,
    /// Words meant but not written, such as 城镇 for the first figure of 城乡…分别; empty when none.
    pub implied: String,
}

/// One figure of a sentence and what it states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Spans of the figure are byte ranges into the sentence as quoted.
    pub figure: Figure,
    /// Readable name of what is counted: `新增城镇就业`.
    pub indicator: String,
    pub aspect: Aspect,
    pub direction: Option<Direction>,
    pub period: Period,
    /// False when nothing near the figure says when: the period is the one its part of the report is usually about.
    pub is_dated: bool,
    pub anchors: Anchors,
}
