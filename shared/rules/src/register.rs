//! What the register holds: its keys and values, and how each is written down.

use std::fmt;
use std::str::FromStr;

use event::{
    Account, Bounds, Checksum, Device, EventId, Handle, KindOfMember, Line, Malformed, Name, Position, RoleName, Unit,
    UnitDef,
};

use crate::charter::{AssetTerms, Authority, Backing, Caps, Contribution, Poster};

/// A key of the register.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A member by handle.
    Member(Handle),
    /// A handle's shape, so that no two look alike.
    Glance(String),
    /// The member whose device it is or was.
    Device(Device),
    /// The event of another chain as of which a device's books go on.
    Opens(Device),
    /// The member who keeps an account.
    Keeper(Account),
    /// Where the books of an account lie that was handed to another member.
    Books(Account),
    /// The last event that counts of the chain that kept an account, once that is closed.
    Closed(Account),
    /// What an account brought along from books that were kept elsewhere, a community before this one among them.
    Carried(Account, Unit),
    /// A unit's definition.
    Unit(Unit),
    /// A unit's base limits for one kind of member.
    Base(Unit, KindOfMember),
    /// An account's own limits.
    Limit(Account, Unit),
    /// Who acknowledges.
    Stewards,
    /// The device that keeps the register.
    Secretary,
    /// How many successions there were.
    Term,
    /// A role other than steward: the entry with which it came.
    Role(RoleName),
    /// That a member holds a role: the entry with which that role came.
    Holds(RoleName, Handle),
    /// How many active members of a kind there are.
    Count(KindOfMember),
    /// Whether members of a kind vote.
    Votes(KindOfMember),
    /// Where a chain was cut.
    Cut(Device),
    /// What a kind of change needs.
    Authority(String),
    /// That newcomers are admitted only by an invitation.
    InvitedOnly,
    /// How many were admitted by an invitation.
    Invited(EventId),
    /// The event whose text is the rules document in force.
    Rules,
    /// The community's name.
    Community,
    /// What an account of the community is for.
    Title(Account),
    /// The accounts of the community that a member keeps.
    Keeps(Handle),
    /// A mandate in force, by the entry that gave it: the event that says it.
    Mandate(EventId),
    /// The contribution that payments carry.
    Contribution,
    /// What an asset of the rules document is worth.
    Asset(Name),
    /// How far credit in a unit can be backed.
    Backing(Unit),
    /// Who may do what in a channel.
    Channel(Handle),
    /// How much a member may pay in a unit within a span of time.
    Caps(Unit),
    /// That a file of such balances was taken over: the entry that did so.
    Source(Checksum),
}

/// A value of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of [`Key::Member`].
    Member(Member),
    /// Of [`Key::Glance`] and [`Key::Keeper`].
    Handle(Handle),
    /// Of [`Key::Device`].
    Holder(Holder),
    /// Of [`Key::Secretary`].
    Device(Device),
    /// Of [`Key::Unit`].
    Unit(UnitDef),
    /// Of [`Key::Base`] and [`Key::Limit`].
    Bounds(Bounds),
    /// Of [`Key::Stewards`].
    Stewards(Stewards),
    /// Of [`Key::Count`], [`Key::Votes`], [`Key::Term`], [`Key::InvitedOnly`] and [`Key::Invited`].
    Count(u32),
    /// Of [`Key::Carried`], in smallest parts.
    Minor(i64),
    /// Of [`Key::Cut`], [`Key::Opens`] and [`Key::Closed`].
    Position(Position),
    /// Of [`Key::Books`].
    Books(Books),
    /// Of [`Key::Authority`].
    Authority(Authority),
    /// Of [`Key::Role`], [`Key::Holds`], [`Key::Rules`], [`Key::Mandate`] and [`Key::Source`].
    Event(EventId),
    /// Of [`Key::Community`] and [`Key::Title`].
    Name(Line),
    /// Of [`Key::Keeps`], sorted.
    Accounts(Vec<Account>),
    /// Of [`Key::Contribution`].
    Contribution(Contribution),
    /// Of [`Key::Asset`].
    Asset(AssetTerms),
    /// Of [`Key::Backing`].
    Backing(Backing),
    /// Of [`Key::Channel`].
    Channel(ChannelTerms),
    /// Of [`Key::Caps`].
    Caps(Caps),
}

/// A member as the register has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The member's device, the last one if it is gone.
    pub device: Device,
    /// Whether the units' base limits have begun.
    pub confirmed: bool,
    /// Whether it takes part.
    pub standing: Standing,
    /// What it is.
    pub kind: KindOfMember,
}

