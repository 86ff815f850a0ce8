//! `vote outcome`: what came of a poll, in words.

use event::{Body, Statement, Text};
use frame::{Common, Failure, Output, Session};

use crate::poll;

/// Say what came of a poll that you opened, for everyone to read
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// The text, - for standard input
    text: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let typed = match args.text.as_str() {
        "-" => frame::multiline(Some(std::path::Path::new("-")))?,
        text => text.to_owned(),
    };
    let text = Text::tidy(&typed).map_err(|e| Failure::usage(format!("the text: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        session.member()?;
        let poll = poll::find(session, &args.poll)?;
        if poll.row.closed.is_none() {
            return Err(Failure::no("the poll is not counted yet").hint("`vote close` counts it once it is over"));
        }
        session.write(Body::Statement(Statement { poll: poll.id() }), Some(text), out)?.show(out)
    })
}
