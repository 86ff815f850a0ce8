//! Periodic caps: what a member's account may pay within a day, a week, a month (protocol, section 5).

use event::{Account, Amount, EventId, Pay, Time, Unit};

use crate::books::ends;
use crate::case::{Case, Rung, refuse};
use crate::charter::Caps;
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// What the rules let an account pay within a span of claimed time, and what it has paid of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capped {
    /// `day`, `week` or `month`.
    pub span: &'static str,
    /// The most that may be paid within it.
    pub most: Amount,
    /// What was paid within it, refunds aside, in smallest parts; what came back of it counts, too.
    pub paid: i64,
}

/// The caps of an account at a time, by the books that end at `head`, under the entry that the reader knows: none for
/// an account of the community.
pub fn capped<F: Facts>(
    facts: &F,
    register: &EventId,
    head: &Link,
    time: Time,
    account: &Account,
    unit: &Unit,
) -> Result<Vec<Capped>, F::Error> {
    let (Account::Member(_), Some(caps)) = (account, caps(facts, register, unit)?) else { return Ok(Vec::new()) };
    let books = ends(facts, register, head, account)?;
    let mut all = Vec::new();
    for (span, seconds, most) in caps.bounds() {
        let since = time.seconds().saturating_sub(seconds);
        let mut paid: i64 = 0;
        for chain in &books {
            paid = paid.saturating_add(facts.spent(chain, account, unit, since)?);
        }
        all.push(Capped { span, most, paid });
    }
    Ok(all)
}

fn caps<F: Facts>(facts: &F, register: &EventId, unit: &Unit) -> Result<Option<Caps>, F::Error> {
    Ok(match facts.fact(register, &Key::Caps(unit.clone()))? {
        Some(Value::Caps(caps)) => Some(caps),
        _ => None,
    })
}

/// The payment and all others of the span keep within each cap.
pub(super) fn keeps_within<F: Facts>(case: &Case<'_, F>, head: &Link, pay: &Pay, total: i64) -> Rung<(), F::Error> {
    if pay.refund.is_some() {
        return Ok(());
    }
    let within = |cap: &Capped| cap.paid.saturating_add(total) <= cap.most.minor();
    match capped(case.facts, &case.register, head, case.event.time, &pay.from, &pay.unit)?.iter().all(within) {
        true => Ok(()),
        false => refuse(Refusal::BeyondCap),
    }
}
