//! What is local and not derived: the checkpoint, strangers' requests to join, short numbers, read marks.
//! It lives in a file of its own, outside digest and rebuild.

use std::path::Path;

use event::{Device, EventId, GitId, Handle, Time};
use rusqlite::{Connection, OptionalExtension, params};

use crate::Error;
use crate::cache::{git, id};

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
  id BLOB PRIMARY KEY, git BLOB NOT NULL, device TEXT NOT NULL, handle TEXT NOT NULL, time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS number (
  kind TEXT NOT NULL, n INTEGER NOT NULL, id BLOB NOT NULL UNIQUE, PRIMARY KEY (kind, n)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS post (
  n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,
  channel TEXT NOT NULL, root BLOB NOT NULL, notice INTEGER NOT NULL, read INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS post_unread ON post (n) WHERE read = 0;
CREATE INDEX IF NOT EXISTS post_channel ON post (channel, read);
CREATE TABLE IF NOT EXISTS mute (what TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
";

/// How many strangers' requests are kept.
const MAX_REQUESTS: i64 = 200;

/// The local file.
pub struct Local {
    pub(crate) db: Connection,
}

/// A stranger's request to join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The event.
    pub id: EventId,
    /// Git's name of it.
    pub git: GitId,
    /// The device that asks.
    pub device: Device,
    /// The name that it asks for.
    pub handle: Handle,
    /// When, as it claims.
    pub time: Time,
}

impl Request {
    /// Whether a steward who says this means this request: the handle, or the first digits of the id.
    pub fn is_meant_by(&self, name: &str) -> bool {
        self.handle.as_str() == name || (name.len() >= 6 && self.id.to_string().starts_with(name))
    }
}

impl Local {
    /// Opens the file, and makes it where it is missing.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let db = Connection::open(path)?;
        db.busy_timeout(std::time::Duration::from_secs(10))?;
        // Most commands only look here, which costs least without a write-ahead log.
        let made: bool =
            db.query_row("SELECT count(*) = 5 FROM sqlite_schema WHERE type = 'table'", [], |r| r.get(0))?;
        if !made {
            db.execute_batch(SCHEMA)?;
        }
        Ok(Local { db })
    }

    /// A single value.
    pub fn value(&self, key: &str) -> Result<Option<String>, Error> {
        let mut query = self.db.prepare_cached("SELECT value FROM value WHERE key = ?")?;
        Ok(query.query_row([key], |row| row.get(0)).optional()?)
    }

    /// Sets a single value, where it is not so already.
    pub fn set_value(&self, key: &str, value: &str) -> Result<(), Error> {
        if self.value(key)?.as_deref() != Some(value) {
            self.db.prepare_cached("INSERT OR REPLACE INTO value VALUES (?, ?)")?.execute([key, value])?;
        }
        Ok(())
    }

    /// Ends a single value.
    pub fn drop_value(&self, key: &str) -> Result<(), Error> {
        self.db.prepare_cached("DELETE FROM value WHERE key = ?")?.execute([key])?;
        Ok(())
    }

    /// Whether this was never told before; from now on it was. Of endless news only the first thousand is told.
    pub fn tell_once(&self, news: &str) -> Result<bool, Error> {
        let key = format!("told {news}");
        let told: i64 =
            self.db.query_row("SELECT count(*) FROM value WHERE key LIKE 'told %'", [], |row| row.get(0))?;
        if told >= 1000 || self.value(&key)?.is_some() {
            return Ok(false);
        }
        self.set_value(&key, "1").map(|()| true)
    }

    /// The entry from which this installation trusts the register.
    pub fn checkpoint(&self) -> Result<Option<EventId>, Error> {
        Ok(self.value("checkpoint")?.map(|text| text.parse()).transpose()?)
    }

    /// Keeps a request, unless too many are kept already; says whether it is kept. One that somebody asks for
    /// takes the place of another.
    pub fn keep_request(&self, request: &Request, asked_for: bool) -> Result<bool, Error> {
        let kept: i64 = self.db.query_row("SELECT count(*) FROM request", [], |row| row.get(0))?;
        let known = self.requests()?.iter().any(|r| r.id == request.id);
        if known || (kept >= MAX_REQUESTS && !asked_for) {
            return Ok(known);
        }
        if kept >= MAX_REQUESTS {
            let oldest = "SELECT id FROM request WHERE handle <> ? ORDER BY time, id LIMIT 1";
            self.db.execute(&format!("DELETE FROM request WHERE id IN ({oldest})"), [request.handle.as_str()])?;
        }
        self.db.prepare_cached("INSERT INTO request VALUES (?, ?, ?, ?, ?)")?.execute(params![
            &request.id.0[..],
            &request.git.0[..],
            request.device.to_string(),
            request.handle.as_str(),
            request.time.seconds(),
        ])?;
        Ok(true)
    }

    /// Requests to join, oldest first.
    pub fn requests(&self) -> Result<Vec<Request>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id, git, device, handle, time FROM request ORDER BY time, id")?;
        let rows = query.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?, row.get(4)?))
        })?;
        let mut requests = Vec::new();
        for row in rows {
            let (event, name, device, handle, time) = row?;
            requests.push(Request {
                id: id(event)?,
                git: git(name)?,
                device: device.parse()?,
                handle: handle.parse()?,
                time: Time::new(time)?,
            });
        }
        Ok(requests)
    }

    /// Forgets a request: its device was admitted, or it is gone.
    pub fn drop_request(&self, request: &EventId) -> Result<(), Error> {
        self.db.prepare_cached("DELETE FROM request WHERE id = ?")?.execute([&request.0[..]])?;
        Ok(())
    }

    /// The short number of an event among its kind; the next one if it has none.
    pub fn number(&self, kind: &str, event: &EventId) -> Result<i64, Error> {
        let mut query = self.db.prepare_cached("SELECT n FROM number WHERE id = ?")?;
        if let Some(n) = query.query_row([&event.0[..]], |row| row.get(0)).optional()? {
            return Ok(n);
        }
        let mut insert = self.db.prepare_cached(
            "INSERT OR IGNORE INTO number SELECT ?1, 1 + ifnull((SELECT max(n) FROM number WHERE kind = ?1), 0), ?2",
        )?;
        insert.execute(params![kind, &event.0[..]])?;
        Ok(query.query_row([&event.0[..]], |row| row.get(0))?)
    }

    /// The event with this short number.
    pub fn numbered(&self, kind: &str, n: i64) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM number WHERE kind = ? AND n = ?")?;
        query.query_row(params![kind, n], |row| row.get(0)).optional()?.map(id).transpose()
    }
}
