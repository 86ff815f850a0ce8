//! `vote cast`: a ballot.

use event::{Body, Cast, Choice, Text};
use frame::{Common, Failure, Output, Session};
use rules::Refusal;

use crate::poll;

/// Vote; until the poll closes you can vote again, and the last one counts
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    poll: String,
    /// Your choice
    #[arg(value_parser = ["yes", "no", "abstain"])]
    choice: String,
    /// Why, for everyone to read
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let choice: Choice = args.choice.parse()?;
    let why = args.why.as_deref().map(Text::tidy).transpose().map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let poll = poll::find(session, &args.poll)?;
        if poll.row.closed.is_some() {
            // The law would let a ballot of this time be, but nobody would count it.
            return Err(Failure::refused(Refusal::CountedBefore));
        }
        session.write(Body::Cast(Cast { poll: poll.id(), choice }), why, out)?.show(out)
    })
}
