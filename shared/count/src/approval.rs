//! Approval and choosing: the most approved win.
//!
//! **av**: one point for each approval. **sav** (satisfaction approval; Brams and Kilgour 2010): each ballot shares one
//! point equally among those it approves. **pav** (proportional approval; Thiele 1895): the committee with the highest
//! sum, over ballots, of 1 + 1/2 + … + 1/k, k being how many of the ballot's approved are in it. **seqpav**: seats are
//! filled one by one with the candidate who raises that sum most. **choose**: as av, but a ballot with fewer than min or
//! more than max choices is invalid.
//!
//! A ballot that approves nobody is valid, as is one that approves everybody; neither changes an order.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use num_rational::BigRational;

use crate::ballots::{BLANK, Ballots, EQUAL};
use crate::outcome::Outcome;
use crate::{Error, Figure, TieBreak, pav, tie};

/// Which approval rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// Most approvals.
    Av,
    /// Each ballot shares one point.
    Sav,
    /// The best committee by Thiele's sum.
    Pav,
    /// Thiele's sum, seat by seat.
    SeqPav,
}

/// Approved candidates of each ballot.
pub(crate) struct Approvals {
    pub rows: Vec<(u64, Vec<u16>)>,
    pub size: usize,
}

impl Approvals {
    /// Marks of 1 approve; in a ranking, being ranked does. Ballots that choose too few or too many are invalid.
    pub fn of(ballots: &Ballots, limits: Option<(u32, u32)>, out: &mut Outcome) -> Result<Self, Error> {
        let mut all = BTreeMap::<Vec<u16>, u64>::new();
        let size = out.candidates.len();
        let mut add = |weight: u64, mut row: Vec<u16>, fits: bool| {
            let chosen = row.len() as u64;
            match fits && limits.is_none_or(|(min, max)| (u64::from(min)..=u64::from(max)).contains(&chosen)) {
                false => out.invalid += weight,
                true => {
                    row.sort_unstable();
                    out.valid += weight;
                    *all.entry(row).or_default() += weight;
                }
            }
        };
        match ballots {
            Ballots::Marked(marked) => {
                for (weight, row) in marked.rows.iter() {
                    let chosen = row.iter().enumerate().filter(|(_, mark)| **mark == 1).map(|(c, _)| c as u16);
                    add(weight, chosen.collect(), row.iter().all(|mark| matches!(*mark, BLANK | 0 | 1)));
                }
            }
            Ballots::Ranked(ranked) => {
                for (weight, row) in ranked.rows.iter() {
                    add(weight, row.iter().map(|entry| entry & !EQUAL).collect(), true);
                }
            }
            Ballots::Answers(_) => return Err(Error::terms("approval needs approvals")),
        }
        Ok(Approvals { rows: all.into_iter().map(|(row, weight)| (weight, row)).collect(), size })
    }
}

pub(crate) fn count(
    ballots: &Ballots,
    rule: Approval,
    limits: Option<(u32, u32)>,
    by: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    let approvals = Approvals::of(ballots, limits, &mut out)?;
    match rule {
        Approval::Av => {
            let mut votes = vec![0u64; approvals.size];
            for (weight, row) in &approvals.rows {
                row.iter().for_each(|c| votes[usize::from(*c)] += weight);
            }
            tie::by_figure(&mut out, by, votes.into_iter().map(Figure::from).collect())?;
        }
        Approval::Sav => {
            // Votes by how many the ballot approves, so that there is one sum of fractions for each candidate.
            let mut votes = vec![BTreeMap::<usize, u64>::new(); approvals.size];
            for (weight, row) in &approvals.rows {
                row.iter().for_each(|c| *votes[usize::from(*c)].entry(row.len()).or_default() += weight);
            }
            let share = |(size, votes): (usize, u64)| BigRational::new(BigInt::from(votes), BigInt::from(size));
            let figures = votes.into_iter().map(|parts| Figure::exact(parts.into_iter().map(share).sum()));
            tie::by_figure(&mut out, by, figures.collect())?;
        }
        Approval::Pav => return pav::best(&approvals, by, out),
        Approval::SeqPav => return pav::one_by_one(&approvals, by, out),
    }
    out.committees = committees(&out);
    Ok(out)
}

/// Every way of filling the seats that a tie at the cut leaves, if they are few.
fn committees(out: &Outcome) -> Option<Vec<Vec<usize>>> {
    let tie = out.unbroken()?;
    let open = (out.seats as usize).saturating_sub(out.winners.len());
    let mut all = vec![(out.winners.clone(), 0)];
    for _ in 0..open {
        let mut next = Vec::new();
        for (so_far, from) in &all {
            for (n, one) in tie.among.iter().enumerate().skip(*from) {
                next.push((so_far.iter().copied().chain([*one]).collect(), n + 1));
                if next.len() > 1000 {
                    return None;
                }
            }
        }
        all = next;
    }
    Some(all.into_iter().map(|(committee, _)| committee).collect())
}
