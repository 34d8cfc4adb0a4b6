//! Quotations in traditional characters, for readers who ask for a copy.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

static TRADITIONAL: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2t).ok());

/// `text` in traditional characters.
pub fn to_traditional(text: &str) -> String {
    TRADITIONAL.as_ref().map_or_else(|| text.to_owned(), |converter| converter.convert(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stay_and_characters_change() {
        assert_eq!(to_traditional("新增城镇就业6.6万人"), "新增城鎮就業6.6萬人");
    }
}
