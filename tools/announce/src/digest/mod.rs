//! The digest: what one member needs to know in one text, and nothing where there is no news.
//!
//! Each section has a file of its own and a line in [`SECTIONS`], and its words stand in the two templates. Requests
//! that are due and offers near one's wants come there with the events that make them.

mod cursor;
mod market;
mod money;
mod people;
mod posts;
mod register;
mod votes;
mod words;

pub use cursor::Cursor;
pub use words::{Kind, render};

use event::{Handle, Time};
use frame::{Failure, Session, now};
use serde_json::{Map, Value, json};

/// How long before something begins or ends one is reminded of it, in seconds.
const AHEAD: i64 = 86_400;

/// What a section has to say.
struct Section {
    /// Its name in templates.
    key: &'static str,
    /// Flat objects.
    items: Vec<Value>,
    /// Whether any of it is news since the last time.
    news: bool,
}

/// What is asked of a section.
struct Asked {
    /// As far as the reader knows.
    since: Cursor,
    /// Now.
    until: Time,
    /// Who reads, if a member does.
    me: Option<Handle>,
}

impl Asked {
    /// Whether the day before this moment began after the last digest and has begun by now.
    fn draws_near(&self, moment: Time) -> bool {
        let eve = moment.seconds().saturating_sub(AHEAD);
        self.since.time.seconds() < eve && eve <= self.until.seconds() && moment > self.until
    }
}

type Gather = fn(&mut Session, &Asked) -> Result<Section, Failure>;

/// The sections, in the order of the templates.
const SECTIONS: [Gather; 11] = [
    posts::notices,
    posts::meetings,
    votes::polls,
    register::motions,
    money::payments,
    money::income,
    market::asked,
    market::matches,
    posts::posts,
    people::joined,
    money::accounts,
];

/// A digest as data.
pub struct Digest {
    /// What the templates are given.
    pub data: Value,
    /// Whether there is any news.
    pub news: bool,
    /// What the reader knows once it is read.
    pub next: Cursor,
}

/// Gathers what happened since.
pub fn gather(session: &mut Session, since: Cursor) -> Result<Digest, Failure> {
    session.number_posts()?;
    let asked = Asked { until: now(), me: session.me()?, since };
    let next = Cursor::now(session, asked.until)?;
    let mut data = Map::new();
    data.insert("community".to_owned(), json!(session.name()?));
    data.insert("me".to_owned(), json!(asked.me.as_ref().map(ToString::to_string)));
    data.insert("since".to_owned(), json!(asked.since.time.to_string()));
    data.insert("until".to_owned(), json!(asked.until.to_string()));
    let mut news = false;
    for gather in SECTIONS {
        let section = gather(session, &asked)?;
        news |= section.news;
        data.insert(section.key.to_owned(), Value::Array(section.items));
    }
    Ok(Digest { data: Value::Object(data), news, next })
}
