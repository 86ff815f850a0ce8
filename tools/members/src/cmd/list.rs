//! `members list`: who belongs.

use frame::{Common, Failure, Output, Session};

use crate::view;

/// List the members
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let names = session.names()?;
        let (roles, devices) = (session.store.roles()?, session.store.devices()?);
        let table = view::members(&session.store.members()?, &names, &roles, &devices, out.format());
        out.table(&table)
    })
}
