//! Succession: another steward takes the register over from a secretary who is lost or dishonest (protocol, section 4).

use std::collections::BTreeSet;

use event::{Body, EventId, Handle, Succeed};

use crate::case::{Case, Effects, Entered, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Stewards, Value};
use crate::settle::{quorum, steward_of, stewards, term};

/// A steward's consent. It names the last entry that its author has acknowledged, and is the author's last word
/// under the set that it knows for all but entries of that term and later ones.
pub(crate) fn succeed<F: Facts>(case: &Case<'_, F>, succeed: &Succeed) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let Some((set, _)) = steward_of(case.facts, &case.register, &case.event.device)? else {
        return refuse(Refusal::NotSteward);
    };
    if succeed.term <= term(case.facts, &case.register)? {
        return refuse(Refusal::WrongTerm);
    }
    if last_acknowledged(case.facts, &case.register, &head)? != succeed.entry {
        return refuse(Refusal::WrongEntry);
    }
    Ok(Effects { closes: Some(set), term: Some(succeed.term), ..case.effects() })
}

/// The deepest entry that a chain has acknowledged: on the secretary's chain, or the entry that it knows.
pub fn last_acknowledged<F: Facts>(facts: &F, known: &EventId, head: &Link) -> Result<EventId, F::Error> {
    let Some(Value::Device(secretary)) = facts.fact(known, &Key::Secretary)? else { return Ok(*known) };
    let last = match secretary == head.device {
        true => facts.last_entry(head)?,
        false => match facts.acked(head, None, &secretary, None)? {
            Some(position) => match facts.link(&position.id)? {
                Some(link) => facts.last_entry(&link)?,
                None => None,
            },
            None => None,
        },
    };
    Ok(match last {
        Some(last) if facts.descends(&last, known)? => last,
        _ => *known,
    })
}

/// The entry of a succession: after the deepest entry that its consents carry.
pub(super) fn succession<F: Facts>(
    case: &Case<'_, F>,
    at: &EventId,
    next: u32,
    approvals: &[EventId],
) -> Rung<Effects, F::Error> {
    let Some(set) = stewards(case.facts, at)? else { return refuse(Refusal::StewardCount) };
    let carried = consents(case, (at, &set), next, approvals)?;
    if carried.len() < quorum(set.handles.len()) {
        return refuse(Refusal::TooFewApprovals);
    }
    match next_secretary(case.facts, at, next)? {
        Some(handle) if steward_of(case.facts, at, &case.event.device)?.is_some_and(|(_, by)| by == handle) => {}
        _ => return refuse(Refusal::NotNext),
    }
    if base(case.facts, &carried, set.handles.len())? != Some(*at) {
        return refuse(Refusal::WrongEntry);
    }
    if let Some(last) = case.facts.last_entry(&case.head()?)?
        && !case.facts.descends(at, &last)?
    {
        return refuse(Refusal::NotAfterLast);
    }
    let renewed = Stewards { set: case.id, ..set.clone() };
    let entered = Entered {
        after: Some(*at),
        settled_by: Some(set.set),
        approvals: approvals.to_vec(),
        facts: vec![
            (Key::Secretary, Some(Value::Device(case.event.device))),
            (Key::Term, Some(Value::Count(next))),
            (Key::Stewards, Some(Value::Stewards(renewed))),
        ],
        closes: true,
        ..Entered::default()
    };
    Ok(Effects { entered: Some(entered), ..case.effects() })
}

/// The entries that the consents name; each is of a distinct steward, for this term, given under this set.
fn consents<F: Facts>(
    case: &Case<'_, F>,
    (at, set): (&EventId, &Stewards),
    next: u32,
    approvals: &[EventId],
) -> Rung<Vec<EventId>, F::Error> {
    if next <= term(case.facts, at)? {
        return refuse(Refusal::WrongTerm);
    }
    let (mut who, mut carried): (BTreeSet<Handle>, _) = (BTreeSet::new(), Vec::new());
    for id in approvals {
        let Some(Body::Succeed(succeed)) = case.facts.body(id)? else { return refuse(Refusal::TooFewApprovals) };
        let Some(link) = case.facts.link(id)?.filter(|_| succeed.term == next) else {
            return refuse(Refusal::WrongTerm);
        };
        let under = stewards(case.facts, &link.register)?.is_some_and(|under| under.set == set.set);
        match steward_of(case.facts, at, &link.device)? {
            Some((_, handle)) if under && who.insert(handle.clone()) => carried.push(succeed.entry),
            _ => return refuse(Refusal::TooFewApprovals),
        }
    }
    Ok(carried)
}

/// The steward who keeps the register in a later term: so many places after the present secretary, in the
/// register's order.
pub fn next_secretary<F: Facts>(facts: &F, at: &EventId, next: u32) -> Result<Option<Handle>, F::Error> {
    let (Some(set), Some(Value::Device(device))) = (stewards(facts, at)?, facts.fact(at, &Key::Secretary)?) else {
        return Ok(None);
    };
    let place = match facts.fact(at, &Key::Device(device))? {
        Some(Value::Holder(holder)) => set.handles.iter().position(|handle| *handle == holder.handle),
        _ => None,
    };
    let steps = next.saturating_sub(term(facts, at)?);
    let from = place.map_or(0, |place| place.saturating_add(1));
    let steps = usize::try_from(steps.saturating_sub(1)).unwrap_or(usize::MAX);
    let place = from.saturating_add(steps).checked_rem(set.handles.len());
    Ok(place.and_then(|place| set.handles.get(place)).cloned())
}

/// Where the register goes on: at the deepest of the entries named, if they lie on one line; else at the deepest
/// that is carried by as many as must be honest and have agreed, unless two such contradict each other.
fn base<F: Facts>(facts: &F, named: &[EventId], stewards: usize) -> Result<Option<EventId>, F::Error> {
    if let Some(deepest) = deepest(facts, named)? {
        return Ok(Some(deepest));
    }
    let needed = quorum(stewards).saturating_sub(stewards.saturating_sub(named.len()));
    let mut carried = Vec::new();
    for entry in ancestors(facts, named)? {
        let mut by = 0usize;
        for other in named {
            by = by.saturating_add(usize::from(facts.descends(other, &entry)?));
        }
        if by >= needed {
            carried.push(entry);
        }
    }
    deepest(facts, &carried)
}

/// The deepest of these entries, if they lie on one line.
fn deepest<F: Facts>(facts: &F, entries: &[EventId]) -> Result<Option<EventId>, F::Error> {
    let mut deepest: Option<EventId> = None;
    for entry in entries {
        deepest = match deepest {
            None => Some(*entry),
            Some(so_far) if facts.descends(entry, &so_far)? => Some(*entry),
            Some(so_far) if facts.descends(&so_far, entry)? => Some(so_far),
            Some(_) => return Ok(None),
        };
    }
    Ok(deepest)
}

/// The entries named, and those at which two of them part, with all between.
fn ancestors<F: Facts>(facts: &F, named: &[EventId]) -> Result<BTreeSet<EventId>, F::Error> {
    let mut found = BTreeSet::new();
    for entry in named {
        let mut at = *entry;
        // Down to where all of them are carried: nothing below that is deeper.
        loop {
            found.insert(at);
            let mut all = true;
            for other in named {
                all &= facts.descends(other, &at)?;
            }
            match facts.body(&at)? {
                Some(Body::Entry(entry)) if !all => at = entry.after,
                _ => break,
            }
        }
    }
    Ok(found)
}
