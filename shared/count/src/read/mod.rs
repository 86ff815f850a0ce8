//! Ballot files. Errors name the line; what is beyond the limits is refused before it takes memory.

mod blt;
mod lines;
mod ranks;
mod table;

use std::io::BufRead;

pub use lines::MAX_LINE;

use crate::{Ballots, Error};

/// A format of ballot files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `.blt`: rankings, as OpenSTV, OpaVote and the Scottish councils write them.
    Blt,
    /// `.ranks`: rankings by name.
    Ranks,
    /// `.scores.csv`: a score for each option.
    Scores,
    /// `.approvals.csv`: 1 for each that is approved or chosen.
    Approvals,
    /// `.dots.csv`: dots for each option.
    Dots,
    /// `.times.csv`: yes, maybe or no for each slot.
    Times,
    /// `.answers.csv`: an answer and how many gave it.
    Answers,
}

/// The formats by name, as `--input` takes them.
pub const FORMATS: [(&str, Format); 7] = [
    ("blt", Format::Blt),
    ("ranks", Format::Ranks),
    ("scores", Format::Scores),
    ("approvals", Format::Approvals),
    ("dots", Format::Dots),
    ("times", Format::Times),
    ("answers", Format::Answers),
];

impl Format {
    /// By the ending of a file's name.
    pub fn of_file(name: &str) -> Option<Format> {
        let name = name.to_ascii_lowercase();
        let ends = |ending: &str| name.ends_with(&format!(".{ending}")) || name.ends_with(&format!(".{ending}.csv"));
        FORMATS.iter().find(|(ending, _)| ends(ending)).map(|(_, format)| *format)
    }
}

/// Reads ballots.
pub fn read(input: impl BufRead, format: Format) -> Result<Ballots, Error> {
    match format {
        Format::Blt => blt::read(input).map(Ballots::Ranked),
        Format::Ranks => ranks::read(input).map(Ballots::Ranked),
        Format::Answers => table::answers(input).map(Ballots::Answers),
        _ => table::marks(input, format).map(Ballots::Marked),
    }
}
