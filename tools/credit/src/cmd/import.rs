//! `credit import`: takes over the balances of books that were kept elsewhere, as one motion.

use std::path::PathBuf;

use clap::ValueHint;
use event::{Account, Change, Checksum, Openings, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Table, Written, counted, money, now};
use rules::{Facts, Key, Standing, Value};
use serde_json::json;

use crate::other_books::{self, Bad, OtherBooks};
use crate::sheet::Sheet;

const EXAMPLES: &str = "\
Examples:
  credit import balances.csv --dry-run     # account,amount
  credit import payments.csv               # from,to,amount,purpose: what is left of them
  credit import komunitin.csv --unit hours # payer, payee, description, amount

Nobody gains without another's loss: what is taken over sums to zero.";

/// Take over the balances of other books, or what past payments come to, as one motion
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A table of comma-separated values, or - for the standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The unit, where there are several and the file does not tell it
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let sheet = Sheet::read(&args.file)?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let source = Checksum::of(&sheet.bytes);
        if let Some(done) = taken_before(session, source)? {
            out.status(done);
            return Ok(());
        }
        let books = match other_books::read(session, &sheet, args.unit.as_deref())? {
            Ok(books) => books,
            Err(bad) => return mend(&bad, out),
        };
        let units: Vec<UnitDef> = session.store.units()?.into_iter().map(|(def, _)| def).collect();
        if books.balances.is_empty() {
            return Err(Failure::no(format!("`{}` leaves nobody anything", sheet.name)));
        }
        let change = Change::Openings(Openings { openings: books.openings(&units)?, source: Some(source) });
        if common.dry_run || (out.format() == Format::Table && !common.quiet) {
            out.table(&review(session, &books, &units)?)?;
            out.status(format!("{} of {}", counted(books.balances.len(), "balance"), counted(books.rows, "row")));
        }
        let written = session.change(change, out)?;
        match common.dry_run && out.format() != Format::Table {
            true => Ok(()),
            false => Written::show_all(&written, out),
        }
    })
}

/// Whether the file was taken over, or waits to be.
fn taken_before(session: &mut Session, source: Checksum) -> Result<Option<String>, Failure> {
    let register = session.store.register()?;
    if let Some(Value::Event(entry)) = session.store.fact(&register, &Key::Source(source))? {
        return Ok(Some(format!("taken over before, by entry {}: nothing was written", entry.short())));
    }
    for motion in session.store.all_motions()? {
        let same = matches!(&motion.row.change, Change::Openings(openings) if openings.source == Some(source));
        let lives = motion.closed.map_or(motion.outlook.refusal.is_none(), |closed| !closed.refused);
        if same && lives {
            let number = session.local()?.number("motion", &motion.row.id)?;
            return Ok(Some(format!("moved before: `members motions {number}`; nothing was written")));
        }
    }
    Ok(None)
}

/// What stands in the way, line by line.
fn mend(bad: &[Bad], out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["line|Line>", "fate|Fate"], "");
    for one in bad {
        table.row([json!(one.line), json!(one.why)]);
    }
    out.table(&table)?;
    Err(Failure::usage(format!("{} cannot be taken over: nothing was written", counted(bad.len(), "row")))
        .hint("mend the lines that the table names, and run it again"))
}

/// What each account has, brings along, and has then.
fn review(session: &Session, books: &OtherBooks, units: &[UnitDef]) -> Result<Table, Failure> {
    let mut table =
        Table::new(&["account|Account", "unit|Unit", "balance|Now>", "amount|Brings>", "then|Then>", "note|Note"], "");
    let register = session.store.register()?;
    for ((account, code), minor) in &books.balances {
        let Some(def) = units.iter().find(|def| def.unit == *code) else { continue };
        let places = def.base.lower.places();
        let row = session.store.account_row(account, def)?;
        let then = row.balance.saturating_add(*minor);
        let note = match standing(session, &register, account)? {
            None => "not here yet",
            Some(false) => "its member is suspended or gone",
            Some(true) if then.saturating_add(session.store.limit(account, def, now())?.lower) < 0 => {
                "beyond its limit: it can only earn its way back"
            }
            Some(true) => "",
        };
        table.row([
            json!(account.to_string()),
            json!(code.to_string()),
            json!(money(row.balance, places)),
            json!(money(*minor, places)),
            json!(money(then, places)),
            json!(note),
        ]);
    }
    Ok(table)
}

/// Whether the account's keeper takes part; nothing where there is no such account.
fn standing(session: &Session, register: &event::EventId, account: &Account) -> Result<Option<bool>, Failure> {
    let owner = match account {
        Account::Member(handle) => Some(handle.clone()),
        Account::Common(_) => match session.store.fact(register, &Key::Keeper(account.clone()))? {
            Some(Value::Handle(keeper)) => Some(keeper),
            _ => None,
        },
    };
    let Some(owner) = owner else { return Ok(None) };
    Ok(match session.store.fact(register, &Key::Member(owner))? {
        Some(Value::Member(member)) => Some(member.standing == Standing::Active),
        _ => None,
    })
}
