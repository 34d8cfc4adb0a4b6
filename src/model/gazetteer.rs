//! Places and their usual names.

use std::collections::HashMap;

use crate::model::place::{Level, Place};
use crate::model::span::Span;

/// The longest name looked up, in characters.
const MAX_NAME_CHARS: usize = 15;

/// All places known, by every name they go by.
#[derive(Debug, Default)]
pub struct Gazetteer {
    places: Vec<Place>,
    /// Full names, own names and short names of two and more characters.
    by_name: HashMap<String, Vec<usize>>,
    /// One-character abbreviations: 渝, 川.
    by_abbreviation: HashMap<char, usize>,
}

impl Gazetteer {
    /// Reads the lines of `data/gazetteer.tsv`: path parts joined by `/`, level, short names joined by `,`.
    ///
    /// Comments (`#`) and lines of another shape are passed over.
    pub fn parse(tsv: &str) -> Gazetteer {
        let mut gazetteer = Gazetteer::default();
        for line in tsv.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(path), Some(level)) = (columns.next(), columns.next().and_then(level_named)) else {
                continue;
            };
            let shorts = columns.next().unwrap_or("");
            gazetteer.add(Place { path: path.split('/').map(str::to_owned).collect(), level }, shorts);
        }
        gazetteer
    }

    fn add(&mut self, place: Place, shorts: &str) {
        let idx = self.places.len();
        let mut names = vec![place.own_name().to_owned()];
        for from in 0..place.path.len() {
            names.push(place.path[from..].concat());
        }
        if let [province, .., own] = place.path.as_slice() {
            names.push(format!("{province}{own}"));
        }
        for short in shorts.split(',').map(str::trim).filter(|short| !short.is_empty()) {
            let mut chars = short.chars();
            match (chars.next(), chars.next()) {
                (Some(only), None) => {
                    self.by_abbreviation.entry(only).or_insert(idx);
                }
                _ => names.push(short.to_owned()),
            }
        }
        names.sort();
        names.dedup();
        for name in names {
            let known = self.by_name.entry(name).or_default();
            if !known.contains(&idx) {
                known.push(idx);
            }
        }
        self.places.push(place);
    }

    /// Places named in `text`, longest names first where they overlap; each with all it can be, widest first.
    ///
    /// One-character abbreviations are not looked for.
    pub fn find_in(&self, text: &str) -> Vec<(Span, Vec<Place>)> {
        let bounds: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at + 2 < bounds.len() + 1 {
            let longest = (2..=MAX_NAME_CHARS).rev().find_map(|n_chars| {
                let end = *bounds.get(at + n_chars)?;
                let places = self.by_name.get(&text[bounds[at]..end])?;
                Some((n_chars, end, places))
            });
            match longest {
                Some((n_chars, end, places)) => {
                    found.push((Span::new(bounds[at], end), self.sorted(places)));
                    at += n_chars;
                }
                None => at += 1,
            }
        }
        found
    }

    /// The abbreviation a question opens with, such as 渝 in 渝新增就业, or stands alone as a word.
    pub fn leading_abbreviation(&self, text: &str) -> Option<(Span, Vec<Place>)> {
        let mut chars = text.chars();
        let first = chars.next()?;
        let idx = *self.by_abbreviation.get(&first)?;
        let rest = chars.as_str();
        let stands_alone = rest.is_empty()
            || rest.starts_with(|ch: char| ch.is_ascii_digit() || ch == ' ' || ch == '的')
            || [
                "去年",
                "今年",
                "gdp",
                "新增",
                "全省",
                "城镇",
                "居民",
                "地区",
                "农村",
                "十四五",
                "省",
                "一般",
            ]
            .iter()
            .any(|next| rest.starts_with(next));
        stands_alone.then(|| (Span::new(0, first.len_utf8()), vec![self.places[idx].clone()]))
    }

    /// The places that go by exactly `name`, abbreviations included, widest first.
    pub fn candidates(&self, name: &str) -> Vec<Place> {
        if let Some(places) = self.by_name.get(name) {
            return self.sorted(places);
        }
        let mut chars = name.chars();
        match (chars.next(), chars.next()) {
            (Some(only), None) => {
                self.by_abbreviation.get(&only).map(|idx| vec![self.places[*idx].clone()]).unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// The widest place that goes by `name`.
    pub fn resolve(&self, name: &str) -> Option<Place> {
        self.candidates(name).into_iter().next()
    }

    /// The number of places.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Every name of two and more characters, with the places that go by it.
    pub fn names(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &Place>)> {
        self.by_name.iter().map(|(name, places)| (name.as_str(), places.iter().map(|&idx| &self.places[idx])))
    }

    fn sorted(&self, places: &[usize]) -> Vec<Place> {
        let mut places: Vec<Place> = places.iter().map(|&idx| self.places[idx].clone()).collect();
        places.sort_by_key(|place| place.level);
        places
    }
}

fn level_named(name: &str) -> Option<Level> {
    [Level::Country, Level::Province, Level::City, Level::County]
        .into_iter()
        .find(|level| level.name() == name.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "全国\tcountry\t中国\n重庆市\tprovince\t重庆,渝\n重庆市/渝中区\tcounty\t渝中\n内蒙古自治区/呼伦贝尔市/海拉尔区\tcounty\t海拉尔\n";

    fn check(text: &str, expected: &[&str]) {
        let gazetteer = Gazetteer::parse(LINES);
        let found: Vec<String> =
            gazetteer.find_in(text).iter().map(|(_, places)| places[0].full_name()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_place_goes_by_its_short_name() {
        check("渝中新增就业", &["重庆市渝中区"]);
        check("海拉尔2018年", &["内蒙古自治区呼伦贝尔市海拉尔区"]);
    }

    #[test]
    fn the_longest_name_wins() {
        check("重庆市渝中区政府", &["重庆市渝中区"]);
    }

    #[test]
    fn an_abbreviation_counts_only_at_the_beginning() {
        let gazetteer = Gazetteer::parse(LINES);
        assert!(gazetteer.leading_abbreviation("渝gdp").is_some());
        assert!(gazetteer.leading_abbreviation("渝湘高铁").is_none());
    }
}
