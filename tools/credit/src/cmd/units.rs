//! `credit units`: the units of account.

use clap::Subcommand;
use event::{Amount, Bounds, Change, Line, Unit, UnitDef};
use frame::{Common, Failure, Output, Session, Table, Written};
use serde_json::json;

/// List the units of account, or add one
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the units
    List,
    /// Add a unit, or change its title and base limits
    Add(Add),
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Its code, such as kWh
    code: String,
    /// What it is
    #[arg(long)]
    title: String,
    /// What a confirmed member may draw; its decimals are the unit's, such as 20.00
    #[arg(long)]
    lower: String,
    /// The most that a member may hold
    #[arg(long)]
    upper: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match args.what {
        Some(What::Add(add)) => {
            Written::show_all(&session.change(change(session, &add)?, out)?, out)?;
            Ok(())
        }
        _ => list(session, out),
    })
}

fn change(session: &Session, add: &Add) -> Result<Change, Failure> {
    let unit: Unit = add.code.parse()?;
    let lower: Amount = add.lower.parse()?;
    let upper = add.upper.as_deref().map(|text| Amount::typed(text, lower.places())).transpose()?;
    let was = session.store.units()?.into_iter().find(|(def, _)| def.unit == unit).map(|(def, _)| def.base);
    Ok(Change::Unit { def: UnitDef { unit, title: Line::tidy(&add.title)?, base: Bounds { lower, upper } }, was })
}

fn list(session: &Session, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(
        &["unit|Unit", "title|Title", "places|Decimals>", "lower|Base limit>", "upper|Most held>", "entry"],
        "there are no units: `credit units add CODE --title TEXT --lower AMOUNT`",
    );
    for (def, entry) in session.store.units()? {
        table.row([
            json!(def.unit.to_string()),
            json!(def.title.to_string()),
            json!(def.base.lower.places()),
            json!(def.base.lower.to_string()),
            json!(def.base.upper.map(|u| u.to_string())),
            json!(entry.to_string()),
        ]);
    }
    out.table(&table)
}
