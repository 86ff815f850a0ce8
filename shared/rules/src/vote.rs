//! Polls, ballots and their count (protocol, section 7).

use std::collections::BTreeMap;

use event::{Base, Body, Cast, Choice, Close, EventId, Handle, Open, Outcome, Page};

use crate::case::{Case, Effects, No, Rung, refuse};
use crate::change::{electorate, votes};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};

pub(crate) fn open<F: Facts>(case: &Case<'_, F>, open: &Open) -> Rung<Effects, F::Error> {
    if let Some(motion) = &open.motion
        && !matches!(case.facts.body(motion)?, Some(Body::Motion(_)))
    {
        return refuse(Refusal::NoMotion);
    }
    match open.closes > case.event.time {
        true => Ok(case.effects()),
        false => refuse(Refusal::ClosesBeforeOpening),
    }
}

/// A ballot of a member of the poll's electorate, in time by its own claim.
pub(crate) fn cast<F: Facts>(case: &Case<'_, F>, cast: &Cast, member: &Handle) -> Rung<Effects, F::Error> {
    let (link, open) = poll(case, &cast.poll)?;
    if !may_vote(case.facts, &link.register, member)? {
        return refuse(Refusal::NotInElectorate);
    }
    match case.event.time <= open.closes {
        true => Ok(case.effects()),
        false => refuse(Refusal::Late),
    }
}

/// A page of the teller's list.
pub(crate) fn page<F: Facts>(case: &Case<'_, F>, page: &Page) -> Rung<Effects, F::Error> {
    teller(case, &page.poll)?;
    for id in &page.ballots {
        let ballot = matches!(case.facts.body(id)?, Some(Body::Cast(cast)) if cast.poll == page.poll);
        if !ballot {
            return refuse(Refusal::NoBallot);
        }
    }
    Ok(case.effects())
}

/// The teller's count, which everyone recounts: no ballot that the teller held is left out, and the result
/// is what the ballots say. Before its time a poll closes only when all have voted.
pub(crate) fn close<F: Facts>(case: &Case<'_, F>, close: &Close) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let (link, open) = teller(case, &close.poll)?;
    if case.facts.counted(&head, &close.poll)? {
        return refuse(Refusal::CountedBefore);
    }
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
    for id in case.facts.ballots(&close.poll)? {
        if listed.binary_search(&id).is_err() && held(case, &head, &id)? {
            return refuse(Refusal::BallotLeftOut);
        }
    }
    let outcome = match count(case.facts, &link, &open, &listed) {
        Ok(outcome) => outcome,
        Err(error) => return Err(No::Failed(error)),
    };
    let voted = u64::from(outcome.yes).saturating_add(outcome.no.into()).saturating_add(outcome.abstain.into());
    if case.event.time < open.closes && voted < u64::from(outcome.electorate) {
        return refuse(Refusal::StillOpen);
    }
    match outcome == close.outcome {
        true => Ok(case.effects()),
        false => refuse(Refusal::WrongResult),
    }
}

/// Whether the member was active in a kind that votes when the poll began.
pub fn may_vote<F: Facts>(facts: &F, at: &EventId, member: &Handle) -> Result<bool, F::Error> {
    match facts.fact(at, &Key::Member(member.clone()))? {
        Some(Value::Member(member)) if member.standing.is_active() => votes(facts, at, member.kind),
        _ => Ok(false),
    }
}

