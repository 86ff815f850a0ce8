//! `members whoami`: this installation's community, device and member.

use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;

/// Show who you are here
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let session = Session::open(common, out)?;
    let device = session.device()?;
    let member = session.me()?;
    let me = session.store.members()?.into_iter().find(|m| device == Some(m.device));
    let state = match (&device, &me) {
        (None, _) => "read-only copy".to_owned(),
        (Some(_), None) if session.belonged()? => "replaced by another device".to_owned(),
        (Some(_), None) => "asked to join".to_owned(),
        (Some(_), Some(m)) if !m.standing.is_active() => m.standing.to_string(),
        (Some(_), Some(m)) if m.confirmed => "member".to_owned(),
        (Some(_), Some(_)) => "member, not confirmed yet".to_owned(),
    };
    let mut table = Table::new(
        &[
            "community|Community",
            "handle|Handle",
            "device|Device",
            "state|State",
            "steward|Steward",
            "secretary|Secretary",
        ],
        "",
    );
    table.row([
        json!(session.name()?),
        json!(member.map(|h| h.to_string())),
        json!(device.map(|d| d.to_string())),
        json!(state),
        json!(me.as_ref().is_some_and(|m| m.steward)),
        json!(me.as_ref().is_some_and(|m| m.secretary)),
    ]);
    out.object(&table)
}
