//! What goes wrong with repositories, and what to do about it.

use std::path::Path;

/// A failure of the journal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A remote could not be reached; another try may succeed.
    #[error("cannot reach `{url}`: {why}")]
    Unreachable {
        /// Which.
        url: String,
        /// What git said.
        why: String,
    },
    /// A remote answered, and it will not do.
    #[error("{fact}")]
    Unfit {
        /// What is wrong.
        fact: String,
        /// What to do.
        hint: String,
    },
    /// A name or address that no remote can have.
    #[error("{fact}")]
    BadName {
        /// What is wrong.
        fact: String,
        /// What to do.
        hint: String,
    },
    /// Our own repository is not as it should be.
    #[error("journal `{path}`: {why}")]
    Damaged {
        /// Where.
        path: String,
        /// What is wrong.
        why: String,
    },
    /// The branch moved while we worked; nothing was lost.
    #[error("branch `{0}` moved meanwhile")]
    Moved(String),
    /// The system said no: a full disk, a missing right, no git program.
    #[error("{what}: {why}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        why: String,
    },
}

impl Error {
    pub(crate) fn damaged(path: &Path, why: impl std::fmt::Display) -> Self {
        Error::Damaged { path: path.display().to_string(), why: why.to_string() }
    }

    pub(crate) fn system(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Error::System { what: what.into(), why: why.to_string() }
    }
}
