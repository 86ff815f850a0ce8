//! `credit export`: the books for other programs.

use std::collections::BTreeSet;

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Format, Output, Session};

use crate::export::{Scope, To, export};
use crate::sight;
use crate::span::SpanArgs;

/// Print the books for hledger, ledger, beancount, a spreadsheet or a program
#[derive(Debug, clap::Args)]
pub struct Args {
    /// For what
    #[arg(long, value_enum, value_name = "PROGRAM")]
    to: Option<To>,
    /// Of this account only; may be given again for others
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(frame::accounts))]
    account: Vec<String>,
    /// In one unit only
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let to = match (args.to, out.format()) {
        (Some(to), _) => to,
        (None, Format::Csv) => To::Csv,
        (None, Format::Json) => To::Json,
        _ => return Err(Failure::usage("`--to` is missing").hint("one of hledger, ledger, beancount, csv, json")),
    };
    let span = args.span.read()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let parties = session.store.parties()?;
        let accounts = match args.account.as_slice() {
            [] => parties.clone(),
            named => {
                named.iter().map(|name| super::shown_account(session, Some(name))).collect::<Result<Vec<_>, _>>()?
            }
        };
        let units = match &args.unit {
            Some(unit) => vec![super::unit(session, Some(unit))?],
            None => super::units_by_age(session)?,
        };
        let accounts: BTreeSet<_> = sight::visible(session, accounts)?.into_iter().collect();
        export(session, to, &Scope { accounts, payees: parties, units, span }, out)
    })
}
