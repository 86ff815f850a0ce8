//! Polls and ballots (protocol, section 7).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::{EventId, Line, Ratio, Time};

/// The most ballots on one page.
pub const MAX_BALLOTS: usize = 800;

/// The most pages of one close.
pub const MAX_PAGES: usize = 500;

/// A poll opens: a yes/no question to the members whom the author's register entry holds. The author is
/// the teller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What is asked.
    pub question: Line,
    /// Ballots count that claim a time up to this one.
    pub closes: Time,
    /// The share of the electorate that must cast a ballot.
    pub quorum: Ratio,
    /// What passes it.
    pub threshold: Threshold,
    /// The motion that it decides.
    pub motion: Option<EventId>,
}

/// The share of yes that passes a question: `>1/2 of cast`, `>=2/3 of electorate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// The share.
    pub share: Ratio,
    /// `true` where exactly the share is not enough.
    pub more_than: bool,
    /// Of what.
    pub base: Base,
}

/// What a threshold is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Yes and no together; abstentions are left out.
    Cast,
    /// All who may vote.
    Electorate,
}

/// A ballot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// In which poll.
    pub poll: EventId,
    /// What for.
    pub choice: Choice,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// For it.
    Yes,
    /// Against it.
    No,
    /// Counts for the quorum only.
    Abstain,
}

/// The teller's list of ballots, a page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Of which poll.
    pub poll: EventId,
    /// 1 to 800 ballots, sorted.
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

/// The result of a yes/no poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Members for it.
    pub yes: u32,
    /// Members against it.
    pub no: u32,
    /// Members who abstained.
    pub abstain: u32,
    /// Members who could vote.
    pub electorate: u32,
    /// Whether quorum and threshold are met.
    pub passed: bool,
}

impl Open {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Question", &self.question);
        out.line("Method", "yesno");
        out.line("Closes", self.closes);
        out.line("Quorum", self.quorum);
        out.line("Threshold", self.threshold);
        out.maybe("Motion", self.motion);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let question = from.take("Question")?;
        let Method = from.take("Method")?;
        Ok(Open {
            question,
            closes: from.take("Closes")?,
            quorum: from.take("Quorum")?,
            threshold: from.take("Threshold")?,
            motion: from.maybe("Motion")?,
        })
    }

    pub(crate) fn subject(&self) -> String {
        format!("ask: {}", self.question)
    }
}

impl Cast {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.line("Choice", self.choice);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Cast { poll: from.take("Poll")?, choice: from.take("Choice")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("vote {} on {}", self.choice, self.poll.short())
    }
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
        format!("list {} of {}", counted(self.ballots.len(), "ballot"), self.poll.short())
    }
}

impl Close {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.many("Page", &self.pages);
        out.line("Yes", self.outcome.yes);
        out.line("No", self.outcome.no);
        out.line("Abstain", self.outcome.abstain);
        out.line("Electorate", self.outcome.electorate);
        out.line("Result", self.outcome.word());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let poll = from.take("Poll")?;
        let pages: Vec<EventId> = from.many("Page", MAX_PAGES)?;
        if !is_set(&pages) {
            return Err(Malformed::new("a close names each page once, sorted"));
        }
        let outcome = Outcome {
            yes: small(from, "Yes")?,
            no: small(from, "No")?,
            abstain: small(from, "Abstain")?,
            electorate: small(from, "Electorate")?,
            passed: from.take::<Passed>("Result")?.0,
        };
        Ok(Close { poll, pages, outcome })
    }

    pub(crate) fn subject(&self) -> String {
        let Outcome { yes, no, .. } = self.outcome;
        format!("close {}: {}, {yes} yes, {no} no", self.poll.short(), self.outcome.word())
    }
}

impl Outcome {
    /// `passed` or `failed`.
    pub fn word(&self) -> &'static str {
        if self.passed { "passed" } else { "failed" }
    }
}

fn counted(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn small(from: &mut Reader<'_>, key: &str) -> Result<u32, Malformed> {
    let number: Number = from.take(key)?;
    u32::try_from(number.0).map_err(|_| Malformed::new(format!("field `{key}` is too large")))
}

/// The only method so far.
struct Method;

impl FromStr for Method {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "yesno" => Ok(Method),
            other => Err(Malformed::new(format!("unknown method `{}`", crate::harmless_line(other)))),
        }
    }
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

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Choice::Yes => "yes",
            Choice::No => "no",
            Choice::Abstain => "abstain",
        })
    }
}

impl FromStr for Choice {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "yes" => Ok(Choice::Yes),
            "no" => Ok(Choice::No),
            "abstain" => Ok(Choice::Abstain),
            other => Err(Malformed::new(format!("`{}` is not yes, no or abstain", crate::harmless_line(other)))),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.more_than { ">" } else { ">=" };
        let base = match self.base {
            Base::Cast => "cast",
            Base::Electorate => "electorate",
        };
        write!(f, "{sign}{} of {base}", self.share)
    }
}

impl FromStr for Threshold {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad =
            || Malformed::new(format!("`{}` is not a threshold such as `>1/2 of cast`", crate::harmless_line(text)));
        let (share, base) = text.split_once(" of ").ok_or_else(bad)?;
        let (more_than, share) = match share.strip_prefix(">=") {
            Some(share) => (false, share),
            None => (true, share.strip_prefix('>').ok_or_else(bad)?),
        };
        let base = match base {
            "cast" => Base::Cast,
            "electorate" => Base::Electorate,
            _ => return Err(bad()),
        };
        Ok(Threshold { share: share.parse()?, more_than, base })
    }
}
