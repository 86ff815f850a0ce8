//! The nine lines of the protocol's section 6, in their order.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use event::{Body, Device, EventId, Item};

use super::Naive;
use super::cover::Cover;
use super::credit::total;
use super::law::Law;
use super::state::State;

impl Law {
    /// What these of the events mean to someone who trusts this checkpoint.
    pub fn fold(&self, events: &BTreeSet<EventId>, checkpoint: Option<EventId>) -> Naive {
        let mut naive = Naive { held: self.held(events), ..Naive::default() };
        naive.valid = naive.held.iter().copied().filter(|id| self.valid(*id)).collect();
        let cover = Cover::of(self, &naive.valid);
        let Some(last) = self.walk_register(&mut naive, &cover, checkpoint) else { return naive };
        naive.settled = self.settled(&naive, &cover, &last);
        naive.forked = self.forked(&naive);
        naive.cut = last.cuts.clone();
        naive.closed = last.closed.clone();
        naive.secretary = Some(last.secretary);
        naive.term = last.term;
        naive.effective = naive.valid.iter().copied().filter(|id| self.effective(&naive, &last, *id)).collect();
        self.add_up(&mut naive);
        naive
    }

    /// Line 0. A request to join that nobody names is a stranger's, and stays outside.
    fn held(&self, events: &BTreeSet<EventId>) -> BTreeSet<EventId> {
        let mut known = BTreeMap::new();
        let mut held: BTreeSet<EventId> =
            events.iter().copied().filter(|id| self.complete(events, &mut known, *id)).collect();
        loop {
            let named: BTreeSet<EventId> = held.iter().flat_map(|id| self.names(*id)).copied().collect();
            let before = held.len();
            held.retain(|id| named.contains(id) || !self.event(*id).is_some_and(|e| matches!(e.body, Body::Join(_))));
            if held.len() == before {
                return held;
            }
        }
    }

    /// Whether all that an event names, and all that these name, is among the events.
    fn complete(&self, events: &BTreeSet<EventId>, known: &mut BTreeMap<EventId, bool>, id: EventId) -> bool {
        if let Some(answer) = known.get(&id) {
            return *answer;
        }
        let answer = events.contains(&id)
            && self.event(id).is_some()
            && self.names(id).iter().all(|named| self.complete(events, known, *named));
        known.insert(id, answer);
        answer
    }

    /// Line 5; the state at the end of R.
    fn walk_register(&self, naive: &mut Naive, cover: &Cover, checkpoint: Option<EventId>) -> Option<Rc<State>> {
        let mut paths = vec![self.state(self.log()).filter(|_| naive.valid.contains(&self.log()))?.path.clone()];
        for entry in naive.valid.iter().filter(|id| self.is_entry(**id)) {
            let related = checkpoint.is_none_or(|trusted| self.related(naive, trusted, *entry));
            let settled = self.settlers(*entry).is_some_and(|by| cover.settles(self, by, *entry));
            if let Some(state) = self.state(*entry).filter(|_| related && settled) {
                paths.push(state.path.clone());
            }
        }
        let longest = paths.iter().max_by_key(|path| path.len())?;
        naive.split = !paths.iter().all(|path| longest.starts_with(path));
        // On one line every path begins the longest; else only what all the tips share is left.
        let tip = |path: &&Vec<EventId>| !paths.iter().any(|p| p.len() > path.len() && p.starts_with(path));
        let tips: Vec<&Vec<EventId>> = paths.iter().filter(tip).collect();
        let shared = longest.iter().enumerate().take_while(|(n, id)| tips.iter().all(|p| p.get(*n) == Some(id)));
        naive.register = shared.map(|(_, id)| *id).last();
        self.state(naive.register?)
    }

    /// Ancestor or descendant of the checkpoint, or the checkpoint itself.
    fn related(&self, naive: &Naive, trusted: EventId, entry: EventId) -> bool {
        let on = |path: EventId, id: EventId| self.state(path).is_some_and(|state| state.path.contains(&id));
        entry == self.log() || naive.valid.contains(&trusted) && (on(trusted, entry) || on(entry, trusted))
    }

    /// Line 6, with the exception that line 3 makes for register entries: those on R are settled. Taken word for
    /// word, the line would unsettle an entry that was acknowledged after the approvals of a change of stewards, as
    /// soon as that change is entered; the closing entry itself would never be settled under the set that made it.
    fn settled(&self, naive: &Naive, cover: &Cover, last: &State) -> BTreeSet<EventId> {
        let mut settled: BTreeSet<EventId> = last.path.iter().copied().collect();
        for set in last.path.iter().copied().filter(|entry| self.state(*entry).is_some_and(|s| s.set == *entry)) {
            let closing =
                last.path.iter().copied().find(|c| {
                    *c != set && self.state(*c).is_some_and(|s| s.set == *c) && self.settlers(*c) == Some(set)
                });
            let kept = closing.map(|entry| self.kept_by(entry));
            settled.extend(naive.valid.iter().copied().filter(|id| {
                let kept = kept.as_ref().is_none_or(|kept| !kept.stewards(self, set, *id).is_empty());
                kept && cover.settles(self, set, *id)
            }));
        }
        for cut in last.cuts.values() {
            settled.extend(self.chain(cut.id));
        }
        settled
    }

