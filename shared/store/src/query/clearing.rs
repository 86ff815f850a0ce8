//! Requests that could be set off, and the set-offs that are proposed: what each party has said.

use std::collections::BTreeMap;

use event::{Account, Body, Clear, EventId, Time};
use rules::{Answer, Facts, Key, Link, Value};
use rusqlite::OptionalExtension;

use crate::cache::id;
use crate::clearing::answer;
use crate::query::{ClearingRow, OpenRequest, Said};
use crate::{Error, Store};

impl Store {
    /// The requests of which the books of the asked account leave something, as far as these are held.
    pub fn open_requests(&self) -> Result<Vec<OpenRequest>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM request ORDER BY time, seq, id")?;
        let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let register = self.register()?;
        let (mut open, mut heads) = (Vec::new(), BTreeMap::new());
        for request in ids {
            let request = id(request)?;
            let (Some(Body::Request(said)), Some(link)) = (self.body(&request)?, self.link(&request)?) else {
                continue;
            };
            if !self.effective(&link)? || self.is_answered(&request)? {
                continue;
            }
            let head = match heads.get(&said.of) {
                Some(head) => *head,
                None => *heads.entry(said.of.clone()).or_insert(self.books_of(&register, &said.of)?),
            };
            let Some((head, true)) = head else { continue };
            let rest = rules::rest(self, &register, &head, &request, &said)?;
            if rest > 0 {
                open.push(OpenRequest { id: request, request: said, rest });
            }
        }
        Ok(open)
    }

    /// The end of the books of an account, and whether its keeper takes part.
    fn books_of(&self, register: &EventId, account: &Account) -> Result<Option<(Link, bool)>, Error> {
        let Some(Value::Handle(keeper)) = self.fact(register, &Key::Keeper(account.clone()))? else { return Ok(None) };
        let Some(Value::Member(member)) = self.fact(register, &Key::Member(keeper))? else { return Ok(None) };
        Ok(self.head(&member.device)?.map(|(head, _)| (head, member.standing.is_active())))
    }

    fn is_answered(&self, request: &EventId) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM answer WHERE request = ?")?;
        let ids = query.query_map([&request.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for event in ids {
            if let Some(link) = self.link(&id(event)?)?
                && self.effective(&link)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The set-offs with effect as proposals, oldest first, with what each party has said.
    pub fn clearings(&self) -> Result<Vec<ClearingRow>, Error> {
        let mut rows = Vec::new();
        for event in self.of_kind("credit.clear")? {
            let Body::Clear(clear) = event.body.clone() else { continue };
            if self.effective(&event.link)? {
                let parties = self.words_of_parties(&event.link.id, &clear)?;
                rows.push(ClearingRow { event, clear, parties });
            }
        }
        Ok(rows)
    }

    /// Each party of a set-off with its last word that has effect, and whether that is settled.
    fn words_of_parties(&self, clearing: &EventId, clear: &Clear) -> Result<Vec<(Account, Said)>, Error> {
        let mut accounts = Vec::new();
        for discharge in &clear.discharges {
            if let Some(Body::Request(request)) = self.body(&discharge.request)? {
                accounts.extend([request.of, request.account]);
            }
        }
        accounts.sort();
        accounts.dedup();
        let mut query = self
            .db
            .prepare_cached("SELECT id, what FROM set_off WHERE clearing = ? AND account = ? ORDER BY what, seq, id")?;
        let mut parties = Vec::new();
        for account in accounts {
            let rows = query.query_map(rusqlite::params![&clearing.0[..], account.to_string()], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
            })?;
            let mut last = None;
            for row in rows.collect::<Result<Vec<_>, _>>()? {
                let said = id(row.0)?;
                if let Some(link) = self.link(&said)?
                    && self.effective(&link)?
                {
                    last = Some((answer(row.1), said, self.settled(&link)?));
                }
            }
            parties.push((account, last));
        }
        Ok(parties)
    }
}

impl Store {
    /// What shows that some party will never agree, so that one who has agreed can be free: the party, and the event to
    /// name, none where its account was closed.
    pub fn never_agrees(&self, row: &ClearingRow) -> Result<Option<(Account, Option<EventId>)>, Error> {
        let register = self.register()?;
        for (account, said) in &row.parties {
            match said {
                Some((Answer::Dissented, id, true)) => return Ok(Some((account.clone(), Some(*id)))),
                Some(_) => continue,
                None => {}
            }
            if self.fact(&register, &Key::Closed(account.clone()))?.is_some() {
                return Ok(Some((account.clone(), None)));
            }
            let Some((head, _)) = self.books_of(&register, account)? else { continue };
            let settled = self.line(head.line)?.settled;
            let mut query = self
                .db
                .prepare_cached("SELECT id, time FROM event WHERE line = ? AND seq <= ? ORDER BY seq DESC LIMIT 1")?;
            let last = query
                .query_row([head.line, settled], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))
                .optional()?;
            if let Some((event, time)) = last
                && time > row.clear.closes.seconds()
            {
                return Ok(Some((account.clone(), Some(id(event)?))));
            }
        }
        Ok(None)
    }
}

impl ClearingRow {
    /// Whether every party has agreed and that is settled: then its requests are discharged.
    pub fn has_effect(&self) -> bool {
        self.parties.iter().all(|(_, said)| matches!(said, Some((Answer::Agreed, _, true))))
    }

    /// How it stands at a time, in a word.
    pub fn state(&self, now: Time) -> &'static str {
        let said = |answer| self.parties.iter().any(|(_, said)| matches!(said, Some((a, ..)) if *a == answer));
        let all = self.parties.iter().all(|(_, said)| matches!(said, Some((Answer::Agreed, ..))));
        match () {
            () if self.has_effect() => "done",
            () if said(Answer::Dissented) || said(Answer::Released) => "failed",
            () if all => "pending",
            () if now > self.clear.closes => "over",
            () => "open",
        }
    }
}
