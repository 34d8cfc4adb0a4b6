//! What `wenshu check` says.

use std::net::SocketAddr;
use std::path::PathBuf;

use crate::model::period::Day;
use crate::transports::words::{Lang, Words};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    Good,
    /// Works, but perhaps not as meant.
    Doubtful,
    /// `wenshu serve` would not start, or not answer.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    Settings,
    SettingsRefused { why: String },
    DataDir { dir: PathBuf },
    DataDirNotWritable { dir: PathBuf, why: String },
    Index { n_passages: u64 },
    IndexMended { note: String },
    IndexFails { why: String },
    Reports { n_reports: usize },
    Bundled,
    HomeWithoutReports { home: String },
    State { file: PathBuf },
    NoState { file: PathBuf },
    StateLocked { file: PathBuf },
    StateNewer { file: PathBuf, version: i64 },
    StateDamaged { why: String },
    StateFails { why: String },
    Folder { dir: PathBuf },
    FolderFails { dir: PathBuf },
    Http { address: SocketAddr },
    HttpOff,
    HttpTaken { bind: String },
    HttpFails { why: String },
    TelegramOff,
    Telegram { bot: String },
    TelegramTokenUnknown,
    TelegramTokenMissing { why: String },
    TelegramUnreachable { url: String },
    Webhook { url: String, n_pending: u32 },
    WebhookRefused { why: String },
    WebhookTaken { bind: String },
    WebhookBindFails { bind: String, why: String },
    WebhookUnreachable { url: String },
    WebhookNotDelivered { why: String },
    Clock { today: Day },
    ClockBehind { today: Day, newest: u16 },
}

impl Finding {
    pub fn grade(&self) -> Grade {
        match self {
            Finding::Settings
            | Finding::DataDir { .. }
            | Finding::Index { .. }
            | Finding::Reports { .. }
            | Finding::State { .. }
            | Finding::NoState { .. }
            | Finding::Folder { .. }
            | Finding::Http { .. }
            | Finding::HttpOff
            | Finding::TelegramOff
            | Finding::Telegram { .. }
            | Finding::Webhook { .. }
            | Finding::Clock { .. } => Grade::Good,
            Finding::IndexMended { .. }
            | Finding::Bundled
            | Finding::HomeWithoutReports { .. }
            | Finding::StateLocked { .. }
            | Finding::StateDamaged { .. }
            | Finding::HttpTaken { .. }
            | Finding::WebhookTaken { .. }
            | Finding::WebhookUnreachable { .. }
            | Finding::WebhookNotDelivered { .. } => Grade::Doubtful,
            _ => Grade::Bad,
        }
    }
}

