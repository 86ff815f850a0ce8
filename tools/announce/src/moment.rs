//! When something happens, as people type it: a local time, and whose clock is meant.

use event::Moment;
use frame::Failure;
use jiff::{SignedDuration, Zoned, civil, tz::TimeZone};

/// Reads `2026-12-01 18:00` on the clock of a zone, this machine's where none is named, or
/// `2026-12-01T18:00:00+01:00[Europe/Berlin]`.
pub fn starts(text: &str, zone: Option<&str>) -> Result<Moment, Failure> {
    if let Ok(whole) = text.parse::<Moment>() {
        return Ok(whole);
    }
    let local = local(text).ok_or_else(|| {
        Failure::usage(format!("`{}` is not a local time", event::harmless_line(text)))
            .hint("write '2026-12-01 18:00', and --zone Europe/Berlin where it is another place's clock")
    })?;
    at(local, &zone_of(zone)?)
}

/// Reads when it ends: a time of that day, `20:30`, a length, `90m`, or a whole local time.
pub fn ends(text: &str, starts: &Moment) -> Result<Moment, Failure> {
    if let Ok(whole) = text.parse::<Moment>() {
        return Ok(whole);
    }
    let bad = || {
        Failure::usage(format!("`{}` is not an end", event::harmless_line(text)))
            .hint("write a time such as 20:30, a length such as 90m or 2h, or '2026-12-02 12:00'")
    };
    let zone = zone_of(Some(starts.zone()))?;
    let begun = zoned(starts, &zone)?;
    let length = text.split_at_checked(text.len().saturating_sub(1)).and_then(|(n, unit)| {
        let each = match unit {
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return None,
        };
        n.parse::<u32>().ok().and_then(|n| i64::from(n).checked_mul(each))
    });
    if let Some(seconds) = length {
        let then = begun.checked_add(SignedDuration::from_secs(seconds)).map_err(|_| bad())?;
        return at(then.datetime(), &zone);
    }
    if let Some(whole) = local(text) {
        return at(whole, &zone);
    }
    let time: civil::Time = text.parse().map_err(|_| bad())?;
    at(starts.local().date().to_datetime(time), &zone)
}

fn local(text: &str) -> Option<civil::DateTime> {
    let text = text.trim();
    // A day alone says no time.
    if text.len() <= "2026-12-01".len() {
        return None;
    }
    text.parse::<civil::DateTime>().ok().map(|time| time.with().subsec_nanosecond(0).build().unwrap_or(time))
}

fn zone_of(name: Option<&str>) -> Result<TimeZone, Failure> {
    let zone = match name {
        Some(name) => TimeZone::get(name).map_err(|_| {
            Failure::usage(format!("there is no time zone `{}`", event::harmless_line(name)))
                .hint("zones are called by a place, such as Europe/Berlin")
        })?,
        None => TimeZone::try_system().unwrap_or(TimeZone::UTC),
    };
    match zone.iana_name() {
        Some(_) => Ok(zone),
        None => Err(Failure::usage("this machine's time zone has no name").hint("name one: --zone Europe/Berlin")),
    }
}

/// A time that the clock skips or shows twice is taken as the earlier rules of that day have it.
fn at(local: civil::DateTime, zone: &TimeZone) -> Result<Moment, Failure> {
    let zoned = zone.to_zoned(local).map_err(|e| Failure::usage(e.to_string()))?;
    let name = zone.iana_name().unwrap_or("UTC");
    let minutes = zoned.offset().seconds() / 60;
    Moment::new(zoned.datetime(), minutes, name).map_err(|e| Failure::usage(e.to_string()))
}

fn zoned(moment: &Moment, zone: &TimeZone) -> Result<Zoned, Failure> {
    let stamp = jiff::Timestamp::from_second(moment.instant().seconds());
    Ok(stamp.map_err(|e| Failure::usage(e.to_string()))?.to_zoned(zone.clone()))
}

/// `Tue 2026-12-01 18:00 to 20:30 (Europe/Berlin)`
pub fn in_words(starts: &Moment, ends: Option<&Moment>) -> String {
    let day = |moment: &Moment| moment.local().strftime("%a %Y-%m-%d %H:%M").to_string();
    let until = match ends {
        Some(ends) if ends.local().date() == starts.local().date() => {
            format!(" to {}", ends.local().strftime("%H:%M"))
        }
        Some(ends) => format!(" to {}", day(ends)),
        None => String::new(),
    };
    format!("{}{until} ({})", day(starts), starts.zone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_times() {
        let begins = starts("2026-12-01 18:00", Some("Europe/Berlin")).unwrap();
        assert_eq!(begins.to_string(), "2026-12-01T18:00:00+01:00[Europe/Berlin]");
        assert_eq!(starts(&begins.to_string(), None).unwrap(), begins);
        for (typed, end) in [("20:30", "18:00 to 20:30"), ("90m", "18:00 to 19:30"), ("2h", "18:00 to 20:00")] {
            let ends = ends(typed, &begins).unwrap();
            assert_eq!(in_words(&begins, Some(&ends)), format!("Tue 2026-12-01 {end} (Europe/Berlin)"));
        }
        let next = ends("2026-12-02 12:00", &begins).unwrap();
        assert!(in_words(&begins, Some(&next)).ends_with("to Wed 2026-12-02 12:00 (Europe/Berlin)"));
        // The hour that the clock skips.
        let skipped = starts("2026-03-29 02:30", Some("Europe/Berlin")).unwrap();
        assert_eq!(skipped.to_string(), "2026-03-29T03:30:00+02:00[Europe/Berlin]");
        for bad in ["", "2026-12-01", "tomorrow", "18:00", "2026-12-01 25:00", "ü"] {
            assert!(starts(bad, Some("Europe/Berlin")).is_err(), "{bad}");
        }
        assert!(starts("2026-12-01 18:00", Some("Mars/Base")).is_err() && ends("x", &begins).is_err());
    }
}
