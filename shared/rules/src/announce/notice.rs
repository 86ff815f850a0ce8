//! Who has been given notice: members by their own word, or by that of a steward who told them.

use std::collections::BTreeMap;

use event::{Body, EventId, Handle, KindOfMember, Post, Seen, Time, Told};

use super::named;
use crate::case::{Case, Effects, Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::steward_of;

/// How far notice of a post has been given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The members who have seen it or were told, and since when, of those who were active in the entry that the post
    /// knows; its author among them.
    pub given: BTreeMap<Handle, Time>,
    /// How many were active in that entry.
    pub members: u32,
}

/// Counts receipts of one post among the members of its time: `receipts` are valid events `announce.seen` and
/// `announce.told`; others count nothing.
pub fn noticed<F: Facts>(facts: &F, post: &EventId, receipts: &[EventId]) -> Result<Notice, F::Error> {
    let mut notice = Notice { given: BTreeMap::new(), members: 0 };
    let Some(link) = facts.link(post)? else { return Ok(notice) };
    for kind in KindOfMember::ALL {
        if let Some(Value::Count(n)) = facts.fact(&link.register, &Key::Count(kind))? {
            notice.members = notice.members.saturating_add(n);
        }
    }
    for (member, since) in informed(facts, post, receipts)? {
        let row = facts.fact(&link.register, &Key::Member(member.clone()))?;
        if matches!(row, Some(Value::Member(row)) if row.standing.is_active()) {
            notice.given.insert(member, since);
        }
    }
    Ok(notice)
}

/// Whoever has been given notice of a post by these receipts, member or not, and since when; its author among them.
///
/// A receipt counts from its claimed time, a steward's word from the time that it tells; of several the first.
pub(crate) fn informed<F: Facts>(
    facts: &F,
    post: &EventId,
    receipts: &[EventId],
) -> Result<BTreeMap<Handle, Time>, F::Error> {
    let mut informed = BTreeMap::new();
    let Some(link) = facts.link(post)? else { return Ok(informed) };
    let mut add = |member: Handle, since: Time| {
        let first = informed.entry(member).or_insert(since);
        *first = (*first).min(since);
    };
    let holder = |register: &EventId, device| -> Result<Option<Handle>, F::Error> {
        Ok(match facts.fact(register, &Key::Device(device))? {
            Some(Value::Holder(holder)) => Some(holder.handle),
            _ => None,
        })
    };
    if let Some(author) = holder(&link.register, link.device)? {
        add(author, link.time);
    }
    for id in receipts {
        let Some(receipt) = facts.link(id)? else { continue };
        match facts.body(id)? {
            Some(Body::Seen(seen)) if seen.posts.binary_search(post).is_ok() => {
                if let Some(member) = holder(&receipt.register, receipt.device)? {
                    add(member, receipt.time);
                }
            }
            Some(Body::Told(told)) if told.post == *post => add(told.member, told.at.unwrap_or(receipt.time)),
            _ => {}
        }
    }
    Ok(informed)
}

/// A member's receipts, each for a post that asks for one.
pub(crate) fn seen<F: Facts>(case: &Case<'_, F>, seen: &Seen) -> Rung<Effects, F::Error> {
    for id in &seen.posts {
        asks(case, id)?;
    }
    Ok(case.effects())
}

/// A steward's record that a member was told otherwise, between the post and now.
pub(crate) fn told<F: Facts>(case: &Case<'_, F>, told: &Told) -> Rung<Effects, F::Error> {
    if steward_of(case.facts, &case.register, &case.event.device)?.is_none() {
        return refuse(Refusal::NotSteward);
    }
    let posted = asks(case, &told.post)?;
    if case.fact(&Key::Member(told.member.clone()))?.is_none() {
        return refuse(Refusal::NoMember);
    }
    match told.at.is_none_or(|at| posted <= at && at <= case.event.time) {
        true => Ok(case.effects()),
        false => refuse(Refusal::ToldOutOfTime),
    }
}

/// The time of a post that asks for receipts.
fn asks<F: Facts>(case: &Case<'_, F>, id: &EventId) -> Rung<Time, F::Error> {
    match named(case, id)? {
        (link, Post { notice: true, .. }) => Ok(link.time),
        _ => refuse(Refusal::NoReceipt),
    }
}
