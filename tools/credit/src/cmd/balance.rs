//! `credit balance`: one account.

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Format, Output, Session};

use crate::view;

/// Show an account's balance, limit, and what is on its way
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose; yours by default
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let account = super::shown_account(session, args.account.as_deref())?;
        let mut rows = Vec::new();
        for (unit, _) in session.store.units()? {
            rows.push(session.store.account_row(&account, &unit)?);
        }
        let table = view::accounts(session, &rows)?;
        match (rows.len(), out.format()) {
            (1, Format::Json) => out.object(&table),
            _ => out.table(&table),
        }
    })
}
