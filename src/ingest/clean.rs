//! Paragraphs without dirt: navigation, disclaimers, page numbers and broken lines go.

/// Lines that are dirt wherever they stand; compared without spaces.
const DIRT_LINES: &[&str] = &[
    "导航菜单",
    "首页",
    "返回首页",
    "返回顶部",
    "上一篇",
    "下一篇",
    "上一页",
    "下一页",
    "打印本页",
    "关闭窗口",
    "扫一扫",
    "分享到",
    "相关链接",
    "相关文章",
    "网站地图",
    "publicdomain",
    "false",
    "true",
    "编辑",
    "收藏",
    "打印",
    "字号",
    "大中小",
    "目录",
    "点击下载",
    "附件下载",
];
/// Words a dirt line begins with; the line has to be short.
const DIRT_HEADS: &[&str] = &[
    "来源：",
    "来源:",
    "（来源",
    "(来源",
    "信息来源",
    "稿件来源",
    "文章来源",
    "编辑：",
    "编辑:",
    "责任编辑",
    "责编",
    "审核：",
    "校对：",
    "作者：",
    "记者：",
    "发布时间",
    "发布日期",
    "更新时间",
    "浏览次数",
    "点击数",
    "阅读次数",
    "点击量",
    "字体：",
    "字号：",
    "验证码",
    "本文地址",
    "本文链接",
    "留言与评论",
    "扫一扫",
    "【打印",
    "【关闭",
    "【字体",
    "【大中小",
    "分享到",
    "上一篇",
    "下一篇",
    "当前位置",
    "您的位置",
    "您当前",
    "主办单位",
    "主办：",
    "承办单位",
    "承办：",
    "版权所有",
    "网站标识码",
    "备案号",
    "icp备",
    "京icp",
    "联系我们",
    "关于我们",
    "网站声明",
    "技术支持",
    "热门推荐",
    "相关推荐",
    "相关阅读",
    "微信扫",
    "手机扫",
    "公安备案",
    "责任编辑：",
    "免责声明",
    "网友评论",
    "发表评论",
    "用户名",
    "密码",
    "登录",
    "注册",
];
/// Words that make a line dirt wherever in it they stand.
const DIRT_WORDS: &[&str] = &[
    "不代表本站立场",
    "未经许可",
    "不得转载",
    "联系本站",
    "版权归原作者",
    "著作权法",
    "本作品不适用于该法",
    "维基文库",
    "公有领域",
    "仅供参考，",
    "如有侵权",
    "侵权请联系",
    "扫描二维码",
    "扫一扫在手机",
    "打印本页",
    "关闭本页",
    "分享到微信",
    "网站地图",
];
/// Lines that end a sentence needed to see how a text parts its paragraphs.
const MIN_ENDS: usize = 8;
/// A longer line that begins like a heading has text behind it.
const MAX_HEADING_LINE_CHARS: usize = 30;
const MAX_DIRT_CHARS: usize = 60;
/// Characters of a number below the line: PM₂.₅, M₂.
const MAX_LOWERED_CHARS: usize = 4;
/// Paragraphs end with these; a line that ends otherwise may go on in the next one.
const ENDS: [char; 12] = ['。', '！', '？', '；', '：', '”', '）', '!', '?', ';', '…', ':'];
const OPENING_LINES: [&str; 4] = ["各位代表", "同志们", "女士们", "——"];

/// A cleaned text, paragraph by paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Without surrounding space, never empty, without line breaks.
    pub paragraphs: Vec<String>,
}

