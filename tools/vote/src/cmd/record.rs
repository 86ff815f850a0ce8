//! `vote record`: a ballot given on paper or by telephone, entered by a teller.

use event::{Body, Handle, Line, Record, Text};
use frame::{Common, Failure, Output, Session};

use crate::{choice, poll};

/// Enter a ballot that a member gave on paper or by telephone; the member's own ballot goes before it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// Whose ballot it is
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::handles))]
    voter: Handle,
    /// The choice, as for `vote cast`
    #[arg(required = true)]
    choice: Vec<String>,
    /// How it was given
    #[arg(long, value_name = "TEXT", default_value = "on paper")]
    how: String,
    /// The reason that the member gave
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = args.why.as_deref().map(Text::tidy).transpose().map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let how = Line::tidy(&args.how).map_err(|e| Failure::usage(format!("--how: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let poll = poll::find(session, &args.poll)?;
        let ballot = choice::read(&poll.row.open, &args.choice)?;
        if poll.row.closed.is_some() {
            return Err(Failure::refused(rules::Refusal::CountedBefore));
        }
        let record = Record { poll: poll.id(), voter: args.voter.clone(), ballot, how };
        session.write(Body::Record(record), why, out)?.show(out)?;
        out.status(format!(
            "{} can contest it with `vote contest`, and a ballot of its own goes before it",
            args.voter
        ));
        Ok(())
    })
}
