//! Other devices: getting one, asking with it, going on with it, leaving.

use event::{Body, Change, EventId, Join, Key, Motion, NewDevice};

use super::desk::{Desk, Draft};
use super::{Actor, World};
use crate::naive::{Naive, Standing};

impl World {
    /// From now on someone writes with the device that the register says is theirs, if they have its key.
    pub(super) fn take_up(&mut self, who: usize, naive: &Naive) {
        let actor = &self.actors[who];
        let state = naive.register.and_then(|id| self.law.state(id));
        let present = state.and_then(|state| Some(state.members.get(&actor.name)?.device));
        if let Some(device) = present.filter(|device| actor.owns(*device)) {
            self.actors[who].device = device;
        }
    }

    /// Asks to join with another device under the same name, unless one waits already: for a move, or because the
    /// present device writes no more.
    pub fn fresh(&mut self, who: usize, naive: &Naive) -> Option<EventId> {
        let state = self.law.state(naive.register?)?;
        let actor = &self.actors[who];
        let member = state.members.get(&actor.name)?;
        let goes_on = matches!(member.standing, Standing::Active | Standing::Suspended);
        let waits = actor.keys.iter().any(|key| !state.devices.contains_key(&key.public().device()));
        if !goes_on || waits || !actor.owns(member.device) {
            return None;
        }
        let key = Key::from_seed(&self.chance.bytes());
        let asking = Actor {
            name: actor.name.clone(),
            device: key.public().device(),
            kind: actor.kind,
            nature: actor.nature,
            steward: actor.steward,
            keys: Vec::new(),
            view: actor.view.clone(),
            checkpoint: actor.checkpoint,
        };
        self.clock += 1;
        let actors = [asking];
        let mut desk = Desk::new(&self.law, naive, &actors, 0, None, self.clock, &mut self.chance);
        if !desk.advance() {
            return None;
        }
        let join = Body::Join(Join { key: key.public(), kind: actors[0].kind, invited: None });
        let event = desk.event(join.into())?;
        self.actors[who].keys.push(key);
        self.publish(who, event, false)
    }
}

impl Desk<'_> {
    /// Requests in view of devices that are nobody's yet, under names of members; honest people know whose they are.
    pub fn spare_devices(&self) -> Vec<NewDevice> {
        let Some(state) = &self.known else { return Vec::new() };
        let spare = |id: &EventId| {
            let event = self.law.event(*id).filter(|e| matches!(e.body, Body::Join(_)) && self.law.valid(*id))?;
            let theirs = self.actors.iter().any(|actor| actor.name == event.author && actor.owns(event.device));
            let free = state.members.contains_key(&event.author) && !state.devices.contains_key(&event.device);
            let (handle, device) = (event.author.clone(), event.device);
            (theirs && free).then_some(NewDevice { handle, device, request: *id })
        };
        self.me.view.iter().filter_map(spare).collect()
    }

    /// Proposes to go on with the other device, or seldom to leave.
    pub fn hand_over(&mut self) -> Option<Draft> {
        let mine = self.spare_devices().into_iter().find(|to| to.handle == self.me.name);
        let change = match mine {
            Some(to) => Change::Move(to),
            None if self.chance.percent(3) => Change::Leave { handle: self.me.name.clone() },
            None => return None,
        };
        let wise = self.keeps_enough_stewards(&change);
        wise.then(|| Body::Motion(Motion { change }).into())
    }
}
