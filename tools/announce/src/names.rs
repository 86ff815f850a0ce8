//! The names by which posts are known outside: in mail, feeds and calendars. They come from the journal alone, so that
//! every member's are the same, today and in ten years.

use event::{EventId, Handle};
use frame::{Failure, Session};
use rules::Facts;

/// How the community is called outside.
pub struct Names {
    /// Its own name.
    pub community: String,
    /// A domain that no mail is ever sent to: the genesis' first digits below `commons.invalid`.
    pub domain: String,
}

impl Names {
    /// Of this community.
    pub fn of(session: &Session) -> Result<Names, Failure> {
        let log = session.store.log()?.ok_or_else(|| Failure::could("there is no genesis"))?;
        let digits: String = log.to_string().chars().take(16).collect();
        Ok(Names { community: session.name()?, domain: format!("{digits}.commons.invalid") })
    }

    /// A message's id, without angle brackets; a calendar's UID.
    pub fn message(&self, id: &EventId) -> String {
        format!("{id}@{}", self.domain)
    }

    /// The event that a message's id is of, if it is one of this community's.
    pub fn event(&self, message: &str) -> Option<EventId> {
        let (id, domain) = message.trim().trim_start_matches('<').trim_end_matches('>').split_once('@')?;
        (domain == self.domain).then(|| id.parse().ok())?
    }

    /// A member's address, from which nothing was sent and which nothing reaches.
    pub fn address(&self, member: &Handle) -> String {
        // Handles can have letters that addresses have not.
        let plain = member.as_str().is_ascii();
        let local = if plain { member.to_string() } else { member.glance() };
        let local: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
        format!("{}@{}", if local.is_empty() { "member" } else { &local }, self.domain)
    }

    /// An Atom id.
    pub fn tag(&self, what: &str) -> String {
        format!("tag:{},2026:{what}", self.domain)
    }
}
