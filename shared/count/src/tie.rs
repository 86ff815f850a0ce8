//! Ties: an order decided before the count, or every way of breaking them looked at.
//!
//! A rule that meets a tie asks [`Ties::pick`]. With an order the tie falls on the first of those tied: it is
//! eliminated, or its surplus goes first, or it takes the seat, whatever the tie is about. Without one the count stops
//! there; it is then run again for each way of breaking it, within [`WORK`], to see what is certain all the same.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::outcome::{Outcome, Tie};
use crate::{Error, Figure};

/// How many ballot patterns may be looked at again to see what a tie leaves certain.
pub const WORK: u64 = 20_000_000;
const MOST_RUNS: u64 = 500;

/// How ties are broken that the rule itself cannot break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TieBreak {
    /// The candidate listed first.
    FirstListed,
    /// The candidate listed last.
    LastListed,
    /// By drawing: candidates stand in the order of SHA-256 of the seed, a zero byte and the name.
    Lot(String),
    /// In this order of all names; the label is what is shown.
    Order {
        /// Every candidate once.
        names: Vec<String>,
        /// Where the order comes from.
        label: String,
    },
}

impl TieBreak {
    /// What is shown as the reason.
    pub fn label(&self) -> String {
        match self {
            TieBreak::FirstListed => "first-listed".into(),
            TieBreak::LastListed => "last-listed".into(),
            TieBreak::Lot(seed) => format!("lot:{seed}"),
            TieBreak::Order { label, .. } => format!("order:{label}"),
        }
    }

    /// The place of each candidate in the order.
    fn places(&self, candidates: &[String]) -> Result<Vec<usize>, Error> {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        match self {
            TieBreak::FirstListed => {}
            TieBreak::LastListed => order.reverse(),
            TieBreak::Lot(seed) => order.sort_by_cached_key(|c| {
                let drawn = Sha256::new().chain_update(seed).chain_update([0]).chain_update(&candidates[*c]);
                <[u8; 32]>::from(drawn.finalize())
            }),
            TieBreak::Order { names, .. } => {
                let missing = candidates.iter().find(|name| !names.contains(name));
                if let Some(name) = missing {
                    return Err(Error::terms(format!("the order for ties does not name `{name}`")));
                }
                order.sort_by_cached_key(|c| names.iter().position(|name| *name == candidates[*c]));
            }
        }
        let mut places = vec![0; candidates.len()];
        order.iter().enumerate().for_each(|(place, c)| places[*c] = place);
        Ok(places)
    }
}

/// Why a count stopped before its end.
pub(crate) enum Stop {
    /// At a tie that nothing breaks.
    Tie,
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error)
    }
}

/// What breaks the ties of one run.
pub(crate) struct Ties {
    order: Option<(Vec<usize>, String)>,
    /// Which of the tied to take at the first ties, to see what then comes.
    script: Vec<usize>,
    used: usize,
    /// Every tie met, the last one unbroken if the count stopped.
    pub met: Vec<Tie>,
}

impl Ties {
    pub fn new(by: Option<&TieBreak>, candidates: &[String]) -> Result<Self, Error> {
        let order = by.map(|by| Ok::<_, Error>((by.places(candidates)?, by.label()))).transpose()?;
        Ok(Ties { order, script: Vec::new(), used: 0, met: Vec::new() })
    }

    /// The candidate that a tie falls on; `among` has at least one.
    pub fn pick(&mut self, at: impl Into<String>, among: &[usize]) -> Result<usize, Stop> {
        if let [only] = among {
            return Ok(*only);
        }
        let mut tie = Tie { at: at.into(), among: among.to_vec(), chosen: None, resolved_by: None };
        let chosen = match (&self.order, self.script.get(self.used)) {
            (Some((places, label)), _) => {
                tie.resolved_by = Some(label.clone());
                among.iter().copied().min_by_key(|c| places[*c])
            }
            (None, Some(n)) => among.get(*n).copied(),
            (None, None) => None,
        };
        self.used += 1;
        tie.chosen = chosen;
        self.met.push(tie);
        chosen.ok_or(Stop::Tie)
    }

    /// The first `n` of a tie in its order, where all may be needed.
    pub fn pick_many(&mut self, at: &str, among: &[usize], n: usize) -> Result<Vec<usize>, Stop> {
        let mut left = among.to_vec();
        let mut picked = Vec::new();
        while picked.len() < n && !left.is_empty() {
            let one = if left.len() == n - picked.len() { left[0] } else { self.pick(at, &left)? };
            left.retain(|c| *c != one);
            picked.push(one);
        }
        Ok(picked)
    }

