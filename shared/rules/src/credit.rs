//! Payments, receipts, returns: judged on the passbook of the account's keeper (protocol, section 5).

use std::collections::BTreeMap;

use event::{Account, Body, Bounds, Decline, EventId, Item, MAX_MINOR, Pay, Receive, Unit, UnitDef};

use crate::books::{balance, on_books, paid, taken};
use crate::case::{Case, Effects, Move, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Member, Value};
use crate::settle::{member_of, settled_by};

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

fn member<F: Facts>(facts: &F, at: &EventId, handle: &event::Handle) -> Result<Option<Member>, F::Error> {
    Ok(match facts.fact(at, &Key::Member(handle.clone()))? {
        Some(Value::Member(member)) => Some(member),
        _ => None,
    })
}

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
    Ok(Effects { moves, ..case.effects() })
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
        Item::Leg(pay, n) => case.facts.leg(pay, *n)?.map(|leg| (leg.to, leg.unit, leg.minor)),
        Item::Return(decline) => match case.facts.body(decline)? {
            Some(Body::Decline(declined)) => {
                case.facts.leg(&declined.pay, declined.leg)?.map(|leg| (leg.from, leg.unit, leg.minor))
            }
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
    let Some(said) = case.facts.leg(pay, leg)? else { return refuse(Refusal::NoItem) };
    keeps(case, &said.from)?;
    let Some(link) = case.facts.link(pay)? else { return refuse(Refusal::NoItem) };
    if !on_books(case.facts, &case.register, head, &said.from, &link)? {
        return refuse(Refusal::NoItem);
    }
    let Some(Value::Position(end)) = case.fact(&Key::Closed(said.to.clone()))? else {
        return refuse(Refusal::PayeeOpen);
    };
    let Some(end) = case.facts.link(&end.id)? else { return refuse(Refusal::PayeeOpen) };
    if taken(case.facts, &case.register, &end, &said.to, &Item::Leg(*pay, leg))?
        || taken(case.facts, &case.register, head, &said.from, &Item::Back(*pay, leg))?
    {
        return refuse(Refusal::ItemTaken);
    }
    Ok((said.from, said.unit, said.minor))
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

/// The most that the account may hold. A unit that the receiver does not know yet sets no bound.
fn upper<F: Facts>(case: &Case<'_, F>, account: &Account, unit: &Unit) -> Rung<Option<i64>, F::Error> {
    let Some(Value::Unit(def)) = case.fact(&Key::Unit(unit.clone()))? else { return Ok(None) };
    Ok(bounds(case.facts, &case.register, account, &def)?.upper.map(|upper| upper.minor()))
}
