//! Exact values of numerals, Arabic and Chinese: 6.6万, 两亿零七百万, 五点六, 三十多万.

use rust_decimal::Decimal;

/// A numeral read off the beginning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numeral {
    /// Byte length, multipliers and 多, 余 inside included.
    pub len: usize,
    pub value: Decimal,
    /// 多, 余, 几 inside: the value is more than the numeral says.
    pub is_over: bool,
    /// Written in Arabic digits, at least at its beginning.
    pub is_arabic: bool,
    /// Number of numeral characters.
    pub n_chars: usize,
    /// Holds a multiplier (十 百 千 万 亿).
    pub has_multiplier: bool,
}

#[derive(Default)]
struct Sum {
    /// Sum of the finished 亿 and 万 groups.
    total: Decimal,
    /// The group below the next 万.
    section: Decimal,
    /// Digits read, not multiplied yet.
    current: Option<Decimal>,
    last_big: Decimal,
    last_unit: Decimal,
    /// 零 was read since the last multiplier.
    after_zero: bool,
    n_loose: u32,
}

impl Sum {
    fn digit(&mut self, digit: u32) {
        if digit == 0 && self.current.is_none() {
            self.after_zero = true;
        }
        let before = self.current.unwrap_or_default();
        self.current = Some(before * Decimal::TEN + Decimal::from(digit));
        self.n_loose += 1;
    }

    fn small(&mut self, unit: Decimal) {
        let current =
            self.current.take().unwrap_or(if self.n_loose == 0 { Decimal::ONE } else { Decimal::ZERO });
        let current = if current.is_zero() { Decimal::ONE } else { current };
        self.section = add(self.section, mul(current, unit));
        self.last_unit = unit;
        self.after_zero = false;
        self.n_loose = 0;
    }

    fn big(&mut self, unit: Decimal) {
        self.section = add(self.section, self.current.take().unwrap_or_default());
        if self.section.is_zero() && self.total.is_zero() {
            self.section = Decimal::ONE;
        }
        if self.total > Decimal::ZERO && unit >= self.last_big {
            self.total = mul(add(self.total, self.section), unit);
        } else {
            self.total = add(self.total, mul(self.section, unit));
        }
        self.section = Decimal::ZERO;
        self.last_big = unit;
        self.last_unit = unit;
        self.after_zero = false;
        self.n_loose = 0;
    }

    fn finish(mut self) -> Decimal {
        if let Some(current) = self.current.take() {
            // 两千四百五 is 2450: a loose last digit counts tenths of the multiplier before it.
            let is_short = self.n_loose == 1
                && !self.after_zero
                && self.last_unit > Decimal::TEN
                && current < Decimal::TEN;
            let current = if is_short { mul(current, self.last_unit / Decimal::TEN) } else { current };
            self.section = add(self.section, current);
        }
        add(self.total, self.section)
    }
}

fn add(a: Decimal, b: Decimal) -> Decimal {
    a.checked_add(b).unwrap_or(Decimal::MAX)
}

fn mul(a: Decimal, b: Decimal) -> Decimal {
    a.checked_mul(b).unwrap_or(Decimal::MAX)
}

