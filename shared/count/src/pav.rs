//! Proportional approval, whole and sequential: Thiele's sums in whole numbers.
//!
//! Every 1/k is multiplied by the least common multiple of 1 to the number of seats, so that sums are integers. The best
//! committee is searched by branch and bound: a committee's sum is at most what it has, plus the largest gains that the
//! candidates left would bring now. The search is bounded by [`STEPS`]; finding the best committee is NP-hard.

use crate::approval::Approvals;
use crate::outcome::{Outcome, Round};
use crate::tie::{self, Ties};
use crate::{Error, Figure, TieBreak};

/// The most seats: the least common multiple must fit.
pub const MAX_PAV_SEATS: u32 = 40;
/// The most work in the search for the best committee, in ballots looked at.
pub const STEPS: u64 = 2_000_000_000;
const MOST_COMMITTEES: usize = 1000;

/// The state of a committee in the making: how many of each ballot's approved are in it.
struct Sums<'a> {
    approvals: &'a Approvals,
    /// Which ballots approve each candidate.
    by_candidate: Vec<Vec<u32>>,
    /// 1/k times the least common multiple.
    parts: Vec<u128>,
    taken: Vec<u32>,
}

impl<'a> Sums<'a> {
    fn new(approvals: &'a Approvals, seats: u32) -> Result<Self, Error> {
        if seats > MAX_PAV_SEATS {
            return Err(Error::TooMuch(format!("proportional approval fills at most {MAX_PAV_SEATS} seats")));
        }
        let whole = (1..=u128::from(seats)).fold(1, lcm);
        let mut by_candidate = vec![Vec::new(); approvals.size];
        for (n, (_, row)) in approvals.rows.iter().enumerate() {
            row.iter().for_each(|c| by_candidate[usize::from(*c)].push(n as u32));
        }
        let parts = (1..=u128::from(seats)).map(|k| whole / k).collect();
        Ok(Sums { approvals, by_candidate, parts, taken: vec![0; approvals.rows.len()] })
    }

    /// What one more member would add.
    fn gain(&self, candidate: usize) -> u128 {
        let one = |n: &u32| {
            let n = *n as usize;
            u128::from(self.approvals.rows[n].0) * self.parts.get(self.taken[n] as usize).copied().unwrap_or(0)
        };
        self.by_candidate[candidate].iter().map(one).sum()
    }

    fn take(&mut self, candidate: usize) {
        self.by_candidate[candidate].iter().for_each(|n| self.taken[*n as usize] += 1);
    }

    fn give_back(&mut self, candidate: usize) {
        self.by_candidate[candidate].iter().for_each(|n| self.taken[*n as usize] -= 1);
    }

    fn figure(&self, sum: u128) -> Figure {
        let whole = self.parts.first().copied().unwrap_or(1);
        Figure::exact(num_rational::BigRational::new(sum.into(), whole.into()))
    }
}

fn lcm(a: u128, b: u128) -> u128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x * b
}

pub(crate) fn one_by_one(approvals: &Approvals, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    let seats = out.seats.min(approvals.size as u32);
    Sums::new(approvals, seats)?;
    let size = approvals.rows.iter().map(|(_, row)| row.len() + 1).sum::<usize>() * seats as usize;
    let mut out = tie::settle(out, by, size, |ties, out| {
        let mut sums = Sums::new(approvals, seats)?;
        let mut order = Vec::new();
        for _ in 0..seats {
            let left: Vec<usize> = (0..approvals.size).filter(|c| !out.winners.contains(c)).collect();
            let gains: Vec<(usize, u128)> = left.iter().map(|c| (*c, sums.gain(*c))).collect();
            let most = gains.iter().map(|(_, gain)| *gain).max();
            let best: Vec<usize> = gains.iter().filter(|(_, gain)| Some(*gain) == most).map(|(c, _)| *c).collect();
            let tally = gains.iter().map(|(c, gain)| (*c, sums.figure(*gain))).collect();
            out.rounds.push(Round { tally, ..Round::default() });
            let one = ties.pick("the next seat", &best)?;
            sums.take(one);
            out.winners.push(one);
            order.push(vec![one]);
            if let Some(round) = out.rounds.last_mut() {
                (round.elected, round.ties) = (vec![one], ties.met.len());
            }
            out.order = Some(order.clone());
        }
        Ok(())
    })?;
    if out.unbroken().is_none() {
        let mut committee = out.winners.clone();
        committee.sort_unstable();
        out.committees = Some(vec![committee]);
    }
    Ok(out)
}

