//! Requests and refunds: what is asked for, what is paid of it, what is given back (protocol, section 5).

use event::{Account, Body, Cancel, EventId, Item, Pay, Refuse, Request, Withdraw};

use super::clearing::reserved;
use super::pay::can_receive;
use super::{keeps, unit};
use crate::books::{answered, asked, on_books, received, tallied};
use crate::case::{Case, Effects, Rung, Tally, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;

/// An account asks another to pay it.
pub(crate) fn request<F: Facts>(case: &Case<'_, F>, request: &Request) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    keeps(case, &request.account)?;
    let def = unit(case, &request.unit)?;
    if request.amount.places() != def.base.lower.places() {
        return refuse(Refusal::WrongPlaces);
    }
    if request.of == request.account {
        return refuse(Refusal::ToItself);
    }
    can_receive(case, &request.of)?;
    if let Some(key) = &request.key
        && asked(case.facts, &case.register, &head, &request.account, (&request.of, key))?
    {
        return refuse(Refusal::KeyUsed);
    }
    Ok(case.effects())
}

/// The asker takes it back, once.
pub(crate) fn withdraw<F: Facts>(case: &Case<'_, F>, withdraw: &Withdraw) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let said = said(case, &withdraw.request)?;
    keeps(case, &said.account)?;
    let Some(link) = case.facts.link(&withdraw.request)? else { return refuse(Refusal::NoDemand) };
    if !on_books(case.facts, &case.register, &head, &said.account, &link)? {
        return refuse(Refusal::NoDemand);
    }
    closes_once(case, &head, &said.account, &withdraw.request)
}

/// The asked account will not pay, once and for all.
pub(crate) fn refuse_request<F: Facts>(case: &Case<'_, F>, no: &Refuse) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let said = said(case, &no.request)?;
    keeps(case, &said.of)?;
    closes_once(case, &head, &said.of, &no.request)
}

fn closes_once<F: Facts>(
    case: &Case<'_, F>,
    head: &Link,
    account: &Account,
    request: &EventId,
) -> Rung<Effects, F::Error> {
    if answered(case.facts, &case.register, head, account, request)? {
        return refuse(Refusal::DemandClosed);
    }
    match reserved(case, head, account, request)? {
        true => refuse(Refusal::ClearingAnswered),
        false => Ok(case.effects()),
    }
}

/// The payer asks for what is on its way; that binds nobody.
pub(crate) fn cancel<F: Facts>(case: &Case<'_, F>, cancel: &Cancel) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let (Some(Body::Pay(pay)), Some(link)) = (case.facts.body(&cancel.pay)?, case.facts.link(&cancel.pay)?) else {
        return refuse(Refusal::NoItem);
    };
    keeps(case, &pay.from)?;
    match on_books(case.facts, &case.register, &head, &pay.from, &link)? {
        true => Ok(case.effects()),
        false => refuse(Refusal::NoItem),
    }
}

/// The first leg goes from the asked account to the one that asks, in its unit, and is not more than is left.
pub(super) fn pays_what_is_asked<F: Facts>(case: &Case<'_, F>, head: &Link, pay: &Pay) -> Rung<(), F::Error> {
    let Some(id) = &pay.request else { return Ok(()) };
    let said = said(case, id)?;
    let Some(first) = pay.legs.first().filter(|first| first.to == said.account) else {
        return refuse(Refusal::NoDemand);
    };
    if said.of != pay.from || said.unit != pay.unit {
        return refuse(Refusal::NoDemand);
    }
    if answered(case.facts, &case.register, head, &pay.from, id)? {
        return refuse(Refusal::DemandClosed);
    }
    match first.amount.minor() <= rest(case.facts, &case.register, head, id, &said)? {
        true => Ok(()),
        false => refuse(Refusal::BeyondRequest),
    }
}

/// What the books of the asked account leave of a request at `head`, in smallest parts: its amount less what was paid
/// and has not come back.
pub fn rest<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    id: &EventId,
    said: &Request,
) -> Result<i64, F::Error> {
    let paid = tallied(facts, register, head, &said.of, &Tally::Request(*id))?;
    Ok(said.amount.minor().saturating_sub(paid))
}

/// The leg goes back to the payer of a payment that this account has received, and all that goes back of that is not
/// more than what came.
pub(super) fn refunds_what_came<F: Facts>(case: &Case<'_, F>, head: &Link, pay: &Pay) -> Rung<(), F::Error> {
    let Some(id) = &pay.refund else { return Ok(()) };
    let Some(Body::Pay(before)) = case.facts.body(id)? else { return refuse(Refusal::BadRefund) };
    let Some(back) = pay.legs.first().filter(|back| back.to == before.from && pay.unit == before.unit) else {
        return refuse(Refusal::BadRefund);
    };
    let mut came: i64 = 0;
    for (leg, n) in before.legs.iter().zip(0u16..) {
        if leg.to == pay.from && received(case.facts, &case.register, head, &pay.from, &Item::Leg(*id, n))? {
            came = came.saturating_add(leg.amount.minor());
        }
    }
    let gone = tallied(case.facts, &case.register, head, &pay.from, &Tally::Refund(*id))?;
    match gone.saturating_add(back.amount.minor()) <= came {
        true => Ok(()),
        false => refuse(Refusal::BadRefund),
    }
}

/// What the request says.
fn said<F: Facts>(case: &Case<'_, F>, request: &EventId) -> Rung<Request, F::Error> {
    match case.facts.body(request)? {
        Some(Body::Request(request)) => Ok(request),
        _ => refuse(Refusal::NoDemand),
    }
}
