//! A post as the commands handle it: its short number, and whether it was read here.

use event::{Body, Device, EventId, Post as Head};
use frame::{Failure, Kind, Session};
use store::EventRow;

/// A post.
pub struct Post {
    /// Local to this store.
    pub number: i64,
    /// Channel and title.
    pub head: Head,
    /// The event.
    pub event: EventRow,
    /// Neither read here nor written here.
    pub unread: bool,
}

/// All posts, oldest first, each with a number.
pub fn all(session: &mut Session) -> Result<Vec<Post>, Failure> {
    let own = session.device()?;
    let mut posts = Vec::new();
    for row in session.store.posts()? {
        posts.extend(post(session, own, row.event)?);
    }
    Ok(posts)
}

/// The post with this number, or whose id begins so.
pub fn find(session: &mut Session, text: &str) -> Result<Post, Failure> {
    let unknown = || {
        Failure::no(format!("there is no post `{}`", event::harmless_line(text)))
            .hint("`announce list` shows the posts; `--sync` fetches new ones")
    };
    if text.parse::<i64>().is_ok() {
        // A post that was never shown has no number yet.
        for row in session.store.posts()? {
            session.local()?.number("post", &row.event.link.id)?;
        }
    }
    let id = session.find("post", text).map_err(|failure| match failure.kind {
        Kind::No => unknown(),
        _ => failure,
    })?;
    let own = session.device()?;
    let event = session.store.event(&id)?.filter(|event| event.refusal == 0).ok_or_else(unknown)?;
    post(session, own, event)?.ok_or_else(unknown)
}

/// Remembers on this machine that the post was read.
pub fn mark(session: &mut Session, post: &Post) -> Result<(), Failure> {
    Ok(session.local()?.set_value(&key(&post.event.link.id), "1")?)
}

fn post(session: &mut Session, own: Option<Device>, event: EventRow) -> Result<Option<Post>, Failure> {
    let Body::Post(head) = event.body.clone() else { return Ok(None) };
    let id = event.link.id;
    let local = session.local()?;
    let number = local.number("post", &id)?;
    let unread = Some(event.link.device) != own && local.value(&key(&id))?.is_none();
    Ok(Some(Post { number, head, event, unread }))
}

fn key(id: &EventId) -> String {
    format!("read {id}")
}
