//! Sounds of Chinese words, as typed without tones.

use pinyin::ToPinyinMulti;

/// Readings of one word beyond this many are left out; 长, 行, 重 have two each.
const MAX_READINGS: usize = 4;

/// The readings of `word`, each as its syllables; empty when a character has no sound.
///
/// ü is written v, as on a keyboard.
pub fn readings(word: &str) -> Vec<Vec<&'static str>> {
    let mut all: Vec<Vec<&'static str>> = vec![Vec::new()];
    for sounds in word.to_pinyin_multi() {
        let Some(sounds) = sounds else { return Vec::new() };
        let mut syllables: Vec<&'static str> = Vec::new();
        for sound in sounds {
            let plain = typed(sound.plain());
            if !syllables.contains(&plain) {
                syllables.push(plain);
            }
        }
        let mut longer = Vec::with_capacity(MAX_READINGS);
        for syllable in syllables {
            for known in &all {
                if longer.len() < MAX_READINGS {
                    let mut reading = known.clone();
                    reading.push(syllable);
                    longer.push(reading);
                }
            }
        }
        all = longer;
    }
    all.retain(|reading| !reading.is_empty());
    all
}

/// The first reading of `ch`; `None` when it has no sound.
pub fn first_reading(ch: char) -> Option<&'static str> {
    let sound = ch.to_pinyin_multi()?.into_iter().next()?;
    Some(typed(sound.plain()))
}

/// Keyboards have no ü.
fn typed(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        _ => syllable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_with_two_sounds_has_both_readings() {
        let all = readings("增长");
        assert!(all.contains(&vec!["zeng", "zhang"]) && all.contains(&vec!["zeng", "chang"]));
    }

    #[test]
    fn a_character_without_sound_gives_no_reading() {
        assert!(readings("GDP").is_empty());
    }
}