impl Words {
    /// 好, 疑, 坏.
    pub fn grade(&self, grade: Grade) -> &'static str {
        match grade {
            Grade::Good => self.pick("好", "好", "good"),
            Grade::Doubtful => self.pick("疑", "疑", "doubtful"),
            Grade::Bad => self.pick("坏", "壞", "bad"),
        }
    }

    /// What was found, in one line.
    pub fn finding(&self, finding: &Finding) -> String {
        let (chinese, english) = match finding {
            Finding::Settings => ("设置读得通".into(), "settings can be read".into()),
            Finding::SettingsRefused { why } => (format!("设置有误：{why}"), format!("settings: {why}")),
            Finding::DataDir { dir } => {
                let dir = dir.display();
                (format!("数据目录 {dir} 可写"), format!("data directory {dir} can be written"))
            }
            Finding::DataDirNotWritable { dir, why } => {
                let dir = dir.display();
                (
                    format!("数据目录 {dir} 不可写：{why}"),
                    format!("data directory {dir} cannot be written: {why}"),
                )
            }
            Finding::Index { n_passages } => {
                (format!("索引完好，{n_passages} 句"), format!("the index is sound, {n_passages} sentences"))
            }
            Finding::IndexMended { note } => (format!("索引：{note}"), format!("index: {note}")),
            Finding::IndexFails { why } => {
                (format!("索引打不开：{why}"), format!("the index cannot be opened: {why}"))
            }
            Finding::Reports { n_reports } => {
                (format!("已导入 {n_reports} 份报告"), format!("{n_reports} reports are imported"))
            }
            Finding::Bundled => (
                "尚未导入报告，由自带摘要回答".into(),
                "nothing is imported, the bundled digests are asked".into(),
            ),
            Finding::HomeWithoutReports { home } => {
                (format!("没有 {home} 的报告"), format!("there is no report of {home}"))
            }
            Finding::State { file } => {
                let file = file.display();
                (format!("状态文件 {file} 完好"), format!("state file {file} is sound"))
            }
            Finding::NoState { file } => {
                let file = file.display();
                (format!("还没有状态文件 {file}"), format!("there is no state file {file} yet"))
            }
            Finding::StateLocked { file } => {
                let file = file.display();
                (
                    format!("状态文件 {file} 被别的程序占着"),
                    format!("state file {file} is held by another program"),
                )
            }
            Finding::StateNewer { file, version } => {
                let file = file.display();
                (
                    format!("状态文件 {file} 由更新的程序写成（格式 {version}）"),
                    format!("state file {file} was written by a newer program (form {version})"),
                )
            }
            Finding::StateDamaged { why } | Finding::StateFails { why } => {
                (format!("状态文件：{why}"), format!("state: {why}"))
            }
            Finding::Folder { dir } => {
                (format!("跟随文件夹 {}", dir.display()), format!("folder {} is followed", dir.display()))
            }
            Finding::FolderFails { dir } => (
                format!("读不了文件夹 {}", dir.display()),
                format!("folder {} cannot be read", dir.display()),
            ),
            Finding::Http { address } => {
                (format!("HTTP 可以在 {address} 开门"), format!("HTTP can listen on {address}"))
            }
            Finding::HttpOff => ("不开 HTTP".into(), "no HTTP is configured".into()),
            Finding::HttpTaken { bind } => (format!("{bind} 已被占用"), format!("{bind} is taken")),
            Finding::HttpFails { why } => (format!("HTTP：{why}"), format!("HTTP: {why}")),
            Finding::TelegramOff => ("不开 Telegram".into(), "no Telegram is configured".into()),
            Finding::Telegram { bot } => (format!("Telegram 机器人 @{bot}"), format!("Telegram bot @{bot}")),
            Finding::TelegramTokenUnknown => {
                ("Telegram 不认这个口令".into(), "Telegram does not know this token".into())
            }
            Finding::TelegramTokenMissing { why } => {
                (format!("读不到 Telegram 口令：{why}"), format!("no Telegram token: {why}"))
            }
            Finding::TelegramUnreachable { url } => {
                (format!("连不上 {url}"), format!("{url} cannot be reached"))
            }
            Finding::Webhook { url, n_pending } => (
                format!("Telegram 推送到 {url}，待推 {n_pending} 条"),
                format!("Telegram delivers to {url}, {n_pending} updates are pending"),
            ),
            Finding::WebhookRefused { why } => (format!("推送地址不行：{why}"), format!("webhook: {why}")),
            Finding::WebhookTaken { bind } => {
                (format!("推送端口 {bind} 已被占用"), format!("the webhook's {bind} is taken"))
            }
            Finding::WebhookBindFails { bind, why } => (
                format!("不能在 {bind} 接收推送：{why}"),
                format!("deliveries cannot be taken at {bind}: {why}"),
            ),
            Finding::WebhookUnreachable { url } => {
                (format!("从本机连不上 {url}"), format!("{url} cannot be reached from here"))
            }
            Finding::WebhookNotDelivered { why } => {
                (format!("Telegram 说推送失败：{why}"), format!("Telegram says deliveries fail: {why}"))
            }
            Finding::Clock { today } => (format!("今天是 {today}"), format!("today is {today}")),
            Finding::ClockBehind { today, newest } => (
                format!("时钟说今天是 {today}，却有 {newest} 年的报告"),
                format!("the clock says {today}, yet there is a report of {newest}"),
            ),
        };
        match self.lang {
            Lang::Chinese | Lang::Traditional => chinese,
            Lang::English => english,
        }
    }

    /// How to mend it; `None` when nothing needs mending.
    pub fn mend(&self, finding: &Finding) -> Option<&'static str> {
        let (chinese, english) = match finding {
            Finding::SettingsRefused { .. } => (
                "改正所指的键；`config/default.toml` 列有全部",
                "correct the key named; config/default.toml lists all",
            ),
            Finding::DataDirNotWritable { .. } => (
                "改目录权限，或用 --data-dir 另选一处",
                "change its permissions, or choose another place with --data-dir",
            ),
            Finding::IndexFails { .. } => (
                "删去数据目录下的 reports/index，会由存文重建",
                "delete reports/index in the data directory, it is rebuilt from the stored texts",
            ),
            Finding::Bundled => {
                ("用 `wenshu import PATH` 导入报告", "import reports with `wenshu import PATH`")
            }
            Finding::HomeWithoutReports { .. } => {
                ("把 answer.home 设为已有报告的地方", "set answer.home to a place with reports")
            }
            Finding::StateLocked { .. } => (
                "若久不放手，用 `fuser` 找出占着它的程序并结束它",
                "if it is held for long, find the program with `fuser` and end it",
            ),
            Finding::StateNewer { .. } => (
                "用更新的程序启动，或把文件移开，重新开始",
                "start the newer program, or move the file away to begin a new one",
            ),
            Finding::StateDamaged { .. } => (
                "下次启动会把它改名为 state.sqlite.damaged-1，读得出的行抄进新的；可先用 `sqlite3 … .recover` 抢救更多",
                "the next start renames it to state.sqlite.damaged-1 and carries over the rows that can be read; `sqlite3 … .recover` may save more",
            ),
            Finding::StateFails { .. } => ("改文件权限", "change its permissions"),
            Finding::FolderFails { .. } => {
                ("把 data.watch 设为已有的文件夹", "set data.watch to a folder that is there")
            }
            Finding::HttpTaken { .. } => (
                "若是正在运行的 wenshu，不必理会；否则改 http.bind",
                "ignore it if wenshu is running; else change http.bind",
            ),
            Finding::HttpFails { .. } => ("改正所指的 http 设置", "correct the http setting named"),
            Finding::TelegramTokenUnknown => (
                "向 @BotFather 取口令，设为 telegram.token",
                "get one from @BotFather and set telegram.token",
            ),
            Finding::TelegramTokenMissing { .. } => {
                ("改正 telegram.token_file", "correct telegram.token_file")
            }
            Finding::TelegramUnreachable { .. } => {
                ("查网络、代理与 telegram.api_url", "look at network, proxy and telegram.api_url")
            }
            Finding::WebhookRefused { .. } => ("改正 telegram.webhook_url", "correct telegram.webhook_url"),
            Finding::WebhookTaken { .. } => (
                "若是正在运行的 wenshu，不必理会；否则改 telegram.webhook_bind",
                "ignore it if wenshu is running; else change telegram.webhook_bind",
            ),
            Finding::WebhookBindFails { .. } => {
                ("改正 telegram.webhook_bind", "correct telegram.webhook_bind")
            }
            Finding::WebhookUnreachable { .. } | Finding::WebhookNotDelivered { .. } => (
                "查域名、证书，以及反向代理是否转到 telegram.webhook_bind",
                "look at domain, certificate, and whether the proxy passes on to telegram.webhook_bind",
            ),
            Finding::ClockBehind { .. } => ("校准系统时钟", "set the clock of the machine"),
            _ => return None,
        };
        Some(self.pick(chinese, chinese, english))
    }
}
