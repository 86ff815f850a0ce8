//! `vote contest`: a recorded ballot is not what the voter said.

use event::{Body, Contest, Text};
use frame::{Common, Failure, Output, Session};

use crate::ballots::{self, Fate};
use crate::poll;

/// Strike out a ballot that a teller recorded for you
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// What is wrong with it
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = args.why.as_deref().map(Text::tidy).transpose().map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let me = session.member()?;
        let poll = poll::find(session, &args.poll)?;
        let (said, _) = ballots::of(session, &poll.row)?;
        let open = |said: &&ballots::Said| said.member == me && said.recorded.is_some() && said.fate != Fate::Contested;
        let Some(record) = said.iter().rev().find(open) else {
            return Err(
                Failure::no("no ballot was recorded for you in this poll").hint("`vote tally` shows every ballot")
            );
        };
        session.write(Body::Contest(Contest { record: record.id }), why, out)?.show(out)
    })
}
