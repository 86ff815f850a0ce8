//! Opening a store: its version, its pragmas, its transactions.

use std::cell::{Cell, RefCell};
use std::path::Path;

use event::EventId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::cache::{Cache, id};
use crate::seal::Sums;
use crate::{Error, VERSION};

/// Begins a transaction for reading: all that is read is of one state, and the file is locked once, not at each
/// question.
const READ: &str = "BEGIN DEFERRED";

/// A community's store.
pub struct Store {
    pub(crate) db: Connection,
    pub(crate) cache: RefCell<Cache>,
    pub(crate) sums: RefCell<Sums>,
    /// Set when something changed that a patch cannot express: a fork, a cut, other stewards, a split.
    pub(crate) refold: Cell<bool>,
    /// The entry from which this installation trusts the register.
    pub(crate) checkpoint: Option<EventId>,
}

impl Store {
    /// Opens a store for reading and writing; `None` where it is missing, of another version, or no store.
    pub fn open(path: &Path, checkpoint: Option<EventId>) -> Result<Option<Self>, Error> {
        if !is_whole(path) {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Store::checked(Connection::open_with_flags(path, flags)?, checkpoint)
    }

    /// Opens a store for reading only.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        if !is_whole(path) {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        match Connection::open_with_flags(path, flags).map_err(Error::from).and_then(|db| Store::checked(db, None)) {
            Err(error) if error.is_disk() && !has_log(path) => Store::read_still(path),
            read => read,
        }
    }

    /// Where nothing at all can be written, on a full disk or in another's home, SQLite reads a file that has no
    /// log beside it if it is told that the file does not change.
    fn read_still(path: &Path) -> Result<Option<Self>, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let name = path.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Store::checked(Connection::open_with_flags(format!("file:{name}?immutable=1"), flags)?, None)
    }

    /// Makes an empty store.
    pub fn create(path: &Path, checkpoint: Option<EventId>) -> Result<Self, Error> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // What makes a store is about to fill it: 64 MiB of pages, so that few are written twice.
        db.pragma_update(None, "cache_size", -65_536)?;
        Store::fresh(db, checkpoint)
    }

    /// An empty store in memory, for audits and tests.
    pub fn in_memory(checkpoint: Option<EventId>) -> Result<Self, Error> {
        Store::fresh(Connection::open_in_memory()?, checkpoint)
    }

    fn fresh(db: Connection, checkpoint: Option<EventId>) -> Result<Self, Error> {
        db.execute_batch(&format!("BEGIN; {} PRAGMA user_version = {VERSION}; COMMIT;", include_str!("schema.sql")))?;
        let store = Store::wrap(db, checkpoint)?;
        store.cache.borrow_mut().complete = true;
        Ok(store)
    }

    fn checked(db: Connection, checkpoint: Option<EventId>) -> Result<Option<Self>, Error> {
        let version = db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
        match version {
            Ok(VERSION) => {
                let store = Store::wrap(db, checkpoint)?;
                store.db.execute_batch(READ)?;
                Ok(Some(store))
            }
            Ok(_) => Ok(None),
            Err(e) if is_garbage(&e) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    fn wrap(db: Connection, checkpoint: Option<EventId>) -> Result<Self, Error> {
        db.set_prepared_statement_cache_capacity(128);
        // Else binding a value may have SQLite plan a cached statement anew, each time it is used.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        // The store can be rebuilt, so a lost last transaction is harmless.
        db.pragma_update(None, "synchronous", "NORMAL")?;
        let store =
            Store { db, cache: RefCell::default(), sums: RefCell::default(), refold: Cell::new(false), checkpoint };
        let log = store.meta_id("log")?;
        store.cache.borrow_mut().log = log;
        Ok(store)
    }

    /// Begins the one transaction of a fold.
    pub fn begin(&self) -> Result<(), Error> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("COMMIT")?;
        }
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let sums = Sums::load(self)?;
        *self.sums.borrow_mut() = sums;
        // A receipt that counted for nothing may count by now.
        self.refold.set(self.meta("odd")?.is_some());
        Ok(())
    }

    /// Ends it: what waits in memory is written, what cannot be patched is folded anew, and the whole is
    /// sealed.
    pub fn commit(&self, frontier: &str, key: &event::Key) -> Result<(), Error> {
        self.flush()?;
        // An entry that grew the register before the checkpoint was held may lie beside it.
        let register = self.meta_id("register")?;
        if self.refold.take() || !register.map_or(Ok(true), |entry| self.near_checkpoint(&entry))? {
            self.refold_all()?;
        }
        self.set_meta("frontier", frontier)?;
        self.write_seal(frontier, key)?;
        self.db.execute_batch("COMMIT")?;
        self.db.execute_batch(READ)?;
        self.cache.borrow_mut().trim();
        Ok(())
    }

    /// Ends it without a trace. What this process remembers of it is gone with it.
    pub fn rollback(&self) -> Result<(), Error> {
        self.db.execute_batch("ROLLBACK")?;
        *self.cache.borrow_mut() = Cache::default();
        self.refold.set(false);
        let log = self.meta_id("log")?;
        self.cache.borrow_mut().log = log;
        Ok(())
    }

    /// What the file system said of the refs at the last commit.
    pub fn frontier(&self) -> Result<Option<String>, Error> {
        self.meta("frontier")
    }

    pub(crate) fn meta(&self, key: &str) -> Result<Option<String>, Error> {
        let mut query = self.db.prepare_cached("SELECT value FROM meta WHERE key = ?")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }

    pub(crate) fn set_meta(&self, key: &str, value: &str) -> Result<(), Error> {
        self.db.prepare_cached("INSERT OR REPLACE INTO meta VALUES (?, ?)")?.execute(params![key, value])?;
        Ok(())
    }

    pub(crate) fn meta_id(&self, key: &'static str) -> Result<Option<EventId>, Error> {
        if let Some(known) = self.cache.borrow().ids.get(key) {
            return Ok(*known);
        }
        let mut query = self.db.prepare_cached("SELECT value FROM meta WHERE key = ?")?;
        let bytes: Option<Vec<u8>> = query.query_row([key], |row| row.get(0)).optional()?;
        let found = bytes.map(id).transpose()?;
        self.cache.borrow_mut().ids.insert(key, found);
        Ok(found)
    }

    pub(crate) fn set_meta_id(&self, key: &'static str, value: &EventId) -> Result<(), Error> {
        self.cache.borrow_mut().ids.insert(key, Some(*value));
        self.db.prepare_cached("INSERT OR REPLACE INTO meta VALUES (?, ?)")?.execute(params![key, &value.0[..]])?;
        Ok(())
    }
}

/// Whether the file is there and ends where a page does; SQLite would fill up the last one with zeros.
fn is_whole(path: &Path) -> bool {
    const PAGE: u64 = 4096;
    std::fs::metadata(path).is_ok_and(|file| file.len().is_multiple_of(PAGE))
}

/// Zero bytes, cut off, or another program's file: nothing that a rebuild does not heal.
fn is_garbage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    error.sqlite_error_code().is_some_and(|code| matches!(code, DatabaseCorrupt | NotADatabase))
}

/// Whether a write-ahead log stands beside the store, with something in it.
fn has_log(path: &Path) -> bool {
    std::fs::metadata(format!("{}-wal", path.display())).is_ok_and(|log| log.len() > 0)
}
