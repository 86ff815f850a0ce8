//! Borda: points by rank.
//!
//! Of n candidates the best ranked gets n points and the last 1 (base 1), or n − 1 and 0 (base 0). Candidates of equal
//! rank share the average of the points that they stand for. Unranked candidates share the average of the points left
//! over, or get nothing. Source: J.-C. de Borda, Mémoire sur les élections au scrutin (1781); the conventions are those
//! that Condorcet-PHP and votelib name.

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::ballots::{EQUAL, Ranked, groups};
use crate::outcome::Outcome;
use crate::terms::Unranked;
use crate::{Error, Figure, TieBreak, tie};

pub(crate) fn count(
    ballots: &Ranked,
    base: u8,
    unranked: Unranked,
    by: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let n = ballots.size();
    // Points are summed twofold, so that averages are whole.
    let mut doubled = vec![0u128; n];
    let points = |place: usize, size: usize| 2 * (usize::from(base) + n - 1) - (2 * place + size - 1);
    let mut ranked = vec![false; n];
    for (weight, row) in ballots.rows.iter() {
        let mut place = 0;
        for group in groups(row) {
            let each = u128::from(weight) * points(place, group.len()) as u128;
            for entry in group {
                let candidate = usize::from(entry & !EQUAL);
                doubled[candidate] += each;
                ranked[candidate] = true;
            }
            place += group.len();
        }
        if unranked == Unranked::Average && place < n {
            let each = u128::from(weight) * points(place, n - place) as u128;
            doubled.iter_mut().zip(&ranked).filter(|(_, ranked)| !**ranked).for_each(|(sum, _)| *sum += each);
        }
        row.iter().for_each(|entry| ranked[usize::from(entry & !EQUAL)] = false);
    }
    let figures =
        doubled.into_iter().map(|sum| Figure::exact(BigRational::new(BigInt::from(sum), BigInt::from(2)))).collect();
    tie::by_figure(&mut out, by, figures)?;
    Ok(out)
}
