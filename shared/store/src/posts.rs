//! Posts become rows; and what this installation alone keeps of them: short numbers, read marks, what is muted.

use event::{Body, EventId, Handle, Hide, Post, Verified};
use rules::Link;
use rusqlite::{OptionalExtension, params};

use crate::cache::{id, int};
use crate::{Error, Local, Store};

impl Store {
    /// A post finds its thread, and its words go where they can be searched.
    pub(crate) fn post_row(&self, post: &Post, event: &Verified, link: &Link) -> Result<(), Error> {
        let first = post.corrects.unwrap_or(link.id);
        let root = match post.reply.or(post.corrects) {
            Some(above) => self.root_of(&above)?.unwrap_or(link.id),
            None => link.id,
        };
        self.db
            .prepare_cached(
                "INSERT INTO post (id, line, seq, time, channel, first, root, notice, expires, starts)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                &link.id.0[..],
                link.line,
                int(link.seq),
                link.time.seconds(),
                post.channel.as_str(),
                &first.0[..],
                &root.0[..],
                i64::from(post.notice),
                post.expires.map(|time| time.seconds()),
                post.starts.as_ref().map(|moment| moment.instant().seconds()),
            ])?;
        let text = event.event.text.as_ref().filter(|_| !post.is_private()).map_or("", |text| text.as_str());
        self.db.prepare_cached("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)")?.execute(params![
            self.db.last_insert_rowid(),
            post.title.as_str(),
            text
        ])?;
        Ok(())
    }

    pub(crate) fn root_of(&self, post: &EventId) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT root FROM post WHERE id = ?")?;
        query.query_row([&post.0[..]], |row| row.get(0)).optional()?.map(id).transpose()
    }

    pub(crate) fn hiding(&self, hide: &Hide, link: &Link) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO hiding VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            &hide.post.0[..],
            link.line,
            int(link.seq),
            &link.id.0[..],
            link.time.seconds(),
            i64::from(!hide.again),
        ])?;
        Ok(())
    }
}

/// A post as this installation keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its short number.
    pub number: i64,
    /// Which.
    pub id: EventId,
    /// Neither read nor written here.
    pub unread: bool,
}

/// What a person does not want to hear of: a channel, or a thread by its first post. Notices are heard all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mute {
    /// A channel.
    Channel(Handle),
    /// A thread.
    Thread(EventId),
}

impl std::fmt::Display for Mute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mute::Channel(name) => write!(f, "channel {name}"),
            Mute::Thread(root) => write!(f, "thread {root}"),
        }
    }
}

const HEARD: &str = "(notice = 1 OR ('channel ' || channel NOT IN (SELECT what FROM mute)
   AND 'thread ' || lower(hex(root)) NOT IN (SELECT what FROM mute)))";

impl Local {
    /// Gives the posts that have come to the store since the last time their numbers. What others corrected is unread
    /// again; what this member wrote never is.
    pub fn number_posts(&self, store: &Store, me: Option<&Handle>) -> Result<(), Error> {
        let (mut upto, mark) = match self.value("posts")?.as_deref().and_then(|mark| mark.split_once(' ')) {
            Some((n, mark)) => (n.parse().unwrap_or(0), mark.to_owned()),
            None => (0, String::new()),
        };
        let last = "SELECT id FROM post WHERE n = ?";
        let there: Option<Vec<u8>> = store.db.prepare_cached(last)?.query_row([upto], |row| row.get(0)).optional()?;
        if there.map(id).transpose()?.map(|id| id.to_string()).as_deref() != Some(&mark) {
            // The store was made anew.
            upto = 0;
        }
        let mut query = store.db.prepare_cached(
            "SELECT post.n, post.id, post.channel, post.first, post.root, post.notice, line.author
             FROM post JOIN line ON line.n = post.line WHERE post.n > ? ORDER BY post.time, line.device, post.seq",
        )?;
        let mut rows = query.query([upto])?;
        let mut newest: Option<(i64, Vec<u8>)> = None;
        let begun = self.db.unchecked_transaction()?;
        while let Some(row) = rows.next()? {
            let (n, post): (i64, Vec<u8>) = (row.get(0)?, row.get(1)?);
            let first: Vec<u8> = row.get(3)?;
            let mine = me.is_some_and(|me| row.get_ref(6).is_ok_and(|author| author.as_str() == Ok(me.as_str())));
            if first == post {
                self.db
                    .prepare_cached(
                        "INSERT OR IGNORE INTO post (id, channel, root, notice, read) VALUES (?, ?, ?, ?, ?)",
                    )?
                    .execute(params![
                        post,
                        row.get::<_, String>(2)?,
                        row.get::<_, Vec<u8>>(4)?,
                        row.get::<_, i64>(5)?,
                        i64::from(mine)
                    ])?;
            } else if !mine && upto > 0 {
                self.db.prepare_cached("UPDATE post SET read = 0 WHERE id = ?")?.execute([first])?;
            }
            if newest.as_ref().is_none_or(|(last, _)| n > *last) {
                newest = Some((n, post));
            }
        }
        if let Some((n, post)) = newest {
            self.set_value("posts", &format!("{n} {}", id(post)?))?;
        }
        Ok(begun.commit()?)
    }

