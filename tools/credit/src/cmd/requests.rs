//! `credit requests`: who asks whom for what.

use event::Time;
use frame::{Common, Failure, Format, Output, Session, Table, ago, money, now};
use serde_json::json;
use store::{RequestRow, RequestState, SetOffs};

const EXAMPLES: &str = "\
Examples:
  credit requests --overdue
  0 7 * * 1  credit requests --remind -q     # cron mails what you owe, if there is anything";

/// List requests to be paid: those to you and by you that are open
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Those of all accounts
    #[arg(long)]
    everyone: bool,
    /// Paid, withdrawn and refused ones too
    #[arg(long)]
    all: bool,
    /// Only those that are overdue
    #[arg(long)]
    overdue: bool,
    /// Say in sentences what you are asked to pay, for cron; nothing at all if that is nothing
    #[arg(long)]
    remind: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mine = session.kept_accounts()?;
        let late = |row: &RequestRow| row.rest() > 0 && row.said.due.is_some_and(|due| due < now());
        let rows = session.store.requests()?.into_iter().filter(|row| {
            let shown = args.everyone || mine.contains(&row.said.of) || mine.contains(&row.said.account);
            let open = args.all || row.state == RequestState::Open;
            let open = open && (!args.remind || row.rest() > 0);
            shown && open && (!args.overdue || late(row)) && (!args.remind || mine.contains(&row.said.of))
        });
        let rows: Vec<RequestRow> = rows.collect();
        if args.remind && out.format() == Format::Table {
            return remind(session, &rows, out);
        }
        out.table(&table(session, &rows)?)
    })
}

fn remind(session: &mut Session, rows: &[RequestRow], out: &mut Output) -> Result<(), Failure> {
    for row in rows {
        let number = session.local()?.number("request", &row.link.id)?;
        let rest = money(row.rest(), row.said.amount.places());
        let when = match row.said.due {
            Some(due) if due < now() => format!(", due {}", ago(due, now())),
            Some(due) => format!(", due {due}"),
            None => String::new(),
        };
        let what = row.said.purpose.as_ref().map(|purpose| format!(": {purpose}")).unwrap_or_default();
        let text = format!("{} asks {} for {rest} {}{when}{what}", row.said.account, row.said.of, row.said.unit);
        out.line(event::harmless_line(&text))?;
        out.line(format!("  credit pay --request {number}"))?;
    }
    Ok(())
}

fn table(session: &mut Session, rows: &[RequestRow]) -> Result<Table, Failure> {
    // A column that few communities need.
    let off = if rows.iter().any(|row| row.off != SetOffs::default()) { "set_off|Set off>" } else { "set_off" };
    let mut table = Table::new(
        &[
            "number|No>",
            "id",
            "time",
            "account|To",
            "of|From",
            "amount|Amount>",
            "paid|Paid>",
            off,
            "rest|Left>",
            "unit|Unit",
            "due|Due",
            "purpose|For",
            "category",
            "state|State",
            "why",
        ],
        "nobody asks for anything",
    );
    for row in rows {
        let places = row.said.amount.places();
        let why = match row.state {
            RequestState::Refused => session.store.refused_why(&row.link.id)?,
            _ => None,
        };
        table.row([
            json!(session.local()?.number("request", &row.link.id)?),
            json!(row.link.id.to_string()),
            json!(row.link.time.to_string()),
            json!(row.said.account.to_string()),
            json!(row.said.of.to_string()),
            json!(row.said.amount.to_string()),
            json!(money(row.paid, places)),
            json!(money(row.off.done.saturating_add(row.off.held), places)),
            json!(money(row.rest(), places)),
            json!(row.said.unit.to_string()),
            json!(row.said.due.map(|due| due.to_string())),
            json!(row.said.purpose.as_ref().map(|p| p.as_str())),
            json!(row.said.category.as_ref().map(|c| c.as_str())),
            json!(word(row, now())),
            json!(why),
        ]);
    }
    Ok(table)
}

fn word(row: &RequestRow, now: Time) -> &'static str {
    match row.state {
        RequestState::Open if row.rest() == 0 => "waits for a set-off",
        RequestState::Paid if row.paid == 0 => "set off",
        RequestState::Open if row.said.due.is_some_and(|due| due < now) => "overdue",
        RequestState::Open => "open",
        RequestState::Paid => "paid",
        RequestState::Withdrawn => "withdrawn",
        RequestState::Refused => "refused",
    }
}
