//! The secretary's entries: after the last one, with the authority that the change needs.

use std::collections::BTreeSet;

use event::{Body, Change, Entry, EventId, Handle, Route, Threshold, Time};

use super::succession::succession;
use crate::case::{Case, Effects, Entered, Rung, refuse};
use crate::change::{Need, Settings, Way, agrees_to_end, apply, ends_own, hands, needed, own_word};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Stewards, Value};
use crate::settle::{closing, quorum, settled_by, steward_of, stewards, term};
use crate::vote::decides;

/// What stands behind a change.
struct Backing {
    change: Change,
    motion: Option<Link>,
    /// The approvals that are named.
    named: Vec<EventId>,
    /// The stewards who consent.
    consent: BTreeSet<Handle>,
    poll: Option<EventId>,
}

/// An entry of the register.
pub(crate) fn entry<F: Facts>(case: &Case<'_, F>, entry: &Entry) -> Rung<Effects, F::Error> {
    let at = &entry.after;
    if let Route::Succession { term, approvals } = &entry.route {
        return succession(case, at, *term, approvals);
    }
    if case.facts.fact(at, &Key::Secretary)? != Some(Value::Device(case.event.device)) {
        return refuse(Refusal::NotSecretary);
    }
    follows(case, at)?;
    let Some(set) = stewards(case.facts, at)? else { return refuse(Refusal::StewardCount) };
    let backing = match &entry.route {
        Route::Inline(change) => inline(case, at, change)?,
        Route::Moved { motion, approvals, poll } => moved(case, (at, &set), motion, approvals, *poll)?,
        Route::Refused { motion } => {
            open(case, at, motion)?;
            let entered =
                Entered { after: Some(*at), settled_by: Some(set.set), refuses: Some(*motion), ..Entered::default() };
            return Ok(Effects { entered: Some(entered), ..case.effects() });
        }
        Route::Succession { .. } => return refuse(Refusal::NotSecretary),
    };
    make(case, at, &set, backing)
}

/// The change is made, if what stands behind it suffices.
fn make<F: Facts>(case: &Case<'_, F>, at: &EventId, set: &Stewards, backing: Backing) -> Rung<Effects, F::Error> {
    let mut consent = backing.consent.clone();
    let invitation = invitation(case, at, &backing.change)?;
    if matches!(backing.change, Change::Admit { .. })
        && invitation.is_none()
        && case.facts.fact(at, &Key::InvitedOnly)?.is_some()
    {
        return refuse(Refusal::BadInvitation);
    }
    consent.extend(invitation.as_ref().map(|(_, inviter)| inviter.clone()));
    suffices(case, at, set, &backing, consent.len())?;
    let own = backing.motion.map_or(case.position(), |motion| event::Position {
        device: motion.device,
        seq: motion.seq,
        id: motion.id,
    });
    let text = match (&backing.change, &backing.motion) {
        (Change::Rules { .. }, Some(motion)) => case.facts.text(&motion.id)?,
        _ => None,
    };
    let moved = backing.motion.is_some();
    let way = Way { id: case.id, own, moved, approvals: consent.len(), text: text.as_deref() };
    let (mut facts, cut) = apply(case.facts, at, &backing.change, &way)?;
    facts.extend(used(case, at, invitation)?);
    let closes = closing(case.facts, at, &backing.change)?;
    let entered = Entered {
        after: Some(*at),
        settled_by: Some(set.set),
        motion: backing.motion.map(|motion| motion.id),
        approvals: if moved { backing.named } else { vec![case.id] },
        refuses: None,
        facts,
        cut,
        closes,
    };
    let closes = (!moved && closes).then_some(set.set);
    let hands = if moved { None } else { hands(&backing.change) };
    Ok(Effects { entered: Some(entered), closes, hands, ..case.effects() })
}

/// After the last entry of the own chain; or after that by which another device handed the office on.
fn follows<F: Facts>(case: &Case<'_, F>, at: &EventId) -> Rung<(), F::Error> {
    let last = case.facts.last_entry(&case.head()?)?;
    if last == Some(*at) {
        return Ok(());
    }
    let handed_on = case.facts.link(at)?.is_some_and(|link| link.device != case.event.device);
    match handed_on && later(case, at, last)? {
        true => Ok(()),
        false => refuse(Refusal::NotAfterLast),
    }
}

/// Whether an entry comes after the last one on the own chain: further on, or in a later term, by whose succession the
/// last one was left aside.
pub(super) fn later<F: Facts>(case: &Case<'_, F>, at: &EventId, last: Option<EventId>) -> Result<bool, F::Error> {
    let Some(last) = last else { return Ok(true) };
    Ok(case.facts.descends(at, &last)? || term(case.facts, at)? > term(case.facts, &last)?)
}

/// The secretary's own word, which is its author's approval, too.
fn inline<F: Facts>(case: &Case<'_, F>, at: &EventId, change: &Change) -> Rung<Backing, F::Error> {
    let author = steward_of(case.facts, at, &case.event.device)?;
    if !ends_own(change) {
        agrees_to_end(case, change, case.id)?;
    }
    Ok(Backing {
        change: change.clone(),
        motion: None,
        named: Vec::new(),
        consent: author.map(|(_, handle)| handle).into_iter().collect(),
        poll: None,
    })
}

