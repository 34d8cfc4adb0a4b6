//! Which places and years a chat asks of.

use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};

use crate::analysis::normalize::normalize;
use crate::model::place::Place;
use crate::model::report::ReportInfo;
use crate::storage::ChatSettings;
use crate::transports::telegram::api::Fault;
use crate::transports::telegram::asking::plain;
use crate::transports::telegram::bot::{Bot, reply_target};
use crate::transports::telegram::buttons::{Press, print};
use crate::transports::telegram::commands::{may_set, page_row, save_and_say};
use crate::transports::telegram::html::Html;
use crate::transports::telegram::incoming::Message;
use crate::transports::words::{Notice, Words};

/// Places on one page of buttons.
const PAGE: usize = 8;
const PLACES_A_ROW: usize = 2;
const YEARS_A_ROW: usize = 4;
/// Years offered as buttons, newest first; older ones can be written.
const N_YEARS: usize = 8;

/// `/scope`: sets what is named, or offers what is loaded.
///
/// # Errors
/// When the reply could not be sent.
pub async fn choose_scope(
    bot: &Bot,
    message: &Message,
    mut settings: ChatSettings,
    text: &str,
    words: &Words,
) -> Result<(), Fault> {
    if !may_set(bot, message, &settings, words).await? {
        return Ok(());
    }
    let answerer = bot.desk.answerer();
    if text.is_empty() {
        let (html, buttons) = scope_page(answerer.reports(), &settings, 0, words);
        let target = reply_target(message, &settings);
        return bot.outbox.send(target, &html.render(), Some(buttons.into())).await.map(|_| ());
    }
    match read_scope(answerer.reports(), text) {
        Ok((places, years)) => {
            settings.places = places;
            settings.years = years;
            let told = words.scope(&settings.places, &settings.years);
            save_and_say(bot, message, &settings, &told, words).await
        }
        Err(name) => {
            let text = words.notice(Notice::NoSuchScope { name });
            bot.outbox.send(reply_target(message, &settings), &plain(&text), None).await.map(|_| ())
        }
    }
}

/// Reads `青海 2025`; `全部` and `all` mean everything.
///
/// # Errors
/// The first word that names neither a place nor a year with reports.
fn read_scope<'t>(reports: &[ReportInfo], text: &'t str) -> Result<(Vec<String>, Vec<u16>), &'t str> {
    let mut places = Vec::new();
    let mut years = Vec::new();
    let is_between = |ch: char| ch.is_whitespace() || matches!(ch, ',' | '，' | '、');
    for name in text.split(is_between).filter(|name| !name.is_empty()) {
        let plain = normalize(name).text().to_owned();
        if matches!(plain.as_str(), "全部" | "all" | "清除" | "所有") {
            return Ok((Vec::new(), Vec::new()));
        }
        let year = plain.trim_end_matches('年').parse::<u16>().ok();
        if let Some(year) = year.filter(|year| years_of(reports).contains(year)) {
            push(&mut years, year);
        } else if let Some(place) = place_named(reports, &plain) {
            push(&mut places, place.full_name());
        } else {
            return Err(name);
        }
    }
    Ok((places, years))
}

fn push<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if !list.contains(&value) {
        list.push(value);
    }
}

/// The widest place with reports that goes by `name`, in full or without its last characters.
fn place_named<'r>(reports: &'r [ReportInfo], name: &str) -> Option<&'r Place> {
    let is_long_enough = name.chars().nth(1).is_some();
    let mut named: Vec<&Place> = places_of(reports)
        .into_iter()
        .filter(|place| {
            place.full_name() == name
                || place.own_name() == name
                || (is_long_enough && place.own_name().starts_with(name))
        })
        .collect();
    named.sort_by_key(|place| (place.own_name() != name && place.full_name() != name, place.level));
    named.first().copied()
}

