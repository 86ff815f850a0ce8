//! What someone sees when about to write: the own view and what it means, the end of the chain, the time.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use event::{Body, Event, EventId, Handle, MAX_DEPS, Text, Time};

use super::{Actor, Chance};
use crate::naive::{Cover, Law, Naive, State};

/// What shall be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Where the knowledge of the register advances to.
    pub register: Option<EventId>,
    /// What settles things, besides what must be named anyway.
    pub witnesses: BTreeSet<EventId>,
    /// What it says.
    pub body: Body,
    /// Free text.
    pub text: Option<Text>,
}

impl From<Body> for Draft {
    fn from(body: Body) -> Self {
        Draft { register: None, witnesses: BTreeSet::new(), body, text: None }
    }
}

/// Everything at hand for one draft.
pub(super) struct Desk<'a> {
    pub law: &'a Law,
    pub naive: &'a Naive,
    pub actors: &'a [Actor],
    pub me: &'a Actor,
    pub chain: Vec<EventId>,
    /// The advance of the register that this draft makes, with what settles it.
    pub advance: Option<(EventId, Vec<EventId>)>,
    /// The state under which the draft will be judged.
    pub known: Option<Rc<State>>,
    pub clock: i64,
    pub chance: &'a mut Chance,
}

impl<'a> Desk<'a> {
    pub fn new(
        law: &'a Law,
        naive: &'a Naive,
        actors: &'a [Actor],
        who: usize,
        head: Option<EventId>,
        clock: i64,
        chance: &'a mut Chance,
    ) -> Self {
        let chain = head.map(|id| law.chain(id)).unwrap_or_default();
        let known = head.and_then(|id| law.under(id));
        Desk { law, naive, actors, me: &actors[who], chain, advance: None, known, clock, chance }
    }

    /// One of the next so many seconds.
    pub fn soon(&mut self, most: usize) -> Time {
        let after = i64::try_from(1 + self.chance.below(most)).expect("few seconds");
        Time::new(self.clock + after).expect("a time of this century")
    }

    /// From now on the draft advances the register, if there is anything newer that can be shown to be settled.
    pub fn advance(&mut self) -> bool {
        let Some((entry, state)) = self.naive.register.and_then(|id| Some((id, self.law.state(id)?))) else {
            return false;
        };
        let newer =
            self.known.as_ref().is_none_or(|k| k.path.len() < state.path.len() && state.path.starts_with(&k.path));
        let proof = self.law.settlers(entry).filter(|_| newer).and_then(|set| self.proof_under(entry, set));
        let Some(proof) = proof else { return false };
        self.advance = Some((entry, proof));
        self.known = Some(state);
        true
    }

    /// Events of other chains that, with the own chain, show that a quorum of a set acknowledges an event.
    pub fn proof_under(&self, event: EventId, set: EventId) -> Option<Vec<EventId>> {
        let mut by = Cover::of(self.law, &self.chain).stewards(self.law, set, event);
        let needed = self.law.state(set)?.quorum();
        let mut proof = Vec::new();
        for id in &self.naive.valid {
            if by.len() >= needed {
                break;
            }
            let own = self.law.event(*id).is_some_and(|e| e.device == self.me.device);
            if let Some(steward) = self.says(*id, event, set).filter(|_| !own)
                && by.insert(steward)
            {
                proof.push(*id);
            }
        }
        (by.len() >= needed).then_some(proof)
    }

    /// The same under any set of the register.
    pub fn proof(&self, event: EventId) -> Option<Vec<EventId>> {
        let path = self.law.state(self.naive.register?)?.path.clone();
        let sets: BTreeSet<EventId> = path.iter().filter_map(|id| Some(self.law.state(*id)?.set)).collect();
        sets.into_iter().find_map(|set| self.proof_under(event, set)).or_else(|| self.proof_by_cut(event))
    }

    /// Nothing more, where the register that the draft will know cuts the chain at or after the event.
    fn proof_by_cut(&self, event: EventId) -> Option<Vec<EventId>> {
        let cut = self.known.as_ref()?.cuts.get(&self.law.event(event)?.device)?;
        self.law.covers(cut.id, event).then(Vec::new)
    }

    /// The steward that acknowledges `event` under `set` by this very event.
    fn says(&self, id: EventId, event: EventId, set: EventId) -> Option<Handle> {
        let entry = self.law.is_entry(event);
        if id == event && entry {
            return Cover::of(self.law, [&id]).stewards(self.law, set, event).pop_first();
        }
        if !self.law.shut_before(id).is_empty() {
            // What was closed may be open again for who knows more, so the whole chain up to here is asked.
            return Cover::of(self.law, &self.law.chain(id)).stewards(self.law, set, event).pop_first();
        }
        let (under, steward) = self.law.stands(id)?;
        let acked = match &self.law.event(id)?.body {
            Body::Ack(ack) => ack.positions.iter().any(|p| self.law.covers(p.id, event)),
            _ => false,
        };
        let says = under == set && (acked || self.law.covers(id, event));
        says.then_some(steward)
    }

    /// The event that a draft becomes, if it has room for all deps.
    pub fn event(&self, draft: Draft) -> Option<Event> {
        let advance = draft.register.map(|id| (id, Vec::new())).or_else(|| self.advance.clone());
        let register = advance.as_ref().map(|(id, _)| *id);
        let mut deps: BTreeSet<EventId> = draft.body.carried().into_iter().collect();
        deps.extend(draft.witnesses);
        deps.extend(advance.into_iter().flat_map(|(id, proof)| proof.into_iter().chain([id])));
        deps.retain(|id| self.law.event(*id).is_none_or(|e| e.device != self.me.device));
        if deps.len() > MAX_DEPS {
            return None;
        }
        let prev = self.chain.first().copied();
        Some(Event {
            log: Some(self.law.log()),
            author: self.me.name.clone(),
            device: self.me.device,
            time: self.now(),
            seq: u64::try_from(self.chain.len()).ok()?,
            prev,
            register,
            deps: deps.into_iter().collect(),
            text: draft.text,
            body: draft.body,
        })
    }

    /// The entry that the draft will be judged under.
    pub fn known_entry(&self) -> Option<EventId> {
        let told = self.advance.as_ref().map(|(id, _)| *id);
        told.or_else(|| self.law.knows(*self.chain.first()?))
    }

    /// What the clock says, but never less than the own chain.
    pub fn now(&self) -> Time {
        let clock = Time::new(self.clock).expect("a time of this century");
        self.chain.first().and_then(|last| self.law.event(*last)).map_or(clock, |last| clock.max(last.time))
    }

    /// The valid events of a kind in view.
    pub fn all<T>(&self, kind: impl Fn(&'a Body) -> Option<T>) -> Vec<(EventId, T)> {
        let law = self.law;
        self.naive.valid.iter().filter_map(|id| Some((*id, kind(&law.event(*id)?.body)?))).collect()
    }

    /// The last valid event of every chain but the own; all branches.
    pub fn heads(&self) -> BTreeMap<event::Device, Vec<EventId>> {
        let inner: BTreeSet<EventId> =
            self.naive.valid.iter().filter_map(|id| self.law.event(*id).and_then(|e| e.prev)).collect();
        let mut heads: BTreeMap<event::Device, Vec<EventId>> = BTreeMap::new();
        for id in self.naive.valid.difference(&inner) {
            if let Some(event) = self.law.event(*id).filter(|e| e.device != self.me.device) {
                heads.entry(event.device).or_default().push(*id);
            }
        }
        heads
    }
}
