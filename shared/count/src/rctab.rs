//! RCTab's multi-winner rule.
//!
//! In a round all who have the threshold are elected together; else one lowest is eliminated. From an elected candidate
//! every ballot moves at its value × f, f being surplus / votes, both cut to 4 decimals; what the cutting leaves stays
//! with nobody ("residual surplus"). When no more are left than seats, they are elected. After the last election one
//! more round shows where the surpluses went: nowhere, they are inactive. Threshold: floor(valid / (seats + 1)) + 1, or
//! for hare valid / seats rounded up. Tied for the lowest: the order for ties (RCTab eliminates the *last* of its
//! permutation, so give it the other way round). A ballot ends before its first equal rank (an overvote). A candidate
//! named `Undeclared Write-ins`, as RCTab calls votes for nobody in particular, cannot be elected, and is eliminated
//! first of all, before anybody is elected, if it has any votes.
//! Source: RCTab 2.0 (github.com/BrightSpots/rcv), Tabulator and its published test contests.

use num_rational::BigRational;
use num_traits::Zero;

use crate::ballots::Ranked;
use crate::figure::{Figure, cut};
use crate::outcome::{Outcome, Round};
use crate::papers::Papers;
use crate::terms::Quota;
use crate::tie::{self, Stop, Ties};
use crate::{Error, TieBreak, wigm};

const PLACES: Option<u8> = Some(4);
const NOBODY: &str = "Undeclared Write-ins";

pub(crate) fn count(ballots: &Ranked, quota: Quota, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    let threshold = wigm::quota(quota, out.valid, out.seats).ceil();
    tie::settle(out, by, ballots.patterns(), |ties, out| run(ballots, &threshold, ties, out))
}

fn run(ballots: &Ranked, threshold: &BigRational, ties: &mut Ties, out: &mut Outcome) -> Result<(), Stop> {
    let n = ballots.size();
    let (mut hopeful, mut votes) = (vec![true; n], vec![BigRational::zero(); n]);
    let mut exhausted = BigRational::zero();
    let mut papers = Papers::dealt(ballots, &hopeful, &mut votes);
    let valid: BigRational = votes.iter().sum();
    out.quota = Some(Figure::exact(threshold.clone()));
    let seats = (out.seats as usize).min(n);
    let nobody = out.candidates.iter().position(|name| name == NOBODY).filter(|c| !votes[*c].is_zero());
    loop {
        let left: Vec<usize> = (0..n).filter(|c| hopeful[*c]).collect();
        let shown = (0..n).filter(|c| hopeful[*c] || out.winners.contains(c));
        let tally = shown.map(|c| (c, Figure::of(&votes[c], PLACES))).collect();
        let loss = &valid - &exhausted - votes.iter().sum::<BigRational>();
        out.rounds.push(Round {
            tally,
            exhausted: Some(Figure::of(&exhausted, PLACES)),
            loss: Some(Figure::of(&loss, PLACES)),
            ties: ties.met.len(),
            ..Round::default()
        });
        let at = out.rounds.len() - 1;
        let open = seats - out.winners.len();
        if open == 0 || left.is_empty() {
            return Ok(());
        }
        let nobody = nobody.filter(|c| hopeful[*c]);
        let reached = |c: &usize| nobody.is_none() && (left.len() <= open || holds(&votes[*c], threshold));
        let mut elected: Vec<usize> = left.iter().copied().filter(reached).collect();
        if elected.is_empty() {
            let one = match nobody {
                Some(nobody) => nobody,
                None => lowest(&left, &votes, open, threshold, ties, at + 1)?,
            };
            (out.rounds[at].eliminated, out.rounds[at].ties) = (vec![one], ties.met.len());
            hopeful[one] = false;
            exhausted += papers.pass_on(one, &hopeful, &mut votes);
            votes[one].set_zero();
            continue;
        }
        elected.sort_by(|a, b| votes[*b].cmp(&votes[*a]));
        let places = elected.chunk_by(|a, b| votes[*a] == votes[*b]).map(<[usize]>::to_vec);
        out.order.get_or_insert_default().extend(places);
        elected.iter().for_each(|c| hopeful[*c] = false);
        out.winners.extend(&elected);
        out.rounds[at].elected = elected.clone();
        let over = out.winners.len() == seats;
        if over {
            hopeful.fill(false);
        }
        for one in elected {
            if votes[one] > *threshold {
                let part = cut((&votes[one] - threshold) / &votes[one], PLACES);
                papers.revalue(one, |value| cut(value * &part, PLACES))?;
                exhausted += papers.pass_on(one, &hopeful, &mut votes);
                votes[one] = threshold.clone();
            }
        }
        if over {
            // Nobody else is shown any longer, but what they hold still counts for them.
            left.iter().filter(|c| !out.winners.contains(c)).for_each(|c| hopeful[*c] = true);
        }
    }
}

/// Whether the threshold is reached; where nobody voted it is 0 for hare, which nothing reaches.
fn holds(votes: &BigRational, threshold: &BigRational) -> bool {
    !votes.is_zero() && votes >= threshold
}

fn lowest(
    left: &[usize],
    votes: &[BigRational],
    open: usize,
    threshold: &BigRational,
    ties: &mut Ties,
    round: usize,
) -> Result<usize, Stop> {
    let least = left.iter().map(|c| &votes[*c]).min();
    let (tied, rest): (Vec<usize>, Vec<usize>) = left.iter().partition(|c| Some(&votes[**c]) == least);
    let together: BigRational = tied.iter().map(|c| &votes[*c]).sum();
    let others = || rest.iter().map(|c| &votes[*c]);
    let idle = tied.len() > 1
        && rest.len() >= open
        && others().min().is_some_and(|next| together < *next)
        && others().max().is_some_and(|most| most + &together < *threshold);
    let at = format!("the elimination in round {round}");
    if idle { ties.pick_idle(at, &tied) } else { ties.pick(at, &tied) }
}
