//! Requests, what is paid of them, what is given back.

use event::{Account, Body, Cancel, Event, EventId, Item, Pay, Refuse, Request, Withdraw};

use super::super::law::{Law, must};
use super::super::state::State;

impl Law {
    pub(in crate::naive) fn judge_request(&self, id: EventId, event: &Event, request: &Request) -> Option<()> {
        let state = self.under(id)?;
        must(self.writes_on(event, &request.account, &state))?;
        must(state.units.get(&request.unit)?.base.lower.places() == request.amount.places())?;
        must(request.of != request.account && state.takes_part(&request.of))?;
        let before = self.books_for(&request.account, event, &state);
        let twice = |x: &EventId| match self.event(*x).map(|e| &e.body) {
            Some(Body::Request(r)) => r.account == request.account && r.of == request.of && r.key == request.key,
            _ => false,
        };
        must(request.key.is_none() || !before.iter().any(twice))
    }

    pub(in crate::naive) fn judge_withdraw(&self, id: EventId, event: &Event, withdraw: &Withdraw) -> Option<()> {
        let state = self.under(id)?;
        let request = self.request(withdraw.request)?;
        must(self.writes_on(event, &request.account, &state))?;
        let books = self.books_for(&request.account, event, &state);
        must(self.reserved(&books, &request.account, withdraw.request) == 0)?;
        must(books.contains(&withdraw.request) && !self.answered(&books, withdraw.request))
    }

    pub(in crate::naive) fn judge_refuse(&self, id: EventId, event: &Event, refuse: &Refuse) -> Option<()> {
        let state = self.under(id)?;
        let request = self.request(refuse.request)?;
        must(self.writes_on(event, &request.of, &state))?;
        let books = self.books_for(&request.of, event, &state);
        must(self.reserved(&books, &request.of, refuse.request) == 0)?;
        must(!self.answered(&books, refuse.request))
    }

    pub(in crate::naive) fn judge_cancel(&self, id: EventId, event: &Event, cancel: &Cancel) -> Option<()> {
        let state = self.under(id)?;
        let Body::Pay(pay) = &self.event(cancel.pay)?.body else { return None };
        must(self.writes_on(event, &pay.from, &state))?;
        must(self.books_for(&pay.from, event, &state).contains(&cancel.pay))
    }

    /// The first leg pays what the books leave of the request.
    pub(super) fn pays_a_request(&self, event: &Event, pay: &Pay, state: &State) -> Option<()> {
        let Some(id) = pay.request else { return Some(()) };
        let request = self.request(id)?;
        let first = pay.legs.first()?;
        must(first.to == request.account && pay.from == request.of && pay.unit == request.unit)?;
        let books = self.books_for(&pay.from, event, state);
        must(!self.answered(&books, id))?;
        must(i128::from(first.amount.minor()) <= self.left_of(&books, id)?)
    }

    /// What the books of the asked account leave of a request: less what was paid, and what set-offs have of it.
    pub fn left_of(&self, books: &[EventId], id: EventId) -> Option<i128> {
        let request = self.request(id)?;
        let paid = self.gone_by(books, &request.of, |earlier, leg| leg == 0 && earlier.request == Some(id));
        Some(i128::from(request.amount.minor()) - paid - self.reserved(books, &request.of, id))
    }

    /// What goes back came from there, and is not more.
    pub(super) fn pays_back(&self, event: &Event, pay: &Pay, state: &State) -> Option<()> {
        let Some(id) = pay.refund else { return Some(()) };
        let Body::Pay(before) = &self.event(id)?.body else { return None };
        let back = pay.legs.first()?;
        must(back.to == before.from && pay.unit == before.unit)?;
        let books = self.books_for(&pay.from, event, state);
        let came: i128 = (0..before.legs.len())
            .filter(|n| before.legs[*n].to == pay.from && self.received(&books, Item::Leg(id, *n as u16)))
            .map(|n| i128::from(before.legs[n].amount.minor()))
            .sum();
        let gone = self.gone_by(&books, &pay.from, |earlier, leg| leg == 0 && earlier.refund == Some(id));
        must(gone + i128::from(back.amount.minor()) <= came)
    }

    /// The sum of the legs of an account's payments of which something holds, without those that came back.
    pub(super) fn gone_by(&self, books: &[EventId], from: &Account, counts: impl Fn(&Pay, usize) -> bool) -> i128 {
        let mut sum = 0;
        for id in books {
            match self.event(*id).map(|e| &e.body) {
                Some(Body::Pay(pay)) if pay.from == *from => {
                    let legs = pay.legs.iter().enumerate().filter(|(n, _)| counts(pay, *n));
                    sum += legs.map(|(_, leg)| i128::from(leg.amount.minor())).sum::<i128>();
                }
                Some(Body::Receive(receive)) => {
                    for item in receive.items.iter().filter(|item| !matches!(item, Item::Leg(..))) {
                        let Some((id, n)) = self.leg(*item) else { continue };
                        let Some(Body::Pay(pay)) = self.event(id).map(|e| &e.body) else { continue };
                        if pay.from == *from && counts(pay, usize::from(n)) {
                            sum -= i128::from(pay.legs[usize::from(n)].amount.minor());
                        }
                    }
                }
                _ => {}
            }
        }
        sum
    }

    fn received(&self, books: &[EventId], item: Item) -> bool {
        books.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Receive(receive)) => receive.items.contains(&item),
            _ => false,
        })
    }

    /// Withdrawn or refused.
    pub(super) fn answered(&self, books: &[EventId], request: EventId) -> bool {
        books.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Withdraw(withdraw)) => withdraw.request == request,
            Some(Body::Refuse(refuse)) => refuse.request == request,
            _ => false,
        })
    }

    pub fn request(&self, id: EventId) -> Option<&Request> {
        match &self.event(id)?.body {
            Body::Request(request) => Some(request),
            _ => None,
        }
    }
}
