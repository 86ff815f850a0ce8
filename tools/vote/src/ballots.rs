//! The ballots of a poll one by one, and what became of each, so that everyone can check the count.

use std::collections::BTreeMap;

use event::{Body, Choice, EventId, Handle, Outcome, Time};
use frame::{Failure, Session};
use rules::{Facts, Key, Value};
use store::PollRow;

/// A valid ballot.
pub struct Ballot {
    /// Whose.
    pub member: Handle,
    /// For what.
    pub choice: Choice,
    /// When, as it claims.
    pub time: Time,
    /// The event.
    pub id: EventId,
    /// The reason given.
    pub why: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// On which of the member's devices, and where on its chain.
    place: (u32, u64),
}

/// What became of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It counts.
    Counted,
    /// The member has cast another one since.
    Replaced,
    /// It is valid, but the teller had it not when counting.
    Missed,
}

impl Fate {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Counted => "counted",
            Fate::Replaced => "replaced",
            Fate::Missed => "missed",
        }
    }
}

/// All valid ballots held, sorted, as a close lists them.
pub fn held(session: &Session, poll: &EventId) -> Result<Vec<EventId>, Failure> {
    let mut ids = session.store.ballots(poll)?;
    ids.sort_unstable();
    Ok(ids)
}

/// The count: the teller's, or the present one.
pub fn outcome(session: &Session, poll: &PollRow) -> Result<Outcome, Failure> {
    match &poll.closed {
        Some((_, outcome)) => Ok(*outcome),
        None => {
            let ids = held(session, &poll.event.link.id)?;
            Ok(rules::count(&session.store, &poll.event.link, &poll.open, &ids)?)
        }
    }
}

/// Every valid ballot held, oldest first.
pub fn of(session: &Session, poll: &PollRow) -> Result<Vec<Ballot>, Failure> {
    let listed = match &poll.closed {
        Some((close, _)) => Some(listed(session, close)?),
        None => None,
    };
    let mut ballots: Vec<Ballot> = Vec::new();
    let mut last: BTreeMap<Handle, usize> = BTreeMap::new();
    for id in held(session, &poll.event.link.id)? {
        let Some(mut ballot) = ballot(session, &id)? else { continue };
        if listed.as_ref().is_some_and(|listed| listed.binary_search(&id).is_err()) {
            ballot.fate = Fate::Missed;
            ballots.push(ballot);
            continue;
        }
        // As in the law: the last on the newest of the member's devices.
        let before = last.get(&ballot.member).copied();
        match before.and_then(|at| ballots.get_mut(at)) {
            Some(other) if other.place > ballot.place => ballot.fate = Fate::Replaced,
            Some(other) => {
                other.fate = Fate::Replaced;
                last.insert(ballot.member.clone(), ballots.len());
            }
            None => {
                last.insert(ballot.member.clone(), ballots.len());
            }
        }
        ballots.push(ballot);
    }
    ballots.sort_by(|a, b| (a.time, &a.member, a.place).cmp(&(b.time, &b.member, b.place)));
    Ok(ballots)
}

/// What the member has voted, as far as it counts or will.
pub fn choice_of(session: &Session, poll: &PollRow, member: &Handle) -> Result<Option<Choice>, Failure> {
    let mut ballots = of(session, poll)?.into_iter();
    Ok(ballots.find(|ballot| ballot.member == *member && ballot.fate == Fate::Counted).map(|ballot| ballot.choice))
}

fn ballot(session: &Session, id: &EventId) -> Result<Option<Ballot>, Failure> {
    let Some(event) = session.store.event(id)? else { return Ok(None) };
    let Body::Cast(cast) = event.body else { return Ok(None) };
    let by = session.store.fact(&event.link.register, &Key::Device(event.link.device))?;
    let Some(Value::Holder(holder)) = by else { return Ok(None) };
    Ok(Some(Ballot {
        member: holder.handle,
        choice: cast.choice,
        time: event.link.time,
        id: *id,
        why: event.text,
        fate: Fate::Counted,
        place: (holder.nth, event.link.seq),
    }))
}

/// The ballots that a close lists, sorted.
fn listed(session: &Session, close: &EventId) -> Result<Vec<EventId>, Failure> {
    let Some(Body::Close(close)) = session.store.body(close)? else { return Ok(Vec::new()) };
    let mut listed = Vec::new();
    for page in &close.pages {
        if let Some(Body::Page(page)) = session.store.body(page)? {
            listed.extend(page.ballots);
        }
    }
    listed.sort_unstable();
    Ok(listed)
}
