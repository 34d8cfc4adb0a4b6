//! Title, place, year and date of a report.

use crate::ingest::Hints;
use crate::ingest::clean::Cleaned;
use crate::model::gazetteer::Gazetteer;
use crate::model::place::{Level, Place};
use crate::model::report::{DocumentKind, ReportYear};

/// Paragraphs at the beginning that can name place, date and title.
const N_HEAD: usize = 8;
const MAX_TITLE_CHARS: usize = 60;

/// What a document says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub title: String,
    pub kind: DocumentKind,
    pub place: Option<Place>,
    pub year: Option<ReportYear>,
    pub date: Option<String>,
}

/// Reads title, place and year off the first paragraphs, the file name and the operator's hints.
pub fn read_source(cleaned: &Cleaned, file_name: &str, hints: &Hints, gazetteer: &Gazetteer) -> Source {
    let head: Vec<String> = cleaned.paragraphs.iter().take(N_HEAD).map(|line| without_spaces(line)).collect();
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let (file_year, file_rest) = year_of_name(stem);
    let says_report =
        |text: &str| text.contains("政府工作报告") || text.contains("工作报告") && text.contains("政府");
    let is_report = says_report(stem)
        || head.iter().any(|line| {
            let is_title = says_report(line) && line.chars().count() <= MAX_TITLE_CHARS;
            // 现在，我代表省人民政府向大会报告工作，请予审议
            let opens = line.contains("我代表")
                && ["政府", "国务院"].iter().any(|word| line.contains(word))
                && line.contains("报告");
            is_title || opens
        })
        || (file_year.is_some() && gazetteer.resolve(file_rest).is_some());
    let kind = if is_report { DocumentKind::WorkReport } else { DocumentKind::Other };
    let title_line = head.iter().find(|line| {
        says_report(line)
            && line.chars().count() <= MAX_TITLE_CHARS
            && !line.contains("各位代表")
            && !line.contains('。')
    });
    let date = head.iter().filter(|line| line.chars().count() <= 90).find_map(|line| date_in(line));
    let hinted_place = hints.place.as_deref().and_then(|name| gazetteer.resolve(name));
    let file_place = || gazetteer.resolve(file_rest).or_else(|| leading_place(gazetteer, file_rest));
    let (place, year) = if is_report {
        let place = hinted_place.or_else(file_place).or_else(|| place_in_head(gazetteer, &head));
        let year = hints
            .year
            .or(file_year)
            .or_else(|| date.as_ref().and_then(|date| date[..4].parse().ok()))
            .or_else(|| reviewed_year(cleaned));
        (place, year)
    } else {
        (hinted_place, hints.year.or(file_year.filter(|_| hints.place.is_some())))
    };
    let year = year.and_then(ReportYear::new);
    let title = title_of(title_line, kind, cleaned, place.as_ref(), year, stem);
    Source { title, kind, place, year, date }
}

fn without_spaces(line: &str) -> String {
    line.chars().filter(|ch| !ch.is_whitespace()).collect()
}

fn title_of(
    title_line: Option<&String>,
    kind: DocumentKind,
    cleaned: &Cleaned,
    place: Option<&Place>,
    year: Option<ReportYear>,
    stem: &str,
) -> String {
    let first = cleaned.paragraphs.first().map_or(stem, String::as_str).trim_start_matches('#').trim();
    match kind {
        DocumentKind::Other => first.chars().take(MAX_TITLE_CHARS).collect(),
        DocumentKind::WorkReport => {
            let bare = |line: &str| matches!(line, "政府工作报告" | "工作报告");
            if let Some(line) = title_line.filter(|line| !bare(line)) {
                return line.trim_start_matches('#').to_owned();
            }
            let place = match place {
                Some(place) if place.level == Level::Country => "国务院".to_owned(),
                Some(place) => place.full_name(),
                None => String::new(),
            };
            let year = year.map_or_else(String::new, |year| format!("（{}年）", year.get()));
            format!("{place}政府工作报告{year}")
        }
    }
}

/// 2026_青海省 → 2026 and 青海省; 1983政府工作报告_赵紫阳 → 1983 and the rest.
fn year_of_name(stem: &str) -> (Option<u16>, &str) {
    let Some(digits) = stem.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) else {
        return (None, stem);
    };
    let rest = stem[4..].trim_start_matches(['_', '-', ' ', '年']);
    (digits.parse().ok().filter(|year| (1949..=2099).contains(year)), rest)
}

/// 2023年2月1日 → 2023-02-01.
fn date_in(line: &str) -> Option<String> {
    line.match_indices('年').find_map(|(at, _)| {
        let year = line
            .get(at.checked_sub(4)?..at)?
            .parse::<u16>()
            .ok()
            .filter(|year| (1949..=2099).contains(year))?;
        let rest = &line[at + '年'.len_utf8()..];
        let (month, rest) = rest.split_once('月')?;
        let (day, _) = rest.split_once('日')?;
        let month: u8 = month.parse().ok().filter(|month| (1..=12).contains(month))?;
        let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
        Some(format!("{year:04}-{month:02}-{day:02}"))
    })
}

/// The narrowest place that one of the first lines names as the government's or the congress's.
fn place_in_head(gazetteer: &Gazetteer, head: &[String]) -> Option<Place> {
    if head.iter().any(|line| line.contains("国务院") && !line.contains("决策部署"))
        && !head.iter().any(|line| line.contains("人民政府"))
    {
        return gazetteer.resolve("全国");
    }
    head.iter()
        .filter(|line| {
            line.contains("政府")
                || line.contains("人民代表大会")
                || line.contains("市长")
                || line.contains("省长")
        })
        .filter_map(|line| {
            let end = line
                .find("人民政府")
                .or_else(|| line.find("人民代表大会"))
                .or_else(|| line.find("市长"))
                .or_else(|| line.find("政府"))
                .unwrap_or(line.len());
            widest_last(gazetteer, &line[..end])
        })
        .max_by_key(|place| place.level)
}

/// The place a file name opens with; names of persons later in it are no places.
fn leading_place(gazetteer: &Gazetteer, text: &str) -> Option<Place> {
    let found = gazetteer.find_in(text);
    let (span, _) = found.first().filter(|(span, _)| span.start == 0)?;
    let mut end = span.end;
    for (next, _) in found.iter().skip(1) {
        if next.start != end {
            break;
        }
        end = next.end;
    }
    widest_last(gazetteer, &text[..end as usize])
}

/// The last place named, read under the one named before it: 呼伦贝尔市海拉尔区.
fn widest_last(gazetteer: &Gazetteer, text: &str) -> Option<Place> {
    let found = gazetteer.find_in(text);
    let (_, candidates) = found.last()?;
    let before: Vec<&Place> = found.iter().rev().skip(1).flat_map(|(_, places)| places).collect();
    let under = candidates
        .iter()
        .find(|place| before.iter().any(|above| above.covers(place) && above.level < place.level));
    under.or_else(|| candidates.first()).cloned()
}

/// 一、2024年工作回顾 says that the report is of 2025.
fn reviewed_year(cleaned: &Cleaned) -> Option<u16> {
    cleaned.paragraphs.iter().filter(|line| line.chars().count() <= 40).find_map(|line| {
        let at = line
            .find("年工作回顾")
            .or_else(|| line.find("年的工作回顾"))
            .or_else(|| line.find("年政府工作回顾"))?;
        line.get(at.checked_sub(4)?..at)?.parse::<u16>().ok().map(|year| year + 1)
    })
}
