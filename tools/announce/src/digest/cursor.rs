//! How far a reader knows: durable, one for each recipient, and by arrival, so that what comes late is not missed.

use event::Time;
use frame::{Failure, Session};
use rules::Facts;

use super::market;

/// As far as the reader knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The highest number of a post.
    pub post: i64,
    /// How many entries of the register.
    pub height: u64,
    /// The highest number of a request to this member.
    pub asked: i64,
    /// The highest number of an offer or a want.
    pub offered: i64,
    /// The time of the digest.
    pub time: Time,
    /// Whether it was given as a time: then posts and entries count by theirs.
    pub by_time: bool,
}

impl Cursor {
    /// Everything is news.
    pub fn beginning() -> Self {
        Cursor { post: 0, height: 0, asked: 0, offered: 0, time: Time::clamped(0), by_time: false }
    }

    /// What happened since a time is news.
    pub fn since(time: Time) -> Self {
        Cursor { time, by_time: true, ..Cursor::beginning() }
    }

    /// All that is here is known.
    pub fn now(session: &mut Session, time: Time) -> Result<Self, Failure> {
        let height = session.store.height(&session.store.register()?)?;
        let post = session.local()?.last_post()?;
        let (asked, offered) = market::last(session, time)?;
        Ok(Cursor { post, height, asked, offered, time, by_time: false })
    }

    /// The one kept for a recipient.
    pub fn load(session: &mut Session, recipient: &str) -> Result<Self, Failure> {
        let kept = session.local()?.value(&key(recipient))?;
        let mut words = kept.as_deref().unwrap_or_default().split(' ');
        let read = (|| {
            let (post, height) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
            let time = words.next()?.parse().ok()?;
            let mut later = || words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
            Some(Cursor { post, height, asked: later(), offered: later(), time, by_time: false })
        })();
        Ok(read.unwrap_or_else(Cursor::beginning))
    }

    /// Keeps it for a recipient.
    pub fn save(&self, session: &mut Session, recipient: &str) -> Result<(), Failure> {
        let text = format!("{} {} {} {} {}", self.post, self.height, self.time, self.asked, self.offered);
        Ok(session.local()?.set_value(&key(recipient), &text)?)
    }
}

fn key(recipient: &str) -> String {
    format!("digest {recipient}")
}
