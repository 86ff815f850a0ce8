//! Posts, notices and meetings.

use event::EventId;
use frame::{Failure, Session, now};
use serde_json::{Value, json};

use super::{Asked, Section};
use crate::post::{self, Post};
use crate::{html, moment, private};

/// How many posts a digest has at most; the newest.
const MOST: usize = 200;

fn is_news(post: &Post, asked: &Asked) -> bool {
    let time = post.row.event.link.time;
    let since = asked.since;
    let corrected = post.row.corrected.is_some_and(|at| at > since.time);
    let came = if since.by_time { time > since.time } else { post.number > since.post };
    (came || corrected) && Some(&post.row.event.author) != asked.me.as_ref()
}

/// What came since and is not muted; what was corrected since, too.
pub fn posts(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let after = if asked.since.by_time { 0 } else { asked.since.post };
    let gone = session.store.gone(now())?;
    let mut ids: Vec<EventId> = session.local()?.heard_after(after, MOST)?;
    ids.extend(session.store.corrected_since(asked.since.time)?);
    ids.sort_unstable();
    ids.dedup();
    let mut news = Vec::new();
    for id in ids.into_iter().filter(|id| !gone.contains(id)) {
        news.extend(post::one(session, &id)?.filter(|post| is_news(post, asked)));
    }
    news.sort_by_key(|post| (post.row.event.link.time, post.number));
    let mut items = Vec::new();
    for post in &news {
        items.push(item(session, post)?);
    }
    Ok(Section { key: "posts", news: !items.is_empty(), items })
}

/// Notices that this member has not been given yet.
pub fn notices(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "notices", items: Vec::new(), news: false };
    let Some(me) = &asked.me else { return Ok(section) };
    let gone = session.store.gone(now())?;
    for id in session.store.asking()?.into_iter().filter(|id| !gone.contains(id)) {
        let Some(post) = post::one(session, &id)?.filter(|post| post.row.post.notice) else { continue };
        let members = session.store.active_at(&post.row.words)?;
        if members.contains(me) && !session.store.notice(&post.row.words)?.0.given.contains_key(me) {
            section.news |= is_news(&post, asked);
            section.items.push(item(session, &post)?);
        }
    }
    Ok(section)
}

/// What is announced to begin from now on.
pub fn meetings(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut found = Vec::new();
    for id in session.store.dated(asked.until)? {
        let Some(post) = post::one(session, &id)?.filter(Post::is_shown) else { continue };
        let starts = post.row.post.starts.as_ref().map(event::Moment::instant);
        if let Some(starts) = starts.filter(|starts| *starts >= asked.until) {
            found.push((starts, post));
        }
    }
    found.sort_by_key(|(starts, post)| (*starts, post.number));
    let mut section = Section { key: "meetings", items: Vec::new(), news: false };
    for (starts, post) in &found {
        section.news |= is_news(post, asked) || asked.draws_near(*starts);
        section.items.push(item(session, post)?);
    }
    Ok(section)
}

fn item(session: &Session, post: &Post) -> Result<Value, Failure> {
    let said = &post.row.post;
    let words = private::words(session, &post.row)?;
    let when = said.starts.as_ref().map(|starts| moment::in_words(starts, said.ends.as_ref()));
    let html = if said.is_private() { html::to_html(&words.text) } else { html::body(post) };
    Ok(json!({
        "number": post.number,
        "id": post.id().to_string(),
        "title": words.title,
        "author": post.row.event.author.to_string(),
        "channel": said.channel.to_string(),
        "time": post.row.event.link.time.to_string(),
        "important": said.important,
        "notice": said.notice,
        "when": when,
        "place": said.place.as_ref().map(ToString::to_string),
        "text": words.text,
        "html": html,
    }))
}
