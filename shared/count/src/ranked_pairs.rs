//! Ranked pairs.
//!
//! Victories are locked from the strongest down, each unless it would close a cycle; who has no locked victory against
//! them wins. Pairs that tie are no victories. Equally strong victories may come in any order: every order is looked
//! at, and who wins under some order is a possible winner; certain is who wins under all. With an order for ties, equal
//! pairs come by the winner's place in it, then by the loser's place from its end.
//! Source: T. N. Tideman, Independence of clones as a criterion for voting rules (1987); strength as in Schulze's method.
//!
//! All orders are found as states, a state being what is locked with all that follows from it: what is still open then
//! depends on the state alone. States are bounded by [`MAX_STATES`]; beyond, only the Smith set is named as possible.

use std::collections::BTreeSet;

use crate::ballots::Ranked;
use crate::outcome::{Matrix, Outcome, Tie};
use crate::terms::Strength;
use crate::tie::{self, Ties};
use crate::{Error, TieBreak, pairwise};

/// The most states that are looked at, fewer where there are hundreds of candidates.
pub const MAX_STATES: usize = 20_000;
const MOST_WORDS: usize = 8_000_000;

pub(crate) fn count(
    ballots: &Ranked,
    by: Strength,
    ties: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let matrix = pairwise::matrix(ballots);
    let groups = groups(&pairwise::strengths(&matrix, by));
    let n = matrix.size();
    out.condorcet_winner = Some(pairwise::condorcet_winner(&matrix));
    let all = every_order(&groups, n);
    if let Some(ends) = &all {
        looked_at(ends, &mut out)?;
    }
    match (ties, all) {
        (Some(_), _) => in_order(&groups, n, ties, &mut out)?,
        (None, None) => {
            let smith = smith_set(&matrix);
            match smith[..] {
                [one] if out.seats == 1 => out.winners = vec![one],
                _ => {
                    let at = "equally strong pairs, in too many orders to look at all".to_owned();
                    out.ties = vec![Tie { at, among: smith.clone(), chosen: None, resolved_by: None }];
                }
            }
            out.possible_winners = (out.seats == 1).then_some(smith);
        }
        (None, Some(_)) => {}
    }
    out.pairwise = Some(matrix);
    Ok(out)
}

/// The victories of equal strength, strongest first.
fn groups(strengths: &Matrix) -> Vec<Vec<(usize, usize)>> {
    let n = strengths.size();
    let cells = (0..n).flat_map(|a| (0..n).map(move |b| (a, b)));
    let mut pairs: Vec<(u64, (usize, usize))> =
        cells.map(|(a, b)| (strengths.get(a, b), (a, b))).filter(|(strength, _)| *strength > 0).collect();
    pairs.sort_by_key(|(strength, pair)| (std::cmp::Reverse(*strength), *pair));
    pairs.chunk_by(|a, b| a.0 == b.0).map(|group| group.iter().map(|(_, pair)| *pair).collect()).collect()
}

/// What is locked, with all that follows: a bit for each pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Locked {
    words: Vec<u64>,
    width: usize,
}

impl Locked {
    fn new(n: usize) -> Self {
        let width = n.div_ceil(64);
        Locked { words: vec![0; width * n], width }
    }

    fn has(&self, a: usize, b: usize) -> bool {
        self.words[a * self.width + b / 64] >> (b % 64) & 1 == 1
    }

    /// Neither locked nor excluded.
    fn open(&self, (a, b): (usize, usize)) -> bool {
        !self.has(a, b) && !self.has(b, a)
    }

    fn lock(&mut self, (a, b): (usize, usize), n: usize) {
        let mut follows: Vec<u64> = self.words[b * self.width..(b + 1) * self.width].to_vec();
        follows[b / 64] |= 1 << (b % 64);
        for x in 0..n {
            if (x == a || self.has(x, a)) && !self.has(x, b) {
                let row = &mut self.words[x * self.width..(x + 1) * self.width];
                row.iter_mut().zip(&follows).for_each(|(word, more)| *word |= more);
            }
        }
    }
}

/// Every state that some order of equal pairs ends in, or nothing if they are too many.
fn every_order(groups: &[Vec<(usize, usize)>], n: usize) -> Option<BTreeSet<Locked>> {
    let most = MAX_STATES.min(MOST_WORDS / (n * n.div_ceil(64)).max(1)).max(2);
    let mut states = BTreeSet::from([Locked::new(n)]);
    for group in groups {
        let (mut ends, mut seen) = (BTreeSet::new(), BTreeSet::new());
        let mut waiting: Vec<Locked> = states.into_iter().collect();
        while let Some(mut state) = waiting.pop() {
            let open = settle_safe(&mut state, group, n);
            if open.is_empty() {
                ends.insert(state);
            } else if seen.insert(state.clone()) {
                for pair in open {
                    let mut next = state.clone();
                    next.lock(pair, n);
                    waiting.push(next);
                }
            }
            if seen.len() + ends.len() > most || waiting.len() > 4 * most {
                return None;
            }
        }
        states = ends;
    }
    Some(states)
}

