//! Posts as they are shown: with their newest words, unless their author took them back or a moderator hid them.

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, EventId, Handle, Post, Recipient, Time};
use rules::{Facts, Link, Notice};
use rusqlite::params;

use crate::cache::id;
use crate::posts::as_post;
use crate::query::EventRow;
use crate::{Error, Store};

/// A post.
#[derive(Debug, Clone)]
pub struct PostRow {
    /// The event, as it was first said.
    pub event: EventRow,
    /// What is shown: the post, or its newest correction.
    pub post: Post,
    /// The text of that.
    pub text: String,
    /// The event that says so.
    pub words: EventId,
    /// When it was corrected last.
    pub corrected: Option<Time>,
    /// The first post of its thread.
    pub root: EventId,
    /// Since when its author has taken it back.
    pub retracted: Option<Time>,
    /// By whom it is hidden, and why.
    pub hidden: Option<(Handle, String)>,
}

/// How a member was given notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Who.
    pub member: Handle,
    /// When first.
    pub since: Time,
    /// By whom recorded and how; none where the member saw it, or wrote it.
    pub told: Option<(Handle, String)>,
    /// The receipt; none for the author.
    pub receipt: Option<EventId>,
}

/// What a search asks for besides words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// What SQLite's full-text index is asked, in its own language.
    pub words: Option<String>,
    /// Whose.
    pub from: Option<Handle>,
    /// Where.
    pub channel: Option<Handle>,
    /// Not before.
    pub since: Option<Time>,
    /// Not after.
    pub until: Option<Time>,
}

impl PostRow {
    /// Whether displays show it.
    pub fn is_shown(&self) -> bool {
        self.retracted.is_none() && self.hidden.is_none()
    }
}

impl Store {
    /// A post as it is shown; a correction stands for what it corrects. None of what has no effect.
    pub fn post(&self, wanted: &EventId) -> Result<Option<PostRow>, Error> {
        let Some(row) = self.post_place(wanted)? else { return Ok(None) };
        let Some(event) = self.event(&row.0)? else { return Ok(None) };
        if !self.effective(&event.link)? {
            return Ok(None);
        }
        let Some(first) = as_post(event.body.clone()) else { return Ok(None) };
        let mut shown = PostRow {
            post: first,
            text: event.text.clone().unwrap_or_default(),
            words: event.link.id,
            corrected: None,
            root: row.1,
            retracted: self.retracted(&event.link.id)?,
            hidden: self.hidden(&event.link.id)?,
            event,
        };
        if let Some(newest) = self.corrections(&shown.event.link.id)?.into_iter().next_back()
            && let Some(post) = as_post(newest.body)
        {
            (shown.post, shown.words) = (post, newest.link.id);
            (shown.text, shown.corrected) = (newest.text.unwrap_or_default(), Some(newest.link.time));
        }
        Ok(Some(shown))
    }

