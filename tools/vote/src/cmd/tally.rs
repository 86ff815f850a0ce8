//! `vote tally`: the count, and every ballot in it.

use frame::{Common, Failure, Output, Session};

use crate::view::Tally;
use crate::{ballots, poll};

/// Show the count of a poll and every ballot; of an open one, how it stands
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    poll: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        let outcome = ballots::outcome(session, &poll.row)?;
        Tally::new(&poll, outcome, &ballots::of(session, &poll.row)?).show(out)
    })
}
