//! Requests: what is asked of whom, what was paid of it, what ended it; and the mandates in force.

use std::collections::BTreeMap;

use event::{Account, Body, Change, Entry, EventId, Mandate, Pay, Request, Route};
use rules::{Answer, Facts, Key, Link, Value};
use rusqlite::params;

use crate::cache::id;
use crate::demand::{REFUSED, WITHDRAWN};
use crate::fold::{IN_TRANSIT, RECEIVED};
use crate::query::Said;
use crate::{Error, Store};

/// A request with effect, and how it stands.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Its place.
    pub link: Link,
    /// What it says.
    pub said: Request,
    /// What was sent for it and did not come back, in smallest parts.
    pub paid: i64,
    /// What set-offs let the asked account off, in smallest parts.
    pub off: SetOffs,
    /// How it stands.
    pub state: RequestState,
}

/// What set-offs let an account off of a request, in smallest parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetOffs {
    /// By those with effect.
    pub done: i64,
    /// By those that it has agreed to and not all others yet.
    pub held: i64,
}

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Something is left to pay.
    Open,
    /// Nothing is.
    Paid,
    /// By the asker.
    Withdrawn,
    /// By the asked.
    Refused,
}

/// A mandate in force.
#[derive(Debug, Clone)]
pub struct MandateRow {
    /// The entry that gave it.
    pub entry: EventId,
    /// What it says.
    pub said: Mandate,
    /// What was spent by it and did not come back, in smallest parts.
    pub spent: i64,
}

impl RequestRow {
    /// What is left to pay, in smallest parts.
    pub fn rest(&self) -> i64 {
        let gone = self.paid.saturating_add(self.off.done).saturating_add(self.off.held);
        match self.state {
            RequestState::Open => self.said.amount.minor().saturating_sub(gone).max(0),
            _ => 0,
        }
    }
}

