//! Places a report speaks for.

use serde::{Deserialize, Serialize};

/// Administrative level, widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    Country,
    Province,
    City,
    County,
}

impl Level {
    /// The name used in JSON and in `data/gazetteer.tsv`.
    pub fn name(self) -> &'static str {
        match self {
            Level::Country => "country",
            Level::Province => "province",
            Level::City => "city",
            Level::County => "county",
        }
    }
}

/// One place of the gazetteer, named in full from the widest part down.
///
/// `path` is `["重庆市", "渝中区"]`, `["内蒙古自治区", "呼伦贝尔市", "海拉尔区"]`, `["全国"]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    pub path: Vec<String>,
    pub level: Level,
}

impl Place {
    /// The name as a reader writes it: `重庆市渝中区`.
    pub fn full_name(&self) -> String {
        self.path.concat()
    }

    /// The last part: `渝中区`.
    pub fn own_name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// True when `self` is `other` or lies above it.
    pub fn covers(&self, other: &Place) -> bool {
        self.level == Level::Country || other.path.starts_with(&self.path)
    }
}
