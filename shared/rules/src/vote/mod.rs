//! Polls and what is said in them (protocol, section 7).

mod ballot;
mod close;
mod count;
mod elect;
mod notice;
mod voice;

use event::{Body, Cast, Contest, EventId, Extend, Handle, Open, Proxy, Record, RoleName, Scope, Statement, Time};

use crate::case::{Case, Effects, Rung, refuse};
use crate::change::{holds, weight};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::member_of;

pub use ballot::fits;
pub use close::{bearing, end};
pub(crate) use close::{close, page};
pub use count::{count, decides, electorate_of, outcome, passes, reaches};
pub use elect::{ballots, elect};
pub use notice::{begins, notice_due, notice_given, too_late};
pub use voice::{Voice, voices};

pub(crate) fn open<F: Facts>(case: &Case<'_, F>, open: &Open) -> Rung<Effects, F::Error> {
    if let Some(motion) = &open.motion
        && !matches!(case.facts.body(motion)?, Some(Body::Motion(_)))
    {
        return refuse(Refusal::NoMotion);
    }
    if let Some(teller) = &open.terms.teller {
        match case.fact(&Key::Member(teller.clone()))? {
            Some(Value::Member(member)) if member.standing.is_active() => {}
            Some(_) => return refuse(Refusal::NotActive),
            None => return refuse(Refusal::NoMember),
        }
    }
    if open.closes <= begins(open, case.event.time) {
        return refuse(Refusal::ClosesBeforeOpening);
    }
    if let Some(called) = &open.terms.notice {
        notice::called(case, open, called)?;
    }
    if let Some(older) = &open.terms.replaces {
        replaces(case, older)?;
    }
    Ok(case.effects())
}

/// A poll takes the place of another of the same device, in which no ballot is known to it.
fn replaces<F: Facts>(case: &Case<'_, F>, older: &EventId) -> Rung<(), F::Error> {
    let head = case.head()?;
    let (link, _) = poll(case, older)?;
    if link.device != case.event.device {
        return refuse(Refusal::NotTeller);
    }
    if case.facts.counted(&head, older)? {
        return refuse(Refusal::CountedBefore);
    }
    for ballot in case.facts.ballots(older)? {
        if close::held(case, &head, &ballot)? {
            return refuse(Refusal::HasBallots);
        }
    }
    Ok(())
}

/// A ballot of a member of the poll's electorate, in time by its own claim.
pub(crate) fn cast<F: Facts>(case: &Case<'_, F>, cast: &Cast, member: &Handle) -> Rung<Effects, F::Error> {
    let (link, open) = poll(case, &cast.poll)?;
    in_electorate(case, &link, &open, member)?;
    if open.terms.opens.is_some_and(|opens| case.event.time < opens) {
        return refuse(Refusal::NotOpenYet);
    }
    let closes = match &cast.extended {
        Some(extension) => extended(case, extension, &cast.poll, &link, &open)?,
        None => open.closes,
    };
    if case.event.time > closes {
        return refuse(Refusal::Late);
    }
    if !fits(&open, &cast.ballot) {
        return refuse(Refusal::BadBallot);
    }
    match ballot::lacks_reason(&open, &cast.ballot, case.event.text.is_some()) {
        true => refuse(Refusal::NoReason),
        false => Ok(case.effects()),
    }
}

/// When a poll closes by an extension, one of its teller's.
fn extended<F: Facts>(
    case: &Case<'_, F>,
    extension: &EventId,
    id: &EventId,
    link: &Link,
    open: &Open,
) -> Rung<Time, F::Error> {
    match (case.facts.link(extension)?, case.facts.body(extension)?) {
        (Some(at), Some(Body::Extend(extend))) if extend.poll == *id => {
            let by = member_of(case.facts, &at.register, &at.device)?;
            match by.is_some() && by == teller_of(case.facts, link, open)? {
                true => Ok(extend.closes),
                false => refuse(Refusal::NotTeller),
            }
        }
        _ => refuse(Refusal::NoPoll),
    }
}

