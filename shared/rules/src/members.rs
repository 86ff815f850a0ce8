//! Founding, motions, approvals, entries, acknowledgements (protocol, sections 4 and 6).

use std::collections::BTreeSet;

use event::{Account, Ack, Approve, Body, Change, Entry, EventId, Found, Handle, Motion, Position, Route, Verified};

use crate::case::{Case, Effects, Entered, Rung, refuse};
use crate::change::{apply, needed, new_member};
use crate::charter::Charter;
use crate::facts::{Facts, Key, Link, Member, Stewards, Value};
use crate::refusal::Refusal;
use crate::settle::{closing, steward_of, stewards};

/// The genesis: the founder is secretary, first steward and first member, confirmed.
pub(crate) fn found<E>(verified: &Verified, found: &Found) -> Rung<Effects, E> {
    let text = verified.event.text.as_ref().map_or("", |text| text.as_str());
    let Ok(charter) = Charter::read(text) else { return refuse(Refusal::BadCharter) };
    if !verified.event.deps.is_empty() || verified.event.register.is_some() {
        return refuse(Refusal::WrongDeps);
    }
    let (id, device, handle) = (verified.id, verified.event.device, verified.event.author.clone());
    let set = Stewards { set: id, handles: vec![handle.clone()] };
    let mut facts = vec![
        (Key::Community, Some(Value::Name(found.community.clone()))),
        (Key::Secretary, Some(Value::Device(device))),
        (Key::Stewards, Some(Value::Stewards(set))),
        (Key::Electorate, Some(Value::Count(1))),
        (Key::Keeper(Account::commons()), Some(Value::Device(device))),
    ];
    facts.extend(new_member(&handle, Member { device, confirmed: true }));
    for unit in charter.units {
        facts.push((Key::Unit(unit.unit.clone()), Some(Value::Unit(unit))));
    }
    for (change, authority) in charter.authority {
        facts.push((Key::Authority(change), Some(Value::Authority(authority))));
    }
    let entered = Entered { settled_by: Some(id), facts, ..Entered::default() };
    Ok(Effects { register: id, steward: Some((id, handle)), closes: None, entered: Some(entered), moves: Vec::new() })
}

/// Any member's proposal; it must fit the register that the author knows.
pub(crate) fn motion<F: Facts>(case: &Case<'_, F>, motion: &Motion) -> Rung<Effects, F::Error> {
    apply(case.facts, &case.register, &motion.change, case.id, 0)?;
    Ok(case.effects())
}

/// A steward's consent, once for each motion. For a cut, the own acknowledgements must not lie beyond it.
pub(crate) fn approve<F: Facts>(case: &Case<'_, F>, approve: &Approve) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let Some((set, _)) = steward_of(case.facts, &case.register, &case.event.device)? else {
        return refuse(Refusal::NotSteward);
    };
    let Some(Body::Motion(motion)) = case.facts.body(&approve.motion)? else { return refuse(Refusal::NoMotion) };
    if case.facts.approved(&head, &approve.motion)? {
        return refuse(Refusal::ApprovedBefore);
    }
    if let Change::Cut { position } = &motion.change
        && acked_beyond(case, &head, position)?
    {
        return refuse(Refusal::AckedBeyondCut);
    }
    let closes = closing(&motion.change).then_some(set);
    Ok(Effects { closes, ..case.effects() })
}

fn acked_beyond<F: Facts>(case: &Case<'_, F>, head: &Link, cut: &Position) -> Rung<bool, F::Error> {
    if cut.device == case.event.device {
        // Its own chain, which every event of it acknowledges, goes on beyond any cut.
        return Ok(true);
    }
    let Some(acked) = case.facts.acked(head, None, &cut.device, None)? else { return Ok(false) };
    let (Some(acked), Some(cut)) = (case.facts.link(&acked.id)?, case.facts.link(&cut.id)?) else {
        return refuse(Refusal::BadCut);
    };
    Ok(!case.facts.precedes(&acked, &cut)?)
}

