//! Accounts, statements, and what can be taken.

use event::{Account, EventId, Item, Time, Unit, UnitDef};
use rules::{Facts, Key, Value};
use rusqlite::{OptionalExtension, Row, params};

use crate::cache::id;
use crate::fold::{DECLINED, IN_TRANSIT, RECEIVED, RETURNED};
use crate::query::{AccountRow, Movement, OpenItem, State};
use crate::{Error, Store};

impl Store {
    /// Every account in every unit.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        let units = self.units()?;
        let mut rows = Vec::new();
        for account in self.account_names()? {
            for (unit, _) in &units {
                rows.push(self.account_row(&account, unit)?);
            }
        }
        Ok(rows)
    }

    /// One account in one unit.
    pub fn account_row(&self, account: &Account, unit: &UnitDef) -> Result<AccountRow, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT balance, pending_in, pending_out FROM account WHERE account = ? AND unit = ?")?;
        let found = query
            .query_row(params![account.to_string(), unit.unit.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let (balance, pending_in, pending_out) = found.unwrap_or((0, 0, 0));
        Ok(AccountRow { account: account.clone(), unit: unit.clone(), balance, pending_in, pending_out })
    }

    /// The movements of an account, oldest first, with its running balance.
    pub fn statement(&self, account: &Account, unit: &UnitDef) -> Result<Vec<Movement>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT leg.pay, leg.n, leg.time, leg.payer, leg.payee, leg.purpose, leg.minor, leg.state,
                    line.settled >= leg.seq,
                    took.time, leg.seq, took.seq
             FROM leg JOIN line ON line.n = leg.line
             LEFT JOIN take AS took ON took.counts = 1 AND (
               (took.what = 3 AND leg.state = 3 AND took.leg = -1 AND took.item = (SELECT id FROM take AS d
                 WHERE d.item = leg.pay AND d.leg = leg.n AND d.counts = 1))
               OR (took.what = 4 AND leg.state = 3 AND took.item = leg.pay AND took.leg = -2 - leg.n)
               OR (leg.state = 1 AND took.item = leg.pay AND took.leg = leg.n))
             WHERE (leg.payer = ?1 OR leg.payee = ?1) AND leg.unit = ?2",
        )?;
        let name = account.to_string();
        let rows = query.query_map(params![name, unit.unit.as_str()], |row| Ok(LegRow::read(row)))?;
        let mut lines = Vec::new();
        for row in rows {
            lines.extend(row??.movements(account, &unit.unit));
        }
        // One receipt names legs before returns.
        let returned = |line: &Movement| line.state == State::Declined && line.minor > 0;
        lines.sort_by_key(|(line, at, _)| (line.time, *at, returned(line), line.id, line.leg));
        let mut balance = self.carried(account, &unit.unit)?;
        let mut statement = Vec::new();
        for (mut line, _, counts) in lines {
            if counts {
                balance = balance.saturating_add(line.minor);
            }
            line.balance = balance;
            statement.push(line);
        }
        Ok(statement)
    }

    /// What an account of a refounded community began with, in smallest parts.
    pub fn carried(&self, account: &Account, unit: &Unit) -> Result<i64, Error> {
        Ok(match self.fact(&self.register()?, &Key::Carried(account.clone(), unit.clone()))? {
            Some(Value::Minor(minor)) => minor,
            _ => 0,
        })
    }

    /// What the keeper of an account can take, or will be able to once it is settled.
    pub fn open_items(&self, account: &Account) -> Result<Vec<OpenItem>, Error> {
        let mut items = Vec::new();
        let mut query = self.db.prepare_cached(&format!(
            "SELECT pay, n, payer, minor, unit, purpose FROM leg INDEXED BY leg_open
             WHERE payee = ? AND state = {IN_TRANSIT} ORDER BY time, pay, n"
        ))?;
        let rows = query.query_map([account.to_string()], |row| Ok(open_row(row)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (pay, n, from, minor, unit, purpose) = row?;
            self.push_open(&mut items, Item::Leg(pay, n), (from, minor, unit, purpose))?;
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT take.id, 0, leg.payee, leg.minor, leg.unit, leg.purpose FROM leg INDEXED BY leg_declined
             CROSS JOIN take ON take.item = leg.pay AND take.leg = leg.n AND take.counts = 1
             WHERE leg.payer = ? AND leg.state = {DECLINED} ORDER BY take.time, take.id"
        ))?;
        let rows = query.query_map([account.to_string()], |row| Ok(open_row(row)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (decline, _, from, minor, unit, purpose) = row?;
            self.push_open(&mut items, Item::Return(decline), (from, minor, unit, purpose))?;
        }
        self.push_stranded(&mut items, account)?;
        Ok(items)
    }

    /// Legs to accounts that were closed before they took them: these go back.
    fn push_stranded(&self, items: &mut Vec<OpenItem>, account: &Account) -> Result<(), Error> {
        let at = self.register()?;
        if self.keys(&at, "closed ")?.is_empty() {
            return Ok(());
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT pay, n, payee, minor, unit, purpose FROM leg INDEXED BY leg_payer
             WHERE payer = ? AND state = {IN_TRANSIT} ORDER BY time, pay, n"
        ))?;
        let rows = query.query_map([account.to_string()], |row| Ok(open_row(row)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (pay, n, from, minor, unit, purpose) = row?;
            if self.fact(&at, &Key::Closed(from.clone()))?.is_some()
                && let Some(link) = self.link(&pay)?
            {
                let item = Item::Back(pay, n);
                items.push(OpenItem { item, link, from, minor, unit, purpose, settled: true });
            }
        }
        Ok(())
    }

    fn push_open(
        &self,
        items: &mut Vec<OpenItem>,
        item: Item,
        (from, minor, unit, purpose): (Account, i64, Unit, Option<String>),
    ) -> Result<(), Error> {
        let Some(link) = self.link(&item.event())? else { return Ok(()) };
        let settled = self.settled(&link)?;
        items.push(OpenItem { item, link, from, minor, unit, purpose, settled });
        Ok(())
    }

    /// What became of one leg, and the receipt, decline or return that says so.
    pub fn leg_state(&self, pay: &EventId, leg: u16) -> Result<Option<State>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT state, line.settled >= leg.seq FROM leg JOIN line ON line.n = leg.line WHERE pay = ? AND leg.n = ?",
        )?;
        let found = query.query_row(params![&pay.0[..], i64::from(leg)], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?.map(|(state, settled)| leg_state(state, settled)))
    }

    /// The payment that an account made under a key.
    pub fn paid_under(&self, account: &Account, key: &str) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM paid WHERE account = ? AND key = ?")?;
        query.query_row(params![account.to_string(), key], |row| row.get(0)).optional()?.map(id).transpose()
    }
}

