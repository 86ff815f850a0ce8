//! An event on trial: what the rungs of every kind share, and what they can decide.

use std::fmt;

use event::{Account, Event, EventId, Handle, Position, Unit};

use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::register::{Key, Value};
use crate::settle::{member_of, steward_of};

/// What a valid event does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effects {
    /// The register entry in force from here on.
    pub register: EventId,
    /// The set under which the author acknowledges as a steward, and as whom.
    pub steward: Option<(EventId, Handle)>,
    /// The set that this approval closes for its author.
    pub closes: Option<EventId>,
    /// The term to whose succession it consents.
    pub term: Option<u32>,
    /// Whether its chain ends with it, once the motion that it is has been entered.
    pub parts: bool,
    /// What it enters into the register.
    pub entered: Option<Entered>,
    /// What it moves on the accounts that the author keeps.
    pub moves: Vec<Move>,
    /// The account that it hands on: from here on its chain writes nothing on it, until that is refused.
    pub hands: Option<Account>,
    /// What it adds to running sums.
    pub tallies: Vec<Counted>,
}

/// An entry's work.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entered {
    /// The entry before it; none for the genesis.
    pub after: Option<EventId>,
    /// The set of stewards that may settle it.
    pub settled_by: Option<EventId>,
    /// The motion that it enters.
    pub motion: Option<EventId>,
    /// The approvals that it names.
    pub approvals: Vec<EventId>,
    /// The values that it sets; none ends a value.
    pub facts: Vec<(Key, Option<Value>)>,
    /// The motion that it refuses.
    pub refuses: Option<EventId>,
    /// The chain that it cuts.
    pub cut: Option<Position>,
    /// Whether it changes the set of stewards.
    pub closes: bool,
}

/// A movement of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Which.
    pub account: Account,
    /// In which unit.
    pub unit: Unit,
    /// By how many smallest parts, below zero for a debit.
    pub minor: i64,
}

/// A running sum on the books of an account, in smallest parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tally {
    /// What was spent by a mandate.
    Mandate(EventId),
    /// What was paid or set off of a request, or is reserved for that.
    Request(EventId),
    /// What was given back of a payment that the account received.
    Refund(EventId),
}

/// What is added to a running sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// On whose books.
    pub account: Account,
    /// Of what.
    pub tally: Tally,
    /// How much, below zero where something came back.
    pub minor: i64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tally::Mandate(entry) => write!(f, "mandate {entry}"),
            Tally::Request(request) => write!(f, "request {request}"),
            Tally::Refund(pay) => write!(f, "refund {pay}"),
        }
    }
}

/// A no that is not the law's but the storage's.
pub(crate) enum No<E> {
    Refused(Refusal),
    Failed(E),
}

pub(crate) type Rung<T, E> = Result<T, No<E>>;

impl<E> From<E> for No<E> {
    fn from(error: E) -> Self {
        No::Failed(error)
    }
}

pub(crate) fn refuse<T, E>(refusal: Refusal) -> Rung<T, E> {
    Err(No::Refused(refusal))
}

/// An event on trial, with what its chain already is.
pub(crate) struct Case<'a, F: Facts> {
    pub facts: &'a F,
    pub id: EventId,
    pub event: &'a Event,
    /// The event before it on the chain.
    pub head: Option<Link>,
    /// The register entry in force at this event.
    pub register: EventId,
    /// What the event relies on besides what its kind names: acknowledgements, entries.
    pub witnesses: Vec<Link>,
}

impl<F: Facts> Case<'_, F> {
    /// An event that does nothing but stand on its chain.
    pub fn effects(&self) -> Effects {
        Effects {
            register: self.register,
            steward: None,
            closes: None,
            term: None,
            parts: false,
            entered: None,
            moves: Vec::new(),
            hands: None,
            tallies: Vec::new(),
        }
    }

    pub fn fact(&self, key: &Key) -> Rung<Option<Value>, F::Error> {
        Ok(self.facts.fact(&self.register, key)?)
    }

    /// The event before this one; every kind but the first has one.
    pub fn head(&self) -> Rung<Link, F::Error> {
        match self.head {
            Some(head) => Ok(head),
            None => refuse(Refusal::BrokenChain),
        }
    }

    /// The member whose present device it is.
    pub fn member(&self) -> Rung<Handle, F::Error> {
        match member_of(self.facts, &self.register, &self.event.device)? {
            Some(handle) => Ok(handle),
            None => refuse(Refusal::NotMember),
        }
    }

    /// The event's own place.
    pub fn position(&self) -> Position {
        Position { device: self.event.device, seq: self.event.seq, id: self.id }
    }

    /// The same, with what the author is as a steward.
    pub fn as_steward(&self, mut effects: Effects) -> Rung<Effects, F::Error> {
        effects.steward = steward_of(self.facts, &self.register, &self.event.device)?;
        Ok(effects)
    }
}
