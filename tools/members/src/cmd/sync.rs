//! `members sync`: fetch, verify, fold, enter, acknowledge, receive, publish.

use frame::{Common, Failure, Format, Output, Session};
use serde_json::json;

/// Sync with all remotes, or with one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A remote's name or address
    remote: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let synced = session.sync(args.remote.as_deref(), out)?;
    synced.report(out);
    if out.format() != Format::Table {
        let written: Vec<_> = synced
            .written
            .iter()
            .map(|w| json!({"id": w.id.map(|id| id.to_string()), "kind": w.kind, "subject": w.subject}))
            .collect();
        out.json(&json!({
            "events": synced.taken.events,
            "requests": synced.taken.requests,
            "profiles": synced.taken.profiles,
            "waiting": synced.taken.waiting,
            "written": written,
            "published": synced.published,
            "trouble": synced.taken.trouble,
        }))?;
    }
    let mut failures = synced.unreached.iter();
    match synced.failure() {
        Some(failure) => {
            // Each remote that failed is named; the first decides the exit code.
            for other in failures.by_ref().filter(|other| other.fact != failure.fact) {
                out.warn(&other.fact);
            }
            Err(failure)
        }
        None if session.remotes()?.is_empty() => {
            out.status("there are no remotes: `members remote add NAME URL`");
            Ok(())
        }
        None => Ok(()),
    }
}
