//! `announce channels`: where posts are.

use std::collections::BTreeMap;

use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;

use crate::post;

/// List the channels that have posts
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut channels: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for post in post::all(session)? {
            let (posts, unread) = channels.entry(post.head.channel.to_string()).or_default();
            *posts = posts.saturating_add(1);
            *unread = unread.saturating_add(u64::from(post.unread));
        }
        let mut table = Table::new(&["name|Channel", "posts|Posts>", "unread|Unread>"], "there are no posts yet");
        for (name, (posts, unread)) in channels {
            table.row([json!(name), json!(posts), json!(unread)]);
        }
        out.table(&table)
    })
}
