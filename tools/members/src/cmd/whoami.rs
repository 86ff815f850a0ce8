//! `members whoami`: this installation's community, device and member.

use event::KindOfMember;
use frame::{Common, Failure, Here, Output, Session, Table};
use serde_json::json;

/// Show who you are here
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let device = session.device()?;
    let here = session.here()?;
    let handle = match &here {
        Here::Reads | Here::Asked(_) => None,
        Here::Acts(handle) | Here::Parting(handle, _) | Here::Replaced { handle, .. } => Some(handle.clone()),
        Here::Rests(handle, _) | Here::Frozen(handle) => Some(handle.clone()),
        Here::Elsewhere(handle) => handle.clone(),
    };
    let me = session.store.members()?.into_iter().find(|m| Some(&m.handle) == handle.as_ref());
    let devices = session.store.devices()?.iter().filter(|(holder, ..)| Some(holder) == handle.as_ref()).count();
    let state = match &me {
        Some(member) if !member.confirmed && matches!(here, Here::Acts(_)) => "member, not confirmed yet".to_owned(),
        _ => here.words(),
    };
    // What is so for nearly everybody is left out of the table.
    let acts = matches!(here, Here::Acts(_) | Here::Parting(..) | Here::Frozen(_));
    let person = me.as_ref().is_none_or(|m| m.kind == KindOfMember::Person);
    let mut table = Table::new(
        &[
            "community|Community",
            "handle|Handle",
            if person { "kind" } else { "kind|Kind" },
            "device|Device",
            if devices < 2 { "devices" } else { "devices|Devices so far" },
            "state|State",
            "steward|Steward",
            "secretary|Secretary",
        ],
        "",
    );
    table.row([
        json!(session.name()?),
        json!(handle.map(|h| h.to_string())),
        json!(me.as_ref().map(|m| m.kind.to_string())),
        json!(device.map(|d| d.to_string())),
        json!(devices),
        json!(state),
        json!(acts && me.as_ref().is_some_and(|m| m.steward)),
        json!(acts && me.as_ref().is_some_and(|m| m.secretary)),
    ]);
    out.object(&table)
}