/// The secretary's entry: after the last one, with the authority that the change needs.
pub(crate) fn entry<F: Facts>(case: &Case<'_, F>, entry: &Entry) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let at = &entry.after;
    if case.facts.fact(at, &Key::Secretary)? != Some(Value::Device(case.event.device)) {
        return refuse(Refusal::NotSecretary);
    }
    if case.facts.last_entry(&head)? != Some(*at) {
        return refuse(Refusal::NotAfterLast);
    }
    let Some(set) = stewards(case.facts, at)? else { return refuse(Refusal::StewardCount) };
    let (change, motion, approvals) = match &entry.route {
        Route::Inline(change) => {
            let author = steward_of(case.facts, at, &case.event.device)?;
            // An inline entry is its author's approval, too.
            if let Change::Cut { position } = change
                && acked_beyond(case, &head, position)?
            {
                return refuse(Refusal::AckedBeyondCut);
            }
            (change.clone(), None, author.map(|(_, handle)| handle).into_iter().collect())
        }
        Route::Moved { motion, approvals } => {
            let Some(Body::Motion(moved)) = case.facts.body(motion)? else { return refuse(Refusal::NoMotion) };
            if case.facts.entered(at, motion)? {
                return refuse(Refusal::EnteredBefore);
            }
            let who = approvers(case, (at, &set), closing(&moved.change), motion, approvals)?;
            (moved.change, Some(*motion), who)
        }
    };
    let needed = needed(case.facts, at, &change, &set)?;
    if approvals.len() < needed {
        return refuse(Refusal::TooFewApprovals);
    }
    let facts = apply(case.facts, at, &change, case.id, approvals.len())?;
    let named = match &entry.route {
        Route::Moved { approvals, .. } => approvals.clone(),
        Route::Inline(_) => vec![case.id],
    };
    let cut = match &change {
        Change::Cut { position } => Some(*position),
        _ => None,
    };
    let entered = Entered {
        after: Some(*at),
        settled_by: Some(set.set),
        motion,
        approvals: named,
        facts,
        cut,
        closes: closing(&change),
    };
    let closes = (entered.motion.is_none() && entered.closes).then_some(set.set);
    Ok(Effects { entered: Some(entered), closes, ..case.effects() })
}

/// The distinct stewards, in force just before the entry, whose approvals of the motion are named.
///
/// An approval that changes the stewards is its author's last word under one set, so it must have been given
/// under the very set that it ends: an older one would close what it never saw.
fn approvers<F: Facts>(
    case: &Case<'_, F>,
    (at, set): (&EventId, &Stewards),
    closes: bool,
    motion: &EventId,
    approvals: &[EventId],
) -> Rung<BTreeSet<Handle>, F::Error> {
    let mut who = BTreeSet::new();
    for id in approvals {
        let approves = matches!(case.facts.body(id)?, Some(Body::Approve(a)) if a.motion == *motion);
        let Some(link) = case.facts.link(id)?.filter(|_| approves) else { return refuse(Refusal::TooFewApprovals) };
        if closes && stewards(case.facts, &link.register)?.is_none_or(|under| under.set != set.set) {
            return refuse(Refusal::TooFewApprovals);
        }
        match steward_of(case.facts, at, &link.device)? {
            Some((_, handle)) if who.insert(handle.clone()) => {}
            _ => return refuse(Refusal::TooFewApprovals),
        }
    }
    Ok(who)
}

/// A steward's acknowledgement: of other chains, forward, on one branch of each, not beyond approved cuts.
pub(crate) fn ack<F: Facts>(case: &Case<'_, F>, ack: &Ack) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let Some((set, _)) = steward_of(case.facts, &case.register, &case.event.device)? else {
        return refuse(Refusal::NotSteward);
    };
    for position in &ack.positions {
        let link = match case.facts.link(&position.id)? {
            Some(link) if link.device == position.device && link.seq == position.seq => link,
            _ => return refuse(Refusal::BadPosition),
        };
        if link.device == case.event.device {
            return refuse(Refusal::AcksItself);
        }
        forward(case, &head, &set, &link)?;
        for cut in case.facts.approved_cuts(&head, &link.device)? {
            match case.facts.link(&cut.id)? {
                Some(cut) if case.facts.precedes(&link, &cut)? => {}
                _ => return refuse(Refusal::AckBeyondCut),
            }
        }
    }
    Ok(case.effects())
}

fn forward<F: Facts>(case: &Case<'_, F>, head: &Link, set: &EventId, link: &Link) -> Rung<(), F::Error> {
    let Some(last) = case.facts.acked(head, None, &link.device, None)? else { return Ok(()) };
    let Some(last) = case.facts.link(&last.id)? else { return refuse(Refusal::BadPosition) };
    if !case.facts.precedes(&last, link)? {
        return match case.facts.precedes(link, &last)? {
            true => refuse(Refusal::AckBackwards),
            false => refuse(Refusal::AckOtherBranch),
        };
    }
    // The same place may be listed again only for a new set of stewards.
    if last.id == link.id && case.facts.acked(head, Some(set), &link.device, None)?.is_some_and(|p| p.id == link.id) {
        return refuse(Refusal::AckBackwards);
    }
    Ok(())
}
