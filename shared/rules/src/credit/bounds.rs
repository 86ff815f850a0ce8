//! How far an account may go: the limits that bind it at an entry.

use event::{Account, Bounds, EventId, Handle, UnitDef};

use crate::charter::Backing;
use crate::facts::Facts;
use crate::register::{Key, Member, Value};

/// The limits of an account at an entry: its own; or the base limits for its kind of member, or else the unit's, of
/// which the lower begins once the member is confirmed. A new member, or an account of the community, may hold but
/// not draw.
pub fn bounds<F: Facts>(facts: &F, at: &EventId, account: &Account, def: &UnitDef) -> Result<Bounds, F::Error> {
    if let Some(Value::Bounds(own)) = facts.fact(at, &Key::Limit(account.clone(), def.unit.clone()))? {
        return Ok(own);
    }
    let member = match account {
        Account::Member(handle) => member(facts, at, handle)?,
        Account::Common(_) => None,
    };
    let nothing = event::Amount::new(0, def.base.lower.places()).unwrap_or(def.base.lower);
    let Some(member) = member else {
        return Ok(Bounds { lower: nothing, upper: None });
    };
    let base = match facts.fact(at, &Key::Base(def.unit.clone(), member.kind))? {
        Some(Value::Bounds(base)) => base,
        _ => def.base,
    };
    Ok(Bounds { lower: if member.confirmed { base.lower } else { nothing }, upper: base.upper })
}

/// What can back the account in a unit: it has no limits of its own, its member is confirmed, and the rules say how.
pub(super) fn is_backed<F: Facts>(
    facts: &F,
    at: &EventId,
    account: &Account,
    def: &UnitDef,
) -> Result<Option<Backing>, F::Error> {
    let Some(Value::Backing(terms)) = facts.fact(at, &Key::Backing(def.unit.clone()))? else { return Ok(None) };
    let Account::Member(handle) = account else { return Ok(None) };
    let own = facts.fact(at, &Key::Limit(account.clone(), def.unit.clone()))?.is_some();
    let confirmed = member(facts, at, handle)?.is_some_and(|member| member.confirmed);
    Ok((confirmed && !own).then_some(terms))
}

pub(super) fn member<F: Facts>(facts: &F, at: &EventId, handle: &Handle) -> Result<Option<Member>, F::Error> {
    Ok(match facts.fact(at, &Key::Member(handle.clone()))? {
        Some(Value::Member(member)) => Some(member),
        _ => None,
    })
}
