//! Claimed times: whole seconds, written as RFC 3339 in UTC.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::Malformed;

const LAST: i64 = 253_370_764_800; // 9999-01-01T00:00:00Z

/// Seconds since 1970 in UTC, up to the year 9999. A claim of the device that signs it, never a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From seconds since 1970.
    pub fn new(seconds: i64) -> Result<Self, Malformed> {
        match (0..=LAST).contains(&seconds) {
            true => Ok(Time(seconds)),
            false => Err(Malformed::new("time out of range")),
        }
    }

    /// The nearest time that can be claimed.
    pub fn clamped(seconds: i64) -> Self {
        Time(seconds.clamp(0, LAST))
    }

    /// Seconds since 1970.
    pub fn seconds(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = Timestamp::from_second(self.0).map_err(|_| fmt::Error)?;
        write!(f, "{stamp}")
    }
}

impl FromStr for Time {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad =
            || Malformed::new(format!("`{}` is not a time such as 2026-03-01T18:00:00Z", crate::harmless_line(text)));
        let stamp: Timestamp = text.parse().map_err(|_| bad())?;
        let time = Time::new(stamp.as_second())?;
        (time.to_string() == text).then_some(time).ok_or_else(bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for seconds in [0, 1, 1_795_327_442, LAST] {
            let time = Time::new(seconds).unwrap();
            assert_eq!(time.to_string().parse(), Ok(time));
        }
        assert_eq!(Time::new(0).unwrap().to_string(), "1970-01-01T00:00:00Z");
        assert!("1970-01-01T01:00:00+01:00".parse::<Time>().is_err());
        assert!(Time::new(-1).is_err());
    }
}
