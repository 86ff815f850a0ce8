//! The quorum rules in small worlds, exhaustively, without money: acknowledgements, cuts and forks of one chain (A), a
//! change of stewards (B), a forked secretary and the succession (C).
//!
//! Honest stewards meet only in what they happen to know, and may learn anything at any time, so the states that can be
//! reached are the product of what each can reach. The dishonest ones do all at once. `WIDE=1` looks at seven stewards.

use std::collections::BTreeSet;

fn wide() -> bool {
    std::env::var_os("WIDE").is_some()
}

fn liars(n: usize) -> usize {
    (n - 1) / 3
}

use testkit::naive::quorum;

/// A tree of events: the parent of each, and how deep it lies.
struct Tree(&'static [(Option<usize>, usize)]);

impl Tree {
    fn covers(&self, later: usize, earlier: usize) -> bool {
        let mut at = Some(later);
        while let Some(here) = at {
            if here == earlier {
                return true;
            }
            at = self.0[here].0;
        }
        false
    }

    fn one_line(&self, a: usize, b: usize) -> bool {
        self.covers(a, b) || self.covers(b, a)
    }
}

/// 0, then a1 and a2 after it, and b1 on another branch.
const CHAIN: Tree = Tree(&[(None, 0), (Some(0), 1), (Some(1), 2), (Some(0), 1)]);
const LINEAR: &[usize] = &[1, 2];
const FORKED: &[usize] = &[1, 2, 3];

/// All ways to choose `k` of these, each as often as one likes, in any order.
fn multisets(of: usize, k: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..k {
        let mut longer = Vec::new();
        for set in all {
            for next in set.last().copied().unwrap_or(0)..of {
                longer.push([&set[..], &[next]].concat());
            }
        }
        all = longer;
    }
    all
}

/// What one honest steward can have acknowledged and agreed to, of one chain.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Steward {
    known: u8,
    acked: usize,
    /// The positions that it approved, one bit each.
    approved: u8,
    /// Where it promised to stop.
    limit: Option<usize>,
}

fn has(bits: u8, n: usize) -> bool {
    bits & (1 << n) != 0
}

/// Everything that an honest steward can come to. Without `promise`, an approval does not bind.
fn reachable(promise: bool, events: &[usize]) -> BTreeSet<(usize, u8)> {
    let mut seen = BTreeSet::new();
    let mut todo = vec![Steward { known: 1, acked: 0, approved: 0, limit: None }];
    while let Some(s) = todo.pop() {
        if !seen.insert(s) {
            continue;
        }
        let fork = has(s.known, 1) && has(s.known, 3);
        for e in events.iter().copied() {
            let parent = CHAIN.0[e].0.expect("only 0 has none");
            if has(s.known, parent) {
                todo.push(Steward { known: s.known | 1 << e, ..s });
            }
            let bound = promise && s.limit.is_some_and(|limit| !CHAIN.covers(limit, e));
            if has(s.known, e) && parent == s.acked && !fork && !bound {
                todo.push(Steward { acked: e, ..s });
            }
        }
        for q in (0..4).filter(|q| has(s.known, *q)) {
            let settled_fork = !fork || q == s.acked || q == 0;
            if CHAIN.covers(q, s.acked) && settled_fork && s.approved.count_ones() < 2 {
                let limit = s.limit.filter(|limit| !CHAIN.covers(*limit, q)).unwrap_or(q);
                todo.push(Steward { approved: s.approved | 1 << q, limit: Some(limit), ..s });
            }
        }
    }
    seen.into_iter().map(|s| (s.acked, s.approved)).collect()
}

/// What has come about in a global state: which events are settled, and where the chain is cut.
struct Outcome {
    settled: Vec<usize>,
    cuts: Vec<usize>,
}

impl Outcome {
    fn two_branches(&self) -> bool {
        self.settled.iter().any(|a| self.settled.iter().any(|b| !CHAIN.one_line(*a, *b)))
    }

    fn settled_beyond_a_cut(&self) -> bool {
        self.cuts.iter().any(|q| self.settled.iter().any(|e| !CHAIN.covers(*q, *e)))
    }
}

