//! Polls that wait for this member's vote.

use frame::{Failure, Session};
use serde_json::json;

use super::{Asked, Section};

pub fn polls(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "polls", items: Vec::new(), news: false };
    let Some(me) = &asked.me else { return Ok(section) };
    for poll in session.store.waiting_for_vote(me, asked.until)? {
        let link = &poll.event.link;
        section.news |= link.time > asked.since.time || asked.draws_near(poll.closes);
        let number = session.local()?.number("poll", &link.id)?;
        section.items.push(json!({
            "number": number,
            "id": link.id.to_string(),
            "question": poll.open.question.as_str(),
            "closes": poll.closes.to_string(),
            "by": poll.event.author.to_string(),
        }));
    }
    Ok(section)
}
