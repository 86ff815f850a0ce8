//! `vote show`: one poll, its terms and details.

use frame::{Common, Failure, Format, Output, Session};

use crate::poll::{self, State};
use crate::{ballots, choice, view};

/// Show a poll: its terms, its details and your vote
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        let me = session.me()?;
        let voice = match &me {
            Some(me) => ballots::choice_of(session, &poll.row, me)?,
            None => None,
        };
        let my_vote = voice.as_ref().map(|voice| match voice.by.last() {
            Some((_, by)) => format!("{} (through {by})", choice::shown(&poll.row.open, &voice.says)),
            None => choice::shown(&poll.row.open, &voice.says),
        });
        out.object(&view::poll(&poll, my_vote, out.format()))?;
        if out.format() != Format::Table {
            return Ok(());
        }
        for (option, n) in poll.row.open.options.iter().zip(1..) {
            out.line(format!("{n:>3}  {option}"))?;
        }
        if let Some(details) = &poll.row.event.text {
            out.line("")?;
            indented(details, out)?;
        }
        for said in session.store.statements(&poll.id())? {
            out.line("")?;
            out.line(format!("{} says what came of it:", said.author))?;
            indented(&said.text.unwrap_or_default(), out)?;
        }
        let waits = match &me {
            Some(me) => voice.is_none() && poll.state() == State::Open && poll.admits(session, me)?,
            None => false,
        };
        if waits {
            let expects = choice::expects(&poll.row.open);
            out.status(format!("it waits for your vote: `vote cast {} …`, {expects}", poll.number));
        }
        Ok(())
    })
}

/// Indented, so that no text passes for a field.
fn indented(text: &str, out: &mut Output) -> Result<(), Failure> {
    text.lines().try_for_each(|line| out.line(format!("    {line}").trim_end()))
}
