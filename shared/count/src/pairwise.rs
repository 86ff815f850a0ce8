//! Who is preferred to whom, by how many.
//!
//! A ballot prefers what it ranks higher; every ranked candidate to every unranked one; equal ranks to neither.

use crate::ballots::{EQUAL, Ranked, groups};
use crate::outcome::Matrix;
use crate::terms::Strength;

/// How many ballots prefer the row to the column.
pub(crate) fn matrix(ballots: &Ranked) -> Matrix {
    let n = ballots.size();
    let mut matrix = Matrix::new(n);
    // All ones for those not yet met on the ballot, so that a whole row is added without a branch.
    let mut below = vec![u64::MAX; n];
    for (weight, row) in ballots.rows.iter() {
        for group in groups(row) {
            group.iter().for_each(|entry| below[usize::from(entry & !EQUAL)] = 0);
            for entry in group {
                let cells = matrix.row_mut(usize::from(entry & !EQUAL));
                cells.iter_mut().zip(&below).for_each(|(cell, below)| *cell += weight & below);
            }
        }
        row.iter().for_each(|entry| below[usize::from(entry & !EQUAL)] = u64::MAX);
    }
    matrix
}

/// The strength of the row's victory over the column; 0 where it does not win.
pub(crate) fn strengths(matrix: &Matrix, by: Strength) -> Matrix {
    let n = matrix.size();
    let mut strengths = Matrix::new(n);
    for a in 0..n {
        for b in 0..n {
            let (wins, loses) = (matrix.get(a, b), matrix.get(b, a));
            if wins > loses {
                strengths.set(a, b, if by == Strength::Winning { wins } else { wins - loses });
            }
        }
    }
    strengths
}

/// Who beats everybody else.
pub(crate) fn condorcet_winner(matrix: &Matrix) -> Option<usize> {
    let n = matrix.size();
    (0..n).find(|a| (0..n).all(|b| *a == b || matrix.get(*a, b) > matrix.get(b, *a)))
}

/// Places, best first: those whom nobody left beats, again and again. `beats` has no cycle.
pub(crate) fn places(n: usize, beats: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut above: Vec<usize> = (0..n).map(|b| (0..n).filter(|a| beats(*a, b)).count()).collect();
    let mut left: Vec<usize> = (0..n).collect();
    let mut places = Vec::new();
    while !left.is_empty() {
        let (place, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|c| above[**c] == 0);
        if place.is_empty() {
            places.push(left);
            break;
        }
        rest.iter().for_each(|b| above[*b] -= place.iter().filter(|a| beats(**a, *b)).count());
        places.push(place);
        left = rest;
    }
    places
}
