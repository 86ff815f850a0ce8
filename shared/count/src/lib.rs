//! Counting: ballots and terms in, a result out, the same for files and for polls in the journal.
//!
//! Pure: no clock, disk, randomness, float or hash order; integers and fractions only, and every tie shown. One file for
//! each method, which opens with its definition and the source of it.

mod approval;
mod ballots;
mod borda;
mod error;
mod figure;
mod irv;
mod meek;
mod merged;
mod outcome;
mod pairwise;
mod papers;
mod pav;
pub mod question;
mod ranked_pairs;
mod rctab;
pub mod read;
mod schulze;
mod score;
mod share;
mod star;
mod terms;
mod tie;
mod times;
mod trie;
mod wigm;
mod write;

pub use approval::Approval;
pub use ballots::{Answers, Ballots, MAX_CANDIDATES, MAX_MARK, MAX_NAME, Marked, Ranked};
pub use error::Error;
pub use figure::Figure;
pub use merged::{MAX_BALLOTS, MAX_ENTRIES, MAX_ROWS};
pub use outcome::{Condition, Matrix, Outcome, Round, Tie};
pub use pav::MAX_PAV_SEATS;
pub use share::{Share, fraction};
pub use terms::{Blank, METHODS, Method, Quota, Scale, Strength, Stv, Terms, Unranked};
pub use tie::TieBreak;
pub use write::write;

/// Counts.
pub fn count(terms: &Terms, ballots: &Ballots) -> Result<Outcome, Error> {
    let running = match ballots {
        Ballots::Ranked(ranked) => ranked.running()?.map(Ballots::Ranked),
        _ => None,
    };
    let counted = running.as_ref().unwrap_or(ballots);
    let by = terms.tie_break.as_ref();
    let out = start(terms, ballots, counted)?;
    match (&terms.method, counted) {
        (Method::YesNo(question) | Method::Consent(question), Ballots::Answers(answers)) => {
            question::count(question, answers, out)
        }
        (Method::Choose { min, max }, Ballots::Marked(_) | Ballots::Ranked(_)) => {
            approval::count(counted, Approval::Av, Some((*min, *max)), by, out)
        }
        (Method::Approval(rule), Ballots::Marked(_) | Ballots::Ranked(_)) => {
            approval::count(counted, *rule, None, by, out)
        }
        (Method::Score { mean, blank, scale }, Ballots::Marked(marked)) => {
            score::scores(marked, *mean, *blank, *scale, by, out)
        }
        (Method::Dots { budget }, Ballots::Marked(marked)) => score::dots(marked, *budget, by, out),
        (Method::Star { scale }, Ballots::Marked(marked)) => star::count(marked, *scale, by, out),
        (Method::Time, Ballots::Marked(marked)) => times::count(marked, by, out),
        (Method::Borda { base, unranked }, Ballots::Ranked(ranked)) => {
            let out = Outcome { valid: out.ballots, ..out };
            borda::count(ranked, *base, *unranked, by, out)
        }
        (Method::Schulze(strength), Ballots::Ranked(ranked)) => {
            let out = Outcome { valid: out.ballots, ..out };
            schulze::count(ranked, *strength, by, out)
        }
        (Method::RankedPairs(strength), Ballots::Ranked(ranked)) => {
            let out = Outcome { valid: out.ballots, ..out };
            ranked_pairs::count(ranked, *strength, by, out)
        }
        (Method::Irv | Method::Stv(_), Ballots::Ranked(ranked)) => transferable(&terms.method, ranked, by, out),
        (method, _) => Err(Error::terms(format!("these are no ballots for the method {}", method.name()))),
    }
}

/// Methods in which a vote is with one candidate at a time; those that cannot split one end a ballot before an equal rank.
fn transferable(method: &Method, ranked: &Ranked, by: Option<&TieBreak>, out: Outcome) -> Result<Outcome, Error> {
    let strict = match method {
        Method::Stv(Stv::Meek) => None,
        _ => ranked.strict()?,
    };
    let ranked = strict.as_ref().unwrap_or(ranked);
    let blank = ranked.rows.iter().filter(|(_, row)| row.is_empty()).map(|(weight, _)| weight).sum();
    let out = Outcome { blank, valid: out.ballots - blank, ..out };
    match method {
        Method::Stv(Stv::Scottish) => wigm::count(ranked, wigm::SCOTTISH, by, out),
        Method::Stv(Stv::WigmPrf) => wigm::count(ranked, wigm::PRF, by, out),
        Method::Stv(Stv::Wigm(quota)) => wigm::count(ranked, wigm::exact(*quota), by, out),
        Method::Stv(Stv::Rctab(quota)) => rctab::count(ranked, *quota, by, out),
        Method::Stv(Stv::MeekPrf) => meek::count(ranked, meek::PRF, by, out),
        Method::Stv(Stv::Meek) => meek::count(ranked, meek::FINE, by, out),
        _ => irv::count(ranked, by, out),
    }
}

/// What every result says.
fn start(terms: &Terms, all: &Ballots, counted: &Ballots) -> Result<Outcome, Error> {
    let question = matches!(terms.method, Method::YesNo(_) | Method::Consent(_));
    if terms.seats == 0 && !question {
        return Err(Error::terms("there is at least one seat"));
    }
    let (candidates, ballots) = match counted {
        Ballots::Ranked(ranked) => (ranked.names().to_vec(), ranked.total()),
        Ballots::Marked(marked) => (marked.names().to_vec(), marked.total()),
        Ballots::Answers(_) => (Vec::new(), 0),
    };
    let withdrawn = match all {
        Ballots::Ranked(ranked) => ranked.withdrawn(),
        _ => Vec::new(),
    };
    let (method, rule) = (terms.method.name(), terms.method.rule());
    Ok(Outcome { method, rule, seats: terms.seats, ballots, candidates, withdrawn, ..Outcome::default() })
}
