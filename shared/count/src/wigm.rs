//! Weighted inclusive Gregory: Scottish, PRF reference, and in exact fractions.
//!
//! A stage transfers one surplus, the largest first, or excludes one candidate, the lowest. All papers that an elected
//! candidate holds are transferred, each at its value × surplus / votes; an excluded candidate's at their value.
//! Candidates with the quota are elected at the end of each stage; when those still hopeful are no more than the
//! vacancies, they are elected. A candidate on exactly the quota has no surplus and makes no stage.
//!
//! | rule | quota | values | ties |
//! |---|---|---|---|
//! | scottish | floor(valid / (seats + 1)) + 1 | cut to 5 decimals | the latest stage at which they differed, then lot |
//! | wigm-prf | valid / (seats + 1) cut to 4 decimals, + 0.0001 | product and quotient each cut to 4 decimals | order |
//! | wigm | droop as scottish, or hare, hagenbach-bischoff, imperiali | exact | order |
//!
//! Sources: the Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52; the
//! Proportional Representation Foundation's reference WIGM rule; for the exact rule and its quotas Condorcet-PHP's tests.
//! A quota may be reached by more than there are vacancies (hagenbach-bischoff, imperiali): those with most are elected.

use num_rational::BigRational;
use num_traits::Zero;

use crate::ballots::Ranked;
use crate::figure::{Figure, cut, ratio, ten_to};
use crate::outcome::{Outcome, Round};
use crate::papers::Papers;
use crate::terms::Quota;
use crate::tie::{self, Stop, Ties};
use crate::{Error, TieBreak};

/// What tells the rules apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Decimals; none in exact fractions.
    places: Option<u8>,
    quota: Quota,
    prf: bool,
    /// Ties go by earlier stages first.
    backwards: bool,
}

pub(crate) const SCOTTISH: Rule = Rule { places: Some(5), quota: Quota::Droop, prf: false, backwards: true };
pub(crate) const PRF: Rule = Rule { places: Some(4), quota: Quota::HagenbachBischoff, prf: true, backwards: false };

pub(crate) fn exact(quota: Quota) -> Rule {
    Rule { places: None, quota, prf: false, backwards: false }
}

/// A quota as the exact rules define it.
pub(crate) fn quota(quota: Quota, valid: u64, seats: u32) -> BigRational {
    let (valid, seats) = (ratio(valid), |more: u32| ratio(u64::from(seats) + u64::from(more)));
    match quota {
        Quota::Droop => (valid / seats(1)).floor() + ratio(1),
        Quota::Hare => valid / seats(0),
        Quota::HagenbachBischoff => valid / seats(1),
        Quota::Imperiali => valid / seats(2),
    }
}

pub(crate) fn count(ballots: &Ranked, rule: Rule, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    tie::settle(out, by, ballots.patterns(), |ties, out| {
        let mut count = Count::new(ballots, rule, ties, out);
        count.run()
    })
}

struct Count<'a> {
    rule: Rule,
    papers: Papers<'a>,
    ties: &'a mut Ties,
    out: &'a mut Outcome,
    quota: BigRational,
    valid: BigRational,
    votes: Vec<BigRational>,
    hopeful: Vec<bool>,
    excluded: Vec<bool>,
    exhausted: BigRational,
    /// Votes at the end of each stage.
    stages: Vec<Vec<BigRational>>,
}