/// Cleans `text` and joins lines broken inside sentences and figures.
pub fn clean(text: &str) -> Cleaned {
    let lines: Vec<String> = text
        .replace("\r\n", "\n")
        .split(['\n', '\r', '\u{b}', '\u{c}', '\u{2028}', '\u{2029}'])
        .flat_map(split_single_line)
        .map(tidy)
        .collect();
    let typical = typical_length(&lines);
    let is_spaced = parts_by_blank_lines(&lines);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    let mut after_lowered = false;
    let mut n_blank = 0;
    for line in &lines {
        if line.is_empty() {
            n_blank += 1;
            continue;
        }
        let lowers = is_lowered(paragraphs.last().filter(|_| open && n_blank == 0), line);
        if !lowers && is_dirt(line) {
            open = false;
            after_lowered = false;
            continue;
        }
        let joins = open
            && n_blank <= 1
            && (lowers
                || after_lowered && n_blank == 0 && !looks_like_heading(line)
                || is_spaced && n_blank == 0 && !stands_alone(paragraphs.last(), line)
                || continues(paragraphs.last(), line, n_blank, typical));
        match paragraphs.last_mut() {
            Some(last) if joins => {
                if last.ends_with(|ch: char| ch.is_ascii_alphabetic())
                    && line.starts_with(|ch: char| ch.is_ascii_alphabetic())
                {
                    last.push(' ');
                }
                last.push_str(line);
            }
            _ => paragraphs.push(line.clone()),
        }
        open = !line.ends_with(ENDS);
        after_lowered = lowers;
        n_blank = 0;
    }
    Cleaned { paragraphs }
}

/// True for the 2 of M₂ or the 2.5 of PM₂.₅, which a page that lowers them gives on a line of its own.
fn is_lowered(last: Option<&String>, line: &str) -> bool {
    let is_number = line.chars().count() <= MAX_LOWERED_CHARS
        && line.starts_with(|ch: char| ch.is_ascii_digit())
        && line.chars().all(|ch| ch.is_ascii_digit() || ch == '.');
    is_number && last.is_some_and(|last| last.ends_with(|ch: char| ch.is_ascii_alphabetic()))
}

/// A page saved as one line marks its paragraphs by two or more wide spaces (U+3000, U+2003, U+2002).
fn split_single_line(line: &str) -> Vec<&str> {
    if line.chars().count() < 400 {
        return vec![line];
    }
    let is_wide = |ch: char| matches!(ch, '\u{3000}' | '\u{2003}' | '\u{2002}');
    let mut parts = Vec::new();
    let mut start = 0;
    let mut run: Option<usize> = None;
    for (at, ch) in line.char_indices() {
        match (is_wide(ch), run) {
            (true, None) => run = Some(at),
            (false, Some(from)) => {
                if line[from..at].chars().count() >= 2 {
                    parts.push(&line[start..from]);
                    start = at;
                }
                run = None;
            }
            _ => {}
        }
    }
    parts.push(&line[start..]);
    parts
}

