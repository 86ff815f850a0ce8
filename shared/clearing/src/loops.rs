//! A set-off taken apart into loops of parties, for people to look at.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Parties each of whom owes the next, and the last the first, and how much all of them are let off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loop<P> {
    /// Two or more, each once; the least comes first.
    pub parties: Vec<P>,
    /// In smallest parts.
    pub amount: u128,
}

/// The largest loops, by amount times parties, and how many there are besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loops<P> {
    /// The largest first.
    pub shown: Vec<Loop<P>>,
    /// How many smaller ones were found.
    pub others: usize,
}

/// A loop's volume, and whichever comes first in the order of parties where volumes are equal.
type Ranked = Reverse<(u128, Reverse<Vec<usize>>, u128)>;

/// Takes a circulation apart. The memory it needs grows with `most`, not with the number of loops.
pub(crate) fn decompose<P>(
    parties: usize,
    between: &BTreeMap<(usize, usize), u128>,
    most: usize,
    name: impl Fn(usize) -> Option<P>,
) -> Loops<P> {
    let mut walk = Walk { leaving: vec![Vec::new(); parties], depth: vec![None; parties], path: Vec::new() };
    for (&(from, to), &amount) in between {
        walk.leaving[from].push((to, amount));
    }
    let mut ranked: BinaryHeap<Ranked> = BinaryHeap::new();
    let mut found = 0usize;
    for start in 0..parties {
        while let Some((members, amount)) = walk.next(start) {
            found = found.saturating_add(1);
            let volume = amount.saturating_mul(members.len().try_into().unwrap_or(u128::MAX));
            ranked.push(Reverse((volume, Reverse(members), amount)));
            if ranked.len() > most {
                ranked.pop();
            }
        }
    }
    let shown: Vec<Loop<P>> = ranked
        .into_sorted_vec()
        .into_iter()
        .map(|Reverse((_, Reverse(members), amount))| Loop {
            parties: members.into_iter().filter_map(&name).collect(),
            amount,
        })
        .collect();
    Loops { others: found.saturating_sub(shown.len()), shown }
}

/// A walk along what is left of a circulation, which closes a loop as soon as it can.
struct Walk {
    leaving: Vec<Vec<(usize, u128)>>,
    /// How deep in the path a party stands.
    depth: Vec<Option<usize>>,
    /// Parties, and the arc by which each was left.
    path: Vec<(usize, usize)>,
}

impl Walk {
    /// The next loop that can be reached from here, taken off; nothing once nothing leaves from here.
    fn next(&mut self, start: usize) -> Option<(Vec<usize>, u128)> {
        loop {
            let node = self.path.last().map_or(start, |(from, arc)| self.leaving[*from][*arc].0);
            // A party with nothing left to give has nothing left to get either: the path is empty here.
            let arcs = self.leaving[node].iter().enumerate().filter(|(_, (_, left))| *left > 0);
            let (arc, to) = arcs.map(|(n, (to, _))| (n, *to)).max_by_key(|(n, to)| (self.depth[*to], Reverse(*n)))?;
            self.depth[node] = Some(self.path.len());
            self.path.push((node, arc));
            if let Some(depth) = self.depth[to] {
                return Some(self.take_off(depth));
            }
        }
    }

    fn take_off(&mut self, depth: usize) -> (Vec<usize>, u128) {
        let ring: Vec<(usize, usize)> = self.path.drain(depth..).collect();
        let amount = ring.iter().map(|(node, arc)| self.leaving[*node][*arc].1).min().unwrap_or(0);
        for (node, arc) in &ring {
            let left = &mut self.leaving[*node][*arc].1;
            *left = left.saturating_sub(amount);
            self.depth[*node] = None;
        }
        let mut members: Vec<usize> = ring.into_iter().map(|(node, _)| node).collect();
        let least = members.iter().enumerate().min_by_key(|(_, member)| **member).map_or(0, |(at, _)| at);
        members.rotate_left(least);
        (members, amount)
    }
}
