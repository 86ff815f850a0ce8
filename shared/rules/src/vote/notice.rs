//! The notice that a poll asks for: who of those who may vote had it in time (protocol, sections 7 and 8).

use event::{Body, Called, EventId, KindOfMember, Noticed, Open, Post, Time};

use super::count::reaches;
use super::vote_of;
use crate::announce::informed;
use crate::case::{Case, Rung, refuse};
use crate::change::weight;
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// When a poll takes its first ballot: not before it is opened at `time`.
pub fn begins(open: &Open, time: Time) -> Time {
    open.terms.opens.map_or(time, |opens| opens.max(time))
}

/// The last moment at which notice is in time, if a poll that is opened at `time` asks for it.
pub fn notice_due(open: &Open, time: Time) -> Option<Time> {
    open.terms.notice.and_then(|called| called.by(begins(open, time)))
}

/// A post that asks for receipts, and that is old enough.
pub(super) fn called<F: Facts>(case: &Case<'_, F>, open: &Open, called: &Called) -> Rung<(), F::Error> {
    match (case.facts.link(&called.post)?, case.facts.body(&called.post)?) {
        (Some(post), Some(Body::Post(Post { notice: true, .. }))) => {
            match notice_due(open, case.event.time).is_some_and(|due| post.time <= due) {
                true => Ok(()),
                false => refuse(Refusal::NoticeTooShort),
            }
        }
        (Some(_), Some(Body::Post(_))) => refuse(Refusal::NoReceipt),
        _ => refuse(Refusal::NoPost),
    }
}

/// How many of those who may vote had notice in time by the listed receipts, by heads; none where the poll asks for none.
pub(super) fn noticed<F: Facts>(
    facts: &F,
    poll: &Link,
    open: &Open,
    listed: &[EventId],
) -> Result<Option<Noticed>, F::Error> {
    let Some(called) = &open.terms.notice else { return Ok(None) };
    let due = notice_due(open, poll.time);
    let mut given = 0_u32;
    for (member, since) in informed(facts, &called.post, listed)? {
        if due.is_some_and(|due| since <= due) && vote_of(facts, poll, open, &member)? > 0 {
            given = given.saturating_add(1);
        }
    }
    Ok(Some(Noticed { given, of: heads(facts, poll, open)? }))
}

/// How many may vote.
fn heads<F: Facts>(facts: &F, poll: &Link, open: &Open) -> Result<u32, F::Error> {
    let mut heads = 0_u32;
    for voter in &open.terms.voters {
        heads = heads.saturating_add(u32::from(vote_of(facts, poll, open, voter)? > 0));
    }
    for kind in KindOfMember::ALL.into_iter().filter(|_| open.terms.voters.is_empty()) {
        if let Some(Value::Count(n)) = facts.fact(&poll.register, &Key::Count(kind))?
            && weight(facts, &poll.register, kind)? > 0
        {
            heads = heads.saturating_add(n);
        }
    }
    Ok(heads)
}

/// Whether as many had notice as the poll asks for.
pub fn notice_given(open: &Open, noticed: Option<Noticed>) -> bool {
    match (&open.terms.notice, noticed) {
        (Some(called), Some(had)) => reaches(had.given, had.of, called.share, false),
        (asked, _) => asked.is_none(),
    }
}

/// Whether an event comes too late to change the count: a proxy after the end, a receipt after notice was due.
pub fn too_late<F: Facts>(facts: &F, poll: &Link, open: &Open, closes: Time, id: &EventId) -> Result<bool, F::Error> {
    let (Some(link), Some(body)) = (facts.link(id)?, facts.body(id)?) else { return Ok(false) };
    let overdue = |since| notice_due(open, poll.time).is_none_or(|due| since > due);
    Ok(match body {
        Body::Proxy(_) => link.time > closes,
        Body::Seen(_) => overdue(link.time),
        Body::Told(told) => overdue(told.at.unwrap_or(link.time)),
        _ => false,
    })
}
