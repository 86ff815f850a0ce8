//! What accounts have paid since when, for periodic caps: running sums in memory, of those accounts alone that are
//! capped.

use event::{Account, Body, Pay, Unit};
use rules::Link;

use crate::cache::Spent;
use crate::{Error, Store};

impl Store {
    /// What a chain has paid from an account at later times, refunds aside. Times never run backwards on a chain.
    pub(crate) fn spent_on(&self, head: &Link, account: &Account, unit: &Unit, since: i64) -> Result<i64, Error> {
        let mut sum: i64 = 0;
        for (line, upto) in self.segments(head)? {
            let key = (line, account.clone(), unit.clone());
            self.load_spent(&key)?;
            let cache = self.cache.borrow();
            let Some(all) = cache.spent.get(&key) else { continue };
            let until = |n: usize| n.checked_sub(1).and_then(|n| all.get(n)).map_or(0, |one| one.sum);
            let upto = all.partition_point(|one| one.seq <= upto);
            let before = all.partition_point(|one| one.time <= since).min(upto);
            sum = sum.saturating_add(until(upto).saturating_sub(until(before)));
        }
        Ok(sum)
    }

    /// Goes on with what is in memory of an account's payments.
    pub(crate) fn note_spent(&self, pay: &Pay, link: &Link) {
        let key = (link.line, pay.from.clone(), pay.unit.clone());
        if let Some(known) = self.cache.borrow_mut().spent.get_mut(&key)
            && let Some(minor) = counted(pay)
        {
            let before = known.last().map_or(0, |last| last.sum);
            known.push(Spent { seq: link.seq, time: link.time.seconds(), sum: before.saturating_add(minor) });
        }
    }

    fn load_spent(&self, key: &(i64, Account, Unit)) -> Result<(), Error> {
        if self.cache.borrow().spent.contains_key(key) {
            return Ok(());
        }
        let (mut all, mut sum) = (Vec::new(), 0i64);
        for (seq, time, body) in self.movements_on(key, 0)? {
            let Body::Pay(pay) = body else { continue };
            let Some(minor) = counted(&pay) else { continue };
            sum = sum.saturating_add(minor);
            all.push(Spent { seq, time, sum });
        }
        self.cache.borrow_mut().spent.insert(key.clone(), all);
        Ok(())
    }
}

/// How much of a payment counts.
fn counted(pay: &Pay) -> Option<i64> {
    let total = pay.legs.iter().fold(0i64, |sum, leg| sum.saturating_add(leg.amount.minor()));
    pay.refund.is_none().then_some(total)
}
