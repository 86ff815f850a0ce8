//! What may be received, declined, taken back.

use std::collections::BTreeMap;

use event::{Body, Decline, Event, EventId, Item, MAX_MINOR, Receive};

use super::super::law::{Law, must};
use super::super::state::State;
use super::Purse;

impl Law {
    pub(in crate::naive) fn judge_receive(&self, id: EventId, event: &Event, receive: &Receive) -> Option<()> {
        let state = self.under(id)?;
        let mut sums: BTreeMap<Purse, (i128, bool)> = BTreeMap::new();
        for item in &receive.items {
            self.judge_item(event, &state, *item)?;
            let (purse, amount) = self.worth(*item)?;
            let sum = sums.entry(purse).or_default();
            sum.0 += amount;
            sum.1 |= matches!(item, Item::Leg(..));
        }
        for (purse, (amount, with_leg)) in &sums {
            let after = self.balance(&self.books_for(&purse.0, event, &state), purse, &state) + amount;
            must(after <= i128::from(MAX_MINOR))?;
            let upper = state.bounds(&purse.0, &purse.1).and_then(|(_, upper)| upper);
            must(!with_leg || upper.is_none_or(|upper| after <= upper))?;
        }
        Some(())
    }

    pub(in crate::naive) fn judge_decline(&self, id: EventId, event: &Event, decline: &Decline) -> Option<()> {
        let state = self.under(id)?;
        self.judge_item(event, &state, Item::Leg(decline.pay, decline.leg))
    }

    pub(super) fn judge_item(&self, event: &Event, state: &State, item: Item) -> Option<()> {
        let ((account, _), _) = self.worth(item)?;
        must(self.writes_on(event, &account, state))?;
        must(!self.taken(&self.books_for(&account, event, state), item))?;
        match item {
            Item::Back(pay, leg) => {
                must(self.books_for(&account, event, state).contains(&pay))?;
                let Body::Pay(paid) = &self.event(pay)?.body else { return None };
                let closed = state.closed.get(&paid.legs.get(usize::from(leg))?.to)?;
                must(!self.taken(&self.books_at(closed.id, state), Item::Leg(pay, leg)))
            }
            _ => must(self.shows_settled(event, item.event(), state)),
        }
    }

    /// Received, declined or taken back on this chain.
    pub fn taken(&self, chain: &[EventId], item: Item) -> bool {
        chain.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Receive(receive)) => receive.items.contains(&item),
            Some(Body::Decline(decline)) => Item::Leg(decline.pay, decline.leg) == item,
            _ => false,
        })
    }
}
