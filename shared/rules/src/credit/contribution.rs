//! The contribution: the share of a payment that goes to the community, as its last leg.

use event::{Account, Amount, EventId, Leg, Pay};

use crate::case::{Case, Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// The contribution that a payment must carry at an entry: the share of what is paid, rounded down to the unit's
/// smallest part, so that nobody pays more than the rules say. None where that is nothing, where the account that it
/// goes to is not open, and for payments from or only to accounts of the community and refunds.
pub fn contribution<F: Facts>(facts: &F, at: &EventId, pay: &Pay) -> Result<Option<Leg>, F::Error> {
    let among_us = pay.paid().iter().all(|leg| matches!(leg.to, Account::Common(_)));
    if matches!(pay.from, Account::Common(_)) || pay.refund.is_some() || among_us {
        return Ok(None);
    }
    let Some(Value::Contribution(asked)) = facts.fact(at, &Key::Contribution)? else { return Ok(None) };
    let in_unit = asked.units.is_empty() || asked.units.contains(&pay.unit);
    if !in_unit || facts.fact(at, &Key::Keeper(asked.to.clone()))?.is_none() {
        return Ok(None);
    }
    let sum: i128 = pay.paid().iter().map(|leg| i128::from(leg.amount.minor())).sum();
    let (over, under) = asked.share.parts();
    // At most 200 amounts below 2^53, times 10^6.
    let minor = sum.saturating_mul(over.into()).checked_div(under.into()).unwrap_or(0);
    let places = pay.legs.first().map_or(0, |leg| leg.amount.places());
    let amount = i64::try_from(minor).ok().and_then(|minor| Amount::new(minor, places).ok());
    Ok(amount.filter(|amount| amount.minor() > 0).map(|amount| Leg { amount, to: asked.to }))
}

/// The payment carries exactly that.
pub(super) fn contributes_rightly<F: Facts>(case: &Case<'_, F>, pay: &Pay) -> Rung<(), F::Error> {
    match contribution(case.facts, &case.register, pay)?.as_ref() == pay.contribution() {
        true => Ok(()),
        false => refuse(Refusal::WrongContribution),
    }
}
