//! `limit = min(cap, base + sum of quantity × price × advance + factor × delivered)`, by fractions.

use std::collections::BTreeMap;

use event::{Account, Amount, Body, EventId, Item, Ratio, Time};
use rules::Counterparty;

use super::super::law::Law;
use super::super::state::State;
use super::{Purse, total};

/// A fraction in lowest terms.
#[derive(Clone, Copy)]
struct Part(u128, u128);

impl Part {
    fn of(over: u128, under: u128) -> Part {
        let (mut a, mut b) = (over, under);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Part(over / a.max(1), under / a.max(1))
    }

    fn ratio(ratio: Ratio) -> Part {
        let (over, under) = ratio.parts();
        Part::of(over.into(), under.into())
    }

    fn amount(amount: Amount) -> Part {
        Part::of(u128::try_from(amount.minor()).expect("not below zero"), 10_u128.pow(amount.places().into()))
    }

    fn times(self, other: Part) -> Part {
        let (a, b) = (Part::of(self.0, other.1), Part::of(other.0, self.1));
        Part::of(a.0 * b.0, a.1 * b.1)
    }

    fn floor(self) -> i128 {
        i128::try_from(self.0 / self.1).expect("a number of these worlds")
    }
}

impl Law {
    /// How far an account may go below zero at a time, with these books.
    pub fn lower(&self, books: &[EventId], purse: &Purse, state: &State, now: Time) -> Option<i128> {
        let (account, unit) = purse;
        let (base, _) = state.bounds(account, unit)?;
        let confirmed = match account {
            Account::Member(handle) => state.members.get(handle).is_some_and(|member| member.confirmed),
            Account::Common(_) => false,
        };
        let own = state.limits.contains_key(purse);
        let Some(terms) = state.backing.get(unit).filter(|_| confirmed && !own) else { return Some(base) };
        let cap = i128::from(terms.cap.minor());
        Some(
            (base + self.attested(books, purse, state, now) + self.delivered(books, purse, state, now))
                .min(cap)
                .max(base),
        )
    }

    /// What the pledges give that are attested, in use, open, and good at the time.
    fn attested(&self, books: &[EventId], (account, unit): &Purse, state: &State, now: Time) -> i128 {
        let places = state.units[unit].base.lower.places();
        let mut sum = 0;
        for pledge in books {
            let Some(Body::Pledge(said)) = self.event(*pledge).map(|e| &e.body) else { continue };
            let Some(asset) = state.assets.get(&said.asset).filter(|asset| asset.unit == *unit) else { continue };
            let Some((_, used)) = self.in_use(books, account, *pledge) else { continue };
            let Some(Body::Attest(attest)) = self.event(used).map(|e| &e.body) else { continue };
            if self.stands_open(books, *pledge) && attest.expires > now {
                let worth = Part::amount(attest.quantity).times(Part::amount(asset.price));
                let credit = worth.times(Part::ratio(asset.advance)).times(Part(10_u128.pow(places.into()), 1));
                sum += credit.floor();
            }
        }
        sum
    }

    /// What others' payments of the last while give, no payer counting beyond its bound.
    fn delivered(&self, books: &[EventId], purse: &Purse, state: &State, now: Time) -> i128 {
        let terms = &state.backing[&purse.1];
        let (Some(factor), Some(window), Some(most)) = (terms.factor, terms.window, terms.counterparty) else {
            return 0;
        };
        let mut from: BTreeMap<&Account, i128> = BTreeMap::new();
        for event in books.iter().filter_map(|id| self.event(*id)) {
            if i128::from(event.time.seconds()) + i128::from(window.seconds()) <= i128::from(now.seconds()) {
                continue;
            }
            match &event.body {
                // What is given back is no delivery any more.
                Body::Pay(pay) if pay.refund.is_some() && (&pay.from, &pay.unit) == (&purse.0, &purse.1) => {
                    *from.entry(&pay.legs[0].to).or_default() -= total(pay);
                }
                Body::Receive(receive) => {
                    for item in receive.items.iter().filter(|item| self.worth(**item).is_some_and(|w| w.0 == *purse)) {
                        self.count_delivery(&mut from, *item);
                    }
                }
                _ => {}
            }
        }
        from.retain(|_, sum| *sum > 0);
        let all = |sum: i128| Part::of(u128::try_from(sum).expect("not below zero"), 1);
        let total: i128 = from.values().sum();
        let most = match most {
            Counterparty::Amount(amount) => amount.minor().into(),
            Counterparty::Share(share) => all(total).times(Part::ratio(share)).floor(),
        };
        all(from.values().map(|sum| *sum.min(&most)).sum()).times(Part::ratio(factor)).floor()
    }

    /// A leg that came, or one given back that its receiver did not want.
    fn count_delivery<'a>(&'a self, from: &mut BTreeMap<&'a Account, i128>, item: Item) {
        let (Some((_, minor)), Some((pay, n))) = (self.worth(item), self.leg(item)) else { return };
        let Some(Body::Pay(paid)) = self.event(pay).map(|e| &e.body) else { return };
        match item {
            // Who gets something back has delivered nothing.
            Item::Leg(..) if paid.refund.is_some() => {}
            Item::Leg(..) => *from.entry(&paid.from).or_default() += minor,
            _ if paid.refund.is_some() => *from.entry(&paid.legs[usize::from(n)].to).or_default() += minor,
            _ => {}
        }
    }
}
