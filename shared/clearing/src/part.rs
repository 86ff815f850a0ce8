//! A part of a set-off that discharges no more than so many debts, for who can name only so many at once.
//!
//! A set-off is a sum of loops, and each loop alone is a set-off, so any of them together are one. The loops that
//! clear most for each debt that they need come first. Which part is the very largest is a knapsack, and is not asked.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::loops::{self, Loop};
use crate::{Clearing, Error, Obligation, turns};

impl<P: Ord + Clone> Clearing<P> {
    /// By how much each of the same debts is discharged by loops of this set-off that need at most so many debts; in
    /// the order in which the debts were given. Nothing is discharged where no loop is so small.
    pub fn part<K: Ord>(&self, debts: &[Obligation<P, K>], most: usize) -> Result<Vec<u64>, Error> {
        let mut queues: BTreeMap<(usize, usize), Queue> = BTreeMap::new();
        for at in turns(debts)?.into_iter().filter(|at| debts[*at].amount > 0) {
            let debt = &debts[at];
            let pair = (self.place(&debt.debtor), self.place(&debt.creditor));
            queues.entry(pair).or_default().left.push((at, debt.amount));
        }
        let mut loops = loops::decompose(self.prices.len(), &self.between, usize::MAX, Some).shown;
        loops.sort_by_cached_key(|one| (Reverse(density(one, &queues)), one.parties.clone()));
        let mut discharged = vec![0u64; debts.len()];
        let mut needed = 0usize;
        for one in loops {
            let mut left = one.amount;
            while left > 0 {
                let (slice, more) = slice(&one, left, &queues);
                needed = needed.saturating_add(more);
                if slice == 0 || needed > most {
                    needed = needed.saturating_sub(more);
                    break;
                }
                for pair in pairs(&one) {
                    if let Some(at) = queues.get_mut(&pair).and_then(|queue| queue.take(slice)) {
                        discharged[at] = discharged[at].saturating_add(slice);
                    }
                }
                left = left.saturating_sub(slice.into());
            }
        }
        Ok(discharged)
    }

    fn place(&self, party: &P) -> usize {
        self.prices.binary_search_by(|(other, _)| other.cmp(party)).unwrap_or(usize::MAX)
    }
}

/// The debts between two parties in their turn.
#[derive(Default)]
struct Queue {
    /// Each debt's place, and what is left of it.
    left: Vec<(usize, u64)>,
    /// The first that is not discharged.
    next: usize,
    /// Whether that one is discharged in part.
    begun: bool,
}

impl Queue {
    /// Discharges so much of the first debt that is left, which is at least so large.
    fn take(&mut self, slice: u64) -> Option<usize> {
        let (at, left) = self.left.get_mut(self.next)?;
        *left = left.saturating_sub(slice);
        self.begun = *left > 0;
        let at = *at;
        if !self.begun {
            self.next = self.next.saturating_add(1);
        }
        Some(at)
    }
}

/// Debtor and creditor of each step of a loop.
fn pairs(one: &Loop<usize>) -> impl Iterator<Item = (usize, usize)> + '_ {
    one.parties.iter().copied().zip(one.parties.iter().copied().cycle().skip(1))
}

/// What a loop clears for each debt that it would need if it stood alone.
fn density(one: &Loop<usize>, queues: &BTreeMap<(usize, usize), Queue>) -> u128 {
    let volume = one.amount.saturating_mul(one.parties.len().try_into().unwrap_or(u128::MAX));
    let mut needs = 0u128;
    for pair in pairs(one) {
        let mut sum = 0u128;
        for (_, amount) in queues.get(&pair).map_or(&[][..], |queue| &queue.left) {
            if sum >= one.amount {
                break;
            }
            sum = sum.saturating_add((*amount).into());
            needs = needs.saturating_add(1);
        }
    }
    volume.checked_div(needs).unwrap_or(0)
}

/// How much of a loop goes through one debt of each step, and how many of these debts are not begun yet.
fn slice(one: &Loop<usize>, left: u128, queues: &BTreeMap<(usize, usize), Queue>) -> (u64, usize) {
    let (mut slice, mut more) = (u64::try_from(left).unwrap_or(u64::MAX), 0usize);
    for pair in pairs(one) {
        let queue = queues.get(&pair);
        let room = queue.and_then(|queue| queue.left.get(queue.next)).map_or(0, |(_, room)| *room);
        slice = slice.min(room);
        more = more.saturating_add(usize::from(!queue.is_some_and(|queue| queue.begun)));
    }
    (slice, more)
}
