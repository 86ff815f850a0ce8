//! `vote list`: all polls.

use frame::{Common, Failure, Output, Session};

use crate::poll::{self, State};
use crate::view;

/// List the polls, oldest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only those that take ballots
    #[arg(long)]
    pub open: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut polls = poll::all(session)?;
        polls.retain(|poll| !args.open || poll.state() == State::Open);
        let empty = if args.open { "no poll is open" } else { "there are no polls yet" };
        out.table(&view::polls(&polls, out.format(), empty))
    })
}
