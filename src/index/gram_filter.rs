//! What cannot stand in a text, told without reading it.

/// Bits of a filter: a sentence with what stands around it sets about a sixth of them.
const N_BITS: u32 = 2048;
const N_WORDS: usize = N_BITS as usize / 64;

/// A Bloom filter over the characters of a text and its pairs of neighbouring characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GramFilter([u64; N_WORDS]);

/// The bits a word sets, to be asked of many filters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GramKey(Vec<u16>);

impl GramKey {
    /// For a word that is to stand in one piece.
    pub fn of(word: &str) -> GramKey {
        let mut bits = Vec::new();
        each_gram(word, |bit| bits.push(bit as u16));
        GramKey(bits)
    }

    /// For characters that may stand anywhere.
    pub fn of_characters(word: &str) -> GramKey {
        GramKey(word.chars().map(|ch| bit_of('\0', ch) as u16).collect())
    }
}

impl GramFilter {
    /// The filter of `text`.
    pub fn of(text: &str) -> GramFilter {
        let mut filter = GramFilter([0; N_WORDS]);
        each_gram(text, |bit| filter.0[bit / 64] |= 1 << (bit % 64));
        filter
    }

    /// False when the word of `key` does not stand in the text; true when it may.
    pub fn may_hold(&self, key: &GramKey) -> bool {
        key.0.iter().all(|bit| self.0[usize::from(*bit) / 64] & (1 << (bit % 64)) != 0)
    }
}

/// The bits of the characters of `text` and of its pairs.
fn each_gram(text: &str, mut set: impl FnMut(usize)) {
    let mut last = '\0';
    for ch in text.chars() {
        set(bit_of('\0', ch));
        if last != '\0' {
            set(bit_of(last, ch));
        }
        last = ch;
    }
}

fn bit_of(first: char, second: char) -> usize {
    // Knuth's multiplicative hash; the upper bits are the mixed ones.
    let mixed = (first as u32).wrapping_mul(31).wrapping_add(second as u32).wrapping_mul(2_654_435_761);
    (mixed >> (u32::BITS - N_BITS.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_stands_in_a_text_may_be_held(before in "\\PC{0,20}", word in "\\PC{1,8}", after in "\\PC{0,20}") {
            let filter = GramFilter::of(&format!("{before}{word}{after}"));
            prop_assert!(filter.may_hold(&GramKey::of(&word)));
            prop_assert!(filter.may_hold(&GramKey::of_characters(&word)));
        }
    }

    #[test]
    fn most_of_what_does_not_stand_there_is_told() {
        let filter = GramFilter::of("全年城镇新增就业六万六千人，城镇调查失业率控制在百分之五以内。");
        let absent = ["粮食", "产量", "登记", "棚户区", "出口", "业就", "失就", "亩", "旅游", "森林覆盖率"];
        let n_told = absent.iter().filter(|word| !filter.may_hold(&GramKey::of(word))).count();
        assert!(n_told >= 9, "{n_told}");
    }

    #[test]
    fn characters_apart_may_be_held() {
        let filter = GramFilter::of("对外贸易");
        assert!(!filter.may_hold(&GramKey::of("外易")));
        assert!(filter.may_hold(&GramKey::of_characters("外易")));
    }
}
