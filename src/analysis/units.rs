//! Units and their classes, from `data/units.toml`.

use std::collections::HashMap;
use std::sync::LazyLock;

const UNITS: &str = include_str!("../../data/units.toml");
/// The longest unit, in characters.
const MAX_UNIT_CHARS: usize = 8;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitClass {
    People,
    Money,
    Count,
    Length,
    Area,
    Volume,
    Mass,
    Energy,
    Percent,
    Duration,
    Age,
    Multiple,
    Rank,
    Data,
    Temperature,
    Speed,
    Score,
    Other,
}

static CLASSES: LazyLock<HashMap<String, UnitClass>> = LazyLock::new(|| {
    // The tests read the bundled file, so an error here cannot reach a user.
    let file: HashMap<String, Vec<String>> = toml::from_str(UNITS).unwrap_or_default();
    file.into_iter()
        .flat_map(|(class, units)| units.into_iter().map(move |unit| (unit, class_named(&class))))
        .collect()
});

fn class_named(name: &str) -> UnitClass {
    match name {
        "people" => UnitClass::People,
        "money" => UnitClass::Money,
        "count" => UnitClass::Count,
        "length" => UnitClass::Length,
        "area" => UnitClass::Area,
        "volume" => UnitClass::Volume,
        "mass" => UnitClass::Mass,
        "energy" => UnitClass::Energy,
        "percent" => UnitClass::Percent,
        "duration" => UnitClass::Duration,
        "age" => UnitClass::Age,
        "multiple" => UnitClass::Multiple,
        "rank" => UnitClass::Rank,
        "data" => UnitClass::Data,
        "temperature" => UnitClass::Temperature,
        "speed" => UnitClass::Speed,
        "score" => UnitClass::Score,
        _ => UnitClass::Other,
    }
}

/// The class of `unit`; [`UnitClass::Other`] for unknown ones and for none.
pub fn unit_class(unit: &str) -> UnitClass {
    CLASSES.get(unit).copied().unwrap_or(UnitClass::Other)
}

/// The longest unit at the beginning of `text`; `""` when there is none.
pub fn unit_at(text: &str) -> &str {
    let mut ends = [0usize; MAX_UNIT_CHARS];
    let mut n_ends = 0;
    for (at, ch) in text.char_indices().take(MAX_UNIT_CHARS) {
        ends[n_ends] = at + ch.len_utf8();
        n_ends += 1;
    }
    ends[..n_ends]
        .iter()
        .rev()
        .map(|&end| &text[..end])
        .find(|unit| CLASSES.contains_key(*unit))
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_units_are_read() {
        assert_eq!(unit_class("人次"), UnitClass::People);
        assert_eq!(unit_at("个百分点，"), "个百分点");
        assert_eq!(unit_at("元/吨"), "元/吨");
    }
}
