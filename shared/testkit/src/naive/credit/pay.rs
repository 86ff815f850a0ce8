//! What may be paid.

use event::{Account, Body, Event, EventId, MAX_MINOR, Pay};

use super::super::law::{Law, must};

impl Law {
    pub(in crate::naive) fn judge_pay(&self, id: EventId, event: &Event, pay: &Pay) -> Option<()> {
        let state = self.under(id)?;
        must(state.keeper(&pay.from) == Some(event.device))?;
        must(matches!(pay.from, Account::Member(_)))?;
        let places = state.units.get(&pay.unit)?.base.lower.places();
        for leg in &pay.legs {
            must(leg.amount.places() == places && leg.to != pay.from && state.keepers.contains_key(&leg.to))?;
            // An account of the community whose keeper is suspended can be paid: it will have another keeper.
            if let Account::Member(handle) = &leg.to {
                must(state.active(handle).is_some())?;
            }
        }
        let before = self.books(event, &state);
        let total = total(pay);
        must(total > 0 && total <= i128::from(MAX_MINOR))?;
        let (lower, _) = state.bounds(&pay.from, &pay.unit)?;
        let purse = (pay.from.clone(), pay.unit.clone());
        must(self.balance(&before, &purse, &state) + lower >= total)?;
        must(pay.key.is_none() || !self.key_used(&before, pay))
    }

    pub(super) fn key_used(&self, before: &[EventId], pay: &Pay) -> bool {
        before.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Pay(earlier)) => earlier.from == pay.from && earlier.key == pay.key,
            _ => false,
        })
    }
}

/// All legs together.
pub fn total(pay: &Pay) -> i128 {
    pay.legs.iter().map(|leg| i128::from(leg.amount.minor())).sum()
}
