//! This member's accounts, and payments on their way to them.

use event::Unit;
use frame::{Failure, Session, money};
use serde_json::json;
use store::State;

use super::{Asked, Section};

/// What was paid to an account that this device keeps and is not received yet.
pub fn payments(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "payments", items: Vec::new(), news: false };
    let units = session.store.units()?;
    let places =
        |unit: &Unit| units.iter().find(|(def, _)| def.unit == *unit).map_or(0, |(def, _)| def.base.lower.places());
    for account in session.kept_accounts()? {
        for open in session.store.open_items(&account)? {
            section.news |= open.link.time > asked.since.time;
            section.items.push(json!({
                "id": open.link.id.to_string(),
                "account": account.to_string(),
                "from": open.from.to_string(),
                "amount": money(open.minor, places(&open.unit)),
                "unit": open.unit.to_string(),
                "purpose": open.purpose,
                "state": if open.settled { "settled" } else { "pending" },
            }));
        }
    }
    Ok(section)
}

/// What was received since, and what came back.
pub fn income(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "income", items: Vec::new(), news: false };
    for account in session.kept_accounts()? {
        for (unit, _) in session.store.units()? {
            for line in session.store.statement(&account, &unit)? {
                let came = line.minor > 0 && matches!(line.state, State::Received | State::Declined);
                if !came || line.time <= asked.since.time {
                    continue;
                }
                section.news = true;
                section.items.push(json!({
                    "id": line.id.to_string(),
                    "account": account.to_string(),
                    "from": line.counterparty.to_string(),
                    "amount": money(line.minor, unit.base.lower.places()),
                    "unit": unit.unit.to_string(),
                    "purpose": line.purpose,
                    "time": line.time.to_string(),
                    "came_back": line.state == State::Declined,
                }));
            }
        }
    }
    Ok(section)
}

/// Balance and limit; no news by themselves.
pub fn accounts(session: &mut Session, _: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "accounts", items: Vec::new(), news: false };
    for account in session.kept_accounts()? {
        for (unit, _) in session.store.units()? {
            let row = session.store.account_row(&account, &unit)?;
            let places = unit.base.lower.places();
            let limit = session.limit(&account, &unit)?.lower;
            if (row.balance, row.pending_in, row.pending_out) == (0, 0, 0) && limit == 0 {
                continue;
            }
            section.items.push(json!({
                "account": account.to_string(),
                "unit": unit.unit.to_string(),
                "balance": money(row.balance, places),
                "limit": money(limit, places),
                "available": money(row.balance.saturating_add(limit).max(0), places),
                "pending_in": money(row.pending_in, places),
                "pending_out": money(row.pending_out, places),
            }));
        }
    }
    Ok(section)
}
