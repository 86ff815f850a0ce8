//! The teller's work: lists of ballots, and the count that everyone repeats (protocol, section 7).

use std::fmt::{self, Display};
use std::str::FromStr;

use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::{EventId, MAX_OPTIONS};

/// The most ballots on one page.
pub const MAX_BALLOTS: usize = 800;

/// The most pages of one close.
pub const MAX_PAGES: usize = 500;

/// The teller's list of ballots, a page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Of which poll.
    pub poll: EventId,
    /// 1 to 800 of what the count goes by, sorted: ballots, records, contests, proxies, receipts for a notice.
    pub ballots: Vec<EventId>,
}

/// The teller's count of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Which poll.
    pub poll: EventId,
    /// The pages that list the ballots, sorted.
    pub pages: Vec<EventId>,
    /// What came out; everyone recounts it.
    pub outcome: Outcome,
}

/// The result of a poll. All votes are weights: one for each member where the rules say nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Votes by answer, or the options that win.
    pub tally: Tally,
    /// All who could vote.
    pub electorate: u32,
    /// How many of those who could vote had the notice that the poll asks for, if it asks for one.
    pub noticed: Option<Noticed>,
    /// Whether it passed; of a choice between options, whether the quorum voted and all seats are filled.
    pub passed: bool,
}

/// So many of so many members, by heads: `4 of 6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noticed {
    /// Those who had notice in time.
    pub given: u32,
    /// All who could vote.
    pub of: u32,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tally {
    /// Of yes or no.
    YesNo {
        /// For it.
        yes: u32,
        /// Against it.
        no: u32,
        /// Neither.
        abstain: u32,
    },
    /// Of consent.
    Consent {
        /// With it.
        agree: u32,
        /// Neither.
        abstain: u32,
        /// Not with it.
        disagree: u32,
        /// Against its going on.
        block: u32,
    },
    /// Of a choice between options.
    Options {
        /// Ballots that count, blank ones included.
        voted: u32,
        /// The numbers of the options that win, sorted.
        winners: Vec<u16>,
        /// Those between which a tie stays open, sorted.
        tied: Vec<u16>,
    },
}

impl Page {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.many("Ballot", &self.ballots);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let poll = from.take("Poll")?;
        let ballots: Vec<EventId> = from.many("Ballot", MAX_BALLOTS)?;
        match is_set(&ballots) && !ballots.is_empty() {
            true => Ok(Page { poll, ballots }),
            false => Err(Malformed::new("a page lists each ballot once, sorted")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        let n = self.ballots.len();
        format!("list {n} ballot{} of {}", if n == 1 { "" } else { "s" }, self.poll.short())
    }
}

impl Close {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.many("Page", &self.pages);
        self.outcome.tally.put(out);
        out.line("Electorate", self.outcome.electorate);
        out.maybe("Noticed", self.outcome.noticed);
        out.line("Result", self.outcome.word());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let poll = from.take("Poll")?;
        let pages: Vec<EventId> = from.many("Page", MAX_PAGES)?;
        if !is_set(&pages) {
            return Err(Malformed::new("a close names each page once, sorted"));
        }
        let tally = Tally::take(from)?;
        let electorate = small(from, "Electorate")?;
        let noticed = from.maybe("Noticed")?;
        let passed = from.take::<Passed>("Result")?.0;
        Ok(Close { poll, pages, outcome: Outcome { tally, electorate, noticed, passed } })
    }

    pub(crate) fn subject(&self) -> String {
        format!("close {}: {}, {}", self.poll.short(), self.outcome.word(), self.outcome.tally.said())
    }
}

