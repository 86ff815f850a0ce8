//! `announce hide`: a moderator keeps a post from being shown.

use event::{Body, Hide, Text};
use frame::{Common, Failure, Output, Session};

use crate::post;

/// Keep a post from being shown, or let it be shown again; everyone can read who did so, and why
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The post: its number, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: String,
    /// The reason
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Show it again
    #[arg(long)]
    again: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = frame::ask(args.why, "--why", "Why")?;
    let why = Text::tidy(&why).map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let found = post::find(session, &args.id)?;
        if found.row.hidden.is_some() != args.again {
            out.status(if args.again { "it is not hidden" } else { "it is hidden already" });
            return Ok(());
        }
        session.write(Body::Hide(Hide { post: found.id(), again: args.again }), Some(why), out)?.show(out)
    })
}
