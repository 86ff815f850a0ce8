//! Payments, receipts, returns: judged on the passbook of the account's keeper (protocol, section 5). What several of
//! its kinds ask stands here.

mod bounds;
mod pay;
mod receive;

use event::{Account, Unit, UnitDef};

use crate::case::{Case, Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::member_of;

pub use bounds::bounds;
use bounds::member;
pub(crate) use pay::pay;
pub(crate) use receive::{decline, receive};

/// The author is the present device of the member who keeps the account.
fn keeps<F: Facts>(case: &Case<'_, F>, account: &Account) -> Rung<(), F::Error> {
    let Some(Value::Handle(keeper)) = case.fact(&Key::Keeper(account.clone()))? else {
        return refuse(Refusal::NoAccount);
    };
    match member_of(case.facts, &case.register, &case.event.device)? {
        Some(member) if member == keeper => Ok(()),
        _ => refuse(Refusal::NotKeeper),
    }
}

fn unit<F: Facts>(case: &Case<'_, F>, unit: &Unit) -> Rung<UnitDef, F::Error> {
    match case.fact(&Key::Unit(unit.clone()))? {
        Some(Value::Unit(def)) => Ok(def),
        _ => refuse(Refusal::NoUnit),
    }
}
