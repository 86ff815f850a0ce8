//! What others ask this member to pay, and offers and wants that fit its own.

use event::Time;
use frame::{Failure, Session, money};
use serde_json::json;
use store::{OfferRow, Offers, RequestState};

use super::{Asked, Section};

/// Open requests to accounts that this device keeps; news when they are new, the day before they are due, and once
/// they are overdue.
pub fn asked(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "asked", items: Vec::new(), news: false };
    let mine = session.kept_accounts()?;
    for row in session.store.requests()? {
        if row.state != RequestState::Open || !mine.contains(&row.said.of) {
            continue;
        }
        let since = asked.since.time;
        let passed = |due: Time| since < due && due <= asked.until;
        let due = row.said.due;
        section.news |= row.link.time > since || due.is_some_and(|due| passed(due) || asked.draws_near(due));
        section.items.push(json!({
            "number": session.local()?.number("request", &row.link.id)?,
            "id": row.link.id.to_string(),
            "account": row.said.account.to_string(),
            "of": row.said.of.to_string(),
            "amount": money(row.rest(), row.said.amount.places()),
            "unit": row.said.unit.to_string(),
            "purpose": row.said.purpose.as_ref().map(|purpose| purpose.as_str()),
            "due": due.map(|due| due.to_string()),
            "overdue": due.is_some_and(|due| due < asked.until),
        }));
    }
    Ok(section)
}

/// What others offer or want that is new and shares a word or the category with what this member wants or offers.
pub fn matches(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "matches", items: Vec::new(), news: false };
    let Some(me) = &asked.me else { return Ok(section) };
    for wanted in [false, true] {
        let own = Offers { wanted, by: Some(me.clone()), ..Offers::default() };
        for mine in session.store.offers(&own, asked.until)? {
            for row in session.store.offers(&mine.other_side(), asked.until)? {
                if row.member != *me && row.event.link.time > asked.since.time {
                    section.news = true;
                    section.items.push(item(&mine, &row));
                }
            }
        }
    }
    Ok(section)
}

fn item(mine: &OfferRow, row: &OfferRow) -> serde_json::Value {
    let price = row.offer.price.as_ref();
    json!({
        "for": mine.offer.title.to_string(),
        "id": row.event.link.id.to_string(),
        "short": row.event.link.id.short(),
        "title": row.offer.title.to_string(),
        "member": row.member.to_string(),
        "wanted": row.wanted,
        "price": price.map(|price| format!("{} {}", price.amount, price.unit)),
        "expires": row.offer.expires.to_string(),
    })
}
