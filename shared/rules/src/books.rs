//! Passbooks over several chains: a new device, or another keeper, goes on where the books before it end
//! (protocol, section 5).

use std::collections::BTreeSet;

use event::{Account, Body, EventId, Item, Line, Unit};

use crate::case::Tally;
use crate::facts::{Facts, Link};
use crate::register::{Key, Value};

/// A part of an account's books: a chain up to an event, and where on it the keeping began.
struct Part {
    last: Link,
    /// The event just before the keeping began; none where the whole chain counts.
    before: Option<Link>,
}

/// The balance of an account at `head` under the entry that its chain knows, in smallest parts.
pub fn balance<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    unit: &Unit,
) -> Result<i64, F::Error> {
    let carried = match facts.fact(register, &Key::Carried(account.clone(), unit.clone()))? {
        Some(Value::Minor(minor)) => minor,
        _ => 0,
    };
    let moved = over_parts(facts, register, head, account, |at| facts.balance(at, account, unit))?;
    Ok(carried.saturating_add(moved))
}

/// A running sum of an account at `head`, in smallest parts.
pub fn tallied<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    tally: &Tally,
) -> Result<i64, F::Error> {
    over_parts(facts, register, head, account, |at| facts.tally(at, account, tally))
}

/// Whether the books have received, declined or taken back the item.
pub(crate) fn taken<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    item: &Item,
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.taken(last, item))
}

/// Whether the books have received the leg, rather than declined it.
pub(crate) fn received<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    item: &Item,
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.received(last, item))
}

/// Whether the account has paid under this key.
pub(crate) fn paid<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    key: &Line,
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.paid(last, account, key))
}

/// Whether the account has asked another under this key.
pub(crate) fn asked<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    (of, key): (&Account, &Line),
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.asked(last, account, of, key))
}

/// Whether the account has withdrawn or refused a request.
pub(crate) fn answered<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    request: &EventId,
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.answered(last, request))
}

/// What an account has said to a set-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// Yes.
    Agreed,
    /// No.
    Dissented,
    /// That it is free of it, after a yes.
    Released,
}

/// What the books of an account say to a set-off.
pub(crate) fn answers<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    clearing: &EventId,
) -> Result<BTreeSet<Answer>, F::Error> {
    let mut found = BTreeSet::new();
    for part in parts(facts, register, head, account)? {
        let all = facts.set_offs(&part.last, account)?;
        found.extend(all.into_iter().filter(|(of, _)| of == clearing).map(|(_, answer)| answer));
    }
    Ok(found)
}

/// The last event of each part of the books, the newest first.
pub(crate) fn ends<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
) -> Result<Vec<Link>, F::Error> {
    // A keeper who was never told of the books has written nothing in them.
    let written = |part: &Part| part.before.is_none_or(|before| before.seq != part.last.seq);
    Ok(parts(facts, register, head, account)?.into_iter().filter(written).map(|part| part.last).collect())
}

/// Whether an event stands in the books.
pub(crate) fn on_books<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    event: &Link,
) -> Result<bool, F::Error> {
    in_some_part(facts, register, head, account, |last| facts.precedes(event, last))
}

/// Whether something is so at the end of a part of the books.
fn in_some_part<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    is_so: impl Fn(&Link) -> Result<bool, F::Error>,
) -> Result<bool, F::Error> {
    for part in parts(facts, register, head, account)? {
        if is_so(&part.last)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A running sum over all parts of the books, each counted from where its keeping began.
fn over_parts<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    account: &Account,
    at: impl Fn(&Link) -> Result<i64, F::Error>,
) -> Result<i64, F::Error> {
    let mut sum: i64 = 0;
    for part in parts(facts, register, head, account)? {
        sum = sum.saturating_add(at(&part.last)?);
        if let Some(before) = &part.before {
            sum = sum.saturating_sub(at(before)?);
        }
    }
    Ok(sum)
}

/// The parts of an account's books, the newest first, by the openings that the reader knows: a device that was replaced
/// before it heard of its own opening would pass on nothing.
fn parts<F: Facts>(facts: &F, register: &EventId, head: &Link, account: &Account) -> Result<Vec<Part>, F::Error> {
    let mut parts = Vec::new();
    let (mut last, mut as_of) = (*head, *register);
    loop {
        let handed = match facts.fact(&as_of, &Key::Books(account.clone()))? {
            Some(Value::Books(books)) => Some(books),
            _ => None,
        };
        let opens = match facts.fact(register, &Key::Opens(last.device))? {
            Some(Value::Position(at)) => facts.link(&at.id)?,
            _ => None,
        };
        // Who was handed the account on an earlier device goes on with that device's part of it.
        let earlier = match (&handed, &opens) {
            (Some(books), Some(opens)) => facts.descends(&opens.register, &books.entry)?,
            _ => false,
        };
        let next = match handed.filter(|_| !earlier) {
            Some(books) => {
                parts.push(Part { last, before: just_before(facts, &last, &books.entry)? });
                if let Some(Body::Entry(entry)) = facts.body(&books.entry)? {
                    as_of = entry.after;
                }
                facts.link(&books.at.id)?
            }
            None => {
                parts.push(Part { last, before: None });
                opens
            }
        };
        match next {
            Some(at) => last = at,
            None => return Ok(parts),
        }
    }
}

/// The event of a chain before the one with which it came to know an entry; its last, if it never did.
fn just_before<F: Facts>(facts: &F, last: &Link, entry: &EventId) -> Result<Option<Link>, F::Error> {
    for (seq, known) in facts.advances(last)? {
        if facts.descends(&known, entry)? {
            return Ok(seq.checked_sub(1).map(|seq| Link { seq, ..*last }));
        }
    }
    Ok(Some(*last))
}
