//! Asset-backed limits: how far an account may go below zero at a moment, and what each part of it comes from
//! (protocol, section 5).
//!
//! `limit = min(cap, base + sum over attested pledges of quantity × price × advance + factor × delivered)`, but never
//! below the base. Each product is exact and rounded down to the unit's smallest part.

use std::collections::BTreeMap;

use event::{Account, Amount, Attest, Body, Bounds, EventId, MAX_MINOR, Name, Ratio, Time, UnitDef};

use super::bounds::{bounds, is_backed};
use crate::books::ends;
use crate::charter::{AssetTerms, Backing, Counterparty};
use crate::facts::{Facts, Link};
use crate::register::{Key, Value};

/// How far an account may go, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Without what backs it: the account's own limits, or the base limits.
    pub bounds: Bounds,
    /// What backs it, where the rules let anything do so.
    pub backing: Option<Backed>,
    /// What the account may draw, in smallest parts.
    pub lower: i64,
}

/// What backs an account in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backed {
    /// The rules.
    pub terms: Backing,
    /// Attested pledges in use, whether they still count or not.
    pub attested: Vec<Attested>,
    /// What others have recognised by paying, within the window.
    pub delivered: Vec<Delivered>,
    /// The credit that this gives, in smallest parts.
    pub by_delivery: i64,
}

/// An attested pledge in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The attestation.
    pub attestation: EventId,
    /// The pledge.
    pub pledge: EventId,
    /// Of what.
    pub asset: Name,
    /// How much.
    pub quantity: Amount,
    /// Until when.
    pub expires: Time,
    /// What the rules say of the asset, while they have it.
    pub terms: Option<AssetTerms>,
    /// Why it counts for nothing.
    pub void: Option<Lapse>,
    /// The credit that it gives, in smallest parts.
    pub worth: i64,
}

/// Why an attested pledge counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// The attestation has run out.
    Expired,
    /// The member has taken the pledge back.
    TakenBack,
    /// The rules have no such asset any more.
    NoAsset,
}

/// What one counterparty has recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Who paid.
    pub from: Account,
    /// How much, in smallest parts, what was given back taken off.
    pub minor: i64,
    /// How much of it counts.
    pub counts: i64,
}

/// An attestation that an account uses; the newest of each pledge is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Used {
    pub time: Time,
    pub id: EventId,
}

/// How far an account may go at a time, by the books that end at `head`, under the entry that the reader knows.
pub fn limit<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    time: Time,
    account: &Account,
    def: &UnitDef,
) -> Result<Limit, F::Error> {
    let bounds = bounds(facts, register, account, def)?;
    let base = bounds.lower.minor();
    let Some(terms) = is_backed(facts, register, account, def)? else {
        return Ok(Limit { bounds, backing: None, lower: base });
    };
    let books = ends(facts, register, head, account)?;
    let attested = attested(facts, register, &books, time, account, def)?;
    let (delivered, by_delivery) = delivered(facts, &books, time, account, def, &terms)?;
    let sum = attested.iter().fold(base.saturating_add(by_delivery), |sum, one| sum.saturating_add(one.worth));
    let lower = sum.min(terms.cap.minor()).max(base);
    Ok(Limit { bounds, backing: Some(Backed { terms, attested, delivered, by_delivery }), lower })
}

/// The newest attestation of each pledge that the books have named for an account.
pub(crate) fn in_use<F: Facts>(
    facts: &F,
    books: &[Link],
    account: &Account,
) -> Result<BTreeMap<EventId, Used>, F::Error> {
    let mut newest: BTreeMap<EventId, Used> = BTreeMap::new();
    for chain in books {
        for id in facts.backed(chain, account)? {
            let (Some(Body::Attest(attest)), Some(link)) = (facts.body(&id)?, facts.link(&id)?) else { continue };
            let this = Used { time: link.time, id };
            let used = newest.entry(attest.pledge).or_insert(this);
            *used = (*used).max(this);
        }
    }
    Ok(newest)
}

fn attested<F: Facts>(
    facts: &F,
    register: &EventId,
    books: &[Link],
    time: Time,
    account: &Account,
    def: &UnitDef,
) -> Result<Vec<Attested>, F::Error> {
    let mut all = Vec::new();
    for (pledge, used) in in_use(facts, books, account)? {
        let (Some(Body::Attest(attest)), Some(Body::Pledge(pledged))) = (facts.body(&used.id)?, facts.body(&pledge)?)
        else {
            continue;
        };
        let terms = match facts.fact(register, &Key::Asset(pledged.asset.clone()))? {
            Some(Value::Asset(terms)) => Some(terms),
            _ => None,
        };
        if terms.as_ref().is_some_and(|terms| terms.unit != def.unit) {
            continue;
        }
        let mut taken_back = false;
        for chain in books {
            taken_back |= facts.taken_back(chain, &pledge)?;
        }
        let void = match &terms {
            None => Some(Lapse::NoAsset),
            Some(_) if taken_back => Some(Lapse::TakenBack),
            Some(_) if attest.expires <= time => Some(Lapse::Expired),
            Some(_) => None,
        };
        let worth = match (&terms, void) {
            (Some(terms), None) => worth(attest.quantity, terms, def.base.lower.places()),
            _ => 0,
        };
        let Attest { quantity, expires, .. } = attest;
        all.push(Attested {
            attestation: used.id,
            pledge,
            asset: pledged.asset,
            quantity,
            expires,
            terms,
            void,
            worth,
        });
    }
    Ok(all)
}

impl Attested {
    /// What the whole of it is worth by the rules, in smallest parts of a unit with so many decimals; nothing once it
    /// counts for nothing.
    pub fn value(&self, places: u8) -> i64 {
        match (&self.terms, self.void, Ratio::new(1, 1)) {
            (Some(terms), None, Ok(whole)) => {
                worth(self.quantity, &AssetTerms { advance: whole, ..terms.clone() }, places)
            }
            _ => 0,
        }
    }
}

