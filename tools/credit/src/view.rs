//! Rows of the store as tables.

use event::Account;
use frame::{Failure, Session, Table, money};
use serde_json::json;
use store::{AccountRow, Moved, Movement, State};

/// Accounts: balance, limit, what is available, what is on its way.
pub fn accounts(session: &Session, rows: &[AccountRow]) -> Result<Table, Failure> {
    let mut table = Table::new(
        &[
            "account|Account",
            "unit|Unit",
            "balance|Balance>",
            "limit|Limit>",
            "available|Available>",
            "pending_in|Coming in>",
            "pending_out|Going out>",
        ],
        "there are no accounts yet",
    );
    for row in rows {
        let places = row.unit.base.lower.places();
        let limit = session.limit(&row.account, &row.unit)?.lower;
        let available = row.balance.saturating_add(limit).max(0);
        table.row([
            json!(row.account.to_string()),
            json!(row.unit.unit.to_string()),
            json!(money(row.balance, places)),
            json!(money(limit, places)),
            json!(money(available, places)),
            json!(money(row.pending_in, places)),
            json!(money(row.pending_out, places)),
        ]);
    }
    Ok(table)
}

/// Limits: how far an account may go, and where that comes from.
pub fn limits(session: &Session, rows: &[AccountRow]) -> Result<Table, Failure> {
    use rules::{Facts, Key, Value};
    let at = session.store.register()?;
    let mut table = Table::new(
        &[
            "account|Account",
            "unit|Unit",
            "limit|May draw>",
            "upper|May hold>",
            "balance|Balance>",
            "available|Available>",
            "basis|By",
        ],
        "there are no units yet",
    );
    for row in rows {
        let places = row.unit.base.lower.places();
        let limit = session.limit(&row.account, &row.unit)?;
        let bounds = limit.bounds;
        let own = session.store.fact(&at, &Key::Limit(row.account.clone(), row.unit.unit.clone()))?.is_some();
        let member = match &row.account {
            Account::Common(_) => None,
            Account::Member(handle) => session.store.fact(&at, &Key::Member(handle.clone()))?,
        };
        let basis = match member {
            _ if own => "its own limit, by an entry",
            Some(Value::Member(member)) if !member.confirmed => "not confirmed yet: base limit later",
            Some(_) if limit.lower > bounds.lower.minor() => "base limit and backing: see --why",
            Some(_) => "the unit's base limit",
            None => "a community account draws nothing",
        };
        let available = row.balance.saturating_add(limit.lower).max(0);
        table.row([
            json!(row.account.to_string()),
            json!(row.unit.unit.to_string()),
            json!(money(limit.lower, places)),
            json!(bounds.upper.map(|u| u.to_string())),
            json!(money(row.balance, places)),
            json!(money(available, places)),
            json!(basis),
        ]);
    }
    Ok(table)
}

/// A statement's lines, with the decimals of each one's unit.
pub fn statement(account: &Account, lines: &[(Movement, u8)]) -> Table {
    let mut table = Table::new(
        &[
            "time|Time",
            "short|Id",
            "id",
            "account",
            "counterparty|With",
            "purpose|For",
            "amount|Amount>",
            "balance|Balance>",
            "unit|Unit",
            "state|State",
        ],
        "no movements",
    );
    for (line, places) in lines {
        table.row([
            json!(line.time.to_string()),
            json!(line.id.short()),
            json!(line.id.to_string()),
            json!(account.to_string()),
            json!(line.counterparty.to_string()),
            json!(line.purpose),
            json!(money(line.minor, *places)),
            json!(money(line.balance, *places)),
            json!(line.unit.to_string()),
            json!(state_word(line.state)),
        ]);
    }
    table
}

/// Which way a transfer moved its account.
pub fn moved_word(moved: Moved) -> &'static str {
    match moved {
        Moved::Sent => "sent",
        Moved::Received => "received",
        Moved::Returned => "returned",
    }
}

/// The state of a movement, as in the contract.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Pending => "pending",
        State::Settled => "settled",
        State::Received => "received",
        State::Declined => "declined",
        State::Withdrawn => "withdrawn",
    }
}
