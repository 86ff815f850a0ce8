//! What can be wrong with ballots and terms.

use thiserror::Error;

/// Why there is no count.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Error {
    /// A line of a ballot file, counted from 1, that is not what its format says.
    #[error("line {line}: {fact}")]
    Line {
        /// Which line.
        line: u64,
        /// What is wrong with it.
        fact: String,
    },
    /// The ballots as a whole.
    #[error("{0}")]
    Ballots(String),
    /// A method, rule or parameter that does not exist, or does not go with the others.
    #[error("{0}")]
    Terms(String),
    /// More than this program will hold or work through; the limits stand in the manual.
    #[error("{0}")]
    TooMuch(String),
    /// The file could not be read.
    #[error("cannot read the ballots: {0}")]
    Read(String),
}

impl Error {
    pub(crate) fn line(line: u64, fact: impl Into<String>) -> Self {
        Error::Line { line, fact: fact.into() }
    }

    pub(crate) fn ballots(fact: impl Into<String>) -> Self {
        Error::Ballots(fact.into())
    }

    pub(crate) fn terms(fact: impl Into<String>) -> Self {
        Error::Terms(fact.into())
    }

    /// The same, said of a line.
    pub(crate) fn at(self, line: u64) -> Self {
        match self {
            Error::Ballots(fact) => Error::Line { line, fact },
            other => other,
        }
    }
}
