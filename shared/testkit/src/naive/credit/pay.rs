//! What may be paid.

use event::{Account, Body, Event, EventId, MAX_MINOR, Pay};

use super::super::law::{Law, must};
use super::super::state::State;

impl Law {
    pub(in crate::naive) fn judge_pay(&self, id: EventId, event: &Event, pay: &Pay) -> Option<()> {
        let state = self.under(id)?;
        must(self.writes_on(event, &pay.from, &state))?;
        let places = state.units.get(&pay.unit)?.base.lower.places();
        for leg in &pay.legs {
            must(leg.amount.places() == places && leg.to != pay.from && state.takes_part(&leg.to))?;
        }
        let total = total(pay);
        must(total > 0 && total <= i128::from(MAX_MINOR))?;
        must(pay.delivered.as_ref().is_none_or(|delivered| state.assets.contains_key(&delivered.asset)))?;
        must(state.contributed(pay))?;
        match &pay.from {
            Account::Common(_) => must(pay.refund.is_some() || pay.mandate.is_some())?,
            Account::Member(_) => must(pay.mandate.is_none())?,
        }
        self.keeps_to_a_mandate(event, pay, &state)?;
        self.pays_a_request(event, pay, &state)?;
        self.pays_back(event, pay, &state)?;
        let before = self.books_for(&pay.from, event, &state);
        let purse = (pay.from.clone(), pay.unit.clone());
        let lower = self.lower(&before, &purse, &state, event.time)?;
        must(self.balance(&before, &purse, &state) + lower >= total)?;
        must(state.room(self, &before, &purse, event.time).is_none_or(|room| pay.refund.is_some() || total <= room))?;
        must(pay.key.is_none() || !self.key_used(&before, pay))
    }

    /// All that is spent by it stays within it.
    fn keeps_to_a_mandate(&self, event: &Event, pay: &Pay, state: &State) -> Option<()> {
        let Some(id) = pay.mandate else { return Some(()) };
        let mandate = state.mandates.get(&id)?;
        must(mandate.account == pay.from && mandate.unit == pay.unit && event.time <= mandate.until)?;
        must(mandate.to.is_none() || pay.legs.iter().all(|leg| Some(&leg.to) == mandate.to.as_ref()))?;
        let books = self.books_for(&pay.from, event, state);
        let spent = self.gone_by(&books, &pay.from, |earlier, _| earlier.mandate == Some(id));
        must(spent + total(pay) <= i128::from(mandate.amount.minor()))
    }

    fn key_used(&self, before: &[EventId], pay: &Pay) -> bool {
        before.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Pay(earlier)) => earlier.from == pay.from && earlier.key == pay.key,
            _ => false,
        })
    }
}

impl State {
    /// An account of the community whose keeper is suspended can be paid: it will have another keeper.
    pub(super) fn takes_part(&self, account: &Account) -> bool {
        match account {
            Account::Member(handle) => self.keepers.contains_key(account) && self.active(handle).is_some(),
            Account::Common(_) => self.keepers.contains_key(account),
        }
    }

    /// Whether a payment carries exactly the contribution that is due.
    fn contributed(&self, pay: &Pay) -> bool {
        let carried = pay.legs.last().filter(|_| pay.contributes);
        self.due(pay) == carried.map(|leg| (i128::from(leg.amount.minor()), leg.to.clone()))
    }

    /// How much a payment owes to the community, and to which account.
    pub fn due(&self, pay: &Pay) -> Option<(i128, Account)> {
        let paid = &pay.legs[..pay.legs.len() - usize::from(pay.contributes)];
        let asked = self.contribution.as_ref()?;
        let all_common = paid.iter().all(|leg| matches!(leg.to, Account::Common(_)));
        let exempt = matches!(pay.from, Account::Common(_)) || pay.refund.is_some() || all_common;
        let meant = asked.units.is_empty() || asked.units.contains(&pay.unit);
        let (over, under) = asked.share.parts();
        let sum: i128 = paid.iter().map(|leg| i128::from(leg.amount.minor())).sum();
        let share = sum * i128::from(over) / i128::from(under);
        let open = self.keepers.contains_key(&asked.to);
        (!exempt && meant && open && share > 0).then(|| (share, asked.to.clone()))
    }
}

/// All legs together.
pub fn total(pay: &Pay) -> i128 {
    pay.legs.iter().map(|leg| i128::from(leg.amount.minor())).sum()
}
