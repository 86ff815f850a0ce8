//! `vote mine`: what still waits for my vote.

use frame::{Common, Failure, Format, Output, Session, now};

use crate::{poll, view};

/// List the open polls that wait for your vote
#[derive(Debug, clap::Args)]
pub struct Args {
    /// As a text for cron to mail: nothing, if no poll waits
    #[arg(long)]
    remind: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let me = session.member()?;
        // Older polls get their numbers first.
        poll::all(session)?;
        let waiting = session.store.waiting_for_vote(&me, now())?;
        let waiting = poll::numbered(session, waiting)?;
        if !args.remind || out.format() != Format::Table {
            return out.table(&view::polls(&waiting, out.format(), "no poll waits for your vote"));
        }
        for poll in waiting {
            out.line(format!(
                "{} waits for your vote until {}: {}",
                poll.number, poll.row.closes, poll.row.open.question
            ))?;
        }
        Ok(())
    })
}