/// Whether a member takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It does.
    Active,
    /// Not until it is reinstated.
    Suspended,
    /// It left.
    Left,
    /// It was expelled.
    Expelled,
}

/// Whose a device is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The member.
    pub handle: Handle,
    /// Which of the member's devices, counted from 0.
    pub nth: u32,
}

/// The books of an account before it was handed to its keeper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Books {
    /// The last event of them that counts.
    pub at: Position,
    /// The entry that handed them on: the keeper's chain counts from where it knows that.
    pub entry: EventId,
}

/// A set of stewards: who acknowledges, from one entry to the next that changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stewards {
    /// The entry that made the set; it names the set.
    pub set: EventId,
    /// In the register's order.
    pub handles: Vec<Handle>,
}

/// What the law reads of a channel's table; a channel without one is for all members, moderated by the stewards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelTerms {
    /// Who may post.
    pub post: Vec<Poster>,
    /// Who may hide posts.
    pub moderate: Vec<Poster>,
    /// Whether a post can ask for receipts.
    pub notice: bool,
}

impl Default for ChannelTerms {
    fn default() -> Self {
        ChannelTerms { post: vec![Poster::Members], moderate: vec![Poster::Stewards], notice: false }
    }
}

impl fmt::Display for ChannelTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |posters: &[Poster]| posters.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let notice = if self.notice { "yes" } else { "no" };
        write!(f, "{}; {}; {notice}", list(&self.post), list(&self.moderate))
    }
}

impl FromStr for ChannelTerms {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let list = |text: &str| text.split(", ").map(Poster::from_str).collect::<Result<Vec<_>, _>>();
        match *text.split("; ").collect::<Vec<_>>() {
            [post, moderate, notice] => {
                Ok(ChannelTerms { post: list(post)?, moderate: list(moderate)?, notice: notice == "yes" })
            }
            _ => Err(Malformed::new("no terms of a channel")),
        }
    }
}

impl Standing {
    /// Whether the member takes part.
    pub fn is_active(self) -> bool {
        self == Standing::Active
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Active => "active",
            Standing::Suspended => "suspended",
            Standing::Left => "left",
            Standing::Expelled => "expelled",
        })
    }
}

impl FromStr for Standing {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "active" => Ok(Standing::Active),
            "suspended" => Ok(Standing::Suspended),
            "left" => Ok(Standing::Left),
            "expelled" => Ok(Standing::Expelled),
            _ => Err(Malformed::new("a standing is active, suspended, left or expelled")),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Member(handle) => write!(f, "member {handle}"),
            Key::Glance(shape) => write!(f, "glance {shape}"),
            Key::Device(device) => write!(f, "device {device}"),
            Key::Opens(device) => write!(f, "opens {device}"),
            Key::Keeper(account) => write!(f, "keeper {account}"),
            Key::Books(account) => write!(f, "books {account}"),
            Key::Closed(account) => write!(f, "closed {account}"),
            Key::Carried(account, unit) => write!(f, "carried {account} {unit}"),
            Key::Unit(unit) => write!(f, "unit {unit}"),
            Key::Base(unit, kind) => write!(f, "base {unit} {kind}"),
            Key::Limit(account, unit) => write!(f, "limit {account} {unit}"),
            Key::Stewards => f.write_str("stewards"),
            Key::Secretary => f.write_str("secretary"),
            Key::Term => f.write_str("term"),
            Key::Role(name) => write!(f, "role {name}"),
            Key::Holds(name, handle) => write!(f, "holds {name} {handle}"),
            Key::Count(kind) => write!(f, "count {kind}"),
            Key::Votes(kind) => write!(f, "votes {kind}"),
            Key::Cut(device) => write!(f, "cut {device}"),
            Key::Authority(change) => write!(f, "authority {change}"),
            Key::InvitedOnly => f.write_str("invited-only"),
            Key::Invited(invitation) => write!(f, "invited {invitation}"),
            Key::Rules => f.write_str("rules"),
            Key::Community => f.write_str("community"),
            Key::Title(account) => write!(f, "title {account}"),
            Key::Keeps(handle) => write!(f, "keeps {handle}"),
            Key::Mandate(entry) => write!(f, "mandate {entry}"),
            Key::Contribution => f.write_str("contribution"),
            Key::Asset(name) => write!(f, "asset {name}"),
            Key::Backing(unit) => write!(f, "backing {unit}"),
            Key::Channel(name) => write!(f, "channel {name}"),
            Key::Caps(unit) => write!(f, "caps {unit}"),
            Key::Source(file) => write!(f, "source {file}"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Member(m) => {
                let confirmed = if m.confirmed { "confirmed" } else { "admitted" };
                write!(f, "{} {confirmed} {} {}", m.device, m.standing, m.kind)
            }
            Value::Handle(handle) => write!(f, "{handle}"),
            Value::Holder(holder) => write!(f, "{} {}", holder.handle, holder.nth),
            Value::Device(device) => write!(f, "{device}"),
            Value::Unit(def) => write!(f, "{} {}\n{}", def.unit, def.base, def.title),
            Value::Bounds(bounds) => write!(f, "{bounds}"),
            Value::Stewards(stewards) => {
                write!(f, "{}", stewards.set)?;
                stewards.handles.iter().try_for_each(|handle| write!(f, " {handle}"))
            }
            Value::Count(n) => write!(f, "{n}"),
            Value::Minor(n) => write!(f, "{n}"),
            Value::Position(position) => write!(f, "{position}"),
            Value::Books(books) => write!(f, "{} {}", books.entry, books.at),
            Value::Authority(authority) => write!(f, "{authority}"),
            Value::Event(event) => write!(f, "{event}"),
            Value::Name(name) => write!(f, "{name}"),
            Value::Accounts(accounts) => {
                f.write_str(&accounts.iter().map(Account::to_string).collect::<Vec<_>>().join(" "))
            }
            Value::Contribution(contribution) => write!(f, "{contribution}"),
            Value::Asset(terms) => write!(f, "{terms}"),
            Value::Backing(terms) => write!(f, "{terms}"),
            Value::Channel(terms) => write!(f, "{terms}"),
            Value::Caps(caps) => write!(f, "{caps}"),
        }
    }
}

