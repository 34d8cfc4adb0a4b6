//! Everything the program says of its own, by language.

pub mod check;
pub mod problems;

use crate::model::answer::Reason;
use crate::model::fact::{Aspect, Direction};
use crate::model::period::{Period, PeriodState};

/// Language of the program's own words; quotations stay as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Chinese,
    English,
}

/// The program's words in one language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Words {
    pub lang: Lang,
}

impl Words {
    /// Reads `zh` or `en`.
    pub fn for_lang(name: &str) -> Option<Words> {
        match name {
            "zh" | "zh-Hans" | "zh-CN" => Some(Words { lang: Lang::Chinese }),
            "en" => Some(Words { lang: Lang::English }),
            _ => None,
        }
    }

    fn pick<'w>(&self, chinese: &'w str, english: &'w str) -> &'w str {
        match self.lang {
            Lang::Chinese => chinese,
            Lang::English => english,
        }
    }

    /// Why nothing is answered, as one sentence.
    pub fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::NothingLoaded => self
                .pick(
                    "还没有报告，请先运行 `wenshu import PATH`。",
                    "No report is loaded; run `wenshu import PATH` first.",
                )
                .to_owned(),
            Reason::Vague => self
                .pick(
                    "没看出要查什么指标，请写出指标名称，例如“新增就业多少”。",
                    "The question names no indicator; try “新增就业多少”.",
                )
                .to_owned(),
            Reason::NoSuchIndicator => {
                self.pick("报告中没有写到。", "The reports do not state this.").to_owned()
            }
            Reason::NotAsAsked => self
                .pick(
                    "报告中没有这样的数字（年份、口径或是否完成与所问不符）。",
                    "The reports state it, but not as asked (other year, other measure, or only planned).",
                )
                .to_owned(),
            Reason::Unreadable => self.pick("索引读不出来，请删除数据目录下的 index 后重试（会由存文重建）。", "The index cannot be read; delete `index` in the data directory, it is rebuilt from the stored texts.").to_owned(),
            Reason::PlaceNotLoaded { place } => match self.lang {
                Lang::Chinese => format!("没有{place}的报告，已有的报告也没有写到。"),
                Lang::English => format!("There is no report of {place}, and the others do not state this."),
            },
            Reason::YearNotLoaded { year } => match self.lang {
                Lang::Chinese => format!("没有讲到{year}年的报告。"),
                Lang::English => format!("No report speaks of {year}."),
            },
            Reason::NoSuchReport { report } => match self.lang {
                Lang::Chinese => format!("没有名为 {report} 的报告，`wenshu reports` 列出全部。"),
                Lang::English => format!("There is no report {report}; `wenshu reports` lists all."),
            },
        }
    }

    /// 2022年完成, 2026年目标, 2021–2025年; empty when nothing is known.
    pub fn period(&self, period: Period) -> String {
        let years = match (period.from, period.to) {
            (Some(from), Some(to)) if from == to => format!("{from}"),
            (Some(from), Some(to)) => format!("{from}–{to}"),
            _ => return String::new(),
        };
        match (self.lang, period.state) {
            (Lang::Chinese, PeriodState::Achieved) => format!("{years}年完成"),
            (Lang::Chinese, PeriodState::Planned) => format!("{years}年目标"),
            (Lang::English, PeriodState::Achieved) => format!("{years}, achieved"),
            (Lang::English, PeriodState::Planned) => format!("{years}, planned"),
        }
    }

    /// What a figure tells of its indicator; empty for a plain level.
    pub fn aspect(&self, aspect: Aspect, direction: Option<Direction>) -> &'static str {
        let chinese = self.lang == Lang::Chinese;
        match (aspect, direction) {
            (Aspect::Change, Some(Direction::Down)) => {
                if chinese {
                    "降幅"
                } else {
                    "decrease"
                }
            }
            (Aspect::Change, _) => {
                if chinese {
                    "增幅"
                } else {
                    "increase"
                }
            }
            (Aspect::Share, _) => {
                if chinese {
                    "占比"
                } else {
                    "share"
                }
            }
            (Aspect::Rank, _) => {
                if chinese {
                    "位次"
                } else {
                    "rank"
                }
            }
            (Aspect::From, _) => {
                if chinese {
                    "原为"
                } else {
                    "from"
                }
            }
            (Aspect::To, _) => {
                if chinese {
                    "达到"
                } else {
                    "to"
                }
            }
            (Aspect::Duration, _) => {
                if chinese {
                    "时长"
                } else {
                    "duration"
                }
            }
            (Aspect::Level, _) => "",
        }
    }

    pub fn nearest(&self) -> &'static str {
        self.pick_static("报告里相近的指标：", "Near it the reports state:")
    }

    pub fn also_stated(&self) -> &'static str {
        self.pick_static("另一份报告的说法：", "Stated otherwise elsewhere:")
    }

    pub fn alternatives(&self) -> &'static str {
        self.pick_static("其他可能：", "Other readings:")
    }

    fn pick_static(&self, chinese: &'static str, english: &'static str) -> &'static str {
        match self.lang {
            Lang::Chinese => chinese,
            Lang::English => english,
        }
    }
}
