//! Rows of legs and of what took them, which wait in memory for the end of a fold: most change soon after they are
//! made, and many together cost least in the order of their table.

use event::{Account, Body, EventId, Pay, Unit};
use rules::{Facts, Link};
use rusqlite::{OptionalExtension, params};

use crate::cache::{HashMap, int};
use crate::{Error, Store};

/// As many wait at most.
const MANY: usize = 200_000;

/// Which leg of which payment; as an item, see [`crate::facts::item_key`].
pub(crate) type LegKey = (EventId, i64);

/// Rows that wait.
#[derive(Default)]
pub(crate) struct Waiting {
    /// What became of legs, and whether they have no row yet.
    legs: HashMap<LegKey, (i64, bool)>,
    /// What was taken, by whom.
    takes: HashMap<LegKey, Vec<Take>>,
    /// Whether there are no takes but those that wait.
    pub all: bool,
}

/// A row of table `take`.
#[derive(Clone, Copy)]
struct Take {
    line: i64,
    seq: u64,
    id: EventId,
    time: i64,
    what: i64,
    counts: bool,
}

/// A leg of a payment and what became of it.
pub(crate) struct Leg {
    pub payer: Account,
    pub payee: Account,
    pub unit: Unit,
    pub minor: i64,
    pub state: i64,
}

impl Store {
    /// A leg is made.
    pub(crate) fn add_leg(&self, pay: &EventId, n: i64, state: i64) -> Result<(), Error> {
        self.cache.borrow_mut().waiting.legs.insert((*pay, n), (state, true));
        self.relieve()
    }

    pub(crate) fn set_leg(&self, pay: &EventId, n: i64, state: i64) -> Result<(), Error> {
        self.cache.borrow_mut().waiting.legs.entry((*pay, n)).or_insert((state, false)).0 = state;
        self.relieve()
    }

    pub(crate) fn leg_of(&self, pay: &EventId, n: i64) -> Result<Leg, Error> {
        let waiting = self.cache.borrow().waiting.legs.get(&(*pay, n)).map(|(state, _)| *state);
        let state = match waiting {
            Some(state) => state,
            None => {
                let mut query = self.db.prepare_cached("SELECT state FROM leg WHERE pay = ? AND n = ?")?;
                query.query_row(params![&pay.0[..], n], |row| row.get(0))?
            }
        };
        let said = self.said(pay)?;
        let Some(Body::Pay(said)) = said.as_deref() else { return Err(Error::Missing("a payment")) };
        let leg = usize::try_from(n).ok().and_then(|n| said.legs.get(n)).ok_or(Error::Missing("a leg"))?;
        let (payer, payee, unit) = (said.from.clone(), leg.to.clone(), said.unit.clone());
        Ok(Leg { payer, payee, unit, minor: leg.amount.minor(), state })
    }

    /// An event receives (1), declines (2), takes back (3), or takes back from a closed account (4).
    pub(crate) fn add_take(&self, key: LegKey, link: &Link, what: i64) -> Result<(), Error> {
        let Link { line, seq, id, .. } = *link;
        let take = Take { line, seq, id, time: link.time.seconds(), what, counts: false };
        self.cache.borrow_mut().waiting.takes.entry(key).or_default().push(take);
        self.relieve()
    }

    /// The take counts.
    pub(crate) fn count_take(&self, key: LegKey, link: &Link) -> Result<(), Error> {
        if let Some(takes) = self.cache.borrow_mut().waiting.takes.get_mut(&key)
            && let Some(take) = takes.iter_mut().find(|take| (take.line, take.seq) == (link.line, link.seq))
        {
            take.counts = true;
            return Ok(());
        }
        let sql = "UPDATE take SET counts = 1 WHERE item = ? AND leg = ? AND line = ? AND seq = ?";
        self.db.prepare_cached(sql)?.execute(params![&key.0.0[..], key.1, link.line, int(link.seq)])?;
        Ok(())
    }

