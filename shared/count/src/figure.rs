//! The figures of a result: exact rationals, shown as the rule shows them.

use std::fmt;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// A figure: its exact value, and how many decimals the rule shows (none: an integer or `a/b`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    value: BigRational,
    places: Option<u8>,
}

impl Figure {
    /// A whole number.
    pub fn whole(n: impl Into<BigInt>) -> Self {
        Figure::exact(BigRational::from_integer(n.into()))
    }

    /// A fraction, shown as `a/b`.
    pub fn exact(value: BigRational) -> Self {
        Figure { value, places: None }
    }

    /// A figure shown with so many decimals; what lies beyond is rounded to the nearest, halves up.
    pub fn decimal(value: BigRational, places: u8) -> Self {
        Figure { value, places: Some(places) }
    }

    /// As shown by a rule: decimals or a fraction.
    pub(crate) fn of(value: &BigRational, places: Option<u8>) -> Self {
        Figure { value: value.clone(), places }
    }

    /// The exact value.
    pub fn value(&self) -> &BigRational {
        &self.value
    }

    /// The value, where it is a whole number that a `u64` holds.
    pub fn to_u64(&self) -> Option<u64> {
        self.value.is_integer().then(|| self.value.numer().to_u64()).flatten()
    }
}

impl From<u64> for Figure {
    fn from(n: u64) -> Self {
        Figure::whole(n)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(places) = self.places else {
            return match self.value.is_integer() {
                true => write!(f, "{}", self.value.numer()),
                false => write!(f, "{}/{}", self.value.numer(), self.value.denom()),
            };
        };
        let unit = ten_to(places.into());
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        let units = (self.value.abs() * &unit + half).floor().to_integer();
        let sign = if self.value.is_negative() && !units.is_zero() { "-" } else { "" };
        let (whole, part) = (&units / &unit, &units % &unit);
        match places {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{:0>width$}", part.to_string(), width = places.into()),
        }
    }
}

/// 10 to the power of `n`.
pub(crate) fn ten_to(n: u32) -> BigInt {
    BigInt::from(10).pow(n)
}

/// A whole number as a rational.
pub(crate) fn ratio(n: u64) -> BigRational {
    BigRational::from_integer(n.into())
}

/// Cuts off what lies beyond so many decimals; nothing is cut off where the rule is exact.
pub(crate) fn cut(value: BigRational, places: Option<u8>) -> BigRational {
    match places {
        None => value,
        Some(places) => {
            let unit = BigRational::from_integer(ten_to(places.into()));
            (value * &unit).floor() / unit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown() {
        let third = BigRational::new(61.into(), 3.into());
        assert_eq!(Figure::exact(third.clone()).to_string(), "61/3");
        assert_eq!(Figure::decimal(third.clone(), 4).to_string(), "20.3333");
        assert_eq!(Figure::decimal(cut(third, Some(0)), 2).to_string(), "20.00");
        assert_eq!(Figure::decimal(BigRational::new(11.into(), 3.into()), 3).to_string(), "3.667");
        assert_eq!(Figure::decimal(BigRational::new((-1).into(), 2.into()), 1).to_string(), "-0.5");
        assert_eq!(Figure::whole(7).to_string(), "7");
    }
}
