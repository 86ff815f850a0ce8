//! Amounts: whole numbers of a unit's smallest part, written with the unit's decimals.

use std::fmt;
use std::str::FromStr;

use crate::Malformed;

/// The largest amount in smallest parts: what every JSON reader holds exactly.
pub const MAX_MINOR: i64 = (1 << 53) - 1;

/// The most decimals that a unit can have.
pub const MAX_PLACES: u8 = 9;

const MAX_UNIT: usize = 16;

/// A unit of account by its code: `hours`, `kWh`, `GB-months`; 1 to 16 ASCII letters, digits and `-`,
/// beginning with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(String);

/// A number of smallest parts, and how many decimals separate these from the unit.
///
/// `12.50` is 1250 parts with 2 places; `12.5` is another amount and fits another unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    /// Smallest parts, 0 to [`MAX_MINOR`].
    minor: i64,
    /// Decimals, 0 to [`MAX_PLACES`].
    places: u8,
}

impl Amount {
    /// An amount from smallest parts.
    pub fn new(minor: i64, places: u8) -> Result<Self, Malformed> {
        match (0..=MAX_MINOR).contains(&minor) && places <= MAX_PLACES {
            true => Ok(Amount { minor, places }),
            false => Err(Malformed::new("amount out of range")),
        }
    }

    /// The smallest parts.
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The decimals.
    pub fn places(self) -> u8 {
        self.places
    }

    /// In billionths of one, so that amounts of any decimals compare.
    pub fn billionths(self) -> i128 {
        let finer = u32::from(MAX_PLACES.saturating_sub(self.places));
        i128::from(self.minor).saturating_mul(10i128.saturating_pow(finer))
    }

    /// What a person typed, `5`, `2.5` or `2.50`, as an amount with this many decimals; more decimals
    /// than that are refused, never rounded.
    pub fn typed(text: &str, places: u8) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not an amount, such as 2 or 2.5", crate::harmless_line(text)));
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        if text.ends_with('.') {
            return Err(bad());
        }
        if decimals.len() > usize::from(places) {
            let least = Amount { minor: 1, places };
            return Err(Malformed::new(format!(
                "`{}` is finer than the smallest part, {least}",
                crate::harmless_line(text)
            )));
        }
        let padded = format!("{}{decimals:0<width$}", whole.trim_start_matches('0'), width = usize::from(places));
        if whole.is_empty() || padded.len() > 18 || !(whole.bytes().chain(decimals.bytes())).all(|b| b.is_ascii_digit())
        {
            return Err(bad());
        }
        let minor = if padded.is_empty() { 0 } else { padded.parse().map_err(|_| bad())? };
        Amount::new(minor, places)
    }

    /// Smallest parts, perhaps below zero, as a person reads them.
    pub fn show(minor: i128, places: u8) -> String {
        let sign = if minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", minor.unsigned_abs(), width = usize::from(places).saturating_add(1));
        let (whole, decimals) = digits.split_at(digits.len().saturating_sub(usize::from(places)));
        match decimals {
            "" => format!("{sign}{whole}"),
            _ => format!("{sign}{whole}.{decimals}"),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Amount::show(self.minor.into(), self.places))
    }
}

impl FromStr for Amount {
    type Err = Malformed;
    /// The one spelling that is signed: all decimals, no needless zeros.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let decimals = text.split_once('.').map_or(0, |(_, d)| d.len());
        let places = u8::try_from(decimals).unwrap_or(u8::MAX);
        let amount = Amount::typed(text, places)?;
        match amount.to_string() == text {
            true => Ok(amount),
            false => {
                Err(Malformed::new(format!("`{}` is not the one spelling of an amount", crate::harmless_line(text))))
            }
        }
    }
}

impl Unit {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Unit {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fits = text.len() <= MAX_UNIT
            && text.starts_with(|c: char| c.is_ascii_alphabetic())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        match fits {
            true => Ok(Unit(text.to_owned())),
            false => Err(Malformed::new(format!("`{}` is not a unit", crate::harmless_line(text)))),
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_and_shown() {
        let table = [("5", 2, "5.00"), ("2.5", 2, "2.50"), ("0", 0, "0"), ("007", 0, "7"), ("0.05", 2, "0.05")];
        for (typed, places, shown) in table {
            let amount = Amount::typed(typed, places).unwrap();
            assert_eq!(amount.to_string(), shown);
            assert_eq!(shown.parse(), Ok(amount));
        }
        assert_eq!(Amount::show(-5, 2), "-0.05");
        assert_eq!(Amount::typed("2.5", 2).unwrap().billionths(), 2_500_000_000);
    }

    #[test]
    fn no_other_spelling() {
        for bad in ["", ".", "5.", ".5", "-1", "+1", "1e3", "01", "1,5", "٣", "9007199254740992", "1.0000000000"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad}");
        }
        assert!(Amount::typed("1.234", 2).is_err());
        assert!("9007199254740991".parse::<Amount>().is_ok());
    }
}