/// In how many global states a promise is broken.
fn broken(n: usize, bad: usize, promise: bool, events: &[usize], breaks: fn(&Outcome) -> bool) -> usize {
    let t = quorum(n);
    let states: Vec<(usize, u8)> = reachable(promise, events).into_iter().collect();
    let mut broken = 0;
    for world in multisets(states.len(), n - bad) {
        let world: Vec<(usize, u8)> = world.into_iter().map(|i| states[i]).collect();
        let count = |fits: &dyn Fn(&(usize, u8)) -> bool| world.iter().filter(|s| fits(s)).count() + bad;
        let settled = events.iter().copied().filter(|e| count(&|(acked, _)| CHAIN.covers(*acked, *e)) >= t).collect();
        let cuts = (0..4).filter(|q| count(&|(_, approved)| has(*approved, *q)) >= t).collect();
        broken += usize::from(breaks(&Outcome { settled, cuts }));
    }
    broken
}

fn broken_cuts(n: usize, bad: usize, promise: bool, events: &[usize]) -> usize {
    broken(n, bad, promise, events, |outcome| outcome.two_branches() || outcome.settled_beyond_a_cut())
}

/// A: a fork settles on one branch at most, and no cut lies before what is settled.
#[test]
fn cuts_and_forks_of_one_chain() {
    let most = if wide() { 7 } else { 5 };
    for n in 1..=most {
        for bad in BTreeSet::from([0, liars(n)]) {
            for events in [LINEAR, FORKED] {
                assert_eq!(broken_cuts(n, bad, true, events), 0, "{n} stewards, {bad} lie");
            }
        }
    }
}

/// Entries of the register are acknowledged beyond an approved end, too, and count there for themselves only: no cut
/// undoes them. Of two branches of a secretary's chain one settles at most, whoever approved its end.
#[test]
fn entries_beyond_an_approved_end() {
    let most = if wide() { 7 } else { 5 };
    for n in 1..=most {
        assert_eq!(broken(n, liars(n), false, FORKED, Outcome::two_branches), 0, "{n} stewards");
    }
}

/// The promise is needed: without it a cut undoes what was acknowledged after its approvals.
#[test]
fn an_approval_of_a_cut_must_bind() {
    assert!((1..=4).all(|n| broken_cuts(n, 0, false, LINEAR) > 0));
}

/// What an honest steward of the old set acknowledged of a payer's chain that forks into 1 and 2: before its approval
/// of the change, and in the end; and whether it approved. Where an approval binds, the two are the same.
fn words(binds: bool) -> Vec<(usize, usize, bool)> {
    let mut words: Vec<_> = (0..3).flat_map(|e| [(e, e, true), (e, e, false)]).collect();
    if !binds {
        words.extend([(0, 1, true), (0, 2, true)]);
    }
    words
}

/// How many worlds break a promise over a change from `n` to `m` stewards: what was settled is so no more, or both
/// branches settle. If `sold`, all keys of the old set belong to a liar afterwards.
fn broken_changes(n: usize, m: usize, binds: bool, sold: bool) -> usize {
    let (t, u, lie) = (quorum(n), quorum(m), liars(n));
    let words = words(binds);
    let mut broken = 0;
    for old in multisets(words.len(), n - lie) {
        let old: Vec<_> = old.into_iter().map(|i| words[i]).collect();
        let honest: Vec<usize> = old.iter().filter(|w| w.2).map(|w| w.0).collect();
        for lies in multisets(3, lie) {
            let pool = [&honest[..], &lies[..]].concat();
            for pinned in choices(&pool, t) {
                let pinned: BTreeSet<usize> = pinned.into_iter().filter(|e| *e > 0).collect();
                let said = |e: usize| old.iter().filter(|w| w.1 == e).count() + lie;
                let was: BTreeSet<usize> = [1, 2].into_iter().filter(|e| said(*e) >= t).collect();
                let shown = |e: &usize| if sold { n } else { said(*e) } >= t && pinned.contains(e);
                let still: BTreeSet<usize> = [1, 2].into_iter().filter(shown).collect();
                // Who is new holds what the approvals have acknowledged, and contradicts none of it.
                let may = |e: usize| pinned.iter().all(|p| *p == e);
                let new = [1, 2].into_iter().filter(|e| if may(*e) { m } else { liars(m) } >= u);
                let mut new: Vec<BTreeSet<usize>> = new.map(|e| BTreeSet::from([e])).collect();
                new.push(BTreeSet::new());
                let lost = was.iter().any(|e| !still.contains(e));
                let now = if sold { &still } else { &was };
                broken += usize::from(lost || new.iter().any(|new| now.union(new).count() == 2));
            }
        }
    }
    broken
}

/// All ways to choose `k` of these things.
fn choices(of: &[usize], k: usize) -> BTreeSet<Vec<usize>> {
    let picks = (0..1_u32 << of.len()).filter(|bits| bits.count_ones() as usize == k);
    picks
        .map(|bits| {
            let mut chosen: Vec<usize> =
                of.iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0).map(|(_, e)| *e).collect();
            chosen.sort_unstable();
            chosen
        })
        .collect()
}

