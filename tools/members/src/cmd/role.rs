//! `members role`: who holds which role, and roles that begin and end.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Change, EventId, Role};
use frame::{Common, Failure, Output, Session, Table, Written};
use rules::{Facts, member_of};
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  members role list
  members role grant bob steward
  members role revoke eve treasurer";

/// List, grant or revoke roles; with several stewards a grant is a motion
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the roles and who holds them
    List,
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
    /// The role: steward, assessor, teller, treasurer, or one of the rules document's
    role: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let (who, holds) = match args.what {
        None | Some(What::List) => return session.around(common, out, list),
        Some(What::Grant(who)) => (who, true),
        Some(What::Revoke(who)) => (who, false),
    };
    let role: Role = who.role.parse()?;
    let stewards = role == Role::Steward;
    let change = Change::Role { handle: who.handle.parse()?, role, holds };
    session.around(common, out, |session, out| {
        Written::show_all(&session.change(change, out)?, out)?;
        if stewards && session.store.members()?.iter().filter(|member| member.steward).count() == 2 {
            out.status("hint: two stewards can each stop everything; three survive the loss of one");
        }
        Ok(())
    })
}

fn list(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["role|Role", "handle|Handle", "since|Since", "entry", "by|By entry"], "");
    let mut row = |session: &Session, role: &str, handle: Option<String>, entry: Option<EventId>| {
        let since = entry.map(|entry| session.store.link(&entry)).transpose()?.flatten();
        table.row([
            json!(role),
            json!(handle),
            json!(since.map(|link| link.time.to_string())),
            json!(entry.map(|entry| entry.to_string())),
            json!(entry.map(|entry| entry.short())),
        ]);
        Ok::<_, Failure>(())
    };
    if let Some((device, since)) = session.store.secretary_since()? {
        let holder = member_of(&session.store, &session.store.register()?, &device)?;
        row(session, "secretary", holder.map(|handle| handle.to_string()), Some(since))?;
    }
    for held in session.store.roles()? {
        row(session, &held.role.to_string(), held.holder.map(|handle| handle.to_string()), held.since)?;
    }
    out.table(&table)
}
