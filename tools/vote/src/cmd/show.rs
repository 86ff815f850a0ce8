//! `vote show`: one poll, its terms and details.

use frame::{Common, Failure, Format, Output, Session};

use crate::poll::{self, State};
use crate::{ballots, view};

/// Show a poll: its terms, its details and your vote
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    poll: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        let me = session.me()?;
        let my_vote = match &me {
            Some(me) => ballots::choice_of(session, &poll.row, me)?,
            None => None,
        };
        out.object(&view::poll(&poll, my_vote.map(|choice| choice.to_string()), out.format()))?;
        if out.format() != Format::Table {
            return Ok(());
        }
        if let Some(details) = &poll.row.event.text {
            out.line("")?;
            for line in details.lines() {
                // Indented, so that no text passes for a field.
                out.line(format!("    {line}").trim_end())?;
            }
        }
        let waits = match &me {
            Some(me) => my_vote.is_none() && poll.state() == State::Open && poll.admits(session, me)?,
            None => false,
        };
        if waits {
            out.status(format!("it waits for your vote: `vote cast {} yes|no|abstain`", poll.number));
        }
        Ok(())
    })
}
