//! Arguments of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// 问数：向政府工作报告问数字，答案附原句与出处 (ask government work reports for figures)
///
/// 退出码 (exit codes): 0 有答案 answered, 1 未找到 not found, 2 用法或输入有误 user's error, 70 程序自身出错 ours, 75 另有程序在用同一令牌 another program polls with the bot token, 77 令牌无效 the bot token is refused
#[derive(Debug, Parser)]
#[command(name = "wenshu", version, propagate_version = true)]
pub struct Cli {
    /// 数据目录 (data directory)
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// 设置文件 (settings file)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// 程序用语 (language of the program's own words): zh, en
    #[arg(long, global = true, value_parser = ["zh", "en"])]
    pub lang: Option<String>,
    /// 不用颜色 (no colours)
    #[arg(long, global = true)]
    pub no_color: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// 提问 (ask a question)
    Ask(AskArgs),
    /// 连续提问 (ask in a line editor with history)
    Chat(ScopeArgs),
    /// 只找原文，不挑数字 (find passages)
    Search(SearchArgs),
    /// 看一段文字里的数字和事实 (show the figures of a text)
    Figures(FiguresArgs),
    /// 导入报告 (import reports: files, folders, globs)
    Import(ImportArgs),
    /// 列出报告 (list reports)
    Reports,
    /// 删除报告 (remove a report, by id or file name)
    Remove {
        /// 报告编号或文件名 (id or file name)
        report: String,
    },
    /// 读者的评价 (what readers said of answers)
    Feedback {
        #[command(subcommand)]
        command: FeedbackCommand,
    },
    /// 用题集评分 (score a question set)
    Eval(EvalArgs),
    /// 用题集拟合信号权重 (fit the weights of the signals to question sets; prints weights.toml)
    Tune(TuneArgs),
    /// 常驻服务：Telegram 机器人、HTTP (run the doors that are configured: Telegram, HTTP)
    Serve,
    /// 检查设置、数据、口令等，指出如何修正 (look at everything serve needs, say how to mend what is wrong)
    Check,
    /// 显示当前设置及其来源 (print settings and their sources)
    Config,
}

#[derive(Debug, Clone, Args)]
pub struct ScopeArgs {
    /// 只查这份报告 (only this report, by file name or id)
    #[arg(long)]
    pub report: Option<String>,
    /// 只查这个地方 (only this place)
    #[arg(long)]
    pub place: Option<String>,
    /// 只查这一年的报告 (only reports of this year)
    #[arg(long)]
    pub year: Option<u16>,
    /// “今年”“去年”从这一天算起 (the day 今年 and 去年 count from): 2026-06-01
    #[arg(long, value_name = "DAY")]
    pub today: Option<String>,
}

#[derive(Debug, Args)]
pub struct AskArgs {
    /// 问题；- 表示从标准输入读 (the question; - reads standard input)
    #[arg(required_unless_present = "jsonl")]
    pub question: Vec<String>,
    /// 逐行读入 JSON 问题，逐行写出 JSON 答案 (JSON Lines in, JSON Lines out)
    #[arg(long)]
    pub jsonl: bool,
    /// 以 JSON 输出 (print JSON)
    #[arg(long, conflicts_with = "jsonl")]
    pub json: bool,
    /// 列出各候选的信号与权重 (show the signals of every candidate)
    #[arg(long, conflicts_with_all = ["jsonl", "json"])]
    pub explain: bool,
    #[command(flatten)]
    pub scope: ScopeArgs,
}

#[derive(Debug, Args)]
pub struct SearchArgs {
    /// 要找的话 (what to look for)
    #[arg(required = true)]
    pub question: Vec<String>,
    /// 条数 (number of passages)
    #[arg(long, default_value_t = 10)]
    pub limit: usize,
    #[command(flatten)]
    pub scope: ScopeArgs,
}

#[derive(Debug, Args)]
pub struct FiguresArgs {
    /// 文字；- 表示从标准输入读 (the text; - reads standard input)
    #[arg(required_unless_present = "jsonl")]
    pub text: Vec<String>,
    /// 逐行读入 {"id","text"} (JSON Lines in, JSON Lines out)
    #[arg(long)]
    pub jsonl: bool,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    /// 文件、文件夹或通配符 (files, folders, globs)
    #[arg(required = true)]
    pub paths: Vec<String>,
    /// 这些报告属于哪里 (place of these reports)
    #[arg(long)]
    pub place: Option<String>,
    /// 这些报告的年份 (year of these reports)
    #[arg(long)]
    pub year: Option<u16>,
}

#[derive(Debug, Subcommand)]
pub enum FeedbackCommand {
    /// 写成题集，一行一题 (write it as a question set, JSON Lines)
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// 从这一天起的 (only what was said from this day on): 2026-06-01
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
}

#[derive(Debug, Args)]
pub struct EvalArgs {
    /// 题集 (question set, JSON Lines)
    pub questions: PathBuf,
    /// 能独立提问的题目不限定报告 (ask self-contained questions over all reports)
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Args)]
pub struct TuneArgs {
    /// 题集；“数据目录=题集”用另一数据目录里的报告 (question sets; DIR=FILE asks the reports of another data directory)
    #[arg(required = true)]
    pub sets: Vec<String>,
}
