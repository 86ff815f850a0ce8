//! `credit accounts`: every account in every unit.

use frame::{Common, Failure, Output, Session};

use crate::view;

/// List all accounts
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let table = view::accounts(session, &session.store.accounts()?)?;
        out.table(&table)
    })
}
