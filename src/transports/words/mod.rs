//! Everything the program says of its own, by language.

mod bot;
pub mod check;
pub mod problems;

pub use crate::transports::words::bot::{Complaint, Notice, PUBLIC_LANGS};

use crate::model::answer::Reason;
use crate::model::fact::{Aspect, Direction};
use crate::model::period::{Period, PeriodState};

/// Language of the program's own words; quotations stay as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Chinese,
    /// 繁體
    Traditional,
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
            "zh-Hant" | "zh-TW" | "zh-HK" | "zh-MO" => Some(Words { lang: Lang::Traditional }),
            "en" => Some(Words { lang: Lang::English }),
            _ => None,
        }
    }

    /// The name [`Words::for_lang`] reads.
    pub fn name(&self) -> &'static str {
        self.pick("zh-Hans", "zh-Hant", "en")
    }

    fn pick<'w>(&self, chinese: &'w str, traditional: &'w str, english: &'w str) -> &'w str {
        match self.lang {
            Lang::Chinese => chinese,
            Lang::Traditional => traditional,
            Lang::English => english,
        }
    }

    /// Why nothing is answered, as one sentence.
    pub fn reason(&self, reason: &Reason) -> String {
        match reason {
            Reason::NothingLoaded => self
                .pick(
                    "还没有报告，请先运行 `wenshu import PATH`。",
                    "還沒有報告，請先執行 `wenshu import PATH`。",
                    "No report is loaded; run `wenshu import PATH` first.",
                )
                .to_owned(),
            Reason::Vague => self
                .pick(
                    "没看出要查什么指标，请写出指标名称，例如“新增就业多少”。",
                    "沒看出要查什麼指標，請寫出指標名稱，例如「新增就業多少」。",
                    "The question names no indicator; try “新增就业多少”.",
                )
                .to_owned(),
            Reason::NoSuchIndicator => self
                .pick("报告中没有写到。", "報告中沒有寫到。", "The reports do not state this.")
                .to_owned(),
            Reason::NotAsAsked => self
                .pick(
                    "报告中没有这样的数字（年份、口径或是否完成与所问不符）。",
                    "報告中沒有這樣的數字（年份、口徑或是否完成與所問不符）。",
                    "The reports state it, but not as asked (other year, other measure, or only planned).",
                )
                .to_owned(),
            Reason::Unreadable => self
                .pick(
                    "索引读不出来，请删除数据目录下的 index 后重试（会由存文重建）。",
                    "索引讀不出來，請刪除資料目錄下的 index 後重試（會由存文重建）。",
                    "The index cannot be read; delete `index` in the data directory, it is rebuilt from the stored texts.",
                )
                .to_owned(),
            Reason::PlaceNotLoaded { place } => match self.lang {
                Lang::Chinese => format!("没有{place}的报告，已有的报告也没有写到。"),
                Lang::Traditional => format!("沒有{place}的報告，已有的報告也沒有寫到。"),
                Lang::English => format!("There is no report of {place}, and the others do not state this."),
            },
            Reason::YearNotLoaded { year } => match self.lang {
                Lang::Chinese => format!("没有讲到{year}年的报告。"),
                Lang::Traditional => format!("沒有講到{year}年的報告。"),
                Lang::English => format!("No report speaks of {year}."),
            },
            Reason::NoSuchReport { report } => match self.lang {
                Lang::Chinese => format!("没有名为 {report} 的报告，`wenshu reports` 列出全部。"),
                Lang::Traditional => format!("沒有名為 {report} 的報告，`wenshu reports` 列出全部。"),
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
            (Lang::Traditional, PeriodState::Achieved) => format!("{years}年完成"),
            (Lang::Traditional, PeriodState::Planned) => format!("{years}年目標"),
            (Lang::English, PeriodState::Achieved) => format!("{years}, achieved"),
            (Lang::English, PeriodState::Planned) => format!("{years}, planned"),
        }
    }

    /// What a figure tells of its indicator; empty for a plain level.
    pub fn aspect(&self, aspect: Aspect, direction: Option<Direction>) -> &'static str {
        match (aspect, direction) {
            (Aspect::Change, Some(Direction::Down)) => self.pick("降幅", "降幅", "decrease"),
            (Aspect::Change, _) => self.pick("增幅", "增幅", "increase"),
            (Aspect::Share, _) => self.pick("占比", "佔比", "share"),
            (Aspect::Rank, _) => self.pick("位次", "位次", "rank"),
            (Aspect::From, _) => self.pick("原为", "原為", "from"),
            (Aspect::To, _) => self.pick("达到", "達到", "to"),
            (Aspect::Duration, _) => self.pick("时长", "時長", "duration"),
            (Aspect::Gap, Some(Direction::Down)) => self.pick("低出", "低出", "below by"),
            (Aspect::Gap, _) => self.pick("高出", "高出", "above by"),
            (Aspect::Level, _) => "",
        }
    }

    pub fn nearest(&self) -> &'static str {
        self.pick("报告里相近的指标：", "報告裏相近的指標：", "Near it the reports state:")
    }

    pub fn also_stated(&self) -> &'static str {
        self.pick("另一份报告的说法：", "另一份報告的說法：", "Stated otherwise elsewhere:")
    }

    pub fn alternatives(&self) -> &'static str {
        self.pick("其他可能：", "其他可能：", "Other readings:")
    }
}
