//! Another secretary: consents, the succession, and where someone's office stands.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use event::{Body, Entry, EventId, Handle, Route, Succeed};

use super::Nature;
use super::desk::{Desk, Draft};
use crate::naive::{State, next_secretary};

impl Desk<'_> {
    /// The entry that mine would follow, if I keep the register: the last one on my own chain, or the one that handed
    /// the office to my device. Nothing, once the register goes on without my last entry.
    pub fn office(&self) -> Option<(EventId, Rc<State>)> {
        let settled = self.naive.register?;
        let own = self.chain.iter().copied().find(|id| self.law.is_entry(*id));
        let at = match own {
            Some(own) if self.law.carries(own, settled) => own,
            _ => settled,
        };
        let state = self.law.state(at)?;
        // Who has consented to another term enters nothing in this one: it could not settle, and would lie beside the
        // line on which a later turn of the own device must go on.
        let gave_way = self.chain.iter().any(|id| match self.law.event(*id).map(|e| &e.body) {
            Some(Body::Succeed(succeed)) => succeed.term > state.term,
            _ => false,
        });
        (state.secretary == self.me.device && !gave_way).then_some((at, state))
    }

    /// Consents to another secretary, if the present one seems lost or is known to lie; so often in a hundred without
    /// need.
    pub fn consent(&mut self, rashly: usize) -> Option<Draft> {
        // Under the newest register that can be shown: consents under a set that is over come to nothing.
        self.advance();
        let state = self.known.clone()?;
        state.steward(self.me.device)?;
        let given = self.chain.iter().filter_map(|id| match &self.law.event(*id)?.body {
            Body::Succeed(succeed) if self.law.stands(*id)?.0 == state.set => Some(succeed.term),
            _ => None,
        });
        let mut term = state.term + 1;
        if let Some(given) = given.max().filter(|given| *given >= term) {
            // The next one does not take over either.
            let heir = next_secretary(&state, given).cloned();
            let lost = heir.is_some_and(|heir| self.seems_lost(&heir));
            let lost = lost || self.others_consent(&state, given + 1) || self.stands_still(&state, given);
            if !lost && !self.chance.percent(rashly) {
                return None;
            }
            term = given + 1;
        }
        let (keeper, _) = state.devices.get(&state.secretary)?.clone();
        let known_liar =
            self.naive.forked.contains_key(&state.secretary) || self.naive.cut.contains_key(&state.secretary);
        let joins = self.others_consent(&state, term) || self.stands_still(&state, state.term);
        if !known_liar && !joins && !self.seems_lost(&keeper) && !self.chance.percent(rashly) {
            return None;
        }
        let entry = self.law.last_acknowledged(&self.chain, self.known_entry()?)?;
        Some(Body::Succeed(Succeed { term, entry }).into())
    }

    /// Whether more stewards than can lie have consented to a term, so that an honest one has its reasons.
    fn others_consent(&self, state: &State, term: u32) -> bool {
        let by: BTreeSet<&Handle> = self
            .all(|body| matches!(body, Body::Succeed(succeed) if succeed.term == term).then_some(()))
            .into_iter()
            .filter(|(id, ())| self.law.stands(*id).is_some_and(|(set, _)| set == state.set))
            .filter_map(|(id, ())| state.steward(self.law.event(id)?.device))
            .collect();
        by.len() > state.stewards.len().saturating_sub(1) / 3
    }

    /// Whether those who are there and have not consented to a term beyond this one are fewer than a quorum: nothing that
    /// is entered in it can settle any more, though its secretary may be there.
    fn stands_still(&self, state: &State, term: u32) -> bool {
        let consented = self.all(|body| matches!(body, Body::Succeed(succeed) if succeed.term > term).then_some(()));
        let gone = |name: &Handle| {
            let lost = self.actors.iter().any(|actor| actor.name == *name && actor.nature == Nature::Lost);
            let beyond = |id: EventId| self.law.stands(id).is_some_and(|(set, by)| set == state.set && by == *name);
            lost || consented.iter().any(|(id, ())| beyond(*id))
        };
        !consented.is_empty() && state.stewards.iter().filter(|name| !gone(name)).count() < state.quorum()
    }

    fn seems_lost(&mut self, handle: &Handle) -> bool {
        let nature = self.actors.iter().find(|actor| actor.name == *handle).map(|actor| actor.nature);
        let odds = match nature {
            Some(Nature::Lost) => 95,
            Some(Nature::Clerk) => 25,
            _ => 0,
        };
        self.chance.percent(odds)
    }

    /// Becomes secretary with all the consents at hand, where it is my turn.
    pub fn take_over(&mut self) -> Option<Draft> {
        // Consents add up within one set only.
        let mut terms: BTreeMap<(u32, EventId), BTreeMap<Handle, EventId>> = BTreeMap::new();
        for (id, term) in self.all(|body| match body {
            Body::Succeed(succeed) => Some(succeed.term),
            _ => None,
        }) {
            if let Some((set, steward)) = self.law.stands(id) {
                terms.entry((term, set)).or_default().insert(steward, id);
            }
        }
        let known = self.known.clone()?;
        for ((term, _), by) in terms.into_iter().filter(|((term, _), _)| *term > known.term) {
            let approvals: Vec<EventId> = by.into_values().collect::<BTreeSet<_>>().into_iter().collect();
            let enough = |id: &EventId| self.law.under(*id).is_some_and(|s| approvals.len() >= s.quorum());
            if !approvals.iter().all(enough) {
                continue;
            }
            let Some(after) = self.law.succession_base(&approvals) else { continue };
            let Some(state) = self.law.state(after) else { continue };
            if next_secretary(&state, term) == Some(&self.me.name) && state.term < term {
                return Some(Body::Entry(Entry { after, route: Route::Succession { term, approvals } }).into());
            }
        }
        None
    }
}
