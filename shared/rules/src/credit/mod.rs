//! Payments, receipts, returns: judged on the passbook of the account's keeper (protocol, section 5). What several of
//! its kinds ask stands here.

mod backing;
mod bounds;
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
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::member_of;

pub use backing::can_back;
pub(crate) use backing::{attest, back, pledge, unpledge};
pub use bounds::bounds;
use bounds::member;
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
    for word in case.facts.hands(&case.head()?, account)? {
        if stands(case, &word)? {
            return refuse(Refusal::HandedOver);
        }
    }
    Ok(())
}

/// Whether a motion to hand on an account waits to be entered or refused, or an entry that does so is not known yet.
fn stands<F: Facts>(case: &Case<'_, F>, word: &EventId) -> Rung<bool, F::Error> {
    let (facts, at) = (case.facts, &case.register);
    Ok(match facts.body(word)? {
        Some(Body::Motion(_)) => !facts.entered(at, word)? && !facts.refused(at, word)?,
        _ => word != at && facts.descends(word, at)?,
    })
}

fn unit<F: Facts>(case: &Case<'_, F>, unit: &Unit) -> Rung<UnitDef, F::Error> {
    match case.fact(&Key::Unit(unit.clone()))? {
        Some(Value::Unit(def)) => Ok(def),
        _ => refuse(Refusal::NoUnit),
    }
}