    /// What a post or correction corrects, and the first post of its thread.
    fn post_place(&self, wanted: &EventId) -> Result<Option<(EventId, EventId)>, Error> {
        use rusqlite::OptionalExtension;
        let mut query = self.db.prepare_cached("SELECT first, root FROM post WHERE id = ?")?;
        let found = query.query_row([&wanted.0[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(first, root)| Ok((id(first)?, id(root)?))).transpose()
    }

    /// The corrections of a post that have effect, oldest first.
    pub fn corrections(&self, first: &EventId) -> Result<Vec<EventRow>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id FROM post WHERE first = ?1 AND first <> id ORDER BY time, seq, id")?;
        let ids = query.query_map([&first.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let mut found = Vec::new();
        for event in ids {
            found.extend(self.event(&id(event)?)?);
        }
        self.with_effect(found)
    }

    fn with_effect(&self, events: Vec<EventRow>) -> Result<Vec<EventRow>, Error> {
        let mut kept = Vec::new();
        for event in events {
            if self.effective(&event.link)? {
                kept.push(event);
            }
        }
        Ok(kept)
    }

    fn retracted(&self, post: &EventId) -> Result<Option<Time>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM retraction WHERE post = ?")?;
        Ok(self.links_of(&mut query, post)?.into_iter().map(|link| link.time).min())
    }

    fn hidden(&self, post: &EventId) -> Result<Option<(Handle, String)>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM hiding WHERE post = ? ORDER BY time, seq, id")?;
        let Some(last) = self.links_of(&mut query, post)?.pop() else { return Ok(None) };
        let Some(event) = self.event(&last.id)? else { return Ok(None) };
        Ok(match event.body {
            Body::Hide(hide) if !hide.again => Some((event.author, event.text.unwrap_or_default())),
            _ => None,
        })
    }

    /// The events with effect that a query finds for a post.
    fn links_of(&self, query: &mut rusqlite::CachedStatement<'_>, post: &EventId) -> Result<Vec<Link>, Error> {
        let ids = query.query_map([&post.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let mut links = Vec::new();
        for event in ids {
            if let Some(link) = self.link(&id(event)?)?
                && self.effective(&link)?
            {
                links.push(link);
            }
        }
        Ok(links)
    }

    /// The posts that are not shown: taken back, hidden, or expired by then.
    pub fn gone(&self, by: Time) -> Result<BTreeSet<EventId>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT post FROM retraction UNION SELECT post FROM hiding
             UNION SELECT first FROM post WHERE expires IS NOT NULL AND expires <= ?",
        )?;
        let ids = query.query_map([by.seconds()], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let mut gone = BTreeSet::new();
        for post in ids {
            let post = id(post)?;
            let shown =
                self.post(&post)?.is_some_and(|row| row.is_shown() && row.post.expires.is_none_or(|at| at > by));
            if !shown {
                gone.insert(post);
            }
        }
        self.undone(&mut gone)?;
        Ok(gone)
    }

    /// What a fork, a cut or a split undid: pending posts of chains that ended, or under entries off the register.
    fn undone(&self, gone: &mut BTreeSet<EventId>) -> Result<(), Error> {
        let mut query = self.db.prepare_cached(
            "SELECT post.id, event.register, EXISTS (SELECT 1 FROM chain WHERE chain.device = line.device)
             FROM line JOIN post ON post.line = line.n AND post.seq > line.settled
             JOIN event ON event.line = post.line AND event.seq = post.seq WHERE post.first = post.id",
        )?;
        let mut rows = query.query([])?;
        let mut registers: BTreeMap<EventId, bool> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (post, register, ended): (EventId, EventId, bool) = (id(row.get(0)?)?, id(row.get(1)?)?, row.get(2)?);
            let on = match registers.get(&register) {
                Some(on) => *on,
                None => self.on_register(&register)?,
            };
            registers.insert(register, on);
            if (ended || !on) && self.post(&post)?.is_none() {
                gone.insert(post);
            }
        }
        Ok(())
    }

    /// Posts that correct none, oldest first, not before a time; the newest of them where there are more than `most`.
    pub fn post_ids(&self, channel: Option<&str>, since: Option<Time>, most: usize) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT post.id FROM post JOIN line ON line.n = post.line
             WHERE first = id AND (?1 IS NULL OR channel = ?1) AND time >= ?2
             ORDER BY time DESC, line.device DESC, post.seq DESC LIMIT ?3",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let since = since.map_or(0, Time::seconds);
        let ids = query.query_map(params![channel, since, most], |row| row.get(0))?;
        ids.collect::<Result<Vec<Vec<u8>>, _>>()?.into_iter().rev().map(id).collect()
    }

    /// The posts of a thread, oldest first.
    pub fn thread(&self, root: &EventId) -> Result<Vec<EventId>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id FROM post WHERE root = ? AND first = id ORDER BY time, id")?;
        let ids = query.query_map([&root.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        ids.into_iter().map(id).collect()
    }

    /// Posts that announce something beginning at or after a time, by their first words or corrections.
    pub fn dated(&self, from: Time) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT DISTINCT first FROM post WHERE starts >= ? ORDER BY first")?;
        let ids = query.query_map([from.seconds()], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        ids.into_iter().map(id).collect()
    }

    /// Posts that were corrected after a time.
    pub fn corrected_since(&self, time: Time) -> Result<Vec<EventId>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT DISTINCT first FROM post WHERE first <> id AND time > ? ORDER BY first")?;
        let ids = query.query_map([time.seconds()], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        ids.into_iter().map(id).collect()
    }

    /// Posts that ask for receipts, by their first words or corrections, oldest first.
    pub fn asking(&self) -> Result<Vec<EventId>, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT first FROM post WHERE notice = 1 GROUP BY first ORDER BY min(time), first")?;
        let ids = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        ids.into_iter().map(id).collect()
    }

