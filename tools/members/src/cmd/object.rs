//! `members object`: a steward dissents from a motion, and says why.

use clap_complete::ArgValueCompleter;
use event::{Body, Object};
use frame::{Common, Failure, Output, Session};

use crate::cmd::text;

/// Object to a motion, as a steward; it binds nobody, and everybody sees it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The motion: its number in `members motions`, or the first digits of its id
    #[arg(add = ArgValueCompleter::new(frame::motions))]
    motion: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = frame::ask(args.why, "--why TEXT", "Why")?;
    let why = text(Some(&why))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let motion = session.find("motion", &args.motion)?;
        session.write(Body::Object(Object { motion }), why, out)?.show(out)
    })
}
