//! What is wrong with a rules document, and where.

use std::fmt;

/// The most mistakes that are told at once.
pub(super) const MAX_PROBLEMS: usize = 20;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The key with its tables, `units.hours.lower`; empty where the text is no TOML and no key is near.
    pub key: String,
    /// What is wrong, one clause.
    pub what: String,
}

/// Why a text is no rules document: at least one mistake, in the order of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct BadCharter(pub(super) Vec<Problem>);

impl BadCharter {
    /// The mistakes.
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.line, self.column)?;
        match self.key.as_str() {
            "" => f.write_str(&self.what),
            key => write!(f, "{key}: {}", self.what),
        }
    }
}

impl fmt::Display for BadCharter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            let feed = if at == 0 { "" } else { "\n" };
            write!(f, "{feed}{problem}")?;
        }
        Ok(())
    }
}
