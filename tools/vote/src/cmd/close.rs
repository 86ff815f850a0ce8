//! `vote close`: the teller lists the ballots and states the result.

use event::{Body, Close, MAX_BALLOTS, Page};
use frame::{Common, Failure, Format, Output, Session, Written, now};
use rules::Refusal;
use serde_json::json;

use crate::poll::{self, Poll, State};

/// Count a poll that you are the teller of, once it is over or all have voted
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(required_unless_present = "due", conflicts_with = "due", add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: Option<String>,
    /// Every poll of yours that is over; says nothing if there is none
    #[arg(long)]
    due: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match &args.poll {
        Some(text) => {
            let poll = poll::find(session, text)?;
            let written = close(session, &poll, common.dry_run, out)?;
            written.show(out)?;
            if written.id.is_some() {
                out.status(format!("`vote tally {}` shows the count", poll.number));
            }
            Ok(())
        }
        None => due(session, common.dry_run, out),
    })
}

/// One poll that cannot be counted does not hold back the others.
fn due(session: &mut Session, dry_run: bool, out: &mut Output) -> Result<(), Failure> {
    let me = session.me()?;
    let (mut written, mut failed) = (Vec::new(), None);
    for poll in poll::all(session)? {
        if poll.state() != State::Due || poll.row.teller != me {
            continue;
        }
        match (close(session, &poll, dry_run, out), &failed) {
            (Ok(one), _) => written.push(one),
            (Err(failure), None) => failed = Some(failure),
            (Err(failure), Some(_)) => out.warn(format!("poll {}: {}", poll.number, failure.fact)),
        }
    }
    if out.format() == Format::Table {
        for one in &written {
            one.show(out)?;
        }
    } else {
        let all: Vec<_> = written
            .iter()
            .map(|w| json!({"id": w.id.map(|id| id.to_string()), "kind": w.kind, "subject": w.subject}))
            .collect();
        out.json(&json!(all))?;
    }
    failed.map_or(Ok(()), Err)
}

/// Writes the pages and the close. What the law would refuse is seen before the first page is written.
fn close(session: &mut Session, poll: &Poll, dry_run: bool, out: &mut Output) -> Result<Written, Failure> {
    let (link, id) = (poll.row.event.link, poll.id());
    if poll.row.teller != session.me()? {
        return Err(Failure::refused(Refusal::NotTeller).hint(format!("{} counts it", poll.teller())));
    }
    if poll.state() == State::Replaced {
        poll.takes_ballots()?;
    }
    if poll.row.closed.is_some() {
        return Err(Failure::refused(Refusal::CountedBefore));
    }
    let held = session.store.bearing(&poll.row)?;
    let closes = poll.row.closes;
    let outcome = rules::count(&session.store, &link, &poll.row.open, &held, closes)?;
    if now() < closes && outcome.tally.voted() < outcome.electorate {
        return Err(Failure::refused(Refusal::StillOpen).hint(format!(
            "wait until {closes}, or until all {} have voted: {} have",
            outcome.electorate,
            outcome.tally.voted()
        )));
    }
    if dry_run {
        let body = Body::Close(Close { poll: id, pages: Vec::new(), outcome });
        return Ok(Written { id: None, kind: body.kind(), subject: body.subject(&poll.row.event.author) });
    }
    let mut pages = Vec::new();
    for some in held.chunks(MAX_BALLOTS) {
        let page = session.write(Body::Page(Page { poll: id, ballots: some.to_vec() }), None, out)?;
        out.explain(&page.subject);
        pages.extend(page.id);
    }
    pages.sort_unstable();
    session.write(Body::Close(Close { poll: id, pages, outcome }), None, out)
}
