//! Meek's method: every elected candidate keeps the share of each vote that leaves them with just the quota.
//!
//! A ballot passes down its ranks; each candidate keeps its weight × keep factor and the rest goes on: factor 1 for the
//! hopeful, 0 for the defeated, and for the elected what iteration finds: factor × quota / votes, until the surpluses
//! together are below omega or no longer fall. The quota is that of the votes still held: votes / (seats + 1). When the
//! iteration elects somebody it begins anew; when it ends, the lowest is defeated. All within the surplus left of the
//! lowest are tied. When no more are hopeful than seats are open, they are elected.
//!
//! **meek-prf**: 9 decimals; kept weights and factors rounded up, the quota cut and 10⁻⁹ added; elected at the quota;
//! omega 10⁻⁶; no equal ranks (a ballot ends before its first). Source: the Proportional Representation Foundation's
//! reference Meek rule. **meek**: 27 decimals, of which 18 are shown; elected above the quota; omega 10⁻¹²; a weight is
//! shared equally by candidates of equal rank who are not defeated, and what they do not keep goes to the next rank.
//! Source: B. L. Meek (1969), I. D. Hill and others, Algorithm 123 (1987); equal ranks as droop counts them.

use ethnum::U256;
use num_bigint::BigInt;
use num_rational::BigRational;

use crate::ballots::Ranked;
use crate::figure::Figure;
use crate::outcome::{Outcome, Round};
use crate::tie::{self, Stop, Ties};
use crate::trie::Trie;
use crate::{Error, TieBreak};

/// The most iterations of one round.
const ITERATIONS: u32 = 20_000;
/// The most work of one count, in nodes of the tree of ballots.
const WORK: u64 = 3_000_000_000;

/// What tells the two rules apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    decimals: u32,
    shown: u8,
    /// As a negative power of ten.
    omega: u32,
    prf: bool,
}

pub(crate) const PRF: Rule = Rule { decimals: 9, shown: 9, omega: 6, prf: true };
pub(crate) const FINE: Rule = Rule { decimals: 27, shown: 18, omega: 12, prf: false };

