//! Series of times, and how they are printed.

use std::io::{self, Write};
use std::time::Duration;

/// Times of one thing, in milliseconds.
#[derive(Debug, Clone, Default)]
pub struct Series(Vec<f64>);

impl Series {
    /// Adds one time.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1_000.0);
    }

    /// The middle one, in milliseconds.
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Median, least and most.
    pub fn show(&self) -> String {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(0.0, f64::max);
        format!("{} [{}-{}]", digits(self.median()), digits(least), digits(most))
    }
}

fn digits(ms: f64) -> String {
    match ms {
        ms if ms < 10.0 => format!("{ms:.2}"),
        ms if ms < 100.0 => format!("{ms:.1}"),
        ms => format!("{ms:.0}"),
    }
}

/// Prints one row of the table.
pub fn row(what: &str, ours: &str, theirs: &str, ratio: &str) -> io::Result<()> {
    writeln!(io::stdout(), "| {what} | {ours} | {theirs} | {ratio} |")
}