fn tidy(line: &str) -> String {
    let kept: String = line
        .chars()
        .filter(|ch| {
            !matches!(ch, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{ad}' | '\u{2060}')
                && (!ch.is_control() || *ch == '\t')
        })
        .map(|ch| if matches!(ch, '\u{a0}' | '\t') { ' ' } else { ch })
        .collect();
    kept.trim_matches(|ch: char| ch.is_whitespace()).to_owned()
}

/// Half the length of the longer lines; a line shorter than this ends a paragraph rather than being broken.
fn typical_length(lines: &[String]) -> usize {
    let mut lengths: Vec<usize> =
        lines.iter().map(|line| line.chars().count()).filter(|n_chars| *n_chars > 0).collect();
    lengths.sort_unstable();
    lengths.get(lengths.len() * 3 / 4).copied().unwrap_or(0) / 2
}

/// True for texts whose paragraphs are parted by blank lines, so that other line ends mean nothing.
fn parts_by_blank_lines(lines: &[String]) -> bool {
    let ends: Vec<usize> =
        (0..lines.len().saturating_sub(1)).filter(|&idx| lines[idx].ends_with('。')).collect();
    let n_blank = ends.iter().filter(|&&idx| lines[idx + 1].is_empty()).count();
    ends.len() >= MIN_ENDS && n_blank * 10 >= ends.len() * 8
}

/// True for lines that are never part of a paragraph with others.
fn stands_alone(last: Option<&String>, line: &str) -> bool {
    let is_alone = |line: &str| looks_like_heading(line) || line.starts_with('#');
    is_alone(line)
        || OPENING_LINES.iter().any(|opening| line.starts_with(opening))
        || last.is_none_or(|last| is_alone(last) && last.chars().count() <= MAX_HEADING_LINE_CHARS)
}

fn continues(last: Option<&String>, line: &str, n_blank: usize, typical: usize) -> bool {
    let Some(last) = last else { return false };
    if looks_like_heading(line)
        || OPENING_LINES.iter().any(|opening| line.starts_with(opening))
        || line.starts_with('#')
        || last.starts_with('#')
    {
        return false;
    }
    let last_char = last.chars().next_back();
    let next_char = line.chars().next();
    let broken_figure = last_char.is_some_and(|ch| {
        ch.is_ascii_digit() || matches!(ch, '，' | ',' | '、' | '（' | '“' | '—' | '-' | '.' | '％')
    }) || next_char.is_some_and(|ch| {
        matches!(ch, '，' | '。' | '、' | '；' | '）' | '”' | '％' | '%' | '万' | '亿' | '！' | '？')
    });
    if broken_figure && !looks_like_heading(last) {
        return true;
    }
    // A heading is short; a broken line is about as long as the others.
    n_blank == 0 && last.chars().count() >= typical.max(12) && !looks_like_heading(last) && typical <= 60
}

/// 一、…, （一）…, 第一章, 1.…
pub fn looks_like_heading(line: &str) -> bool {
    heading_rank(line).is_some()
}

/// 1 for 一、 and 第一章, 2 for （一）, 3 for 1. and 1、; Markdown by its number of `#`.
pub fn heading_rank(line: &str) -> Option<u8> {
    let is_number = |ch: char| "一二三四五六七八九十百".contains(ch);
    if let Some(rest) = line.strip_prefix('#') {
        let n_more = rest.chars().take_while(|ch| *ch == '#').count();
        return Some((n_more as u8 + 1).min(4));
    }
    let n_digits = line.chars().take_while(|ch| is_number(*ch)).count();
    if (1..=3).contains(&n_digits) {
        let rest: String = line.chars().skip(n_digits).take(1).collect();
        if matches!(rest.as_str(), "、" | "．" | "." | " " | "　") {
            return Some(1);
        }
    }
    if let Some(rest) = line.strip_prefix('第') {
        let n_digits = rest.chars().take_while(|ch| is_number(*ch)).count();
        let sign = rest.chars().nth(n_digits);
        if (1..=3).contains(&n_digits)
            && sign.is_some_and(|ch| matches!(ch, '章' | '编' | '部') || ch == '节')
        {
            let closes = rest.chars().nth(n_digits + 1).is_none_or(|ch| ch.is_whitespace() || ch == '分');
            return closes.then_some(1);
        }
    }
    if line.starts_with(['（', '(']) {
        let inside: String =
            line.chars().skip(1).take_while(|ch| *ch != '）' && *ch != ')').take(4).collect();
        let all = |test: fn(char) -> bool| !inside.is_empty() && inside.chars().all(test);
        if inside.chars().count() <= 3
            && (all(|ch| "一二三四五六七八九十".contains(ch)) || all(|ch| ch.is_ascii_digit()))
        {
            return Some(if inside.starts_with(|ch: char| ch.is_ascii_digit()) { 3 } else { 2 });
        }
    }
    let n_digits = line.chars().take_while(char::is_ascii_digit).count();
    if (1..=2).contains(&n_digits) {
        let rest: String = line.chars().skip(n_digits).take(2).collect();
        let mut rest = rest.chars();
        let sign = rest.next();
        let next = rest.next();
        if sign.is_some_and(|ch| matches!(ch, '、' | '．' | '.'))
            && next.is_some_and(|ch| !ch.is_ascii_digit())
        {
            return Some(3);
        }
    }
    None
}

/// True for lines that are no part of the report.
fn is_dirt(line: &str) -> bool {
    let bare: String = line
        .chars()
        .filter(|ch| !ch.is_whitespace() && !matches!(ch, '【' | '】' | '[' | ']' | '|'))
        .collect();
    let lower = bare.to_lowercase();
    let n_chars = bare.chars().count();
    if n_chars == 0 {
        return true;
    }
    if !bare.chars().any(char::is_alphanumeric) {
        return true;
    }
    if DIRT_LINES.contains(&lower.as_str()) || is_page_number(&bare) || is_timestamp(&bare) {
        return true;
    }
    let is_short = n_chars <= MAX_DIRT_CHARS;
    (is_short && DIRT_HEADS.iter().any(|head| lower.starts_with(head)))
        || DIRT_WORDS.iter().any(|word| lower.contains(word))
            && (is_short || lower.contains("本站") || lower.contains("著作权"))
}

/// — 3 —, 第3页, 3/12.
fn is_page_number(bare: &str) -> bool {
    let core = bare.trim_matches(['-', '—', '―', '–', '·', '.', '第', '页', '共', '/']);
    bare.chars().count() <= 10
        && !core.is_empty()
        && core.chars().all(|ch| ch.is_ascii_digit() || matches!(ch, '/' | '页' | '共' | '第' | ','))
}

/// 2026-01-31 07:00:44
fn is_timestamp(bare: &str) -> bool {
    bare.len() >= 8
        && bare.contains(['-', ':', '/'])
        && bare
            .chars()
            .all(|ch| ch.is_ascii_digit() || matches!(ch, '-' | ':' | '/' | '年' | '月' | '日' | '：'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(clean(text).paragraphs, expected, "{text}");
    }

    #[test]
    fn a_figure_broken_by_a_line_end_is_joined() {
        check("总量达到74.4\n万亿元，增长6.7%。\n下一段。", &["总量达到74.4万亿元，增长6.7%。", "下一段。"]);
    }

    #[test]
    fn a_lowered_number_on_a_line_of_its_own_is_part_of_its_word() {
        check(
            "货币政策保持稳健。广义货币M\n2\n增长9%，合理充裕。\n细颗粒物（PM\n2.5\n）浓度下降3%。",
            &["货币政策保持稳健。广义货币M2增长9%，合理充裕。", "细颗粒物（PM2.5）浓度下降3%。"],
        );
    }

    #[test]
    fn a_link_on_a_line_of_its_own_is_part_of_its_sentence() {
        let paragraph = "全年建成了很多很多东西。\n\n".repeat(10);
        let text = format!("{paragraph}新增\n宽带\n用户3.4亿，增长快。\n\n一、重点工作\n\n下一段。");
        assert_eq!(
            clean(&text).paragraphs[10..],
            ["新增宽带用户3.4亿，增长快。", "一、重点工作", "下一段。"]
        );
    }

    #[test]
    fn navigation_and_page_numbers_go() {
        check(
            "导航菜单\n\n正文一句。\n— 3 —\n【打印本页】\n来源：某日报\n2026-01-31 07:00:44",
            &["正文一句。"],
        );
    }

    #[test]
    fn headings_stand_alone() {
        check("一、2024年工作回顾\n过去一年很不平凡。", &["一、2024年工作回顾", "过去一年很不平凡。"]);
    }

    #[test]
    fn headings_have_ranks() {
        let rank = |line: &str| heading_rank(line);
        assert_eq!(
            [rank("一、回顾"), rank("（三）民生"), rank("1.就业"), rank("2.5%的增长"), rank("一是抓就业")],
            [Some(1), Some(2), Some(3), None, None]
        );
    }
}
