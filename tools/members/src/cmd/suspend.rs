//! `members suspend`: a member is stopped for a while.

use clap_complete::ArgValueCompleter;
use event::{Change, Position};
use frame::{Common, Failure, Output, Session, Written};
use store::MemberRow;

use crate::cmd::text;
use crate::consequences::{self, End};

/// Move that a member is suspended; shows what that means, and asks
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: String,
    /// Why: stands in the motion, for everybody
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = text(Some(&frame::ask(args.why, "--why TEXT", "Why")?))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let member = consequences::member(session, &args.handle)?;
        let at = held(&member, session.store.last_valid(&member.device)?)?;
        let change = Change::Suspend { handle: member.handle.clone(), at };
        consequences::tell(session, &member, End::Suspended, out)?;
        tell_cut(&at, out);
        ask(&format!("Move to suspend {}?", member.handle), common)?;
        Written::show_all(&session.change_with(change, why, out)?, out)
    })
}

/// Where a member's chain ends, if anything of it is held.
pub fn held(member: &MemberRow, at: Option<Position>) -> Result<Position, Failure> {
    at.ok_or_else(|| Failure::could(format!("nothing of {} is held here", member.handle)).hint("`members sync`"))
}

/// Tells where a chain will end.
pub fn tell_cut(at: &Position, out: &mut Output) {
    out.status(format!(
        "  the chain ends after event {}, {}: what is later, and not held here, is void",
        at.seq,
        at.id.short()
    ));
}

/// Asks before something drastic; what only would be written needs no yes.
pub fn ask(question: &str, common: &Common) -> Result<(), Failure> {
    frame::confirm(question, common.yes || common.dry_run)
}
