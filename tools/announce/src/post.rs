//! A post as the commands handle it: its short number, and whether it was read here.

use event::EventId;
use frame::{Failure, Kind, Session, now};
use store::PostRow;

/// A post.
pub struct Post {
    /// Local to this store.
    pub number: i64,
    /// What is shown of it, and why it is not.
    pub row: PostRow,
    /// Neither read nor written here.
    pub unread: bool,
}

/// Which posts are listed.
#[derive(Debug, Default, Clone)]
pub struct Wanted {
    /// Of one channel.
    pub channel: Option<String>,
    /// Only what is unread and not muted.
    pub unread: bool,
    /// Also what is taken back, hidden or expired.
    pub all: bool,
    /// The newest so many.
    pub most: Option<usize>,
}

impl Post {
    /// Which it is.
    pub fn id(&self) -> EventId {
        self.row.event.link.id
    }

    /// Whether displays show it now.
    pub fn is_shown(&self) -> bool {
        self.row.is_shown() && !self.is_expired()
    }

    /// Whether it is no news any more.
    pub fn is_expired(&self) -> bool {
        self.row.post.expires.is_some_and(|expires| expires <= now())
    }
}

/// The posts that are wanted, oldest first.
pub fn list(session: &mut Session, wanted: &Wanted) -> Result<Vec<Post>, Failure> {
    session.number_posts()?;
    let most = wanted.most.unwrap_or(usize::MAX);
    let channel = wanted.channel.as_deref();
    let ids: Vec<EventId> = match wanted.unread {
        true => {
            let gone = session.store.gone(now())?;
            let unread = session.local()?.unread(channel, &|id| gone.contains(id), most)?;
            unread.into_iter().map(|kept| kept.id).collect()
        }
        false => session.store.post_ids(channel, None, most)?,
    };
    let mut posts = Vec::new();
    for id in ids {
        posts.extend(one(session, &id)?.filter(|post| wanted.all || post.is_shown()));
    }
    posts.sort_by_key(|post| (post.row.event.link.time, post.number));
    Ok(posts)
}

/// A post that has effect.
pub fn one(session: &mut Session, id: &EventId) -> Result<Option<Post>, Failure> {
    let Some(row) = session.store.post(id)? else { return Ok(None) };
    let Some(kept) = session.local()?.kept(&row.event.link.id)? else { return Ok(None) };
    Ok(Some(Post { number: kept.number, row, unread: kept.unread }))
}

/// The post with this number, or whose id begins so.
pub fn find(session: &mut Session, text: &str) -> Result<Post, Failure> {
    let unknown = || {
        Failure::no(format!("there is no post `{}`", event::harmless_line(text)))
            .hint("`announce list` shows the posts; `--sync` fetches new ones")
    };
    let id = session.find("post", text).map_err(|failure| match failure.kind {
        Kind::No => unknown(),
        _ => failure,
    })?;
    one(session, &id)?.ok_or_else(unknown)
}

/// Remembers on this machine that the posts were read.
pub fn mark<'a>(session: &mut Session, posts: impl IntoIterator<Item = &'a Post>) -> Result<(), Failure> {
    let ids: Vec<EventId> = posts.into_iter().filter(|post| post.unread).map(Post::id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    Ok(session.local()?.mark_posts(&ids, true)?)
}
