//! Ballot papers in the piles of candidates, each pattern moved as one, with a value that its papers share.
//!
//! Papers that were always moved together have the same value, so values are kept once, in classes; per pattern there
//! is only integer work.

use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::Error;
use crate::ballots::Ranked;
use crate::figure::ratio;

/// The most different values of papers in one count.
const MAX_CLASSES: usize = 200_000;

/// All papers of a count; ballots have no equal ranks.
pub(crate) struct Papers<'a> {
    ballots: &'a Ranked,
    next: Vec<u16>,
    class: Vec<u32>,
    piles: Vec<Vec<u32>>,
    values: Vec<BigRational>,
}

impl<'a> Papers<'a> {
    /// All papers at their first hopeful candidate, each worth 1. Adds to `votes`.
    pub fn dealt(ballots: &'a Ranked, hopeful: &[bool], votes: &mut [BigRational]) -> Self {
        let count = ballots.rows.len();
        let mut papers = Papers {
            ballots,
            next: vec![0; count],
            class: vec![0; count],
            piles: vec![Vec::new(); ballots.size()],
            values: vec![BigRational::one()],
        };
        papers.deal(0..count as u32, hopeful, votes);
        papers
    }

    /// Moves a candidate's papers on at their value; what no longer goes to anybody is given back.
    pub fn pass_on(&mut self, from: usize, hopeful: &[bool], votes: &mut [BigRational]) -> BigRational {
        let pile = std::mem::take(&mut self.piles[from]);
        self.deal(pile.into_iter(), hopeful, votes)
    }

    /// Gives every paper of a candidate the value that `new` makes of its old one.
    pub fn revalue(&mut self, of: usize, new: impl Fn(&BigRational) -> BigRational) -> Result<(), Error> {
        let mut known = vec![None::<u32>; self.values.len()];
        for number in &self.piles[of] {
            let class = &mut self.class[*number as usize];
            let old = *class as usize;
            *class = match known[old] {
                Some(class) => class,
                None => {
                    let value = new(&self.values[old]);
                    // Equal values are one class, or fixed decimals would have as many classes as ways.
                    let found = self.values.iter().position(|one| *one == value).unwrap_or(self.values.len());
                    if found == self.values.len() {
                        self.values.push(value);
                    }
                    known[old] = Some(found as u32);
                    found as u32
                }
            };
        }
        match self.values.len() > MAX_CLASSES {
            true => {
                Err(Error::TooMuch("the papers have too many different values: use a rule with fixed decimals".into()))
            }
            false => Ok(()),
        }
    }

    fn deal(&mut self, numbers: impl Iterator<Item = u32>, hopeful: &[bool], votes: &mut [BigRational]) -> BigRational {
        let before: Vec<usize> = self.piles.iter().map(Vec::len).collect();
        let mut out = Vec::new();
        for number in numbers {
            let row = self.ballots.rows.row(number as usize);
            let next = &mut self.next[number as usize];
            let to = row[usize::from(*next)..].iter().position(|c| hopeful[usize::from(*c)]);
            match to {
                Some(skip) => {
                    *next += skip as u16;
                    self.piles[usize::from(row[usize::from(*next)])].push(number);
                }
                None => out.push(number),
            }
        }
        for (to, before) in before.into_iter().enumerate() {
            let new = &self.piles[to][before..];
            if !new.is_empty() {
                votes[to] += self.sum(new);
            }
        }
        self.sum(&out)
    }

    fn sum(&self, numbers: &[u32]) -> BigRational {
        let mut counts = vec![0u64; self.values.len()];
        for number in numbers {
            counts[self.class[*number as usize] as usize] += self.ballots.rows.weight(*number as usize);
        }
        let parts = counts.iter().zip(&self.values).filter(|(count, _)| **count > 0);
        parts.fold(BigRational::zero(), |sum, (count, value)| sum + value * ratio(*count))
    }
}
