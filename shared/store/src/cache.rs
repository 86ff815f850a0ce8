//! What this process has read or written, so that a long fold asks SQLite for little.

use std::rc::Rc;

use event::{Account, Body, Device, EventId, GitId, Handle, Position, Unit};
use rules::{Closing, End, Key, Link, Value};

use crate::Error;
use crate::waiting::Waiting;

/// A line of a chain, as in the table.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub n: i64,
    pub device: Device,
    /// The line and the last seq that it shares with it.
    pub parent: Option<(i64, u64)>,
    pub author: Handle,
    pub tip: u64,
    pub tip_id: EventId,
    pub tip_git: GitId,
    /// -1 for nothing.
    pub settled: i64,
}

/// How far a steward's acknowledgements reach, and the event that says so.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    pub at: u64,
    pub witness: EventId,
    pub witness_line: i64,
    pub witness_seq: u64,
    pub dirty: bool,
}

/// An acknowledgement: in which event, under which set of stewards, of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acked {
    pub by: u64,
    pub set: EventId,
    pub position: Position,
}

/// What ids are looked up in: they are hashes already, and seeded anew in each process, since strangers choose them.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// From where a chain is forked, and the last event that a cut leaves of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended {
    pub forked: Option<u64>,
    pub cut: Option<EventId>,
}

/// A leg that an account has received, on some line.
#[derive(Debug, Clone)]
pub(crate) struct Income {
    pub seq: u64,
    pub time: i64,
    pub payer: Account,
    pub minor: i64,
}

/// A payment from an account, on some line, and what was paid until then, that one included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    pub seq: u64,
    pub time: i64,
    pub sum: i64,
}

/// Of which line, for which set.
pub(crate) type ReachKey = (i64, EventId);

/// For everything: 0; or for entries of term n and later: 1 + n.
pub(crate) type Class = u32;

/// Memory in front of the tables. Nothing in it differs from them, save reaches, lines, legs and takes that are
/// written back before each commit.
#[derive(Default)]
pub(crate) struct Cache {
    pub log: Option<EventId>,
    pub lines: HashMap<i64, Line>,
    pub by_device: HashMap<Device, Vec<i64>>,
    pub dirty_lines: Vec<i64>,
    pub links: HashMap<EventId, Link>,
    pub bodies: HashMap<EventId, Rc<Body>>,
    pub gits: HashMap<EventId, GitId>,
    pub facts: HashMap<EventId, HashMap<Key, Option<Value>>>,
    pub places: HashMap<EventId, (i64, i64)>,
    /// Where register branches grew from: branch and height.
    pub branches: HashMap<i64, Option<(i64, i64)>>,
    pub balances: HashMap<(i64, Account, Unit), (u64, i64)>,
    /// By line, of the accounts whose limit was asked for beyond their bounds.
    pub income: HashMap<(i64, Account, Unit), Vec<Income>>,
    /// By line, of the accounts whose payments are capped.
    pub spent: HashMap<(i64, Account, Unit), Vec<Spent>>,
    pub reaches: HashMap<ReachKey, HashMap<(Handle, Class), Reach>>,
    /// By line: where it advanced and to which entry, its entries, which set it closed and how.
    pub advances: HashMap<i64, Vec<(u64, EventId)>>,
    pub entries: HashMap<i64, Vec<(u64, EventId)>>,
    pub closings: HashMap<i64, Vec<(EventId, Closing)>>,
    /// By line: the ends of chains to which it agreed, and where.
    pub agreed: HashMap<i64, Vec<(u64, Device, End)>>,
    /// By line and whom it acknowledges; only of lines that began in this process.
    pub acks: HashMap<i64, HashMap<Device, Vec<Acked>>>,
    /// The settled entries that closed sets of stewards, as far as they were asked for.
    pub closed_sets: HashMap<EventId, Option<EventId>>,
    pub waiting: Waiting,
    /// All of table `parting`, since few chains end themselves.
    pub partings: Option<Vec<(i64, u64, EventId)>>,
    /// Ids of table `meta`.
    pub ids: HashMap<&'static str, Option<EventId>>,
    /// All of table `chain`, since few chains are ever forked or cut.
    pub ended: Option<HashMap<Device, Ended>>,
    /// Whether `links` and `gits` hold every event there is, so that a miss needs no query.
    pub complete: bool,
}

const MANY: usize = 400_000;

impl Cache {
    /// Keeps memory bounded in a fold of millions.
    pub fn trim(&mut self) {
        if self.links.len() > MANY {
            self.links.clear();
            self.complete = false;
        }
        if self.bodies.len() > MANY {
            self.bodies.clear();
        }
        if self.gits.len() > MANY {
            self.gits.clear();
            self.complete = false;
        }
        if self.facts.values().map(HashMap::len).sum::<usize>() > MANY {
            self.facts.clear();
        }
        if self.balances.len() > MANY {
            self.balances.clear();
        }
        if self.acks.values().flat_map(HashMap::values).map(Vec::len).sum::<usize>() > MANY {
            self.acks.clear();
        }
        if self.income.values().map(Vec::len).sum::<usize>() > MANY {
            self.income.clear();
        }
        if self.spent.values().map(Vec::len).sum::<usize>() > MANY {
            self.spent.clear();
        }
    }
}

/// Bytes of a row as an id.
pub(crate) fn id(bytes: Vec<u8>) -> Result<EventId, Error> {
    bytes.try_into().map(EventId).map_err(|_| Error::Missing("an event id"))
}

/// Bytes of a row as git's name.
pub(crate) fn git(bytes: Vec<u8>) -> Result<GitId, Error> {
    bytes.try_into().map(GitId).map_err(|_| Error::Missing("a git id"))
}

/// A seq or count as SQLite keeps it; seqs are below 2^63 by their encoding.
pub(crate) fn int(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A seq as it came out of SQLite.
pub(crate) fn seq(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
