//! A table of payments, all of which are made or none: its rows, and what comes of each.

use event::{Account, Checksum, Line, Pay, UnitDef};
use frame::{Failure, Format, Output, Session, Table, Written, counted};
use rules::Refusal;
use serde_json::json;

use crate::cmd;
use crate::sheet::{Row, Sheet};

/// The columns that are understood.
const COLUMNS: [&str; 7] = ["to", "amount", "unit", "purpose", "category", "delivered", "key"];

/// The same under other names.
const OTHER: [(&str, &str); 4] = [("payee", "to"), ("account", "to"), ("description", "purpose"), ("currency", "unit")];

/// The most payments of a batch.
const MOST: usize = 5_000;

/// What the command line says of all rows.
pub struct Common {
    /// From which account.
    pub from: Account,
    /// The first part of the key of rows that have none of their own.
    pub key: Option<String>,
    /// What sort of thing they are for, where a row does not say.
    pub category: Option<String>,
}

/// A row, and what comes of it.
pub struct Payment {
    line: u64,
    /// As it stands in the file, for a row that cannot be read.
    to: String,
    amount: String,
    pay: Option<Pay>,
    fate: Fate,
}

/// What comes of a row.
enum Fate {
    /// It is paid, with all others.
    Good,
    /// It was paid before under its key.
    Paid(event::EventId),
    /// It cannot be understood.
    Bad(String),
    /// The law says no.
    Refused(Refusal),
}

/// Reads all rows.
pub fn read(session: &Session, sheet: &Sheet, common: &Common) -> Result<Vec<Payment>, Failure> {
    let heads: Vec<String> = sheet.heads();
    let heads: Vec<&str> = heads
        .iter()
        .map(|head| OTHER.iter().find(|(other, _)| other == head).map_or(head.as_str(), |(_, name)| name))
        .collect();
    let places = COLUMNS.map(|column| heads.iter().position(|head| *head == column));
    if let [None, ..] | [_, None, ..] = places {
        return Err(Failure::usage(format!("`{}`: line 1: there is no column `to` or `amount`", sheet.name))
            .hint(format!("the first line names the columns: {}", COLUMNS.join(", "))));
    }
    let prefix = match &common.key {
        Some(key) => key.clone(),
        None => Checksum::of(&sheet.bytes).to_string().chars().take(16).collect(),
    };
    let rows = sheet.rows.get(1..).unwrap_or_default();
    if rows.is_empty() {
        return Err(Failure::usage(format!("`{}` has no payments", sheet.name)));
    }
    if rows.len() > MOST {
        return Err(Failure::usage(format!("`{}` has more than {MOST} payments", sheet.name)).hint("split it"));
    }
    let mut payments = Vec::new();
    for row in rows {
        let cells = places.map(|place| row.cell(place).to_owned());
        let [to, amount, ..] = cells.clone();
        let draft = match row.width() > heads.len() {
            true => Err(Failure::usage("more columns than the first line")),
            false => draft(session, row, &cells, common, &prefix),
        };
        let (pay, fate) = match draft {
            Ok(pay) => match cmd::pay::paid_before(session, &pay) {
                Ok(Some(id)) => (Some(pay), Fate::Paid(id)),
                Ok(None) => (Some(pay), Fate::Good),
                Err(failure) => (Some(pay), Fate::Bad(failure.fact)),
            },
            Err(failure) => (None, Fate::Bad(failure.fact)),
        };
        payments.push(Payment { line: row.line, to, amount, pay, fate });
    }
    Ok(payments)
}

fn draft(
    session: &Session,
    row: &Row,
    [to, amount, unit, purpose, category, delivered, key]: &[String; 7],
    common: &Common,
    prefix: &str,
) -> Result<Pay, Failure> {
    let maybe = |text: &String| (!text.is_empty()).then(|| text.clone());
    let def: UnitDef = cmd::unit(session, maybe(unit).as_deref())?;
    let leg = cmd::pay::leg(to, amount, &def)?;
    let mut pay = Pay::plain(common.from.clone(), def.unit, vec![leg]);
    pay.purpose = maybe(purpose).map(|text| Line::tidy(&text)).transpose()?;
    pay.category = maybe(category).or_else(|| common.category.clone()).map(|text| text.parse()).transpose()?;
    pay.delivered = maybe(delivered).map(|text| text.parse()).transpose()?;
    pay.key = Some(Line::tidy(&maybe(key).unwrap_or_else(|| format!("{prefix}-{}", row.line)))?);
    cmd::pay::complete(session, &mut pay, None)?;
    Ok(pay)
}