pub(crate) fn best(approvals: &Approvals, by: Option<&TieBreak>, mut out: Outcome) -> Result<Outcome, Error> {
    let seats = out.seats.min(approvals.size as u32);
    let mut search = Search {
        sums: Sums::new(approvals, seats)?,
        seats: seats as usize,
        most: 0,
        best: Vec::new(),
        so_far: Vec::new(),
        steps: 0,
    };
    search.start();
    let everybody: Vec<usize> = (0..approvals.size).collect();
    search.go(&everybody, 0)?;
    let mut committees = search.best;
    committees.iter_mut().for_each(|committee| committee.sort_unstable());
    committees.sort_unstable();
    committees.dedup();
    let certain = |all: &[Vec<usize>]| -> Vec<usize> {
        all.first().into_iter().flatten().copied().filter(|c| all.iter().all(|some| some.contains(c))).collect()
    };
    let mut ties = Ties::new(by, &out.candidates)?;
    let mut left = committees.clone();
    out.winners = certain(&left);
    while left.len() > 1 {
        let common = certain(&left);
        let mut among: Vec<usize> = left.iter().flatten().copied().filter(|c| !common.contains(c)).collect();
        among.sort_unstable();
        among.dedup();
        let Ok(one) = ties.pick("equally good committees", &among) else {
            out.possible_winners = Some(common.into_iter().chain(among).collect());
            break;
        };
        left.retain(|committee| committee.contains(&one));
        out.winners = certain(&left);
    }
    out.ties = ties.met;
    out.committees = Some(if out.ties.is_empty() || out.unbroken().is_some() { committees } else { left });
    Ok(out)
}

struct Search<'a> {
    sums: Sums<'a>,
    seats: usize,
    most: u128,
    best: Vec<Vec<usize>>,
    so_far: Vec<usize>,
    steps: u64,
}

impl Search<'_> {
    /// A first good committee, seat by seat, so that the bound bites early.
    fn start(&mut self) {
        let mut committee = Vec::new();
        for _ in 0..self.seats {
            let left = (0..self.sums.approvals.size).filter(|c| !committee.contains(c));
            let Some((gain, one)) = left.map(|c| (self.sums.gain(c), c)).max_by_key(|(gain, _)| *gain) else { break };
            self.most += gain;
            self.sums.take(one);
            committee.push(one);
        }
        committee.iter().for_each(|c| self.sums.give_back(*c));
        self.best = vec![committee];
    }

    fn go(&mut self, left: &[usize], sum: u128) -> Result<(), Error> {
        let open = self.seats - self.so_far.len();
        if open == 0 {
            if sum > self.most {
                (self.most, self.best) = (sum, Vec::new());
            }
            if sum == self.most {
                self.best.push(self.so_far.clone());
            }
            return match self.best.len() > MOST_COMMITTEES {
                true => Err(Error::TooMuch(format!("more than {MOST_COMMITTEES} committees are equally good"))),
                false => Ok(()),
            };
        }
        let mut gains: Vec<(u128, usize)> = left.iter().map(|c| (self.sums.gain(*c), *c)).collect();
        let looked: usize = left.iter().map(|c| self.sums.by_candidate[*c].len() + 1).sum();
        self.steps += looked as u64;
        if self.steps > STEPS {
            return Err(Error::TooMuch("the best committee is not found within bounds: use the rule seqpav".into()));
        }
        gains.sort_by_key(|(gain, c)| (std::cmp::Reverse(*gain), *c));
        for at in 0..gains.len() {
            let bound: u128 = gains[at..].iter().take(open).map(|(gain, _)| gain).sum();
            if gains.len() - at < open || sum + bound < self.most {
                return Ok(());
            }
            let (gain, one) = gains[at];
            let rest: Vec<usize> = gains[at + 1..].iter().map(|(_, c)| *c).collect();
            self.sums.take(one);
            self.so_far.push(one);
            self.go(&rest, sum + gain)?;
            self.so_far.pop();
            self.sums.give_back(one);
        }
        Ok(())
    }
}
