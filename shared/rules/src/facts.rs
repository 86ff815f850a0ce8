//! What the law asks: single facts about events, chains and the register, each looked up by id.

use std::fmt;
use std::str::FromStr;

use event::{Account, Body, Bounds, Device, EventId, Handle, Item, Line, Malformed, Position, Time, Unit, UnitDef};

use crate::charter::Authority;

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
    /// Whether the motion was entered at `at` or before it.
    fn entered(&self, at: &EventId, motion: &EventId) -> Result<bool, Self::Error>;

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
    /// The seq of the first approval on the chain that closed this set.
    fn closed(&self, head: &Link, set: &EventId) -> Result<Option<u64>, Self::Error>;
    /// Whether the chain has approved the motion.
    fn approved(&self, head: &Link, motion: &EventId) -> Result<bool, Self::Error>;
    /// The cuts of a chain that this chain has approved.
    fn approved_cuts(&self, head: &Link, of: &Device) -> Result<Vec<Position>, Self::Error>;

    /// The running sum of an account on the chain, in smallest parts.
    fn balance(&self, head: &Link, account: &Account, unit: &Unit) -> Result<i64, Self::Error>;
    /// Whether the chain has received, declined or taken back the item.
    fn taken(&self, head: &Link, item: &Item) -> Result<bool, Self::Error>;
    /// Whether the chain has paid from the account under this key.
    fn paid(&self, head: &Link, account: &Account, key: &Line) -> Result<bool, Self::Error>;

    /// All valid ballots of a poll that are held.
    fn ballots(&self, poll: &EventId) -> Result<Vec<EventId>, Self::Error>;
    /// Whether the chain has closed the poll.
    fn counted(&self, head: &Link, poll: &EventId) -> Result<bool, Self::Error>;
}

/// A key of the register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A member by handle.
    Member(Handle),
    /// A handle's shape, so that no two look alike.
    Glance(String),
    /// The member whose device it is.
    Device(Device),
    /// The device that keeps an account.
    Keeper(Account),
    /// A unit's definition.
    Unit(Unit),
    /// An account's own limits.
    Limit(Account, Unit),
    /// Who acknowledges.
    Stewards,
    /// The device that keeps the register.
    Secretary,
    /// How many members there are.
    Electorate,
    /// Where a chain was cut.
    Cut(Device),
    /// What a kind of change needs.
    Authority(String),
    /// The community's name.
    Community,
}

/// A value of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of [`Key::Member`].
    Member(Member),
    /// Of [`Key::Glance`] and [`Key::Device`].
    Handle(Handle),
    /// Of [`Key::Keeper`] and [`Key::Secretary`].
    Device(Device),
    /// Of [`Key::Unit`].
    Unit(UnitDef),
    /// Of [`Key::Limit`].
    Bounds(Bounds),
    /// Of [`Key::Stewards`].
    Stewards(Stewards),
    /// Of [`Key::Electorate`].
    Count(u32),
    /// Of [`Key::Cut`].
    Position(Position),
    /// Of [`Key::Authority`].
    Authority(Authority),
    /// Of [`Key::Community`].
    Name(Line),
}

/// A member as the register has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The member's device.
    pub device: Device,
    /// Whether the units' base limits have begun.
    pub confirmed: bool,
}

/// A set of stewards: who acknowledges, from one entry to the next that changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stewards {
    /// The entry that made the set; it names the set.
    pub set: EventId,
    /// In the register's order.
    pub handles: Vec<Handle>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Member(handle) => write!(f, "member {handle}"),
            Key::Glance(shape) => write!(f, "glance {shape}"),
            Key::Device(device) => write!(f, "device {device}"),
            Key::Keeper(account) => write!(f, "keeper {account}"),
            Key::Unit(unit) => write!(f, "unit {unit}"),
            Key::Limit(account, unit) => write!(f, "limit {account} {unit}"),
            Key::Stewards => f.write_str("stewards"),
            Key::Secretary => f.write_str("secretary"),
            Key::Electorate => f.write_str("electorate"),
            Key::Cut(device) => write!(f, "cut {device}"),
            Key::Authority(change) => write!(f, "authority {change}"),
            Key::Community => f.write_str("community"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Member(m) => write!(f, "{} {}", m.device, if m.confirmed { "confirmed" } else { "admitted" }),
            Value::Handle(handle) => write!(f, "{handle}"),
            Value::Device(device) => write!(f, "{device}"),
            Value::Unit(def) => write!(f, "{} {}\n{}", def.unit, def.base, def.title),
            Value::Bounds(bounds) => write!(f, "{bounds}"),
            Value::Stewards(stewards) => {
                write!(f, "{}", stewards.set)?;
                stewards.handles.iter().try_for_each(|handle| write!(f, " {handle}"))
            }
            Value::Count(n) => write!(f, "{n}"),
            Value::Position(position) => write!(f, "{position}"),
            Value::Authority(authority) => write!(f, "{authority}"),
            Value::Name(name) => write!(f, "{name}"),
        }
    }
}

impl Value {
    /// Reads what was written for this key.
    pub fn read(key: &Key, text: &str) -> Result<Value, Malformed> {
        let bad = || Malformed::new(format!("`{text}` is no value of `{key}`"));
        Ok(match key {
            Key::Member(_) => {
                let (device, word) = text.split_once(' ').ok_or_else(bad)?;
                Value::Member(Member { device: device.parse()?, confirmed: word == "confirmed" })
            }
            Key::Glance(_) | Key::Device(_) => Value::Handle(text.parse()?),
            Key::Keeper(_) | Key::Secretary => Value::Device(text.parse()?),
            Key::Unit(_) => {
                let (terms, title) = text.split_once('\n').ok_or_else(bad)?;
                let (unit, base) = terms.split_once(' ').ok_or_else(bad)?;
                Value::Unit(UnitDef { unit: unit.parse()?, title: title.parse()?, base: base.parse()? })
            }
            Key::Limit(..) => Value::Bounds(text.parse()?),
            Key::Stewards => {
                let mut words = text.split(' ');
                let set = words.next().ok_or_else(bad)?.parse()?;
                Value::Stewards(Stewards { set, handles: words.map(Handle::from_str).collect::<Result<_, _>>()? })
            }
            Key::Electorate => Value::Count(text.parse().map_err(|_| bad())?),
            Key::Cut(_) => Value::Position(text.parse()?),
            Key::Authority(_) => Value::Authority(text.parse()?),
            Key::Community => Value::Name(text.parse()?),
        })
    }
}
