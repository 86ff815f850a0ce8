//! The state of a unit in a few numbers: how much moves, how often, between how many, and how it is spread.

use std::collections::BTreeSet;

use event::Account;

use super::flows::Flow;

/// The numbers of one unit; amounts in smallest parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Accounts that paid or received.
    pub active: usize,
    /// Legs that were received.
    pub payments: u64,
    /// What was received.
    pub volume: i64,
    /// All that stands above zero, which is how much credit there is.
    pub held: i64,
    /// How often that went round: volume ÷ held, in hundredths, rounded down; nothing where nothing is held.
    pub velocity: Option<i64>,
    /// Accounts below zero.
    pub below_zero: usize,
    /// Least, lower quartile, median, upper quartile and most of all balances: each is the balance of some account,
    /// the lower one where a place falls between two.
    pub spread: Option<[i64; 5]>,
    /// Members who received nothing.
    pub never_received: Vec<Account>,
    /// Members who paid nothing.
    pub never_paid: Vec<Account>,
}

/// Works them out from the balances, the members who take part, and what flowed between whom.
pub fn stats<'a>(
    balances: &[i64],
    members: &[Account],
    flows: impl Iterator<Item = (&'a Account, &'a Account, &'a Flow)>,
) -> Stats {
    let (mut payers, mut payees) = (BTreeSet::new(), BTreeSet::new());
    let (mut payments, mut volume) = (0u64, 0i64);
    for (from, to, flow) in flows {
        payers.insert(from);
        payees.insert(to);
        payments = payments.saturating_add(flow.payments);
        volume = volume.saturating_add(flow.minor);
    }
    let mut sorted = balances.to_vec();
    sorted.sort_unstable();
    let held = sorted.iter().filter(|balance| **balance > 0).fold(0i64, |sum, balance| sum.saturating_add(*balance));
    let hundredths = i128::from(volume).saturating_mul(100).checked_div(held.into());
    let last = sorted.len().checked_sub(1);
    let rank = |quarter: usize| last.map(|last| sorted[last.saturating_mul(quarter) / 4]);
    let missing =
        |those: &BTreeSet<&Account>| members.iter().filter(|member| !those.contains(member)).cloned().collect();
    Stats {
        active: payers.union(&payees).count(),
        payments,
        volume,
        held,
        velocity: hundredths.map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
        below_zero: sorted.iter().filter(|balance| **balance < 0).count(),
        spread: rank(0)
            .zip(rank(1))
            .zip(rank(2))
            .zip(rank(3))
            .zip(rank(4))
            .map(|((((a, b), c), d), e)| [a, b, c, d, e]),
        never_received: missing(&payees),
        never_paid: missing(&payers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_accounts() {
        let [ada, bob, cyn, dan] = ["ada", "bob", "cyn", "dan"].map(|name| name.parse::<Account>().unwrap());
        let flow = |minor, payments| Flow { minor, payments };
        let all = [(&ada, &bob, flow(300, 2)), (&bob, &cyn, flow(100, 1))];
        let members = [ada.clone(), bob.clone(), cyn.clone(), dan.clone()];
        let found = stats(&[-300, 200, 100, 0], &members, all.iter().map(|(from, to, flow)| (*from, *to, flow)));
        assert_eq!((found.active, found.payments, found.volume, found.held), (3, 3, 400, 300));
        assert_eq!((found.velocity, found.below_zero), (Some(133), 1));
        assert_eq!(found.spread, Some([-300, -300, 0, 100, 200]));
        assert_eq!(found.never_received, [ada, dan.clone()]);
        assert_eq!(found.never_paid, [cyn, dan]);
    }

    #[test]
    fn nothing_yet() {
        let found = stats(&[], &[], std::iter::empty());
        assert_eq!((found.active, found.velocity, found.spread), (0, None, None));
    }
}
