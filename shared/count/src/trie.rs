//! The tree of ballots for Meek's method: ballots that meet the same candidates are one node.
//!
//! A node is a group of candidates of equal rank, mostly one candidate, under the nodes that a vote has passed before.
//! Only elected candidates pass anything on, so the tree ends at the hopeful and stays small however many ballots there
//! are. When a candidate is elected or defeated, the ballots that ended there are led on; with equal ranks, all are.

use std::collections::BTreeMap;

use ethnum::U256;

use crate::ballots::{EQUAL, Ranked, groups};

const NONE: u32 = u32::MAX;
const ROOT: u32 = 0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Hopeful,
    Elected,
    Defeated,
}

struct Node {
    parent: u32,
    /// A candidate, or a group's number above all candidates.
    group: u32,
    /// How many ballots come by.
    count: u64,
}

/// The tree, and where each ballot ends in it.
pub(crate) struct Trie<'a> {
    ballots: &'a Ranked,
    place: Vec<Place>,
    nodes: Vec<Node>,
    /// Children by parent and group: an open table.
    table: Vec<(u64, u32)>,
    groups: Vec<Vec<u16>>,
    group_numbers: BTreeMap<Vec<u16>, u32>,
    /// What each node passes on, filled anew by `pass`.
    rest: Vec<U256>,
    equal: bool,
    at: Vec<u32>,
    next: Vec<u16>,
    piles: Vec<Vec<u32>>,
}

impl<'a> Trie<'a> {
    pub fn new(ballots: &'a Ranked) -> Self {
        let n = ballots.size();
        let equal = ballots.has_equal();
        let count = if equal { 0 } else { ballots.rows.len() };
        let mut trie = Trie {
            ballots,
            place: vec![Place::Hopeful; n],
            nodes: Vec::new(),
            table: Vec::new(),
            groups: Vec::new(),
            group_numbers: BTreeMap::new(),
            rest: Vec::new(),
            equal,
            at: vec![ROOT; count],
            next: vec![0; count],
            piles: vec![Vec::new(); n],
        };
        trie.clear();
        match equal {
            true => trie.lead_all(),
            false => (0..count as u32).for_each(|number| trie.lead(number)),
        }
        trie
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn elect(&mut self, candidate: usize) {
        self.place[candidate] = Place::Elected;
        self.move_on(candidate);
    }

    pub fn defeat(&mut self, candidate: usize) {
        self.place[candidate] = Place::Defeated;
        self.move_on(candidate);
    }

    /// Passes a whole vote down the tree. `keep` is given a weight, a candidate and how many ballots there are, takes
    /// what the candidate keeps, and says what it does not.
    pub fn pass(&mut self, unit: U256, mut keep: impl FnMut(U256, usize, u64) -> U256) {
        self.rest.clear();
        self.rest.push(unit);
        for node in &self.nodes[1..] {
            let weight = self.rest[node.parent as usize];
            let rest = if weight == U256::ZERO {
                U256::ZERO
            } else if (node.group as usize) < self.place.len() {
                match self.place[node.group as usize] {
                    Place::Defeated => U256::ZERO,
                    _ => keep(weight, node.group as usize, node.count),
                }
            } else {
                let group = &self.groups[node.group as usize - self.place.len()];
                let share = weight / U256::from(group.len() as u64);
                group.iter().map(|c| keep(share, usize::from(*c), node.count)).fold(U256::ZERO, |sum, rest| sum + rest)
            };
            self.rest.push(rest);
        }
    }

    fn clear(&mut self) {
        self.nodes.clear();
        self.nodes.push(Node { parent: NONE, group: NONE, count: 0 });
        self.table = vec![(u64::MAX, NONE); 1024];
        self.groups.clear();
        self.group_numbers.clear();
    }

    fn move_on(&mut self, candidate: usize) {
        if self.equal {
            self.clear();
            return self.lead_all();
        }
        let defeated = self.place[candidate] == Place::Defeated;
        for number in std::mem::take(&mut self.piles[candidate]) {
            let at = &mut self.at[number as usize];
            if defeated {
                *at = self.nodes[*at as usize].parent;
            }
            self.next[number as usize] += 1;
            self.lead(number);
        }
    }

    /// Leads a ballot from where it is to the next hopeful candidate, if there is one.
    fn lead(&mut self, number: u32) {
        let ballots = self.ballots;
        let row = ballots.rows.row(number as usize);
        let weight = ballots.rows.weight(number as usize);
        let (mut at, mut next) = (self.at[number as usize], self.next[number as usize]);
        while let Some(candidate) = row.get(usize::from(next)) {
            let place = self.place[usize::from(*candidate)];
            if place != Place::Defeated {
                at = self.child(at, u32::from(*candidate), weight);
            }
            if place == Place::Hopeful {
                self.piles[usize::from(*candidate)].push(number);
                break;
            }
            next += 1;
        }
        (self.at[number as usize], self.next[number as usize]) = (at, next);
    }

    /// With equal ranks: every ballot from the start, past groups of which something passes on.
    fn lead_all(&mut self) {
        let ballots = self.ballots;
        let mut group = Vec::new();
        for (weight, row) in ballots.rows.iter() {
            let mut at = ROOT;
            for entries in groups(row) {
                let there = entries.iter().map(|entry| entry & !EQUAL);
                group.clear();
                group.extend(there.filter(|c| self.place[usize::from(*c)] != Place::Defeated));
                group.sort_unstable();
                match group[..] {
                    [] => continue,
                    [one] => at = self.child(at, u32::from(one), weight),
                    _ => {
                        let number = self.group(&group);
                        at = self.child(at, number, weight);
                    }
                }
                if group.iter().all(|c| self.place[usize::from(*c)] == Place::Hopeful) {
                    break;
                }
            }
        }
    }

    fn group(&mut self, group: &[u16]) -> u32 {
        if let Some(number) = self.group_numbers.get(group) {
            return *number;
        }
        let number = (self.place.len() + self.groups.len()) as u32;
        self.groups.push(group.to_vec());
        self.group_numbers.insert(group.to_vec(), number);
        number
    }

    /// The child of a node, made if need be, with so many ballots more.
    fn child(&mut self, parent: u32, group: u32, weight: u64) -> u32 {
        let key = u64::from(parent) << 32 | u64::from(group);
        let mask = self.table.len() - 1;
        let mut slot = hash(key) & mask;
        loop {
            match self.table[slot] {
                (_, NONE) => break,
                (found, node) if found == key => {
                    self.nodes[node as usize].count += weight;
                    return node;
                }
                _ => slot = (slot + 1) & mask,
            }
        }
        let node = self.nodes.len() as u32;
        self.nodes.push(Node { parent, group, count: weight });
        self.table[slot] = (key, node);
        if self.nodes.len() * 2 > self.table.len() {
            self.widen();
        }
        node
    }

    fn widen(&mut self) {
        let mut table = vec![(u64::MAX, NONE); self.table.len() * 4];
        let mask = table.len() - 1;
        for entry in self.table.iter().filter(|(_, node)| *node != NONE) {
            let mut slot = hash(entry.0) & mask;
            while table[slot].1 != NONE {
                slot = (slot + 1) & mask;
            }
            table[slot] = *entry;
        }
        self.table = table;
    }
}

fn hash(key: u64) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (key ^ (key >> 29)).wrapping_mul(MIX);
    ((mixed ^ (mixed >> 32)).wrapping_mul(MIX) >> 20) as usize
}
