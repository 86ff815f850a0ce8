//! What backs accounts, as the law asks for it: the attestations in use, what was taken back, who paid how much.

use event::{Account, Body, EventId, Item, Unit};
use rules::{Facts, Link};
use rusqlite::params;

use crate::cache::{Income, id, int, seq};
use crate::{Error, Store};

impl Store {
    /// Rows of a `credit.back`.
    pub(crate) fn back(&self, back: &event::Back, link: &Link) -> Result<(), Error> {
        let mut insert = self.db.prepare_cached("INSERT INTO backed VALUES (?, ?, ?, ?)")?;
        for attestation in &back.attestations {
            insert.execute(params![link.line, back.account.to_string(), int(link.seq), &attestation.0[..]])?;
        }
        Ok(())
    }

    /// The attestations that a chain has named for an account.
    pub(crate) fn backed_on(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT attestation FROM backed WHERE line = ? AND account = ? AND seq <= ?")?;
        let mut found = Vec::new();
        for (line, upto) in self.segments(head)? {
            let rows = query.query_map(params![line, account.to_string(), int(upto)], |row| row.get(0))?;
            for attestation in rows.collect::<Result<Vec<Vec<u8>>, _>>()? {
                found.push(id(attestation)?);
            }
        }
        Ok(found)
    }

    /// What an account has received on a chain at later times, by payer. Times never run backwards on a chain.
    pub(crate) fn income_on(
        &self,
        head: &Link,
        account: &Account,
        unit: &Unit,
        since: i64,
    ) -> Result<Vec<(Account, i64)>, Error> {
        let mut found = Vec::new();
        for (line, upto) in self.segments(head)? {
            let key = (line, account.clone(), unit.clone());
            self.load_income(&key)?;
            let cache = self.cache.borrow();
            let newest_first = cache.income.get(&key).into_iter().flatten().rev();
            let within = newest_first.skip_while(|one| one.seq > upto).take_while(|one| one.time > since);
            found.extend(within.map(|one| (one.payer.clone(), one.minor)));
        }
        Ok(found)
    }

    /// Goes on with what is in memory of an account's income.
    pub(crate) fn note_income(&self, body: &Body, link: &Link) -> Result<(), Error> {
        if self.cache.borrow().income.is_empty() {
            return Ok(());
        }
        for (account, unit, one) in self.incomes(body, (link.seq, link.time.seconds()))? {
            if let Some(known) = self.cache.borrow_mut().income.get_mut(&(link.line, account, unit)) {
                known.push(one);
            }
        }
        Ok(())
    }

    /// The receipts of an account on a line, read once for those accounts alone that are asked for.
    fn load_income(&self, key: &(i64, Account, Unit)) -> Result<(), Error> {
        if self.cache.borrow().income.contains_key(key) {
            return Ok(());
        }
        let (_, account, unit) = key;
        let mut income = Vec::new();
        for (seq, time, body) in self.movements_on(key, i64::MAX)? {
            let all = self.incomes(&body, (seq, time))?;
            income.extend(all.into_iter().filter(|(to, of, _)| to == account && of == unit).map(|(_, _, one)| one));
        }
        self.cache.borrow_mut().income.insert(key.clone(), income);
        Ok(())
    }

    /// The events of a line that move an account by less than so many smallest parts, in their order: seq, claimed time,
    /// and what they say.
    pub(crate) fn movements_on(
        &self,
        (line, account, unit): &(i64, Account, Unit),
        below: i64,
    ) -> Result<Vec<(u64, i64, Body)>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT event.seq, event.time, event.body FROM book
             JOIN event ON event.line = book.line AND event.seq = book.seq
             WHERE book.line = ? AND book.account = ? AND book.unit = ? AND book.minor < ? ORDER BY book.seq",
        )?;
        let mut rows = query.query(params![line, account.to_string(), unit.as_str(), below])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let body: String = row.get(2)?;
            found.push((seq(row.get(0)?), row.get(1)?, Body::from_fields(&body)?));
        }
        Ok(found)
    }

    /// What an event adds to accounts as delivered to whom, or takes off again.
    fn incomes(&self, body: &Body, at: (u64, i64)) -> Result<Vec<(Account, Unit, Income)>, Error> {
        let mut found = Vec::new();
        match body {
            Body::Receive(receive) => {
                for item in &receive.items {
                    found.extend(self.income_of(item, at)?);
                }
            }
            Body::Pay(pay) if pay.refund.is_some() => {
                for leg in &pay.legs {
                    let minor = leg.amount.minor().saturating_neg();
                    let one = Income { seq: at.0, time: at.1, payer: leg.to.clone(), minor };
                    found.push((pay.from.clone(), pay.unit.clone(), one));
                }
            }
            _ => {}
        }
        Ok(found)
    }

    /// Whose income an item of a receipt is: a leg is its payee's, if it does not only give back; what comes back of
    /// something given back counts for its payer again, and other returns were never income.
    fn income_of(&self, item: &Item, (seq, time): (u64, i64)) -> Result<Option<(Account, Unit, Income)>, Error> {
        let (pay, n) = match item {
            Item::Leg(pay, n) | Item::Back(pay, n) => (*pay, *n),
            Item::Return(decline) => match self.body(decline)? {
                Some(Body::Decline(decline)) => (decline.pay, decline.leg),
                _ => return Ok(None),
            },
        };
        let Some(Body::Pay(pay)) = self.body(&pay)? else { return Ok(None) };
        let Some(leg) = pay.legs.into_iter().nth(usize::from(n)) else { return Ok(None) };
        let minor = leg.amount.minor();
        Ok(match (item, pay.refund) {
            (Item::Leg(..), None) => Some((leg.to, pay.unit, Income { seq, time, payer: pay.from, minor })),
            (Item::Leg(..), Some(_)) | (_, None) => None,
            (_, Some(_)) => Some((pay.from, pay.unit, Income { seq, time, payer: leg.to, minor })),
        })
    }
}
