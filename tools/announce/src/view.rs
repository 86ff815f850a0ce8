//! Posts as tables and as text.

use frame::{Failure, Output, Table};
use serde_json::{Value, json};

use crate::post::Post;

/// Posts, one a line.
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
        ],
        empty,
    );
    for post in posts {
        table.row(row(post));
    }
    table
}

fn row(post: &Post) -> Vec<Value> {
    vec![
        json!(post.number),
        json!(post.event.link.id.to_string()),
        json!(post.event.link.time.to_string()),
        json!(post.event.author.to_string()),
        json!(post.head.channel.to_string()),
        json!(post.head.title.as_str()),
        json!(post.event.text),
        json!(state(post)),
        json!(post.unread),
    ]
}

/// A post as text to read.
pub fn print(post: &Post, out: &mut Output) -> Result<(), Failure> {
    let pending = if post.event.settled { "" } else { ", pending" };
    out.line(format!("Post:     {} ({}{pending})", post.number, post.event.link.id.short()))?;
    out.line(format!("From:     {}, {}", post.event.author, post.event.link.time))?;
    out.line(format!("Channel:  {}", post.head.channel))?;
    out.line(format!("Title:    {}", post.head.title))?;
    out.line("")?;
    for line in post.event.text.as_deref().unwrap_or_default().split('\n') {
        // Indented, so that no text passes for the head of another post.
        out.line(format!("    {line}").trim_end())?;
    }
    Ok(())
}

fn state(post: &Post) -> &'static str {
    if post.event.settled { "settled" } else { "pending" }
}