    /// Notes a tie that the rule broke by itself.
    pub fn note(&mut self, at: impl Into<String>, among: &[usize], chosen: usize, by: impl Into<String>) {
        let (at, among) = (at.into(), among.to_vec());
        self.met.push(Tie { at, among, chosen: Some(chosen), resolved_by: Some(by.into()) });
    }

    /// A tie whose breaking makes no difference: without an order the first of the tied is taken.
    pub fn pick_idle(&mut self, at: impl Into<String>, among: &[usize]) -> Result<usize, Stop> {
        match (&self.order, among.first()) {
            (None, Some(first)) => {
                self.note(at, among, *first, "either way the same");
                Ok(*first)
            }
            _ => self.pick(at, among),
        }
    }

    /// The place of each candidate in the order; empty without one.
    pub fn places(&self) -> Vec<usize> {
        self.order.as_ref().map(|(places, _)| places.clone()).unwrap_or_default()
    }
}

/// Runs a count; where a tie stops it, sees what is certain whichever way the tie is broken.
///
/// `size` is the work of one run, in ballot patterns; showing every round adds to it.
pub(crate) fn settle(
    start: Outcome,
    by: Option<&TieBreak>,
    size: usize,
    run: impl Fn(&mut Ties, &mut Outcome) -> Result<(), Stop>,
) -> Result<Outcome, Error> {
    let once = |script: Vec<usize>| {
        let mut ties = Ties::new(by, &start.candidates)?;
        ties.script = script;
        let mut out = start.clone();
        let done = match run(&mut ties, &mut out) {
            Ok(()) => true,
            Err(Stop::Tie) => false,
            Err(Stop::Failed(error)) => return Err(error),
        };
        out.ties = ties.met;
        Ok((done, out))
    };
    let (done, mut shown) = once(Vec::new())?;
    if done {
        return Ok(shown);
    }
    let shown_cells = shown.candidates.len().pow(2) * 100;
    let runs = (WORK / (size + shown_cells).max(1) as u64).clamp(1, MOST_RUNS);
    let mut scripts = branches(&[], &shown);
    let mut sets = BTreeSet::new();
    for _ in 0..runs {
        let Some(script) = scripts.pop() else { break };
        let (done, out) = once(script.clone())?;
        if !done {
            scripts.extend(branches(&script, &out));
            continue;
        }
        sets.insert(out.winners.into_iter().collect::<BTreeSet<usize>>());
    }
    if let (true, Some(first)) = (scripts.is_empty(), sets.first()) {
        shown.winners = first.iter().copied().filter(|c| sets.iter().all(|set| set.contains(c))).collect();
        shown.possible_winners = Some(sets.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect());
        shown.committees = Some(sets.into_iter().map(|set| set.into_iter().collect()).collect());
    }
    Ok(shown)
}

fn branches(script: &[usize], out: &Outcome) -> Vec<Vec<usize>> {
    let ways = out.ties.last().map_or(0, |tie| tie.among.len());
    (0..ways).rev().map(|n| script.iter().copied().chain([n]).collect()).collect()
}

/// Fills seats from the highest figure down; a tie at the cut leaves the seats that it concerns open.
pub(crate) fn by_figure(out: &mut Outcome, by: Option<&TieBreak>, figures: Vec<Figure>) -> Result<(), Error> {
    let mut order: Vec<usize> = (0..figures.len()).collect();
    order.sort_by(|a, b| figures[*b].value().cmp(figures[*a].value()));
    let places: Vec<Vec<usize>> =
        order.chunk_by(|a, b| figures[*a].value() == figures[*b].value()).map(<[usize]>::to_vec).collect();
    out.scores = Some(figures.into_iter().enumerate().collect());
    by_place(out, by, places)
}

/// Fills seats from places of equal standing, best first.
pub(crate) fn by_place(out: &mut Outcome, by: Option<&TieBreak>, places: Vec<Vec<usize>>) -> Result<(), Error> {
    let mut ties = Ties::new(by, &out.candidates)?;
    for place in &places {
        let open = (out.seats as usize).saturating_sub(out.winners.len());
        match place.len() <= open {
            true => out.winners.extend(place),
            false if open == 0 => break,
            false => match ties.pick_many("the last seat", place, open) {
                Ok(picked) => out.winners.extend(picked),
                Err(_) => out.possible_winners = Some(out.winners.iter().chain(place).copied().collect()),
            },
        }
        if place.len() > open {
            break;
        }
    }
    out.order = Some(places);
    out.ties = ties.met;
    Ok(())
}