    /// Posts whose shown words fit, newest first, as long as `wanted` takes more.
    pub fn search_posts(
        &self,
        search: &Search,
        wanted: &mut dyn FnMut(PostRow) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let table = match search.words {
            Some(_) => "words CROSS JOIN post ON post.n = words.rowid",
            None => "post",
        };
        let matches = if search.words.is_some() { "words MATCH ?1" } else { "?1 IS NULL" };
        let order = if search.words.is_some() { "words.rowid" } else { "post.time" };
        let mut query = self.db.prepare_cached(&format!(
            "SELECT post.id, post.first FROM {table} JOIN line ON line.n = post.line
             WHERE {matches} AND (?2 IS NULL OR line.author = ?2) AND (?3 IS NULL OR post.channel = ?3)
             AND post.time >= ?4 AND post.time <= ?5 ORDER BY {order} DESC"
        ))?;
        let mut rows = query.query(params![
            search.words,
            search.from.as_ref().map(Handle::as_str),
            search.channel.as_ref().map(Handle::as_str),
            search.since.map_or(0, Time::seconds),
            search.until.map_or(i64::MAX, Time::seconds),
        ])?;
        while let Some(row) = rows.next()? {
            let (found, first) = (id(row.get(0)?)?, id(row.get(1)?)?);
            if let Some(post) = self.post(&first)?
                && post.words == found
                && post.is_shown()
                && !wanted(post)?
            {
                break;
            }
        }
        Ok(())
    }

    /// The receipts for a post that have effect; a correction has receipts of its own.
    pub fn receipts(&self, words: &EventId) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM receipt WHERE post = ? ORDER BY id")?;
        Ok(self.links_of(&mut query, words)?.into_iter().map(|link| link.id).collect())
    }

    /// How far notice of a post has been given, and how to whom, by name.
    pub fn notice(&self, words: &EventId) -> Result<(Notice, Vec<Given>), Error> {
        let receipts = self.receipts(words)?;
        let notice = rules::noticed(self, words, &receipts)?;
        let mut given = Vec::new();
        for (member, since) in &notice.given {
            let mut row = Given { member: member.clone(), since: *since, told: None, receipt: None };
            for receipt in &receipts {
                let Some(event) = self.event(receipt)?.filter(|_| row.receipt.is_none()) else { continue };
                let (who, when, told) = match event.body {
                    Body::Told(told) => {
                        let when = told.at.unwrap_or(event.link.time);
                        (told.member, when, Some((event.author, told.how.to_string())))
                    }
                    _ => (event.author, event.link.time, None),
                };
                // Of several the first counts; the author needs none.
                if who == *member && when == *since {
                    (row.receipt, row.told) = (Some(*receipt), told);
                }
            }
            given.push(row);
        }
        Ok((notice, given))
    }

    /// The members who were active in the entry that an event knows, by name.
    pub fn active_at(&self, event: &EventId) -> Result<Vec<Handle>, Error> {
        let Some(link) = self.link(event)? else { return Ok(Vec::new()) };
        let mut active = Vec::new();
        for (key, _) in self.keys(&link.register, "member ")? {
            let handle: Handle = key.parse()?;
            if let Some(rules::Value::Member(member)) =
                self.fact(&link.register, &rules::Key::Member(handle.clone()))?
                && member.standing.is_active()
            {
                active.push(handle);
            }
        }
        active.sort();
        Ok(active)
    }

    /// The keys for private posts, by member, of those who have published one with their present device.
    pub fn reading_keys(&self) -> Result<BTreeMap<Handle, Recipient>, Error> {
        let mut keys = BTreeMap::new();
        let at = self.register()?;
        for event in self.of_kind("announce.key")? {
            let Body::ReadingKey(said) = &event.body else { continue };
            if !self.effective(&event.link)? {
                continue;
            }
            if let Some(member) = rules::member_of(self, &at, &event.link.device)? {
                match &said.key {
                    Some(key) => keys.insert(member, key.clone()),
                    None => keys.remove(&member),
                };
            }
        }
        Ok(keys)
    }
}

impl Store {
    /// Every post with its corrections, by time: the ids of each, the post's own first.
    pub fn versions(&self, channel: Option<&str>) -> Result<Vec<Vec<EventId>>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT id, first FROM post WHERE ?1 IS NULL OR channel = ?1 ORDER BY time, first <> id, id",
        )?;
        let mut rows = query.query([channel])?;
        let (mut all, mut places): (Vec<Vec<EventId>>, BTreeMap<EventId, usize>) = (Vec::new(), BTreeMap::new());
        while let Some(row) = rows.next()? {
            let (version, first) = (id(row.get(0)?)?, id(row.get(1)?)?);
            match places.get(&first).and_then(|at| all.get_mut(*at)) {
                Some(versions) => versions.push(version),
                None => {
                    places.insert(first, all.len());
                    all.push(vec![version]);
                }
            }
        }
        Ok(all)
    }
}
