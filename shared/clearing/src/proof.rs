//! The proof that a set-off is as large as can be, checked without trust in whoever found it.

use std::collections::BTreeMap;

use crate::Obligation;

/// Whether this is a set-off of these debts, and none is larger.
///
/// It is a set-off if no debt is discharged by more than it is, and each party is let off as much as it lets others
/// off. For any prices of the parties, no set-off is larger than the sum over all debts of
/// amount × max(0, 1 + price of the debtor − price of the creditor): along a loop the prices cancel out, so a loop's
/// volume is the sum of what its debts are worth in that bracket, and a debt never gives more than all of itself. A
/// set-off that reaches this sum is therefore largest (weak duality of linear programs).
pub fn is_largest<P: Ord, K>(debts: &[Obligation<P, K>], discharged: &[u64], prices: &[(P, i64)]) -> bool {
    if debts.len() != discharged.len() {
        return false;
    }
    let prices: BTreeMap<&P, i64> = prices.iter().map(|(party, price)| (party, *price)).collect();
    let mut sums: BTreeMap<&P, i128> = BTreeMap::new();
    let (mut cleared, mut bound) = (0u128, 0u128);
    for (debt, part) in debts.iter().zip(discharged) {
        let (Some(debtor), Some(creditor)) = (prices.get(&debt.debtor), prices.get(&debt.creditor)) else {
            return false;
        };
        if *part > debt.amount {
            return false;
        }
        let off = sums.entry(&debt.debtor).or_default();
        *off = off.saturating_add((*part).into());
        let lets = sums.entry(&debt.creditor).or_default();
        *lets = lets.saturating_sub((*part).into());
        cleared = cleared.saturating_add((*part).into());
        let worth = i128::from(*debtor).saturating_sub((*creditor).into()).saturating_add(1).max(0).unsigned_abs();
        bound = bound.saturating_add(u128::from(debt.amount).saturating_mul(worth));
    }
    sums.values().all(|sum| *sum == 0) && cleared == bound
}
