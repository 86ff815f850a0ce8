//! Polls that wait for this member's vote.

use frame::{Failure, Session};
use serde_json::json;

use super::{Asked, Section};

pub fn polls(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "polls", items: Vec::new(), news: false };
    let Some(me) = &asked.me else { return Ok(section) };
    for poll in session.store.polls()? {
        let link = &poll.event.link;
        if poll.closed.is_some()
            || poll.open.closes < asked.until
            || !rules::may_vote(&session.store, &link.register, me)?
        {
            continue;
        }
        let ballots = session.store.poll(&link.id)?.map(|open| open.ballots).unwrap_or_default();
        let mut voted = false;
        for ballot in ballots {
            voted |= session.store.event(&ballot)?.is_some_and(|event| event.author == *me);
        }
        if voted {
            continue;
        }
        section.news |= link.time > asked.since.time || asked.draws_near(poll.open.closes);
        let number = session.local()?.number("poll", &link.id)?;
        section.items.push(json!({
            "number": number,
            "id": link.id.to_string(),
            "question": poll.open.question.as_str(),
            "closes": poll.open.closes.to_string(),
            "by": poll.event.author.to_string(),
        }));
    }
    Ok(section)
}
