//! The teller's lists and the close, which everyone recounts.

use event::{Body, Close, EventId, Open, Page, Scope, Time};

use super::count::count;
use super::notice::too_late;
use super::teller;
use super::voice::concerns;
use crate::case::{Case, Effects, No, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// A page of the teller's list.
pub(crate) fn page<F: Facts>(case: &Case<'_, F>, page: &Page) -> Rung<Effects, F::Error> {
    let (_, open) = teller(case, &page.poll)?;
    for id in &page.ballots {
        if !belongs(case, id, &page.poll, &open)? {
            return refuse(Refusal::NoBallot);
        }
    }
    Ok(case.effects())
}

/// Whether the count of a poll goes by this event.
fn belongs<F: Facts>(case: &Case<'_, F>, id: &EventId, poll: &EventId, open: &Open) -> Rung<bool, F::Error> {
    Ok(match case.facts.body(id)? {
        Some(Body::Cast(cast)) => cast.poll == *poll,
        Some(Body::Record(record)) => record.poll == *poll,
        Some(Body::Contest(contest)) => {
            matches!(case.facts.body(&contest.record)?, Some(Body::Record(record)) if record.poll == *poll)
        }
        Some(Body::Proxy(proxy)) => concerns(&proxy.scope, poll, open),
        Some(Body::Seen(seen)) => {
            open.terms.notice.is_some_and(|called| seen.posts.binary_search(&called.post).is_ok())
        }
        Some(Body::Told(told)) => open.terms.notice.is_some_and(|called| told.post == called.post),
        _ => false,
    })
}

/// The teller's count, which everyone recounts: nothing that the teller held is left out, and the result is what the
/// ballots say. Before its time a poll closes only when all have voted.
pub(crate) fn close<F: Facts>(case: &Case<'_, F>, close: &Close) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let (link, open) = teller(case, &close.poll)?;
    if counted(case, &close.poll)? {
        return refuse(Refusal::CountedBefore);
    }
    let closes = end(case.facts, &head, &close.poll, &open)?;
    let listed = listed(case, close)?;
    for id in bearing(case.facts, &close.poll, &open)? {
        let late = too_late(case.facts, &link, &open, closes, &id)?;
        if !late && listed.binary_search(&id).is_err() && held(case, &head, &id)? {
            return refuse(Refusal::BallotLeftOut);
        }
    }
    let outcome = count(case.facts, &link, &open, &listed, closes).map_err(No::Failed)?;
    if case.event.time < closes && outcome.tally.voted() < outcome.electorate {
        return refuse(Refusal::StillOpen);
    }
    match outcome == close.outcome {
        true => Ok(case.effects()),
        false => refuse(Refusal::WrongResult),
    }
}

/// Every valid event that the count of a poll goes by.
pub fn bearing<F: Facts>(facts: &F, poll: &EventId, open: &Open) -> Result<Vec<EventId>, F::Error> {
    let mut all = facts.ballots(poll)?;
    all.extend(facts.proxies(&Scope::All)?);
    if let Some(topic) = &open.terms.topic {
        all.extend(facts.proxies(&Scope::Topic(topic.clone()))?);
    }
    if let Some(called) = &open.terms.notice {
        all.extend(facts.receipts(&called.post)?);
    }
    Ok(all)
}

/// When a poll closes, as the chain of its teller has it at `head`.
pub fn end<F: Facts>(facts: &F, head: &Link, poll: &EventId, open: &Open) -> Result<Time, F::Error> {
    Ok(facts.extended(head, poll)?.unwrap_or(open.closes))
}

fn listed<F: Facts>(case: &Case<'_, F>, close: &Close) -> Rung<Vec<EventId>, F::Error> {
    let mut listed = Vec::new();
    for id in &close.pages {
        let Some(Body::Page(page)) = case.facts.body(id)? else { return refuse(Refusal::NoBallot) };
        let own = case.facts.link(id)?.is_some_and(|page| page.device == case.event.device);
        if !own || page.poll != close.poll {
            return refuse(Refusal::NoBallot);
        }
        listed.extend(page.ballots);
    }
    listed.sort_unstable();
    Ok(listed)
}

/// Whether the poll was counted on the author's chain, or on one of the devices before it.
pub(super) fn counted<F: Facts>(case: &Case<'_, F>, poll: &EventId) -> Rung<bool, F::Error> {
    let mut at = Some(case.head()?);
    while let Some(head) = at {
        if case.facts.counted(&head, poll)? {
            return Ok(true);
        }
        at = match case.fact(&Key::Opens(head.device))? {
            Some(Value::Position(before)) => case.facts.link(&before.id)?,
            _ => None,
        };
    }
    Ok(false)
}

/// Whether the teller's chain holds the ballot: as its own, or by an acknowledgement.
pub(super) fn held<F: Facts>(case: &Case<'_, F>, head: &Link, ballot: &EventId) -> Rung<bool, F::Error> {
    let Some(link) = case.facts.link(ballot)? else { return Ok(false) };
    if link.device == head.device {
        return Ok(case.facts.precedes(&link, head)?);
    }
    let Some(acked) = case.facts.acked(head, None, &link.device, None)? else { return Ok(false) };
    match case.facts.link(&acked.id)? {
        Some(acked) => Ok(case.facts.precedes(&link, &acked)?),
        None => Ok(false),
    }
}
