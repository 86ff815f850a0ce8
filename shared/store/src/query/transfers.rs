//! What moves accounts: the stream of everything that was sent, received and returned, for books and reports.

use event::{Account, EventId, Time, Unit};
use rules::{Facts, Key, Value};
use rusqlite::Row;

use crate::cache::id;
use crate::query::State;
use crate::query::money::leg_state;
use crate::{Error, Store};

/// How a transfer moves its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// A leg left its payer, and is in transit.
    Sent,
    /// A leg reached its payee.
    Received,
    /// A leg came back to its payer, declined or stranded.
    Returned,
}

/// One movement of one account, which has effect; the other side is what is in transit.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// When, as claimed by the event that moved it.
    pub time: Time,
    /// The event that moved it: the payment or the receipt.
    pub event: EventId,
    /// The payment.
    pub pay: EventId,
    /// Its leg.
    pub leg: u16,
    /// Which way.
    pub moved: Moved,
    /// Whose account.
    pub account: Account,
    /// The other account of the payment.
    pub counterparty: Account,
    /// What for.
    pub purpose: Option<String>,
    /// By how much, in smallest parts, below zero where it was sent.
    pub minor: i64,
    /// In which unit.
    pub unit: Unit,
    /// What became of the leg.
    pub state: State,
}

/// An account that was taken over from a community before this one.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Which.
    pub account: Account,
    /// In which unit.
    pub unit: Unit,
    /// What it began with, in smallest parts.
    pub minor: i64,
    /// When.
    pub time: Time,
}

impl Store {
    /// Hands over every movement of every account up to a time, oldest first. The sums of an account's movements and
    /// of what was [carried](Store::carried_over) are its balance. Only one of them is held at a time; SQLite sorts on
    /// disk what does not fit into its cache.
    pub fn transfers<E: From<Error>>(
        &self,
        until: Option<Time>,
        mut each: impl FnMut(Transfer) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut query = self.db.prepare_cached(TRANSFERS).map_err(Error::from)?;
        let mut rows = query.query([until.map_or(i64::MAX, Time::seconds)]).map_err(Error::from)?;
        while let Some(row) = rows.next().map_err(Error::from)? {
            each(transfer(row)?)?;
        }
        Ok(())
    }

    /// When the first movement was claimed to be.
    pub fn first_transfer(&self) -> Result<Option<Time>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT min(time) FROM (SELECT time FROM leg UNION ALL SELECT time FROM take)")?;
        Ok(query.query_row([], |row| row.get::<_, Option<i64>>(0))?.map(Time::new).transpose()?)
    }

    /// When the community was founded, as its genesis claims.
    pub fn founded(&self) -> Result<Time, Error> {
        let mut query = self.db.prepare_cached("SELECT time FROM event WHERE kind = 'members.found'")?;
        Ok(Time::new(query.query_row([], |row| row.get(0))?)?)
    }

    /// All accounts that are known or have ever been paid, sorted.
    pub fn parties(&self) -> Result<Vec<Account>, Error> {
        let mut all = self.account_names()?;
        let mut query = self.db.prepare_cached("SELECT payer FROM leg UNION SELECT payee FROM leg")?;
        for name in query.query_map([], |row| row.get::<_, String>(0))? {
            all.push(name?.parse()?);
        }
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// What accounts began with that were taken over from a community before, by account and unit.
    pub fn carried_over(&self) -> Result<Vec<Carried>, Error> {
        let at = self.register()?;
        let mut all = Vec::new();
        for (key, entry) in self.keys(&at, "carried ")? {
            let (account, unit) = key.split_once(' ').ok_or(Error::Missing("the unit of an opening"))?;
            let (account, unit): (Account, Unit) = (account.parse()?, unit.parse()?);
            if let Some(Value::Minor(minor)) = self.fact(&at, &Key::Carried(account.clone(), unit.clone()))? {
                let time = self.link(&entry)?.ok_or(Error::Missing("an entry"))?.time;
                all.push(Carried { account, unit, minor, time });
            }
        }
        all.sort_by(|a, b| (&a.account, &a.unit).cmp(&(&b.account, &b.unit)));
        Ok(all)
    }
}

/// What was sent; received; declined and returned; returned from an account that was closed.
const TRANSFERS: &str = "
    SELECT time, 0, pay, pay, leg.n, payer, payee, purpose, -minor, unit, state, settled >= seq
      FROM leg JOIN line ON line.n = leg.line WHERE state != 4 AND time <= ?1
    UNION ALL
    SELECT took.time, 1, took.id, pay, leg.n, payee, payer, purpose, minor, unit, state, 1
      FROM leg JOIN take AS took ON took.item = pay AND took.leg = leg.n AND took.counts = 1
      WHERE state = 1 AND took.time <= ?1
    UNION ALL
    SELECT took.time, 2, took.id, pay, leg.n, payer, payee, purpose, minor, unit, state, 1
      FROM leg JOIN take AS declined ON declined.item = pay AND declined.leg = leg.n AND declined.counts = 1
      JOIN take AS took ON took.item = declined.id AND took.leg = -1 AND took.counts = 1
      WHERE state = 3 AND took.time <= ?1
    UNION ALL
    SELECT took.time, 2, took.id, pay, leg.n, payer, payee, purpose, minor, unit, state, 1
      FROM leg JOIN take AS took ON took.item = pay AND took.leg = -2 - leg.n AND took.counts = 1
      WHERE state = 3 AND took.time <= ?1
    ORDER BY 1, 2, 3, 4, 5";

fn transfer(row: &Row<'_>) -> Result<Transfer, Error> {
    let state: i64 = row.get(10)?;
    Ok(Transfer {
        time: Time::new(row.get(0)?)?,
        moved: match row.get::<_, i64>(1)? {
            0 => Moved::Sent,
            1 => Moved::Received,
            _ => Moved::Returned,
        },
        event: id(row.get(2)?)?,
        pay: id(row.get(3)?)?,
        leg: u16::try_from(row.get::<_, i64>(4)?).unwrap_or(u16::MAX),
        account: row.get::<_, String>(5)?.parse()?,
        counterparty: row.get::<_, String>(6)?.parse()?,
        purpose: row.get(7)?,
        minor: row.get(8)?,
        unit: row.get::<_, String>(9)?.parse()?,
        state: leg_state(state, row.get(11)?),
    })
}
