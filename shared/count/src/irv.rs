//! Instant runoff: one lowest out a round, until one has more than half of the votes that still count.
//!
//! A ballot counts for its highest candidate who is still in; one with none left is exhausted and no longer part of the
//! half. A ballot ends before its first equal rank, since a vote cannot be for two. A tie for the lowest is not broken by
//! the rule; where all of the tied go out before anybody else in any order, it makes no difference, and is only noted.
//! Source: the single-winner rule of RCTab and of Robert's Rules' preferential voting, without batches.

use num_rational::BigRational;
use num_traits::Zero;

use crate::ballots::Ranked;
use crate::figure::Figure;
use crate::outcome::{Outcome, Round};
use crate::papers::Papers;
use crate::tie::{self, Stop, Ties};
use crate::{Error, TieBreak};

pub(crate) fn count(ballots: &Ranked, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    if out.seats != 1 {
        return Err(Error::terms("instant runoff fills one seat; several are filled by stv"));
    }
    tie::settle(out, by, ballots.patterns(), |ties, out| run(ballots, ties, out))
}

fn run(ballots: &Ranked, ties: &mut Ties, out: &mut Outcome) -> Result<(), Stop> {
    let n = ballots.size();
    let mut hopeful = vec![true; n];
    let mut votes = vec![BigRational::zero(); n];
    let mut exhausted = BigRational::zero();
    let mut papers = Papers::dealt(ballots, &hopeful, &mut votes);
    loop {
        let left: Vec<usize> = (0..n).filter(|c| hopeful[*c]).collect();
        let figure = |value: &BigRational| Figure::exact(value.clone());
        let tally = left.iter().map(|c| (*c, figure(&votes[*c]))).collect();
        out.rounds.push(Round { tally, exhausted: Some(figure(&exhausted)), ties: ties.met.len(), ..Round::default() });
        let continuing: BigRational = left.iter().map(|c| &votes[*c]).sum();
        let winner = left.iter().copied().find(|c| &votes[*c] + &votes[*c] > continuing || left.len() == 1);
        if let Some(winner) = winner {
            out.winners = vec![winner];
            last(out).elected = vec![winner];
            return Ok(());
        }
        let one = lowest(&left, &votes, ties, out.rounds.len())?;
        last(out).eliminated = vec![one];
        last(out).ties = ties.met.len();
        hopeful[one] = false;
        exhausted += papers.pass_on(one, &hopeful, &mut votes);
        votes[one].set_zero();
    }
}

fn lowest(left: &[usize], votes: &[BigRational], ties: &mut Ties, round: usize) -> Result<usize, Stop> {
    let least = left.iter().map(|c| &votes[*c]).min();
    let (tied, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|c| Some(&votes[**c]) == least);
    if let [one] = tied[..] {
        return Ok(one);
    }
    let at = format!("the elimination in round {round}");
    let together: BigRational = tied.iter().map(|c| &votes[*c]).sum();
    match rest.iter().map(|c| &votes[*c]).min() {
        Some(next) if together < *next => ties.pick_idle(at, &tied),
        _ => ties.pick(at, &tied),
    }
}

fn last(out: &mut Outcome) -> &mut Round {
    if out.rounds.is_empty() {
        out.rounds.push(Round::default());
    }
    let at = out.rounds.len() - 1;
    &mut out.rounds[at]
}
