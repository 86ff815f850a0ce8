//! What has effect: accounts and legs, patched with each event while that is exact, folded anew from the
//! verdicts when a fork, a cut or other stewards changed what counts (protocol, section 6, lines 7 and 8).

use event::{Account, Body, Item, Pay, Unit};
use rules::{Facts, Link};
use rusqlite::params;

use crate::cache::{id, int};
use crate::facts::item_key;
use crate::{Error, Store};

/// What became of a leg.
pub(crate) const IN_TRANSIT: i64 = 0;
pub(crate) const RECEIVED: i64 = 1;
pub(crate) const DECLINED: i64 = 2;
pub(crate) const RETURNED: i64 = 3;
pub(crate) const WITHOUT_EFFECT: i64 = 4;

impl Store {
    /// Gives a valid event its effect on accounts.
    pub(crate) fn fold_event(&self, body: &Body, link: &Link) -> Result<(), Error> {
        let moves = matches!(body, Body::Pay(_) | Body::Receive(_) | Body::Decline(_));
        if self.refold.get() || !moves || !self.effective(link)? {
            return Ok(());
        }
        match body {
            Body::Pay(pay) => {
                for n in (0i64..).take(pay.legs.len()) {
                    self.send(&link.id, n)?;
                }
                Ok(())
            }
            Body::Receive(receive) => receive.items.iter().try_for_each(|item| self.take_effect(item, link, RECEIVED)),
            Body::Decline(decline) => self.take_effect(&Item::Leg(decline.pay, decline.leg), link, DECLINED),
            _ => Ok(()),
        }
    }

    /// Line 7: settled, or pending on a chain that nothing has ended before it.
    pub(crate) fn effective(&self, link: &Link) -> Result<bool, Error> {
        if self.settled(link)? {
            return Ok(true);
        }
        // Only a split, or a checkpoint beside what the event's chain trusts, leaves a settled entry off the register.
        let doubt = self.checkpoint.is_some() || self.split()?.is_some();
        if doubt && !self.on_register(&link.register)? {
            return Ok(false);
        }
        let Some(ended) = self.ended(&link.device)? else { return Ok(true) };
        if ended.forked.is_some_and(|at| at <= link.seq) {
            return Ok(false);
        }
        match ended.cut {
            Some(cut) => match self.link(&cut)? {
                Some(cut) => self.precedes(link, &cut),
                None => Ok(false),
            },
            None => Ok(true),
        }
    }

    /// Puts the legs of a new payment into the tables, with their effect.
    pub(crate) fn legs(&self, pay: &Pay, link: &Link) -> Result<(), Error> {
        let counts = !self.refold.get() && self.effective(link)?;
        let state = if counts { IN_TRANSIT } else { WITHOUT_EFFECT };
        for (n, leg) in (0i64..).zip(&pay.legs) {
            let minor = leg.amount.minor();
            self.add_leg(&link.id, n, state)?;
            if counts {
                self.account(&pay.from, &pay.unit, [minor.saturating_neg(), 0, minor]);
                self.account(&leg.to, &pay.unit, [0, minor, 0]);
            }
        }
        Ok(())
    }

    /// A leg leaves its payer and is in transit.
    fn send(&self, pay: &event::EventId, n: i64) -> Result<(), Error> {
        let leg = self.leg_of(pay, n)?;
        self.account(&leg.payer, &leg.unit, [leg.minor.saturating_neg(), 0, leg.minor]);
        self.account(&leg.payee, &leg.unit, [0, leg.minor, 0]);
        self.set_leg(pay, n, IN_TRANSIT)
    }

    /// Line 8: a receipt, decline or return counts if what it names is settled, and only the first.
    fn take_effect(&self, item: &Item, link: &Link, to: i64) -> Result<(), Error> {
        let named = self.link(&item.event())?.ok_or(Error::Missing("a named event"))?;
        // What goes back from a closed account need not have settled: its payee has had its last word.
        if !matches!(item, Item::Back(..)) && !self.settled(&named)? {
            // It may be settled later by what the patch does not watch.
            self.set_meta("odd", "1")?;
            self.refold.set(true);
            return Ok(());
        }
        let (pay, n, from, to) = match item {
            Item::Leg(pay, n) => (*pay, i64::from(*n), IN_TRANSIT, to),
            Item::Return(decline) => match self.said(decline)?.as_deref() {
                Some(Body::Decline(d)) if self.has_effect(decline)? => (d.pay, i64::from(d.leg), DECLINED, RETURNED),
                _ => return Ok(()),
            },
            Item::Back(pay, n) => (*pay, i64::from(*n), IN_TRANSIT, RETURNED),
        };
        let leg = self.leg_of(&pay, n)?;
        if leg.state != from {
            return Ok(());
        }
        match to {
            RECEIVED => {
                self.account(&leg.payee, &leg.unit, [leg.minor, leg.minor.saturating_neg(), 0]);
                self.account(&leg.payer, &leg.unit, [0, 0, leg.minor.saturating_neg()]);
            }
            DECLINED => self.account(&leg.payee, &leg.unit, [0, leg.minor.saturating_neg(), 0]),
            _ if from == IN_TRANSIT => {
                self.account(&leg.payee, &leg.unit, [0, leg.minor.saturating_neg(), 0]);
                self.account(&leg.payer, &leg.unit, [leg.minor, 0, leg.minor.saturating_neg()]);
            }
            _ => self.account(&leg.payer, &leg.unit, [leg.minor, 0, leg.minor.saturating_neg()]),
        }
        self.set_leg(&pay, n, to)?;
        self.count_take(item_key(item), link)
    }

