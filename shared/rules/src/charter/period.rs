//! Periods of time as whole seconds.

use std::fmt;
use std::str::FromStr;

use event::{Malformed, harmless_line};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// The longest period: a hundred years.
const MAX: u64 = 100 * YEAR;

/// A span of time, at least a second and at most a hundred years: `14 days`, `12 hours`, `1 year`.
///
/// It counts seconds and knows no calendar: a month has 30 days and a year 365.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u64);

impl Period {
    /// How long, in seconds.
    pub fn seconds(self) -> u64 {
        self.0
    }
}

impl FromStr for Period {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || {
            Malformed::new(format!(
                "`{}` is no period such as `14 days`; it has a whole number and minutes, hours, days, weeks, months or \
                 years",
                harmless_line(text)
            ))
        };
        let (number, unit) = text.split_once(' ').ok_or_else(bad)?;
        let digits = (1..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
        if !digits || number.starts_with('0') {
            return Err(bad());
        }
        let number: u64 = number.parse().map_err(|_| bad())?;
        let unit = match unit.strip_suffix('s').unwrap_or(unit) {
            "second" => 1,
            "minute" => MINUTE,
            "hour" => HOUR,
            "day" => DAY,
            "week" => 7 * DAY,
            "month" => 30 * DAY,
            "year" => YEAR,
            _ => return Err(bad()),
        };
        match number.checked_mul(unit).filter(|seconds| *seconds <= MAX) {
            Some(seconds) => Ok(Period(seconds)),
            None => Err(Malformed::new("a period has at most 100 years")),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(YEAR, "year"), (DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second")];
        for (unit, name) in units {
            if self.0.checked_rem(unit) == Some(0) {
                let number = self.0.checked_div(unit).unwrap_or(0);
                return write!(f, "{number} {name}{}", if number == 1 { "" } else { "s" });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        let table = [
            ("14 days", 14 * DAY, "14 days"),
            ("2 weeks", 14 * DAY, "14 days"),
            ("1 week", 7 * DAY, "7 days"),
            ("3 months", 90 * DAY, "90 days"),
            ("12 months", 360 * DAY, "360 days"),
            ("1 year", YEAR, "1 year"),
            ("36 hours", 36 * HOUR, "36 hours"),
            ("90 minutes", 90 * MINUTE, "90 minutes"),
            ("1 second", 1, "1 second"),
            ("100 years", MAX, "100 years"),
        ];
        for (text, seconds, shown) in table {
            let period: Period = text.parse().unwrap();
            assert_eq!((period.seconds(), period.to_string().as_str()), (seconds, shown));
            assert_eq!(shown.parse(), Ok(period));
        }
        let no = [
            "",
            "14",
            "days",
            "14days",
            "14  days",
            " 14 days",
            "14 days ",
            "0 days",
            "07 days",
            "-1 day",
            "1.5 days",
            "101 years",
            "99999999999 days",
            "9999999999 years",
            "1 fortnight",
            "1 Day",
            "١ day",
            "1 dayss",
        ];
        for text in no {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