/// Pays all of them, or none.
pub fn pay(
    session: &mut Session,
    payments: &mut [Payment],
    how: &frame::Common,
    out: &mut Output,
) -> Result<(), Failure> {
    let unread = payments.iter().filter(|one| matches!(one.fate, Fate::Bad(_))).count();
    if unread > 0 {
        out.table(&table(payments, &[]))?;
        return Err(Failure::usage(format!("{} cannot be paid: nothing was written", counted(unread, "row")))
            .hint("mend the lines that the table names, and run it again"));
    }
    let bodies: Vec<event::Body> = payments
        .iter()
        .filter(|one| matches!(one.fate, Fate::Good))
        .filter_map(|one| one.pay.clone())
        .map(event::Body::Pay)
        .collect();
    if bodies.is_empty() {
        if !how.quiet || out.format() != Format::Table {
            out.table(&table(payments, &[]))?;
        }
        out.status("all of them were paid before under their keys: nothing was written");
        return Ok(());
    }
    let batch = session.write_all(&bodies, out)?;
    let good = payments.iter_mut().filter(|one| matches!(one.fate, Fate::Good));
    for (payment, refused) in good.zip(&batch.refused) {
        if let Some(refusal) = refused {
            payment.fate = Fate::Refused(*refusal);
        }
    }
    let refused = batch.refused.iter().flatten().count();
    // Under -q cron mails trouble only, and programs are still answered.
    if refused > 0 || how.dry_run || !how.quiet || out.format() != Format::Table {
        out.table(&table(payments, &batch.written))?;
    }
    match refused {
        0 => {
            let verb = if how.dry_run { "would pay" } else { "paid" };
            out.status(format!("{verb} {}", counted(bodies.len(), "payment")));
            Ok(())
        }
        _ => Err(Failure::no(format!("{} refused: nothing was written", counted(refused, "payment")))
            .hint("a batch is paid as a whole: mend the rows that the table names, or leave them out")),
    }
}

fn table(payments: &[Payment], written: &[Written]) -> Table {
    let mut table = Table::new(
        &[
            "line|Line>",
            "to|To",
            "amount|Amount>",
            "unit|Unit",
            "contribution|Contribution>",
            "purpose|For",
            "fate|Fate",
            "key",
            "id",
            "kind",
            "subject",
        ],
        "",
    );
    let mut written = written.iter();
    for one in payments {
        let done = match one.fate {
            Fate::Good => written.next(),
            _ => None,
        };
        let id = match (&one.fate, done) {
            (Fate::Paid(id), _) => Some(*id),
            (_, done) => done.and_then(|done| done.id),
        };
        let fate = match &one.fate {
            Fate::Good if id.is_some() => "paid".to_owned(),
            Fate::Good => "ok".to_owned(),
            Fate::Paid(_) => "paid before".to_owned(),
            Fate::Bad(why) => why.clone(),
            Fate::Refused(refusal) => refusal.to_string(),
        };
        let pay = one.pay.as_ref();
        let first = pay.and_then(|pay| pay.legs.first());
        table.row([
            json!(one.line),
            json!(first.map_or_else(|| event::harmless_line(&one.to), |leg| leg.to.to_string())),
            json!(first.map_or_else(|| event::harmless_line(&one.amount), |leg| leg.amount.to_string())),
            json!(pay.map(|pay| pay.unit.to_string())),
            json!(pay.and_then(Pay::contribution).map(|leg| leg.amount.to_string())),
            json!(pay.and_then(|pay| pay.purpose.as_ref()).map(ToString::to_string)),
            json!(fate),
            json!(pay.and_then(|pay| pay.key.as_ref()).map(ToString::to_string)),
            json!(id.map(|id| id.to_string())),
            json!(done.map(|done| done.kind)),
            json!(done.map(|done| done.subject.clone())),
        ]);
    }
    table
}
