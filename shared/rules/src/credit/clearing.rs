//! Set-offs: obligations that cancel each other out once every party has agreed (protocol, section 5).
//!
//! A party's yes reserves what it would be let off on its own books. The set-off has effect exactly when every party's
//! yes is settled; so one is free of it again only by what shows for good that some party's yes will never come: its
//! no, an event on its books after the end, or the end of its books.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, Clear, EventId, Release, SetOff};

use super::demand::rest;
use super::{keeps, unit};
use crate::books::{Answer, answered, answers, ends};
use crate::case::{Case, Counted, Effects, Rung, Tally, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::{member_of, settled_by};

/// A set-off is proposed: it lets each party off as much as it lets others off.
pub(crate) fn clear<F: Facts>(case: &Case<'_, F>, clear: &Clear) -> Rung<Effects, F::Error> {
    let def = unit(case, &clear.unit)?;
    if clear.closes <= case.event.time {
        return refuse(Refusal::OverBefore);
    }
    let mut sums: BTreeMap<Account, i64> = BTreeMap::new();
    for discharge in &clear.discharges {
        let Some(Body::Request(request)) = case.facts.body(&discharge.request)? else {
            return refuse(Refusal::NoDemand);
        };
        if request.unit != clear.unit {
            return refuse(Refusal::NoDemand);
        }
        if discharge.amount.places() != def.base.lower.places() {
            return refuse(Refusal::WrongPlaces);
        }
        let minor = discharge.amount.minor();
        if minor > request.amount.minor() {
            return refuse(Refusal::BeyondRequest);
        }
        // At most 400 amounts below 2^53.
        let owed = sums.entry(request.of).or_default();
        *owed = owed.saturating_add(minor);
        let due = sums.entry(request.account).or_default();
        *due = due.saturating_sub(minor);
    }
    match sums.values().all(|sum| *sum == 0) {
        true => Ok(case.effects()),
        false => refuse(Refusal::NotBalanced),
    }
}

/// A party agrees, in time: from here on what it is let off is reserved.
pub(crate) fn agree<F: Facts>(case: &Case<'_, F>, of: &SetOff) -> Rung<Effects, F::Error> {
    let (clear, head) = (party(case, &of.clearing, &of.account)?, case.head()?);
    keeps(case, &of.account)?;
    unanswered(case, &head, of)?;
    if case.event.time > clear.closes {
        return refuse(Refusal::NoClearing);
    }
    // Whatever another device wrote in these books after the end has shown already that no yes came.
    for end in ends(case.facts, &case.register, &head, &of.account)? {
        if end.time > clear.closes {
            return refuse(Refusal::NoClearing);
        }
    }
    let mut tallies = Vec::new();
    for discharge in &clear.discharges {
        let Some(Body::Request(request)) = case.facts.body(&discharge.request)? else { continue };
        if of.account != request.of && of.account != request.account {
            continue;
        }
        if answered(case.facts, &case.register, &head, &of.account, &discharge.request)? {
            return refuse(Refusal::DemandClosed);
        }
        if of.account == request.of {
            let minor = discharge.amount.minor();
            if minor > rest(case.facts, &case.register, &head, &discharge.request, &request)? {
                return refuse(Refusal::BeyondRequest);
            }
            let tally = Tally::Request(discharge.request);
            tallies.push(Counted { account: of.account.clone(), tally, minor });
        }
    }
    Ok(Effects { tallies, ..case.effects() })
}

/// A party says no, for good.
pub(crate) fn dissent<F: Facts>(case: &Case<'_, F>, of: &SetOff) -> Rung<Effects, F::Error> {
    party(case, &of.clearing, &of.account)?;
    keeps(case, &of.account)?;
    unanswered(case, &case.head()?, of)?;
    Ok(case.effects())
}

/// A party that has agreed is free again: it is shown that another one has not and never will.
pub(crate) fn release<F: Facts>(case: &Case<'_, F>, release: &Release) -> Rung<Effects, F::Error> {
    let (clear, head) = (party(case, &release.clearing, &release.account)?, case.head()?);
    party(case, &release.clearing, &release.by)?;
    keeps(case, &release.account)?;
    let said = answers(case.facts, &case.register, &head, &release.account, &release.clearing)?;
    if said != BTreeSet::from([Answer::Agreed]) {
        return refuse(Refusal::ClearingAnswered);
    }
    let shown = match &release.shown {
        Some(shown) => never_agrees(case, &clear, release, shown)?,
        None => closed_without(case, release)?,
    };
    if !shown {
        return refuse(Refusal::ClearingStands);
    }
    let mut tallies = Vec::new();
    for discharge in &clear.discharges {
        if let Some(Body::Request(request)) = case.facts.body(&discharge.request)?
            && request.of == release.account
        {
            let (tally, minor) = (Tally::Request(discharge.request), discharge.amount.minor().saturating_neg());
            tallies.push(Counted { account: request.of, tally, minor });
        }
    }
    Ok(Effects { tallies, ..case.effects() })
}

/// The event is settled and stands on the party's books, as of its own knowledge; it is the party's no, or claims a
/// time after the end, and no yes lies before it.
fn never_agrees<F: Facts>(
    case: &Case<'_, F>,
    clear: &Clear,
    release: &Release,
    shown: &EventId,
) -> Rung<bool, F::Error> {
    let Some(link) = case.facts.link(shown)? else { return Ok(false) };
    let says_no = match case.facts.body(shown)? {
        Some(Body::Dissent(no)) => no.clearing == release.clearing && no.account == release.by,
        _ => false,
    };
    let keeper = case.facts.fact(&link.register, &Key::Keeper(release.by.clone()))?;
    let member = member_of(case.facts, &link.register, &link.device)?;
    let kept = member.is_some() && keeper == member.map(Value::Handle);
    if !kept || (!says_no && link.time <= clear.closes) {
        return Ok(false);
    }
    let said = answers(case.facts, &link.register, &link, &release.by, &release.clearing)?;
    if said.contains(&Answer::Agreed) {
        return Ok(false);
    }
    match settled_by(case.facts, &case.register, &case.witnesses, &link)? {
        true => Ok(true),
        false => refuse(Refusal::ItemUnsettled),
    }
}

/// The party's account is closed, and no yes is in its books.
fn closed_without<F: Facts>(case: &Case<'_, F>, release: &Release) -> Rung<bool, F::Error> {
    let Some(Value::Position(end)) = case.fact(&Key::Closed(release.by.clone()))? else { return Ok(false) };
    let Some(end) = case.facts.link(&end.id)? else { return Ok(false) };
    let said = answers(case.facts, &case.register, &end, &release.by, &release.clearing)?;
    Ok(!said.contains(&Answer::Agreed))
}

/// The set-off, if the account is a party to it.
fn party<F: Facts>(case: &Case<'_, F>, clearing: &EventId, account: &Account) -> Rung<Clear, F::Error> {
    let Some(Body::Clear(clear)) = case.facts.body(clearing)? else { return refuse(Refusal::NoClearing) };
    for discharge in &clear.discharges {
        if let Some(Body::Request(request)) = case.facts.body(&discharge.request)?
            && (request.of == *account || request.account == *account)
        {
            return Ok(clear);
        }
    }
    refuse(Refusal::NoClearing)
}

fn unanswered<F: Facts>(case: &Case<'_, F>, head: &Link, of: &SetOff) -> Rung<(), F::Error> {
    match answers(case.facts, &case.register, head, &of.account, &of.clearing)?.is_empty() {
        true => Ok(()),
        false => refuse(Refusal::ClearingAnswered),
    }
}

/// Whether the account has agreed to a set-off of the request and is not free of it: then the request is no longer
/// the asker's to withdraw, nor the asked one's to refuse.
pub(super) fn reserved<F: Facts>(
    case: &Case<'_, F>,
    head: &Link,
    account: &Account,
    request: &EventId,
) -> Rung<bool, F::Error> {
    let mut agreed: BTreeSet<EventId> = BTreeSet::new();
    for end in ends(case.facts, &case.register, head, account)? {
        for (clearing, answer) in case.facts.set_offs(&end, account)? {
            if answer == Answer::Agreed {
                agreed.insert(clearing);
            }
        }
    }
    for clearing in agreed {
        let Some(Body::Clear(clear)) = case.facts.body(&clearing)? else { continue };
        if clear.discharges.iter().any(|discharge| discharge.request == *request)
            && !answers(case.facts, &case.register, head, account, &clearing)?.contains(&Answer::Released)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
