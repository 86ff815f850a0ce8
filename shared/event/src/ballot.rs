//! Ballots: cast, recorded for somebody, contested, or left to a proxy (protocol, section 7).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer};
use crate::method::number;
use crate::{EventId, Handle, Line, MAX_OPTIONS};

/// What a voter says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Ballot {
    /// An answer; an abstention fits every method and counts for the quorum only.
    Answer(Choice),
    /// Options by number from 1, sorted.
    Marks(Vec<u16>),
    /// Options in order, those that are equal together and sorted.
    Ranking(Vec<Vec<u16>>),
    /// Points for options, sorted by option.
    Points(Vec<(u16, u32)>),
    /// What somebody says to times, sorted by option.
    Slots(Vec<(u16, Slot)>),
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
    /// With it.
    Agree,
    /// Not with it, but it can go on.
    Disagree,
    /// It must not go on.
    Block,
}

/// What somebody says to a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// It suits.
    Yes,
    /// If need be.
    Maybe,
    /// It does not.
    No,
}

/// A ballot of the author's own; the text of the event is the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// In which poll.
    pub poll: EventId,
    /// For what.
    pub ballot: Ballot,
    /// The extension of the poll by which it is still in time.
    pub extended: Option<EventId>,
}

/// A ballot that a member gave on paper or by telephone, entered by a teller; the text is the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// In which poll.
    pub poll: EventId,
    /// Whose ballot it is.
    pub voter: Handle,
    /// For what.
    pub ballot: Ballot,
    /// How it was given: `paper`, `by telephone`.
    pub how: Line,
}

/// The voter says that a recorded ballot is not what the voter said: it does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contest {
    /// The `vote.record`.
    pub record: EventId,
}

/// Another member votes for the author wherever the author does not; until another proxy for the same replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Who; none takes it back.
    pub to: Option<Handle>,
    /// Where.
    pub scope: Scope,
}

/// Where a proxy holds: what is nearer goes before what is wider.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In every poll.
    All,
    /// In polls on this topic.
    Topic(Handle),
    /// In this poll.
    Poll(EventId),
}

impl Ballot {
    pub(crate) fn put(&self, out: &mut Writer) {
        match self {
            Ballot::Answer(choice) => out.line("Choice", choice),
            Ballot::Marks(_) => out.line("Marks", self),
            Ballot::Ranking(_) => out.line("Ranking", self),
            Ballot::Points(_) => out.line("Points", self),
            Ballot::Slots(_) => out.line("Slots", self),
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        if let Some(choice) = from.maybe("Choice")? {
            return Ok(Ballot::Answer(choice));
        }
        if let Some(Marks(marks)) = from.maybe("Marks")? {
            return Ok(Ballot::Marks(marks));
        }
        if let Some(Ranking(ranks)) = from.maybe("Ranking")? {
            return Ok(Ballot::Ranking(ranks));
        }
        if let Some(Given(points)) = from.maybe::<Given<u32>>("Points")? {
            return Ok(Ballot::Points(points));
        }
        let Given(slots) = from.take::<Given<Slot>>("Slots")?;
        Ok(Ballot::Slots(slots))
    }
}

impl Cast {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        self.ballot.put(out);
        out.maybe("Extended", self.extended);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Cast { poll: from.take("Poll")?, ballot: Ballot::take(from)?, extended: from.maybe("Extended")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("vote {} on {}", self.ballot, self.poll.short())
    }
}

impl Record {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.line("Voter", &self.voter);
        self.ballot.put(out);
        out.line("How", &self.how);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Record {
            poll: from.take("Poll")?,
            voter: from.take("Voter")?,
            ballot: Ballot::take(from)?,
            how: from.take("How")?,
        })
    }

    pub(crate) fn subject(&self) -> String {
        format!("record that {} votes {} on {}, {}", self.voter, self.ballot, self.poll.short(), self.how)
    }
}

impl Contest {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Record", self.record);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Contest { record: from.take("Record")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("contest the ballot {}", self.record.short())
    }
}

impl Proxy {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.maybe("To", self.to.as_ref());
        out.line("For", &self.scope);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Proxy { to: from.maybe("To")?, scope: from.take("For")? })
    }

    pub(crate) fn subject(&self) -> String {
        match &self.to {
            Some(to) => format!("let {to} vote in {}", self.scope.said()),
            None => format!("no proxy in {}", self.scope.said()),
        }
    }
}

impl Scope {
    fn said(&self) -> String {
        match self {
            Scope::All => "all polls".to_owned(),
            Scope::Topic(topic) => format!("polls on {topic}"),
            Scope::Poll(poll) => poll.short(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::All => f.write_str("all"),
            Scope::Topic(topic) => write!(f, "topic {topic}"),
            Scope::Poll(poll) => write!(f, "poll {poll}"),
        }
    }
}

impl FromStr for Scope {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.split_once(' ') {
            None if text == "all" => Ok(Scope::All),
            Some(("topic", topic)) => Ok(Scope::Topic(topic.parse()?)),
            Some(("poll", poll)) => Ok(Scope::Poll(poll.parse()?)),
            _ => Err(Malformed::new("a proxy is for `all`, `topic NAME` or `poll ID`")),
        }
    }
}

