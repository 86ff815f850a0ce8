//! Succession: another steward takes the register over from a secretary who is lost or dishonest (protocol, section 4).

use std::collections::BTreeSet;

use event::{Body, EventId, Handle, Succeed};

use super::entry::later;
use crate::case::{Case, Effects, Entered, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Stewards, Value};
use crate::settle::{quorum, settlers_of, steward_of, stewards, term};

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

/// The entry that a chain must name in a consent: of all that it has acknowledged, made or come to know, the one of
/// the latest term, and of one term the deepest.
pub fn last_acknowledged<F: Facts>(facts: &F, known: &EventId, head: &Link) -> Result<EventId, F::Error> {
    let mut entries = vec![*known];
    entries.extend(facts.last_entry(head)?);
    for event in facts.acknowledged(head)? {
        if let Some(link) = facts.link(&event)? {
            entries.extend(facts.last_entry(&link)?);
        }
    }
    let mut last = None;
    for entry in entries {
        last = last.max(Some((term(facts, &entry)?, facts.height(&entry)?, entry)));
    }
    Ok(last.map_or(*known, |(_, _, entry)| entry))
}

/// A consent: who gave it, and the last entry that it names.
struct Consent {
    by: Handle,
    entry: EventId,
}

/// The entry of a succession: after the deepest entry that its consents carry. The set under which these were given
/// settles it: the register may have gone on to another one that nobody came to know.
pub(super) fn succession<F: Facts>(
    case: &Case<'_, F>,
    at: &EventId,
    next: u32,
    approvals: &[EventId],
) -> Rung<Effects, F::Error> {
    if next <= term(case.facts, at)? {
        return refuse(Refusal::WrongTerm);
    }
    let Some(asked) = settlers_of(case.facts, approvals)? else { return refuse(Refusal::TooFewApprovals) };
    let consents = consents(case, &asked, next, approvals)?;
    if consents.len() < quorum(asked.handles.len()) || !case.facts.descends(at, &asked.set)? {
        return refuse(Refusal::TooFewApprovals);
    }
    match next_secretary(case.facts, at, next)? {
        Some(handle) if steward_of(case.facts, at, &case.event.device)?.is_some_and(|(_, by)| by == handle) => {}
        _ => return refuse(Refusal::NotNext),
    }
    if base(case.facts, consents, asked.handles.len())? != Some(*at) {
        return refuse(Refusal::WrongEntry);
    }
    if !later(case, at, case.facts.last_entry(&case.head()?)?)? {
        return refuse(Refusal::NotAfterLast);
    }
    let Some(now) = stewards(case.facts, at)? else { return refuse(Refusal::StewardCount) };
    let entered = Entered {
        after: Some(*at),
        settled_by: Some(asked.set),
        approvals: approvals.to_vec(),
        facts: vec![
            (Key::Secretary, Some(Value::Device(case.event.device))),
            (Key::Term, Some(Value::Count(next))),
            (Key::Stewards, Some(Value::Stewards(Stewards { set: case.id, ..now }))),
        ],
        closes: true,
        ..Entered::default()
    };
    Ok(Effects { entered: Some(entered), ..case.effects() })
}

/// What the consents say; each is of a distinct steward of the set, for this term, given under this set.
fn consents<F: Facts>(
    case: &Case<'_, F>,
    asked: &Stewards,
    next: u32,
    approvals: &[EventId],
) -> Rung<Vec<Consent>, F::Error> {
    let mut consents: Vec<Consent> = Vec::new();
    for id in approvals {
        let Some(Body::Succeed(succeed)) = case.facts.body(id)? else { return refuse(Refusal::TooFewApprovals) };
        let Some(link) = case.facts.link(id)?.filter(|_| succeed.term == next) else {
            return refuse(Refusal::WrongTerm);
        };
        match steward_of(case.facts, &link.register, &link.device)? {
            Some((set, by)) if set == asked.set && consents.iter().all(|consent| consent.by != by) => {
                consents.push(Consent { by, entry: succeed.entry });
            }
            _ => return refuse(Refusal::TooFewApprovals),
        }
    }
    Ok(consents)
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

/// The entry after which a succession goes on, by the entries that so many of the stewards name; none while what they
/// name does not decide it.
pub fn succession_base<F: Facts>(
    facts: &F,
    named: &[(Handle, EventId)],
    stewards: usize,
) -> Result<Option<EventId>, F::Error> {
    let consents = named.iter().map(|(by, entry)| Consent { by: by.clone(), entry: *entry });
    base(facts, consents.collect(), stewards)
}

/// Where the register goes on: at the deepest of the entries of the latest term that are named, if they lie on one
/// line. Else whoever has written what contradicts itself is not asked, and it is the deepest that is carried by as
/// many as must be honest and have agreed, unless two such contradict each other.
fn base<F: Facts>(facts: &F, mut consents: Vec<Consent>, stewards: usize) -> Result<Option<EventId>, F::Error> {
    let mut latest = 0;
    for consent in &consents {
        latest = latest.max(term(facts, &consent.entry)?);
    }
    let mut late = Vec::new();
    for consent in &consents {
        if term(facts, &consent.entry)? == latest {
            late.push(consent.entry);
        }
    }
    if let Some(deepest) = deepest(facts, &late)? {
        return Ok(Some(deepest));
    }
    for entry in late {
        let liar = keeper_of(facts, &entry)?;
        consents.retain(|consent| Some(&consent.by) != liar.as_ref());
    }
    let named: Vec<EventId> = consents.iter().map(|consent| consent.entry).collect();
    let Some(enough) = quorum(stewards).saturating_add(named.len()).checked_sub(stewards).filter(|n| *n > 0) else {
        return Ok(None);
    };
    let mut carried = Vec::new();
    for entry in ancestors(facts, &named)? {
        let mut by = 0usize;
        for other in &named {
            by = by.saturating_add(usize::from(facts.descends(other, &entry)?));
        }
        if by >= enough {
            carried.push(entry);
        }
    }
    deepest(facts, &carried)
}

/// The member whose device wrote an entry.
fn keeper_of<F: Facts>(facts: &F, entry: &EventId) -> Result<Option<Handle>, F::Error> {
    let Some(link) = facts.link(entry)? else { return Ok(None) };
    Ok(match facts.fact(entry, &Key::Device(link.device))? {
        Some(Value::Holder(holder)) => Some(holder.handle),
        _ => None,
    })
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

/// The entries named with those before them, down to where all of them are carried: nothing below that is deeper.
fn ancestors<F: Facts>(facts: &F, named: &[EventId]) -> Result<BTreeSet<EventId>, F::Error> {
    let mut found = BTreeSet::new();
    for entry in named {
        let mut at = *entry;
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