pub(crate) fn count(ballots: &Ranked, rule: Rule, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    tie::settle(out, by, ballots.patterns().saturating_mul(4), |ties, out| {
        let mut count = Count::new(ballots, rule, ties, out);
        count.run()
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Hopeful,
    Elected,
    Defeated,
}

struct Count<'a> {
    rule: Rule,
    unit: U256,
    omega: U256,
    trie: Trie<'a>,
    ties: &'a mut Ties,
    out: &'a mut Outcome,
    state: Vec<State>,
    keep: Vec<U256>,
    votes: Vec<U256>,
    quota: U256,
    surplus: U256,
    work: u64,
}

/// a × b / c, rounded up or down; a remainder counts only where it is rounded up.
fn ratio(a: U256, b: U256, c: U256, up: bool) -> U256 {
    let product = a * b;
    let whole = product / c;
    if up && whole * c != product { whole + 1 } else { whole }
}

impl<'a> Count<'a> {
    fn new(ballots: &'a Ranked, rule: Rule, ties: &'a mut Ties, out: &'a mut Outcome) -> Self {
        let n = ballots.size();
        let unit = U256::new(10).pow(rule.decimals);
        Count {
            rule,
            unit,
            omega: unit / U256::new(10).pow(rule.omega),
            trie: Trie::new(ballots),
            ties,
            out,
            state: vec![State::Hopeful; n],
            keep: vec![unit; n],
            votes: vec![U256::ZERO; n],
            quota: U256::ZERO,
            surplus: U256::ZERO,
            work: 0,
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        if self.complete() {
            self.distribute()?;
            self.update_quota();
            self.round();
        }
        while !self.complete() {
            let elected = self.iterate()?;
            self.round();
            match elected.is_empty() {
                false => self.seat(elected),
                true => self.defeat()?,
            }
        }
        let rest = self.hopeful();
        match self.vacancies() {
            0 => {}
            _ => self.seat(rest),
        }
        Ok(())
    }

    fn hopeful(&self) -> Vec<usize> {
        (0..self.state.len()).filter(|c| self.state[*c] == State::Hopeful).collect()
    }

    fn vacancies(&self) -> usize {
        (self.out.seats as usize).saturating_sub(self.out.winners.len())
    }

    fn complete(&self) -> bool {
        self.vacancies() == 0 || self.hopeful().len() <= self.vacancies()
    }

    /// Elects, those with most votes first.
    fn seat(&mut self, mut elected: Vec<usize>) {
        elected.sort_by(|a, b| self.votes[*b].cmp(&self.votes[*a]));
        for place in elected.chunk_by(|a, b| self.votes[*a] == self.votes[*b]) {
            self.out.order.get_or_insert_default().push(place.to_vec());
        }
        for one in &elected {
            self.state[*one] = State::Elected;
            self.trie.elect(*one);
        }
        self.out.winners.extend(&elected);
        if let Some(round) = self.out.rounds.last_mut() {
            round.elected.extend(elected);
        }
    }

    fn defeat(&mut self) -> Result<(), Stop> {
        let hopeful = self.hopeful();
        let Some(least) = hopeful.iter().map(|c| self.votes[*c]).min() else { return Ok(()) };
        let tied: Vec<usize> = hopeful.into_iter().filter(|c| self.votes[*c] <= least + self.surplus).collect();
        let at = format!("the defeat in round {}", self.out.rounds.len());
        // Nobody has ever voted for them: no vote moves, whoever goes first.
        let nothing = tied.iter().all(|c| self.votes[*c] == U256::ZERO) && self.surplus == U256::ZERO;
        let spare = self.hopeful().len() - tied.len() >= self.vacancies();
        let one = if nothing && spare { self.ties.pick_idle(at, &tied)? } else { self.ties.pick(at, &tied)? };
        (self.state[one], self.keep[one]) = (State::Defeated, U256::ZERO);
        self.trie.defeat(one);
        if let Some(round) = self.out.rounds.last_mut() {
            round.eliminated = vec![one];
            round.ties = self.ties.met.len();
        }
        Ok(())
    }

    /// Until somebody is elected, or the surpluses are as good as transferred.
    fn iterate(&mut self) -> Result<Vec<usize>, Stop> {
        let mut last = None;
        for _ in 0..ITERATIONS {
            self.distribute()?;
            self.update_quota();
            let reached = |c: &usize| match self.rule.prf {
                true => self.votes[*c] >= self.quota,
                // Above the quota by more than what 27 decimals may be wrong.
                false => self.votes[*c] > self.quota + self.unit / U256::new(2).pow(60),
            };
            let elected: Vec<usize> = self.hopeful().into_iter().filter(reached).collect();
            let (mut over, mut under) = (U256::ZERO, U256::ZERO);
            for c in self.out.winners.iter().chain(&elected) {
                over += self.votes[*c].saturating_sub(self.quota);
                under += self.quota.saturating_sub(self.votes[*c]);
            }
            self.surplus = over.saturating_sub(under);
            if !elected.is_empty() || self.surplus < self.omega || last.is_some_and(|last| self.surplus >= last) {
                return Ok(elected);
            }
            last = Some(self.surplus);
            for c in self.out.winners.clone() {
                let part = ratio(self.keep[c], self.quota, self.unit, true);
                self.keep[c] = ratio(part, self.unit, self.votes[c].max(U256::ONE), true).min(self.unit);
            }
        }
        Err(Stop::Failed(Error::TooMuch("Meek's iteration does not come to an end".into())))
    }

    fn distribute(&mut self) -> Result<(), Stop> {
        self.work += self.trie.len() as u64;
        if self.work > WORK {
            return Err(Stop::Failed(Error::TooMuch("Meek's count is too long for these ballots".into())));
        }
        let (unit, keep, up) = (self.unit, &self.keep, self.rule.prf);
        self.votes.fill(U256::ZERO);
        let votes = &mut self.votes;
        self.trie.pass(unit, |weight, candidate, count| {
            let kept = match keep[candidate] {
                all if all == unit => weight,
                part => ratio(weight, part, unit, up),
            };
            votes[candidate] += kept * U256::from(count);
            weight - kept
        });
        Ok(())
    }

    fn update_quota(&mut self) {
        let held = self.votes.iter().fold(U256::ZERO, |sum, votes| sum + votes);
        let quota = held / U256::from(u64::from(self.out.seats) + 1);
        self.quota = if self.rule.prf { quota + 1 } else { quota };
        self.out.quota = Some(self.figure(self.quota));
    }

    fn figure(&self, value: U256) -> Figure {
        let whole = |n: U256| BigInt::from_bytes_be(num_bigint::Sign::Plus, &n.to_be_bytes());
        Figure::decimal(BigRational::new(whole(value), whole(self.unit)), self.rule.shown)
    }

    fn round(&mut self) {
        let shown: Vec<usize> = (0..self.state.len()).filter(|c| self.state[*c] != State::Defeated).collect();
        let figures = |of: &[U256]| shown.iter().map(|c| (*c, self.figure(of[*c]))).collect();
        let held = self.votes.iter().fold(U256::ZERO, |sum, votes| sum + votes);
        let valid = U256::from(self.out.valid) * self.unit;
        self.out.rounds.push(Round {
            tally: figures(&self.votes),
            keep_factors: Some(figures(&self.keep)),
            quota: Some(self.figure(self.quota)),
            exhausted: Some(self.figure(valid.saturating_sub(held))),
            ties: self.ties.met.len(),
            ..Round::default()
        });
    }
}
