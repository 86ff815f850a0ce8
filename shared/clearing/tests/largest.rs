//! The set-off is a set-off, is the largest, is everyone's; on small networks compared with trying everything.

#![allow(clippy::unwrap_used, clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use clearing::{Clearing, Error, Obligation, clear, is_largest};
use proptest::prelude::*;

type Debt = Obligation<u8, u16>;

fn debts(list: &[(u8, u8, u64)]) -> Vec<Debt> {
    let debt = |(key, (debtor, creditor, amount)): (u16, &(u8, u8, u64))| Obligation {
        debtor: *debtor,
        creditor: *creditor,
        amount: *amount,
        key,
    };
    (0..).zip(list).map(debt).collect()
}

fn cleared(list: &[(u8, u8, u64)]) -> (Clearing<u8>, Vec<u64>) {
    let debts = debts(list);
    let found = clear(&debts).unwrap();
    assert!(is_largest(&debts, &found.discharged, &found.prices), "{list:?} {found:?}");
    assert_eq!(found.cleared, found.discharged.iter().map(|part| u128::from(*part)).sum::<u128>());
    (found.clone(), found.discharged)
}

#[test]
fn a_loop_and_nothing_else() {
    let (found, parts) = cleared(&[(1, 2, 30), (2, 3, 20), (3, 1, 50), (3, 4, 70)]);
    assert_eq!(parts, [20, 20, 20, 0]);
    assert_eq!((found.total, found.cleared, found.share(), found.parties()), (170, 60, 3529, 4));
    let loops = found.loops(5);
    assert_eq!((loops.others, loops.shown.len()), (0, 1));
    assert_eq!((loops.shown[0].parties.as_slice(), loops.shown[0].amount), (&[1, 2, 3][..], 20));
}

#[test]
fn the_longer_way_where_it_clears_more() {
    // 1 owes 2; the way back to 1 is short (2 owes 1) or long (2, 3, 4, 1), and 1 owes 2 too little for both.
    assert_eq!(cleared(&[(1, 2, 10), (2, 1, 10), (2, 3, 10), (3, 4, 10), (4, 1, 10)]).1, [10, 0, 10, 10, 10]);
}

#[test]
fn debts_between_the_same_two_in_their_turn() {
    assert_eq!(cleared(&[(1, 2, 5), (1, 2, 5), (2, 1, 7), (1, 2, 5)]).1, [5, 2, 7, 0]);
}

#[test]
fn nothing_owed_and_nothing_to_set_off() {
    let (found, _) = cleared(&[]);
    assert_eq!((found.total, found.share(), found.parties()), (0, 0, 0));
    assert_eq!(cleared(&[(1, 2, 5), (2, 3, 5), (1, 3, 0)]).1, [0, 0, 0]);
    assert_eq!(clear(&debts(&[(1, 2, 1), (3, 3, 1)])), Err(Error::Oneself(1)));
    let mut twice = debts(&[(1, 2, 1), (2, 1, 1)]);
    twice[1].key = 0;
    assert_eq!(clear(&twice), Err(Error::SameKey(1)));
}

#[test]
fn the_largest_amounts() {
    let most = u64::MAX;
    let list = [(1, 2, most), (1, 2, most), (2, 1, most), (2, 3, most), (3, 1, most)];
    assert_eq!(cleared(&list).1, [most; 5]);
}

#[test]
fn a_false_proof_is_none() {
    let debts = debts(&[(1, 2, 30), (2, 1, 20)]);
    let found = clear(&debts).unwrap();
    for wrong in [vec![19, 19], vec![20, 19], vec![31, 31], vec![0, 0], vec![20]] {
        assert!(!is_largest(&debts, &wrong, &found.prices), "{wrong:?}");
    }
    assert!(!is_largest(&debts, &found.discharged, &found.prices[1..]));
}

#[test]
fn the_part_that_clears_most_for_each_debt() {
    // A loop of two for 90 in many debts, one of two for 40, one of three for 30.
    let many =
        (0..9u8).map(|_| (1, 2, 10)).chain([(2, 1, 90), (3, 4, 40), (4, 3, 40), (5, 6, 30), (6, 7, 30), (7, 5, 30)]);
    let list: Vec<_> = many.collect();
    let (found, whole) = cleared(&list);
    let part = |most| found.part(&debts(&list), most).unwrap();
    assert_eq!(part(list.len()), whole);
    assert_eq!(part(2)[9..], [0, 40, 40, 0, 0, 0]);
    assert_eq!(part(5)[9..], [0, 40, 40, 30, 30, 30]);
    // Then the first of the many, and as much of the one that faces them.
    assert_eq!(part(7), [10, 0, 0, 0, 0, 0, 0, 0, 0, 10, 40, 40, 30, 30, 30]);
    assert_eq!(part(8), [10, 10, 0, 0, 0, 0, 0, 0, 0, 20, 40, 40, 30, 30, 30]);
    assert_eq!(part(1), vec![0; list.len()]);
}

