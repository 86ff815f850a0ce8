//! A moment as people mean it who meet: the clock on the wall of a place, and which place's clock that is.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil, tz};

use crate::{Malformed, Time};

const MAX_ZONE: usize = 64;
const FORM: &str = "a moment such as 2026-12-01T18:00:00+01:00[Europe/Berlin]";

/// A local time with its offset and the name of its time zone, by RFC 9557: `2026-12-01T18:00:00+01:00[Europe/Berlin]`.
///
/// The offset makes it one instant, whatever the reader's table of zones says; the zone says whose clock is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    local: civil::DateTime,
    /// Minutes east of Greenwich.
    offset: i32,
    zone: String,
    instant: Time,
}

impl Moment {
    /// From a local time, its offset in minutes east of Greenwich, and the zone's name.
    pub fn new(local: civil::DateTime, offset: i32, zone: &str) -> Result<Self, Malformed> {
        format!("{}{}[{zone}]", local.strftime("%Y-%m-%dT%H:%M:%S"), Offset(offset)).parse()
    }

    /// The instant, by the offset.
    pub fn instant(&self) -> Time {
        self.instant
    }

    /// The clock on the wall.
    pub fn local(&self) -> civil::DateTime {
        self.local
    }

    /// The name of the zone, `Europe/Berlin`.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Minutes east of Greenwich.
    pub fn offset(&self) -> i32 {
        self.offset
    }
}

struct Offset(i32);

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.unsigned_abs();
        write!(f, "{}{:02}:{:02}", if self.0 < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}[{}]", self.local.strftime("%Y-%m-%dT%H:%M:%S"), Offset(self.offset), self.zone)
    }
}

impl FromStr for Moment {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not {FORM}", crate::harmless_line(text)));
        let (stamp, zone) = text.strip_suffix(']').and_then(|rest| rest.split_once('[')).ok_or_else(bad)?;
        let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'+' | b'-');
        if zone.is_empty() || zone.len() > MAX_ZONE || !zone.bytes().all(letter) || !stamp.is_ascii() {
            return Err(bad());
        }
        let (local, offset) = stamp.split_at_checked("2026-12-01T18:00:00".len()).ok_or_else(bad)?;
        let local: civil::DateTime = local.parse().map_err(|_| bad())?;
        let minutes = minutes(offset).ok_or_else(bad)?;
        let seconds = minutes.checked_mul(60).ok_or_else(bad)?;
        let east = tz::Offset::from_seconds(seconds).map_err(|_| bad())?;
        let instant: Timestamp = east.to_timestamp(local).map_err(|_| bad())?;
        let instant = Time::new(instant.as_second())?;
        let moment = Moment { local, offset: minutes, zone: zone.to_owned(), instant };
        (moment.to_string() == text).then_some(moment).ok_or_else(bad)
    }
}

/// `+01:00` in minutes, at most a day.
fn minutes(text: &str) -> Option<i32> {
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<i32>().ok().filter(|_| plain)
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let east = hours.checked_mul(60)?.checked_add(minutes).filter(|sum| minutes < 60 && *sum <= 1440)?;
    match text.get(..1)? {
        "+" => Some(east),
        "-" if east > 0 => east.checked_neg(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_there_and_back() {
        let table = [
            ("2026-12-01T18:00:00+01:00[Europe/Berlin]", "2026-12-01T17:00:00Z"),
            ("2026-07-01T00:30:00-03:30[America/St_Johns]", "2026-07-01T04:00:00Z"),
            ("2026-07-01T00:30:00+00:00[UTC]", "2026-07-01T00:30:00Z"),
        ];
        for (text, instant) in table {
            let moment: Moment = text.parse().unwrap();
            assert_eq!(moment.to_string(), text);
            assert_eq!(moment.instant().to_string(), instant);
        }
        let no = [
            "",
            "2026-12-01T18:00:00+01:00",
            "2026-12-01T18:00:00Z[UTC]",
            "2026-12-01T18:00:00-00:00[UTC]",
            "2026-12-01T18:00+01:00[Europe/Berlin]",
            "2026-12-01 18:00:00+01:00[Europe/Berlin]",
            "2026-12-01T18:00:00+1:00[Europe/Berlin]",
            "2026-12-01T18:00:00+01:60[Europe/Berlin]",
            "2026-12-01T18:00:00+25:00[Europe/Berlin]",
            "2026-13-01T18:00:00+01:00[Europe/Berlin]",
            "2026-12-01T24:00:00+01:00[Europe/Berlin]",
            "2026-12-01T18:00:60+01:00[Europe/Berlin]",
            "2026-12-01T18:00:00.5+01:00[Europe/Berlin]",
            "1960-12-01T18:00:00+01:00[Europe/Berlin]",
            "2026-12-01T18:00:00+01:00[]",
            "2026-12-01T18:00:00+01:00[Europe/B\u{e9}rlin]",
            "2026-12-01T18:00:00+01:00[a][b]",
            "2026-12-01T18:00:\u{e9}0+01:00[UTC]",
        ];
        for text in no {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
