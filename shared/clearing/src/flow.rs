//! The minimum-cost flow by which the net debtors reach the net creditors: what of the debts must remain.
//!
//! Every debt costs 1 for each part that flows through it. The cheapest flow is found by the primal-dual method
//! (Ford and Fulkerson, *Flows in Networks*, 1962, chapter III): prices say how far a party is from the net debtors,
//! and along arcs of reduced cost zero as much flows as can, by Dinic's levels. Each round lengthens the shortest way,
//! and no way is longer than there are parties, so there are at most as many rounds. All numbers are whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// What one party is let off towards another, and the prices that prove it.
type Circulation = (BTreeMap<(usize, usize), u128>, Vec<i64>);

/// Arc `n` and arc `n ^ 1` are each other's way back.
struct Arc {
    to: usize,
    room: u128,
    cost: i64,
}

struct Network {
    arcs: Vec<Arc>,
    /// The arcs that leave each node.
    leaving: Vec<Vec<usize>>,
    price: Vec<i64>,
    /// Where debt begins, and where it ends.
    source: usize,
    sink: usize,
}

/// The largest circulation below these debts, between parties numbered from 0 to `parties`.
pub(crate) fn largest(parties: usize, owed: &BTreeMap<(usize, usize), u128>) -> Circulation {
    let (source, sink) = (parties, parties.saturating_add(1));
    let nodes = parties.saturating_add(2);
    let mut net = Network { arcs: Vec::new(), leaving: vec![Vec::new(); nodes], price: vec![0; nodes], source, sink };
    let (mut owes, mut gets) = (vec![0u128; parties], vec![0u128; parties]);
    for (&(from, to), &sum) in owed {
        net.arc(from, to, sum, 1);
        owes[from] = owes[from].saturating_add(sum);
        gets[to] = gets[to].saturating_add(sum);
    }
    for party in 0..parties {
        net.arc(source, party, owes[party].saturating_sub(gets[party]), 0);
        net.arc(party, sink, gets[party].saturating_sub(owes[party]), 0);
    }
    net.send();
    // What does not flow is let off: the room that is left in each debt.
    let off = owed.keys().zip(net.arcs.iter().step_by(2)).filter(|(_, arc)| arc.room > 0);
    let off = off.map(|(pair, arc)| (*pair, arc.room)).collect();
    net.price.truncate(parties);
    (off, net.price)
}

impl Network {
    fn arc(&mut self, from: usize, to: usize, room: u128, cost: i64) {
        self.leaving[from].push(self.arcs.len());
        self.arcs.push(Arc { to, room, cost });
        self.leaving[to].push(self.arcs.len());
        self.arcs.push(Arc { to: from, room: 0, cost: cost.saturating_neg() });
    }

    /// Sends all net debt to the net creditors, as cheaply as can be.
    fn send(&mut self) {
        while self.reprice() {
            while let Some(levels) = self.levels() {
                self.block(&levels);
            }
        }
    }

    /// The cost of an arc after prices; never below zero where there is room.
    fn reduced(&self, from: usize, arc: &Arc) -> i64 {
        arc.cost.saturating_add(self.price[from]).saturating_sub(self.price[arc.to])
    }

    /// Raises the prices by the distances from the source, so that the shortest ways to the sink cost nothing
    /// (Dijkstra). No way there: all is sent.
    fn reprice(&mut self) -> bool {
        let mut far = vec![i64::MAX; self.price.len()];
        let mut next = BinaryHeap::from([Reverse((0i64, self.source))]);
        far[self.source] = 0;
        while let Some(Reverse((distance, node))) = next.pop() {
            if node == self.sink {
                break;
            }
            if distance > far[node] {
                continue;
            }
            for arc in self.leaving[node].iter().map(|n| &self.arcs[*n]).filter(|arc| arc.room > 0) {
                let reached = distance.saturating_add(self.reduced(node, arc));
                if reached < far[arc.to] {
                    far[arc.to] = reached;
                    next.push(Reverse((reached, arc.to)));
                }
            }
        }
        let end = far[self.sink];
        if end == i64::MAX {
            return false;
        }
        for (price, far) in self.price.iter_mut().zip(far) {
            *price = price.saturating_add(far.min(end));
        }
        true
    }

    fn is_open(&self, from: usize, arc: &Arc) -> bool {
        arc.room > 0 && self.reduced(from, arc) == 0
    }

    /// How many open arcs each node is from the source; nothing if the sink is not reached.
    fn levels(&self) -> Option<Vec<usize>> {
        let mut levels = vec![usize::MAX; self.price.len()];
        levels[self.source] = 0;
        let mut queue = std::collections::VecDeque::from([self.source]);
        while let Some(node) = queue.pop_front() {
            for arc in self.leaving[node].iter().map(|n| &self.arcs[*n]) {
                if levels[arc.to] == usize::MAX && self.is_open(node, arc) {
                    levels[arc.to] = levels[node].saturating_add(1);
                    queue.push_back(arc.to);
                }
            }
        }
        (levels[self.sink] != usize::MAX).then_some(levels)
    }

    /// Fills every way from the source to the sink that goes up one level with each step.
    fn block(&mut self, levels: &[usize]) {
        let mut tried = vec![0usize; self.price.len()];
        let mut way: Vec<usize> = Vec::new();
        loop {
            let node = way.last().map_or(self.source, |arc| self.arcs[*arc].to);
            if node == self.sink {
                let full = self.fill(&way);
                way.truncate(full);
                continue;
            }
            let onward = self.leaving[node][tried[node]..].iter().position(|n| {
                let arc = &self.arcs[*n];
                levels[arc.to] == levels[node].saturating_add(1) && self.is_open(node, arc)
            });
            match onward {
                Some(skipped) => {
                    tried[node] = tried[node].saturating_add(skipped);
                    way.push(self.leaving[node][tried[node]]);
                }
                None => {
                    tried[node] = self.leaving[node].len();
                    // Nothing leads on from here: back, and past the arc that led here.
                    let Some(arc) = way.pop() else { return };
                    let before = self.arcs[arc ^ 1].to;
                    tried[before] = tried[before].saturating_add(1);
                }
            }
        }
    }

    /// Sends what the narrowest arc of a way lets through; the place of the first arc that is full then.
    fn fill(&mut self, way: &[usize]) -> usize {
        let least = way.iter().map(|arc| self.arcs[*arc].room).min().unwrap_or(0);
        for arc in way {
            self.arcs[*arc].room = self.arcs[*arc].room.saturating_sub(least);
            self.arcs[arc ^ 1].room = self.arcs[arc ^ 1].room.saturating_add(least);
        }
        way.iter().position(|arc| self.arcs[*arc].room == 0).unwrap_or(0)
    }
}
