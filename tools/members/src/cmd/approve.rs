//! `members approve`: a steward consents to a motion.

use event::{Approve, Body};
use frame::{Common, Failure, Output, Session};

/// Approve a motion, as a steward
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The motion: its number in `members motions`, or the first digits of its id
    motion: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let motion = session.find("motion", &args.motion)?;
        session.write(Body::Approve(Approve { motion }), None, out)?.show(out)
    })
}