    /// What the last words that a closing entry names have acknowledged before them; an inline entry is its own.
    fn kept_by(&self, entry: EventId) -> Cover {
        let approvals = self.closing_approvals(entry);
        let chains: BTreeSet<EventId> = approvals.into_iter().flat_map(|id| self.chain(id)).collect();
        Cover::of(self, &chains)
    }

    fn forked(&self, naive: &Naive) -> BTreeMap<Device, u64> {
        let mut seen = BTreeSet::new();
        let mut forked: BTreeMap<Device, u64> = BTreeMap::new();
        for event in naive.valid.iter().filter_map(|id| self.event(*id)) {
            if !seen.insert((event.device, event.seq)) {
                let first = forked.entry(event.device).or_insert(event.seq);
                *first = (*first).min(event.seq);
            }
        }
        forked
    }

    /// Line 7.
    fn effective(&self, naive: &Naive, last: &State, id: EventId) -> bool {
        let Some(event) = self.event(id) else { return false };
        let on_r = self.knows(id).is_some_and(|entry| last.path.contains(&entry));
        let cut = last.cuts.get(&event.device).is_some_and(|cut| !self.covers(cut.id, id));
        let forked = naive.forked.get(&event.device).is_some_and(|first| *first <= event.seq);
        naive.settled.contains(&id) || (on_r && !cut && !forked)
    }

    /// Line 8.
    fn add_up(&self, naive: &mut Naive) {
        let mut by_seq: Vec<EventId> = naive.effective.iter().copied().collect();
        by_seq.sort_by_key(|id| (self.event(*id).map(|e| e.seq), *id));
        let mut open: BTreeSet<Item> = BTreeSet::new();
        // What the register brings along from other books belongs to whom it names, member or not.
        let carried = naive.register.and_then(|entry| self.state(entry)).map(|state| state.carried.clone());
        naive.balances.extend(carried.into_iter().flatten());
        for id in &by_seq {
            if let Some(Body::Pay(pay)) = self.event(*id).map(|e| &e.body) {
                *naive.balances.entry((pay.from.clone(), pay.unit.clone())).or_default() -= total(pay);
                open.extend((0..pay.legs.len()).filter_map(|n| Some(Item::Leg(*id, u16::try_from(n).ok()?))));
            }
        }
        // Legs and declines first, then what is taken back for want of them, then the returns of declines that counted.
        for turn in [Turn::Leg, Turn::Back, Turn::Return] {
            for id in &by_seq {
                self.count(naive, &mut open, *id, turn);
            }
        }
        for item in &open {
            if let Some(((_, unit), amount)) = self.worth(*item) {
                *naive.transit.entry(unit).or_default() += amount;
            }
        }
        naive.open = open;
        naive.balances.retain(|_, sum| *sum != 0);
        naive.transit.retain(|_, sum| *sum != 0);
    }

    /// Lets the items of one receipt or decline count, where they are settled and the first. What someone takes back
    /// need not be settled: it is the own payment, and goes with it if that loses its effect.
    fn count(&self, naive: &mut Naive, open: &mut BTreeSet<Item>, id: EventId, turn: Turn) {
        match self.event(id).map(|e| &e.body) {
            Some(Body::Receive(receive)) => {
                for item in receive.items.iter().filter(|item| Turn::of(item) == turn) {
                    let settled = turn == Turn::Back || naive.settled.contains(&item.event());
                    let place = match *item {
                        Item::Back(pay, leg) => Item::Leg(pay, leg),
                        item => item,
                    };
                    if settled && open.remove(&place) {
                        let Some((purse, amount)) = self.worth(*item) else { continue };
                        *naive.balances.entry(purse).or_default() += amount;
                    }
                }
            }
            Some(Body::Decline(decline))
                if turn == Turn::Leg
                    && naive.settled.contains(&decline.pay)
                    && open.remove(&Item::Leg(decline.pay, decline.leg)) =>
            {
                open.insert(Item::Return(id));
            }
            _ => {}
        }
    }
}

/// When an item's turn comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Leg,
    Back,
    Return,
}

impl Turn {
    fn of(item: &Item) -> Turn {
        match item {
            Item::Leg(..) => Turn::Leg,
            Item::Back(..) => Turn::Back,
            Item::Return(_) => Turn::Return,
        }
    }
}
