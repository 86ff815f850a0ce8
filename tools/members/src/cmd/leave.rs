//! `members leave`: a member ends by its own motion.

use event::Change;
use frame::{Common, Failure, Output, Session, Written};

use crate::cmd::suspend::ask;
use crate::cmd::text;
use crate::consequences::{self, End};

/// Leave the community for good; shows what that means, and asks
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A last word
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = text(args.why.as_deref())?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let me = session.member()?;
        let member = consequences::member(session, me.as_str())?;
        consequences::tell(session, &member, End::Left, out)?;
        out.status("  this device writes nothing any more, unless the motion is refused");
        ask("Leave for good?", common)?;
        Written::show_all(&session.change_with(Change::Leave { handle: me }, why, out)?, out)?;
        out.status("hint: `members sync` until the secretary has entered it; reading goes on");
        Ok(())
    })
}