const CHANGES: [(usize, usize); 6] = [(1, 4), (1, 1), (2, 3), (3, 4), (4, 4), (3, 3)];

/// B: while the old keys stay with honest people, a change of stewards undoes nothing and settles no second branch.
#[test]
fn changes_of_stewards() {
    let wider: &[(usize, usize)] = if wide() { &[(5, 7), (7, 5), (7, 7), (7, 1)] } else { &[(5, 5), (5, 1)] };
    for (n, m) in CHANGES.iter().chain(wider) {
        assert_eq!(broken_changes(*n, *m, true, false), 0, "from {n} to {m}");
    }
}

/// An approval that is not a last word breaks it; and a fork that had split the approvals can settle twice once all
/// keys of the old set are sold, which is the known limit.
#[test]
fn what_breaks_a_change_of_stewards() {
    assert!(broken_changes(1, 4, false, false) > 0);
    assert!(broken_changes(4, 4, true, true) > 0);
}

/// How a succession finds where the register goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Base {
    /// By the words: what contradicts is counted, whoever says so.
    Everyone,
    /// What the secretary who forked the register says does not count.
    WithoutSecretary,
}

/// What a succession over this tree of entries comes to: how many choices of consents drop a settled entry, and in how
/// many worlds no choice is enough, though all honest ones consent.
fn successions(n: usize, bad: usize, forked: bool, rule: Base) -> (usize, usize) {
    let t = quorum(n);
    let entries: &[usize] = if forked { &[0, 1, 2, 3] } else { &[0, 1, 2] };
    let silent = usize::from(rule == Base::WithoutSecretary && forked && bad > 0);
    let (mut dropped, mut stuck) = (0, 0);
    for honest in multisets(entries.len(), n - bad) {
        let said = |e: usize| honest.iter().filter(|acked| CHAIN.covers(**acked, e)).count() + bad;
        let settled: Vec<usize> = entries.iter().copied().filter(|e| *e > 0 && said(*e) >= t).collect();
        let mut possible = false;
        for lies in 0..=bad - silent {
            for told in multisets(entries.len(), lies) {
                for k in t.saturating_sub(lies)..=honest.len() {
                    for chosen in choices(&honest, k) {
                        let consents = [&chosen[..], &told[..]].concat();
                        if let Some(base) = base(&consents, n) {
                            possible = true;
                            dropped += usize::from(settled.iter().any(|e| !CHAIN.covers(base, *e)));
                        }
                    }
                }
            }
        }
        stuck += usize::from(!possible);
    }
    (dropped, stuck)
}

fn base(consents: &[usize], n: usize) -> Option<usize> {
    let one_line = |of: &[usize]| of.iter().all(|a| of.iter().all(|b| CHAIN.one_line(*a, *b)));
    let deepest = |of: &[usize]| of.iter().copied().max_by_key(|e| CHAIN.0[*e].1);
    if one_line(consents) {
        return deepest(consents);
    }
    let enough = quorum(n).checked_sub(n - consents.len())?;
    let carried: Vec<usize> =
        (0..4).filter(|e| consents.iter().filter(|c| CHAIN.covers(**c, *e)).count() >= enough).collect();
    one_line(&carried).then(|| deepest(&carried)).flatten()
}

/// C: (a register that forks with nobody lying is one whose secretary is no steward.) A succession drops no settled entry and is always possible, for one to six stewards, if the secretary who forked
/// the register is not asked.
#[test]
fn successions_after_any_secretary() {
    for n in 1..=6 {
        for bad in BTreeSet::from([0, liars(n)]) {
            for forked in [false, true] {
                let came = successions(n, bad, forked, Base::WithoutSecretary);
                assert_eq!(came, (0, 0), "{n} stewards, {bad} lie, forked: {forked}");
            }
        }
    }
}

/// Whoever forked the register and may say where it goes on can drop a settled entry, already of four.
#[test]
fn a_secretary_cannot_consent_to_the_own_succession() {
    for n in 4..=6 {
        assert!(successions(n, liars(n), true, Base::Everyone).0 > 0, "{n} stewards");
    }
}

/// With seven, two liars and a forked register a settled entry can be dropped: the known bound of one round.
#[test]
fn seven_stewards_are_beyond_the_bound() {
    if wide() {
        assert!(successions(7, 2, true, Base::WithoutSecretary).0 > 0);
        assert_eq!(successions(7, 2, false, Base::WithoutSecretary).0, 0);
    }
}
