//! One file for each subcommand: its arguments, and what it does.

pub mod account;
pub mod accounts;
pub mod attest;
pub mod backing;
pub mod balance;
pub mod cancel;
pub mod chart;
pub mod clear;
pub mod completions;
pub mod decline;
pub mod export;
pub mod graph;
pub mod import;
pub mod limit;
pub mod mandate;
pub mod market;
pub mod pay;
pub mod pledge;
pub mod receive;
pub mod refund;
pub mod refuse;
pub mod request;
pub mod requests;
pub mod show;
pub mod statement;
pub mod stats;
pub mod units;
pub mod withdraw;

use event::{Account, Body, EventId, Line, Pay, Unit, UnitDef};
use frame::{Failure, Session};
use rules::Facts;

use crate::sight;

/// The account that is meant: the named one, or one's own.
fn account(session: &Session, named: Option<&str>) -> Result<Account, Failure> {
    let Some(name) = named else { return Ok(Account::Member(session.member()?)) };
    let account: Account = name.parse()?;
    match session.store.account_names()?.contains(&account) {
        true => Ok(account),
        false => Err(Failure::no(format!("there is no account `{account}`")).hint("`credit accounts` shows the names")),
    }
}

/// The account that is meant, if its balance may be shown.
fn shown_account(session: &Session, named: Option<&str>) -> Result<Account, Failure> {
    let account = account(session, named)?;
    let shown = sight::visible(session, vec![account])?.pop();
    shown.ok_or_else(|| {
        Failure::no("the community does not show you this account")
            .hint("the rules show balances to their owners and to treasurers: `members role list`")
    })
}

/// All units, the oldest first.
fn units_by_age(session: &Session) -> Result<Vec<UnitDef>, Failure> {
    let mut units = Vec::new();
    for (def, entry) in session.store.units()? {
        units.push((session.store.link(&entry)?.map(|link| link.time), def));
    }
    // Sorted by code already, which decides between units of one entry.
    units.sort_by_key(|(time, _)| *time);
    Ok(units.into_iter().map(|(_, def)| def).collect())
}

/// The unit that is meant: the named one, or the only one.
pub fn unit(session: &Session, named: Option<&str>) -> Result<UnitDef, Failure> {
    let units: Vec<UnitDef> = session.store.units()?.into_iter().map(|(def, _)| def).collect();
    let codes = || units.iter().map(|def| def.unit.to_string()).collect::<Vec<_>>().join(", ");
    match named {
        Some(name) => {
            let wanted: Unit = name.parse()?;
            let found = units.iter().find(|def| def.unit == wanted).cloned();
            found.ok_or_else(|| {
                Failure::no(format!("there is no unit `{wanted}`")).hint(format!("the units are {}", codes()))
            })
        }
        None => match units.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Failure::no("the community has no unit yet")
                .hint("`credit units add CODE --title TEXT --lower AMOUNT`")),
            _ => Err(Failure::usage("there are several units").hint(format!("name one of {}", codes()))),
        },
    }
}

/// What follows an amount: the unit, where there are several, and what for.
fn unit_and_purpose(session: &Session, rest: &[String]) -> Result<(UnitDef, Option<Line>), Failure> {
    // Only a sentence can be no unit: a mistyped unit must not become a purpose.
    let (named, words) = match rest.split_first() {
        Some((word, words)) if session.store.units()?.len() > 1 || !word.contains(' ') => (Some(word.as_str()), words),
        _ => (None, rest),
    };
    let purpose = match words {
        [] => None,
        words => Some(Line::tidy(&words.join(" "))?),
    };
    let units = session.store.units()?;
    let def = unit(session, named).map_err(|failure| match (named, units.as_slice()) {
        (Some(word), [(only, _)]) if failure.kind == frame::Kind::No => {
            failure.hint(format!("the unit is {only}; if that is what for, write `{only} {word}`", only = only.unit))
        }
        _ => failure,
    })?;
    Ok((def, purpose))
}

/// What a payment says.
fn payment(session: &Session, id: &EventId) -> Result<Pay, Failure> {
    use rules::Facts;
    match session.store.body(id)? {
        Some(Body::Pay(pay)) => Ok(pay),
        _ => Err(Failure::no(format!("{} is no payment", id.short())).hint("`credit statement` shows payments")),
    }
}

/// The request that is meant; those that are open have numbers.
fn request_id(session: &mut Session, text: &str) -> Result<EventId, Failure> {
    let mine = session.kept_accounts()?;
    for row in session.store.requests()? {
        let open = row.state == store::RequestState::Open;
        if open && (mine.contains(&row.said.of) || mine.contains(&row.said.account)) {
            session.local()?.number("request", &row.link.id)?;
        }
    }
    session.find("request", text)
}