fn places_of(reports: &[ReportInfo]) -> Vec<&Place> {
    let mut places: Vec<&Place> = Vec::new();
    for place in reports.iter().filter_map(|info| info.place.as_ref()) {
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

fn years_of(reports: &[ReportInfo]) -> Vec<u16> {
    let mut years: Vec<u16> = reports.iter().filter_map(|info| info.year).map(|year| year.get()).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    years
}

/// The scope in force with buttons to change it; chosen ones are marked.
pub fn scope_page(
    reports: &[ReportInfo],
    settings: &ChatSettings,
    page: usize,
    words: &Words,
) -> (Html, InlineKeyboardMarkup) {
    let places = places_of(reports);
    let n_pages = places.len().div_ceil(PAGE).max(1);
    let page = page.min(n_pages - 1);
    let button = |is_chosen: bool, label: String, press: Press| {
        let mark = if is_chosen { "✓ " } else { "" };
        InlineKeyboardButton::callback(format!("{mark}{label}"), press.data())
    };
    let place_buttons: Vec<InlineKeyboardButton> = places
        .iter()
        .skip(page * PAGE)
        .take(PAGE)
        .map(|place| {
            let name = place.full_name();
            let press = Press::ScopePlace { print: print(&name), page };
            button(settings.places.contains(&name), place.own_name().to_owned(), press)
        })
        .collect();
    let year_buttons: Vec<InlineKeyboardButton> = years_of(reports)
        .into_iter()
        .take(N_YEARS)
        .map(|year| button(settings.years.contains(&year), year.to_string(), Press::ScopeYear { year, page }))
        .collect();
    let mut rows: Vec<Vec<InlineKeyboardButton>> =
        place_buttons.chunks(PLACES_A_ROW).map(<[_]>::to_vec).collect();
    if n_pages > 1 {
        rows.push(page_row(page, n_pages, |page| Press::ScopePage { page }));
    }
    rows.extend(year_buttons.chunks(YEARS_A_ROW).map(<[_]>::to_vec));
    let is_all = settings.places.is_empty() && settings.years.is_empty();
    rows.push(vec![button(is_all, words.all_button().to_owned(), Press::ScopeAll)]);
    let mut html = Html::new();
    html.bold(&words.scope(&settings.places, &settings.years)).text("\n").text(words.scope_hint());
    (html, InlineKeyboardMarkup::new(rows))
}

/// What pressing `press` makes of the scope; gives the page to show, `None` when the button is of other reports.
pub fn press_scope(reports: &[ReportInfo], settings: &mut ChatSettings, press: Press) -> Option<usize> {
    match press {
        Press::ScopePage { page } => Some(page),
        Press::ScopeAll => {
            settings.places.clear();
            settings.years.clear();
            Some(0)
        }
        Press::ScopePlace { print: pressed, page } => {
            let name =
                places_of(reports).into_iter().map(Place::full_name).find(|name| print(name) == pressed)?;
            toggle(&mut settings.places, name);
            Some(page)
        }
        Press::ScopeYear { year, page } => {
            toggle(&mut settings.years, year);
            Some(page)
        }
        _ => None,
    }
}

fn toggle<T: PartialEq>(list: &mut Vec<T>, value: T) {
    match list.iter().position(|known| *known == value) {
        Some(at) => {
            list.remove(at);
        }
        None => list.push(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Level;
    use crate::model::report::{DocumentKind, ReportYear};

    fn reports() -> Vec<ReportInfo> {
        let report = |path: &[&str], level, year| ReportInfo {
            id: format!("{year}"),
            file: String::new(),
            title: String::new(),
            kind: DocumentKind::WorkReport,
            place: Some(Place { path: path.iter().map(|part| (*part).to_owned()).collect(), level }),
            year: ReportYear::new(year),
            date: None,
        };
        vec![
            report(&["青海省"], Level::Province, 2025),
            report(&["青海省"], Level::Province, 2026),
            report(&["重庆市", "渝中区"], Level::County, 2023),
        ]
    }

    fn check(text: &str, expected: Result<(&[&str], &[u16]), &str>) {
        let read = read_scope(&reports(), text);
        let expected = expected.map(|(places, years)| {
            (places.iter().map(|place| (*place).to_owned()).collect(), years.to_vec())
        });
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn a_scope_is_read_from_names_and_years() {
        check("青海 2025", Ok((&["青海省"], &[2025])));
        check("渝中、2023年", Ok((&["重庆市渝中区"], &[2023])));
        check("重慶市渝中區", Ok((&["重庆市渝中区"], &[])));
        check("全部", Ok((&[], &[])));
        check("青海 广州", Err("广州"));
        check("1999", Err("1999"));
    }

    #[test]
    fn a_button_takes_a_place_in_and_out() {
        let mut settings = ChatSettings::default();
        let press = Press::ScopePlace { print: print("青海省"), page: 0 };
        assert_eq!(press_scope(&reports(), &mut settings, press), Some(0));
        assert_eq!(settings.places, ["青海省"]);
        let (_, buttons) = scope_page(&reports(), &settings, 0, &Words::default());
        assert_eq!(buttons.inline_keyboard[0][0].text, "✓ 青海省");
        press_scope(&reports(), &mut settings, press);
        assert!(settings.places.is_empty());
        assert_eq!(press_scope(&reports(), &mut settings, Press::ScopePlace { print: 1, page: 0 }), None);
    }
}
