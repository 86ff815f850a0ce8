//! What goes wrong with the store.

/// A failure of the store. It holds nothing that the journal has not, so it can be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite said no.
    #[error("{0}")]
    Sql(#[from] rusqlite::Error),
    /// A row that cannot have been written by us.
    #[error("a row does not read back: {0}")]
    Row(#[from] event::Malformed),
    /// A row that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl Error {
    /// Whether the file is no database, or a broken one.
    pub fn is_garbage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        matches!(self, Error::Sql(e) if e.sqlite_error_code().is_some_and(
            |code| matches!(code, DatabaseCorrupt | NotADatabase)))
    }

    /// Whether the disk is full or cannot be written, rather than the store being damaged.
    pub fn is_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, DiskFull, PermissionDenied, ReadOnly, SystemIoFailure};
        matches!(self, Error::Sql(e) if e.sqlite_error_code().is_some_and(
            |code| matches!(code, DiskFull | SystemIoFailure | PermissionDenied | ReadOnly | CannotOpen)))
    }
}
