//! Time slots: yes (2), if need be (1), no (0 or blank).
//!
//! The slot at which most can come (yes or if need be) wins; among those, the one with most yeses. What then is still
//! equal is a tie.

use crate::ballots::{BLANK, Marked};
use crate::outcome::{Outcome, Round};
use crate::{Error, Figure, TieBreak, tie};

pub(crate) fn count(ballots: &Marked, by: Option<&TieBreak>, mut out: Outcome) -> Result<Outcome, Error> {
    let n = ballots.names.len();
    let (mut come, mut yes) = (vec![0u64; n], vec![0u64; n]);
    for (weight, row) in ballots.rows.iter() {
        if row.iter().any(|mark| *mark != BLANK && !(0..=2).contains(mark)) {
            out.invalid += weight;
            continue;
        }
        out.valid += weight;
        for (slot, mark) in row.iter().enumerate() {
            come[slot] += if *mark >= 1 { weight } else { 0 };
            yes[slot] += if *mark == 2 { weight } else { 0 };
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    let key = |slot: usize| (come[slot], yes[slot]);
    order.sort_by_key(|slot| std::cmp::Reverse(key(*slot)));
    let places = order.chunk_by(|a, b| key(*a) == key(*b)).map(<[usize]>::to_vec).collect();
    let tally = |votes: &[u64]| votes.iter().map(|n| Figure::from(*n)).enumerate().collect();
    let round = |event, votes: &[u64]| Round { event: Some(event), tally: tally(votes), ..Round::default() };
    out.rounds = vec![round("yes_or_if_need_be", &come), round("yes", &yes)];
    out.scores = Some(tally(&come));
    tie::by_place(&mut out, by, places)?;
    Ok(out)
}
