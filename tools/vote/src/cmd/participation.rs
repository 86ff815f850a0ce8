//! `vote participation`: who votes, and how often.

use std::collections::BTreeMap;

use event::Handle;
use frame::{Common, Failure, Output, Session, Table, when};
use serde_json::json;

/// Show how often each member has voted in the polls that are counted
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only polls that closed since then
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
}

/// Polls of a member.
#[derive(Default)]
struct Record {
    could: u32,
    own: u32,
    proxy: u32,
    missed: Vec<i64>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let since = args.since.as_deref().map(|text| when(text, frame::now())).transpose()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let members: Vec<Handle> = session.store.members()?.into_iter().map(|member| member.handle).collect();
        let mut records: BTreeMap<Handle, Record> = BTreeMap::new();
        for poll in crate::poll::all(session)? {
            if poll.row.closed.is_none() || since.is_some_and(|since| poll.row.closes < since) {
                continue;
            }
            let voices = session.store.voices(&poll.row)?;
            for member in &members {
                if !poll.admits(session, member)? {
                    continue;
                }
                let record = records.entry(member.clone()).or_default();
                record.could = record.could.saturating_add(1);
                match voices.get(member) {
                    Some(voice) if voice.by.is_empty() => record.own = record.own.saturating_add(1),
                    Some(_) => record.proxy = record.proxy.saturating_add(1),
                    None => record.missed.push(poll.number),
                }
            }
        }
        let mut table = Table::new(
            &["member|Member", "could|Could>", "voted|Voted>", "by_proxy|By proxy>", "missed|Missed"],
            "no poll is counted yet",
        );
        for (member, record) in records {
            let missed: Vec<String> = record.missed.iter().map(i64::to_string).collect();
            table.row([
                json!(member.to_string()),
                json!(record.could),
                json!(record.own),
                json!(record.proxy),
                json!(missed.join(" ")),
            ]);
        }
        out.table(&table)
    })
}
