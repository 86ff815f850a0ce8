//! Scores and dots: the highest sum, or mean, wins.
//!
//! **sum** adds the scores; a blank adds nothing. **mean** divides by all ballots (a blank is zero), or by those that
//! score the option (blanks are skipped; then one friend can elect anybody). Ballots beyond the scale are invalid.
//! **dots** adds dots; a ballot that spends more than the budget, or less than nothing on an option, is invalid.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;

use crate::ballots::{BLANK, Marked};
use crate::outcome::Outcome;
use crate::terms::{Blank, Scale};
use crate::{Error, Figure, TieBreak, tie};

pub(crate) fn scores(
    ballots: &Marked,
    mean: bool,
    blank: Blank,
    scale: Option<Scale>,
    by: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let fits = |row: &[i32]| row.iter().all(|mark| *mark == BLANK || scale.is_none_or(|s| s.holds(*mark)));
    let (sums, given) = add(ballots, &mut out, fits);
    let figures = sums.into_iter().zip(given).map(|(sum, given)| {
        let by = match (mean, blank) {
            (false, _) => 1,
            (true, Blank::Zero) => out.valid,
            (true, Blank::Skip) => given,
        };
        match by {
            // Nobody scored it: no mean, and nothing to win by.
            0 => Figure::exact(BigRational::zero()),
            by => Figure::exact(BigRational::new(BigInt::from(sum), BigInt::from(by))),
        }
    });
    let figures = figures.collect();
    tie::by_figure(&mut out, by, figures)?;
    Ok(out)
}

pub(crate) fn dots(
    ballots: &Marked,
    budget: Option<u64>,
    by: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let within = |row: &[i32]| {
        let spent: i64 = row.iter().filter(|mark| **mark != BLANK).map(|mark| i64::from(*mark)).sum();
        row.iter().all(|mark| *mark == BLANK || *mark >= 0)
            && budget.is_none_or(|budget| u64::try_from(spent).is_ok_and(|spent| spent <= budget))
    };
    let (sums, _) = add(ballots, &mut out, within);
    tie::by_figure(&mut out, by, sums.into_iter().map(Figure::whole).collect())?;
    Ok(out)
}

/// Sums, and how many marked each; ballots that do not fit are counted as invalid.
fn add(ballots: &Marked, out: &mut Outcome, fits: impl Fn(&[i32]) -> bool) -> (Vec<i128>, Vec<u64>) {
    let mut sums = vec![0i128; ballots.names.len()];
    let mut given = vec![0u64; ballots.names.len()];
    for (weight, row) in ballots.rows.iter() {
        if !fits(row) {
            out.invalid += weight;
            continue;
        }
        out.valid += weight;
        for (option, mark) in row.iter().enumerate().filter(|(_, mark)| **mark != BLANK) {
            sums[option] += i128::from(*mark) * i128::from(weight);
            given[option] += weight;
        }
    }
    (sums, given)
}
