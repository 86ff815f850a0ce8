//! A poll as the commands handle it: its short number, its state now, and how it is found.

use event::{EventId, Handle, Time};
use frame::{Failure, Kind, Session, now};
use rules::Refusal;
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
    /// It takes no ballots yet.
    Planned,
    /// It takes ballots.
    Open,
    /// It takes no more ballots and waits for the teller.
    Due,
    /// The teller has counted it.
    Closed,
    /// Another poll took its place.
    Replaced,
}

impl State {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Open => "open",
            State::Due => "due",
            State::Closed => "closed",
            State::Replaced => "replaced",
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
        let now = now();
        match (&self.row.closed, &self.row.replaced) {
            (Some(_), _) => State::Closed,
            (None, Some(_)) => State::Replaced,
            _ if now > self.row.closes => State::Due,
            _ if self.row.open.terms.opens.is_some_and(|opens| now < opens) => State::Planned,
            _ => State::Open,
        }
    }

    /// `passed` or `failed` once it is counted.
    pub fn result(&self) -> Option<&'static str> {
        self.row.closed.as_ref().map(|(_, outcome)| outcome.word())
    }

    /// Who counts it.
    pub fn teller(&self) -> String {
        self.row.teller.as_ref().map_or_else(|| self.row.event.author.to_string(), Handle::to_string)
    }

    /// Until when notice must have been given, if the poll asks for it.
    pub fn notice_due(&self) -> Option<Time> {
        rules::notice_due(&self.row.open, self.row.event.link.time)
    }

    /// Whether the opener asked displays to keep back how it stands.
    pub fn kept_back(&self) -> bool {
        self.row.open.terms.hidden && self.row.closed.is_none()
    }

    /// Whether the member may vote: who belonged at the register entry that the opening stands on.
    pub fn admits(&self, session: &Session, member: &Handle) -> Result<bool, Failure> {
        Ok(rules::vote_of(&session.store, &self.row.event.link, &self.row.open, member)? > 0)
    }

    /// The extension to name, where a ballot of now is in time by it alone.
    pub fn extension(&self, now: Time) -> Option<EventId> {
        self.row.extension.filter(|_| now > self.row.open.closes)
    }

    /// A no, where a ballot of now would count for nothing although the law might let it be.
    pub fn takes_ballots(&self) -> Result<(), Failure> {
        match self.state() {
            State::Closed => Err(Failure::refused(Refusal::CountedBefore)),
            State::Replaced => {
                Err(Failure::no("another poll has taken the place of this one").hint("`vote list --open` shows it"))
            }
            State::Due => Err(Failure::refused(Refusal::Late)),
            State::Planned | State::Open => Ok(()),
        }
    }
}

/// All polls, oldest first, each with a number.
pub fn all(session: &mut Session) -> Result<Vec<Poll>, Failure> {
    let rows = session.store.polls()?;
    numbered(session, rows)
}

/// These polls with their numbers.
pub fn numbered(session: &mut Session, rows: Vec<PollRow>) -> Result<Vec<Poll>, Failure> {
    let mut polls = Vec::new();
    for row in rows {
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
        Some(row) if row.event.refusal == 0 => {
            let number = session.local()?.number("poll", &id)?;
            Ok(Poll { number, row })
        }
        _ => Err(unknown()),
    }
}
