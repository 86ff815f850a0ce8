//! Posts, what becomes of them, and proof of notice (protocol, section 8). Each is judged by the channel's table in
//! the rules, as of the entry that the author's chain knows.

mod notice;

use event::{Body, EventId, Handle, Hide, Post, Readers, Retract, Role};

use crate::case::{Case, Effects, Rung, refuse};
use crate::change::holds;
use crate::charter::Poster;
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{ChannelTerms, Key, Value};
use crate::settle::stewards;

pub use notice::{Notice, noticed};
pub(crate) use notice::{informed, seen, told};

/// What the rules say of a channel at an entry.
pub fn channel<F: Facts>(facts: &F, at: &EventId, name: &Handle) -> Result<ChannelTerms, F::Error> {
    Ok(match facts.fact(at, &Key::Channel(name.clone()))? {
        Some(Value::Channel(terms)) => terms,
        _ => ChannelTerms::default(),
    })
}

/// Whether a member is one of these at an entry.
pub fn is_one_of<'a, F: Facts>(
    facts: &F,
    at: &EventId,
    member: &Handle,
    of: impl IntoIterator<Item = &'a Poster>,
) -> Result<bool, F::Error> {
    for poster in of {
        let fits = match poster {
            Poster::Members => true,
            Poster::Stewards => stewards(facts, at)?.is_some_and(|set| set.handles.contains(member)),
            Poster::Role(role) if role == "secretary" => is_secretary(facts, at, member)?,
            Poster::Role(role) => match role.parse() {
                Ok(role) => holds(facts, at, member, &role)?,
                Err(_) => false,
            },
        };
        if fits {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_secretary<F: Facts>(facts: &F, at: &EventId, member: &Handle) -> Result<bool, F::Error> {
    let Some(Value::Member(row)) = facts.fact(at, &Key::Member(member.clone()))? else { return Ok(false) };
    Ok(facts.fact(at, &Key::Secretary)? == Some(Value::Device(row.device)))
}

/// The channel is open to its author; what it answers or corrects is there; its readers are.
pub(crate) fn post<F: Facts>(case: &Case<'_, F>, post: &Post, member: &Handle) -> Rung<Effects, F::Error> {
    if let Some(answered) = &post.reply {
        named(case, answered)?;
    }
    if let Some(corrected) = &post.corrects {
        let before = own(case, corrected, member)?;
        if before.corrects.is_some() || before.channel != post.channel {
            return refuse(Refusal::BadCorrection);
        }
    }
    let terms = channel(case.facts, &case.register, &post.channel)?;
    if !is_one_of(case.facts, &case.register, member, &terms.post)? {
        return refuse(Refusal::MayNotPost);
    }
    if post.notice && !terms.notice {
        return refuse(Refusal::NoNotice);
    }
    if post.expires.is_some_and(|expires| expires <= case.event.time) {
        return refuse(Refusal::ExpiresBefore);
    }
    for readers in &post.readers {
        match readers {
            Readers::Member(handle) if case.fact(&Key::Member(handle.clone()))?.is_none() => {
                return refuse(Refusal::NoMember);
            }
            Readers::Role(Role::Other(role)) if case.fact(&Key::Role(role.clone()))?.is_none() => {
                return refuse(Refusal::NoRole);
            }
            _ => {}
        }
    }
    Ok(case.effects())
}

/// An author takes back what the same member has posted, with this device or another.
pub(crate) fn retract<F: Facts>(case: &Case<'_, F>, retract: &Retract, member: &Handle) -> Rung<Effects, F::Error> {
    match own(case, &retract.post, member)?.corrects {
        None => Ok(case.effects()),
        Some(_) => refuse(Refusal::BadCorrection),
    }
}

/// A moderator of the channel in which the post stands.
pub(crate) fn hide<F: Facts>(case: &Case<'_, F>, hide: &Hide, member: &Handle) -> Rung<Effects, F::Error> {
    let (_, post) = named(case, &hide.post)?;
    if post.corrects.is_some() {
        return refuse(Refusal::BadCorrection);
    }
    let terms = channel(case.facts, &case.register, &post.channel)?;
    match is_one_of(case.facts, &case.register, member, &terms.moderate)? {
        true => Ok(case.effects()),
        false => refuse(Refusal::MayNotHide),
    }
}

fn named<F: Facts>(case: &Case<'_, F>, id: &EventId) -> Rung<(Link, Post), F::Error> {
    match (case.facts.link(id)?, case.facts.body(id)?) {
        (Some(link), Some(Body::Post(post))) => Ok((link, post)),
        _ => refuse(Refusal::NoPost),
    }
}

/// A post of this member's, by whichever of its devices.
fn own<F: Facts>(case: &Case<'_, F>, id: &EventId, member: &Handle) -> Rung<Post, F::Error> {
    let (link, post) = named(case, id)?;
    match case.fact(&Key::Device(link.device))? {
        Some(Value::Holder(holder)) if holder.handle == *member => Ok(post),
        _ => refuse(Refusal::NotOwnPost),
    }
}
