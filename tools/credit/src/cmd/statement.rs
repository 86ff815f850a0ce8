//! `credit statement`: the movements of an account.

use clap_complete::ArgValueCompleter;
use event::Time;
use frame::{Common, Failure, Output, Session};

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
    /// Not before this day, such as 2026-03-01
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// Not after this day
    #[arg(long, value_name = "DAY")]
    until: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let since = args.since.as_deref().map(|day| time(day, "T00:00:00Z")).transpose()?;
    let until = args.until.as_deref().map(|day| time(day, "T23:59:59Z")).transpose()?;
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
            let within = |time: Time| since.is_none_or(|s| time >= s) && until.is_none_or(|u| time <= u);
            lines.extend(statement.into_iter().filter(|line| within(line.time)).map(|line| (line, places)));
        }
        out.table(&view::statement(&account, &lines))
    })
}

fn time(text: &str, rest: &str) -> Result<Time, Failure> {
    Ok(text.parse().or_else(|error| format!("{text}{rest}").parse().map_err(|_| error))?)
}
