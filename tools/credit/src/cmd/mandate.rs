//! `credit mandate`: what may be spent from an account of the community.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Amount, Change, Line, Mandate};
use frame::{Common, Failure, Output, Session, Table, Written, money, now, when};
use serde_json::json;

/// List the mandates to spend from accounts of the community, give one, or end one
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List those in force
    List,
    /// Let the keeper of an account spend; needs the authority that the rules ask for
    Give(Give),
    /// End one before its time
    End(End),
}

#[derive(Debug, clap::Args)]
struct Give {
    /// From which account, such as @commons
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: String,
    /// How much in all
    amount: String,
    /// The unit, where there are several, and what for
    #[arg(value_name = "UNIT PURPOSE", num_args = 1..)]
    rest: Vec<String>,
    /// Until when: 2026-12-31, or a span such as 90d
    #[arg(long)]
    until: String,
    /// Only to this account
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(frame::accounts))]
    to: Option<String>,
}

#[derive(Debug, clap::Args)]
struct End {
    /// The mandate, by the first digits of its id
    id: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let change = match &args.what {
            None | Some(What::List) => return list(session, out),
            Some(What::Give(give)) => Change::Mandate(given(session, give)?),
            Some(What::End(end)) => Change::MandateEnd { mandate: session.find("mandate", &end.id)? },
        };
        Written::show_all(&session.change(change, out)?, out)
    })
}

fn given(session: &Session, give: &Give) -> Result<Mandate, Failure> {
    let account = super::account(session, Some(&give.account))?;
    let (def, purpose) = super::unit_and_purpose(session, &give.rest)?;
    let purpose: Line =
        purpose.ok_or_else(|| Failure::usage("what the mandate is for is missing").hint("say it after the amount"))?;
    Ok(Mandate {
        account,
        to: give.to.as_deref().map(|to| super::account(session, Some(to))).transpose()?,
        amount: Amount::typed(&give.amount, def.base.lower.places())?,
        unit: def.unit,
        until: when(&give.until, now())?,
        purpose,
    })
}

fn list(session: &Session, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(
        &[
            "id",
            "short|Id",
            "account|From",
            "to|To",
            "amount|Amount>",
            "spent|Spent>",
            "left|Left>",
            "unit|Unit",
            "until|Until",
            "purpose|For",
        ],
        "no mandates are in force",
    );
    for row in session.store.mandates()?.into_iter().filter(|row| row.said.until >= now()) {
        let places = row.said.amount.places();
        table.row([
            json!(row.entry.to_string()),
            json!(row.entry.short()),
            json!(row.said.account.to_string()),
            json!(row.said.to.as_ref().map(|to| to.to_string())),
            json!(row.said.amount.to_string()),
            json!(money(row.spent, places)),
            json!(money(row.said.amount.minor().saturating_sub(row.spent), places)),
            json!(row.said.unit.to_string()),
            json!(row.said.until.to_string()),
            json!(row.said.purpose.as_str()),
        ]);
    }
    out.table(&table)
}
