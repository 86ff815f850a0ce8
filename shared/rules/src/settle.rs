//! Settlement: how many stewards make a quorum, and whether what an event names settles another
//! (protocol, section 6).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use event::{Body, Change, Device, Entry, EventId, Handle, Role, Route};

use crate::facts::{Facts, Link};
use crate::register::{Key, Stewards, Value};

/// The quorum of `n` stewards: any two share an honest one while fewer than a third are dishonest.
///
/// `floor((n + floor((n - 1) / 3)) / 2) + 1` (protocol, section 4); 0 stewards have no quorum that can be met.
pub fn quorum(n: usize) -> usize {
    let spare = n.saturating_sub(1) / 3;
    (n.saturating_add(spare) / 2).saturating_add(1)
}

/// Whether the change ends the set of stewards in force at an entry: it changes who they are, or with which devices.
pub fn closing<F: Facts>(facts: &F, at: &EventId, change: &Change) -> Result<bool, F::Error> {
    let handle = match change {
        Change::Role { role: Role::Steward, .. } => return Ok(true),
        Change::Suspend { handle, .. } | Change::Expel { handle, .. } | Change::Leave { handle } => handle,
        Change::Move(to) | Change::Rekey { to, .. } => &to.handle,
        _ => return Ok(false),
    };
    Ok(stewards(facts, at)?.is_some_and(|stewards| stewards.handles.contains(handle)))
}

/// The stewards in force at an entry.
pub(crate) fn stewards<F: Facts>(facts: &F, at: &EventId) -> Result<Option<Stewards>, F::Error> {
    Ok(match facts.fact(at, &Key::Stewards)? {
        Some(Value::Stewards(stewards)) => Some(stewards),
        _ => None,
    })
}

/// The active member whose present device it is.
pub fn member_of<F: Facts>(facts: &F, at: &EventId, device: &Device) -> Result<Option<Handle>, F::Error> {
    let Some(Value::Holder(holder)) = facts.fact(at, &Key::Device(*device))? else { return Ok(None) };
    Ok(match facts.fact(at, &Key::Member(holder.handle.clone()))? {
        Some(Value::Member(m)) if m.device == *device && m.standing.is_active() => Some(holder.handle),
        _ => None,
    })
}

/// The same, if it is one of the stewards, with their set.
pub(crate) fn steward_of<F: Facts>(
    facts: &F,
    at: &EventId,
    device: &Device,
) -> Result<Option<(EventId, Handle)>, F::Error> {
    let Some(stewards) = stewards(facts, at)? else { return Ok(None) };
    let handle = member_of(facts, at, device)?;
    Ok(handle.filter(|handle| stewards.handles.contains(handle)).map(|handle| (stewards.set, handle)))
}

/// The term of an entry: how many successions there were.
pub fn term<F: Facts>(facts: &F, entry: &EventId) -> Result<u32, F::Error> {
    Ok(match facts.fact(entry, &Key::Term)? {
        Some(Value::Count(term)) => term,
        _ => 0,
    })
}

/// The seq of a chain's last word under a set of stewards, as the chain knows it at `head`; for an entry of `term`,
/// or for anything else. What was approved and has been refused closed nothing.
pub fn last_word<F: Facts>(facts: &F, head: &Link, set: &EventId, entry: Option<u32>) -> Result<Option<u64>, F::Error> {
    for closing in facts.closed(head, set)? {
        let counts = match (closing.term, entry, closing.motion) {
            (Some(later), Some(term), _) => later > term,
            (None, Some(_), _) => false,
            (None, None, Some(motion)) => !facts.refused(&head.register, &motion)?,
            (_, None, _) => true,
        };
        if counts {
            return Ok(Some(closing.seq));
        }
    }
    Ok(None)
}

/// Whether `target` is settled for a chain that knows `register`: for some set of stewards, a quorum of it has
/// acknowledged the target on the witnesses' chains, or a cut in that register covers it.
pub fn settled_by<F: Facts>(
    facts: &F,
    register: &EventId,
    witnesses: &[Link],
    target: &Link,
) -> Result<bool, F::Error> {
    if cut_covers(facts, register, target)? {
        return Ok(true);
    }
    let mut seen: BTreeMap<EventId, BTreeSet<Handle>> = BTreeMap::new();
    for witness in witnesses {
        for (set, steward) in acknowledges(facts, witness, target)? {
            seen.entry(set).or_default().insert(steward);
        }
    }
    reached(facts, &seen)
}

