//! `members show`: one member.

use clap_complete::ArgValueCompleter;
use event::EventId;
use frame::{Common, Failure, Known, Output, Session};
use rules::Facts;

use crate::view;

/// Show a member, with each role, since when and by which entry
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
    let mut roles = Vec::new();
    let mut role = |session: &Session, name: String, entry: EventId| -> Result<(), Failure> {
        let since = session.store.link(&entry)?.map(|link| link.time.to_string()).unwrap_or_default();
        roles.push(view::Held { role: name, since, entry });
        Ok(())
    };
    if let Some((_, entry)) = session.store.secretary_since()?.filter(|(device, _)| *device == member.device) {
        role(&session, "secretary".to_owned(), entry)?;
    }
    for row in session.store.roles()?.into_iter().filter(|row| row.holder.as_ref() == Some(&member.handle)) {
        if let Some(entry) = row.since {
            role(&session, row.role.to_string(), entry)?;
        }
    }
    let devices: Vec<_> =
        session.store.devices()?.into_iter().filter(|(handle, ..)| *handle == member.handle).collect();
    out.object(&view::member(&member, name.as_ref(), &roles, &devices, out.format()))
}

pub fn no_member(handle: &str) -> Failure {
    Failure::no(format!("there is no member `{}`", event::harmless_line(handle)))
        .hint("`members list` shows the members")
}
