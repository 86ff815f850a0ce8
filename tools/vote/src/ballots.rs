//! What was said in a poll, one by one, and what became of it, so that everyone can check the count.

use std::collections::{BTreeMap, BTreeSet};

use event::{Ballot, Body, EventId, Handle, Outcome, Time};
use frame::{Failure, Session};
use rules::{Facts, Key, Value, Voice};
use store::PollRow;

/// A ballot, or a contest of one.
pub struct Said {
    /// Whose.
    pub member: Handle,
    /// What it says; none for a contest.
    pub says: Option<Ballot>,
    /// How it came, where a teller recorded it, and who did.
    pub recorded: Option<(String, Handle)>,
    /// When, as it claims.
    pub time: Time,
    /// The event.
    pub id: EventId,
    /// The reason given.
    pub why: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// Where it stands among those of its member.
    place: (Time, u32, u64),
}

/// What became of a ballot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It counts.
    Counted,
    /// The member has said something else since, or itself.
    Replaced,
    /// The member says that the record is wrong.
    Contested,
    /// It contests a record.
    Contests,
    /// It claims a time after the end.
    Late,
    /// It is valid, but the teller had it not when counting.
    Missed,
}

impl Fate {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Counted => "counted",
            Fate::Replaced => "replaced",
            Fate::Contested => "contested",
            Fate::Contests => "contests",
            Fate::Late => "late",
            Fate::Missed => "missed",
        }
    }
}

/// The count: the teller's, or the present one of these voices.
pub fn outcome(session: &Session, poll: &PollRow, voices: &BTreeMap<Handle, Voice>) -> Result<Outcome, Failure> {
    match &poll.closed {
        Some((_, outcome)) => Ok(outcome.clone()),
        None => recount(session, poll, voices),
    }
}

/// The count as this machine makes it from the ballots.
pub fn recount(session: &Session, poll: &PollRow, voices: &BTreeMap<Handle, Voice>) -> Result<Outcome, Failure> {
    let listed = session.store.listed(poll)?;
    Ok(rules::outcome(&session.store, &poll.event.link, &poll.open, &listed, voices)?)
}

/// Every valid ballot held, oldest first, and who speaks by which.
pub fn of(session: &Session, poll: &PollRow) -> Result<(Vec<Said>, BTreeMap<Handle, Voice>), Failure> {
    let voices = session.store.voices(poll)?;
    let counted: BTreeSet<EventId> = voices.values().map(|voice| voice.ballot).collect();
    let listed = session.store.listed(poll)?;
    let mut said = Vec::new();
    let mut contested = BTreeSet::new();
    for id in session.store.bearing(poll)? {
        let is_listed = listed.binary_search(&id).is_ok();
        let Some((mut one, contests)) = said_in(session, &id)? else { continue };
        one.fate = match () {
            () if counted.contains(&id) => Fate::Counted,
            () if !is_listed => Fate::Missed,
            () if contests.is_some() => Fate::Contests,
            () if one.recorded.is_none() && one.time > poll.closes => Fate::Late,
            () => Fate::Replaced,
        };
        contested.extend(contests.filter(|_| is_listed));
        said.push(one);
    }
    for one in said.iter_mut().filter(|one| contested.contains(&one.id)) {
        one.fate = Fate::Contested;
    }
    said.sort_by(|a, b| (a.place.0, &a.member, a.place).cmp(&(b.place.0, &b.member, b.place)));
    Ok((said, voices))
}

/// What the member has said, as far as it counts or will.
pub fn choice_of(session: &Session, poll: &PollRow, member: &Handle) -> Result<Option<Voice>, Failure> {
    Ok(session.store.voices(poll)?.remove(member))
}

/// A ballot or a contest, and what that contests; none for a proxy.
fn said_in(session: &Session, id: &EventId) -> Result<Option<(Said, Option<EventId>)>, Failure> {
    let Some(event) = session.store.event(id)? else { return Ok(None) };
    let by = session.store.fact(&event.link.register, &Key::Device(event.link.device))?;
    let Some(Value::Holder(holder)) = by else { return Ok(None) };
    let (member, says, recorded, contests) = match event.body {
        Body::Cast(cast) => (holder.handle, Some(cast.ballot), None, None),
        Body::Record(record) => {
            (record.voter, Some(record.ballot), Some((record.how.as_str().to_owned(), holder.handle)), None)
        }
        Body::Contest(contest) => (holder.handle, None, None, Some(contest.record)),
        _ => return Ok(None),
    };
    let (time, seq) = (event.link.time, event.link.seq);
    let said = Said {
        member,
        says,
        recorded,
        time,
        id: *id,
        why: event.text,
        fate: Fate::Counted,
        place: (time, holder.nth, seq),
    };
    Ok(Some((said, contests)))
}