fn reached<F: Facts>(facts: &F, seen: &BTreeMap<EventId, BTreeSet<Handle>>) -> Result<bool, F::Error> {
    for (set, who) in seen {
        // A set is named by the entry that made it, so the entry's own state holds its stewards.
        let all = stewards(facts, set)?;
        if all.is_some_and(|all| who.len() >= quorum(all.handles.len())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The set under which consents to a succession were given: that of the first.
pub(crate) fn settlers_of<F: Facts>(facts: &F, consents: &[EventId]) -> Result<Option<Stewards>, F::Error> {
    let Some(first) = consents.first() else { return Ok(None) };
    match facts.link(first)? {
        Some(link) => stewards(facts, &link.register),
        None => Ok(None),
    }
}

/// The one set that may settle an entry: that of its parent; of a succession, that of its consents.
fn settlers<F: Facts>(facts: &F, entry: &EventId) -> Result<Option<Stewards>, F::Error> {
    match facts.body(entry)? {
        Some(Body::Entry(Entry { route: Route::Succession { approvals, .. }, .. })) => settlers_of(facts, &approvals),
        Some(Body::Entry(entry)) => stewards(facts, &entry.after),
        _ => stewards(facts, entry),
    }
}

/// Whether the entry is settled by the witnesses under the one set that may settle it.
pub(crate) fn entry_settled_by<F: Facts>(facts: &F, witnesses: &[Link], entry: &Link) -> Result<bool, F::Error> {
    let Some(all) = settlers(facts, &entry.id)? else { return Ok(false) };
    let mut who = BTreeSet::new();
    for witness in witnesses {
        for (set, steward) in acknowledges(facts, witness, entry)? {
            if set == all.set {
                who.insert(steward);
            }
        }
    }
    Ok(who.len() >= quorum(all.handles.len()))
}

/// Under which sets the chain of `witness`, up to it, acknowledges `target`, and as which steward.
fn acknowledges<F: Facts>(facts: &F, witness: &Link, target: &Link) -> Result<Vec<(EventId, Handle)>, F::Error> {
    let mut found = Vec::new();
    let entry = match is_entry(facts, target)? {
        true => Some(term(facts, &target.id)?),
        false => None,
    };
    let own = witness.device == target.device;
    if own && !facts.precedes(target, witness)? {
        return Ok(found);
    }
    if own && entry.is_some() {
        found.extend(inline_author(facts, target)?);
    }
    if !own && entry.is_none() && !open_ends(facts, witness, &witness.register, target)?.is_empty() {
        return Ok(found);
    }
    let mut advances = facts.advances(witness)?;
    keep_changes(facts, &mut advances)?;
    for (at, (from, register)) in advances.iter().enumerate() {
        let Some((set, handle)) = steward_of(facts, register, &witness.device)? else { continue };
        let until = at.checked_add(1).and_then(|next| advances.get(next)).map(|(seq, _)| *seq);
        let closed = last_word(facts, witness, &set, entry)?;
        let covers = match own {
            // The steward's own events acknowledge their chain: some event from the target on stood under the set.
            true => {
                let last = earlier(until, closed);
                let first = (*from).max(target.seq);
                last.is_none_or(|last| first < last)
            }
            false => match facts.acked(witness, Some(&set), &target.device, closed)? {
                Some(position) => match facts.link(&position.id)? {
                    Some(link) => facts.precedes(target, &link)?,
                    None => false,
                },
                None => false,
            },
        };
        if covers {
            found.push((set, handle));
        }
    }
    Ok(found)
}

/// The ends to which the chain of `head` has agreed and that do not include `target`, as long as they are not refused in
/// `register`: beyond them the chain acknowledges nothing but entries.
pub fn open_ends<F: Facts>(facts: &F, head: &Link, register: &EventId, target: &Link) -> Result<Vec<Link>, F::Error> {
    let mut open = Vec::new();
    for end in facts.agreed_ends(head, &target.device)? {
        let refused = match end.motion {
            Some(motion) => facts.refused(register, &motion)?,
            None => false,
        };
        let Some(at) = facts.link(&end.at)?.filter(|_| !refused) else { continue };
        let within = facts.precedes(target, &at)? || (end.own && facts.precedes(&at, target)?);
        if !within {
            open.push(at);
        }
    }
    Ok(open)
}

/// Leaves out where the knowledge advanced under the same set of stewards: who acknowledges was the same.
fn keep_changes<F: Facts>(facts: &F, advances: &mut Vec<(u64, EventId)>) -> Result<(), F::Error> {
    let mut changes: Vec<(u64, EventId)> = Vec::new();
    let mut last = None;
    for advance in advances.drain(..) {
        let set = facts.set(&advance.1)?;
        if last != Some(set) {
            changes.push(advance);
        }
        last = Some(set);
    }
    *advances = changes;
    Ok(())
}

/// The seq before which own events count. An approval is the last acknowledgement of its set: it counts itself.
fn earlier(until: Option<u64>, closed: Option<u64>) -> Option<u64> {
    let closed = closed.map(|seq| seq.saturating_add(1));
    match (until, closed) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// An inline entry acknowledges itself under the set of its parent; the genesis under its own.
pub fn inline_author<F: Facts>(facts: &F, entry: &Link) -> Result<Option<(EventId, Handle)>, F::Error> {
    let under = match facts.body(&entry.id)? {
        Some(Body::Entry(e)) if matches!(e.route, Route::Inline(_)) => e.after,
        Some(Body::Found(_)) => entry.id,
        _ => return Ok(None),
    };
    let Some((set, handle)) = steward_of(facts, &under, &entry.device)? else { return Ok(None) };
    let word = last_word(facts, entry, &set, Some(term(facts, &entry.id)?))?;
    Ok(word.is_none_or(|word| word >= entry.seq).then_some((set, handle)))
}

fn is_entry<F: Facts>(facts: &F, link: &Link) -> Result<bool, F::Error> {
    // An entry is the last entry on its own chain as of itself.
    Ok(facts.last_entry(link)? == Some(link.id))
}

/// Whether the register has a cut at or after the target. Only a settled entry can be known, so no entry that
/// never settles lets anything be received.
fn cut_covers<F: Facts>(facts: &F, register: &EventId, target: &Link) -> Result<bool, F::Error> {
    let Some(Value::Position(cut)) = facts.fact(register, &Key::Cut(target.device))? else { return Ok(false) };
    match facts.link(&cut.id)? {
        Some(at) => facts.precedes(target, &at),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quorums_of_the_table() {
        let table = [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (7, 5), (21, 14)];
        for (n, t) in table {
            assert_eq!(quorum(n), t, "{n} stewards");
        }
        assert_eq!(quorum(0), 1);
    }

    #[test]
    fn two_quorums_share_an_honest_steward() {
        for n in 1..=21usize {
            let liars = (n - 1) / 3;
            assert!(2 * quorum(n) > n + liars, "{n} stewards");
            assert!(quorum(n) <= n);
        }
    }
}