/// A ballot given on paper or by telephone: entered by the poll's teller, or by who holds the role.
pub(crate) fn record<F: Facts>(case: &Case<'_, F>, record: &Record, member: &Handle) -> Rung<Effects, F::Error> {
    let (link, open) = poll(case, &record.poll)?;
    let role: Option<RoleName> = "teller".parse().ok();
    let in_office = match role {
        Some(role) => holds(case.facts, &case.register, member, &role)?,
        None => false,
    };
    if !in_office && teller_of(case.facts, &link, &open)?.as_ref() != Some(member) {
        return refuse(Refusal::NotTeller);
    }
    in_electorate(case, &link, &open, &record.voter)?;
    match fits(&open, &record.ballot) {
        true => Ok(case.effects()),
        false => refuse(Refusal::BadBallot),
    }
}

/// The voter of a recorded ballot, and nobody else, strikes it out.
pub(crate) fn contest<F: Facts>(case: &Case<'_, F>, contest: &Contest, member: &Handle) -> Rung<Effects, F::Error> {
    match case.facts.body(&contest.record)? {
        Some(Body::Record(record)) if record.voter == *member => Ok(case.effects()),
        _ => refuse(Refusal::NoBallot),
    }
}

/// Another member votes for the author.
pub(crate) fn proxy<F: Facts>(case: &Case<'_, F>, proxy: &Proxy, member: &Handle) -> Rung<Effects, F::Error> {
    if let Scope::Poll(id) = &proxy.scope {
        let (link, open) = poll(case, id)?;
        in_electorate(case, &link, &open, member)?;
    }
    match &proxy.to {
        Some(to) if to == member => refuse(Refusal::OwnProxy),
        Some(to) if case.fact(&Key::Member(to.clone()))?.is_none() => refuse(Refusal::NoMember),
        _ => Ok(case.effects()),
    }
}

/// The teller moves the end of a poll that it has not counted.
pub(crate) fn extend<F: Facts>(case: &Case<'_, F>, extend: &Extend) -> Rung<Effects, F::Error> {
    let (_, open) = teller(case, &extend.poll)?;
    if close::counted(case, &extend.poll)? {
        return refuse(Refusal::CountedBefore);
    }
    let opens = open.terms.opens.unwrap_or(case.event.time);
    match extend.closes >= opens.max(case.event.time) {
        true => Ok(case.effects()),
        false => refuse(Refusal::ClosesBeforeOpening),
    }
}

/// What came of a poll, by who opened it.
pub(crate) fn statement<F: Facts>(case: &Case<'_, F>, said: &Statement, member: &Handle) -> Rung<Effects, F::Error> {
    let (link, _) = poll(case, &said.poll)?;
    match member_of(case.facts, &link.register, &link.device)?.as_ref() == Some(member) {
        true => Ok(case.effects()),
        false => refuse(Refusal::NotTeller),
    }
}

/// How much a member's vote weighs in a poll; nothing where the member has none.
pub fn vote_of<F: Facts>(facts: &F, poll: &Link, open: &Open, member: &Handle) -> Result<u32, F::Error> {
    if !open.terms.voters.is_empty() && open.terms.voters.binary_search(member).is_err() {
        return Ok(0);
    }
    match facts.fact(&poll.register, &Key::Member(member.clone()))? {
        Some(Value::Member(member)) if member.standing.is_active() => weight(facts, &poll.register, member.kind),
        _ => Ok(0),
    }
}

/// Who counts a poll: whom it names, or its author.
pub fn teller_of<F: Facts>(facts: &F, poll: &Link, open: &Open) -> Result<Option<Handle>, F::Error> {
    match &open.terms.teller {
        Some(teller) => Ok(Some(teller.clone())),
        None => member_of(facts, &poll.register, &poll.device),
    }
}

fn in_electorate<F: Facts>(case: &Case<'_, F>, poll: &Link, open: &Open, member: &Handle) -> Rung<(), F::Error> {
    match vote_of(case.facts, poll, open, member)? {
        0 => refuse(Refusal::NotInElectorate),
        _ => Ok(()),
    }
}

/// The poll, if the author is its teller.
fn teller<F: Facts>(case: &Case<'_, F>, id: &EventId) -> Rung<(Link, Open), F::Error> {
    let (link, open) = poll(case, id)?;
    match teller_of(case.facts, &link, &open)? == Some(case.member()?) {
        true => Ok((link, open)),
        false => refuse(Refusal::NotTeller),
    }
}

fn poll<F: Facts>(case: &Case<'_, F>, id: &EventId) -> Rung<(Link, Open), F::Error> {
    match (case.facts.link(id)?, case.facts.body(id)?) {
        (Some(link), Some(Body::Open(open))) => Ok((link, open)),
        _ => refuse(Refusal::NoPoll),
    }
}
