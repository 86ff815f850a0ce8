//! Payments, receipts, returns.

use std::collections::BTreeMap;

use event::{Account, Body, Decline, Event, EventId, Item, MAX_MINOR, Pay, Receive, Unit};

use super::cover::Cover;
use super::law::{Law, must};

/// An account in one unit.
pub type Purse = (Account, Unit);

impl Law {
    pub(super) fn judge_pay(&self, id: EventId, event: &Event, pay: &Pay) -> Option<()> {
        let state = self.under(id)?;
        must(state.keepers.get(&pay.from) == Some(&event.device))?;
        must(matches!(pay.from, Account::Member(_)))?;
        let places = state.units.get(&pay.unit)?.base.lower.places();
        for leg in &pay.legs {
            must(leg.amount.places() == places && leg.to != pay.from && state.keepers.contains_key(&leg.to))?;
        }
        let before = self.before(event);
        let total = total(pay);
        must(total > 0 && total <= i128::from(MAX_MINOR))?;
        let (lower, _) = state.bounds(&pay.from, &pay.unit)?;
        must(self.balance(&before, &(pay.from.clone(), pay.unit.clone())) + lower >= total)?;
        must(pay.key.is_none() || !self.key_used(&before, pay))
    }

    fn key_used(&self, before: &[EventId], pay: &Pay) -> bool {
        before.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Pay(earlier)) => earlier.from == pay.from && earlier.key == pay.key,
            _ => false,
        })
    }

    /// What an account holds after these events of its keeper's chain.
    pub fn balance(&self, chain: &[EventId], purse: &Purse) -> i128 {
        let moves = chain.iter().filter_map(|x| match &self.event(*x)?.body {
            Body::Pay(pay) if pay.from == purse.0 && pay.unit == purse.1 => Some(-total(pay)),
            Body::Receive(receive) => Some(self.income(receive, purse)),
            _ => None,
        });
        moves.sum()
    }

    fn income(&self, receive: &Receive, purse: &Purse) -> i128 {
        let worth = receive.items.iter().filter_map(|item| self.worth(*item));
        worth.filter(|(into, _)| into == purse).map(|(_, amount)| amount).sum()
    }

    /// Into which account an item goes, and how much it is; `None` if there is no such item.
    pub fn worth(&self, item: Item) -> Option<(Purse, i128)> {
        let (pay, leg) = self.leg(item)?;
        let Body::Pay(paid) = &self.event(pay)?.body else { return None };
        let part = paid.legs.get(usize::from(leg))?;
        let into = match item {
            Item::Leg(..) => part.to.clone(),
            Item::Return(_) => paid.from.clone(),
        };
        Some(((into, paid.unit.clone()), part.amount.minor().into()))
    }

    /// The leg that an item is, or gives back.
    fn leg(&self, item: Item) -> Option<(EventId, u16)> {
        match item {
            Item::Leg(pay, leg) => Some((pay, leg)),
            Item::Return(decline) => match &self.event(decline)?.body {
                Body::Decline(decline) => Some((decline.pay, decline.leg)),
                _ => None,
            },
        }
    }

    pub(super) fn judge_receive(&self, id: EventId, event: &Event, receive: &Receive) -> Option<()> {
        let before = self.before(event);
        let shown = self.shown(event);
        let mut sums: BTreeMap<Purse, (i128, bool)> = BTreeMap::new();
        for item in &receive.items {
            self.judge_item(id, event, &before, &shown, *item)?;
            let (purse, amount) = self.worth(*item)?;
            let sum = sums.entry(purse).or_default();
            sum.0 += amount;
            sum.1 |= matches!(item, Item::Leg(..));
        }
        let state = self.under(id)?;
        for (purse, (amount, with_leg)) in &sums {
            let after = self.balance(&before, purse) + amount;
            must(after <= i128::from(MAX_MINOR))?;
            let upper = state.bounds(&purse.0, &purse.1).and_then(|(_, upper)| upper);
            must(!with_leg || upper.is_none_or(|upper| after <= upper))?;
        }
        Some(())
    }

    pub(super) fn judge_decline(&self, id: EventId, event: &Event, decline: &Decline) -> Option<()> {
        let item = Item::Leg(decline.pay, decline.leg);
        self.judge_item(id, event, &self.before(event), &self.shown(event), item)
    }

    fn judge_item(&self, id: EventId, event: &Event, before: &[EventId], shown: &Cover, item: Item) -> Option<()> {
        let ((account, _), _) = self.worth(item)?;
        must(self.under(id)?.keepers.get(&account) == Some(&event.device))?;
        must(!self.taken(before, item))?;
        let settled = shown.sets().into_iter().any(|set| shown.settles(self, set, item.event()));
        must(settled || self.cut_off(id, item.event()))
    }

    /// Received, declined or taken back on this chain.
    pub fn taken(&self, chain: &[EventId], item: Item) -> bool {
        chain.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Receive(receive)) => receive.items.contains(&item),
            Some(Body::Decline(decline)) => Item::Leg(decline.pay, decline.leg) == item,
            _ => false,
        })
    }

    /// Whether the register that the taker's chain knows at `id` cuts the named event's chain, but not before it.
    fn cut_off(&self, id: EventId, named: EventId) -> bool {
        let (Some(known), Some(event)) = (self.under(id), self.event(named)) else { return false };
        known.cuts.get(&event.device).is_some_and(|cut| self.covers(cut.id, named))
    }
}

/// All legs together.
pub fn total(pay: &Pay) -> i128 {
    pay.legs.iter().map(|leg| i128::from(leg.amount.minor())).sum()
}
