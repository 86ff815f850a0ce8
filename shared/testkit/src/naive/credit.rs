//! Payments, receipts, returns.

use std::collections::BTreeMap;

use event::{Account, Body, Decline, Event, EventId, Item, MAX_MINOR, Pay, Receive, Unit};

use super::law::{Law, must};
use super::state::State;

/// An account in one unit.
pub type Purse = (Account, Unit);

impl Law {
    pub(super) fn judge_pay(&self, id: EventId, event: &Event, pay: &Pay) -> Option<()> {
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

    fn key_used(&self, before: &[EventId], pay: &Pay) -> bool {
        before.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Pay(earlier)) => earlier.from == pay.from && earlier.key == pay.key,
            _ => false,
        })
    }

    /// What an account holds after these events of its keeper's books.
    pub fn balance(&self, books: &[EventId], purse: &Purse, state: &State) -> i128 {
        let moves = books.iter().filter_map(|x| match &self.event(*x)?.body {
            Body::Pay(pay) if pay.from == purse.0 && pay.unit == purse.1 => Some(-total(pay)),
            Body::Receive(receive) => Some(self.income(receive, purse)),
            _ => None,
        });
        moves.sum::<i128>() + state.carried.get(purse).copied().unwrap_or(0)
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
            Item::Return(_) | Item::Back(..) => paid.from.clone(),
        };
        Some(((into, paid.unit.clone()), part.amount.minor().into()))
    }

    /// The leg that an item is, or gives back.
    fn leg(&self, item: Item) -> Option<(EventId, u16)> {
        match item {
            Item::Leg(pay, leg) | Item::Back(pay, leg) => Some((pay, leg)),
            Item::Return(decline) => match &self.event(decline)?.body {
                Body::Decline(decline) => Some((decline.pay, decline.leg)),
                _ => None,
            },
        }
    }

    pub(super) fn judge_receive(&self, id: EventId, event: &Event, receive: &Receive) -> Option<()> {
        let state = self.under(id)?;
        let before = self.books(event, &state);
        let mut sums: BTreeMap<Purse, (i128, bool)> = BTreeMap::new();
        for item in &receive.items {
            self.judge_item(event, &before, &state, *item)?;
            let (purse, amount) = self.worth(*item)?;
            let sum = sums.entry(purse).or_default();
            sum.0 += amount;
            sum.1 |= matches!(item, Item::Leg(..));
        }
        for (purse, (amount, with_leg)) in &sums {
            let after = self.balance(&before, purse, &state) + amount;
            must(after <= i128::from(MAX_MINOR))?;
            let upper = state.bounds(&purse.0, &purse.1).and_then(|(_, upper)| upper);
            must(!with_leg || upper.is_none_or(|upper| after <= upper))?;
        }
        Some(())
    }

    pub(super) fn judge_decline(&self, id: EventId, event: &Event, decline: &Decline) -> Option<()> {
        let state = self.under(id)?;
        self.judge_item(event, &self.books(event, &state), &state, Item::Leg(decline.pay, decline.leg))
    }

    fn judge_item(&self, event: &Event, before: &[EventId], state: &State, item: Item) -> Option<()> {
        let ((account, _), _) = self.worth(item)?;
        must(state.keeper(&account) == Some(event.device))?;
        let of_account = event.prev.map(|last| self.account_books(&account, last, state, state));
        must(!self.taken(&of_account.unwrap_or_default(), item))?;
        match item {
            Item::Back(pay, leg) => {
                must(before.contains(&pay))?;
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

    /// The books that an event is written into: its own chain before it, and what that goes on from.
    pub fn books(&self, event: &Event, state: &State) -> Vec<EventId> {
        match event.prev {
            Some(prev) => self.books_at(prev, state),
            None => Vec::new(),
        }
    }

    /// The books of one account: what its keeper wrote knowing that it was handed over, and what was written before.
    fn account_books(&self, account: &Account, last: EventId, reader: &State, as_of: &State) -> Vec<EventId> {
        let books = self.books_at(last, reader);
        let Some((at, entry)) = as_of.handed.get(account) else { return books };
        let knows = |id: &EventId| self.under(*id).is_some_and(|state| state.path.contains(entry));
        let mut books: Vec<EventId> = books.into_iter().filter(knows).collect();
        if let Some(before) = self.parent(*entry).and_then(|parent| self.state(parent)) {
            books.extend(self.account_books(account, at.id, reader, &before));
        }
        books
    }

    /// The books up to an event, the last first. Openings are those that `state` knows, the one of the reader: where a
    /// device went on from never changes, but a device that was replaced before it had heard of its own opening would
    /// not know it, and its successor would begin with nothing.
    pub fn books_at(&self, last: EventId, state: &State) -> Vec<EventId> {
        let mut books = self.chain(last);
        let opened = |id: EventId| -> Option<EventId> {
            let device = self.event(id)?.device;
            state.opens.get(&device).map(|from| from.id)
        };
        let mut at = last;
        while let Some(from) = opened(at) {
            books.extend(self.chain(from));
            at = from;
        }
        books
    }
}

/// All legs together.
pub fn total(pay: &Pay) -> i128 {
    pay.legs.iter().map(|leg| i128::from(leg.amount.minor())).sum()
}
