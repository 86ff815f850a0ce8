//! Which debts of a community cancel each other out, and how much of each: the set-off of largest volume.
//!
//! Ada owes Bob, Bob owes Cyn, Cyn owes Ada: what all three have in common they need not pay. A set-off lowers
//! debts so that each party is let off exactly as much as it lets others off; no balance moves. Of all set-offs this
//! is one of the largest: the debts less the minimum-cost flow of the net positions (Fleischman, Dini, Littera 2020,
//! doi 10.3390/jrfm13120295). [`Clearing::prices`] prove it, and [`is_largest`] checks them without trust.
//!
//! Everyone who has the same debts finds the same set-off, in whatever order they come.
//!
//! The flow is our own, for want of a library that is alive, freely licensed and exact: `mcmf` is a binding of C++
//! code without a release for years, `rs-graph` is under the GPL, `petgraph`, `pathfinding` and `rustworkx-core` have
//! maximum flows and assignments only, and linear programs are solved in floating point.

mod flow;
mod loops;
mod part;
mod proof;

pub use loops::{Loop, Loops};
pub use proof::is_largest;

use std::collections::BTreeMap;

/// A debt. All debts that are set off together are in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obligation<P, K> {
    /// Who owes.
    pub debtor: P,
    /// To whom.
    pub creditor: P,
    /// How much, in smallest parts.
    pub amount: u64,
    /// The debt's name and its turn: of several debts between the same two, the one with the least key is discharged
    /// first, such as (due date, id).
    pub key: K,
}

/// A set-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clearing<P> {
    /// By how much each debt is discharged, in the order in which the debts were given.
    pub discharged: Vec<u64>,
    /// All debts together.
    pub total: u128,
    /// All that is discharged.
    pub cleared: u128,
    /// A price for each party, in order: the proof that no set-off is larger, see [`is_largest`].
    pub prices: Vec<(P, i64)>,
    /// What is discharged between each two.
    between: BTreeMap<(usize, usize), u128>,
}

/// Debts that cannot be set off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The debt at this place is owed to the debtor.
    #[error("debt {0} is owed to the debtor")]
    Oneself(usize),
    /// Two debts have the same key, so it is not clear which comes first; the place of one.
    #[error("debt {0} has the key of another")]
    SameKey(usize),
}

/// Finds the largest set-off.
///
/// At worst it needs about parties² × debts steps for each length of a chain of debtors; trade networks are far from
/// that.
pub fn clear<P: Ord + Clone, K: Ord>(debts: &[Obligation<P, K>]) -> Result<Clearing<P>, Error> {
    let turns = turns(debts)?;
    let mut parties: Vec<&P> = debts.iter().flat_map(|debt| [&debt.debtor, &debt.creditor]).collect();
    parties.sort_unstable();
    parties.dedup();
    let place = |party: &P| parties.binary_search(&party).unwrap_or(usize::MAX);
    let pair = |debt: &Obligation<P, K>| (place(&debt.debtor), place(&debt.creditor));

    let mut owed: BTreeMap<(usize, usize), u128> = BTreeMap::new();
    for debt in debts {
        let sum = owed.entry(pair(debt)).or_default();
        *sum = sum.saturating_add(debt.amount.into());
    }
    let (between, prices) = flow::largest(parties.len(), &owed);

    let mut left = between.clone();
    let mut discharged = vec![0; debts.len()];
    for at in turns {
        if let Some(left) = left.get_mut(&pair(&debts[at])) {
            let part = u64::try_from(*left).unwrap_or(u64::MAX).min(debts[at].amount);
            *left = left.saturating_sub(part.into());
            discharged[at] = part;
        }
    }
    Ok(Clearing {
        discharged,
        total: owed.values().sum(),
        cleared: between.values().sum(),
        prices: parties.into_iter().cloned().zip(prices).collect(),
        between,
    })
}

/// The debts in the order of their keys.
fn turns<P: Ord, K: Ord>(debts: &[Obligation<P, K>]) -> Result<Vec<usize>, Error> {
    if let Some(at) = debts.iter().position(|debt| debt.debtor == debt.creditor) {
        return Err(Error::Oneself(at));
    }
    let mut turns: Vec<usize> = (0..debts.len()).collect();
    turns.sort_by(|a, b| debts[*a].key.cmp(&debts[*b].key));
    match turns.windows(2).find(|two| debts[two[0]].key == debts[two[1]].key) {
        Some(two) => Err(Error::SameKey(two[1])),
        None => Ok(turns),
    }
}

impl<P: Ord + Clone> Clearing<P> {
    /// The share of all debt that is discharged, in hundredths of a per cent, rounded down.
    pub fn share(&self) -> u16 {
        let scaled = self.cleared.saturating_mul(10_000).checked_div(self.total).unwrap_or(0);
        u16::try_from(scaled).unwrap_or(u16::MAX)
    }

    /// How many parties the debts concern.
    pub fn parties(&self) -> usize {
        self.prices.len()
    }

    /// The set-off as loops of parties, each of whom owes the next: the `most` largest of them by volume, for people
    /// to look at. The same volume can be taken apart in other ways.
    pub fn loops(&self, most: usize) -> Loops<P> {
        let name = |at: usize| self.prices.get(at).map(|(party, _)| party.clone());
        loops::decompose(self.prices.len(), &self.between, most, name)
    }
}
