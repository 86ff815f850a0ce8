//! Rows of requests, running sums and accounts that are handed on, and the law's questions about them.

use event::{Account, EventId, Item, Line, Pay, Request};
use rules::{Counted, Link, Tally};
use rusqlite::{OptionalExtension, params};

use crate::cache::{id, int, seq};
use crate::facts::item_key;
use crate::{Error, Store};

pub(crate) const WITHDRAWN: i64 = 1;
pub(crate) const REFUSED: i64 = 2;

impl Store {
    /// Adds to running sums.
    pub(crate) fn count(&self, link: &Link, counted: &[Counted]) -> Result<(), Error> {
        let mut insert = self.db.prepare_cached("INSERT INTO tally VALUES (?, ?, ?, ?, ?, ?)")?;
        for Counted { account, tally, minor } in counted {
            let before = self.tally_at(&Link { seq: link.seq.saturating_sub(1), ..*link }, account, tally)?;
            insert.execute(params![
                link.line,
                account.to_string(),
                tally.to_string(),
                int(link.seq),
                minor,
                before.saturating_add(*minor)
            ])?;
        }
        Ok(())
    }

    pub(crate) fn tally_at(&self, head: &Link, account: &Account, tally: &Tally) -> Result<i64, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT sum FROM tally WHERE line = ? AND account = ? AND what = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
        )?;
        for (line, upto) in self.segments(head)? {
            let found =
                query.query_row(params![line, account.to_string(), tally.to_string(), int(upto)], |row| row.get(0));
            if let Some(sum) = found.optional()? {
                return Ok(sum);
            }
        }
        Ok(0)
    }

    /// What a payment says besides its amounts.
    pub(crate) fn note_said(&self, pay: &Pay, link: &Link) -> Result<(), Error> {
        let more = pay.category.is_some() || pay.delivered.is_some() || pay.contributes;
        if !more && pay.request.or(pay.refund).or(pay.mandate).is_none() {
            return Ok(());
        }
        self.db.prepare_cached("INSERT INTO said VALUES (?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            &link.id.0[..],
            pay.category.as_ref().map(|name| name.as_str()),
            pay.delivered.as_ref().map(ToString::to_string),
            pay.request.map(|id| id.0.to_vec()),
            pay.refund.map(|id| id.0.to_vec()),
            pay.mandate.map(|id| id.0.to_vec()),
            i64::from(pay.contributes),
        ])?;
        Ok(())
    }

    pub(crate) fn note_request(&self, request: &Request, link: &Link) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            &link.id.0[..],
            link.line,
            int(link.seq),
            link.time.seconds(),
            request.account.to_string(),
            request.of.to_string(),
            request.unit.as_str(),
            request.amount.minor(),
            request.due.map(|due| due.seconds()),
            request.key.as_ref().map(|key| key.as_str()),
        ])?;
        Ok(())
    }

    pub(crate) fn note_answer(&self, request: &EventId, link: &Link, what: i64) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO answer VALUES (?, ?, ?, ?, ?)")?.execute(params![
            &request.0[..],
            link.line,
            int(link.seq),
            &link.id.0[..],
            what
        ])?;
        Ok(())
    }

    pub(crate) fn note_cancel(&self, pay: &EventId, link: &Link) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO cancel VALUES (?, ?, ?, ?)")?.execute(params![
            &pay.0[..],
            link.line,
            int(link.seq),
            &link.id.0[..]
        ])?;
        Ok(())
    }

    pub(crate) fn note_hand(&self, account: &Account, link: &Link) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO hand VALUES (?, ?, ?, ?)")?.execute(params![
            link.line,
            int(link.seq),
            account.to_string(),
            &link.id.0[..]
        ])?;
        Ok(())
    }

    pub(crate) fn hands_on(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Error> {
        // Accounts of members stay theirs.
        let Account::Common(_) = account else { return Ok(Vec::new()) };
        let mut query = self.db.prepare_cached("SELECT id FROM hand WHERE line = ? AND seq <= ? AND account = ?")?;
        let mut found = Vec::new();
        for (line, upto) in self.segments(head)? {
            let rows = query.query_map(params![line, int(upto), account.to_string()], |row| row.get(0))?;
            for word in rows.collect::<Result<Vec<Vec<u8>>, _>>()? {
                found.push(id(word)?);
            }
        }
        Ok(found)
    }

    pub(crate) fn has_received(&self, head: &Link, item: &Item) -> Result<bool, Error> {
        let places = self.takes_of(&item_key(item))?;
        if places.is_empty() {
            return Ok(false);
        }
        let segments = self.segments(head)?;
        // Who takes a leg receives or declines it; the event at that place says which.
        let mut query = self.db.prepare_cached("SELECT 1 FROM event WHERE line = ? AND seq = ? AND kind = ?")?;
        for (line, at) in places {
            let before = segments.iter().any(|(l, upto)| *l == line && at <= *upto);
            if before && query.exists(params![line, int(at), "credit.receive"])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn has_asked(&self, head: &Link, account: &Account, of: &Account, key: &Line) -> Result<bool, Error> {
        let mut query =
            self.db.prepare_cached("SELECT line, seq FROM request WHERE account = ? AND debtor = ? AND key = ?")?;
        let key = params![account.to_string(), of.to_string(), key.as_str()];
        let places = query.query_map(key, |row| Ok((row.get(0)?, row.get(1)?)))?;
        let places = places.collect::<Result<Vec<(i64, i64)>, _>>()?;
        self.any_place(head, &places)
    }

    fn any_place(&self, head: &Link, places: &[(i64, i64)]) -> Result<bool, Error> {
        if places.is_empty() {
            return Ok(false);
        }
        let segments = self.segments(head)?;
        Ok(places.iter().any(|(line, at)| segments.iter().any(|(l, upto)| l == line && seq(*at) <= *upto)))
    }
}
