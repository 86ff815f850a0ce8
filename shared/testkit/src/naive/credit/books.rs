//! The books of an account, across devices and keepers, and what stands in them.

use event::{Account, Body, Change, Entry, Event, EventId, Item, Motion, Receive, Route};

use super::super::law::Law;
use super::super::state::State;
use super::{Purse, total};

impl Law {
    /// What an account holds after these events of its keeper's books.
    pub fn balance(&self, books: &[EventId], purse: &Purse, state: &State) -> i128 {
        let moves = books.iter().filter_map(|x| match &self.event(*x)?.body {
            Body::Pay(pay) if pay.from == purse.0 && pay.unit == purse.1 => Some(-total(pay)),
            Body::Receive(receive) => Some(self.income(receive, purse)),
            _ => None,
        });
        moves.sum::<i128>() + state.carried.get(purse).copied().unwrap_or(0)
    }

    pub(super) fn income(&self, receive: &Receive, purse: &Purse) -> i128 {
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
    pub(super) fn leg(&self, item: Item) -> Option<(EventId, u16)> {
        match item {
            Item::Leg(pay, leg) | Item::Back(pay, leg) => Some((pay, leg)),
            Item::Return(decline) => match &self.event(decline)?.body {
                Body::Decline(decline) => Some((decline.pay, decline.leg)),
                _ => None,
            },
        }
    }

    /// The books of one account before an event.
    pub(super) fn books_for(&self, account: &Account, event: &Event, state: &State) -> Vec<EventId> {
        event.prev.map(|last| self.account_books(account, last, state, state)).unwrap_or_default()
    }

    /// Whether an event may stand on an account's books: its device keeps the account, and has not handed it on by
    /// a motion that still waits, or by an entry that it does not know yet.
    pub(super) fn writes_on(&self, event: &Event, account: &Account, state: &State) -> bool {
        let gone = |x: &EventId| match self.event(*x).map(|e| &e.body) {
            Some(Body::Motion(Motion { change: Change::Hand(hand) })) => {
                hand.account == *account && !state.entered.contains(x) && !state.refused.contains(x)
            }
            Some(Body::Entry(Entry { route: Route::Inline(Change::Hand(hand)), .. })) => {
                let ahead = self.state(*x).is_some_and(|s| state.path.last().is_some_and(|at| s.path.contains(at)));
                hand.account == *account && ahead && !state.path.contains(x)
            }
            _ => false,
        };
        state.keeper(account) == Some(event.device) && !self.before(event).iter().any(gone)
    }

    /// The books of one account: what its keeper wrote knowing that it was handed over, and what was written before.
    pub(super) fn account_books(
        &self,
        account: &Account,
        last: EventId,
        reader: &State,
        as_of: &State,
    ) -> Vec<EventId> {
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
