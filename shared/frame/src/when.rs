//! Times as people type them: a moment, a day, or a span from now.

use event::Time;

use crate::failure::Failure;

/// Reads `2026-12-01T18:00:00+01:00`, `2026-12-01` (the whole day, to its last second in UTC), or a span
/// from now: `90s`, `30m`, `12h`, `7d`, `2w`.
pub fn when(text: &str, now: Time) -> Result<Time, Failure> {
    let bad = || {
        Failure::usage(format!("`{}` is not a time", event::harmless_line(text)))
            .hint("write 2026-12-01T18:00:00Z, 2026-12-01, or a span such as 7d, 12h, 30m, 90s")
    };
    if let Some(seconds) = span(text) {
        let then = now.seconds().checked_add(seconds).ok_or_else(bad)?;
        return Time::new(then).map_err(|_| bad());
    }
    let last = format!("{text}T23:59:59Z");
    let day = text.len() == "2026-12-01".len();
    let stamp: jiff::Timestamp = if day { &last } else { text }.parse().map_err(|_| bad())?;
    Time::new(stamp.as_second()).map_err(|_| bad())
}

/// A span in seconds.
fn span(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let each = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse::<i64>().ok().filter(|_| plain)?.checked_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_days_and_spans() {
        let now = Time::new(1_000_000_000).unwrap();
        let reads = [
            ("90s", "2001-09-09T01:48:10Z"),
            ("7d", "2001-09-16T01:46:40Z"),
            ("2026-12-01", "2026-12-01T23:59:59Z"),
            ("2026-12-01T18:00:00+01:00", "2026-12-01T17:00:00Z"),
            ("2026-12-01T18:00Z", "2026-12-01T18:00:00Z"),
        ];
        for (typed, meant) in reads {
            assert_eq!(when(typed, now).unwrap().to_string(), meant, "{typed}");
        }
        for bad in [
            "",
            "d",
            "7",
            "-7d",
            "+7d",
            "7 d",
            "99999999999999999999d",
            "9999999999999w",
            "2026-13-01",
            "tomorrow",
            "ü",
        ] {
            assert!(when(bad, now).is_err(), "{bad}");
        }
    }
}
