//! `members refuse`: the secretary closes a motion without effect.

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Output, Session, Written};

use crate::cmd::text;

/// Close a motion without effect, as secretary
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The motion: its number in `members motions`, or the first digits of its id
    #[arg(add = ArgValueCompleter::new(frame::motions))]
    motion: String,
    /// Why: kept as your objection, so that everybody can read it
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = text(args.why.as_deref())?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let motion = session.find("motion", &args.motion)?;
        Written::show_all(&session.refuse(motion, why, out)?, out)
    })
}
