//! How news travels: remotes that lose, delay, repeat and reorder, sticks from hand to hand, and who can reach whom.
//!
//! What is carried is what git would carry: an event with its parents, the chain before it and its `Dep` lines.

use std::collections::BTreeSet;

use event::EventId;
use testkit::naive::Law;
use testkit::world::Chance;

/// A remote.
#[derive(Default)]
pub struct Host {
    /// What it shows.
    pub holds: BTreeSet<EventId>,
    /// What arrives later, and at which step.
    under_way: Vec<(usize, BTreeSet<EventId>)>,
    /// Takes and shows nothing new.
    pub frozen: bool,
    /// Who cannot reach it.
    pub cut_off: BTreeSet<usize>,
}

impl Host {
    /// What is pushed arrives now, later, or never.
    pub fn take(&mut self, events: BTreeSet<EventId>, step: usize, chance: &mut Chance) {
        if self.frozen || chance.percent(5) {
            return;
        }
        match chance.percent(25) {
            true => self.under_way.push((step + chance.below(15), events)),
            false => self.holds.extend(events),
        }
    }

    /// What was under way arrives.
    pub fn arrive(&mut self, step: usize) {
        let (due, later) = std::mem::take(&mut self.under_way).into_iter().partition(|(at, _)| *at <= step);
        self.under_way = later;
        let due: Vec<(usize, BTreeSet<EventId>)> = due;
        self.holds.extend(due.into_iter().flat_map(|(_, events)| events));
    }

    /// Everything that it ever got and still has or will have.
    pub fn knows(&self, id: &EventId) -> bool {
        self.holds.contains(id) || self.under_way.iter().any(|(_, events)| events.contains(id))
    }

    /// The branches of some chains are gone, or end earlier.
    pub fn forget(&mut self, law: &Law, chance: &mut Chance) {
        let lost: BTreeSet<event::Device> =
            self.holds.iter().filter_map(|id| law.event(*id)).map(|e| e.device).filter(|_| chance.percent(3)).collect();
        let until = chance.below(20) as u64;
        self.holds.retain(|id| law.event(*id).is_some_and(|e| !lost.contains(&e.device) || e.seq < until));
    }
}

/// These events and all that git carries along with them.
pub fn carried(law: &Law, tips: impl IntoIterator<Item = EventId>) -> BTreeSet<EventId> {
    let mut all = BTreeSet::new();
    let mut todo: Vec<EventId> = tips.into_iter().collect();
    while let Some(id) = todo.pop() {
        if let Some(event) = law.event(id)
            && all.insert(id)
        {
            todo.extend(event.prev.iter().chain(&event.deps));
        }
    }
    all
}

/// Some of these, as a fetch that was cut short or that asks for few branches brings them.
pub fn part(law: &Law, of: &BTreeSet<EventId>, chance: &mut Chance) -> BTreeSet<EventId> {
    let most = 1 + chance.below(6);
    let events: Vec<EventId> = of.iter().copied().collect();
    let tips: Vec<EventId> = (0..most).filter_map(|_| chance.pick(&events).copied()).collect();
    carried(law, tips)
}
