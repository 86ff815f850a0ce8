//! Schulze's method.
//!
//! A path's strength is that of its weakest victory; a candidate stands above another if its strongest path there is
//! stronger than the strongest way back. Who has nobody above wins. The order's places are found by taking those away.
//! Source: M. Schulze, The Schulze Method of Voting (arXiv:1804.02973), with winning votes or margins as the strength
//! of a victory; unranked candidates stand below all ranked ones and equal among themselves (section 2.1).

use crate::ballots::Ranked;
use crate::outcome::Outcome;
use crate::terms::Strength;
use crate::{Error, TieBreak, pairwise, tie};

pub(crate) fn count(
    ballots: &Ranked,
    by: Strength,
    ties: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let matrix = pairwise::matrix(ballots);
    let mut paths = pairwise::strengths(&matrix, by);
    let n = matrix.size();
    for via in 0..n {
        let through = paths.row(via).to_vec();
        for from in (0..n).filter(|from| *from != via) {
            let there = paths.get(from, via);
            if there > 0 {
                let row = paths.row_mut(from);
                row.iter_mut().zip(&through).for_each(|(path, on)| *path = (*path).max(there.min(*on)));
            }
        }
    }
    (0..n).for_each(|c| paths.set(c, c, 0));
    let places = pairwise::places(n, |a, b| paths.get(a, b) > paths.get(b, a));
    if let Some(first) = places.first() {
        out.possible_winners = (out.seats == 1).then(|| first.clone());
    }
    out.condorcet_winner = Some(pairwise::condorcet_winner(&matrix));
    (out.pairwise, out.path_strengths) = (Some(matrix), Some(paths));
    tie::by_place(&mut out, ties, places)?;
    Ok(out)
}
