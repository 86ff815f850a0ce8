//! Ballots, merged: rankings, marks (scores, approvals, dots, times), or answers (yes, no, block).

use crate::Error;
use crate::merged::Merged;

/// The most candidates or options of one count.
pub const MAX_CANDIDATES: usize = 1000;
/// The longest name, in bytes of UTF-8.
pub const MAX_NAME: usize = 512;
/// Scores and dots lie between plus and minus this.
pub const MAX_MARK: i32 = 1_000_000;

/// In a ranking: this candidate stands equal with the one before it.
pub(crate) const EQUAL: u16 = 1 << 15;
/// In a row of marks: nothing was marked.
pub(crate) const BLANK: i32 = i32::MIN;

/// The ballots of one count.
#[derive(Debug, Clone)]
pub enum Ballots {
    /// Rankings.
    Ranked(Ranked),
    /// A mark for each option.
    Marked(Marked),
    /// How many gave each answer to one question.
    Answers(Answers),
}

/// Rankings of candidates; unlisted candidates are unranked.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Merged<u16>,
    withdrawn: Vec<bool>,
    /// What the file says about seats and title, where it does.
    pub(crate) seats: Option<u32>,
    pub(crate) title: Option<String>,
    seen: Vec<u64>,
    stamp: u64,
}

impl Ranked {
    /// An election between these candidates.
    pub fn new(names: Vec<String>) -> Result<Self, Error> {
        check_names(&names)?;
        Ok(Ranked::unnamed(names.len(), names))
    }

    /// For formats that name the candidates at the end.
    pub(crate) fn unnamed(count: usize, names: Vec<String>) -> Self {
        Ranked {
            names,
            rows: Merged::new(),
            withdrawn: vec![false; count],
            seats: None,
            title: None,
            seen: vec![0; count],
            stamp: 0,
        }
    }

    pub(crate) fn name_all(&mut self, names: Vec<String>) -> Result<(), Error> {
        check_names(&names)?;
        self.names = names;
        Ok(())
    }

    /// Takes a candidate out of the count, by its place from 0.
    pub fn withdraw(&mut self, candidate: usize) -> Result<(), Error> {
        let place = self.withdrawn.get_mut(candidate).ok_or_else(|| Error::ballots("no such candidate"))?;
        *place = true;
        Ok(())
    }

    /// Adds a ballot that occurs `weight` times: groups of equal rank, best first, of candidates' places from 0.
    pub fn cast(&mut self, weight: u64, groups: &[&[usize]]) -> Result<(), Error> {
        let mut row = Vec::new();
        for group in groups {
            for (n, candidate) in group.iter().enumerate() {
                let candidate = u16::try_from(*candidate).ok().filter(|c| *c < EQUAL);
                let candidate = candidate.ok_or_else(|| Error::ballots("no such candidate"))?;
                row.push(if n == 0 { candidate } else { candidate | EQUAL });
            }
        }
        self.add(weight, &row)
    }

    /// Adds a row of places, each that stands equal with the one before it marked `EQUAL`.
    pub(crate) fn add(&mut self, weight: u64, row: &[u16]) -> Result<(), Error> {
        self.stamp += 1;
        for entry in row {
            match self.seen.get_mut(usize::from(entry & !EQUAL)) {
                None => return Err(Error::ballots("no such candidate")),
                Some(seen) if *seen == self.stamp => return Err(Error::ballots("a candidate is ranked twice")),
                Some(seen) => *seen = self.stamp,
            }
        }
        match weight {
            0 => Ok(()),
            _ => self.rows.add(weight, row),
        }
    }

    /// How many candidates there are, withdrawn ones included.
    pub(crate) fn size(&self) -> usize {
        self.withdrawn.len()
    }

    /// The names, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The names of those who withdrew.
    pub fn withdrawn(&self) -> Vec<String> {
        self.names.iter().zip(&self.withdrawn).filter(|(_, gone)| **gone).map(|(name, _)| name.clone()).collect()
    }

    /// The title that the file gives.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// How many seats the file says there are.
    pub fn seats(&self) -> Option<u32> {
        self.seats
    }

    /// How many ballots there are.
    pub fn total(&self) -> u64 {
        self.rows.total()
    }

    /// How many different ballots there are.
    pub fn patterns(&self) -> usize {
        self.rows.len()
    }

    /// Every different ballot: how often it occurs, and groups of equal rank, best first, of candidates' places.
    pub fn ballots(&self) -> impl Iterator<Item = (u64, Vec<Vec<usize>>)> {
        let place = |entry: &u16| usize::from(entry & !EQUAL);
        self.rows
            .iter()
            .map(move |(weight, row)| (weight, groups(row).map(|group| group.iter().map(place).collect()).collect()))
    }

    /// Gives the election a title, one line.
    pub fn entitle(&mut self, title: &str) {
        self.title = Some(title.to_owned());
    }

    /// The same without those who withdrew, or nothing if nobody did.
    pub(crate) fn running(&self) -> Result<Option<Ranked>, Error> {
        if !self.withdrawn.contains(&true) {
            return Ok(None);
        }
        let mut place = vec![None; self.size()];
        let mut names = Vec::new();
        for (n, gone) in self.withdrawn.iter().enumerate() {
            if !gone {
                place[n] = Some(names.len() as u16);
                names.push(self.names[n].clone());
            }
        }
        self.rewritten(Ranked::new(names)?, |group, row| {
            let kept = group.iter().filter_map(|entry| place[usize::from(entry & !EQUAL)]).enumerate();
            row.extend(kept.map(|(n, candidate)| if n == 0 { candidate } else { candidate | EQUAL }));
            true
        })
        .map(Some)
    }

