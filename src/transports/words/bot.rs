//! What the bot says in chats.

use crate::transports::words::{Lang, Words};

/// The languages a chat can be switched to, by the name [`Words::for_lang`] reads, each named in itself.
pub const PUBLIC_LANGS: [(&str, &str); 3] =
    [("zh-Hans", "简体中文"), ("zh-Hant", "繁體中文"), ("en", "English")];

/// Something the bot says that is no answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice<'a> {
    Welcome,
    /// How to ask; also the reply to a question of no words.
    HowToAsk,
    TooLong {
        max_chars: usize,
    },
    /// More questions than the limits allow.
    TooFast,
    UnknownCommand,
    AdminsOnly,
    GroupsOnly,
    /// A button of a message whose question is forgotten.
    OldButton,
    /// A button of an answer the reports no longer give.
    ReportsChanged,
    /// A deep link or button to a passage that is no longer there.
    NoSuchPassage,
    Thanks,
    WhatIsWrong,
    ThanksForReason,
    LangSet,
    /// No place of this name has reports.
    NoSuchScope {
        name: &'a str,
    },
    TriggerSet {
        word: &'a str,
    },
    TriggerCleared,
    /// A trigger word is of no use while privacy mode keeps messages from the bot.
    PrivacyMode,
    /// How to set a trigger word, and the one in force.
    TriggerUsage {
        word: &'a str,
    },
    QuietOn,
    QuietOff,
    ChannelAllowed,
    ChannelForbidden,
    ChannelUsage,
    /// The settings allow this channel, so it cannot be forbidden in a chat.
    ChannelInSettings,
    NothingLoaded,
    /// Something of ours failed; nothing was changed.
    Failed,
}

/// Why an answer is called wrong, as stored and as said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Complaint {
    Figure,
    Sentence,
    Period,
    Other,
}

impl Complaint {
    pub const ALL: [Complaint; 4] =
        [Complaint::Figure, Complaint::Sentence, Complaint::Period, Complaint::Other];

    /// The name it is stored under.
    pub fn name(self) -> &'static str {
        match self {
            Complaint::Figure => "figure",
            Complaint::Sentence => "sentence",
            Complaint::Period => "period",
            Complaint::Other => "other",
        }
    }
}

impl Words {
    /// The words for a reader whose program speaks `code` (`zh-hans`, `zh-TW`, `en`); Chinese when it says nothing.
    pub fn for_reader(code: Option<&str>) -> Words {
        let code = code.unwrap_or("zh").to_ascii_lowercase();
        let lang = match code.as_str() {
            "zh-hant" | "zh-tw" | "zh-hk" | "zh-mo" => Lang::Traditional,
            code if code.starts_with("zh") => Lang::Chinese,
            _ => Lang::English,
        };
        Words { lang }
    }

