//! A payment: what its payer may send, and to whom.

use event::{Account, MAX_MINOR, Pay};

use super::{bounds, keeps, member, unit};
use crate::books::{balance, paid};
use crate::case::{Case, Effects, Move, Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// Debits at once, all legs or none: `balance + limit >= amount` on the payer's own chain.
pub(crate) fn pay<F: Facts>(case: &Case<'_, F>, pay: &Pay) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    keeps(case, &pay.from)?;
    if let Account::Common(_) = pay.from {
        return refuse(Refusal::NeedsMandate);
    }
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
    let balance = balance(case.facts, &case.register, &head, &pay.from, &pay.unit)?;
    let lower = bounds(case.facts, &case.register, &pay.from, &def)?.lower.minor();
    if balance.saturating_add(lower) < total {
        return refuse(Refusal::BeyondLimit);
    }
    if let Some(key) = &pay.key
        && paid(case.facts, &case.register, &head, &pay.from, key)?
    {
        return refuse(Refusal::KeyUsed);
    }
    let debit = Move { account: pay.from.clone(), unit: pay.unit.clone(), minor: total.saturating_neg() };
    Ok(Effects { moves: vec![debit], ..case.effects() })
}

/// The account is there, and its member takes part.
fn can_receive<F: Facts>(case: &Case<'_, F>, account: &Account) -> Rung<(), F::Error> {
    let Some(Value::Handle(keeper)) = case.fact(&Key::Keeper(account.clone()))? else {
        return refuse(Refusal::NoAccount);
    };
    match member(case.facts, &case.register, &keeper)? {
        Some(member) if member.standing.is_active() => Ok(()),
        _ => refuse(Refusal::NotActive),
    }
}
