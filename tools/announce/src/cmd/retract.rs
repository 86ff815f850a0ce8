//! `announce retract`: an author takes a post back.

use event::{Body, Retract, Text};
use frame::{Common, Failure, Output, Session};

use crate::post;

/// Take back a post of your own: displays no longer show it, though it remains in the journal
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The post: its number, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = args.why.as_deref().map(Text::tidy).transpose().map_err(|e| Failure::usage(format!("--why: {e}")))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let found = post::find(session, &args.id)?;
        if found.row.retracted.is_some() {
            out.status("it is taken back already");
            return Ok(());
        }
        session.write(Body::Retract(Retract { post: found.id() }), why, out)?.show(out)
    })
}
