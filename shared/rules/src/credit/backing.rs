//! Pledges, their attestations, and which of these an account uses (protocol, section 5).

use std::collections::BTreeMap;

use event::{Account, Attest, Back, Body, EventId, Handle, Name, Pledge, RoleName, Time, Unpledge};

use super::limit::{Used, in_use};
use super::{keeps, member};
use crate::books::{ends, on_books};
use crate::case::{Case, Effects, No, Rung, refuse};
use crate::change::holds;
use crate::charter::AssetTerms;
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::{member_of, settled_by};

/// The role whose holders attest.
const ASSESSOR: &str = "assessor";

/// A member says what it can do.
pub(crate) fn pledge<F: Facts>(case: &Case<'_, F>, pledge: &Pledge) -> Rung<Effects, F::Error> {
    asset(case.facts, &case.register, &pledge.asset)?;
    Ok(case.effects())
}

/// A member takes its own pledge back, once.
pub(crate) fn unpledge<F: Facts>(case: &Case<'_, F>, unpledge: &Unpledge) -> Rung<Effects, F::Error> {
    let own = Account::Member(case.member()?);
    open(case.facts, &case.register, &case.head()?, &own, &unpledge.pledge)?;
    Ok(case.effects())
}

/// An assessor vouches for another's pledge, or a part of it, for a while.
pub(crate) fn attest<F: Facts>(case: &Case<'_, F>, attest: &Attest) -> Rung<Effects, F::Error> {
    let (pledge, owner) = pledged(case.facts, &attest.pledge)?;
    let author = case.member()?;
    if author == owner || !assesses(case.facts, &case.register, &author)? {
        return refuse(Refusal::NotAssessor);
    }
    let terms = asset(case.facts, &case.register, &pledge.asset)?;
    if attest.quantity.billionths() > pledge.quantity.billionths() {
        return refuse(Refusal::TooMuchAttested);
    }
    let now = case.event.time;
    let longest = terms.valid.map(|valid| later(now, valid.seconds()));
    let ends = [longest, pledge.until].into_iter().flatten().min();
    if attest.expires <= now || ends.is_some_and(|end| attest.expires > end) {
        return refuse(Refusal::HoldsTooLong);
    }
    Ok(case.effects())
}

/// From here on an account uses these attestations.
pub(crate) fn back<F: Facts>(case: &Case<'_, F>, back: &Back) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    keeps(case, &back.account)?;
    let books = ends(case.facts, &case.register, &head, &back.account)?;
    let used = in_use(case.facts, &books, &back.account)?;
    for id in &back.attestations {
        let link = fitting(case.facts, &case.register, &head, case.event.time, &back.account, &used, id)?;
        if !settled_by(case.facts, &case.register, &case.witnesses, &link)? {
            return refuse(Refusal::ItemUnsettled);
        }
    }
    Ok(case.effects())
}

/// Whether an account could use an attestation at a time, once it is settled, by the books that end at `head`.
pub fn can_back<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    time: Time,
    account: &Account,
    attestation: &EventId,
) -> Result<bool, F::Error> {
    let used = in_use(facts, &ends(facts, register, head, account)?, account)?;
    match fitting(facts, register, head, time, account, &used, attestation) {
        Ok(_) => Ok(true),
        Err(No::Refused(_)) => Ok(false),
        Err(No::Failed(error)) => Err(error),
    }
}

/// An attestation of an open pledge of the account's member, still good, by one who is still an assessor, and newer
/// than the one of that pledge in use.
fn fitting<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    time: Time,
    account: &Account,
    used: &BTreeMap<EventId, Used>,
    id: &EventId,
) -> Rung<Link, F::Error> {
    let (Some(Body::Attest(attest)), Some(link)) = (facts.body(id)?, facts.link(id)?) else {
        return refuse(Refusal::NoAttestation);
    };
    let pledge = open(facts, register, head, account, &attest.pledge)?;
    asset(facts, register, &pledge.asset)?;
    let assesses = match member_of(facts, &link.register, &link.device)? {
        Some(assessor) => assesses(facts, register, &assessor)?,
        None => false,
    };
    if !assesses || attest.expires <= time {
        return refuse(Refusal::NoAttestation);
    }
    let this = Used { time: link.time, id: *id };
    match used.get(&attest.pledge).is_some_and(|used| *used >= this) {
        true => refuse(Refusal::AttestedNewer),
        false => Ok(link),
    }
}

/// A pledge, and who made it.
fn pledged<F: Facts>(facts: &F, id: &EventId) -> Rung<(Pledge, Handle), F::Error> {
    let (Some(Body::Pledge(pledge)), Some(link)) = (facts.body(id)?, facts.link(id)?) else {
        return refuse(Refusal::NoPledge);
    };
    match member_of(facts, &link.register, &link.device)? {
        Some(owner) => Ok((pledge, owner)),
        None => refuse(Refusal::NoPledge),
    }
}

/// A pledge that stands in the books of its member's account and was not taken back there.
fn open<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    id: &EventId,
) -> Rung<Pledge, F::Error> {
    let (pledge, owner) = pledged(facts, id)?;
    let Some(link) = facts.link(id)? else { return refuse(Refusal::NoPledge) };
    if *account != Account::Member(owner) || !on_books(facts, register, head, account, &link)? {
        return refuse(Refusal::NoPledge);
    }
    for chain in ends(facts, register, head, account)? {
        if facts.taken_back(&chain, id)? {
            return refuse(Refusal::NoPledge);
        }
    }
    Ok(pledge)
}

/// The member takes part, and assesses.
fn assesses<F: Facts>(facts: &F, register: &EventId, handle: &Handle) -> Result<bool, F::Error> {
    let Ok(role) = ASSESSOR.parse::<RoleName>() else { return Ok(false) };
    let active = member(facts, register, handle)?.is_some_and(|member| member.standing.is_active());
    Ok(active && holds(facts, register, handle, &role)?)
}

fn asset<F: Facts>(facts: &F, register: &EventId, name: &Name) -> Rung<AssetTerms, F::Error> {
    match facts.fact(register, &Key::Asset(name.clone()))? {
        Some(Value::Asset(terms)) => Ok(terms),
        _ => refuse(Refusal::NoAsset),
    }
}

/// So many seconds after a time, as far as times go.
fn later(time: Time, seconds: u64) -> Time {
    Time::clamped(time.seconds().saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX)))
}
