//! The second model: a full refold, brute force, that shares nothing with the law but the types of the events.
//!
//! It follows the nine lines of the protocol's section 6 one by one. Where these leave a detail open, the place
//! in the code says which reading was taken.

mod accounts;
mod announce;
mod changes;
mod cover;
mod credit;
mod ends;
mod fold;
mod kinds;
mod law;
mod register;
mod rulebook;
mod standing;
mod state;
mod succession;
mod verdict;
mod vote;

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, Device, EventId, Item, Position, Unit, Verified};

pub use announce::{Channel, Shown};
pub use changes::Way;
pub use cover::Cover;
pub use credit::Word;
pub use ends::Shut;
pub use law::Law;
pub use state::{Member, Need, Standing, State, quorum};
pub use succession::next as next_secretary;

/// What a set of events means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Naive {
    /// V′: all that is held with everything it names, without requests to join that nobody named.
    pub held: BTreeSet<EventId>,
    /// The valid ones among them.
    pub valid: BTreeSet<EventId>,
    /// The deepest entry of R; none without a genesis.
    pub register: Option<EventId>,
    /// Whether settled entries contradict each other.
    pub split: bool,
    /// Line 6.
    pub settled: BTreeSet<EventId>,
    /// Line 7.
    pub effective: BTreeSet<EventId>,
    /// Balances in smallest parts; what is zero is left out.
    pub balances: BTreeMap<(Account, Unit), i128>,
    /// Legs with effect that nobody took, and declines that the payer has not taken back.
    pub open: BTreeSet<Item>,
    /// In transit, in smallest parts; what is zero is left out.
    pub transit: BTreeMap<Unit, i128>,
    /// Forked chains: the first seq with two valid events.
    pub forked: BTreeMap<Device, u64>,
    /// Where chains end by the register.
    pub cut: BTreeMap<Device, Position>,
    /// Accounts that are closed, and the last event of their books.
    pub closed: BTreeMap<Account, Position>,
    /// The device that keeps the register.
    pub secretary: Option<Device>,
    /// The register's term.
    pub term: u32,
}

impl Naive {
    /// Whether balances and what is in transit sum to zero in every unit.
    pub fn conserved(&self) -> bool {
        let mut sums = self.transit.clone();
        for ((_, unit), balance) in &self.balances {
            *sums.entry(unit.clone()).or_default() += balance;
        }
        sums.values().all(|sum| *sum == 0)
    }
}

/// What these events mean to someone who trusts this checkpoint.
pub fn fold(events: &BTreeMap<EventId, Verified>, checkpoint: Option<EventId>) -> Naive {
    let Some(log) = genesis(events, checkpoint) else { return Naive::default() };
    let mut law = Law::new(log);
    for verified in events.values() {
        law.insert(verified.clone());
    }
    law.fold(&events.keys().copied().collect(), checkpoint)
}

/// Which genesis the events speak of: the checkpoint's, or else the one that most events name as their log, the
/// smallest id of several. (The protocol leaves this to the repository, which belongs to one community.)
fn genesis(events: &BTreeMap<EventId, Verified>, checkpoint: Option<EventId>) -> Option<EventId> {
    let founded = |id: &EventId| events.get(id).is_some_and(|v| matches!(v.event.body, Body::Found(_)));
    if let Some(trusted) = checkpoint.and_then(|id| events.get(&id)) {
        return trusted.event.log.or(Some(trusted.id)).filter(founded);
    }
    let mut votes: BTreeMap<EventId, usize> = events.keys().filter(|id| founded(id)).map(|id| (*id, 0)).collect();
    for log in events.values().filter_map(|v| v.event.log) {
        votes.entry(log).and_modify(|n| *n += 1);
    }
    votes.into_iter().max_by_key(|(id, n)| (*n, std::cmp::Reverse(*id))).map(|(id, _)| id)
}
