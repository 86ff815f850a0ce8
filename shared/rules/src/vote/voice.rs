//! Whose ballot speaks for whom: the last own one, else a recorded one, else that of a proxy.

use std::collections::{BTreeMap, BTreeSet};

use event::{Ballot, Body, EventId, Handle, Open, Scope, Time};

use super::vote_of;
use crate::facts::{Facts, Link};
use crate::register::{Key, Value};

/// What a member says in a poll, by itself or by others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voice {
    /// The `vote.cast` or `vote.record`.
    pub ballot: EventId,
    /// What it says.
    pub says: Ballot,
    /// The member's weight.
    pub weight: u32,
    /// The proxies that lead to the ballot, each with who is trusted by it; none for the member's own.
    pub by: Vec<(EventId, Handle)>,
}

/// Where an event stands among those of its member: the newer device, then the higher number, then the greater id.
type Place = (u32, u64, EventId);

/// What is listed, by member.
#[derive(Default)]
struct Said {
    cast: BTreeMap<Handle, (Place, Ballot)>,
    recorded: BTreeMap<Handle, BTreeMap<(Time, EventId), Ballot>>,
    contested: BTreeSet<EventId>,
    /// Of each scope the last.
    proxies: BTreeMap<Handle, BTreeMap<Scope, (Place, Option<Handle>)>>,
}

/// Who has a voice by the listed events, those claimed after the poll closes left out.
///
/// The own ballot goes before a recorded one, that before a proxy; of several the last. A proxy for the poll goes before
/// one for its topic, that before one for all. A proxy can have a proxy; a chain that comes back to itself, or ends
/// without a ballot, says nothing.
pub fn voices<F: Facts>(
    facts: &F,
    poll: &Link,
    open: &Open,
    listed: &[EventId],
    closes: Time,
) -> Result<BTreeMap<Handle, Voice>, F::Error> {
    let said = said(facts, poll, open, listed, closes)?;
    let mut own: BTreeMap<Handle, (EventId, Ballot)> = BTreeMap::new();
    for (member, ballots) in &said.recorded {
        let good = ballots.iter().rfind(|((_, id), _)| !said.contested.contains(id));
        if let Some(((_, id), ballot)) = good {
            own.insert(member.clone(), (*id, ballot.clone()));
        }
    }
    for (member, ((_, _, id), ballot)) in &said.cast {
        own.insert(member.clone(), (*id, ballot.clone()));
    }
    let mut voices = BTreeMap::new();
    for member in own.keys().chain(said.proxies.keys()) {
        let weight = vote_of(facts, poll, open, member)?;
        if weight > 0
            && let Some((ballot, says, by)) = heard(facts, poll, open, &said, &own, member)?
        {
            voices.insert(member.clone(), Voice { ballot, says, weight, by });
        }
    }
    Ok(voices)
}

type Heard = (EventId, Ballot, Vec<(EventId, Handle)>);

/// Follows proxies from a member to a ballot.
fn heard<F: Facts>(
    facts: &F,
    poll: &Link,
    open: &Open,
    said: &Said,
    own: &BTreeMap<Handle, (EventId, Ballot)>,
    member: &Handle,
) -> Result<Option<Heard>, F::Error> {
    let (mut at, mut by): (&Handle, Vec<(EventId, Handle)>) = (member, Vec::new());
    loop {
        if let Some((ballot, says)) = own.get(at) {
            return Ok(Some((*ballot, says.clone(), by)));
        }
        // The nearest scope is the greatest.
        let nearest = said.proxies.get(at).and_then(|scopes| scopes.last_key_value());
        let Some((_, ((_, _, id), Some(to)))) = nearest else { return Ok(None) };
        let again = to == member || by.iter().any(|(_, before)| before == to);
        if again || vote_of(facts, poll, open, to)? == 0 {
            return Ok(None);
        }
        by.push((*id, to.clone()));
        at = to;
    }
}

fn said<F: Facts>(facts: &F, poll: &Link, open: &Open, listed: &[EventId], closes: Time) -> Result<Said, F::Error> {
    let mut said = Said::default();
    for id in listed {
        let (Some(link), Some(body)) = (facts.link(id)?, facts.body(id)?) else { continue };
        if link.time > closes && !matches!(body, Body::Record(_) | Body::Contest(_)) {
            continue;
        }
        let Some(Value::Holder(holder)) = facts.fact(&link.register, &Key::Device(link.device))? else { continue };
        let place = (holder.nth, link.seq, *id);
        match body {
            Body::Cast(cast) => last(&mut said.cast, holder.handle, place, cast.ballot),
            Body::Record(record) => {
                said.recorded.entry(record.voter).or_default().insert((link.time, *id), record.ballot);
            }
            Body::Contest(contest) => {
                said.contested.insert(contest.record);
            }
            Body::Proxy(proxy) if concerns(&proxy.scope, &poll.id, open) => {
                last(said.proxies.entry(holder.handle).or_default(), proxy.scope, place, proxy.to);
            }
            _ => {}
        }
    }
    Ok(said)
}

/// Keeps the last of each.
fn last<K: Ord, T>(all: &mut BTreeMap<K, (Place, T)>, key: K, place: Place, what: T) {
    match all.get(&key) {
        Some((before, _)) if *before > place => {}
        _ => {
            all.insert(key, (place, what));
        }
    }
}

/// Whether a proxy is for this poll.
pub(super) fn concerns(scope: &Scope, poll: &EventId, open: &Open) -> bool {
    match scope {
        Scope::All => true,
        Scope::Topic(topic) => open.terms.topic.as_ref() == Some(topic),
        Scope::Poll(of) => of == poll,
    }
}
