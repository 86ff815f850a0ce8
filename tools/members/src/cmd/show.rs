//! `members show`: one member.

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Known, Output, Session};

use crate::view;

/// Show a member
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let member = session.store.members()?.into_iter().find(|m| m.handle.as_str() == args.handle);
    let member = member.ok_or_else(|| no_member(&args.handle))?;
    let name = match session.person(&member.device)? {
        Known::Held(person) => person.get("name").map(ToString::to_string),
        _ => None,
    };
    let table = view::member(&member, name.as_ref(), out.format());
    out.object(&table)
}

pub fn no_member(handle: &str) -> Failure {
    Failure::no(format!("there is no member `{}`", event::harmless_line(handle)))
        .hint("`members list` shows the members")
}
