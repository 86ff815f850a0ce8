//! Founding, invitations, motions, approvals, objections, acknowledgements (protocol, sections 4 and 6).

mod entry;
mod succession;

use event::{
    Account, Ack, Approve, Body, EventId, Found, Invite, Join, KindOfMember, Motion, Object, Refounds, Verified,
    invitation_message, verify_strict,
};

use crate::case::{Case, Effects, Entered, Rung, refuse};
use crate::change::{Document, Settings, Way, agrees_to_end, apply, balanced, document, ends_own, hands, new_member};
use crate::charter::Charter;
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Member, Standing, Stewards, Value};
use crate::settle::{closing, open_ends, steward_of, term};

pub(crate) use entry::entry;
pub use entry::{admitted_by, inviter};
pub(crate) use succession::succeed;
pub use succession::{last_acknowledged, next_secretary, succession_base};

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
        (Key::Count(KindOfMember::Person), Some(Value::Count(1))),
        (Key::Keeper(Account::commons()), Some(Value::Handle(handle.clone()))),
        (Key::Keeps(handle.clone()), Some(Value::Accounts(vec![Account::commons()]))),
    ];
    let founder = Member { device, confirmed: true, standing: Standing::Active, kind: KindOfMember::Person };
    facts.extend(new_member(&handle, founder));
    facts.extend(document(&Document { new: &charter, old: None, event: id }, &id));
    if let Some(before) = &found.refounds {
        facts.extend(openings(before, &charter)?);
    }
    let entered = Entered { settled_by: Some(id), facts, ..Entered::default() };
    Ok(Effects {
        register: id,
        steward: Some((id, handle)),
        closes: None,
        term: None,
        parts: false,
        entered: Some(entered),
        moves: Vec::new(),
        hands: None,
        tallies: Vec::new(),
    })
}

/// What the accounts of a refounded community begin with: in units that it has, with a sum of zero in each.
fn openings<E>(before: &Refounds, charter: &Charter) -> Rung<Settings, E> {
    let mut set = Settings::new();
    for opening in &before.openings {
        let Some(def) = charter.units.iter().find(|def| def.unit == opening.unit) else {
            return refuse(Refusal::NoUnit);
        };
        if def.base.lower.places() != opening.amount.places() {
            return refuse(Refusal::WrongPlaces);
        }
        let key = Key::Carried(opening.account.clone(), opening.unit.clone());
        set.push((key, Some(Value::Minor(opening.signed()))));
    }
    match balanced(&before.openings) {
        true => Ok(set),
        false => refuse(Refusal::BadOpenings),
    }
}

/// A request to join; who answers an invitation shows that it has the seed.
pub(crate) fn join<F: Facts>(case: &Case<'_, F>, join: &Join) -> Rung<Effects, F::Error> {
    let Some(invited) = &join.invited else { return Ok(case.effects()) };
    let (Some(Body::Invite(invite)), Some(log)) = (case.facts.body(&invited.by)?, case.event.log) else {
        return refuse(Refusal::BadInvitation);
    };
    let message = invitation_message(&log, &invited.by, &case.event.device, &case.event.author);
    match verify_strict(&invite.key, &message, &invited.proof) {
        Ok(()) => Ok(case.effects()),
        Err(_) => refuse(Refusal::BadInvitation),
    }
}

/// A steward's invitation, good from now on.
pub(crate) fn invite<F: Facts>(case: &Case<'_, F>, invite: &Invite) -> Rung<Effects, F::Error> {
    if steward_of(case.facts, &case.register, &case.event.device)?.is_none() {
        return refuse(Refusal::NotSteward);
    }
    match invite.expires > case.event.time {
        true => Ok(case.effects()),
        false => refuse(Refusal::BadInvitation),
    }
}

/// Any member's proposal; it must fit the register that the author knows.
pub(crate) fn motion<F: Facts>(case: &Case<'_, F>, motion: &Motion) -> Rung<Effects, F::Error> {
    let text = case.event.text.as_ref().map(|text| text.as_str());
    let way = Way { id: case.id, own: case.position(), moved: true, approvals: 0, text };
    apply(case.facts, &case.register, &motion.change, &way)?;
    Ok(Effects { parts: ends_own(&motion.change), hands: hands(&motion.change), ..case.effects() })
}