    /// The same with every ballot ended before its first equal rank, or nothing if no ballot has one.
    pub(crate) fn strict(&self) -> Result<Option<Ranked>, Error> {
        if !self.has_equal() {
            return Ok(None);
        }
        let empty = Ranked::unnamed(self.size(), self.names.clone());
        self.rewritten(empty, |group, row| {
            if group.len() == 1 {
                row.push(group[0]);
            }
            group.len() == 1
        })
        .map(Some)
    }

    /// Whether any ballot ranks two candidates equal.
    pub(crate) fn has_equal(&self) -> bool {
        self.rows.iter().any(|(_, row)| row.iter().any(|entry| entry & EQUAL != 0))
    }

    fn rewritten(&self, mut to: Ranked, mut step: impl FnMut(&[u16], &mut Vec<u16>) -> bool) -> Result<Ranked, Error> {
        (to.seats, to.title) = (self.seats, self.title.clone());
        let mut row = Vec::new();
        for (weight, old) in self.rows.iter() {
            row.clear();
            for group in groups(old) {
                if !step(group, &mut row) {
                    break;
                }
            }
            to.rows.add(weight, &row)?;
        }
        to.rows.close();
        Ok(to)
    }
}

/// The groups of equal rank in a row, best first; all but the first of a group are marked `EQUAL`.
pub(crate) fn groups(row: &[u16]) -> impl Iterator<Item = &[u16]> {
    row.chunk_by(|_, next| next & EQUAL != 0)
}

/// A mark for each option, or none.
#[derive(Debug, Clone)]
pub struct Marked {
    pub(crate) names: Vec<String>,
    pub(crate) rows: Merged<i32>,
    row: Vec<i32>,
}

impl Marked {
    /// A poll between these options.
    pub fn new(names: Vec<String>) -> Result<Self, Error> {
        check_names(&names)?;
        Ok(Marked { row: Vec::with_capacity(names.len()), names, rows: Merged::new() })
    }

    /// Adds a ballot that occurs `weight` times: one mark for each option, `None` where it was left blank.
    pub fn cast(&mut self, weight: u64, marks: impl IntoIterator<Item = Option<i32>>) -> Result<(), Error> {
        self.row.clear();
        self.row.extend(marks.into_iter().map(|mark| mark.unwrap_or(BLANK)));
        if self.row.len() != self.names.len() {
            return Err(Error::ballots("a ballot has one mark for each option"));
        }
        if self.row.iter().any(|mark| *mark != BLANK && mark.abs() > MAX_MARK) {
            return Err(Error::ballots(format!("a mark lies beyond {MAX_MARK}")));
        }
        match weight {
            0 => Ok(()),
            _ => self.rows.add(weight, &self.row),
        }
    }

    /// The names, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many ballots there are.
    pub fn total(&self) -> u64 {
        self.rows.total()
    }

    /// How many different ballots there are.
    pub fn patterns(&self) -> usize {
        self.rows.len()
    }

    /// Every different ballot: how often it occurs, and a mark for each option, `None` where it was left blank.
    pub fn ballots(&self) -> impl Iterator<Item = (u64, Vec<Option<i32>>)> {
        self.rows
            .iter()
            .map(|(weight, row)| (weight, row.iter().map(|mark| Some(*mark).filter(|mark| *mark != BLANK)).collect()))
    }
}

/// How many gave each answer to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answers {
    /// For it: yes, agree.
    pub yes: u64,
    /// Against it: no, disagree.
    pub no: u64,
    /// Neither.
    pub abstain: u64,
    /// Against it, and nobody may pass over that.
    pub block: u64,
    /// Papers that say nothing or too much; they count for no quorum.
    pub invalid: u64,
}

impl Answers {
    /// All valid answers.
    pub fn cast(&self) -> Result<u64, Error> {
        [self.yes, self.no, self.abstain, self.block, self.invalid]
            .iter()
            .try_fold(0u64, |sum, n| sum.checked_add(*n).filter(|sum| *sum <= crate::MAX_BALLOTS))
            .map(|all| all - self.invalid)
            .ok_or_else(|| Error::TooMuch(format!("more than {} ballots", crate::MAX_BALLOTS)))
    }
}

fn check_names(names: &[String]) -> Result<(), Error> {
    if names.is_empty() {
        return Err(Error::ballots("there are no candidates"));
    }
    if names.len() > MAX_CANDIDATES {
        return Err(Error::TooMuch(format!("{} candidates: at most {MAX_CANDIDATES}", names.len())));
    }
    for name in names {
        if name.is_empty() {
            return Err(Error::ballots("a candidate has no name"));
        }
        if name.len() > MAX_NAME {
            return Err(Error::ballots(format!("a name is longer than {MAX_NAME} bytes")));
        }
        if name.chars().any(char::is_control) {
            return Err(Error::ballots("a name holds a control character"));
        }
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::ballots(format!("two candidates are called `{}`", pair[0]))),
        None => Ok(()),
    }
}