    /// `notice` as one message.
    pub fn notice(&self, notice: Notice<'_>) -> String {
        let (hans, hant, en) = match notice {
            Notice::Welcome => (
                "您好，我是问数。问我政府工作报告里的一个数字，我给出数字、原句和出处；报告没说的，就说没有。",
                "您好，我是問數。問我政府工作報告裏的一個數字，我給出數字、原句和出處；報告沒說的，就說沒有。",
                "I answer questions with one figure of a Chinese government work report, its sentence and its source, or say that it is not stated.",
            ),
            Notice::HowToAsk => (
                "请写出要问的指标，例如：新增就业多少",
                "請寫出要問的指標，例如：新增就業多少",
                "Name the indicator you ask for, such as: 新增就业多少",
            ),
            Notice::TooLong { max_chars } => return self.too_long(max_chars),
            Notice::TooFast => (
                "问得太快了，请歇一分钟再问。这段时间的消息不再回复。",
                "問得太快了，請歇一分鐘再問。這段時間的訊息不再回覆。",
                "That is faster than I can answer; please pause for a minute. Messages until then get no reply.",
            ),
            Notice::UnknownCommand => (
                "没有这个命令。/help 说明用法。",
                "沒有這個指令。/help 說明用法。",
                "There is no such command; /help tells how to ask.",
            ),
            Notice::AdminsOnly => (
                "只有群管理员可以改这项设置。",
                "只有群組管理員可以改這項設定。",
                "Only administrators of the group can change this.",
            ),
            Notice::GroupsOnly => {
                ("这项设置只用于群。", "這項設定只用於群組。", "This setting is for groups.")
            }
            Notice::OldButton => (
                "这条回答太久了，按钮已失效。请再问一次。",
                "這條回答太久了，按鈕已失效。請再問一次。",
                "This answer is too old for its buttons; please ask again.",
            ),
            Notice::ReportsChanged => (
                "报告已经更新，请再问一次。",
                "報告已經更新，請再問一次。",
                "The reports have changed since; please ask again.",
            ),
            Notice::NoSuchPassage => (
                "找不到这一段，报告可能已经更新。",
                "找不到這一段，報告可能已經更新。",
                "This passage is not there any more; the reports may have changed.",
            ),
            Notice::Thanks => ("谢谢！", "謝謝！", "Thank you!"),
            Notice::WhatIsWrong => {
                ("哪里不对？请选一项。", "哪裏不對？請選一項。", "What is wrong? Please choose.")
            }
            Notice::ThanksForReason => ("已记下，谢谢！", "已記下，謝謝！", "Noted, thank you!"),
            Notice::LangSet => {
                ("好的，以后用简体中文。", "好的，以後用繁體中文。", "I will speak English here.")
            }
            Notice::NoSuchScope { name } => return self.no_such_scope(name),
            Notice::TriggerSet { word } => return self.trigger_set(word),
            Notice::TriggerCleared => {
                ("已取消触发词。", "已取消觸發詞。", "There is no trigger word any more.")
            }
            Notice::PrivacyMode => (
                "不过我开着隐私模式，收不到群里的普通消息。请让我的主人在 @BotFather 用 /setprivacy 关掉它，再把我重新拉进群；或者设我为管理员。",
                "不過我開著隱私模式，收不到群組裏的普通訊息。請讓我的主人在 @BotFather 用 /setprivacy 關掉它，再把我重新拉進群組；或者設我為管理員。",
                "Privacy mode keeps plain messages of this group from me, though. My owner can end it with /setprivacy at @BotFather and add me to the group again, or make me an administrator.",
            ),
            Notice::TriggerUsage { word } => return self.trigger_usage(word),
            Notice::QuietOn => (
                "已开安静模式：回答不响铃，答不上来的不作声（/ask 和 @ 我除外）。再发 /quiet 关闭。",
                "已開安靜模式：回答不響鈴，答不上來的不作聲（/ask 和 @ 我除外）。再發 /quiet 關閉。",
                "Quiet: answers make no sound, and questions I cannot answer get no reply unless asked by /ask or mention. /quiet again ends it.",
            ),
            Notice::QuietOff => ("已关安静模式。", "已關安靜模式。", "Not quiet any more."),
            Notice::ChannelAllowed => {
                ("这个频道可以提问了。", "這個頻道可以提問了。", "Posts of this channel are answered now.")
            }
            Notice::ChannelForbidden => (
                "不再回答这个频道。",
                "不再回答這個頻道。",
                "Posts of this channel are not answered any more.",
            ),
            Notice::ChannelUsage => (
                "用法：/allow -1001234567890，/forbid -1001234567890",
                "用法：/allow -1001234567890，/forbid -1001234567890",
                "Usage: /allow -1001234567890, /forbid -1001234567890",
            ),
            Notice::ChannelInSettings => (
                "这个频道写在设置 telegram.channels 里，请在那里删去。",
                "這個頻道寫在設定 telegram.channels 裏，請在那裏刪去。",
                "The setting telegram.channels allows this channel; please take it out there.",
            ),
            Notice::NothingLoaded => ("还没有报告。", "還沒有報告。", "No report is loaded."),
            Notice::Failed => (
                "出了点问题，没有办成，请稍后再试。",
                "出了點問題，沒有辦成，請稍後再試。",
                "Something failed on my side and nothing was changed; please try again later.",
            ),
        };
        self.pick(hans, hant, en).to_owned()
    }

    fn too_long(&self, max_chars: usize) -> String {
        match self.lang {
            Lang::Chinese => {
                format!("问题太长了（最多{max_chars}字）。一句话问一个指标就好，例如：新增就业多少")
            }
            Lang::Traditional => {
                format!("問題太長了（最多{max_chars}字）。一句話問一個指標就好，例如：新增就業多少")
            }
            Lang::English => {
                format!(
                    "That is too long (at most {max_chars} characters). One sentence for one indicator is enough, such as: 新增就业多少"
                )
            }
        }
    }

    fn no_such_scope(&self, name: &str) -> String {
        match self.lang {
            Lang::Chinese => format!("没有“{name}”的报告。/reports 列出已有的报告。"),
            Lang::Traditional => format!("沒有「{name}」的報告。/reports 列出已有的報告。"),
            Lang::English => format!("No report is of “{name}”; /reports lists those there are."),
        }
    }

