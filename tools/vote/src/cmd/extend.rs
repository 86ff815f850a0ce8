//! `vote extend`: the end of a poll moves.

use event::{Body, Extend};
use frame::{Common, Failure, Output, Session, now, when};

use crate::poll;

/// Move the end of a poll that you count: later, or earlier to end it before its time
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// The new end, as in `vote open --closes`; 0s ends it now
    closes: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let poll = poll::find(session, &args.poll)?;
        // The event may claim the next second already.
        let closes = when(&args.closes, now())?.max(when("1s", now())?);
        session.write(Body::Extend(Extend { poll: poll.id(), closes }), None, out)?.show(out)
    })
}
