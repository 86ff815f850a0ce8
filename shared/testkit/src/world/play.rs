//! What a simulator does with a world: people who hear single events, lose what they wrote, have another clock.

use std::collections::BTreeSet;

use event::{Body, Event, EventId, Join, Key, KindOfMember, Time, Verified};

use super::desk::Desk;
use super::{Chance, Job, World, papers};
use crate::naive::Naive;

impl World {
    /// Honest people under random rules, so many of them stewards in the end.
    pub fn peopled(seed: u64, stewards: usize, members: usize) -> World {
        let mut world = World::populated(Chance::new(seed), stewards, members, papers::rules);
        world.begin(if stewards > 4 { 200 } else { 30 });
        world
    }

    /// Nobody does these things here.
    pub fn bar(&mut self, jobs: &[Job]) {
        self.barred = jobs.to_vec();
    }

    /// Gives someone exactly these events, whatever they name.
    pub fn give(&mut self, who: usize, events: impl IntoIterator<Item = EventId>) {
        let held = |id: &EventId| self.law.event(*id).is_some();
        let events: Vec<EventId> = events.into_iter().filter(held).collect();
        self.actors[who].view.extend(events);
    }

    /// Someone knows what a backup knew; the checkpoint was not in it.
    pub fn restore(&mut self, who: usize, view: BTreeSet<EventId>) -> BTreeSet<EventId> {
        self.actors[who].checkpoint = None;
        std::mem::replace(&mut self.actors[who].view, view)
    }

    /// The event that was written last, or the last of a chain, was never written: nobody else has seen it.
    pub fn unwrite(&mut self, who: usize, id: EventId) {
        self.actors[who].view.remove(&id);
        self.law.forget(id);
    }

    /// What all clocks say.
    pub fn clock(&self) -> i64 {
        self.clock
    }

    /// What the clock of who writes next says.
    pub fn set_clock(&mut self, clock: i64) {
        self.clock = clock.max(1_000);
    }

    /// The event that someone would write who does this job, not yet looked at by the law.
    pub fn plan(&mut self, who: usize, naive: &Naive, job: Job) -> Option<Event> {
        let head = self.head(who);
        let mut desk = Desk::new(&self.law, naive, &self.actors, who, head, self.clock, &mut self.chance);
        let draft = desk.plan(job)?;
        desk.event(draft)
    }

    /// What the law says of an event that is not published.
    pub fn would_hold(&mut self, event: Verified) -> bool {
        let id = event.id;
        self.law.insert(event);
        let valid = self.law.valid(id);
        self.law.forget(id);
        valid
    }

    /// One more event of someone's, whatever the law says; false where it is known.
    pub fn learn(&mut self, who: usize, event: Verified) -> bool {
        let id = event.id;
        let news = self.law.event(id).is_none();
        if news {
            self.law.insert(event);
        }
        self.actors[who].view.insert(id);
        news
    }

    /// Plans that the law has refused since this was asked last.
    pub fn refusals(&mut self) -> Vec<Verified> {
        std::mem::take(&mut self.refused)
    }

    /// A key that nobody knows asks to join.
    pub fn stranger(&mut self, key: &Key, name: &str) -> Option<EventId> {
        let event = Event {
            log: Some(self.law.log()),
            author: name.parse().ok()?,
            device: key.public().device(),
            time: Time::new(self.clock).ok()?,
            seq: 0,
            prev: None,
            register: Some(self.law.log()),
            deps: vec![self.law.log()],
            text: None,
            body: Body::Join(Join { key: key.public(), kind: KindOfMember::Person, invited: None }),
        };
        let (_, verified) = event.sign(vec![super::made_up(self.law.log())], key).ok()?;
        let id = verified.id;
        self.law.insert(verified);
        Some(id)
    }
}
