//! Shares and the smallest number that reaches them, without a float.

use std::fmt;
use std::str::FromStr;

use num_bigint::BigUint;
use num_traits::ToPrimitive;

use crate::Error;

/// A share of a whole, 0 to 1, as two integers: `2/3`, `75%`, `0.58`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    over: u64,
    under: u64,
}

const MOST: u64 = 1_000_000_000;

impl Share {
    /// `over` of `under`; both at most a thousand million.
    pub fn new(over: u64, under: u64) -> Result<Self, Error> {
        match under == 0 || over > under || under > MOST {
            true => Err(Error::terms("a share lies between 0 and 1")),
            false => Ok(Share { over, under }),
        }
    }

    /// The fewest of `of` that are at least this share, or more than it.
    pub fn needs(self, of: u64, strict: bool) -> u64 {
        let (over, under, of) = (u128::from(self.over), u128::from(self.under), u128::from(of));
        let product = over * of;
        let needs = match strict {
            true => product / under + 1,
            false => product.div_ceil(under),
        };
        u64::try_from(needs).unwrap_or(u64::MAX)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.over, self.under)
    }
}

impl FromStr for Share {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let (over, under) = fraction(text)?;
        Share::new(over, under)
    }
}

/// A fraction as people write it: `3/2`, `75%`, `0.58`, `1`; its parts at most a thousand million.
pub fn fraction(text: &str) -> Result<(u64, u64), Error> {
    let bad = || Error::terms("a share is written 2/3, 75% or 0.58");
    let (body, percent) = match text.strip_suffix('%') {
        Some(body) => (body, 100),
        None => (text, 1),
    };
    let number = |digits: &str| match digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        true => Err(bad()),
        false => digits.parse::<u64>().ok().filter(|n| *n <= MOST).ok_or_else(bad),
    };
    if let Some((over, under)) = body.split_once('/') {
        let under = number(under)?;
        return if percent == 1 && under > 0 { Ok((number(over)?, under)) } else { Err(bad()) };
    }
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    if body.contains('.') && part.is_empty() || part.len() > 6 {
        return Err(bad());
    }
    let unit = 10u64.pow(part.len() as u32);
    let part = if part.is_empty() { 0 } else { number(part)? };
    let over = number(whole)?.checked_mul(unit).and_then(|n| n.checked_add(part)).filter(|n| *n <= MOST);
    Ok((over.ok_or_else(bad)?, unit * percent))
}

/// The smallest number that is at least `over / under` times the square root of `of`.
pub fn needs_root(over: u64, under: u64, of: u64) -> u64 {
    let (over, under) = (BigUint::from(over), BigUint::from(under));
    // The smallest v with (v · under)² >= over² · of.
    let target = &over * &over * of;
    let square = &under * &under;
    let mut v = (&target / &square).sqrt();
    while &v * &v * &square < target {
        v += 1u32;
    }
    v.to_u64().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        for (text, over, under) in
            [("2/3", 2, 3), ("75%", 75, 100), ("0.58", 58, 100), ("66.5%", 665, 1000), ("1", 1, 1), ("0", 0, 1)]
        {
            assert_eq!(fraction(text).unwrap(), (over, under), "{text}");
        }
        for text in
            ["", "x", "1/0", "-1/2", "1/2%", ".5", "5.", "1e3", "4/3", "101%", "99999999999999", "0.1234567", "1/2/3"]
        {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    /// Every share k/d with d up to 60 of every whole up to 60: by the definition, not by rounding.
    #[test]
    fn every_small_share() {
        for under in 1..=60u64 {
            for over in 0..=under {
                let share = Share::new(over, under).unwrap();
                for of in 0..=60u64 {
                    for strict in [false, true] {
                        let reaches = |v: u64| if strict { v * under > over * of } else { v * under >= over * of };
                        let least = (0..=of + 1).find(|v| reaches(*v)).unwrap();
                        assert_eq!(share.needs(of, strict), least, "{over}/{under} of {of}, strict {strict}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_small_root() {
        for of in 0..=3000u64 {
            let least = (0..).find(|v| 4 * v * v >= 9 * of).unwrap();
            assert_eq!(needs_root(3, 2, of), least, "{of}");
        }
    }
}
