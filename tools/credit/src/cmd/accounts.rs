//! `credit accounts`: every account in every unit.

use std::collections::BTreeSet;

use event::Account;
use frame::{Common, Failure, Output, Session};

use crate::{sight, view};

/// List all accounts
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut rows = session.store.accounts()?;
        let named = rows.iter().map(|row| row.account.clone()).collect();
        let seen: BTreeSet<Account> = sight::visible(session, named)?.into_iter().collect();
        rows.retain(|row| seen.contains(&row.account));
        let table = view::accounts(session, &rows)?;
        out.table(&table)
    })
}