    /// Where an item was taken: lines and seqs.
    pub(crate) fn takes_of(&self, key: &LegKey) -> Result<Vec<(i64, u64)>, Error> {
        let mut places = Vec::new();
        {
            let waiting = &self.cache.borrow().waiting;
            places.extend(waiting.takes.get(key).into_iter().flatten().map(|take| (take.line, take.seq)));
            if waiting.all {
                return Ok(places);
            }
        }
        let mut query = self.db.prepare_cached("SELECT line, seq FROM take WHERE item = ? AND leg = ?")?;
        let rows = query.query_map(params![&key.0.0[..], key.1], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            let (line, at): (i64, i64) = row?;
            places.push((line, crate::cache::seq(at)));
        }
        Ok(places)
    }

    /// Whether what this event took counts.
    pub(crate) fn take_counts(&self, key: &LegKey, by: &EventId) -> Result<bool, Error> {
        let waiting =
            self.cache.borrow().waiting.takes.get(key).and_then(|takes| takes.iter().find(|t| t.id == *by).copied());
        if let Some(take) = waiting {
            return Ok(take.counts);
        }
        let mut query = self.db.prepare_cached("SELECT counts FROM take WHERE item = ? AND leg = ? AND id = ?")?;
        let counts = query.query_row(params![&key.0.0[..], key.1, &by.0[..]], |row| row.get(0)).optional()?;
        Ok(counts.unwrap_or(false))
    }

    /// Keeps memory bounded.
    fn relieve(&self) -> Result<(), Error> {
        let full = {
            let waiting = &self.cache.borrow().waiting;
            waiting.legs.len().saturating_add(waiting.takes.len()) > MANY
        };
        if full { self.flush_waiting() } else { Ok(()) }
    }

    /// Writes what waits.
    pub(crate) fn flush_waiting(&self) -> Result<(), Error> {
        let Waiting { legs, takes, .. } = std::mem::take(&mut self.cache.borrow_mut().waiting);
        let mut legs: Vec<(LegKey, (i64, bool))> = legs.into_iter().collect();
        legs.sort_unstable_by_key(|(key, _)| *key);
        for ((pay, n), (state, new)) in legs {
            match new {
                true => self.insert_leg(&pay, n, state)?,
                false => {
                    let mut update = self.db.prepare_cached("UPDATE leg SET state = ? WHERE pay = ? AND n = ?")?;
                    update.execute(params![state, &pay.0[..], n])?;
                }
            }
        }
        let mut takes: Vec<(LegKey, Vec<Take>)> = takes.into_iter().collect();
        takes.sort_unstable_by_key(|(key, _)| *key);
        let mut insert = self.db.prepare_cached("INSERT INTO take VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
        for ((item, leg), some) in takes {
            for Take { line, seq, id, time, what, counts } in some {
                insert.execute(params![&item.0[..], leg, line, int(seq), &id.0[..], time, what, counts])?;
            }
        }
        Ok(())
    }

    fn insert_leg(&self, pay: &EventId, n: i64, state: i64) -> Result<(), Error> {
        let (link, said) = (self.link(pay)?.ok_or(Error::Missing("a payment"))?, self.said(pay)?);
        let Some(Body::Pay(Pay { from, unit, legs, purpose, .. })) = said.as_deref() else {
            return Err(Error::Missing("a payment"));
        };
        let leg = usize::try_from(n).ok().and_then(|n| legs.get(n)).ok_or(Error::Missing("a leg"))?;
        let mut insert = self.db.prepare_cached("INSERT INTO leg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
        insert.execute(params![
            &pay.0[..],
            n,
            link.line,
            int(link.seq),
            link.time.seconds(),
            from.to_string(),
            leg.to.to_string(),
            unit.as_str(),
            leg.amount.minor(),
            purpose.as_ref().map(|purpose| purpose.as_str()),
            state,
        ])?;
        Ok(())
    }
}
