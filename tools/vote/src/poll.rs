//! A poll as the commands handle it: its short number, its state now, and how it is found.

use event::{EventId, Handle};
use frame::{Failure, Kind, Session, now};
use store::PollRow;

/// A poll and its short number.
pub struct Poll {
    /// Local to this store.
    pub number: i64,
    /// What the store has of it.
    pub row: PollRow,
}

/// Where a poll stands, by this machine's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It takes ballots.
    Open,
    /// It takes no more ballots and waits for the teller.
    Due,
    /// The teller has counted it.
    Closed,
}

impl State {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Due => "due",
            State::Closed => "closed",
        }
    }
}

impl Poll {
    /// The opening event's id.
    pub fn id(&self) -> EventId {
        self.row.event.link.id
    }

    /// Where it stands. A ballot of the last second is still in time, so only a later one is due.
    pub fn state(&self) -> State {
        match self.row.closed {
            Some(_) => State::Closed,
            None if now() > self.row.open.closes => State::Due,
            None => State::Open,
        }
    }

    /// `passed` or `failed` once it is counted.
    pub fn result(&self) -> Option<&'static str> {
        self.row.closed.as_ref().map(|(_, outcome)| outcome.word())
    }

    /// Whether the member may vote: who belonged at the register entry that the opening stands on.
    pub fn admits(&self, session: &Session, member: &Handle) -> Result<bool, Failure> {
        Ok(rules::may_vote(&session.store, &self.row.event.link.register, member)?)
    }
}

/// All polls, oldest first, each with a number.
pub fn all(session: &mut Session) -> Result<Vec<Poll>, Failure> {
    let mut polls = Vec::new();
    for row in session.store.polls()? {
        let number = session.local()?.number("poll", &row.event.link.id)?;
        polls.push(Poll { number, row });
    }
    Ok(polls)
}

/// The poll with this number, or whose id begins so.
pub fn find(session: &mut Session, text: &str) -> Result<Poll, Failure> {
    let unknown = || {
        Failure::no(format!("there is no poll `{}`", event::harmless_line(text)))
            .hint("`vote list` shows the polls; `--sync` fetches new ones")
    };
    if text.parse::<i64>().is_ok() {
        // A poll that was never shown has no number yet.
        all(session)?;
    }
    let id = session.find("poll", text).map_err(|failure| match failure.kind {
        Kind::No => unknown(),
        _ => failure,
    })?;
    match session.store.poll(&id)? {
        Some(open) if open.poll.event.refusal == 0 => {
            let number = session.local()?.number("poll", &id)?;
            Ok(Poll { number, row: open.poll })
        }
        _ => Err(unknown()),
    }
}
