//! Posts as an Atom feed (RFC 4287): permanent ids, and times that are the events' own.

use atom_syndication::{Category, Content, Entry, Feed, FixedDateTime, Generator, Link, Person, Text};
use event::Time;
use frame::Failure;

use crate::html;
use crate::names::Names;
use crate::post::Post;

/// A feed of posts; `name` tells one feed of the community from another, `own` is where it can be had.
///
/// # Errors
/// When a time cannot be written, which no event's is.
pub fn feed(names: &Names, name: &str, posts: &[Post], own: Option<&str>) -> Result<String, Failure> {
    let changed = |post: &Post| post.row.corrected.unwrap_or(post.row.event.link.time);
    let newest = posts.iter().map(changed).max().unwrap_or(Time::clamped(0));
    let mut feed = Feed {
        title: Text::plain(title(names, name)),
        id: names.tag(&format!("feed/{name}")),
        updated: stamp(newest)?,
        generator: Some(Generator { value: "announce".to_owned(), ..Generator::default() }),
        ..Feed::default()
    };
    if let Some(own) = own {
        feed.links.push(Link { href: own.to_owned(), rel: "self".to_owned(), ..Link::default() });
    }
    for post in posts.iter().rev() {
        feed.entries.push(entry(names, post)?);
    }
    let text = feed.to_string();
    Ok(format!("{text}\n"))
}

/// What a feed or page is called.
pub fn title(names: &Names, name: &str) -> String {
    match name {
        "all" => names.community.clone(),
        channel => format!("{}: {channel}", names.community),
    }
}

fn entry(names: &Names, post: &Post) -> Result<Entry, Failure> {
    let (link, said) = (&post.row.event.link, &post.row.post);
    let answered = match &post.row.event.body {
        event::Body::Post(first) => first.reply,
        _ => None,
    };
    let mut entry = Entry {
        title: Text::plain(event::harmless(said.title.as_str())),
        id: names.tag(&format!("post/{}", link.id)),
        updated: stamp(post.row.corrected.unwrap_or(link.time))?,
        published: Some(stamp(link.time)?),
        authors: vec![Person { name: post.row.event.author.to_string(), ..Person::default() }],
        categories: vec![Category { term: said.channel.to_string(), ..Category::default() }],
        content: Some(Content {
            value: Some(html::body(post)),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    };
    for file in &said.attachments {
        let title = Some(file.name.to_string());
        entry.links.push(Link { href: file.link.clone(), rel: "enclosure".to_owned(), title, ..Link::default() });
    }
    if let Some(answered) = answered {
        let rel = "related".to_owned();
        entry.links.push(Link { href: names.tag(&format!("post/{answered}")), rel, ..Link::default() });
    }
    Ok(entry)
}

fn stamp(time: Time) -> Result<FixedDateTime, Failure> {
    time.to_string().parse().map_err(|_| Failure::could("a time that no feed can hold"))
}