/// The value of a Chinese digit, everyday or banker's.
pub fn chinese_digit(ch: char) -> Option<u32> {
    Some(match ch {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '俩' => 2,
        '三' | '叁' | '仨' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn small_unit(ch: char) -> Option<Decimal> {
    Some(match ch {
        '十' | '拾' => Decimal::TEN,
        '廿' => Decimal::from(20),
        '卅' => Decimal::from(30),
        '百' | '佰' => Decimal::ONE_HUNDRED,
        '千' | '仟' => Decimal::ONE_THOUSAND,
        _ => return None,
    })
}

fn big_unit(ch: char) -> Option<Decimal> {
    Some(match ch {
        '万' => Decimal::from(10_000),
        '亿' => Decimal::from(100_000_000),
        '兆' => Decimal::from(1_000_000_000_000u64),
        _ => return None,
    })
}

/// Reads the numeral at the beginning of normalized `text`; `None` when there is none.
pub fn read_numeral(text: &str) -> Option<Numeral> {
    let first = text.chars().next()?;
    if first.is_ascii_digit() {
        return read_arabic(text);
    }
    if matches!(first, '数' | '几') {
        return None;
    }
    if chinese_digit(first).is_none() && small_unit(first).is_none() && !(first == '百' || first == '千') {
        return None;
    }
    read_chinese(text)
}

fn read_arabic(text: &str) -> Option<Numeral> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mut len = n_digits;
    let fraction =
        text[len..].strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    if fraction > 0 {
        len += 1 + fraction;
    }
    let value: Decimal = text[..len].parse().ok()?;
    let mut sum = Sum { current: Some(value), ..Sum::default() };
    let mut is_over = false;
    let mut has_multiplier = false;
    loop {
        let rest = &text[len..];
        let Some(ch) = rest.chars().next() else { break };
        if let Some(unit) = big_unit(ch).filter(|_| ch != '兆' || !rest.starts_with("兆瓦")) {
            sum.big(unit);
            has_multiplier = true;
        } else if let Some(unit) = small_unit(ch).filter(|_| {
            !rest.starts_with("千瓦")
                && !rest.starts_with("千米")
                && !rest.starts_with("千克")
                && !rest.starts_with("千伏")
        }) {
            sum.small(unit);
            has_multiplier = true;
        } else if matches!(ch, '多' | '余' | '几') {
            let after = rest[ch.len_utf8()..].chars().next();
            let goes_on = after.is_some_and(|next| big_unit(next).is_some() || small_unit(next).is_some());
            if !goes_on && !has_multiplier && value < Decimal::TEN {
                break;
            }
            is_over = true;
        } else if ch == '零'
            && has_multiplier
            && rest['零'.len_utf8()..].starts_with(|next: char| next.is_ascii_digit())
        {
            // 1千零1
            let inner = &rest['零'.len_utf8()..];
            let n_digits = inner.bytes().take_while(u8::is_ascii_digit).count();
            sum.current = inner[..n_digits].parse().ok();
            sum.after_zero = true;
            len += '零'.len_utf8() + n_digits;
            continue;
        } else if ch.is_ascii_digit() && has_multiplier {
            let inner = rest.bytes().take_while(u8::is_ascii_digit).count();
            let after = rest[inner..].chars().next();
            let goes_on = after.is_some_and(|next| big_unit(next).is_some() || small_unit(next).is_some());
            // 4亿5000万 goes on, 1万2021年 does not.
            if !goes_on || sum.current.is_some() {
                break;
            }
            sum.current = rest[..inner].parse().ok();
            len += inner;
            continue;
        } else {
            break;
        }
        len += ch.len_utf8();
    }
    let n_chars = text[..len].chars().count();
    Some(Numeral { len, value: sum.finish().normalize(), is_over, is_arabic: true, n_chars, has_multiplier })
}

fn read_chinese(text: &str) -> Option<Numeral> {
    let mut sum = Sum::default();
    let mut len = 0;
    let mut n_chars = 0;
    let mut is_over = false;
    let mut has_multiplier = false;
    let mut decimals: Option<(Decimal, Decimal)> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, ch)) = chars.next() {
        let next = chars.peek().map(|(_, ch)| *ch);
        if let Some(digit) = chinese_digit(ch) {
            match &mut decimals {
                Some((fraction, scale)) => {
                    *scale /= Decimal::TEN;
                    *fraction += Decimal::from(digit) * *scale;
                }
                None => {
                    if sum.n_loose >= 9 {
                        break;
                    }
                    sum.digit(digit);
                }
            }
        } else if ch == '点'
            && decimals.is_none()
            && n_chars > 0
            && next.is_some_and(|next| chinese_digit(next).is_some())
        {
            decimals = Some((Decimal::ZERO, Decimal::ONE));
        } else if let Some(unit) = small_unit(ch).filter(|_| {
            decimals.is_none() && !text[at..].starts_with("千瓦") && !text[at..].starts_with("千米")
        }) {
            sum.small(unit);
            has_multiplier = true;
        } else if let Some(unit) = big_unit(ch).filter(|_| n_chars > 0 && !text[at..].starts_with("兆瓦")) {
            if let Some((fraction, _)) = decimals.take() {
                sum.current = Some(sum.current.unwrap_or_default() + fraction);
            }
            sum.big(unit);
            has_multiplier = true;
        } else if matches!(ch, '多' | '余' | '几') && has_multiplier && decimals.is_none() && !is_over {
            let closes = next.is_none_or(|next| !next.is_whitespace());
            if !closes {
                break;
            }
            is_over = true;
        } else {
            break;
        }
        n_chars += 1;
        len = at + ch.len_utf8();
    }
    if n_chars == 0 {
        return None;
    }
    let value = match decimals {
        Some((fraction, _)) => add(sum.finish(), fraction),
        None => sum.finish(),
    };
    Some(Numeral { len, value: value.normalize(), is_over, is_arabic: false, n_chars, has_multiplier })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: &str) {
        let numeral = read_numeral(text);
        assert_eq!(numeral.map(|numeral| numeral.value.to_string()), Some(value.to_owned()), "{text}");
    }

    #[test]
    fn a_multiplier_scales_the_value() {
        check("6.6万", "66000");
        check("1.4万亿", "1400000000000");
        check("4亿5000万", "450000000");
        check("5万4千6百", "54600");
    }

    #[test]
    fn chinese_numerals_have_exact_values() {
        check("两亿零七百万", "207000000");
        check("八千二百九十一", "8291");
        check("二百七十", "270");
        check("三十多万", "300000");
        check("五点六", "5.6");
        check("一点二六", "1.26");
        check("一九八二", "1982");
        check("十八", "18");
        check("百万", "1000000");
        check("近一万五千".trim_start_matches('近'), "15000");
        check("两千四百五", "2450");
        check("一千零五十", "1050");
        check("九万四", "94000");
    }
}