/// A leg as a statement needs it.
struct LegRow {
    pay: EventId,
    n: u16,
    time: Time,
    payer: Account,
    payee: Account,
    purpose: Option<String>,
    minor: i64,
    state: i64,
    settled: bool,
    taken: Option<Time>,
    /// Places on the keepers' chains, which order what happened within a second.
    paid_at: i64,
    taken_at: Option<i64>,
}

impl LegRow {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(LegRow {
            pay: id(row.get(0)?)?,
            n: u16::try_from(row.get::<_, i64>(1)?).unwrap_or(u16::MAX),
            time: Time::new(row.get(2)?)?,
            payer: row.get::<_, String>(3)?.parse()?,
            payee: row.get::<_, String>(4)?.parse()?,
            purpose: row.get(5)?,
            minor: row.get(6)?,
            state: row.get(7)?,
            settled: row.get(8)?,
            taken: row.get::<_, Option<i64>>(9)?.map(Time::new).transpose()?,
            paid_at: row.get(10)?,
            taken_at: row.get(11)?,
        })
    }

    /// The lines that a leg makes on an account's statement, in order, and whether each moves the balance.
    fn movements(self, account: &Account, unit: &Unit) -> Vec<(Movement, i64, bool)> {
        let line = |time, counterparty: &Account, minor, state| Movement {
            time,
            id: self.pay,
            leg: self.n,
            counterparty: counterparty.clone(),
            purpose: self.purpose.clone(),
            minor,
            balance: 0,
            unit: unit.clone(),
            state,
        };
        let state = leg_state(self.state, self.settled);
        let mut lines = Vec::new();
        if self.payer == *account {
            let counts = state != State::Withdrawn;
            lines.push((line(self.time, &self.payee, self.minor.saturating_neg(), state), self.paid_at, counts));
            if self.state == RETURNED {
                let back = self.taken.unwrap_or(self.time);
                lines.push((
                    line(back, &self.payee, self.minor, State::Declined),
                    self.taken_at.unwrap_or(i64::MAX),
                    true,
                ));
            }
        } else {
            let counts = state == State::Received;
            let when = self.taken.filter(|_| counts).unwrap_or(self.time);
            let at = self.taken_at.filter(|_| counts).unwrap_or(i64::MAX);
            lines.push((line(when, &self.payer, self.minor, state), at, counts));
        }
        lines
    }
}

pub(super) fn leg_state(state: i64, settled: bool) -> State {
    match state {
        IN_TRANSIT if settled => State::Settled,
        IN_TRANSIT => State::Pending,
        RECEIVED => State::Received,
        DECLINED | RETURNED => State::Declined,
        _ => State::Withdrawn,
    }
}

type OpenRow = (EventId, u16, Account, i64, Unit, Option<String>);

fn open_row(row: &Row<'_>) -> Result<OpenRow, Error> {
    Ok((
        id(row.get(0)?)?,
        u16::try_from(row.get::<_, i64>(1)?).unwrap_or(u16::MAX),
        row.get::<_, String>(2)?.parse()?,
        row.get(3)?,
        row.get::<_, String>(4)?.parse()?,
        row.get(5)?,
    ))
}
