//! What the law asks: single facts about events, chains and the register, each looked up by id.

use event::{Account, Body, Device, EventId, Handle, Item, Line, Position, Scope, Time, Unit};

use crate::books::Answer;
use crate::case::Tally;
use crate::register::{Key, Value};

/// A judged event's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// Its id.
    pub id: EventId,
    /// Whose chain.
    pub device: Device,
    /// Which branch of the chain, as the keeper of the facts numbers branches.
    pub line: i64,
    /// Place on the chain.
    pub seq: u64,
    /// Claimed time.
    pub time: Time,
    /// The register entry in force at the event: the newest that its chain has named.
    pub register: EventId,
    /// Whether the law let it be.
    pub valid: bool,
}

/// A leg of a payment: who pays whom how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The account that pays.
    pub from: Account,
    /// The account that is paid.
    pub to: Account,
    /// In which unit.
    pub unit: Unit,
    /// How many smallest parts.
    pub minor: i64,
}

impl Leg {
    /// The leg with this number, if the event is a payment that has it.
    pub fn of(body: &Body, n: u16) -> Option<Self> {
        let Body::Pay(pay) = body else { return None };
        let leg = pay.legs.get(usize::from(n))?;
        Some(Leg { from: pay.from.clone(), to: leg.to.clone(), unit: pay.unit.clone(), minor: leg.amount.minor() })
    }
}

/// Facts by id. "On the chain of `head`" means at or before `head`, on its branch.
pub trait Facts {
    /// What can go wrong in looking up.
    type Error;

    /// The community's genesis, none before it is judged.
    fn log(&self) -> Result<Option<EventId>, Self::Error>;
    /// A judged event.
    fn link(&self, id: &EventId) -> Result<Option<Link>, Self::Error>;
    /// What a judged event says.
    fn body(&self, id: &EventId) -> Result<Option<Body>, Self::Error>;
    /// A leg of a judged payment, counted from 0.
    fn leg(&self, pay: &EventId, n: u16) -> Result<Option<Leg>, Self::Error> {
        Ok(self.body(pay)?.and_then(|body| Leg::of(&body, n)))
    }
    /// The free text of a judged event.
    fn text(&self, id: &EventId) -> Result<Option<String>, Self::Error>;
    /// The handle that the chain of a judged event began with, on its branch: a key can begin two chains.
    fn author(&self, of: &Link) -> Result<Option<Handle>, Self::Error>;
    /// Whether `a` is `b` or stands before it on the same branch.
    fn precedes(&self, a: &Link, b: &Link) -> Result<bool, Self::Error>;

    /// A value of the register just after the entry `at`.
    fn fact(&self, at: &EventId, key: &Key) -> Result<Option<Value>, Self::Error>;
    /// The set of stewards in force just after the entry `at`.
    fn set(&self, at: &EventId) -> Result<Option<EventId>, Self::Error> {
        Ok(match self.fact(at, &Key::Stewards)? {
            Some(Value::Stewards(stewards)) => Some(stewards.set),
            _ => None,
        })
    }
    /// Whether the entry is `from` or a descendant of it.
    fn descends(&self, entry: &EventId, from: &EventId) -> Result<bool, Self::Error>;
    /// How many entries stand before this one on its path.
    fn height(&self, entry: &EventId) -> Result<u64, Self::Error>;
    /// Whether the motion was entered at `at` or before it.
    fn entered(&self, at: &EventId, motion: &EventId) -> Result<bool, Self::Error>;

    /// Whether the motion was refused at `at` or before it.
    fn refused(&self, at: &EventId, motion: &EventId) -> Result<bool, Self::Error>;
    /// The entries at `at` and before it that ended a set of stewards.
    fn closings(&self, at: &EventId) -> Result<Vec<EventId>, Self::Error>;

