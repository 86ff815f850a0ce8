//! Chains and their events.

use event::{Body, Device, EventId, GitId, Position, Time};
use rules::{Facts, Link};
use rusqlite::{OptionalExtension, params};

use crate::cache::{git, id, int, seq};
use crate::query::{Chain, EventRow};
use crate::{Error, Store};

impl Store {
    /// All branches of all chains.
    pub fn chains(&self) -> Result<Vec<Chain>, Error> {
        let mut query = self.db.prepare_cached("SELECT n FROM line ORDER BY device, n")?;
        let lines = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        lines.into_iter().map(|n| self.chain(n)).collect()
    }

    /// The newest commits of all branches of chains.
    pub fn tips(&self) -> Result<Vec<GitId>, Error> {
        let mut query = self.db.prepare_cached("SELECT tip_git FROM line")?;
        let found = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        found.into_iter().map(git).collect()
    }

    fn chain(&self, n: i64) -> Result<Chain, Error> {
        let line = self.line(n)?;
        let first = self.lines_of(&line.device)?.first() == Some(&n);
        let root = match first {
            true => None,
            false => {
                let mut query = self.db.prepare_cached("SELECT id FROM event WHERE line = ? ORDER BY seq LIMIT 1")?;
                Some(id(query.query_row([n], |row| row.get(0))?)?)
            }
        };
        Ok(Chain {
            line: n,
            device: line.device,
            author: line.author,
            root,
            tip: Position { device: line.device, seq: line.tip, id: line.tip_id },
            git: line.tip_git,
            settled: (line.settled >= 0).then(|| seq(line.settled)),
            forked: self.forked(&line.device)?,
        })
    }

    /// The newest event of a device's chain; of a forked chain, of its first branch.
    pub fn head(&self, device: &Device) -> Result<Option<(Link, GitId)>, Error> {
        let Some(n) = self.lines_of(device)?.first().copied() else { return Ok(None) };
        let line = self.line(n)?;
        Ok(self.link(&line.tip_id)?.map(|link| (link, line.tip_git)))
    }

    /// Git's name of an accepted event.
    pub fn git(&self, event: &EventId) -> Result<Option<GitId>, Error> {
        let mut query = self.db.prepare_cached("SELECT git FROM event WHERE id = ?")?;
        query.query_row([&event.0[..]], |row| row.get(0)).optional()?.map(git).transpose()
    }

    /// Events whose ids begin with these hex digits, at most a few.
    pub fn find(&self, prefix: &str) -> Result<Vec<EventId>, Error> {
        let digits: String = prefix.to_ascii_lowercase();
        if digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let bound = |fill: &str| format!("{digits}{}", fill.repeat(64usize.saturating_sub(digits.len())));
        let (low, high) = (bound("0").parse::<EventId>()?, bound("f").parse::<EventId>()?);
        let mut query = self.db.prepare_cached("SELECT id FROM event WHERE id BETWEEN ? AND ? LIMIT 9")?;
        let found = query.query_map([&low.0[..], &high.0[..]], |row| row.get(0))?;
        found.collect::<Result<Vec<Vec<u8>>, _>>()?.into_iter().map(id).collect()
    }

    /// An event.
    pub fn event(&self, wanted: &EventId) -> Result<Option<EventRow>, Error> {
        let Some(link) = self.link(wanted)? else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT git, body, text, refusal FROM event WHERE id = ?")?;
        let (name, body, text, refusal) = query.query_row([&wanted.0[..]], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, i64>(3)?))
        })?;
        let line = self.line(link.line)?;
        Ok(Some(EventRow {
            link,
            git: git(name)?,
            author: line.author,
            body: Body::from_fields(&body)?,
            text,
            refusal: u8::try_from(refusal).unwrap_or(u8::MAX),
            settled: int(link.seq) <= line.settled,
        }))
    }

    /// Events, newest first, of one device or all, of kinds that begin so, not before a time.
    pub fn history(
        &self,
        device: Option<&Device>,
        kind: Option<&str>,
        since: Option<Time>,
        limit: usize,
    ) -> Result<Vec<EventRow>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT event.id FROM event JOIN line ON line.n = event.line
             WHERE (?1 IS NULL OR line.device = ?1) AND (?2 IS NULL OR substr(kind, 1, length(?2)) = ?2) AND time >= ?3
             ORDER BY time DESC, line.device, event.seq DESC LIMIT ?4",
        )?;
        let rows = query.query_map(
            params![
                device.map(ToString::to_string),
                kind,
                since.map_or(0, Time::seconds),
                i64::try_from(limit).unwrap_or(i64::MAX)
            ],
            |row| row.get(0),
        )?;
        let ids = rows.collect::<Result<Vec<Vec<u8>>, _>>()?;
        self.events(ids)
    }

    fn events(&self, ids: Vec<Vec<u8>>) -> Result<Vec<EventRow>, Error> {
        let mut events = Vec::new();
        for event in ids {
            events.extend(self.event(&id(event)?)?);
        }
        Ok(events)
    }

    /// Valid events of a kind, oldest first; only of kinds that are in index `event_rare`.
    pub(super) fn of_kind(&self, kind: &str) -> Result<Vec<EventRow>, Error> {
        // Within a second a chain keeps its own order. The condition is the index's own, or SQLite reads the table.
        let mut query = self.db.prepare_cached(
            "SELECT event.id FROM event INDEXED BY event_rare CROSS JOIN line ON line.n = event.line
             WHERE kind = ? AND refusal = 0 AND kind NOT IN
             ('ack', 'credit.pay', 'credit.receive', 'credit.decline', 'vote.cast', 'members.follow')
             ORDER BY time, line.device, event.seq",
        )?;
        let ids = query.query_map([kind], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        self.events(ids)
    }

    /// Devices of chains that are held, each with its public key.
    pub fn device_keys(&self) -> Result<Vec<(Device, event::PublicKey)>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT body FROM line CROSS JOIN event ON event.line = line.n AND event.seq = 0 ORDER BY time, id",
        )?;
        let bodies = query.query_map([], |row| row.get::<_, String>(0))?;
        let mut keys = Vec::new();
        for body in bodies {
            match Body::from_fields(&body?)? {
                Body::Found(found) => keys.push((found.key.device(), found.key)),
                Body::Join(join) => keys.push((join.key.device(), join.key)),
                _ => {}
            }
        }
        Ok(keys)
    }

    /// The newest time that any chain claims.
    pub fn newest_time(&self) -> Result<Option<Time>, Error> {
        // A cross join keeps this order, from the few lines to their newest events.
        let mut query = self.db.prepare_cached(
            "SELECT max(event.time) FROM line CROSS JOIN event ON event.line = line.n AND event.seq = line.tip",
        )?;
        let newest: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(newest.map(Time::new).transpose()?)
    }

    /// How many events are held, valid and refused.
    pub fn counts(&self) -> Result<(u64, u64), Error> {
        let mut query = self.db.prepare_cached("SELECT count(*), sum(refusal <> 0) FROM event")?;
        let (all, refused): (i64, Option<i64>) = query.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((seq(all), seq(refused.unwrap_or(0))))
    }
}
