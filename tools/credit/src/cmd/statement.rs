//! `credit statement`: the movements of an account.

use clap_complete::ArgValueCompleter;
use frame::{Common, Failure, Output, Session};

use crate::span::SpanArgs;
use crate::view;

/// List the movements of an account, oldest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose; yours by default
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: Option<String>,
    /// In one unit only
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let span = args.span.read()?;
    session.around(common, out, |session, out| {
        let account = super::account(session, args.account.as_deref())?;
        let units = match &args.unit {
            Some(unit) => vec![super::unit(session, Some(unit))?],
            None => session.store.units()?.into_iter().map(|(def, _)| def).collect(),
        };
        let mut lines = Vec::new();
        for unit in units {
            let places = unit.base.lower.places();
            let statement = session.store.statement(&account, &unit)?;
            lines.extend(statement.into_iter().filter(|line| span.holds(line.time)).map(|line| (line, places)));
        }
        out.table(&view::statement(&account, &lines))
    })
}
