//! `vote tally`: the count, and every ballot in it.

use std::path::PathBuf;

use clap::ValueHint;
use frame::{Common, Failure, Output, Session};

use crate::tally::Tally;
use crate::{ballots, draw, poll};

/// Show the count of a poll, every round and every ballot; of an open one, how it stands
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// Draw the result as an SVG picture for the minutes; - for standard output
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    svg: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        if poll.kept_back() {
            return Err(Failure::no("the opener asked that nobody sees how it stands before it is counted")
                .hint("the log itself is open: rules(7) says what hiding means"));
        }
        let (said, voices) = ballots::of(session, &poll.row)?;
        let outcome = ballots::outcome(session, &poll.row, &voices)?;
        let tally = Tally::new(&poll, outcome, said, voices);
        match &args.svg {
            Some(file) => draw::write(&tally, file, out),
            None => tally.show(out),
        }
    })
}
