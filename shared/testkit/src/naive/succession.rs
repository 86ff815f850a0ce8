//! Another secretary in place of one who is lost or dishonest.

use std::collections::BTreeSet;

use event::{Body, Event, EventId, Handle, Succeed};

use super::law::{Law, must};
use super::state::{State, quorum};

/// A consent: who gave it, and the last entry that it names.
type Consent = (Handle, EventId);

impl Law {
    pub(super) fn judge_succeed(&self, id: EventId, event: &Event, succeed: &Succeed) -> Option<()> {
        self.stands(id)?;
        must(succeed.term > self.under(id)?.term)?;
        must(self.last_acknowledged(&self.before(event), self.knows(id)?) == Some(succeed.entry))
    }

    /// The entry that a steward must name who consents to another secretary with this chain and this knowledge.
    ///
    /// Of all entries that the chain has acknowledged, made or come to know, the one of the latest term, of one term
    /// the deepest.
    pub fn last_acknowledged(&self, chain: &[EventId], known: EventId) -> Option<EventId> {
        let rank = |id: &EventId| self.state(*id).map(|s| (s.term, s.path.len(), *id));
        let acked = chain.iter().filter_map(|id| match &self.event(*id)?.body {
            Body::Ack(ack) => Some(ack.positions.iter().map(|p| p.id).collect()),
            Body::Entry(_) | Body::Found(_) => Some(vec![*id]),
            _ => None,
        });
        let heads: BTreeSet<EventId> = acked.flatten().collect();
        let entries = heads.into_iter().filter_map(|head| self.chain(head).into_iter().find(|x| self.is_entry(*x)));
        entries.chain([known]).max_by_key(rank)
    }

    /// The state after a succession.
    pub(super) fn succession(
        &self,
        id: EventId,
        event: &Event,
        base: EventId,
        term: u32,
        approvals: &[EventId],
    ) -> Option<State> {
        let before = self.state(base)?;
        must(term > before.term)?;
        let set = self.under(*approvals.first()?)?.set;
        let n = self.state(set).filter(|_| before.path.contains(&set))?.stewards.len();
        let consents = self.consenting(set, term, approvals)?;
        must(consents.len() >= quorum(n))?;
        must(self.base(&consents, n) == Some(base))?;
        must(before.members.get(next(&before, term)?)?.device == event.device)?;
        must(self.is_past_own(event, &before))?;
        let mut after = (*before).clone();
        after.path.push(id);
        (after.set, after.term, after.secretary) = (id, term, event.device);
        Some(after)
    }

    /// Who consents, all different and stewards of the set.
    fn consenting(&self, set: EventId, term: u32, approvals: &[EventId]) -> Option<Vec<Consent>> {
        let mut consents: Vec<Consent> = Vec::new();
        for id in approvals {
            let event = self.event(*id)?;
            let Body::Succeed(succeed) = &event.body else { return None };
            let (known, steward) = self.stands(*id)?;
            must(succeed.term == term && known == set)?;
            must(consents.iter().all(|(who, _)| *who != steward))?;
            consents.push((steward, succeed.entry));
        }
        Some(consents)
    }

    /// Where the register goes on: the deepest entry named, if all lie on one line; else the deepest that is carried
    /// by so many that it may be settled. If two such contradict each other, of whatever depth, more must consent.
    ///
    /// Read soundly, an entry of a later term counts for more than any of an earlier one, which it was made to replace;
    /// and who has written what contradicts itself is not asked.
    fn base(&self, consents: &[Consent], n: usize) -> Option<EventId> {
        let mut named = consents.to_vec();
        let term = |id: EventId| self.state(id).map(|s| s.term);
        let latest = named.iter().map(|(_, e)| term(*e)).max()?;
        let late: Vec<Consent> = named.iter().filter(|(_, e)| term(*e) == latest).cloned().collect();
        if let Some(deepest) = self.deepest_of_line(&late) {
            return Some(deepest);
        }
        let liars: BTreeSet<Handle> = late.iter().filter_map(|(_, e)| self.keeper_of(*e)).collect();
        named.retain(|(who, _)| !liars.contains(who));
        let enough = (quorum(n) + named.len()).checked_sub(n).filter(|enough| *enough > 0)?;
        let mut carried: BTreeSet<EventId> = BTreeSet::new();
        for (_, entry) in &named {
            carried.extend(self.state(*entry)?.path.iter().copied());
        }
        carried.retain(|entry| named.iter().filter(|(_, e)| self.carries(*e, *entry)).count() >= enough);
        self.deepest_of_line(&carried.into_iter().map(|e| (named[0].0.clone(), e)).collect::<Vec<_>>())
    }

    /// Where the register would go on with these consents, if all are of one set.
    pub fn succession_base(&self, approvals: &[EventId]) -> Option<EventId> {
        let (set, _) = self.stands(*approvals.first()?)?;
        let consents = approvals.iter().map(|id| match &self.event(*id)?.body {
            Body::Succeed(succeed) => Some((self.stands(*id)?.1, succeed.entry)),
            _ => None,
        });
        self.base(&consents.collect::<Option<Vec<_>>>()?, self.state(set)?.stewards.len())
    }

    fn deepest_of_line(&self, entries: &[Consent]) -> Option<EventId> {
        let (_, deepest) = entries.iter().max_by_key(|(_, e)| self.state(*e).map(|s| s.path.len()))?;
        entries.iter().all(|(_, e)| self.carries(*deepest, *e)).then_some(*deepest)
    }

    /// The member who wrote an entry.
    fn keeper_of(&self, entry: EventId) -> Option<Handle> {
        let device = self.event(entry)?.device;
        self.state(entry)?.devices.get(&device).map(|(handle, _)| handle.clone())
    }
}

/// The next secretary: as many places after the present one as terms go by, in the stewards' order.
pub fn next(before: &State, term: u32) -> Option<&Handle> {
    let (now, _) = before.devices.get(&before.secretary)?;
    let first = before.stewards.iter().position(|h| h == now).map_or(0, |at| at + 1);
    let places = usize::try_from(term.checked_sub(before.term)?.checked_sub(1)?).ok()?;
    before.stewards.get((first + places) % before.stewards.len())
}
