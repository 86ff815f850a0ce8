//! One file for each subcommand: its arguments, and what it does.

pub mod accounts;
pub mod attest;
pub mod backing;
pub mod balance;
pub mod clear;
pub mod completions;
pub mod decline;
pub mod limit;
pub mod market;
pub mod pay;
pub mod pledge;
pub mod receive;
pub mod show;
pub mod statement;
pub mod units;

use event::{Account, Unit, UnitDef};
use frame::{Failure, Session};

/// The account that is meant: the named one, or one's own.
fn account(session: &Session, named: Option<&str>) -> Result<Account, Failure> {
    let Some(name) = named else { return Ok(Account::Member(session.member()?)) };
    let account: Account = name.parse()?;
    match session.store.account_names()?.contains(&account) {
        true => Ok(account),
        false => Err(Failure::no(format!("there is no account `{account}`")).hint("`credit accounts` shows the names")),
    }
}

/// The unit that is meant: the named one, or the only one.
fn unit(session: &Session, named: Option<&str>) -> Result<UnitDef, Failure> {
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
