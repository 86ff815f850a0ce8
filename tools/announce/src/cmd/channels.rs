//! `announce channels`: where members post, and who may.

use std::collections::BTreeMap;

use frame::{Common, Failure, Output, Session, Table};
use rules::{ChannelTerms, Poster};
use serde_json::json;

/// List the channels of the rules and those that have posts
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.number_posts()?;
        let mut channels: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (name, posts, unread) in session.local()?.channels()? {
            channels.insert(name, (posts, unread));
        }
        let charter = session.charter()?;
        for name in charter.channels.keys() {
            channels.entry(name.clone()).or_default();
        }
        let at = session.store.register()?;
        let mut table = Table::new(
            &[
                "name|Channel",
                "posts|Posts>",
                "unread|Unread>",
                "post|Who may post",
                "moderate",
                "notice|Notice",
                "public",
                "title|Title",
            ],
            "there are no channels yet: one begins with its first post",
        );
        for (name, (posts, unread)) in channels {
            let terms: ChannelTerms = rules::channel(&session.store, &at, &name.parse()?)?;
            let list = |who: &[Poster]| who.iter().map(ToString::to_string).collect::<Vec<_>>();
            let told = charter.channels.get(&name);
            table.row([
                json!(name),
                json!(posts),
                json!(unread),
                json!(list(&terms.post)),
                json!(list(&terms.moderate)),
                json!(terms.notice),
                json!(told.is_some_and(|channel| channel.public)),
                json!(told.and_then(|channel| channel.title.as_ref()).map(ToString::to_string)),
            ]);
        }
        out.table(&table)
    })
}