    fn trigger_set(&self, word: &str) -> String {
        match self.lang {
            Lang::Chinese => format!("好的，以“{word}”开头的消息我会当作提问。"),
            Lang::Traditional => format!("好的，以「{word}」開頭的訊息我會當作提問。"),
            Lang::English => format!("Messages that begin with “{word}” are questions to me now."),
        }
    }

    fn trigger_usage(&self, word: &str) -> String {
        let (hans, hant, en) = if word.is_empty() {
            ("现在没有触发词。", "現在沒有觸發詞。", "There is no trigger word.")
        } else {
            ("发 /trigger off 取消。", "發 /trigger off 取消。", "/trigger off clears it.")
        };
        let now = self.pick(hans, hant, en);
        match self.lang {
            Lang::Chinese if word.is_empty() => format!("{now}用法：/trigger 问数"),
            Lang::Chinese => format!("触发词是“{word}”。{now}"),
            Lang::Traditional if word.is_empty() => format!("{now}用法：/trigger 問數"),
            Lang::Traditional => format!("觸發詞是「{word}」。{now}"),
            Lang::English if word.is_empty() => format!("{now} Usage: /trigger 问数"),
            Lang::English => format!("The trigger word is “{word}”. {now}"),
        }
    }

    pub fn complaint(&self, complaint: Complaint) -> &'static str {
        match complaint {
            Complaint::Figure => self.pick("数字不对", "數字不對", "Wrong figure"),
            Complaint::Sentence => self.pick("答非所问", "答非所問", "Not what I asked"),
            Complaint::Period => self.pick("年份或地方不对", "年份或地方不對", "Wrong year or place"),
            Complaint::Other => self.pick("其他", "其他", "Something else"),
        }
    }

    pub fn context_button(&self, is_shown: bool) -> &'static str {
        if is_shown {
            self.pick("收起上下文", "收起上下文", "Hide context")
        } else {
            self.pick("上下文", "上下文", "Context")
        }
    }

    /// Label of the button that leafs through other candidates; `position` counts from 1.
    pub fn candidates_button(&self, position: usize, n_candidates: usize) -> String {
        let label = self.pick("其他候选", "其他候選", "Other readings");
        format!("{label} {position}/{n_candidates} ›")
    }

    pub fn share_button(&self) -> &'static str {
        self.pick("转发", "轉發", "Share")
    }

    /// Label of the button that shows a copy in traditional characters, or hides it.
    pub fn converted_button(&self, is_shown: bool) -> &'static str {
        if is_shown { "收起繁體" } else { "看繁體" }
    }

    pub fn converted_heading(&self) -> &'static str {
        "繁體（機器轉換，僅供參考）"
    }

    pub fn open_button(&self) -> &'static str {
        self.pick("看上下文", "看上下文", "Read in context")
    }

    pub fn nothing_found_button(&self) -> &'static str {
        self.pick("没有找到，到私聊里问", "沒有找到，到私聊裏問", "Nothing found; ask me in private")
    }

    pub fn slow_down_button(&self) -> &'static str {
        self.pick("太快了，请稍候再试", "太快了，請稍候再試", "Too fast; please wait a little")
    }

    pub fn inline_hint_button(&self) -> &'static str {
        self.pick(
            "写出指标，例如：新增就业",
            "寫出指標，例如：新增就業",
            "Name an indicator, such as 新增就业",
        )
    }

    pub fn examples_heading(&self) -> &'static str {
        self.pick("比如：", "比如：", "For example:")
    }

    pub fn help_private(&self) -> &'static str {
        self.pick(
            "直接发问题给我就行。回答下面的按钮可以看上下文、换一个候选、打分、转发。\n/reports 已有的报告\n/scope 只问某些地方或年份\n/lang 用语\n/privacy 存了什么",
            "直接發問題給我就行。回答下面的按鈕可以看上下文、換一個候選、評分、轉發。\n/reports 已有的報告\n/scope 只問某些地方或年份\n/lang 用語\n/privacy 存了什麼",
            "Just send me a question. The buttons under an answer show its context, other readings, take your vote and share it.\n/reports what is loaded\n/scope ask of some places or years only\n/lang my language\n/privacy what is stored",
        )
    }

    pub fn help_group(&self) -> &'static str {
        self.pick(
            "在群里用 /ask 提问、@ 我，或回复我的消息。管理员可用 /scope、/lang、/trigger、/quiet 设置本群。",
            "在群組裏用 /ask 提問、@ 我，或回覆我的訊息。管理員可用 /scope、/lang、/trigger、/quiet 設定本群。",
            "In a group ask by /ask, by mentioning me, or by replying to me. Administrators set the group by /scope, /lang, /trigger and /quiet.",
        )
    }

    pub fn help_inline(&self, username: &str) -> String {
        match self.lang {
            Lang::Chinese => format!("在任何聊天里输入 @{username} 和指标，也能查。"),
            Lang::Traditional => format!("在任何聊天裏輸入 @{username} 和指標，也能查。"),
            Lang::English => format!("In any chat, type @{username} and an indicator."),
        }
    }

    /// What is stored of a chat, for how many days.
    pub fn privacy(&self, question_days: u32, feedback_days: u32, update_days: u32) -> String {
        match self.lang {
            Lang::Chinese => format!(
                "存下的只有这些：\n• 本聊天的设置（范围、用语、触发词、安静模式），直到您改回去；\n• 您问过的问题和消息编号，{question_days}天，用来改答案、让按钮可用；\n• 您打的分：问题和当时的日期、范围，答案，理由，您的编号，{feedback_days}天；\n• 消息的流水号，{update_days}天，免得答两遍；还没答完的消息存到答完为止。\n不存别的消息，不给别人，日志里没有问题的文字。"
            ),
            Lang::Traditional => format!(
                "存下的只有這些：\n• 本聊天的設定（範圍、用語、觸發詞、安靜模式），直到您改回去；\n• 您問過的問題和訊息編號，{question_days}天，用來改答案、讓按鈕可用；\n• 您評的分：問題和當時的日期、範圍，答案，理由，您的編號，{feedback_days}天；\n• 訊息的流水號，{update_days}天，免得答兩遍；還沒答完的訊息存到答完為止。\n不存別的訊息，不給別人，日誌裏沒有問題的文字。"
            ),
            Lang::English => format!(
                "This is all that is stored:\n• settings of this chat (scope, language, trigger word, quiet), until you change them back;\n• questions you asked and their message numbers, {question_days} days, so that answers can be edited and buttons work;\n• your votes: question with its day and scope, answer, reason and your number, {feedback_days} days;\n• serial numbers of updates, {update_days} days, so that none is answered twice; a message not answered yet until it is.\nNo other message is kept, nothing is given to others, and logs hold no text of questions."
            ),
        }
    }

    pub fn reports_heading(&self, n_reports: usize) -> String {
        match self.lang {
            Lang::Chinese => format!("已有{n_reports}份报告"),
            Lang::Traditional => format!("已有{n_reports}份報告"),
            Lang::English => format!("{n_reports} reports are loaded"),
        }
    }

    /// 2023年, 2023
    pub fn year(&self, year: u16) -> String {
        match self.lang {
            Lang::English => year.to_string(),
            _ => format!("{year}年"),
        }
    }

    /// What the chat asks of; both lists empty means everything.
    pub fn scope(&self, places: &[String], years: &[u16]) -> String {
        let heading = self.pick("查询范围：", "查詢範圍：", "Asking of: ");
        if places.is_empty() && years.is_empty() {
            return format!("{heading}{}", self.pick("全部报告", "全部報告", "all reports"));
        }
        let mut parts: Vec<String> = places.to_vec();
        parts.extend(years.iter().map(|year| self.year(*year)));
        format!("{heading}{}", parts.join(self.pick("、", "、", ", ")))
    }

    pub fn scope_hint(&self) -> &'static str {
        self.pick(
            "点按钮选择或取消；也可以发 /scope 青海 2025，/scope 全部。",
            "點按鈕選擇或取消；也可以發 /scope 青海 2025，/scope 全部。",
            "Press to choose or drop; /scope 青海 2025 and /scope all work too.",
        )
    }

    pub fn all_button(&self) -> &'static str {
        self.pick("全部", "全部", "All")
    }

    pub fn lang_question(&self) -> &'static str {
        self.pick("我用哪种语言？", "我用哪種語言？", "Which language shall I speak?")
    }

    pub fn ask_placeholder(&self) -> &'static str {
        self.pick("新增就业多少", "新增就業多少", "新增就业多少")
    }

    /// Commands of a private chat with what they do.
    pub fn private_commands(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("ask", self.pick("提问", "提問", "Ask a question")),
            ("reports", self.pick("已有的报告", "已有的報告", "Reports that are loaded")),
            (
                "scope",
                self.pick("只问某些地方或年份", "只問某些地方或年份", "Ask of some places or years only"),
            ),
            ("lang", self.pick("我的用语", "我的用語", "The language I speak")),
            ("help", self.pick("怎么问", "怎麼問", "How to ask")),
            ("privacy", self.pick("存了什么", "存了什麼", "What is stored")),
        ]
    }

    /// Commands every member of a group is shown.
    pub fn group_commands(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("ask", self.pick("提问", "提問", "Ask a question")),
            ("reports", self.pick("已有的报告", "已有的報告", "Reports that are loaded")),
            ("help", self.pick("怎么问", "怎麼問", "How to ask")),
        ]
    }

    /// Commands administrators of a group are shown.
    pub fn admin_commands(&self) -> Vec<(&'static str, &'static str)> {
        let mut commands = self.group_commands();
        commands.extend([
            (
                "scope",
                self.pick(
                    "本群只问某些地方或年份",
                    "本群只問某些地方或年份",
                    "Places and years of this group",
                ),
            ),
            ("lang", self.pick("本群用语", "本群用語", "Language in this group")),
            ("trigger", self.pick("设触发词", "設觸發詞", "Set a trigger word")),
            ("quiet", self.pick("安静模式", "安靜模式", "Quiet on or off")),
        ]);
        commands
    }

    /// What is shown in an empty chat with the bot; at most 512 characters.
    pub fn description(&self) -> &'static str {
        self.pick(
            "向政府工作报告问数字。答案是报告原句里的那一个数字，附原句、报告、年份、章节；报告没说的，就说没有。\n\n发一句话试试：新增就业多少",
            "向政府工作報告問數字。答案是報告原句裏的那一個數字，附原句、報告、年份、章節；報告沒說的，就說沒有。\n\n發一句話試試：新增就業多少",
            "Ask Chinese government work reports for figures. The answer is one figure of one quoted sentence with its source, or a plain “not stated”.\n\nTry: 新增就业多少",
        )
    }

    /// What is shown on the bot's profile; at most 120 characters.
    pub fn short_description(&self) -> &'static str {
        self.pick(
            "向政府工作报告问数字，附原句与出处。",
            "向政府工作報告問數字，附原句與出處。",
            "Figures of Chinese government work reports, with sentence and source.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Lang; 3] = [Lang::Chinese, Lang::Traditional, Lang::English];

    #[test]
    fn the_reader_s_program_chooses_the_language() {
        for (code, lang) in [
            (None, Lang::Chinese),
            (Some("zh-hans"), Lang::Chinese),
            (Some("zh-hant"), Lang::Traditional),
            (Some("zh-TW"), Lang::Traditional),
            (Some("en"), Lang::English),
            (Some("fr"), Lang::English),
        ] {
            assert_eq!(Words::for_reader(code).lang, lang, "{code:?}");
        }
    }

    #[test]
    fn every_language_a_chat_can_have_is_known_by_its_name() {
        for (name, _) in PUBLIC_LANGS {
            assert_eq!(Words::for_lang(name).map(|words| words.name()), Some(name));
        }
    }

    #[test]
    fn descriptions_fit_where_telegram_shows_them() {
        for words in ALL.map(|lang| Words { lang }) {
            assert!(words.description().chars().count() <= 512);
            assert!(words.short_description().chars().count() <= 120);
            for (name, text) in words.admin_commands().into_iter().chain(words.private_commands()) {
                assert!((1..=32).contains(&name.len()) && (1..=256).contains(&text.chars().count()));
            }
        }
    }

    #[test]
    fn no_simplified_character_slips_into_traditional_words() {
        let words = Words { lang: Lang::Traditional };
        let mut said =
            vec![words.privacy(1, 2, 3), words.help_private().to_owned(), words.help_group().to_owned()];
        said.extend([words.description(), words.short_description(), words.scope_hint()].map(str::to_owned));
        for notice in [
            Notice::Welcome,
            Notice::TooFast,
            Notice::OldButton,
            Notice::QuietOn,
            Notice::TooLong { max_chars: 5 },
            Notice::WhatIsWrong,
            Notice::PrivacyMode,
        ] {
            said.push(words.notice(notice));
        }
        let convert =
            ferrous_opencc::OpenCC::from_config(ferrous_opencc::config::BuiltinConfig::S2t).unwrap();
        for text in said {
            // The converter prefers 羣, readers write 群.
            assert_eq!(convert.convert(&text).replace('羣', "群"), text);
        }
    }
}