    /// The post with this number.
    pub fn post_numbered(&self, number: i64) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM post WHERE n = ?")?;
        query.query_row([number], |row| row.get(0)).optional()?.map(id).transpose()
    }

    /// What is kept of a post; none of one that was not numbered.
    pub fn kept(&self, post: &EventId) -> Result<Option<Kept>, Error> {
        let mut query = self.db.prepare_cached("SELECT n, read = 0 FROM post WHERE id = ?")?;
        let found = query.query_row([&post.0[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(found.map(|(number, unread)| Kept { number, id: *post, unread }))
    }

    /// What is unread and not muted, of a channel or all, newest first; `gone` is what is not shown.
    pub fn unread(
        &self,
        channel: Option<&str>,
        gone: &dyn Fn(&EventId) -> bool,
        most: usize,
    ) -> Result<Vec<Kept>, Error> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT n, id FROM post WHERE read = 0 AND (?1 IS NULL OR channel = ?1) AND {HEARD} ORDER BY n DESC"
        ))?;
        let mut rows = query.query([channel])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            if found.len() == most {
                break;
            }
            let post = id(row.get(1)?)?;
            if !gone(&post) {
                found.push(Kept { number: row.get(0)?, id: post, unread: true });
            }
        }
        Ok(found)
    }

    /// The highest number of a post, 0 without any.
    pub fn last_post(&self) -> Result<i64, Error> {
        Ok(self.db.prepare_cached("SELECT ifnull(max(n), 0) FROM post")?.query_row([], |row| row.get(0))?)
    }

    /// The posts with higher numbers that are not muted; the newest of them where there are more than `most`.
    pub fn heard_after(&self, number: i64, most: usize) -> Result<Vec<EventId>, Error> {
        let mut query =
            self.db.prepare_cached(&format!("SELECT id FROM post WHERE n > ? AND {HEARD} ORDER BY n DESC LIMIT ?"))?;
        let rows = query.query_map(params![number, i64::try_from(most).unwrap_or(i64::MAX)], |row| row.get(0))?;
        rows.collect::<Result<Vec<Vec<u8>>, _>>()?.into_iter().map(id).collect()
    }

    /// For each channel how many posts there are, and how many of them are unread and not muted.
    pub fn channels(&self) -> Result<Vec<(String, u64, u64)>, Error> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT channel, count(*), sum(CASE WHEN read = 0 THEN {HEARD} ELSE 0 END) FROM post
             GROUP BY channel ORDER BY channel"
        ))?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().map(|(c, all, new)| (c, count(all), count(new))).collect())
    }

    /// Remembers that posts were read here, or that they were not.
    pub fn mark_posts<'a>(&self, posts: impl IntoIterator<Item = &'a EventId>, read: bool) -> Result<(), Error> {
        let begun = self.db.unchecked_transaction()?;
        for post in posts {
            self.db
                .prepare_cached("UPDATE post SET read = ?1 WHERE id = ?2 AND read <> ?1")?
                .execute(params![i64::from(read), &post.0[..]])?;
        }
        Ok(begun.commit()?)
    }

    /// Mutes, or hears again.
    pub fn mute(&self, what: &Mute, mute: bool) -> Result<(), Error> {
        let sql = if mute { "INSERT OR IGNORE INTO mute VALUES (?)" } else { "DELETE FROM mute WHERE what = ?" };
        self.db.prepare_cached(sql)?.execute([what.to_string()])?;
        Ok(())
    }

    /// What is muted.
    pub fn muted(&self) -> Result<Vec<Mute>, Error> {
        let mut query = self.db.prepare_cached("SELECT what FROM mute ORDER BY what")?;
        let all = query.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
        let read = |what: String| match what.split_once(' ') {
            Some(("thread", root)) => root.parse().map(Mute::Thread),
            _ => what.trim_start_matches("channel ").parse().map(Mute::Channel),
        };
        Ok(all.into_iter().map(read).collect::<Result<_, _>>()?)
    }
}

/// What an event says, if it is a post.
pub(crate) fn as_post(body: Body) -> Option<Post> {
    match body {
        Body::Post(post) => Some(post),
        _ => None,
    }
}
