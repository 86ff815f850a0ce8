//! `members role`: stewards begin and end.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Change, Role};
use frame::{Common, Failure, Output, Session, Written};

/// Grant or revoke a role; with several stewards this is a motion
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Grant a role
    Grant(Who),
    /// Revoke a role
    Revoke(Who),
}

#[derive(Debug, clap::Args)]
struct Who {
    /// The member
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: String,
    /// The role: `steward`
    role: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let (who, holds) = match args.what {
        What::Grant(who) => (who, true),
        What::Revoke(who) => (who, false),
    };
    let role: Role = who.role.parse()?;
    let change = Change::Role { handle: who.handle.parse()?, role, holds };
    session.around(common, out, |session, out| {
        Written::show_all(&session.change(change, out)?, out)?;
        let stewards = session.store.members()?.iter().filter(|member| member.steward).count();
        if stewards == 2 {
            out.status("hint: two stewards can each stop everything; three survive the loss of one");
        }
        Ok(())
    })
}