impl Tally {
    fn put(&self, out: &mut Writer) {
        match self {
            Tally::YesNo { yes, no, abstain } => {
                out.line("Yes", yes);
                out.line("No", no);
                out.line("Abstain", abstain);
            }
            Tally::Consent { agree, abstain, disagree, block } => {
                out.line("Agree", agree);
                out.line("Abstain", abstain);
                out.line("Disagree", disagree);
                out.line("Block", block);
            }
            Tally::Options { voted, winners, tied } => {
                out.line("Voted", voted);
                out.many("Winner", winners);
                out.many("Tied", tied);
            }
        }
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        if let Some(yes) = maybe_small(from, "Yes")? {
            return Ok(Tally::YesNo { yes, no: small(from, "No")?, abstain: small(from, "Abstain")? });
        }
        if let Some(agree) = maybe_small(from, "Agree")? {
            return Ok(Tally::Consent {
                agree,
                abstain: small(from, "Abstain")?,
                disagree: small(from, "Disagree")?,
                block: small(from, "Block")?,
            });
        }
        Ok(Tally::Options {
            voted: small(from, "Voted")?,
            winners: options(from, "Winner")?,
            tied: options(from, "Tied")?,
        })
    }

    fn said(&self) -> String {
        match self {
            Tally::YesNo { yes, no, .. } => format!("{yes} yes, {no} no"),
            Tally::Consent { agree, disagree, block, .. } => {
                format!("{agree} agree, {disagree} disagree, {block} block")
            }
            Tally::Options { winners, tied, .. } if tied.is_empty() => format!("options {}", list(winners)),
            Tally::Options { winners, tied, .. } if winners.is_empty() => format!("tie of options {}", list(tied)),
            Tally::Options { winners, tied, .. } => format!("options {}, tie of {}", list(winners), list(tied)),
        }
    }

    /// Everyone who voted, abstentions included.
    pub fn voted(&self) -> u32 {
        match self {
            Tally::YesNo { yes, no, abstain } => yes.saturating_add(*no).saturating_add(*abstain),
            Tally::Consent { agree, abstain, disagree, block } => {
                agree.saturating_add(*abstain).saturating_add(*disagree).saturating_add(*block)
            }
            Tally::Options { voted, .. } => *voted,
        }
    }
}

impl Outcome {
    /// `passed` or `failed`.
    pub fn word(&self) -> &'static str {
        if self.passed { "passed" } else { "failed" }
    }
}

impl Display for Noticed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.given, self.of)
    }
}

impl FromStr for Noticed {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new("who had notice is said as `4 of 6`");
        let (given, of) = text.split_once(" of ").ok_or_else(bad)?;
        let number = |n: &str| n.parse::<Number>().ok().and_then(|n| u32::try_from(n.0).ok()).ok_or_else(bad);
        let noticed = Noticed { given: number(given)?, of: number(of)? };
        if noticed.given <= noticed.of { Ok(noticed) } else { Err(bad()) }
    }
}

fn list<T: Display>(all: &[T]) -> String {
    match all {
        [] => "none".to_owned(),
        _ => all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn options(from: &mut Reader<'_>, key: &str) -> Result<Vec<u16>, Malformed> {
    let numbers: Vec<Number> = from.many(key, MAX_OPTIONS)?;
    let options: Vec<u16> = numbers.iter().filter_map(|n| u16::try_from(n.0).ok()).filter(|n| *n > 0).collect();
    match options.len() == numbers.len() && is_set(&options) {
        true => Ok(options),
        false => Err(Malformed::new(format!("field `{key}` names options by number, each once, sorted"))),
    }
}

fn small(from: &mut Reader<'_>, key: &str) -> Result<u32, Malformed> {
    maybe_small(from, key)?.ok_or_else(|| Malformed::new(format!("field `{key}` is missing or out of order")))
}

fn maybe_small(from: &mut Reader<'_>, key: &str) -> Result<Option<u32>, Malformed> {
    let number: Option<Number> = from.maybe(key)?;
    let small = |n: Number| u32::try_from(n.0).map_err(|_| Malformed::new(format!("field `{key}` is too large")));
    number.map(small).transpose()
}

struct Passed(bool);

impl FromStr for Passed {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "passed" => Ok(Passed(true)),
            "failed" => Ok(Passed(false)),
            _ => Err(Malformed::new("a result is `passed` or `failed`")),
        }
    }
}