    /// The last register entry on the chain of `head`.
    fn last_entry(&self, head: &Link) -> Result<Option<EventId>, Self::Error>;
    /// Where the chain's knowledge of the register advanced: seq and entry, oldest first.
    fn advances(&self, head: &Link) -> Result<Vec<(u64, EventId)>, Self::Error>;
    /// The furthest that the chain has acknowledged `of`, under one set or any, in events before a seq or all.
    fn acked(
        &self,
        head: &Link,
        set: Option<&EventId>,
        of: &Device,
        before: Option<u64>,
    ) -> Result<Option<Position>, Self::Error>;
    /// The furthest events that the chain has acknowledged, one of each chain.
    fn acknowledged(&self, head: &Link) -> Result<Vec<EventId>, Self::Error>;
    /// Where the chain closed this set, oldest first.
    fn closed(&self, head: &Link, set: &EventId) -> Result<Vec<Closing>, Self::Error>;
    /// Whether the chain has approved the motion.
    fn approved(&self, head: &Link, motion: &EventId) -> Result<bool, Self::Error>;
    /// Whether the chain has objected to the motion.
    fn objected(&self, head: &Link, motion: &EventId) -> Result<bool, Self::Error>;
    /// The ends of a chain to which this chain has agreed, by approvals or entries without a motion.
    fn agreed_ends(&self, head: &Link, of: &Device) -> Result<Vec<End>, Self::Error>;
    /// The motions of its own by which the chain's member moves to another device or leaves.
    fn own_ends(&self, head: &Link) -> Result<Vec<EventId>, Self::Error>;

    /// The running sum of an account on the chain, in smallest parts.
    fn balance(&self, head: &Link, account: &Account, unit: &Unit) -> Result<i64, Self::Error>;
    /// Whether the chain has received, declined or taken back the item.
    fn taken(&self, head: &Link, item: &Item) -> Result<bool, Self::Error>;
    /// Whether the chain has received the leg, rather than declined it.
    fn received(&self, head: &Link, item: &Item) -> Result<bool, Self::Error>;
    /// Whether the chain has paid from the account under this key.
    fn paid(&self, head: &Link, account: &Account, key: &Line) -> Result<bool, Self::Error>;

    /// A running sum of the account's on the chain, in smallest parts.
    fn tally(&self, head: &Link, account: &Account, tally: &Tally) -> Result<i64, Self::Error>;
    /// The motions and entries of its own by which the chain hands the account on.
    fn hands(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Self::Error>;
    /// Whether the chain has asked `of` to pay the account under this key.
    fn asked(&self, head: &Link, account: &Account, of: &Account, key: &Line) -> Result<bool, Self::Error>;
    /// Whether the chain has withdrawn or refused the request.
    fn answered(&self, head: &Link, request: &EventId) -> Result<bool, Self::Error>;
    /// The attestations that the chain has named to back the account.
    fn backed(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Self::Error>;
    /// Whether the chain has taken back something of its own: a pledge, an offer.
    fn taken_back(&self, head: &Link, what: &EventId) -> Result<bool, Self::Error>;
    /// What the chain has said to set-offs for the account.
    fn set_offs(&self, head: &Link, account: &Account) -> Result<Vec<(EventId, Answer)>, Self::Error>;
    /// What the account has received on the chain at later times than this one and not given back, by payer, each any
    /// number of times. What it got back itself is none of it.
    fn income(
        &self,
        head: &Link,
        account: &Account,
        unit: &Unit,
        since: i64,
    ) -> Result<Vec<(Account, i64)>, Self::Error>;

    /// What the chain has paid from the account at later times than this one, refunds aside, in smallest parts.
    fn spent(&self, head: &Link, account: &Account, unit: &Unit, since: i64) -> Result<i64, Self::Error>;

    /// All valid ballots of a poll that are held, recorded ones, contests and proxies for this poll among them.
    fn ballots(&self, poll: &EventId) -> Result<Vec<EventId>, Self::Error>;
    /// All valid proxies for all polls or for a topic.
    fn proxies(&self, scope: &Scope) -> Result<Vec<EventId>, Self::Error>;
    /// All valid receipts for a post that are held, of members and of who told them.
    fn receipts(&self, post: &EventId) -> Result<Vec<EventId>, Self::Error>;
    /// To when the chain has moved the end of the poll last.
    fn extended(&self, head: &Link, poll: &EventId) -> Result<Option<Time>, Self::Error>;
    /// Whether the chain has closed the poll.
    fn counted(&self, head: &Link, poll: &EventId) -> Result<bool, Self::Error>;
}

/// Where a chain said its last word under a set of stewards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// The seq of the approval.
    pub seq: u64,
    /// What it approved; none for an entry without a motion.
    pub motion: Option<EventId>,
    /// The term to whose succession it consents; none for a change of stewards.
    pub term: Option<u32>,
}

/// Where a chain ends, by a change of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The motion that was approved; none for an entry without one.
    pub motion: Option<EventId>,
    /// The last event that counts, or the motion of its own with which the chain ends.
    pub at: EventId,
    /// Whether it is such a motion: then what follows it on its branch may be acknowledged.
    pub own: bool,
}
