//! Pledges, their attestations, and what an account could use of them.

use event::{Account, Body, EventId, Time, Unit, UnitDef};
use rules::{Capped, Facts, Key, Limit, Link, Value, can_back};

use crate::cache::id;
use crate::query::{AttestationRow, PledgeRow};
use crate::{Error, Store};

impl Store {
    /// Pledges with effect, of everyone, oldest first.
    pub fn pledges(&self) -> Result<Vec<PledgeRow>, Error> {
        let mut pledges = Vec::new();
        for event in self.of_kind("credit.pledge")? {
            let Body::Pledge(pledge) = event.body.clone() else { continue };
            let Some(member) = rules::member_of(self, &event.link.register, &event.link.device)? else { continue };
            if self.effective(&event.link)? {
                let taken_back = self.ended_by(&event.link.id)?;
                pledges.push(PledgeRow { event, pledge, member, taken_back });
            }
        }
        Ok(pledges)
    }

    /// The attestations of a pledge that have effect, oldest first.
    pub fn attestations(&self, pledge: &EventId) -> Result<Vec<AttestationRow>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM attested WHERE pledge = ?")?;
        let found = query.query_map([&pledge.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let mut rows = Vec::new();
        for attestation in found {
            let Some(event) = self.event(&id(attestation)?)? else { continue };
            let Body::Attest(attest) = event.body.clone() else { continue };
            let Some(assessor) = rules::member_of(self, &event.link.register, &event.link.device)? else { continue };
            if self.effective(&event.link)? {
                rows.push(AttestationRow { event, attest, assessor });
            }
        }
        rows.sort_by_key(|row| (row.event.link.time, row.event.link.id));
        Ok(rows)
    }

    /// The settled attestations that an account could begin to use at a time, the newest of each pledge.
    pub fn to_back(&self, account: &Account, head: &Link, time: Time) -> Result<Vec<EventId>, Error> {
        let register = self.register()?;
        let mut fitting = Vec::new();
        for pledge in self.pledges()? {
            if Account::Member(pledge.member) != *account || pledge.taken_back.is_some() {
                continue;
            }
            for row in self.attestations(&pledge.event.link.id)?.into_iter().rev() {
                let id = row.event.link.id;
                if row.event.settled && can_back(self, &register, head, time, account, &id)? {
                    fitting.push(id);
                    break;
                }
            }
        }
        fitting.sort_unstable();
        Ok(fitting)
    }

    /// How far an account may go at a time by the newest register and the books of its keeper as they are held, and why.
    pub fn limit(&self, account: &Account, def: &UnitDef, time: Time) -> Result<Limit, Error> {
        let register = self.register()?;
        match self.end_of_books(&register, account)? {
            Some(head) => Ok(rules::limit(self, &register, &head, time, account, def)?),
            // A closed account, or one whose keeper's chain is not held.
            None => {
                let bounds = rules::bounds(self, &register, account, def)?;
                Ok(Limit { bounds, backing: None, lower: bounds.lower.minor() })
            }
        }
    }

    /// The periodic caps of an account at a time, likewise, and what was paid within each.
    pub fn capped(&self, account: &Account, unit: &Unit, time: Time) -> Result<Vec<Capped>, Error> {
        let register = self.register()?;
        match self.end_of_books(&register, account)? {
            Some(head) => rules::capped(self, &register, &head, time, account, unit),
            None => Ok(Vec::new()),
        }
    }

    /// The last event of the present device of an account's keeper, if that is held.
    fn end_of_books(&self, register: &EventId, account: &Account) -> Result<Option<Link>, Error> {
        let keeper = match self.fact(register, &Key::Keeper(account.clone()))? {
            Some(Value::Handle(keeper)) => self.fact(register, &Key::Member(keeper))?,
            _ => None,
        };
        Ok(match keeper {
            Some(Value::Member(member)) => self.head(&member.device)?.map(|(head, _)| head),
            _ => None,
        })
    }

    /// The event with which its author has taken something back, where one has effect.
    pub(super) fn ended_by(&self, what: &EventId) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM taken_back WHERE what = ? ORDER BY seq, id")?;
        let found = query.query_map([&what.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for event in found {
            let event = id(event)?;
            if let Some(link) = self.link(&event)?
                && self.effective(&link)?
            {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }
}