/// A chain of debtors as long as the network: the longest way that prices can have to climb.
#[test]
fn a_ring_with_shortcuts() {
    let ring = (0..200u8).map(|n| (n, (n + 1) % 200, 100));
    let shortcuts = (0..190u8).map(|n| (n, n + 9, 7));
    cleared(&ring.chain(shortcuts).collect::<Vec<_>>());
}

/// The largest set-off, by trying every amount for every debt.
fn tried(list: &[(u8, u8, u64)], at: usize, sums: &mut BTreeMap<u8, i64>, so_far: u64) -> u64 {
    let Some(&(debtor, creditor, amount)) = list.get(at) else {
        return if sums.values().all(|sum| *sum == 0) { so_far } else { 0 };
    };
    let mut most = 0;
    for part in 0..=amount {
        *sums.entry(debtor).or_default() += part as i64;
        *sums.entry(creditor).or_default() -= part as i64;
        most = most.max(tried(list, at + 1, sums, so_far + part));
        *sums.entry(debtor).or_default() -= part as i64;
        *sums.entry(creditor).or_default() += part as i64;
    }
    most
}

fn network(parties: u8, most: usize, amount: u64) -> impl Strategy<Value = Vec<(u8, u8, u64)>> {
    let debt = (0..parties, 1..parties, 0..=amount).prop_map(move |(a, by, sum)| (a, (a + by) % parties, sum));
    proptest::collection::vec(debt, 0..=most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn as_large_as_by_trying(list in network(5, 7, 3)) {
        let (found, _) = cleared(&list);
        prop_assert_eq!(found.cleared, u128::from(tried(&list, 0, &mut BTreeMap::new(), 0)));
    }

    #[test]
    fn proved_and_taken_apart(list in network(30, 200, 1_000)) {
        let (found, _) = cleared(&list);
        let loops = found.loops(usize::MAX);
        let volume: u128 = loops.shown.iter().map(|l| l.amount * l.parties.len() as u128).sum();
        prop_assert_eq!(volume, found.cleared);
        let mut left: BTreeMap<(u8, u8), u128> = BTreeMap::new();
        for (debt, part) in list.iter().zip(&found.discharged) {
            *left.entry((debt.0, debt.1)).or_default() += u128::from(*part);
        }
        for l in &loops.shown {
            prop_assert!(l.amount > 0 && l.parties.len() > 1 && l.parties.iter().min() == l.parties.first());
            for (from, to) in l.parties.iter().zip(l.parties.iter().cycle().skip(1)) {
                let pair = left.get_mut(&(*from, *to)).unwrap();
                *pair = pair.checked_sub(l.amount).unwrap();
            }
        }
        prop_assert!(left.values().all(|rest| *rest == 0));
        let few = found.loops(2);
        prop_assert_eq!(few.shown.as_slice(), &loops.shown[..loops.shown.len().min(2)]);
        prop_assert_eq!(few.others, loops.shown.len() - few.shown.len());
    }

    #[test]
    fn a_part_that_fits(list in network(12, 60, 50), most in 0usize..30) {
        let debts = debts(&list);
        let (found, whole) = cleared(&list);
        let part = found.part(&debts, most).unwrap();
        prop_assert!(part.iter().filter(|part| **part > 0).count() <= most);
        let mut sums = [0i64; 12];
        for ((debt, part), whole) in list.iter().zip(&part).zip(&whole) {
            prop_assert!(part <= whole, "no more than the whole");
            sums[usize::from(debt.0)] += *part as i64;
            sums[usize::from(debt.1)] -= *part as i64;
        }
        prop_assert_eq!(sums, [0; 12]);
        prop_assert_eq!(found.part(&debts, list.len()).unwrap(), whole, "what fits is the whole");
        let mut others = debts.clone();
        others.reverse();
        let same = clear(&others).unwrap().part(&others, most).unwrap();
        prop_assert_eq!(same.into_iter().rev().collect::<Vec<_>>(), part);
    }

    #[test]
    fn whatever_the_order(list in network(8, 30, 9), turn in 0usize..30) {
        let debts = debts(&list);
        let mut others = debts.clone();
        others.reverse();
        others.rotate_left(turn.min(debts.len()));
        let (one, other) = (clear(&debts).unwrap(), clear(&others).unwrap());
        prop_assert_eq!((one.total, one.cleared, &one.prices), (other.total, other.cleared, &other.prices));
        prop_assert_eq!(one.loops(9), other.loops(9));
        for (debt, part) in others.iter().zip(&other.discharged) {
            prop_assert_eq!(one.discharged[usize::from(debt.key)], *part);
        }
    }

    #[test]
    fn earlier_debts_first(list in network(3, 20, 9)) {
        let (_, parts) = cleared(&list);
        for (at, first) in list.iter().enumerate() {
            for (later, second) in list.iter().enumerate().skip(at + 1) {
                let same = (first.0, first.1) == (second.0, second.1);
                prop_assert!(!same || parts[later] == 0 || parts[at] == first.2);
            }
        }
    }
}
