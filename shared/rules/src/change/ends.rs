//! Agreeing to the end of a chain: who acknowledged what may agree to which end, and what may be acknowledged after.

use event::{Account, Body, Change, Device, Entry, EventId, Position, Route};

use crate::case::{Case, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;

/// Whether the author may agree to the change, as far as that ends a chain.
///
/// At a named position, neither the own acknowledgements of that chain lie beyond it, nor those that the approvals of
/// former stewards had made, by which the register tells later ones what is settled. By a motion of its own, they
/// lie on the motion's branch.
pub(crate) fn agrees_to_end<F: Facts>(case: &Case<'_, F>, change: &Change, motion: EventId) -> Rung<(), F::Error> {
    let (device, at, own) = match (named_end(change), ends_own(change)) {
        (Some(at), _) if at.device == case.event.device => return refuse(Refusal::AckedBeyondCut),
        (Some(at), _) => (at.device, at.id, false),
        (None, true) => match case.facts.link(&motion)? {
            Some(link) if link.device == case.event.device => return Ok(()),
            Some(link) => (link.device, motion, true),
            None => return refuse(Refusal::NoMotion),
        },
        (None, false) => return Ok(()),
    };
    let Some(end) = case.facts.link(&at)? else { return refuse(Refusal::BadCut) };
    for acked in acknowledged(case, &device)? {
        let within = case.facts.precedes(&acked, &end)? || (own && case.facts.precedes(&end, &acked)?);
        if !within {
            return refuse(Refusal::AckedBeyondCut);
        }
    }
    Ok(())
}

/// The furthest events of a chain that the author has acknowledged, or that approvals by which a set of stewards
/// ended had.
fn acknowledged<F: Facts>(case: &Case<'_, F>, of: &Device) -> Rung<Vec<Link>, F::Error> {
    let mut witnesses = vec![case.head()?];
    for entry in case.facts.closings(&case.register)? {
        let approvals = match case.facts.body(&entry)? {
            Some(Body::Entry(Entry { route: Route::Moved { approvals, .. }, .. })) => approvals,
            Some(Body::Entry(Entry { route: Route::Succession { approvals, .. }, .. })) => approvals,
            _ => vec![entry],
        };
        for approval in approvals {
            witnesses.extend(case.facts.link(&approval)?);
        }
    }
    let mut found = Vec::new();
    for witness in witnesses {
        if witness.device == *of {
            found.push(witness);
        } else if let Some(position) = case.facts.acked(&witness, None, of, None)? {
            found.extend(case.facts.link(&position.id)?);
        }
    }
    Ok(found)
}

/// The position that the change names as the end of a chain.
fn named_end(change: &Change) -> Option<&Position> {
    match change {
        Change::Cut { position } => Some(position),
        Change::Suspend { at, .. } | Change::Expel { at, .. } | Change::Rekey { at, .. } => Some(at),
        _ => None,
    }
}

/// Whether only the device concerned can move it, and its word must be settled before it is entered.
pub(crate) fn own_word(change: &Change) -> bool {
    ends_own(change) || matches!(change, Change::Hand(_))
}

/// The account that the change hands on.
pub(crate) fn hands(change: &Change) -> Option<Account> {
    match change {
        Change::Hand(hand) => Some(hand.account.clone()),
        _ => None,
    }
}

/// Whether the chain of whoever moves it ends with that motion.
pub(crate) fn ends_own(change: &Change) -> bool {
    matches!(change, Change::Leave { .. } | Change::Move(_))
}
