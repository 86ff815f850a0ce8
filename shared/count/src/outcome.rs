//! The result of a count, as data; tools turn it into tables and JSON.

use crate::Figure;

/// A result. Candidates are places from 0 in `candidates`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The method's name.
    pub method: &'static str,
    /// The rule's name, for methods that have several.
    pub rule: Option<&'static str>,
    /// How many were to be chosen.
    pub seats: u32,
    /// All ballots.
    pub ballots: u64,
    /// Those that count: for methods with a quota or a majority, those with a preference.
    pub valid: u64,
    /// Those that the method cannot take: over budget, beyond the scale, too many options.
    pub invalid: u64,
    /// Those that say nothing, where they are left out of the count.
    pub blank: u64,
    /// Names, those who withdrew left out.
    pub candidates: Vec<String>,
    /// Names of those who withdrew.
    pub withdrawn: Vec<String>,
    /// Who is certain to win.
    pub winners: Vec<usize>,
    /// Places of equal standing, best first; for transferable votes the order of election.
    pub order: Option<Vec<Vec<usize>>>,
    /// Every tie met, broken or not, in the order of the count.
    pub ties: Vec<Tie>,
    /// What it takes to be elected.
    pub quota: Option<Figure>,
    /// Every round or stage.
    pub rounds: Vec<Round>,
    /// Points, means, totals.
    pub scores: Option<Vec<(usize, Figure)>>,
    /// Who meets in a runoff.
    pub finalists: Option<Vec<usize>>,
    /// The votes in it.
    pub runoff: Option<Vec<(usize, u64)>>,
    /// Ballots that prefer neither finalist.
    pub no_preference: Option<u64>,
    /// How many prefer the row to the column.
    pub pairwise: Option<Matrix>,
    /// The strongest path from row to column.
    pub path_strengths: Option<Matrix>,
    /// Who beats everybody else, if somebody does; absent where the method does not ask.
    pub condorcet_winner: Option<Option<usize>>,
    /// Who wins under some way of breaking the ties.
    pub possible_winners: Option<Vec<usize>>,
    /// Every set of winners that some way of breaking the ties brings, or every equally good committee.
    pub committees: Option<Vec<Vec<usize>>>,
    /// Of a question: whether it passed.
    pub passed: Option<bool>,
    /// Of a question: each condition and how it stands.
    pub conditions: Vec<Condition>,
}

/// A tie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// What it is about.
    pub at: String,
    /// Who is tied.
    pub among: Vec<usize>,
    /// Whom it falls on.
    pub chosen: Option<usize>,
    /// What broke it, if anything did.
    pub resolved_by: Option<String>,
}

/// A round or stage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// What this stage does, where the rule counts stages: `first_preferences`, `surplus`, `exclusion`.
    pub event: Option<&'static str>,
    /// Whose surplus or exclusion it is.
    pub candidate: Option<usize>,
    /// Votes at the end of it.
    pub tally: Vec<(usize, Figure)>,
    /// Elected in it.
    pub elected: Vec<usize>,
    /// Eliminated in it.
    pub eliminated: Vec<usize>,
    /// Votes that no longer count for anybody.
    pub exhausted: Option<Figure>,
    /// Votes lost because the rule cuts off decimals.
    pub loss: Option<Figure>,
    /// The quota, where the rule computes it anew.
    pub quota: Option<Figure>,
    /// Meek's keep factors.
    pub keep_factors: Option<Vec<(usize, Figure)>>,
    /// How many of the outcome's ties were met by the end of it.
    pub ties: usize,
}

/// A condition that a question must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// `quorum`, `approval quorum`, `threshold`, `blocks`.
    pub name: &'static str,
    /// How many there are.
    pub have: u64,
    /// Of how many.
    pub of: u64,
    /// The fewest that suffice; for blocks, the most that are allowed.
    pub needs: u64,
    /// Whether it is met.
    pub met: bool,
}

/// A square table of votes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    size: usize,
    cells: Vec<u64>,
}

impl Matrix {
    pub(crate) fn new(size: usize) -> Self {
        Matrix { size, cells: vec![0; size * size] }
    }

    /// The value in a row and column.
    pub fn get(&self, row: usize, column: usize) -> u64 {
        self.cells[row * self.size + column]
    }

    pub(crate) fn set(&mut self, row: usize, column: usize, value: u64) {
        self.cells[row * self.size + column] = value;
    }

    pub(crate) fn row_mut(&mut self, row: usize) -> &mut [u64] {
        &mut self.cells[row * self.size..(row + 1) * self.size]
    }

    pub(crate) fn row(&self, row: usize) -> &[u64] {
        &self.cells[row * self.size..(row + 1) * self.size]
    }

    /// How many rows there are.
    pub fn size(&self) -> usize {
        self.size
    }
}

impl Outcome {
    /// The first tie that nothing broke, else the first that something did.
    pub fn tie(&self) -> Option<&Tie> {
        self.unbroken().or(self.ties.first())
    }

    /// The first tie that nothing broke.
    pub fn unbroken(&self) -> Option<&Tie> {
        self.ties.iter().find(|tie| tie.resolved_by.is_none())
    }

    /// The ties of one round.
    pub fn ties_of(&self, round: usize) -> &[Tie] {
        let end = |n: usize| self.rounds.get(n).map_or(0, |round| round.ties.min(self.ties.len()));
        let start = if round == 0 { 0 } else { end(round - 1) };
        let end = if round + 1 == self.rounds.len() { self.ties.len() } else { end(round) };
        self.ties.get(start..end).unwrap_or(&[])
    }
}