/// A steward's consent, once for each motion.
pub(crate) fn approve<F: Facts>(case: &Case<'_, F>, approve: &Approve) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let Some((set, _)) = steward_of(case.facts, &case.register, &case.event.device)? else {
        return refuse(Refusal::NotSteward);
    };
    let Some(Body::Motion(motion)) = case.facts.body(&approve.motion)? else { return refuse(Refusal::NoMotion) };
    if case.facts.approved(&head, &approve.motion)? {
        return refuse(Refusal::ApprovedBefore);
    }
    agrees_to_end(case, &motion.change, approve.motion)?;
    let closes = closing(case.facts, &case.register, &motion.change)?.then_some(set);
    Ok(Effects { closes, ..case.effects() })
}

/// A steward's dissent, once for each motion; it binds nobody.
pub(crate) fn object<F: Facts>(case: &Case<'_, F>, object: &Object) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    if steward_of(case.facts, &case.register, &case.event.device)?.is_none() {
        return refuse(Refusal::NotSteward);
    }
    let Some(Body::Motion(_)) = case.facts.body(&object.motion)? else { return refuse(Refusal::NoMotion) };
    match case.facts.objected(&head, &object.motion)? {
        true => refuse(Refusal::ObjectedBefore),
        false => Ok(case.effects()),
    }
}

/// A steward's acknowledgement: of other chains, forward, on one branch of each, not beyond approved cuts.
pub(crate) fn ack<F: Facts>(case: &Case<'_, F>, ack: &Ack) -> Rung<Effects, F::Error> {
    let head = case.head()?;
    let Some((set, _)) = steward_of(case.facts, &case.register, &case.event.device)? else {
        return refuse(Refusal::NotSteward);
    };
    let mut entries = Vec::new();
    for position in &ack.positions {
        let link = match case.facts.link(&position.id)? {
            Some(link) if link.device == position.device && link.seq == position.seq => link,
            _ => return refuse(Refusal::BadPosition),
        };
        if link.device == case.event.device {
            return refuse(Refusal::AcksItself);
        }
        forward(case, &head, &set, &link)?;
        if contradicts(case.facts, &head, &link, &mut entries)? {
            return refuse(Refusal::AckOtherBranch);
        }
        within_ends(case, &head, &link)?;
    }
    Ok(case.effects())
}

/// Whether the last entry up to `link` contradicts one that the chain of `head` has acknowledged or made, or one of
/// `entries`, to which it is added.
///
/// Two entries of one term that a chain acknowledges lie on one line, whoever wrote them. Of an earlier term they need
/// not: what a succession has left aside does not stop the chain on which it stands.
pub fn contradicts<F: Facts>(
    facts: &F,
    head: &Link,
    link: &Link,
    entries: &mut Vec<EventId>,
) -> Result<bool, F::Error> {
    let Some(new) = facts.last_entry(link)? else { return Ok(false) };
    if let Some(position) = facts.acked(head, None, &link.device, None)?
        && let Some(before) = facts.link(&position.id)?
        && facts.last_entry(&before)? == Some(new)
    {
        return Ok(false);
    }
    if entries.is_empty() {
        entries.extend(facts.last_entry(head)?);
        for event in facts.acknowledged(head)? {
            if let Some(link) = facts.link(&event)? {
                entries.extend(facts.last_entry(&link)?);
            }
        }
    }
    let of = term(facts, &new)?;
    for entry in entries.iter() {
        if term(facts, entry)? == of && !facts.descends(entry, &new)? && !facts.descends(&new, entry)? {
            return Ok(true);
        }
    }
    entries.push(new);
    Ok(false)
}

/// Not beyond an end to which the author has agreed, as long as it was not refused; but an entry there can be
/// acknowledged, which counts for entries only: else the register could not go on at a secretary whose chain it is,
/// and nobody could enter the refusal.
fn within_ends<F: Facts>(case: &Case<'_, F>, head: &Link, link: &Link) -> Rung<(), F::Error> {
    for at in open_ends(case.facts, head, &case.register, link)? {
        let entry = case.facts.last_entry(link)? == Some(link.id);
        if !entry || !case.facts.precedes(&at, link)? {
            return refuse(Refusal::AckBeyondCut);
        }
    }
    Ok(())
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
