//! `credit stats`: how the community's credit is doing.

use std::collections::BTreeSet;

use event::{Account, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Table, money};
use serde_json::{Value, json};

use crate::report::flows::{Flows, flows};
use crate::report::stats::{Stats, stats};
use crate::sight;
use crate::span::SpanArgs;

/// Show how much moves, between how many, how balances are spread, and who never receives
#[derive(Debug, clap::Args)]
pub struct Args {
    /// In one unit only
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

const COLUMNS: [&str; 17] = [
    "unit|Unit",
    "members|Members>",
    "active|Active accounts>",
    "payments|Payments received>",
    "volume|Volume>",
    "held|Held>",
    "velocity|Velocity>",
    "in_transit|In transit>",
    "below_zero|Accounts below zero>",
    "least|Least balance>",
    "lower_quartile|Lower quartile>",
    "median|Median>",
    "upper_quartile|Upper quartile>",
    "most|Most>",
    "never_received|Never received",
    "never_paid|Never paid",
    "accounts",
];

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let span = args.span.read()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let units = match &args.unit {
            Some(unit) => vec![super::unit(session, Some(unit))?],
            None => super::units_by_age(session)?,
        };
        let accounts = session.store.parties()?;
        let seen: BTreeSet<Account> = sight::visible(session, accounts.clone())?.into_iter().collect();
        let active = |row: &store::MemberRow| row.standing == rules::Standing::Active;
        let members = session.store.members()?.into_iter().filter(active);
        let members: Vec<Account> = members.map(|row| Account::Member(row.handle)).collect();
        let flows = flows(session, span)?;
        let mut all = Table::new(&COLUMNS, "there are no units yet");
        for (n, unit) in units.iter().enumerate() {
            let row = row(session, unit, (&accounts, &seen), &members, &flows)?;
            if out.format() == Format::Table {
                if n > 0 {
                    out.line("")?;
                }
                let mut one = Table::new(&COLUMNS, "");
                one.row(row);
                out.object(&one)?;
            } else {
                all.row(row);
            }
        }
        match (out.format(), args.unit) {
            (Format::Table, _) => Ok(()),
            (_, Some(_)) => out.object(&all),
            _ => out.table(&all),
        }
    })
}

fn row(
    session: &Session,
    unit: &UnitDef,
    (accounts, seen): (&[Account], &BTreeSet<Account>),
    members: &[Account],
    flows: &Flows,
) -> Result<Vec<Value>, Failure> {
    let (mut balances, mut transit) = (Vec::new(), 0i64);
    for account in accounts {
        let row = session.store.account_row(account, unit)?;
        balances.push(row.balance);
        transit = transit.saturating_add(row.pending_out);
    }
    let of_unit = flows.iter().filter(|((code, _, _), _)| *code == unit.unit);
    let mut found = stats(&balances, members, of_unit.map(|((_, from, to), flow)| (from, to, flow)));
    // Everyone counts, but nobody is named whose movements are not shown.
    found.never_received.retain(|member| seen.contains(member));
    found.never_paid.retain(|member| seen.contains(member));
    Ok(cells(unit, members.len(), accounts.len(), transit, &found))
}

fn cells(unit: &UnitDef, members: usize, accounts: usize, transit: i64, found: &Stats) -> Vec<Value> {
    let show = |minor: i64| json!(money(minor, unit.base.lower.places()));
    let names = |those: &[Account]| json!(those.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut cells = vec![
        json!(unit.unit.to_string()),
        json!(members),
        json!(found.active),
        json!(found.payments),
        show(found.volume),
        show(found.held),
        json!(found.velocity.map(|hundredths| money(hundredths, 2))),
        show(transit),
        json!(found.below_zero),
    ];
    match found.spread {
        Some(spread) => cells.extend(spread.map(show)),
        None => cells.extend([const { Value::Null }; 5]),
    }
    cells.extend([names(&found.never_received), names(&found.never_paid), json!(accounts)]);
    cells
}
