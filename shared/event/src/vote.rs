//! Polls: the question and its terms, what moves their end, what is said of the result (protocol, section 7).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::{Choice, EventId, Form, Handle, Line, MAX_OPTIONS, Method, Ratio, Time};

/// The most voters that a poll can list.
pub const MAX_VOTERS: usize = 400;

/// The most thresholds that one poll combines.
pub const MAX_THRESHOLDS: usize = 4;

/// A poll opens: a question to the members whom the author's register entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// What is asked.
    pub question: Line,
    /// How it is counted.
    pub method: Method,
    /// Ballots count that claim a time up to this one.
    pub closes: Time,
    /// The share of the electorate that must cast a ballot.
    pub quorum: Ratio,
    /// What passes it, all of them, sorted as text: one to four for yes and no, none to four for consent, otherwise none.
    pub thresholds: Vec<Threshold>,
    /// The motion that it decides.
    pub motion: Option<EventId>,
    /// What can be chosen, 2 to 200, each once; none where the method has answers of its own.
    pub options: Vec<Line>,
    /// The rest, which few polls need.
    pub terms: Terms,
}

/// What a poll can ask besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms {
    /// How many options win; one where nothing is said.
    pub seats: Option<u16>,
    /// Ballots count that claim a time from this one on.
    pub opens: Option<Time>,
    /// Who counts it, if not the author.
    pub teller: Option<Handle>,
    /// Only these members of the electorate vote, sorted.
    pub voters: Vec<Handle>,
    /// By which proxies find it.
    pub topic: Option<Handle>,
    /// That displays keep the result back until it is counted; the log keeps nothing back.
    pub hidden: bool,
    /// How a tie is broken; not at all where nothing is said.
    pub ties: Option<TieBreak>,
    /// How many blocks stop consent: one where nothing is said.
    pub blocks: Option<u32>,
    /// Answers that need a reason, sorted.
    pub reasons: Vec<Choice>,
    /// A poll of the author's that this one takes the place of, no ballot having been cast in it.
    pub replaces: Option<EventId>,
    /// The notice without which the poll decides nothing.
    pub notice: Option<Called>,
}

/// The notice that a poll asks for: `ID 1/1 7`, all who may vote, seven days before it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// The post that calls them.
    pub post: EventId,
    /// The share of those who may vote, by heads, to whom it must be given.
    pub share: Ratio,
    /// So many days of 24 hours before the poll opens.
    pub days: u16,
}

/// How a tie is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TieBreak {
    /// For the option that stands first.
    FirstListed,
    /// For the option that stands last.
    LastListed,
    /// By lot, with the poll's id as seed.
    Lot,
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

/// The teller moves the end of a poll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extend {
    /// Of which poll.
    pub poll: EventId,
    /// To when: later, or earlier but not before this event.
    pub closes: Time,
}

/// What the opener says of the result; the text is what was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Of which poll.
    pub poll: EventId,
}

impl Open {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Question", &self.question);
        out.line("Method", self.method);
        out.line("Closes", self.closes);
        out.line("Quorum", self.quorum);
        out.many("Threshold", &self.thresholds);
        out.maybe("Motion", self.motion);
        out.many("Option", &self.options);
        self.terms.put(out);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let open = Open {
            question: from.take("Question")?,
            method: from.take("Method")?,
            closes: from.take("Closes")?,
            quorum: from.take("Quorum")?,
            thresholds: from.many("Threshold", MAX_THRESHOLDS)?,
            motion: from.maybe("Motion")?,
            options: from.many("Option", MAX_OPTIONS)?,
            terms: Terms::take(from)?,
        };
        open.check().map(|()| open)
    }

    /// Whether thresholds, options and seats are those of the method.
    ///
    /// # Errors
    /// What is wrong, in a sentence for people.
    pub fn check(&self) -> Result<(), Malformed> {
        let no = |why: &str| Err(Malformed::new(why));
        let name = self.method.name();
        let thresholds = match name {
            "yesno" => !self.thresholds.is_empty(),
            "consent" => true,
            _ => self.thresholds.is_empty(),
        };
        let spelled: Vec<String> = self.thresholds.iter().map(ToString::to_string).collect();
        let answers = self.method.form() == Form::Answer;
        let mut options: Vec<&Line> = self.options.iter().collect();
        options.sort_unstable();
        let (low, high) = self.method.numbers();
        let n = u32::try_from(self.options.len()).unwrap_or(u32::MAX);
        match () {
            () if !thresholds => no("a threshold is for yes and no, which needs one, and for consent"),
            () if !is_set(&spelled) => no("thresholds stand there once, sorted as text"),
            () if !answers && self.options.len() < 2 => no("a choice is between two options or more"),
            () if answers != self.options.is_empty() => no("options are for methods that choose between some"),
            () if !is_set(&options) => no("an option stands there twice"),
            () if name == "choose" && (high > n || low > high) => no("more marks than options"),
            () if self.terms.seats.is_some_and(|seats| answers || seats == 0 || u32::from(seats) > n) => {
                no("seats are 1 to the number of options")
            }
            () if self.terms.blocks.is_some() && name != "consent" => no("blocks are for consent"),
            () => Ok(()),
        }
    }

    pub(crate) fn subject(&self) -> String {
        format!("ask: {}", self.question)
    }

    /// How many options win.
    pub fn seats(&self) -> u16 {
        self.terms.seats.unwrap_or(1)
    }
}