impl Store {
    /// The requests that have effect, oldest first.
    pub fn requests(&self) -> Result<Vec<RequestRow>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM request ORDER BY time, seq, id")?;
        let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let (off, mut rows) = (self.set_off()?, Vec::new());
        for bytes in ids {
            let request = id(bytes)?;
            rows.extend(self.row_of(&request, off.get(&request).copied().unwrap_or_default())?);
        }
        Ok(rows)
    }

    /// One of them.
    pub fn request_row(&self, request: &EventId) -> Result<Option<RequestRow>, Error> {
        self.row_of(request, self.set_off()?.remove(request).unwrap_or_default())
    }

    fn row_of(&self, request: &EventId, off: SetOffs) -> Result<Option<RequestRow>, Error> {
        let (Some(Body::Request(said)), Some(link)) = (self.body(request)?, self.link(request)?) else {
            return Ok(None);
        };
        if !link.valid || !self.effective(&link)? {
            return Ok(None);
        }
        let paid = self.sum_of("said.request = ?1 AND leg.n = 0", request)?;
        let state = match self.answer_to(request)? {
            Some(WITHDRAWN) => RequestState::Withdrawn,
            Some(_) => RequestState::Refused,
            None if paid.saturating_add(off.done) >= said.amount.minor() => RequestState::Paid,
            None => RequestState::Open,
        };
        Ok(Some(RequestRow { link, said, paid, off, state }))
    }

    /// What set-offs let each asked account off, by request.
    fn set_off(&self) -> Result<BTreeMap<EventId, SetOffs>, Error> {
        let mut all: BTreeMap<EventId, SetOffs> = BTreeMap::new();
        for row in self.clearings()? {
            let done = row.has_effect();
            for discharge in &row.clear.discharges {
                let Some(Body::Request(request)) = self.body(&discharge.request)? else { continue };
                let agreed = |(account, said): &(Account, Said)| {
                    *account == request.of && matches!(said, Some((Answer::Agreed, ..)))
                };
                if row.parties.iter().any(agreed) {
                    let off = all.entry(discharge.request).or_default();
                    let sum = if done { &mut off.done } else { &mut off.held };
                    *sum = sum.saturating_add(discharge.amount.minor());
                }
            }
        }
        Ok(all)
    }

    /// The legs with effect of payments that name something, without those that came back.
    fn sum_of(&self, which: &str, named: &EventId) -> Result<i64, Error> {
        let sql = format!(
            "SELECT ifnull(sum(leg.minor), 0) FROM said JOIN leg ON leg.pay = said.pay
             WHERE {which} AND leg.state IN ({IN_TRANSIT}, {RECEIVED})"
        );
        Ok(self.db.prepare_cached(&sql)?.query_row([&named.0[..]], |row| row.get(0))?)
    }

    /// The first end of a request that has effect, a withdrawal before a refusal.
    fn answer_to(&self, request: &EventId) -> Result<Option<i64>, Error> {
        let mut query = self.db.prepare_cached("SELECT what, id FROM answer WHERE request = ? ORDER BY what, seq")?;
        let rows = query.query_map(params![&request.0[..]], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (what, event) in rows.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()? {
            if let Some(link) = self.link(&id(event)?)?
                && self.effective(&link)?
                && (what == WITHDRAWN || what == REFUSED)
            {
                return Ok(Some(what));
            }
        }
        Ok(None)
    }

    /// Why the asked account refused.
    pub fn refused_why(&self, request: &EventId) -> Result<Option<String>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM answer WHERE request = ? AND what = ? ORDER BY seq")?;
        let ids = query.query_map(params![&request.0[..], REFUSED], |row| row.get(0))?;
        for event in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
            if let Some(Body::Refuse(refuse)) = self.body(&id(event)?)? {
                return Ok(refuse.why.map(|why| why.as_str().to_owned()));
            }
        }
        Ok(None)
    }

    /// Why a leg was declined, where its payee said so.
    pub fn declined_why(&self, pay: &EventId, n: u16) -> Result<Option<String>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id FROM take WHERE item = ? AND leg = ? AND what = 2 AND counts = 1")?;
        let ids = query.query_map(params![&pay.0[..], i64::from(n)], |row| row.get(0))?;
        for event in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
            if let Some(Body::Decline(decline)) = self.body(&id(event)?)? {
                return Ok(decline.why.map(|why| why.as_str().to_owned()));
            }
        }
        Ok(None)
    }

    /// The request that an account made to another under a key.
    pub fn asked_under(&self, account: &Account, of: &Account, key: &str) -> Result<Option<EventId>, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT id FROM request WHERE account = ? AND debtor = ? AND key = ? ORDER BY seq")?;
        let ids = query.query_map(params![account.to_string(), of.to_string(), key], |row| row.get(0))?;
        for bytes in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
            let request = id(bytes)?;
            if let Some(link) = self.link(&request)?
                && self.effective(&link)?
            {
                return Ok(Some(request));
            }
        }
        Ok(None)
    }

    /// What was given back of a payment and did not come back, in smallest parts.
    pub fn refunded(&self, pay: &EventId) -> Result<i64, Error> {
        self.sum_of("said.refund = ?1", pay)
    }

    /// Whether the payer asks for the payment back.
    pub fn cancelled(&self, pay: &EventId) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM cancel WHERE pay = ?")?;
        let ids = query.query_map([&pay.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for event in ids {
            if let Some(link) = self.link(&id(event)?)?
                && self.effective(&link)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Why the payee need not take a leg: its payer asks for it back, or it pays for a request that is closed, or more
    /// than was asked.
    pub fn unwanted(&self, pay_id: &EventId, leg: u16) -> Result<Option<&'static str>, Error> {
        if self.cancelled(pay_id)? {
            return Ok(Some("cancelled by the payer"));
        }
        let Some(Body::Pay(Pay { request: Some(request), .. })) = self.body(pay_id)? else { return Ok(None) };
        let Some(row) = self.request_row(&request)?.filter(|_| leg == 0) else { return Ok(None) };
        Ok(match row.state {
            RequestState::Withdrawn => Some("the request was withdrawn"),
            _ if row.paid > row.said.amount.minor() => Some("more than was asked"),
            _ => None,
        })
    }

    /// The mandates in force by the settled register, the oldest first.
    pub fn mandates(&self) -> Result<Vec<MandateRow>, Error> {
        let at = self.register()?;
        let mut rows = Vec::new();
        for (key, _) in self.keys(&at, "mandate ")? {
            let entry: EventId = key.parse()?;
            let Some(Value::Event(said)) = self.fact(&at, &Key::Mandate(entry))? else { continue };
            let change = match self.body(&said)? {
                Some(Body::Motion(motion)) => motion.change,
                Some(Body::Entry(Entry { route: Route::Inline(change), .. })) => change,
                _ => continue,
            };
            let Change::Mandate(said) = change else { continue };
            rows.push(MandateRow { entry, said, spent: self.sum_of("said.mandate = ?1", &entry)? });
        }
        rows.sort_by_key(|row| (self.link(&row.entry).ok().flatten().map(|link| link.time), row.entry));
        Ok(rows)
    }

    /// What an account of the community is for.
    pub fn title(&self, account: &Account) -> Result<Option<String>, Error> {
        Ok(match self.fact(&self.register()?, &Key::Title(account.clone()))? {
            Some(Value::Name(title)) => Some(title.as_str().to_owned()),
            _ => None,
        })
    }

    /// Who keeps an account.
    pub fn keeper(&self, account: &Account) -> Result<Option<event::Handle>, Error> {
        Ok(match self.fact(&self.register()?, &Key::Keeper(account.clone()))? {
            Some(Value::Handle(keeper)) => Some(keeper),
            _ => None,
        })
    }
}
