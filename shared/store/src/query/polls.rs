//! Posts, polls and their ballots.

use event::{Body, EventId};
use rules::Facts;
use rusqlite::OptionalExtension;

use crate::cache::id;
use crate::query::{EventRow, Open, PollRow, PostRow};
use crate::{Error, Store};

impl Store {
    /// Posts with effect, oldest first.
    pub fn posts(&self) -> Result<Vec<PostRow>, Error> {
        Ok(self.of_kind("announce.post")?.into_iter().map(|event| PostRow { event }).collect())
    }

    /// Polls, oldest first.
    pub fn polls(&self) -> Result<Vec<PollRow>, Error> {
        let mut polls = Vec::new();
        for event in self.of_kind("vote.open")? {
            polls.extend(self.poll_of(event)?);
        }
        Ok(polls)
    }

    /// A poll and its ballots.
    pub fn poll(&self, poll: &EventId) -> Result<Option<Open>, Error> {
        let Some(event) = self.event(poll)? else { return Ok(None) };
        let ballots = self.ballots(poll)?;
        Ok(self.poll_of(event)?.map(|poll| Open { poll, ballots }))
    }

    /// The count of a poll on the motion that has passed.
    pub fn decided_by(&self, motion: &EventId) -> Result<Option<EventId>, Error> {
        let passed = |poll: PollRow| match (poll.open.motion, poll.closed) {
            (Some(on), Some((close, outcome))) if on == *motion && outcome.passed => Some(close),
            _ => None,
        };
        Ok(self.polls()?.into_iter().find_map(passed))
    }

    fn poll_of(&self, event: EventRow) -> Result<Option<PollRow>, Error> {
        let Body::Open(open) = event.body.clone() else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT id FROM counted WHERE poll = ? ORDER BY seq LIMIT 1")?;
        let closed = query.query_row([&event.link.id.0[..]], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let closed = match closed.map(id).transpose()? {
            Some(close) => match self.body(&close)? {
                Some(Body::Close(c)) => Some((close, c.outcome)),
                _ => None,
            },
            None => None,
        };
        Ok(Some(PollRow { event, open, closed }))
    }
}