    /// Whether a decline has effect.
    fn has_effect(&self, decline: &event::EventId) -> Result<bool, Error> {
        match self.said(decline)?.as_deref() {
            Some(Body::Decline(d)) => self.take_counts(&(d.pay, i64::from(d.leg)), decline),
            _ => Ok(false),
        }
    }

    /// Moves balance, pending in and pending out of an account; the row is written with the seal.
    fn account(&self, account: &Account, unit: &Unit, moved: [i64; 3]) {
        self.sums.borrow_mut().account(account, unit, moved);
    }

    /// Folds everything anew from the stored verdicts.
    pub(crate) fn refold_all(&self) -> Result<(), Error> {
        self.refold_register()?;
        self.refold_chains()?;
        self.db.execute_batch("UPDATE line SET settled = -1")?;
        for line in self.cache.borrow_mut().lines.values_mut() {
            line.settled = -1;
        }
        self.refold_settled()?;
        self.flush()?;
        self.refold.set(false);
        self.refold_money()?;
        self.flush_waiting()?;
        self.refold.set(false);
        Ok(())
    }

    /// Where chains are cut, by the settled register alone.
    fn refold_chains(&self) -> Result<(), Error> {
        self.db
            .execute_batch("DELETE FROM chain WHERE forked IS NULL; UPDATE chain SET cut_seq = NULL, cut_id = NULL")?;
        for cut in self.cuts()? {
            self.db
                .prepare_cached(
                    "INSERT INTO chain (device, cut_seq, cut_id) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET cut_seq = ?2, cut_id = ?3",
                )?
                .execute(params![cut.device.to_string(), int(cut.seq), &cut.id.0[..]])?;
        }
        self.cache.borrow_mut().ended = None;
        Ok(())
    }

    fn refold_money(&self) -> Result<(), Error> {
        self.db.execute_batch(&format!(
            "DELETE FROM account; UPDATE leg SET state = {WITHOUT_EFFECT}; UPDATE take SET counts = 0;
             DELETE FROM meta WHERE key = 'odd'"
        ))?;
        self.sums.borrow_mut().forget_accounts();
        self.carry_again()?;
        // Payments first, then what takes legs, then what takes legs back: each needs the one before it.
        for what in ["SELECT DISTINCT line, seq FROM leg", TAKES, RETURNS] {
            let mut query = self.db.prepare(what)?;
            let places = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for (line, at) in places.collect::<Result<Vec<(i64, i64)>, _>>()? {
                self.refold_place(line, at, what == RETURNS)?;
            }
        }
        Ok(())
    }

    /// What accounts brought along from other books, by the settled register.
    fn carry_again(&self) -> Result<(), Error> {
        for carried in self.carried_over()? {
            self.account(&carried.account, &carried.unit, [carried.minor, 0, 0]);
        }
        Ok(())
    }

    fn refold_place(&self, line: i64, at: i64, returns: bool) -> Result<(), Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM event WHERE line = ? AND seq = ?")?;
        let event = id(query.query_row([line, at], |row| row.get(0))?)?;
        let (Some(link), Some(body)) = (self.link(&event)?, self.said(&event)?) else { return Ok(()) };
        if !self.effective(&link)? {
            return Ok(());
        }
        let result = match &*body {
            Body::Receive(receive) => receive
                .items
                .iter()
                .filter(|item| !matches!(item, Item::Leg(..)) == returns)
                .try_for_each(|item| self.take_effect(item, &link, RECEIVED)),
            body => self.fold_event(body, &link),
        };
        self.refold.set(false);
        result
    }
}

/// Keepers' takes in the order of their chains, the same on every machine.
const TAKES: &str = "SELECT DISTINCT take.line, take.seq FROM take WHERE leg >= 0 ORDER BY take.seq, take.id";
const RETURNS: &str = "SELECT DISTINCT take.line, take.seq FROM take   WHERE leg < 0 ORDER BY take.seq, take.id";
