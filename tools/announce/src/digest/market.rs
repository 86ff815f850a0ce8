//! What others ask this member to pay, and offers and wants that fit its own.

use std::collections::BTreeMap;

use event::Time;
use frame::{Failure, Session, money};
use serde_json::json;
use store::{OfferRow, Offers, RequestRow, RequestState};

use super::{Asked, Section};

/// Open requests to accounts that this device keeps; news when they are new, the day before they are due, and once
/// they are overdue.
pub fn asked(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "asked", items: Vec::new(), news: false };
    let since = asked.since;
    for (number, row) in demands(session)? {
        let due = row.said.due;
        let passed = due.is_some_and(|due| since.time < due && due <= asked.until);
        let came = if since.by_time { row.link.time > since.time } else { number > since.asked };
        section.news |= came || passed || due.is_some_and(|due| asked.draws_near(due));
        section.items.push(json!({
            "number": number,
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
    let (Some(me), since) = (&asked.me, asked.since) else { return Ok(section) };
    for wanted in [false, true] {
        let own = Offers { wanted, by: Some(me.clone()), ..Offers::default() };
        for mine in session.store.offers(&own, asked.until)? {
            for row in session.store.offers(&mine.other_side(), asked.until)? {
                let number = session.local()?.number("offer", &row.event.link.id)?;
                let came = if since.by_time { row.event.link.time > since.time } else { number > since.offered };
                if row.member != *me && came {
                    section.news = true;
                    section.items.push(item(&mine, &row));
                }
            }
        }
    }
    Ok(section)
}

/// The highest numbers of requests to this member and of offers and wants: they are given as these arrive.
pub fn last(session: &mut Session, now: Time) -> Result<(i64, i64), Failure> {
    let asked = demands(session)?.last_key_value().map_or(0, |(number, _)| *number);
    let mut offered = 0;
    for wanted in [false, true] {
        for row in session.store.offers(&Offers { wanted, ..Offers::default() }, now)? {
            offered = session.local()?.number("offer", &row.event.link.id)?.max(offered);
        }
    }
    Ok((asked, offered))
}

/// Open requests to accounts that this device keeps, by their numbers.
fn demands(session: &mut Session) -> Result<BTreeMap<i64, RequestRow>, Failure> {
    let mine = session.kept_accounts()?;
    let mut all = BTreeMap::new();
    for row in session.store.requests()? {
        if row.state == RequestState::Open && mine.contains(&row.said.of) {
            all.insert(session.local()?.number("request", &row.link.id)?, row);
        }
    }
    Ok(all)
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
