//! Shares as two integers, so that no float ever decides.

use std::fmt;
use std::str::FromStr;

use crate::{Malformed, fields::Number};

/// A share of a whole, 0 to 1, in lowest terms: `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ratio {
    over: u32,
    under: u32,
}

impl Ratio {
    /// A share; it is reduced to lowest terms.
    pub fn new(over: u32, under: u32) -> Result<Self, Malformed> {
        if under == 0 || over > under || under > 1_000_000 {
            return Err(Malformed::new("a share lies between 0 and 1, its parts below a million"));
        }
        let divisor = gcd(over, under);
        let part = |n: u32| n.checked_div(divisor).unwrap_or(n);
        Ok(Ratio { over: part(over), under: part(under) })
    }

    /// Upper and lower integer.
    pub fn parts(self) -> (u32, u32) {
        (self.over, self.under)
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    match a.checked_rem(b) {
        Some(rest) => gcd(b, rest),
        None => a,
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.over, self.under)
    }
}

impl FromStr for Ratio {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not a share such as 2/3", crate::harmless_line(text)));
        let (over, under) = text.split_once('/').ok_or_else(bad)?;
        let part = |digits: &str| digits.parse::<Number>().ok().and_then(|n| u32::try_from(n.0).ok()).ok_or_else(bad);
        Ratio::new(part(over)?, part(under)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lowest_terms() {
        assert_eq!(Ratio::new(50, 100).unwrap().to_string(), "1/2");
        assert_eq!(Ratio::new(0, 7).unwrap().to_string(), "0/1");
        for bad in ["3/2", "1/0", "1", "-1/2", "1/ 2", ""] {
            assert!(bad.parse::<Ratio>().is_err(), "{bad}");
        }
    }
}
