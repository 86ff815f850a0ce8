//! Opening a store: its version, its pragmas, its transactions.

use std::cell::{Cell, RefCell};
use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use event::EventId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::cache::{Cache, id};
use crate::seal::Sums;
use crate::{Error, VERSION};

/// Begins a transaction for reading: all that is read is of one state, and the file is locked once, not at each
/// question.
const READ: &str = "BEGIN DEFERRED";

/// Up to this many bytes the write-ahead log stays beside the store when a command ends: emptying it costs three
/// waits for the disk, reading it again costs less than a millisecond.
const LOG: u64 = 1 << 18;

/// Indexes that cost least when they are made at once from a full table. While a new store is filled, all events are in
/// memory, so nothing is asked by way of these.
const LATE: [&str; 6] = ["event_id", "event_rare", "leg_open", "leg_declined", "leg_payee", "leg_payer"];

/// A community's store.
pub struct Store {
    pub(crate) db: Connection,
    pub(crate) cache: RefCell<Cache>,
    pub(crate) sums: RefCell<Sums>,
    /// Set when something changed that a patch cannot express: a fork, a cut, other stewards, a split.
    pub(crate) refold: Cell<bool>,
    /// The entry from which this installation trusts the register.
    pub(crate) checkpoint: Option<EventId>,
    /// Which file it is, and SQLite's count of what others changed in it.
    file: Option<(PathBuf, (u64, u64))>,
    version: i64,
    /// How the indexes are made that a store has when it is filled for the first time; none once that is done.
    late: RefCell<Option<String>>,
}

impl Store {
    /// Opens a store for reading and writing; `None` where it is missing, of another version, or no store.
    pub fn open(path: &Path, checkpoint: Option<EventId>) -> Result<Option<Self>, Error> {
        if !is_whole(path) {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Store::checked(Connection::open_with_flags(path, flags)?, path, checkpoint)?;
        match &store {
            // A file that could be written and that SQLite does not write says of itself that it is of another version.
            Some(store) if store.db.is_readonly("main")? && File::options().write(true).open(path).is_ok() => Ok(None),
            _ => Ok(store),
        }
    }

    /// Opens a store for reading; where it can be written, [`Store::take_up`] goes on to that.
    pub fn read(path: &Path) -> Result<Option<Self>, Error> {
        match Store::open(path, None) {
            Err(error) if error.is_disk() => Store::read_still(path),
            read => read,
        }
    }

    /// With the lock held: goes on to writing with what was opened for reading; `false` where that must be opened
    /// anew. What others wrote meanwhile is seen.
    pub fn take_up(&mut self, checkpoint: Option<EventId>) -> Result<bool, Error> {
        match &self.file {
            Some((path, file)) if which(path) == Some(*file) && !self.db.is_readonly("main")? => {}
            _ => return Ok(false),
        }
        self.checkpoint = checkpoint;
        if !self.db.is_autocommit() {
            self.db.execute_batch("COMMIT")?;
        }
        self.db.execute_batch(READ)?;
        let version = data_version(&self.db)?;
        if version != self.version {
            self.version = version;
            *self.cache.borrow_mut() = Cache::default();
            let log = self.meta_id("log")?;
            self.cache.borrow_mut().log = log;
        }
        Ok(true)
    }

    /// Where nothing at all can be written, on a full disk or in another's home, SQLite reads a file that has no
    /// log beside it if it is told that the file does not change, and one that has if it need not share its memory.
    fn read_still(path: &Path) -> Result<Option<Self>, Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let name = path.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let how = if log_size(path) > 0 { "readonly_shm=1" } else { "immutable=1" };
        Store::checked(Connection::open_with_flags(format!("file:{name}?{how}"), flags)?, path, None)
    }

    /// Makes an empty store, which is one only with its first commit: until then its version is 0, so that whatever
    /// cuts it short leaves what is made anew. So it needs no journal on the disk, and no waiting for the disk.
    pub fn create(path: &Path, checkpoint: Option<EventId>) -> Result<Self, Error> {
        let db = Connection::open(path)?;
        db.pragma_update(None, "journal_mode", "MEMORY")?;
        // What makes a store is about to fill it: 64 MiB of pages, so that few are written twice.
        db.pragma_update(None, "cache_size", -65_536)?;
        let mut store = Store::fresh(db, checkpoint)?;
        store.db.pragma_update(None, "synchronous", "OFF")?;
        store.db.pragma_update(None, "user_version", 0)?;
        store.file = which(path).map(|file| (path.to_owned(), file));
        let mut late = String::new();
        for index in LATE {
            let named = "SELECT sql || ';' FROM sqlite_schema WHERE type = 'index' AND name = ?";
            late.push_str(&store.db.query_row(named, [index], |row| row.get::<_, String>(0))?);
            store.db.execute_batch(&format!("DROP INDEX {index}"))?;
        }
        store.late.replace(Some(late));
        Ok(store)
    }

