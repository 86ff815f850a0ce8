//! A payment: what its payer may send, to whom, and by what it is allowed.

use std::collections::BTreeMap;

use event::{Account, MAX_MINOR, Pay};

use super::contribution::contributes_rightly;
use super::{bounds, caps, demand, keeps, limit, mandate, member, unit};
use crate::books::{balance, paid};
use crate::case::{Case, Counted, Effects, Move, Rung, Tally, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// Debits at once, all legs or none: `balance + limit >= amount` on the payer's own chain.
pub(crate) fn pay<F: Facts>(case: &Case<'_, F>, pay: &Pay) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    keeps(case, &pay.from)?;
    mandate::is_named(pay)?;
    let def = unit(case, &pay.unit)?;
    let mut total: i64 = 0;
    for leg in &pay.legs {
        if leg.amount.places() != def.base.lower.places() {
            return refuse(Refusal::WrongPlaces);
        }
        if leg.to == pay.from {
            return refuse(Refusal::ToItself);
        }
        can_receive(case, &leg.to)?;
        total = match total.checked_add(leg.amount.minor()) {
            Some(sum) if sum <= MAX_MINOR => sum,
            _ => return refuse(Refusal::BeyondLimit),
        };
    }
    contributes_rightly(case, pay)?;
    delivers(case, pay)?;
    mandate::covers(case, &head, pay, total)?;
    demand::pays_what_is_asked(case, &head, pay)?;
    demand::refunds_what_came(case, &head, pay)?;
    let balance = balance(case.facts, &case.register, &head, &pay.from, &pay.unit)?;
    // What backs an account is asked for by those alone who go beyond its bounds.
    let mut lower = bounds(case.facts, &case.register, &pay.from, &def)?.lower.minor();
    if balance.saturating_add(lower) < total {
        lower = limit(case.facts, &case.register, &head, case.event.time, &pay.from, &def)?.lower;
    }
    if balance.saturating_add(lower) < total {
        return refuse(Refusal::BeyondLimit);
    }
    caps::keeps_within(case, &head, pay, total)?;
    if let Some(key) = &pay.key
        && paid(case.facts, &case.register, &head, &pay.from, key)?
    {
        return refuse(Refusal::KeyUsed);
    }
    let debit = Move { account: pay.from.clone(), unit: pay.unit.clone(), minor: total.saturating_neg() };
    Ok(Effects { moves: vec![debit], tallies: counted(pay), ..case.effects() })
}

/// What a payment adds to the running sums of its account; what comes back of a leg is taken off again by
/// [`of_leg`].
fn counted(pay: &Pay) -> Vec<Counted> {
    let mut sums: BTreeMap<Tally, i64> = BTreeMap::new();
    for (leg, n) in pay.legs.iter().zip(0u16..) {
        for tally in of_leg(pay, n) {
            let sum = sums.entry(tally).or_default();
            *sum = sum.saturating_add(leg.amount.minor());
        }
    }
    sums.into_iter().map(|(tally, minor)| Counted { account: pay.from.clone(), tally, minor }).collect()
}

/// The running sums to which a leg belongs: requests and refunds are met by the first leg alone.
pub(super) fn of_leg(pay: &Pay, leg: u16) -> impl Iterator<Item = Tally> {
    let mandate = pay.mandate.map(Tally::Mandate);
    let first = leg == 0;
    let request = pay.request.filter(|_| first).map(Tally::Request);
    let refund = pay.refund.filter(|_| first).map(Tally::Refund);
    mandate.into_iter().chain(request).chain(refund)
}

/// What was delivered is an asset of the rules document.
fn delivers<F: Facts>(case: &Case<'_, F>, pay: &Pay) -> Rung<(), F::Error> {
    let Some(delivered) = &pay.delivered else { return Ok(()) };
    match case.fact(&Key::Asset(delivered.asset.clone()))? {
        Some(_) => Ok(()),
        None => refuse(Refusal::NoAsset),
    }
}

/// The account is there, and its member takes part.
pub(super) fn can_receive<F: Facts>(case: &Case<'_, F>, account: &Account) -> Rung<(), F::Error> {
    let Some(Value::Handle(keeper)) = case.fact(&Key::Keeper(account.clone()))? else {
        return refuse(Refusal::NoAccount);
    };
    match member(case.facts, &case.register, &keeper)? {
        Some(member) if member.standing.is_active() => Ok(()),
        _ => refuse(Refusal::NotActive),
    }
}
