//! `members show`: one member.

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Output, Session};

use crate::view;

/// Show a member
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let session = Session::open(common, out)?;
    let member = session.store.members()?.into_iter().find(|m| m.handle.as_str() == args.handle);
    match member {
        Some(member) => out.object(&view::member(&member)),
        None => Err(Failure::no(format!("there is no member `{}`", event::harmless_line(&args.handle)))
            .hint("`members list` shows the members")),
    }
}
