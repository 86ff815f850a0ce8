//! STAR: score, then automatic runoff.
//!
//! The two highest totals meet; the one that more ballots score higher wins. A blank is zero. Ties for the final are
//! broken by the number of preferences against the others tied, then by the number of top scores; a tie in the final by
//! the total, then by the number of top scores. What is still tied is an unbreakable tie, and the count ends there.
//! Source: the Equal Vote Coalition's definition (starvoting.org/ties), as starvote tells it apart.

use crate::ballots::{BLANK, Marked};
use crate::outcome::Outcome;
use crate::terms::Scale;
use crate::tie::{Stop, Ties};
use crate::{Error, Figure, TieBreak};

pub(crate) fn count(
    ballots: &Marked,
    scale: Option<Scale>,
    by: Option<&TieBreak>,
    mut out: Outcome,
) -> Result<Outcome, Error> {
    if out.seats != 1 {
        return Err(Error::terms("STAR fills one seat"));
    }
    let rows = Rows::of(ballots, scale, &mut out);
    let everybody: Vec<usize> = (0..ballots.names.len()).collect();
    let totals = rows.totals();
    out.scores = Some(totals.iter().map(|total| Figure::whole(*total)).enumerate().collect());
    let mut ties = Ties::new(by, &out.candidates)?;
    let done = (|| {
        let first = rows.advance(&everybody, &totals, &mut ties)?;
        let rest: Vec<usize> = everybody.iter().copied().filter(|c| Some(*c) != first.first().copied()).collect();
        let finalists = match (first.len(), rest.is_empty()) {
            (1, false) => [first, rows.advance_one(&rest, &totals, &mut ties)?].concat(),
            _ => first,
        };
        let [a, b] = finalists[..] else {
            out.winners = finalists;
            return Ok(());
        };
        let (for_a, for_b) = (rows.prefer(a, b), rows.prefer(b, a));
        out.finalists = Some(finalists.clone());
        out.runoff = Some(vec![(a, for_a), (b, for_b)]);
        out.no_preference = Some(out.valid - for_a - for_b);
        out.winners = vec![rows.win(a, b, [for_a, for_b], &totals, &mut ties)?];
        Ok(())
    })();
    out.ties = ties.met;
    match done {
        Err(Stop::Failed(error)) => Err(error),
        // An unbreakable tie ends the count.
        Ok(()) | Err(Stop::Tie) => Ok(out),
    }
}

/// The valid ballots, blanks as zero, and the highest score there is.
struct Rows {
    rows: Vec<(u64, Vec<i32>)>,
    size: usize,
    top: i32,
}

impl Rows {
    fn of(ballots: &Marked, scale: Option<Scale>, out: &mut Outcome) -> Self {
        let mut rows = Rows { rows: Vec::new(), size: ballots.names.len(), top: scale.map_or(5, |s| s.most) };
        for (weight, row) in ballots.rows.iter() {
            let row: Vec<i32> = row.iter().map(|mark| if *mark == BLANK { 0 } else { *mark }).collect();
            match row.iter().all(|mark| scale.map_or(*mark >= 0, |s| s.holds(*mark))) {
                false => out.invalid += weight,
                true => {
                    out.valid += weight;
                    if scale.is_none() {
                        rows.top = row.iter().fold(rows.top, |top, mark| top.max(*mark));
                    }
                    rows.rows.push((weight, row));
                }
            }
        }
        rows
    }

    fn totals(&self) -> Vec<i128> {
        let mut totals = vec![0; self.size];
        for (weight, row) in &self.rows {
            row.iter().enumerate().for_each(|(c, mark)| totals[c] += i128::from(*mark) * i128::from(*weight));
        }
        totals
    }

    /// How many score `a` higher than `b`.
    fn prefer(&self, a: usize, b: usize) -> u64 {
        self.rows.iter().filter(|(_, row)| row[a] > row[b]).map(|(weight, _)| weight).sum()
    }

    fn tops(&self, c: usize) -> u64 {
        self.rows.iter().filter(|(_, row)| row[c] == self.top).map(|(weight, _)| weight).sum()
    }

    /// For each of `among`, the preferences that it has over the others.
    fn preferences(&self, among: &[usize]) -> Vec<u64> {
        let mut sums = vec![0u64; among.len()];
        for (weight, row) in &self.rows {
            let mut marks: Vec<i32> = among.iter().map(|c| row[*c]).collect();
            marks.sort_unstable();
            for (n, c) in among.iter().enumerate() {
                let below = marks.partition_point(|mark| *mark < row[*c]);
                sums[n] = sums[n].saturating_add(weight.saturating_mul(below as u64));
            }
        }
        sums
    }

    /// Who goes to the final by total: both finalists, or one and the second is still open.
    fn advance(&self, among: &[usize], totals: &[i128], ties: &mut Ties) -> Result<Vec<usize>, Stop> {
        let best = highest(among, |c| totals[c]);
        match best.len() {
            1 | 2 => Ok(best),
            _ => self.break_score_tie(&best, 2, ties),
        }
    }

    fn advance_one(&self, among: &[usize], totals: &[i128], ties: &mut Ties) -> Result<Vec<usize>, Stop> {
        let best = highest(among, |c| totals[c]);
        match best.len() {
            1 => Ok(best),
            _ => self.break_score_tie(&best, 1, ties),
        }
    }

    /// By preferences against each other, then by top scores, then by the order for ties.
    fn break_score_tie(&self, tied: &[usize], need: usize, ties: &mut Ties) -> Result<Vec<usize>, Stop> {
        let mut taken = Vec::new();
        let mut left = tied.to_vec();
        let by_preference = self.preferences(&left);
        let score = |c: usize, left: &[usize]| left.iter().position(|l| *l == c).map_or(0, |n| by_preference[n]);
        take(&mut taken, &mut left, need, "preferences", ties, |c| score(c, tied));
        if taken.len() < need {
            take(&mut taken, &mut left, need, "top scores", ties, |c| self.tops(c));
        }
        if taken.len() < need {
            taken.extend(ties.pick_many("the final", &left, need - taken.len())?);
        }
        Ok(taken)
    }

    fn win(&self, a: usize, b: usize, votes: [u64; 2], totals: &[i128], ties: &mut Ties) -> Result<usize, Stop> {
        let tied = [a, b];
        if votes[0] != votes[1] {
            return Ok(if votes[0] > votes[1] { a } else { b });
        }
        for (by, best) in [("score", highest(&tied, |c| totals[c])), ("top scores", highest(&tied, |c| self.tops(c)))] {
            if let [one] = best[..] {
                ties.note("the runoff", &tied, one, by);
                return Ok(one);
            }
        }
        ties.pick("the runoff", &tied)
    }
}

/// Takes from the top, by a key, as long as the places left suffice for all that are equal; what stays tied is left.
fn take<K: Ord>(
    taken: &mut Vec<usize>,
    left: &mut Vec<usize>,
    need: usize,
    by: &str,
    ties: &mut Ties,
    key: impl Fn(usize) -> K,
) {
    let tied = left.clone();
    loop {
        let open = need - taken.len();
        let best = highest(left, &key);
        if open == 0 || best.is_empty() {
            return;
        }
        if best.len() > open {
            *left = best;
            return;
        }
        for one in best {
            ties.note("the final", &tied, one, by);
            left.retain(|c| *c != one);
            taken.push(one);
        }
    }
}

fn highest<K: Ord>(among: &[usize], key: impl Fn(usize) -> K) -> Vec<usize> {
    let most = among.iter().map(|c| key(*c)).max();
    among.iter().copied().filter(|c| Some(key(*c)) == most).collect()
}
