//! `credit limit`: how far an account may go.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Amount, Bounds, Change};
use frame::{Common, Failure, Output, Session, Written};
use rules::{Facts, Key, Value};

use crate::{backed, view};

/// Show an account's limits, or set them
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Whose; yours by default
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: Option<String>,
    /// Show where each part of it comes from
    #[arg(long)]
    why: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Set the limits of an account; needs the authority that the rules ask for
    Set(Set),
}

#[derive(Debug, clap::Args)]
struct Set {
    /// Whose
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: String,
    /// In which unit
    unit: String,
    /// How much it may draw; without it the unit's base limits hold again
    #[arg(allow_negative_numbers = true)]
    lower: Option<String>,
    /// The most that it may hold, or `none`; without it that stays as it is
    #[arg(long, requires = "lower")]
    upper: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match &args.what {
        Some(What::Set(set)) => {
            Written::show_all(&session.change(change(session, set)?, out)?, out)?;
            Ok(())
        }
        None => {
            let account = super::shown_account(session, args.account.as_deref())?;
            let units: Vec<_> = session.store.units()?.into_iter().map(|(def, _)| def).collect();
            if args.why {
                return out.table(&backed::why(session, &account, &units, frame::now())?);
            }
            let mut rows = Vec::new();
            for unit in &units {
                rows.push(session.store.account_row(&account, unit)?);
            }
            let table = view::limits(session, &rows)?;
            out.table(&table)
        }
    })
}

fn change(session: &Session, set: &Set) -> Result<Change, Failure> {
    let account = super::account(session, Some(&set.account))?;
    let def = super::unit(session, Some(&set.unit))?;
    let places = def.base.lower.places();
    let at = session.store.register()?;
    let typed = |text: &String| Amount::typed(text.trim_start_matches('-'), places);
    let bounds = match &set.lower {
        None => None,
        Some(lower) => {
            let upper = match set.upper.as_ref() {
                Some(word) if word == "none" => None,
                Some(upper) => Some(typed(upper)?),
                None => rules::bounds(&session.store, &at, &account, &def)?.upper,
            };
            Some(Bounds { lower: typed(lower)?, upper })
        }
    };
    let was = match session.store.fact(&at, &Key::Limit(account.clone(), def.unit.clone()))? {
        Some(Value::Bounds(was)) => Some(was),
        _ => None,
    };
    Ok(Change::Limit { account, unit: def.unit, bounds, was })
}
