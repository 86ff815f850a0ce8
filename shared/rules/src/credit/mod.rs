//! Payments, receipts, returns: judged on the passbook of the account's keeper (protocol, section 5). What several of
//! its kinds ask stands here.

mod backing;
mod bounds;
mod caps;
mod clearing;
mod contribution;
mod demand;
mod limit;
mod mandate;
mod market;
mod pay;
mod receive;

use event::{Account, Body, EventId, Unit, UnitDef};

use crate::case::{Case, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::member_of;

pub use backing::can_back;
pub(crate) use backing::{attest, back, pledge, unpledge};
pub use bounds::bounds;
use bounds::member;
pub use caps::{Capped, capped};
pub(crate) use clearing::{agree, clear, dissent, release};
pub use contribution::contribution;
pub use demand::rest;
pub(crate) use demand::{cancel, refuse_request, request, withdraw};
pub use limit::{Attested, Backed, Delivered, Lapse, Limit, limit};
pub(crate) use market::{offer, remove};
pub(crate) use pay::pay;
pub(crate) use receive::{decline, receive};

/// The author is the present device of the member who keeps the account, and has not handed it on.
fn keeps<F: Facts>(case: &Case<'_, F>, account: &Account) -> Rung<(), F::Error> {
    let Some(Value::Handle(keeper)) = case.fact(&Key::Keeper(account.clone()))? else {
        return refuse(Refusal::NoAccount);
    };
    match member_of(case.facts, &case.register, &case.event.device)? {
        Some(member) if member == keeper => {}
        _ => return refuse(Refusal::NotKeeper),
    }
    match handed(case.facts, &case.register, &case.head()?, account)? {
        true => refuse(Refusal::HandedOver),
        false => Ok(()),
    }
}

/// Whether the chain of `head` has handed an account on: by a motion that is neither entered nor refused at the entry
/// `at`, or by an entry of its own that comes after `at`.
pub fn handed<F: Facts>(facts: &F, at: &EventId, head: &Link, account: &Account) -> Result<bool, F::Error> {
    for word in facts.hands(head, account)? {
        let stands = match facts.body(&word)? {
            Some(Body::Motion(_)) => !facts.entered(at, &word)? && !facts.refused(at, &word)?,
            _ => word != *at && facts.descends(&word, at)?,
        };
        if stands {
            return Ok(true);
        }
    }
    Ok(false)
}

fn unit<F: Facts>(case: &Case<'_, F>, unit: &Unit) -> Rung<UnitDef, F::Error> {
    match case.fact(&Key::Unit(unit.clone()))? {
        Some(Value::Unit(def)) => Ok(def),
        _ => refuse(Refusal::NoUnit),
    }
}