impl fmt::Display for Ballot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ballot::Answer(choice) => write!(f, "{choice}"),
            Ballot::Marks(marks) => joined(f, marks, " ", |f, mark| write!(f, "{mark}")),
            Ballot::Ranking(ranks) => {
                joined(f, ranks, " > ", |f, equal| joined(f, equal, " = ", |f, option| write!(f, "{option}")))
            }
            Ballot::Points(points) => joined(f, points, " ", |f, (option, n)| write!(f, "{option}:{n}")),
            Ballot::Slots(slots) => joined(f, slots, " ", |f, (option, slot)| write!(f, "{option}:{slot}")),
        }
    }
}

fn joined<T>(
    f: &mut fmt::Formatter<'_>,
    all: &[T],
    between: &str,
    one: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (n, item) in all.iter().enumerate() {
        if n > 0 {
            f.write_str(between)?;
        }
        one(f, item)?;
    }
    Ok(())
}

/// The number of an option, from 1.
fn option(text: &str) -> Result<u16, Malformed> {
    let found = number(text).filter(|n| *n > 0 && usize::try_from(*n).is_ok_and(|n| n <= MAX_OPTIONS));
    found
        .and_then(|n| u16::try_from(n).ok())
        .ok_or_else(|| Malformed::new(format!("`{}` is no number of an option", crate::harmless_line(text))))
}

fn rising(options: impl Iterator<Item = u16>) -> bool {
    let mut last = 0;
    options.fold(true, |rises, option| {
        let next = rises && option > last;
        last = option;
        next
    })
}

struct Marks(Vec<u16>);

impl FromStr for Marks {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let marks = text.split(' ').map(option).collect::<Result<Vec<_>, _>>()?;
        match rising(marks.iter().copied()) {
            true => Ok(Marks(marks)),
            false => Err(Malformed::new("marks name each option once, sorted")),
        }
    }
}

struct Ranking(Vec<Vec<u16>>);

impl FromStr for Ranking {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let equal = |text: &str| text.split(" = ").map(option).collect::<Result<Vec<_>, _>>();
        let ranks = text.split(" > ").map(equal).collect::<Result<Vec<_>, _>>()?;
        let mut all: Vec<u16> = ranks.concat();
        let sorted = ranks.iter().all(|equal| rising(equal.iter().copied()));
        all.sort_unstable();
        match sorted && rising(all.into_iter()) {
            true => Ok(Ranking(ranks)),
            false => Err(Malformed::new("a ranking names each option once, equal ones sorted")),
        }
    }
}

struct Given<T>(Vec<(u16, T)>);

impl<T: GivenTo> FromStr for Given<T> {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || {
            Malformed::new(format!("`{}` is not `option:value`, each option once, sorted", crate::harmless_line(text)))
        };
        let mut given = Vec::new();
        for word in text.split(' ') {
            let (to, what) = word.split_once(':').ok_or_else(bad)?;
            given.push((option(to)?, T::read(what).ok_or_else(bad)?));
        }
        match rising(given.iter().map(|(option, _)| *option)) {
            true => Ok(Given(given)),
            false => Err(bad()),
        }
    }
}

/// What can be given to an option.
trait GivenTo: Sized {
    fn read(text: &str) -> Option<Self>;
}

impl GivenTo for u32 {
    fn read(text: &str) -> Option<Self> {
        number(text)
    }
}

impl GivenTo for Slot {
    fn read(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(Slot::Yes),
            "maybe" => Some(Slot::Maybe),
            "no" => Some(Slot::No),
            _ => None,
        }
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Slot::Yes => "yes",
            Slot::Maybe => "maybe",
            Slot::No => "no",
        })
    }
}

impl Choice {
    /// All answers, of every method.
    pub const ALL: [Choice; 6] =
        [Choice::Yes, Choice::No, Choice::Abstain, Choice::Agree, Choice::Disagree, Choice::Block];
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Choice::Yes => "yes",
            Choice::No => "no",
            Choice::Abstain => "abstain",
            Choice::Agree => "agree",
            Choice::Disagree => "disagree",
            Choice::Block => "block",
        })
    }
}

impl FromStr for Choice {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let found = Choice::ALL.into_iter().find(|choice| choice.to_string() == text);
        found.ok_or_else(|| {
            Malformed::new(format!(
                "`{}` is none of yes, no, abstain, agree, disagree, block",
                crate::harmless_line(text)
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_each_ballot() {
        let lines =
            ["Choice: block", "Marks: 1 3", "Ranking: 2 > 1 = 3", "Points: 1:5 2:0", "Slots: 1:yes 2:maybe 4:no"];
        for line in lines {
            let mut out = Writer::default();
            Ballot::take(&mut Reader::new(&format!("{line}\n"))).unwrap().put(&mut out);
            assert_eq!(out.finish(), format!("{line}\n"));
        }
        let bad = ["Marks: ", "Marks: 3 1", "Marks: 1 1", "Marks: 0", "Marks: 201", "Ranking: 1 > 1", "Ranking: 3 = 1"];
        for line in
            bad.into_iter().chain(["Points: 1", "Points: 1:01", "Points: 2:1 1:1", "Slots: 1:perhaps", "Else: 1"])
        {
            assert!(Ballot::take(&mut Reader::new(&format!("{line}\n"))).is_err(), "{line}");
        }
    }
}
