//! `vote cast`: a ballot.

use event::{Body, Cast, Text};
use frame::{Common, Failure, Output, Session, now};

use crate::{choice, poll};

/// Vote; until the poll closes you can vote again, and the last one counts
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// Your choice: yes, no, agree, block, abstain; options by number or name, in your order; `1=5 2=0` for points
    #[arg(required = true)]
    choice: Vec<String>,
    /// Why, for everyone to read
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = args.why.as_deref().map(Text::tidy).transpose().map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let poll = poll::find(session, &args.poll)?;
        let ballot = choice::read(&poll.row.open, &args.choice)?;
        poll.takes_ballots()?;
        let shown = choice::shown(&poll.row.open, &ballot);
        let extended = poll.extension(now());
        session.write(Body::Cast(Cast { poll: poll.id(), ballot, extended }), why, out)?.show(out)?;
        if !poll.row.open.options.is_empty() {
            out.status(format!("poll {}: {shown}", poll.number));
        }
        Ok(())
    })
}
