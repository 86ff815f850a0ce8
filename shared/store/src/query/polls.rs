//! Polls and their ballots.

use std::collections::BTreeMap;

use event::{Body, EventId, Handle, Time};
use rules::{Facts, Link, Voice};
use rusqlite::OptionalExtension;

use crate::cache::{id, int, seq};
use crate::query::{EventRow, PollRow};
use crate::{Error, Store};

impl Store {
    /// Polls, oldest first.
    pub fn polls(&self) -> Result<Vec<PollRow>, Error> {
        let mut polls = Vec::new();
        for event in self.of_kind("vote.open")? {
            polls.extend(self.poll_of(event)?);
        }
        Ok(polls)
    }

    /// A poll.
    pub fn poll(&self, poll: &EventId) -> Result<Option<PollRow>, Error> {
        match self.event(poll)? {
            Some(event) => self.poll_of(event),
            None => Ok(None),
        }
    }

    /// Every valid event that a count of the poll goes by, sorted, as a close lists them.
    pub fn bearing(&self, poll: &PollRow) -> Result<Vec<EventId>, Error> {
        let mut all = rules::bearing(self, &poll.event.link.id, &poll.open)?;
        all.sort_unstable();
        Ok(all)
    }

    /// What the count of a poll goes by: what its close lists, or all that is held.
    pub fn listed(&self, poll: &PollRow) -> Result<Vec<EventId>, Error> {
        let Some((close, _)) = &poll.closed else { return self.bearing(poll) };
        let Some(Body::Close(close)) = self.body(close)? else { return Ok(Vec::new()) };
        let mut listed = Vec::new();
        for page in &close.pages {
            if let Some(Body::Page(page)) = self.body(page)? {
                listed.extend(page.ballots);
            }
        }
        listed.sort_unstable();
        listed.dedup();
        Ok(listed)
    }

    /// Who says what in a poll, by what its count goes by.
    pub fn voices(&self, poll: &PollRow) -> Result<BTreeMap<Handle, Voice>, Error> {
        rules::voices(self, &poll.event.link, &poll.open, &self.listed(poll)?, poll.closes)
    }

    /// Polls without a count that wait for a vote of a member: neither a ballot of its own nor one recorded for it.
    pub fn waiting_for_vote(&self, member: &Handle, now: Time) -> Result<Vec<PollRow>, Error> {
        let mut waiting = Vec::new();
        for poll in self.polls()? {
            let open = poll.closed.is_none() && poll.replaced.is_none() && poll.closes >= now;
            let begun = poll.open.terms.opens.is_none_or(|opens| opens <= now);
            if !open || !begun || rules::vote_of(self, &poll.event.link, &poll.open, member)? == 0 {
                continue;
            }
            if self.voices(&poll)?.get(member).is_none_or(|voice| !voice.by.is_empty()) {
                waiting.push(poll);
            }
        }
        Ok(waiting)
    }

    /// What was said of the result of a poll, the newest last.
    pub fn statements(&self, poll: &EventId) -> Result<Vec<EventRow>, Error> {
        let said = self.of_kind("vote.outcome")?;
        Ok(said.into_iter().filter(|event| matches!(&event.body, Body::Statement(s) if s.poll == *poll)).collect())
    }

    /// Proxies with effect, oldest first.
    pub fn all_proxies(&self) -> Result<Vec<EventRow>, Error> {
        self.of_kind("vote.proxy")
    }

    /// Polls on a motion, oldest first.
    pub fn polls_on(&self, motion: &EventId) -> Result<Vec<PollRow>, Error> {
        Ok(self.polls()?.into_iter().filter(|poll| poll.open.motion == Some(*motion)).collect())
    }

    /// The count of a poll on the motion that has passed, as the rules ask for it where they do.
    pub fn decided_by(&self, motion: &EventId) -> Result<Option<EventId>, Error> {
        let wanted = rules::outlook(self, &self.register()?, motion)?.and_then(|outlook| outlook.poll);
        let passed = |poll: PollRow| match poll.closed {
            Some((close, outcome)) if outcome.passed && rules::decides(&poll.open, wanted) => Some(close),
            _ => None,
        };
        Ok(self.polls_on(motion)?.into_iter().find_map(passed))
    }

    /// The number of the chain's first event that claims a time after this one.
    pub fn first_after(&self, head: &Link, time: Time) -> Result<Option<u64>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT min(seq) FROM event WHERE line = ? AND seq <= ? AND time > ?")?;
        let found: Option<i64> = query.query_row((head.line, int(head.seq), time.seconds()), |row| row.get(0))?;
        Ok(found.map(seq))
    }

    /// The first count of a poll that has effect; of a teller who forked the chain there can be two, settled one at most.
    fn count_of(&self, poll: &EventId) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM counted WHERE poll = ? ORDER BY seq, id")?;
        let counts = query.query_map([&poll.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for count in counts {
            let count = id(count)?;
            if let Some(link) = self.link(&count)?
                && self.effective(&link)?
            {
                return Ok(Some(count));
            }
        }
        Ok(None)
    }

    fn poll_of(&self, event: EventRow) -> Result<Option<PollRow>, Error> {
        let Body::Open(open) = event.body.clone() else { return Ok(None) };
        let poll = &event.link.id.0[..];
        let closed = match self.count_of(&event.link.id)? {
            Some(close) => match self.body(&close)? {
                Some(Body::Close(c)) => Some((close, c.outcome)),
                _ => None,
            },
            None => None,
        };
        let mut query = self.db.prepare_cached(
            "SELECT closes, event.id FROM extension JOIN event USING (line, seq) WHERE poll = ? ORDER BY time DESC, seq DESC
             LIMIT 1",
        )?;
        let moved = query.query_row([poll], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
        let moved = moved.map(|(closes, by)| Ok::<_, Error>((Time::new(closes)?, id(by)?))).transpose()?;
        let mut query = self.db.prepare_cached("SELECT by FROM replaced WHERE poll = ? ORDER BY seq LIMIT 1")?;
        let replaced = query.query_row([poll], |row| row.get::<_, Vec<u8>>(0)).optional()?.map(id).transpose()?;
        let teller = rules::teller_of(self, &event.link, &open)?;
        let (closes, extension) = moved.map_or((open.closes, None), |(closes, by)| (closes, Some(by)));
        Ok(Some(PollRow { event, open, closes, extension, teller, closed, replaced }))
    }
}