impl Value {
    /// Reads what was written for this key.
    pub fn read(key: &Key, text: &str) -> Result<Value, Malformed> {
        let bad = || Malformed::new(format!("`{text}` is no value of `{key}`"));
        Ok(match key {
            Key::Member(_) => {
                let mut words = text.split(' ');
                let mut next = || words.next().ok_or_else(bad);
                Value::Member(Member {
                    device: next()?.parse()?,
                    confirmed: next()? == "confirmed",
                    standing: next()?.parse()?,
                    kind: next()?.parse()?,
                })
            }
            Key::Glance(_) | Key::Keeper(_) => Value::Handle(text.parse()?),
            Key::Device(_) => {
                let (handle, nth) = text.split_once(' ').ok_or_else(bad)?;
                Value::Holder(Holder { handle: handle.parse()?, nth: nth.parse().map_err(|_| bad())? })
            }
            Key::Secretary => Value::Device(text.parse()?),
            Key::Unit(_) => {
                let (terms, title) = text.split_once('\n').ok_or_else(bad)?;
                let (unit, base) = terms.split_once(' ').ok_or_else(bad)?;
                Value::Unit(UnitDef { unit: unit.parse()?, title: title.parse()?, base: base.parse()? })
            }
            Key::Base(..) | Key::Limit(..) => Value::Bounds(text.parse()?),
            Key::Stewards => {
                let mut words = text.split(' ');
                let set = words.next().ok_or_else(bad)?.parse()?;
                Value::Stewards(Stewards { set, handles: words.map(Handle::from_str).collect::<Result<_, _>>()? })
            }
            Key::Count(_) | Key::Votes(_) | Key::Term | Key::InvitedOnly | Key::Invited(_) => {
                Value::Count(text.parse().map_err(|_| bad())?)
            }
            Key::Carried(..) => Value::Minor(text.parse().map_err(|_| bad())?),
            Key::Cut(_) | Key::Opens(_) | Key::Closed(_) => Value::Position(text.parse()?),
            Key::Books(_) => {
                let (entry, at) = text.split_once(' ').ok_or_else(bad)?;
                Value::Books(Books { entry: entry.parse()?, at: at.parse()? })
            }
            Key::Authority(_) => Value::Authority(text.parse()?),
            Key::Role(_) | Key::Holds(..) | Key::Rules | Key::Mandate(_) | Key::Source(_) => {
                Value::Event(text.parse()?)
            }
            Key::Community | Key::Title(_) => Value::Name(text.parse()?),
            Key::Keeps(_) => Value::Accounts(text.split(' ').map(Account::from_str).collect::<Result<_, _>>()?),
            Key::Contribution => Value::Contribution(text.parse()?),
            Key::Asset(_) => Value::Asset(text.parse()?),
            Key::Backing(_) => Value::Backing(text.parse()?),
            Key::Channel(_) => Value::Channel(text.parse()?),
            Key::Caps(_) => Value::Caps(text.parse()?),
        })
    }
}
