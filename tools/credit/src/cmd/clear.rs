//! `credit clear`: obligations that cancel each other out.

use clap::Subcommand;
use clearing::Obligation;
use event::{Account, Amount, Body, Clear, Discharge, EventId, MAX_DISCHARGES, SetOff, Time, UnitDef};
use frame::{Common, Failure, Output, Session, Table, money, now};
use rules::Answer;
use serde_json::json;
use store::{ClearingRow, OpenRequest};

/// Find the open requests that cancel each other out, and propose to set them off
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    /// In which unit, where there are several
    #[arg(long)]
    unit: Option<String>,
    /// Propose it: it has effect once every party has agreed
    #[arg(long)]
    propose: bool,
    /// Until when the parties can agree
    #[arg(long, default_value = "14d")]
    closes: String,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the set-offs that were proposed, with what each party has said
    List,
    /// Agree to a set-off, for your accounts that are parties to it
    Agree {
        /// Which, by the first digits of its id
        id: String,
    },
    /// Say no to a set-off, for good
    Dissent {
        /// Which, by the first digits of its id
        id: String,
    },
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match &args.what {
        Some(What::List) => out.table(&list(session)?),
        Some(What::Agree { id }) => answer(session, id, Body::Agree, out),
        Some(What::Dissent { id }) => answer(session, id, Body::Dissent, out),
        None => set_off(session, &args, out),
    })
}

/// Shows the largest set-off of the open requests in a unit, and proposes it where that is wanted.
fn set_off(session: &mut Session, args: &Args, out: &mut Output) -> Result<(), Failure> {
    let def = super::unit(session, args.unit.as_deref())?;
    let mut open = session.store.open_requests()?;
    open.retain(|row| row.request.unit == def.unit);
    let debts: Vec<Obligation<Account, _>> = open.iter().map(obligation).collect();
    let could = |why: clearing::Error| Failure::could(why.to_string());
    let found = clearing::clear(&debts).map_err(could)?;
    let needed = found.discharged.iter().filter(|minor| **minor > 0).count();
    let fits = needed <= MAX_DISCHARGES;
    let chosen = match fits || !args.propose {
        true => found.discharged.clone(),
        false => found.part(&debts, MAX_DISCHARGES).map_err(could)?,
    };
    let discharges = discharges(&open, &chosen, &def)?;
    out.table(&table(&open, &discharges, &def))?;
    if found.cleared == 0 {
        return Ok(());
    }
    let shown = |minor: u128| {
        format!("{} {}", Amount::show(i128::try_from(minor).unwrap_or(i128::MAX), def.base.lower.places()), def.unit)
    };
    let share = found.share();
    out.status(format!("{} set off, {}.{:02}% of what is open", shown(found.cleared), share / 100, share % 100));
    match args.propose {
        true if discharges.is_empty() => {
            Err(Failure::no(format!("no loop of these debts is so small that {MAX_DISCHARGES} requests make it")))
        }
        true => {
            if !fits {
                let part = chosen.iter().map(|minor| u128::from(*minor)).sum();
                out.status(format!(
                    "a set-off names at most {MAX_DISCHARGES} requests, and this takes {needed}: a part that clears {}",
                    shown(part)
                ));
                out.status("once it is agreed to, `credit clear --propose` goes on with the rest");
            }
            propose(session, args, def, discharges, out)
        }
        false => Ok(()),
    }
}

/// A request as a debt; of several between the same two, the one that is due first is discharged first.
fn obligation(row: &OpenRequest) -> Obligation<Account, (i64, EventId)> {
    Obligation {
        debtor: row.request.of.clone(),
        creditor: row.request.account.clone(),
        amount: row.rest.unsigned_abs(),
        key: (row.request.due.map_or(i64::MAX, Time::seconds), row.id),
    }
}

