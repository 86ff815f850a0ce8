//! The register and the stewards: motions, approvals, entries, acknowledgements.

use std::collections::{BTreeMap, BTreeSet};

use event::{
    Approve, Body, Change, Entry, EventId, Handle, Invite, Invited, Join, Key, Motion, Object, Role, Route, Time,
    invitation_message,
};

use super::Nature;
use super::desk::{Desk, Draft};
use crate::naive::{State, Way};

/// The seeds of invitations are no secret in these worlds: whoever holds one can use it.
fn leaked(nth: usize) -> Key {
    Key::from_seed(&[u8::try_from(nth % 4).unwrap_or(0) + 101; 32])
}

impl Desk<'_> {
    pub fn join(&mut self) -> Option<Draft> {
        let key = self.me.key(self.me.device)?.public();
        if !self.chain.is_empty() || !self.advance() {
            return None;
        }
        let invited = self.answer().filter(|_| self.chance.percent(70));
        let begun = self.known.as_ref().is_some_and(|state| !self.me.steward && state.members.len() > 1);
        if begun && invited.is_none() && !self.chance.percent(15) {
            // Rather waits for an invitation.
            return None;
        }
        Some(Body::Join(Join { key, kind: self.me.kind, invited }).into())
    }

    /// An answer to some invitation, however often it was used before and by whomever it was meant for.
    fn answer(&mut self) -> Option<Invited> {
        let invitations = self.all(|body| match body {
            Body::Invite(invite) => Some(invite.key),
            _ => None,
        });
        let (by, public) = *self.chance.pick(&invitations)?;
        let key = (0..4).map(leaked).find(|key| key.public() == public)?;
        let message = invitation_message(&self.law.log(), &by, &self.me.device, &self.me.name);
        Some(Invited { by, proof: key.sign_raw(&message) })
    }

    pub fn invite(&mut self) -> Option<Draft> {
        self.known.as_ref()?.steward(self.me.device)?;
        let (nth, uses) = (self.chance.below(4), [1, 1, 2][self.chance.below(3)]);
        let expires = Time::new(self.clock + 1 + i64::try_from(self.chance.below(600)).ok()?).ok()?;
        Some(Body::Invite(Invite { key: leaked(nth).public(), uses, expires }).into())
    }

    pub fn object(&mut self) -> Option<Draft> {
        self.known.as_ref()?.steward(self.me.device)?;
        let motions = self.all(|body| matches!(body, Body::Motion(_)).then_some(()));
        let (motion, ()) = *self.chance.pick(&motions)?;
        let draft = Draft::from(Body::Object(Object { motion }));
        Some(Draft { text: "Too soon.".parse().ok(), ..draft })
    }

    /// Proposes what the community was founded for: its members, its stewards.
    pub fn promote(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mut wanted = self.requests(&state);
        wanted.extend(self.promotions(&state));
        wanted.extend(self.wanted_repair(&state));
        self.first_new(&state, wanted)
    }

    /// Proposes who attests.
    pub fn appoint(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let wanted = self.assessors(&state);
        self.first_new(&state, wanted)
    }

    /// A motion for the first of these changes that is not proposed yet.
    fn first_new(&self, state: &State, mut wanted: Vec<Change>) -> Option<Draft> {
        let pending = self.all(|body| match body {
            Body::Motion(motion) => Some(motion.change.clone()),
            _ => None,
        });
        // A motion of an earlier set cannot be entered with approvals of this one.
        let waits = |change: &Change| {
            let same_set = |id: EventId| self.law.under(id).is_some_and(|s| s.set == state.set);
            pending.iter().any(|(id, c)| c == change && same_set(*id) && !state.entered.contains(id))
        };
        wanted.retain(|change| !waits(change));
        wanted.into_iter().next().map(|change| Body::Motion(Motion { change }).into())
    }

    fn requests(&self, state: &State) -> Vec<Change> {
        let join = |id: &EventId| {
            let event = self.law.event(*id).filter(|e| matches!(e.body, Body::Join(_)))?;
            let Body::Join(join) = &event.body else { return None };
            let new = !state.devices.contains_key(&event.device) && !state.members.contains_key(&event.author);
            let (handle, device, kind) = (event.author.clone(), event.device, join.kind);
            (self.law.valid(*id) && new).then_some(Change::Admit { handle, device, request: *id, kind })
        };
        self.me.view.iter().filter_map(join).collect()
    }

    fn promotions(&self, state: &State) -> Vec<Change> {
        let meant = self.actors.iter().filter(|actor| actor.steward).map(|actor| &actor.name);
        let waiting = meant.filter(|name| state.active(name).is_some() && !state.stewards.contains(name));
        waiting.map(|name| Change::Role { handle: name.clone(), role: Role::Steward, holds: true }).collect()
    }

    /// Where anything can be pledged, two members attest.
    fn assessors(&self, state: &State) -> Vec<Change> {
        let Some(role) = "assessor".parse().ok().map(Role::Other).filter(|_| !state.assets.is_empty()) else {
            return Vec::new();
        };
        let active = || state.members.keys().filter(|handle| state.active(handle).is_some());
        if active().filter(|handle| state.assesses(handle)).count() >= 2 {
            return Vec::new();
        }
        let others = active().filter(|handle| !state.assesses(handle));
        others.map(|handle| Change::Role { handle: handle.clone(), role: role.clone(), holds: true }).collect()
    }

    pub fn propose(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let change = self.wish(&state)?;
        let text = matches!(change, Change::Rules { .. }).then(|| super::papers::rules(self.chance));
        Some(Draft { text, ..Body::Motion(Motion { change }).into() })
    }

    pub fn approve(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        state.steward(self.me.device)?;
        let mut motions = self.all(|body| match body {
            Body::Motion(motion) => Some(motion.change.clone()),
            _ => None,
        });
        let approved: BTreeSet<EventId> = self.law.approved(&self.chain).collect();
        let only = self.law.handed_over(&self.chain, &state);
        motions.retain(|(id, change)| {
            let open = only.is_none_or(|only| only == *id);
            let open = open && !approved.contains(id) && !state.entered.contains(id) && !state.refused.contains(id);
            let decided = || state.needed(change).poll.is_none_or(|wanted| self.decision(*id, wanted).is_some());
            open && state.apply(self.law, change, Way::proposed(*id)).is_some()
                && decided()
                && self.wise(change, Some(*id))
        });
        let urgent: Vec<_> = motions.iter().filter(|(_, c)| State::ends(c).is_some()).cloned().collect();
        let (motion, _) = self.chance.pick(if urgent.is_empty() { &motions } else { &urgent })?.clone();
        Some(Body::Approve(Approve { motion }).into())
    }

    pub fn enter_inline(&mut self) -> Option<Draft> {
        let (after, state) = self.office()?;
        let own = usize::from(state.steward(self.me.device).is_some());
        let mut wanted = self.requests(&state);
        wanted.extend(self.promotions(&state));
        if self.chance.percent(30) {
            wanted.extend(self.account_wish(&state, self.me.name.clone()));
        }
        wanted.extend(self.wish(&state).filter(|change| !matches!(change, Change::Rules { .. })));
        if self.chance.percent(20) {
            wanted.extend(self.spare_devices().into_iter().filter(|to| to.handle == self.me.name).map(Change::Move));
        }
        let fits = |c: &Change| {
            // An invitation may make up for the missing approval, so that one is tried.
            let need = state.needed(c);
            let enough = own + usize::from(matches!(c, Change::Admit { .. })) >= need.approvals && need.poll.is_none();
            let movable = matches!(c, Change::Move(_)) && own >= need.approvals;
            enough
                && (movable || state.apply(self.law, c, Way { entry: after, motion: None, approvals: own }).is_some())
        };
        let change = wanted.into_iter().find(|c| fits(c) && self.wise(c, None))?;
        Some(Body::Entry(Entry { after, route: Route::Inline(change) }).into())
    }

    pub fn enter(&mut self) -> Option<Draft> {
        let (after, state) = self.office()?;
        let mut approvals: BTreeMap<EventId, BTreeMap<Handle, EventId>> = BTreeMap::new();
        for (id, ()) in self.all(|body| matches!(body, Body::Motion(_)).then_some(())) {
            approvals.insert(id, BTreeMap::new());
        }
        for (id, motion) in self.all(|body| match body {
            Body::Approve(approve) => Some(approve.motion),
            _ => None,
        }) {
            let Some(steward) = self.law.event(id).and_then(|e| state.steward(e.device)) else { continue };
            let change = self.law.moved(motion)?;
            // The law counts no approval of another set for a change of stewards.
            let fresh = self.law.under(id).is_some_and(|s| s.set == state.set);
            if fresh || !state.closing(change) {
                approvals.entry(motion).or_default().insert(steward.clone(), id);
            }
        }
        let ready = approvals.into_iter().filter(|(motion, by)| {
            let open = !state.entered.contains(motion) && !state.refused.contains(motion);
            self.law.moved(*motion).filter(|_| open).is_some_and(|change| {
                let need = state.needed(change);
                let way = Way { entry: after, motion: Some(*motion), approvals: by.len() };
                let decided = need.poll.is_none_or(|wanted| self.decision(*motion, wanted).is_some());
                by.len() >= need.approvals && decided && state.apply(self.law, change, way).is_some()
            })
        });
        let ready: Vec<_> = ready.collect();
        let (motion, by) = self.chance.pick(&ready)?.clone();
        let change = self.law.moved(motion)?;
        let enough = by.len() >= state.quorum();
        let approvals: BTreeSet<EventId> = by.into_values().collect();
        let poll = state.needed(change).poll.and_then(|wanted| self.decision(motion, wanted));
        let mut witnesses = BTreeSet::new();
        let own_word = matches!(change, Change::Leave { .. } | Change::Move(_)) && !enough;
        if own_word || matches!(change, Change::Hand(_)) {
            witnesses.extend(self.proof(motion)?);
        }
        let route = Route::Moved { motion, approvals: approvals.into_iter().collect(), poll };
        Some(Draft { witnesses, ..Body::Entry(Entry { after, route }).into() })
    }

    /// Refuses a motion: one that fits no more, or any, seldom.
    pub fn refuse(&mut self, any: bool) -> Option<Draft> {
        let (after, state) = self.office()?;
        let mut motions = self.all(|body| match body {
            Body::Motion(motion) => Some(motion.change.clone()),
            _ => None,
        });
        let any = any || self.me.nature == Nature::Clerk || self.chance.percent(15);
        motions.retain(|(id, change)| {
            let open = !state.entered.contains(id) && !state.refused.contains(id);
            open && (any || state.apply(self.law, change, Way::proposed(*id)).is_none())
        });
        let (motion, _) = *self.chance.pick(&motions)?;
        Some(Body::Entry(Entry { after, route: Route::Refused { motion } }).into())
    }

    pub fn approve_anything(&mut self) -> Option<Draft> {
        let motions = self.all(|body| matches!(body, Body::Motion(_)).then_some(()));
        let (motion, ()) = *self.chance.pick(&motions)?;
        Some(Body::Approve(Approve { motion }).into())
    }
}
