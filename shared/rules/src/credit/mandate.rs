//! Mandates: what the keeper of a community account may spend of it (protocol, section 5).

use event::{Account, Body, Change, Entry, Mandate, Pay, Route};

use crate::books::tallied;
use crate::case::{Case, Rung, Tally, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// An account of the community spends by a mandate, unless it gives back what it received.
pub(super) fn is_named<E>(pay: &Pay) -> Rung<(), E> {
    match (&pay.from, pay.mandate.or(pay.refund)) {
        (Account::Common(_), None) => refuse(Refusal::NeedsMandate),
        _ => Ok(()),
    }
}

/// The mandate is in force, and this payment and all others by it that did not come back keep within it.
pub(super) fn covers<F: Facts>(case: &Case<'_, F>, head: &Link, pay: &Pay, total: i64) -> Rung<(), F::Error> {
    let Some(entry) = &pay.mandate else { return Ok(()) };
    let Some(Value::Event(said)) = case.fact(&Key::Mandate(*entry))? else { return refuse(Refusal::NoMandate) };
    let change = match case.facts.body(&said)? {
        Some(Body::Motion(motion)) => motion.change,
        Some(Body::Entry(Entry { route: Route::Inline(change), .. })) => change,
        _ => return refuse(Refusal::NoMandate),
    };
    let Change::Mandate(mandate) = change else { return refuse(Refusal::NoMandate) };
    let spent = tallied(case.facts, &case.register, head, &pay.from, &Tally::Mandate(*entry))?;
    let within = spent.saturating_add(total) <= mandate.amount.minor();
    match fits(&mandate, pay) && case.event.time <= mandate.until && within {
        true => Ok(()),
        false => refuse(Refusal::BeyondMandate),
    }
}

fn fits(mandate: &Mandate, pay: &Pay) -> bool {
    let to = |wanted: &Account| pay.legs.iter().all(|leg| leg.to == *wanted);
    mandate.account == pay.from && mandate.unit == pay.unit && mandate.to.as_ref().is_none_or(to)
}