/// The requests that are discharged, in the order of the open ones.
fn discharges(open: &[OpenRequest], chosen: &[u64], def: &UnitDef) -> Result<Vec<Discharge>, Failure> {
    let mut discharges = Vec::new();
    for (row, minor) in open.iter().zip(chosen).filter(|(_, minor)| **minor > 0) {
        let minor = i64::try_from(*minor).map_err(|_| Failure::could("an amount out of range"))?;
        discharges.push(Discharge { request: row.id, amount: Amount::new(minor, def.base.lower.places())? });
    }
    Ok(discharges)
}

/// Proposes a set-off, if it is not proposed already.
fn propose(
    session: &mut Session,
    args: &Args,
    def: UnitDef,
    mut discharges: Vec<Discharge>,
    out: &mut Output,
) -> Result<(), Failure> {
    discharges.sort_by_key(|discharge| discharge.request);
    let same = |row: &&ClearingRow| row.state(now()) == "open" && row.clear.discharges == discharges;
    if let Some(row) = session.store.clearings()?.iter().find(same) {
        let id = row.event.link.id.short();
        out.status(format!("it is proposed already: `credit clear agree {id}`"));
        return Ok(());
    }
    let closes = frame::when(&args.closes, now())?;
    session.write(Body::Clear(Clear { unit: def.unit, closes, discharges }), None, out)?.show(out)
}

fn table(open: &[OpenRequest], discharges: &[Discharge], def: &UnitDef) -> Table {
    let mut table = Table::new(
        &["debtor|Owes", "creditor|To", "discharged|Set off>", "rest|Of>", "unit|Unit", "short|Request", "request"],
        "no open requests cancel each other out",
    );
    let mut left = discharges.iter().peekable();
    let mut rows: Vec<(&OpenRequest, &Discharge)> =
        open.iter().filter_map(|row| Some((row, left.next_if(|discharge| discharge.request == row.id)?))).collect();
    rows.sort_by_key(|(row, _)| (&row.request.of, &row.request.account, row.request.due));
    for (row, discharge) in rows {
        table.row([
            json!(row.request.of.to_string()),
            json!(row.request.account.to_string()),
            json!(discharge.amount.to_string()),
            json!(money(row.rest, def.base.lower.places())),
            json!(def.unit.to_string()),
            json!(row.id.short()),
            json!(row.id.to_string()),
        ]);
    }
    table
}

fn list(session: &Session) -> Result<Table, Failure> {
    let mut table = Table::new(
        &["short|Id", "id", "unit|Unit", "closes|Until", "account|Party", "says|Says", "answer", "state|State"],
        "no set-off was proposed: `credit clear --propose`",
    );
    for row in session.store.clearings()? {
        for (account, said) in &row.parties {
            let says = match said {
                None => "",
                Some((Answer::Agreed, ..)) => "yes",
                Some((Answer::Dissented, ..)) => "no",
                Some((Answer::Released, ..)) => "free of it",
            };
            table.row([
                json!(row.event.link.id.short()),
                json!(row.event.link.id.to_string()),
                json!(row.clear.unit.to_string()),
                json!(row.clear.closes.to_string()),
                json!(account.to_string()),
                json!(says),
                json!(said.map(|(_, id, _)| id.to_string())),
                json!(row.state(now())),
            ]);
        }
    }
    Ok(table)
}

/// Says the same for each of one's accounts that is a party.
fn answer(session: &mut Session, id: &str, say: fn(SetOff) -> Body, out: &mut Output) -> Result<(), Failure> {
    let clearing = session.find("set-off", id)?;
    let kept = session.kept_accounts()?;
    let rows = session.store.clearings()?;
    let row = rows.iter().find(|row| row.event.link.id == clearing);
    let mine: Vec<Account> = row
        .iter()
        .flat_map(|row| &row.parties)
        .map(|(account, _)| account.clone())
        .filter(|a| kept.contains(a))
        .collect();
    if mine.is_empty() {
        return Err(Failure::refused(rules::Refusal::NoClearing));
    }
    let mut written = Vec::new();
    for account in mine {
        written.push(session.write(say(SetOff { clearing, account }), None, out)?);
    }
    frame::Written::show_all(&written, out)
}