/// `quantity × price × advance` in smallest parts, rounded down; what no account can hold is cut there.
fn worth(quantity: Amount, terms: &AssetTerms, places: u8) -> i64 {
    let (over, under) = terms.advance.parts();
    // Below 2^53 × 2^53 × 10^6, which is less than 2^126.
    let product = wide(quantity.minor()).saturating_mul(wide(terms.price.minor())).saturating_mul(u128::from(over));
    let fine = u32::from(quantity.places()).saturating_add(u32::from(terms.price.places()));
    let power = |n: u32| 10u128.saturating_pow(n);
    // Scaling up, no product that saturates is below what is cut off in the end: the divisor is at most 10^6.
    let scaled = product.saturating_mul(power(u32::from(places).saturating_sub(fine)));
    let divisor = u128::from(under).saturating_mul(power(fine.saturating_sub(u32::from(places))));
    narrow(scaled.checked_div(divisor).unwrap_or(0))
}

/// What each counterparty has recognised within the window, and the credit that all of it gives.
fn delivered<F: Facts>(
    facts: &F,
    books: &[Link],
    time: Time,
    account: &Account,
    def: &UnitDef,
    terms: &Backing,
) -> Result<(Vec<Delivered>, i64), F::Error> {
    let (Some(factor), Some(window), Some(most)) = (terms.factor, terms.window, terms.counterparty) else {
        return Ok((Vec::new(), 0));
    };
    let since = time.seconds().saturating_sub(i64::try_from(window.seconds()).unwrap_or(i64::MAX));
    // So many payments that this overflows can never be held.
    let mut sums: BTreeMap<Account, i128> = BTreeMap::new();
    for chain in books {
        for (from, minor) in facts.income(chain, account, &def.unit, since)? {
            let sum = sums.entry(from).or_insert(0);
            *sum = sum.saturating_add(minor.into());
        }
    }
    let sums =
        sums.into_iter().filter_map(|(from, sum)| Some((from, u128::try_from(sum).ok().filter(|sum| *sum > 0)?)));
    let sums: BTreeMap<Account, u128> = sums.collect();
    let total = sums.values().fold(0u128, |total, sum| total.saturating_add(*sum));
    let most = match most {
        Counterparty::Amount(amount) => amount.minor(),
        Counterparty::Share(share) => part(total, share),
    };
    let one = |(from, sum): (Account, u128)| {
        let minor = narrow(sum);
        Delivered { from, minor, counts: minor.min(most) }
    };
    let delivered: Vec<Delivered> = sums.into_iter().map(one).collect();
    let counts = delivered.iter().fold(0u128, |sum, one| sum.saturating_add(wide(one.counts)));
    Ok((delivered, part(counts, factor)))
}

/// A share of a sum, rounded down.
fn part(of: u128, share: Ratio) -> i64 {
    let (over, under) = share.parts();
    // A sum of that many payments that this saturates can never be held.
    narrow(of.saturating_mul(u128::from(over)).checked_div(u128::from(under)).unwrap_or(0))
}

fn wide(minor: i64) -> u128 {
    u128::try_from(minor).unwrap_or(0)
}

/// At most what an account can hold.
fn narrow(minor: u128) -> i64 {
    i64::try_from(minor).unwrap_or(MAX_MINOR).min(MAX_MINOR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(quantity: &str, price: &str, advance: &str, places: u8) -> i64 {
        let terms = AssetTerms {
            price: price.parse().unwrap(),
            unit: "hours".parse().unwrap(),
            advance: advance.parse().unwrap(),
            valid: None,
        };
        worth(quantity.parse().unwrap(), &terms, places)
    }

    #[test]
    fn what_a_pledge_is_worth() {
        // quantity, price, advance, the unit's decimals, smallest parts
        let table = [
            ("40", "0.25", "1/2", 2, 500),
            ("40.5", "0.25", "1/2", 2, 506),
            ("1", "1", "1/3", 2, 33),
            ("3", "1", "1/3", 2, 100),
            ("1", "1", "1/3", 0, 0),
            ("0.001", "0.001", "1/1", 2, 0),
            ("2", "3", "0/1", 2, 0),
            ("7", "1.5", "2/3", 0, 7),
            ("1", "1", "1/1000000", 9, 1000),
        ];
        for (quantity, price, advance, places, minor) in table {
            assert_eq!(of(quantity, price, advance, places), minor, "{quantity} × {price} × {advance}");
        }
    }

    #[test]
    fn the_largest_values_neither_overflow_nor_wrap() {
        let most = "9007199254740991";
        let finest = "9007199.254740991";
        assert_eq!(of(most, most, "1/1", 9), MAX_MINOR);
        assert_eq!(of(most, most, "999999/1000000", 0), MAX_MINOR);
        assert_eq!(of(most, most, "1/1000000", 9), MAX_MINOR);
        // (2^53 - 1)^2 / 10^18 = 81129638414606.66...
        assert_eq!(of(finest, finest, "1/1", 0), 81_129_638_414_606);
        assert_eq!(of(finest, finest, "1/1000000", 0), 81_129_638);
        assert_eq!(of(most, "0.000000001", "1/1", 0), 9_007_199);
    }

    #[test]
    fn a_share_of_everything() {
        assert_eq!(part(u128::MAX, Ratio::new(1, 1).unwrap()), MAX_MINOR);
        assert_eq!(part(10, Ratio::new(1, 3).unwrap()), 3);
        assert_eq!(part(0, Ratio::new(1, 3).unwrap()), 0);
    }
}