impl Terms {
    fn put(&self, out: &mut Writer) {
        out.maybe("Seats", self.seats);
        out.maybe("Opens", self.opens);
        out.maybe("Teller", self.teller.as_ref());
        out.many("Voter", &self.voters);
        out.maybe("Topic", self.topic.as_ref());
        out.maybe("Hide", self.hidden.then_some("yes"));
        out.maybe("Ties", self.ties);
        out.maybe("Blocks", self.blocks);
        out.many("Reason", &self.reasons);
        out.maybe("Replaces", self.replaces);
        out.maybe("Notice", self.notice);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let small = |number: Number| u32::try_from(number.0).map_err(|_| Malformed::new("a number that is too large"));
        let seats: Option<u32> = from.maybe("Seats")?.map(small).transpose()?;
        let seats = seats.map(|n| u16::try_from(n).map_err(|_| Malformed::new("too many seats"))).transpose()?;
        let terms = Terms {
            seats,
            opens: from.maybe("Opens")?,
            teller: from.maybe("Teller")?,
            voters: from.many("Voter", MAX_VOTERS)?,
            topic: from.maybe("Topic")?,
            hidden: from.maybe::<Yes>("Hide")?.is_some(),
            ties: from.maybe("Ties")?,
            blocks: from.maybe("Blocks")?.map(small).transpose()?,
            reasons: from.many("Reason", Choice::ALL.len())?,
            replaces: from.maybe("Replaces")?,
            notice: from.maybe("Notice")?,
        };
        match is_set(&terms.voters) && is_set(&terms.reasons) && terms.blocks != Some(0) {
            true => Ok(terms),
            false => Err(Malformed::new("voters and reasons stand there once, sorted; it takes one block or more")),
        }
    }
}

impl Extend {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
        out.line("Closes", self.closes);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Extend { poll: from.take("Poll")?, closes: from.take("Closes")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("close {} at {}", self.poll.short(), self.closes)
    }
}

impl Statement {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Poll", self.poll);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Statement { poll: from.take("Poll")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("say what came of {}", self.poll.short())
    }
}

/// `yes`, where the other answer is not to say it.
struct Yes;

impl FromStr for Yes {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "yes" => Ok(Yes),
            _ => Err(Malformed::new("the only value is `yes`")),
        }
    }
}

impl fmt::Display for TieBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TieBreak::FirstListed => "first-listed",
            TieBreak::LastListed => "last-listed",
            TieBreak::Lot => "lot",
        })
    }
}

impl FromStr for TieBreak {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "first-listed" => Ok(TieBreak::FirstListed),
            "last-listed" => Ok(TieBreak::LastListed),
            "lot" => Ok(TieBreak::Lot),
            _ => Err(Malformed::new("ties are broken by `first-listed`, `last-listed` or `lot`")),
        }
    }
}

impl Called {
    /// The last moment at which notice is in time for a poll that opens then; none before all time.
    pub fn by(&self, opens: Time) -> Option<Time> {
        Time::new(opens.seconds().checked_sub(i64::from(self.days).checked_mul(86_400)?)?).ok()
    }
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.post, self.share, self.days)
    }
}

impl FromStr for Called {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new("notice is asked for as `ID 1/1 7`: a post, a share and days");
        let mut words = text.split(' ');
        let (Some(post), Some(share), Some(days), None) = (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(bad());
        };
        let days = days.parse::<Number>()?;
        let called =
            Called { post: post.parse()?, share: share.parse()?, days: u16::try_from(days.0).map_err(|_| bad())? };
        // One spelling: 2/4 is 1/2.
        if called.to_string() == text { Ok(called) } else { Err(bad()) }
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
