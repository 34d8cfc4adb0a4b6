//! Figures: a number as it stands in a sentence, with its exact value.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::span::Span;

/// What sort of quantity a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FigureKind {
    /// People, things, money, lengths: `6.6万人`, `2.8亿元`, `16.2公里`.
    Amount,
    /// Percentages, permille, fractions, 成: `90.8%`, `三分之一`, `八成`, `1个百分点`.
    Share,
    /// Places in an order: `第一`, `第3位`, `第八届`.
    Rank,
    /// Lengths of time: `6年`, `15年`, `150分钟`, `连续6年`.
    Duration,
    /// Times over: `1.2倍`, `一倍`, `翻一番`.
    Multiple,
    /// Points in time: `2022年`, `1985年5月7日`, `10月`.
    Date,
}

impl FigureKind {
    /// The name used in JSON: lower-case English.
    pub fn name(self) -> &'static str {
        match self {
            FigureKind::Amount => "amount",
            FigureKind::Share => "share",
            FigureKind::Rank => "rank",
            FigureKind::Duration => "duration",
            FigureKind::Multiple => "multiple",
            FigureKind::Date => "date",
        }
    }
}

/// How the words around a figure bound its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// More than the value: 超, 超过, 突破, 逾, 余, 多.
    Over,
    /// Not less than the value: 以上, 不低于, 不少于, 至少.
    AtLeast,
    /// A little below the value: 近, 接近, 将近.
    Near,
    /// Around the value: 约, 左右, 上下, 大约.
    About,
    /// Not more than the value: 以内, 以下, 不超过, 不高于, 低于.
    AtMost,
}

impl Bound {
    /// The name used in JSON: lower-case English.
    pub fn name(self) -> &'static str {
        match self {
            Bound::Over => "over",
            Bound::AtLeast => "at_least",
            Bound::Near => "near",
            Bound::About => "about",
            Bound::AtMost => "at_most",
        }
    }
}

/// One figure of a sentence.
///
/// `span` covers number, multiplier and unit (`6.6万人`, `1万余人次`, `百分之三十二点六`) without the
/// bounding words outside of it; `outer` covers those too (`超过6.6万人`, `50%以上`). Both are byte
/// ranges into the text the figure was found in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    pub span: Span,
    pub outer: Span,
    /// Exact value in base units: `6.6万人` is 66000, `90.8%` is 90.8, `三分之一` is 0.333…
    pub value: Decimal,
    /// Upper end of a range (`63-74厘米`, `1至12公尺`), else `None`.
    pub high: Option<Decimal>,
    /// Unit as written, without multiplier: `人`, `亿元` gives `元`, `%`, `个百分点`; empty when there is none.
    pub unit: String,
    pub bound: Option<Bound>,
    pub kind: FigureKind,
}