/// Counts valid ballots of a poll: the last of each member, on the newest of its devices.
pub fn count<F: Facts>(facts: &F, poll: &Link, open: &Open, ballots: &[EventId]) -> Result<Outcome, F::Error> {
    let mut last: BTreeMap<Handle, ((u32, u64, EventId), Choice)> = BTreeMap::new();
    for id in ballots {
        let (Some(link), Some(Body::Cast(cast))) = (facts.link(id)?, facts.body(id)?) else { continue };
        let Some(Value::Holder(holder)) = facts.fact(&link.register, &Key::Device(link.device))? else { continue };
        let place = (holder.nth, link.seq, *id);
        let newest = last.entry(holder.handle).or_insert((place, cast.choice));
        if place >= newest.0 {
            *newest = (place, cast.choice);
        }
    }
    let electorate = electorate(facts, &poll.register)?;
    let of = |choice| u32::try_from(last.values().filter(|(_, c)| *c == choice).count()).unwrap_or(u32::MAX);
    let (yes, no, abstain) = (of(Choice::Yes), of(Choice::No), of(Choice::Abstain));
    let passed = passes(open, yes, no, abstain, electorate);
    Ok(Outcome { yes, no, abstain, electorate, passed })
}

/// Whether quorum and threshold are met, in exact integers; a share of nothing is never reached.
pub fn passes(open: &Open, yes: u32, no: u32, abstain: u32, electorate: u32) -> bool {
    let cast = u64::from(yes).saturating_add(no.into());
    let voted = cast.saturating_add(abstain.into());
    let base = match open.threshold.base {
        Base::Cast => cast,
        Base::Electorate => electorate.into(),
    };
    // a / b >= over / under  ⇔  a * under >= over * b, all below 2^53.
    let sides = |part: u64, whole: u64, share: event::Ratio| {
        let (over, under) = share.parts();
        (part.saturating_mul(under.into()), whole.saturating_mul(over.into()))
    };
    let (turnout, wanted) = sides(voted, electorate.into(), open.quorum);
    let (part, share) = sides(yes.into(), base, open.threshold.share);
    let reached = if open.threshold.more_than { part > share } else { part >= share };
    turnout >= wanted && reached && base > 0 && yes > 0
}

/// Whether the teller's chain holds the ballot: as its own, or by an acknowledgement.
fn held<F: Facts>(case: &Case<'_, F>, head: &Link, ballot: &EventId) -> Rung<bool, F::Error> {
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

fn teller<F: Facts>(case: &Case<'_, F>, id: &EventId) -> Rung<(Link, Open), F::Error> {
    let (link, open) = poll(case, id)?;
    match link.device == case.event.device {
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

#[cfg(test)]
mod tests {
    use event::{Ratio, Threshold, Time};

    use super::*;

    fn poll(quorum: (u32, u32), share: (u32, u32), more_than: bool, base: Base) -> Open {
        Open {
            motion: None,
            question: "?".parse().unwrap(),
            closes: Time::new(1).unwrap(),
            quorum: Ratio::new(quorum.0, quorum.1).unwrap(),
            threshold: Threshold { share: Ratio::new(share.0, share.1).unwrap(), more_than, base },
        }
    }

    #[test]
    fn quorum_and_threshold() {
        let half = poll((1, 2), (1, 2), true, Base::Cast);
        // yes, no, abstain, electorate, passed
        let table = [
            (2, 1, 0, 6, true),
            (2, 2, 0, 6, false),
            (2, 0, 0, 6, false),
            (1, 0, 2, 6, true),
            (0, 0, 6, 6, false),
            (4, 3, 0, 7, true),
            (3, 0, 0, 7, false),
        ];
        for (yes, no, abstain, electorate, passed) in table {
            assert_eq!(passes(&half, yes, no, abstain, electorate), passed, "{yes} {no} {abstain} of {electorate}");
        }
        let two_thirds = poll((0, 1), (2, 3), false, Base::Electorate);
        assert!(passes(&two_thirds, 4, 0, 0, 6));
        assert!(!passes(&two_thirds, 3, 0, 0, 6));
    }

    #[test]
    fn every_percentage_of_a_hundred_is_exact() {
        for percent in 1..=100 {
            let at_least = poll((0, 1), (percent, 100), false, Base::Electorate);
            assert!(passes(&at_least, percent, 0, 0, 100));
            assert!(!passes(&at_least, percent - 1, 0, 0, 100));
            let more = poll((0, 1), (percent, 100), true, Base::Electorate);
            assert!(!passes(&more, percent, 0, 0, 100));
        }
    }
}