fn moved<F: Facts>(
    case: &Case<'_, F>,
    (at, set): (&EventId, &Stewards),
    motion: &EventId,
    approvals: &[EventId],
    poll: Option<EventId>,
) -> Rung<Backing, F::Error> {
    let change = open(case, at, motion)?;
    let closes = closing(case.facts, at, &change)?;
    let consent = approvers(case, (at, set), closes, motion, approvals)?;
    Ok(Backing { change, motion: case.facts.link(motion)?, named: approvals.to_vec(), consent, poll })
}

/// The change that a motion proposes, neither entered nor refused yet.
fn open<F: Facts>(case: &Case<'_, F>, at: &EventId, motion: &EventId) -> Rung<Change, F::Error> {
    let Some(Body::Motion(moved)) = case.facts.body(motion)? else { return refuse(Refusal::NoMotion) };
    if case.facts.entered(at, motion)? {
        return refuse(Refusal::EnteredBefore);
    }
    match case.facts.refused(at, motion)? {
        true => refuse(Refusal::MotionRefused),
        false => Ok(moved.change),
    }
}

/// Whether approvals, poll and, for a chain that ends by its own word, settlement are what the change needs.
fn suffices<F: Facts>(
    case: &Case<'_, F>,
    at: &EventId,
    set: &Stewards,
    backing: &Backing,
    consent: usize,
) -> Rung<(), F::Error> {
    let Need { approvals, poll } = needed(case.facts, at, &backing.change, set)?;
    if consent < approvals {
        return refuse(Refusal::TooFewApprovals);
    }
    // An approval promises which branch of an ending chain is acknowledged; an account is handed on with its books as
    // they are settled, since nothing cuts the chain.
    let promised = ends_own(&backing.change) && consent >= quorum(set.handles.len());
    if let Some(motion) = backing.motion
        && own_word(&backing.change)
        && !promised
        && !settled_by(case.facts, at, &case.witnesses, &motion)?
    {
        return refuse(Refusal::TooFewApprovals);
    }
    match (poll, backing.poll, backing.motion) {
        (None, None, _) => Ok(()),
        (wanted, Some(close), Some(motion)) => decided(case, &close, &motion.id, wanted),
        _ => refuse(Refusal::TooFewApprovals),
    }
}

/// Whether a count says that the poll on the motion has passed, by the threshold that is wanted.
fn decided<F: Facts>(
    case: &Case<'_, F>,
    close: &EventId,
    motion: &EventId,
    wanted: Option<Threshold>,
) -> Rung<(), F::Error> {
    let Some(Body::Close(count)) = case.facts.body(close)? else { return refuse(Refusal::TooFewApprovals) };
    let Some(Body::Open(open)) = case.facts.body(&count.poll)? else { return refuse(Refusal::TooFewApprovals) };
    match open.motion == Some(*motion) && count.outcome.passed && decides(&open, wanted) {
        true => Ok(()),
        false => refuse(Refusal::TooFewApprovals),
    }
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

/// The invitation that a newcomer answers, while it is good, and the steward who gave it.
fn invitation<F: Facts>(
    case: &Case<'_, F>,
    at: &EventId,
    change: &Change,
) -> Rung<Option<(EventId, Handle)>, F::Error> {
    let Change::Admit { request, .. } = change else { return Ok(None) };
    let Some(Body::Join(join)) = case.facts.body(request)? else { return Ok(None) };
    let Some(by) = join.invited.map(|invited| invited.by) else { return Ok(None) };
    Ok(inviter(case.facts, at, &by, case.event.time)?.map(|handle| (by, handle)))
}

/// The steward who gave an invitation, if it is good just after an entry: not expired, not used up, and the device
/// that gave it is still a steward's.
pub fn inviter<F: Facts>(
    facts: &F,
    at: &EventId,
    invitation: &EventId,
    time: Time,
) -> Result<Option<Handle>, F::Error> {
    let (Some(Body::Invite(invite)), Some(link)) = (facts.body(invitation)?, facts.link(invitation)?) else {
        return Ok(None);
    };
    if time > invite.expires || admitted_by(facts, at, invitation)? >= u32::from(invite.uses) {
        return Ok(None);
    }
    Ok(steward_of(facts, at, &link.device)?.map(|(_, handle)| handle))
}

/// How many were admitted by an invitation.
pub fn admitted_by<F: Facts>(facts: &F, at: &EventId, invitation: &EventId) -> Result<u32, F::Error> {
    Ok(match facts.fact(at, &Key::Invited(*invitation))? {
        Some(Value::Count(n)) => n,
        _ => 0,
    })
}

fn used<F: Facts>(case: &Case<'_, F>, at: &EventId, invitation: Option<(EventId, Handle)>) -> Rung<Settings, F::Error> {
    let Some((by, _)) = invitation else { return Ok(Settings::new()) };
    let n = admitted_by(case.facts, at, &by)?.saturating_add(1);
    Ok(vec![(Key::Invited(by), Some(Value::Count(n)))])
}
