//! Those who do not keep the rules.

use event::{Body, Event, EventId, Time};

use super::desk::Desk;
use super::{Job, Nature, World};
use crate::naive::Naive;

impl World {
    pub(super) fn misbehave(&mut self, who: usize, naive: &Naive, mut jobs: Vec<Job>) {
        let own = self.own(who);
        match self.actors[who].nature {
            Nature::Forker => {
                let head = self.some_branch(&own, 35);
                self.act_at(who, naive, head, &jobs, false);
            }
            Nature::Liar | Nature::Clerk => self.lie(who, naive, own, jobs),
            Nature::Mover => self.linger(who, naive, &jobs),
            Nature::Spender if self.chance.percent(50) => {
                self.act_at(who, naive, self.head(who), &[Job::Overpay], true);
            }
            Nature::Noise if self.chance.percent(50) => self.garble(who, naive, &jobs),
            _ => {
                jobs.retain(|job| !matches!(job, Job::Propose | Job::Promote));
                self.act_at(who, naive, self.head(who), &jobs, false);
            }
        }
    }

    /// The tip of some branch, or, so often in a hundred, any event, where a new branch then begins.
    fn some_branch(&mut self, own: &[EventId], anywhere: usize) -> Option<EventId> {
        let inner: Vec<Option<EventId>> = own.iter().map(|id| self.law.event(*id).and_then(|e| e.prev)).collect();
        let tips: Vec<EventId> = own.iter().copied().filter(|id| !inner.contains(&Some(*id))).collect();
        let from = if self.chance.percent(anywhere) { own } else { &tips };
        self.chance.pick(from).copied()
    }

    /// Moves like an honest member, and then writes with the old device as gladly as with the new.
    fn linger(&mut self, who: usize, naive: &Naive, jobs: &[Job]) {
        self.take_up(who, naive);
        let present = self.actors[who].device;
        let devices: Vec<event::Device> = self.actors[who].keys.iter().map(|key| key.public().device()).collect();
        if self.chance.percent(50) {
            self.actors[who].device = *self.chance.pick(&devices).unwrap_or(&present);
        }
        let head = self.head(who);
        self.act_at(who, naive, head, jobs, false);
        self.actors[who].device = present;
    }

    /// A steward lies only under a set of four: fewer cannot bear a liar. A key that once sat in a smaller set is
    /// not abused either (the model's long-range attack).
    fn lie(&mut self, who: usize, naive: &Naive, own: Vec<EventId>, honest: Vec<Job>) {
        let four: Vec<EventId> =
            own.into_iter().filter(|id| self.law.under(*id).is_some_and(|s| s.stewards.len() >= 4)).collect();
        if four.is_empty() {
            self.act(who, naive, &honest);
            return;
        }
        let head = self.some_branch(&four, 25);
        let mut jobs = vec![Job::AckAnything, Job::ApproveAnything, Job::Consent];
        if self.actors[who].nature == Nature::Clerk {
            jobs =
                vec![Job::Enter, Job::Refuse, Job::EnterInline, Job::ApproveAnything, Job::Consent, Job::AckAnything];
        }
        self.chance.shuffle(&mut jobs);
        if self.chance.percent(50) {
            jobs = honest;
        }
        let anyway = self.chance.percent(10);
        self.act_at(who, naive, head, &jobs, anyway);
    }

    /// Publishes something that is broken somehow.
    fn garble(&mut self, who: usize, naive: &Naive, jobs: &[Job]) {
        self.clock += 1;
        let head = self.head(who);
        let drafted = jobs.iter().find_map(|job| {
            let mut desk = Desk::new(&self.law, naive, &self.actors, who, head, self.clock, &mut self.chance);
            desk.plan(*job).and_then(|draft| desk.event(draft))
        });
        let Some(mut event) = drafted else { return };
        let seen: Vec<EventId> = self.actors[who].view.iter().copied().collect();
        self.spoil(&mut event, &seen);
        event.deps.sort();
        event.deps.dedup();
        event.deps.retain(|id| Some(*id) != event.prev);
        self.publish(who, event, true);
    }

    fn spoil(&mut self, event: &mut Event, seen: &[EventId]) {
        let some = self.chance.pick(seen).copied();
        match self.chance.below(8) {
            0 => event.register = some,
            1 => event.deps.extend(some),
            2 => drop(event.deps.pop()),
            3 => event.prev = some.filter(|_| event.seq > 0),
            4 => event.time = Time::new(7).unwrap_or(event.time),
            5 => event.author = "mallory".parse().unwrap_or(event.author.clone()),
            6 => {
                event.deps.push(EventId::of(b"nowhere"));
            }
            _ => match &mut event.body {
                Body::Receive(receive) => receive.items.extend(some.map(event::Item::Return)),
                Body::Ack(ack) => ack.positions.iter_mut().for_each(|p| p.seq += 1),
                Body::Cast(cast) => cast.poll = some.unwrap_or(cast.poll),
                Body::Pay(pay) => pay.from = event::Account::commons(),
                _ => event.log = some,
            },
        }
    }
}