    /// An empty store in memory, for audits and tests.
    pub fn in_memory(checkpoint: Option<EventId>) -> Result<Self, Error> {
        Store::fresh(Connection::open_in_memory()?, checkpoint)
    }

    fn fresh(db: Connection, checkpoint: Option<EventId>) -> Result<Self, Error> {
        configure(&db)?;
        db.execute_batch(&format!("BEGIN; {} PRAGMA user_version = {VERSION}; COMMIT;", include_str!("schema.sql")))?;
        let store = Store::wrap(db, checkpoint);
        store.cache.borrow_mut().complete = true;
        store.cache.borrow_mut().waiting.all = true;
        Ok(store)
    }

    fn checked(db: Connection, path: &Path, checkpoint: Option<EventId>) -> Result<Option<Self>, Error> {
        let file = which(path).map(|file| (path.to_owned(), file));
        let version = configure(&db).and_then(|()| {
            db.execute_batch(READ)?;
            db.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        });
        match version {
            Ok(VERSION) => {
                let store = Store { file, version: data_version(&db)?, ..Store::wrap(db, checkpoint) };
                let log = store.meta_id("log")?;
                store.cache.borrow_mut().log = log;
                Ok(Some(store))
            }
            Ok(_) => Ok(None),
            // One that is being made is locked until it is one.
            Err(e) if is_garbage(&e) || e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    fn wrap(db: Connection, checkpoint: Option<EventId>) -> Self {
        Store {
            db,
            cache: RefCell::default(),
            sums: RefCell::default(),
            refold: Cell::new(false),
            checkpoint,
            file: None,
            version: 0,
            late: RefCell::default(),
        }
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
        let late = self.late.borrow().clone();
        self.db.execute_batch(late.as_deref().unwrap_or_default())?;
        // An entry that grew the register before the checkpoint was held may lie beside it.
        let register = self.meta_id("register")?;
        if self.refold.take() || !register.map_or(Ok(true), |entry| self.near_checkpoint(&entry))? {
            self.refold_all()?;
        }
        self.set_meta("frontier", frontier)?;
        self.write_seal(frontier, key)?;
        self.db.execute_batch("COMMIT")?;
        if late.is_some() {
            self.finish()?;
        }
        self.db.execute_batch(READ)?;
        self.cache.borrow_mut().trim();
        // A long log is emptied at the end.
        let stays = self.file.as_ref().is_some_and(|(path, _)| log_size(path) <= LOG);
        self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, stays)?;
        Ok(())
    }

    /// A store that was filled becomes one. Its old version stands in a journal on the disk until all of it is there.
    fn finish(&self) -> Result<(), Error> {
        let steps: [(&str, &dyn rusqlite::ToSql); 5] = [
            ("journal_mode", &"DELETE"),
            ("synchronous", &"FULL"),
            ("user_version", &VERSION),
            ("journal_mode", &"WAL"),
            ("synchronous", &"NORMAL"),
        ];
        for (name, value) in steps {
            self.db.pragma_update(None, name, value)?;
        }
        self.late.replace(None);
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
        let mut cache = self.cache.borrow_mut();
        cache.ids.insert(key, Some(*value));
        cache.closed_sets.clear();
        drop(cache);
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

/// How long the write-ahead log beside a store is, in bytes.
fn log_size(path: &Path) -> u64 {
    std::fs::metadata(format!("{}-wal", path.display())).map_or(0, |log| log.len())
}

/// The file that lies there now, whatever lay there before.
fn which(path: &Path) -> Option<(u64, u64)> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

fn configure(db: &Connection) -> Result<(), rusqlite::Error> {
    db.set_prepared_statement_cache_capacity(128);
    // Else binding a value may have SQLite plan a cached statement anew, each time it is used.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    // The store can be rebuilt, so a lost last transaction is harmless.
    db.pragma_update(None, "synchronous", "NORMAL")
}

/// Changes with each transaction of another process.
fn data_version(db: &Connection) -> Result<i64, rusqlite::Error> {
    db.query_row("PRAGMA data_version", [], |row| row.get(0))
}
