//! Posts as tables and as text.

use frame::Table;
use serde_json::{Value, json};

use crate::post::Post;
use crate::private::Words;
use crate::{markdown, moment, thread};

/// Posts, one a line; of private ones neither text nor title is known here.
pub fn posts<'a>(posts: impl IntoIterator<Item = &'a Post>, empty: &'static str) -> Table {
    let mut table = Table::new(
        &[
            "number|No>",
            "id",
            "time|Time",
            "author|By",
            "channel|Channel",
            "title|Title",
            "text",
            "state|State",
            "unread|Unread",
            "important",
            "notice",
            "reply_to",
            "thread",
            "corrected",
            "expires",
            "starts",
            "ends",
            "place",
            "attachments",
            "readers",
            "hidden_by",
            "hidden_why",
        ],
        empty,
    );
    for post in posts {
        table.row(row(post));
    }
    table
}

fn row(post: &Post) -> Vec<Value> {
    let (link, said) = (&post.row.event.link, &post.row.post);
    let shown = |value: Option<String>| json!(value);
    let hidden = post.row.hidden.as_ref();
    vec![
        json!(post.number),
        json!(link.id.to_string()),
        json!(link.time.to_string()),
        json!(post.row.event.author.to_string()),
        json!(said.channel.to_string()),
        json!(said.title.as_str()),
        json!(post.row.text),
        json!(state(post)),
        json!(post.unread),
        json!(said.important),
        json!(said.notice),
        shown(thread::answered(post).map(|id| id.to_string())),
        json!(post.row.root.to_string()),
        shown(post.row.corrected.map(|time| time.to_string())),
        shown(said.expires.map(|time| time.to_string())),
        shown(said.starts.as_ref().map(ToString::to_string)),
        shown(said.ends.as_ref().map(ToString::to_string)),
        shown(said.place.as_ref().map(ToString::to_string)),
        json!(said.attachments.iter().map(ToString::to_string).collect::<Vec<_>>()),
        json!(said.readers.iter().map(ToString::to_string).collect::<Vec<_>>()),
        shown(hidden.map(|(by, _)| by.to_string())),
        shown(hidden.map(|(_, why)| why.clone())),
    ]
}

/// Writes a post as text to read; `depth` is how far it stands below the beginning of its thread.
pub fn write(post: &Post, depth: usize, words: &Words, raw: bool, page: &mut String) {
    let (link, said) = (&post.row.event.link, &post.row.post);
    let mut line = |head: &str, value: &str| {
        page.push_str(&format!("{}{head:<10}{}\n", "  ".repeat(depth), event::harmless(value).replace('\n', " ")));
    };
    let pending = if post.row.event.settled { "" } else { ", pending" };
    line("Post:", &format!("{} ({}{pending})", post.number, link.id.short()));
    line("From:", &format!("{}, {}", post.row.event.author, link.time));
    line("Channel:", said.channel.as_str());
    line("Title:", &words.title);
    let marks = [(said.important, "important"), (said.notice, "asks for a receipt"), (post.is_expired(), "expired")];
    let marks: Vec<&str> = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    if !marks.is_empty() {
        line("Marked:", &marks.join(", "));
    }
    if let Some(starts) = &said.starts {
        line("When:", &moment::in_words(starts, said.ends.as_ref()));
    }
    if let Some(place) = &said.place {
        line("Where:", place.as_str());
    }
    for file in &said.attachments {
        line("File:", &format!("{} <{}> sha256 {}", file.name, file.link, file.hash));
    }
    if said.is_private() {
        let readers: Vec<String> = said.readers.iter().map(ToString::to_string).collect();
        line("For:", &readers.join(", "));
    }
    if let Some(time) = post.row.corrected {
        line("Changed:", &time.to_string());
    }
    page.push('\n');
    let depth = depth.saturating_mul(2).saturating_add(4);
    // Indented, so that no text passes for the head of another post.
    match (&post.row.retracted, &post.row.hidden) {
        (Some(time), _) => indented(&format!("(taken back by its author, {time})"), depth, page),
        (None, Some((by, why))) => indented(&format!("(hidden by {by}: {why})"), depth, page),
        _ if raw => indented(&words.text, depth, page),
        _ => indented(&markdown::to_plain(&words.text), depth, page),
    }
}

/// Writes lines so far to the right.
pub fn indented(text: &str, by: usize, page: &mut String) {
    for line in text.split('\n') {
        page.push_str(format!("{}{line}", " ".repeat(by)).trim_end());
        page.push('\n');
    }
}

/// What stands in the way of a post being shown, or whether stewards have acknowledged it.
fn state(post: &Post) -> &'static str {
    if post.row.retracted.is_some() {
        "retracted"
    } else if post.row.hidden.is_some() {
        "hidden"
    } else if post.is_expired() {
        "expired"
    } else if post.row.event.settled {
        "settled"
    } else {
        "pending"
    }
}
