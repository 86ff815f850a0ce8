//! A stretch of time, as options.

use event::Time;
use frame::Failure;

/// From when to when.
#[derive(Debug, clap::Args)]
pub struct SpanArgs {
    /// Not before this day, such as 2026-03-01, or this time
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Not after this day, or this time
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

/// From when to when; both ends belong to it.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first second.
    pub since: Option<Time>,
    /// The last second.
    pub until: Option<Time>,
}

impl SpanArgs {
    /// Reads what was typed; a day begins and ends in UTC.
    pub fn read(&self) -> Result<Span, Failure> {
        let time = |text: &String, rest: &str| {
            let day = |error| format!("{text}{rest}").parse().map_err(|_| error);
            Ok::<Time, Failure>(text.parse().or_else(day)?)
        };
        Ok(Span {
            since: self.since.as_ref().map(|day| time(day, "T00:00:00Z")).transpose()?,
            until: self.until.as_ref().map(|day| time(day, "T23:59:59Z")).transpose()?,
        })
    }
}

impl Span {
    /// Whether a time lies before it.
    pub fn is_after(&self, time: Time) -> bool {
        self.since.is_some_and(|since| time < since)
    }

    /// Whether a time lies in it.
    pub fn holds(&self, time: Time) -> bool {
        !self.is_after(time) && self.until.is_none_or(|until| time <= until)
    }
}

/// The day of a time, in UTC.
pub fn day(time: Time) -> String {
    let mut text = time.to_string();
    text.truncate("2026-01-01".len());
    text
}
