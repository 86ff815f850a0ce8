//! `members expel`: a member is sent away for good.

use clap_complete::ArgValueCompleter;
use event::Change;
use frame::{Common, Failure, Output, Session, Written};
use rules::{Facts, Key, Value};

use crate::cmd::suspend::{ask, held, tell_cut};
use crate::cmd::text;
use crate::consequences::{self, End};

/// Move that a member is expelled; shows what that means, and asks
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
        // Who is suspended has been cut already, and ends there.
        let cut = match session.store.fact(&session.store.register()?, &Key::Cut(member.device))? {
            Some(Value::Position(cut)) => Some(cut),
            _ => session.store.last_valid(&member.device)?,
        };
        let at = held(&member, cut)?;
        let change = Change::Expel { handle: member.handle.clone(), at };
        consequences::tell(session, &member, End::Expelled, out)?;
        tell_cut(&at, out);
        ask(&format!("Move to expel {}?", member.handle), common)?;
        Written::show_all(&session.change_with(change, why, out)?, out)
    })
}
