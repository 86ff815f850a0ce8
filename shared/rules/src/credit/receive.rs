//! What comes in: settled legs, returns, and what is taken back from an account that was closed.

use std::collections::BTreeMap;

use event::{Account, Body, Decline, EventId, Item, MAX_MINOR, Receive, Unit};

use super::pay::of_leg;
use super::{bounds, keeps};
use crate::books::{balance, on_books, taken};
use crate::case::{Case, Counted, Effects, Move, Rung, Tally, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::settled_by;

/// Credits settled legs to their payee's account and returns to their payer's, each once.
pub(crate) fn receive<F: Facts>(case: &Case<'_, F>, receive: &Receive) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let mut sums: BTreeMap<(Account, Unit), (i64, bool)> = BTreeMap::new();
    for item in &receive.items {
        let (account, unit, minor) = incoming(case, &head, item)?;
        let sum = sums.entry((account, unit)).or_insert((0, false));
        sum.0 = sum.0.saturating_add(minor);
        // A return is never stopped by an upper limit.
        sum.1 |= matches!(item, Item::Leg(..));
    }
    let tallies = given_back(case, &receive.items)?;
    let mut moves = Vec::new();
    for ((account, unit), (minor, earned)) in sums {
        let before = balance(case.facts, &case.register, &head, &account, &unit)?;
        let after = before.saturating_add(minor);
        let upper = upper(case, &account, &unit)?.filter(|_| earned).unwrap_or(MAX_MINOR);
        if after > upper {
            return refuse(Refusal::BeyondUpper);
        }
        moves.push(Move { account, unit, minor });
    }
    Ok(Effects { moves, tallies, ..case.effects() })
}

/// What comes back of payments is neither spent by a mandate, nor paid of a request, nor refunded.
fn given_back<F: Facts>(case: &Case<'_, F>, items: &[Item]) -> Rung<Vec<Counted>, F::Error> {
    let mut sums: BTreeMap<(Account, Tally), i64> = BTreeMap::new();
    for item in items {
        let (id, leg) = match item {
            Item::Leg(..) => continue,
            Item::Back(pay, leg) => (*pay, *leg),
            Item::Return(decline) => match case.facts.body(decline)? {
                Some(Body::Decline(decline)) => (decline.pay, decline.leg),
                _ => continue,
            },
        };
        let Some(Body::Pay(pay)) = case.facts.body(&id)? else { continue };
        let Some(amount) = pay.legs.get(usize::from(leg)).map(|leg| leg.amount.minor()) else { continue };
        for tally in of_leg(&pay, leg) {
            let sum = sums.entry((pay.from.clone(), tally)).or_default();
            *sum = sum.saturating_sub(amount);
        }
    }
    Ok(sums.into_iter().map(|((account, tally), minor)| Counted { account, tally, minor }).collect())
}

/// Sends a settled leg back towards its payer.
pub(crate) fn decline<F: Facts>(case: &Case<'_, F>, decline: &Decline) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    incoming(case, &head, &Item::Leg(decline.pay, decline.leg))?;
    Ok(case.effects())
}

/// Where an item goes and how much it is, once it is the author's to take, settled, and not taken before.
fn incoming<F: Facts>(case: &Case<'_, F>, head: &Link, item: &Item) -> Rung<(Account, Unit, i64), F::Error> {
    if let Item::Back(pay, leg) = item {
        return back(case, head, pay, *leg);
    }
    let found = match item {
        Item::Leg(id, leg) => match case.facts.body(id)? {
            Some(Body::Pay(pay)) => {
                pay.legs.get(usize::from(*leg)).map(|l| (l.to.clone(), pay.unit.clone(), l.amount.minor()))
            }
            _ => None,
        },
        Item::Return(id) => match case.facts.body(id)? {
            Some(Body::Decline(decline)) => match case.facts.body(&decline.pay)? {
                Some(Body::Pay(pay)) => pay
                    .legs
                    .get(usize::from(decline.leg))
                    .map(|l| (pay.from.clone(), pay.unit.clone(), l.amount.minor())),
                _ => None,
            },
            _ => None,
        },
        Item::Back(..) => None,
    };
    let (Some(found), Some(link)) = (found, case.facts.link(&item.event())?) else { return refuse(Refusal::NoItem) };
    keeps(case, &found.0)?;
    if taken(case.facts, &case.register, head, &found.0, item)? {
        return refuse(Refusal::ItemTaken);
    }
    match settled_by(case.facts, &case.register, &case.witnesses, &link)? {
        true => Ok(found),
        false => refuse(Refusal::ItemUnsettled),
    }
}

/// A leg that the payer takes back, because the payee's account was closed before it took the leg. The end of that
/// account's books is in the register, so nothing more need be shown.
fn back<F: Facts>(case: &Case<'_, F>, head: &Link, pay: &EventId, leg: u16) -> Rung<(Account, Unit, i64), F::Error> {
    let Some(Body::Pay(said)) = case.facts.body(pay)? else { return refuse(Refusal::NoItem) };
    let Some(gone) = said.legs.get(usize::from(leg)) else { return refuse(Refusal::NoItem) };
    keeps(case, &said.from)?;
    let Some(link) = case.facts.link(pay)? else { return refuse(Refusal::NoItem) };
    if !on_books(case.facts, &case.register, head, &said.from, &link)? {
        return refuse(Refusal::NoItem);
    }
    let Some(Value::Position(end)) = case.fact(&Key::Closed(gone.to.clone()))? else {
        return refuse(Refusal::PayeeOpen);
    };
    let Some(end) = case.facts.link(&end.id)? else { return refuse(Refusal::PayeeOpen) };
    if taken(case.facts, &case.register, &end, &gone.to, &Item::Leg(*pay, leg))?
        || taken(case.facts, &case.register, head, &said.from, &Item::Back(*pay, leg))?
    {
        return refuse(Refusal::ItemTaken);
    }
    Ok((said.from, said.unit, gone.amount.minor()))
}

/// The most that the account may hold. A unit that the receiver does not know yet sets no bound.
fn upper<F: Facts>(case: &Case<'_, F>, account: &Account, unit: &Unit) -> Rung<Option<i64>, F::Error> {
    let Some(Value::Unit(def)) = case.fact(&Key::Unit(unit.clone()))? else { return Ok(None) };
    Ok(bounds(case.facts, &case.register, account, &def)?.upper.map(|upper| upper.minor()))
}