/// Locks the pairs of a group that no order can exclude: those on no cycle of what is locked and what is open. Gives
/// back the pairs that are still open.
fn settle_safe(state: &mut Locked, group: &[(usize, usize)], n: usize) -> Vec<(usize, usize)> {
    let mut open: Vec<(usize, usize)> = group.iter().copied().filter(|pair| state.open(*pair)).collect();
    if open.len() == 1 {
        state.lock(open[0], n);
        return Vec::new();
    }
    if open.is_empty() {
        return open;
    }
    let mut reach = Reach::of(state, n);
    open.iter().for_each(|pair| reach.add(*pair));
    let safe: Vec<(usize, usize)> = open.iter().copied().filter(|(a, b)| !reach.leads(*b, *a)).collect();
    for pair in safe {
        if state.open(pair) {
            state.lock(pair, n);
        }
    }
    open.retain(|pair| state.open(*pair));
    open
}

/// Reachability, cycles allowed.
struct Reach {
    locked: Locked,
    n: usize,
}

impl Reach {
    fn of(state: &Locked, n: usize) -> Self {
        Reach { locked: state.clone(), n }
    }

    fn add(&mut self, pair: (usize, usize)) {
        self.locked.lock(pair, self.n);
    }

    fn leads(&self, a: usize, b: usize) -> bool {
        self.locked.has(a, b)
    }
}

/// What all orders have in common, and what only some bring.
fn looked_at(ends: &BTreeSet<Locked>, out: &mut Outcome) -> Result<(), Error> {
    let n = out.candidates.len();
    let orders: BTreeSet<Vec<Vec<usize>>> = ends.iter().map(|end| pairwise::places(n, |a, b| end.has(a, b))).collect();
    let (mut certain, mut possible) = (None::<BTreeSet<usize>>, BTreeSet::new());
    let mut tie = None;
    for places in &orders {
        let mut one = Outcome { seats: out.seats, candidates: out.candidates.clone(), ..Outcome::default() };
        tie::by_place(&mut one, None, places.clone())?;
        let won: BTreeSet<usize> = one.winners.iter().copied().collect();
        possible.extend(one.possible_winners.unwrap_or_default());
        possible.extend(&won);
        certain = Some(certain.map_or(won.clone(), |so_far| so_far.intersection(&won).copied().collect()));
        tie = tie.or(one.ties.into_iter().next());
    }
    out.winners = certain.unwrap_or_default().into_iter().collect();
    out.possible_winners = Some(possible.iter().copied().collect());
    if orders.len() == 1 {
        out.order = orders.into_iter().next();
    }
    let seats = (out.seats as usize).min(n);
    if out.winners.len() < seats {
        let among: Vec<usize> = possible.into_iter().filter(|c| !out.winners.contains(c)).collect();
        let at = tie.map_or_else(|| "equally strong pairs".to_owned(), |tie| tie.at);
        out.ties = vec![Tie { at, among, chosen: None, resolved_by: None }];
    }
    Ok(())
}

/// One order, by the order for ties.
fn in_order(groups: &[Vec<(usize, usize)>], n: usize, ties: Option<&TieBreak>, out: &mut Outcome) -> Result<(), Error> {
    let place = Ties::new(ties, &out.candidates)?.places();
    let mut locked = Locked::new(n);
    for group in groups {
        let mut pairs = group.clone();
        pairs.sort_by_key(|(a, b)| (place[*a], std::cmp::Reverse(place[*b])));
        for pair in pairs {
            if locked.open(pair) {
                locked.lock(pair, n);
            }
        }
    }
    let met = std::mem::take(&mut out.ties);
    let possible = out.possible_winners.take();
    out.winners.clear();
    tie::by_place(out, ties, pairwise::places(n, |a, b| locked.has(a, b)))?;
    if let (true, Some(tie), Some(by)) = (out.ties.is_empty(), met.into_iter().next(), ties) {
        let chosen = out.winners.iter().copied().find(|c| tie.among.contains(c));
        out.ties = vec![Tie { chosen, resolved_by: Some(by.label()), ..tie }];
    }
    out.possible_winners = possible.or(out.possible_winners.take());
    Ok(())
}

/// The smallest set whose members all beat everybody outside it.
fn smith_set(matrix: &Matrix) -> Vec<usize> {
    let n = matrix.size();
    // Reachability by not losing: the Smith set reaches everybody.
    let mut reach = Reach::of(&Locked::new(n), n);
    for a in 0..n {
        (0..n).filter(|b| *b != a && matrix.get(a, *b) >= matrix.get(*b, a)).for_each(|b| reach.add((a, b)));
    }
    (0..n).filter(|a| (0..n).all(|b| *a == b || reach.leads(*a, b))).collect()
}