impl<'a> Count<'a> {
    fn new(ballots: &'a Ranked, rule: Rule, ties: &'a mut Ties, out: &'a mut Outcome) -> Self {
        let n = ballots.size();
        let (hopeful, mut votes) = (vec![true; n], vec![BigRational::zero(); n]);
        let papers = Papers::dealt(ballots, &hopeful, &mut votes);
        let mut quota = quota(rule.quota, out.valid, out.seats);
        if rule.prf {
            quota = cut(quota, rule.places) + BigRational::new(1.into(), ten_to(4));
        }
        out.quota = Some(Figure::of(&quota, if rule.prf { rule.places } else { None }));
        let valid = ratio(out.valid);
        Count {
            rule,
            papers,
            ties,
            out,
            quota,
            valid,
            votes,
            hopeful,
            excluded: vec![false; n],
            exhausted: BigRational::zero(),
            stages: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Stop> {
        self.stage("first_preferences", None);
        loop {
            self.elect()?;
            if self.complete() {
                return Ok(());
            }
            match self.surplus()? {
                Some(candidate) => self.transfer(candidate)?,
                None => self.exclude()?,
            }
        }
    }

    fn vacancies(&self) -> usize {
        (self.out.seats as usize).saturating_sub(self.out.winners.len())
    }

    fn still(&self) -> Vec<usize> {
        (0..self.hopeful.len()).filter(|c| self.hopeful[*c]).collect()
    }

    /// Elects who has the quota, those with most votes first.
    fn elect(&mut self) -> Result<(), Stop> {
        let reached: Vec<usize> = self.still().into_iter().filter(|c| self.votes[*c] >= self.quota).collect();
        for place in self.by_votes(reached) {
            let open = self.vacancies();
            let elected = match place.len() > open {
                true => self.ties.pick_many("the last seat", &place, open)?,
                false => place,
            };
            self.seat(elected);
        }
        Ok(())
    }

    /// When no more are hopeful than there are vacancies, they are elected.
    fn complete(&mut self) -> bool {
        let still = self.still();
        if self.vacancies() > 0 && still.len() <= self.vacancies() {
            for place in self.by_votes(still) {
                self.seat(place);
            }
        }
        self.vacancies() == 0 || self.still().is_empty()
    }

    fn seat(&mut self, elected: Vec<usize>) {
        if elected.is_empty() {
            return;
        }
        elected.iter().for_each(|c| self.hopeful[*c] = false);
        self.out.winners.extend(&elected);
        self.out.order.get_or_insert_default().push(elected.clone());
        if let Some(round) = self.out.rounds.last_mut() {
            round.elected.extend(elected);
            round.ties = self.ties.met.len();
        }
    }

    fn by_votes(&self, mut some: Vec<usize>) -> Vec<Vec<usize>> {
        some.sort_by(|a, b| self.votes[*b].cmp(&self.votes[*a]));
        some.chunk_by(|a, b| self.votes[*a] == self.votes[*b]).map(<[usize]>::to_vec).collect()
    }

    /// Whose surplus is the largest.
    fn surplus(&mut self) -> Result<Option<usize>, Stop> {
        let over = |c: &usize| self.votes[*c] > self.quota;
        let elected: Vec<usize> = self.out.winners.iter().copied().filter(over).collect();
        let Some(most) = self.by_votes(elected).into_iter().next() else { return Ok(None) };
        let mut most = most;
        most.sort_unstable();
        self.pick("whose surplus goes first", most, true).map(Some)
    }

    fn transfer(&mut self, from: usize) -> Result<(), Stop> {
        let (surplus, votes, places) = (&self.votes[from] - &self.quota, self.votes[from].clone(), self.rule.places);
        let prf = self.rule.prf;
        self.papers.revalue(from, |value| {
            let product = value * &surplus;
            cut(if prf { cut(product, places) } else { product } / &votes, places)
        })?;
        self.exhausted += self.papers.pass_on(from, &self.hopeful, &mut self.votes);
        self.votes[from] = self.quota.clone();
        self.stage("surplus", Some(from));
        Ok(())
    }

    fn exclude(&mut self) -> Result<(), Stop> {
        let still = self.still();
        let Some(lowest) = self.by_votes(still).pop() else { return Ok(()) };
        let mut lowest = lowest;
        lowest.sort_unstable();
        let one = match self.idle(&lowest) {
            true => self.ties.pick_idle("who is excluded", &lowest)?,
            false => self.pick("who is excluded", lowest, false)?,
        };
        (self.hopeful[one], self.excluded[one]) = (false, true);
        self.exhausted += self.papers.pass_on(one, &self.hopeful, &mut self.votes);
        self.votes[one].set_zero();
        self.stage("exclusion", Some(one));
        if let Some(round) = self.out.rounds.last_mut() {
            round.eliminated = vec![one];
        }
        Ok(())
    }

    /// Whether all of the tied are excluded next in any order, with the same papers where they then lie.
    fn idle(&self, tied: &[usize]) -> bool {
        let rest: Vec<usize> = self.still().into_iter().filter(|c| !tied.contains(c)).collect();
        let together: BigRational = tied.iter().map(|c| &self.votes[*c]).sum();
        let votes = || rest.iter().map(|c| &self.votes[*c]);
        tied.len() > 1
            && rest.len() >= self.vacancies()
            && votes().min().is_some_and(|next| together < *next)
            && votes().max().is_some_and(|most| most + &together < self.quota)
            // Earlier stages decide later ties, and are the same only if nothing moves.
            && (!self.rule.backwards || together.is_zero())
    }

    /// One of the tied: by earlier stages where the rule says so, then by the order for ties.
    fn pick(&mut self, at: &str, mut tied: Vec<usize>, highest: bool) -> Result<usize, Stop> {
        let all = tied.clone();
        if self.rule.backwards && tied.len() > 1 {
            for (number, stage) in self.stages.iter().enumerate().rev() {
                let votes = |c: &usize| stage[*c].clone();
                let edge = if highest { tied.iter().map(votes).max() } else { tied.iter().map(votes).min() };
                tied.retain(|c| Some(&stage[*c]) == edge.as_ref());
                if let [one] = tied[..] {
                    self.ties.note(at, &all, one, format!("stage {}", number + 1));
                    return Ok(one);
                }
            }
        }
        self.ties.pick(at, &tied)
    }

    fn stage(&mut self, event: &'static str, candidate: Option<usize>) {
        let places = self.rule.places;
        let figure = |value: &BigRational| Figure::of(value, places);
        let shown = (0..self.votes.len()).filter(|c| places.is_some() || !self.excluded[*c]);
        let tally = shown.map(|c| (c, figure(&self.votes[c]))).collect();
        let loss = &self.valid - &self.exhausted - self.votes.iter().sum::<BigRational>();
        self.out.rounds.push(Round {
            event: Some(event),
            candidate,
            tally,
            exhausted: Some(figure(&self.exhausted)),
            loss: places.is_some().then(|| figure(&loss)),
            ties: self.ties.met.len(),
            ..Round::default()
        });
        self.stages.push(self.votes.clone());
    }
}
