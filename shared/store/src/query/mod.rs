//! What the tools ask of the store: the rows of an answer here, the questions in the rooms below.

mod backing;
mod clearing;
mod compare;
mod devices;
mod duty;
mod events;
mod market;
mod money;
mod motions;
mod office;
mod polls;
mod posts;
mod profiles;
mod register;
mod requests;
mod transfers;
mod verdicts;

pub use compare::Commit;
pub use posts::{Given, PostRow, Search};
pub use requests::{MandateRow, RequestRow, RequestState, SetOffs};
pub use transfers::{Carried, Moved, Transfer};
pub use verdicts::Verdicts;

use event::{
    Account, Body, Change, Commitment, Device, EventId, GitId, Handle, Item, Outcome, Position, Role, Time, Unit,
    UnitDef,
};
use rules::{Link, Outlook};

/// A branch of a chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Local number of the branch.
    pub line: i64,
    /// Whose.
    pub device: Device,
    /// The name that it began with.
    pub author: Handle,
    /// The first event of its own, where it branched off by a fork.
    pub root: Option<EventId>,
    /// Newest event.
    pub tip: Position,
    /// Git's name of it.
    pub git: GitId,
    /// Everything up to this seq is settled.
    pub settled: Option<u64>,
    /// First seq with two valid events.
    pub forked: Option<u64>,
}

/// An event as the tools show it.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its place.
    pub link: Link,
    /// Git's name.
    pub git: GitId,
    /// Who.
    pub author: Handle,
    /// What.
    pub body: Body,
    /// Free text.
    pub text: Option<String>,
    /// Why it is void, 0 where it is valid.
    pub refusal: u8,
    /// Whether it is settled.
    pub settled: bool,
}

/// A member.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Name.
    pub handle: Handle,
    /// Device.
    pub device: Device,
    /// Whether the base limits have begun.
    pub confirmed: bool,
    /// Whether it takes part.
    pub standing: rules::Standing,
    /// What it is.
    pub kind: event::KindOfMember,
    /// Acknowledges.
    pub steward: bool,
    /// Keeps the register.
    pub secretary: bool,
    /// When admitted.
    pub since: Time,
    /// By which entry.
    pub entry: EventId,
    /// The newest time on the member's chain.
    pub seen: Option<Time>,
}

/// An invitation.
#[derive(Debug, Clone)]
pub struct InvitationRow {
    /// The event.
    pub event: EventRow,
    /// What it says.
    pub invite: event::Invite,
    /// How many were admitted by it.
    pub admitted: u32,
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Which.
    pub account: Account,
    /// Unit and its terms.
    pub unit: UnitDef,
    /// What it holds, in smallest parts.
    pub balance: i64,
    /// On its way here.
    pub pending_in: i64,
    /// On its way from here.
    pub pending_out: i64,
}

/// The state of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not settled yet.
    Pending,
    /// Settled, not received yet.
    Settled,
    /// Received.
    Received,
    /// Declined by the payee.
    Declined,
    /// Undone by a fork or a cut.
    Withdrawn,
}

/// A line of a statement.
#[derive(Debug, Clone)]
pub struct Movement {
    /// When.
    pub time: Time,
    /// The payment.
    pub id: EventId,
    /// Its leg.
    pub leg: u16,
    /// The other account.
    pub counterparty: Account,
    /// What for.
    pub purpose: Option<String>,
    /// By how much, below zero for a debit.
    pub minor: i64,
    /// What the account holds after it.
    pub balance: i64,
    /// In which unit.
    pub unit: Unit,
    /// What became of it.
    pub state: State,
}

/// What a device last said of its member's personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRow {
    /// The device.
    pub device: Device,
    /// The event, the newest of its kind on the chain that has effect.
    pub id: EventId,
    /// When.
    pub time: Time,
    /// What the data must hash to; none where they are erased.
    pub commitment: Option<Commitment>,
    /// What was said elsewhere on the chain: data that are replaced or erased.
    pub others: Vec<Commitment>,
}

/// Something that a keeper can take: a leg or a return.
#[derive(Debug, Clone)]
pub struct OpenItem {
    /// What to name.
    pub item: Item,
    /// Its event.
    pub link: Link,
    /// From whom (a leg), or who declined (a return).
    pub from: Account,
    /// How much.
    pub minor: i64,
    /// In which unit.
    pub unit: Unit,
    /// What for.
    pub purpose: Option<String>,
    /// Whether it can be taken now.
    pub settled: bool,
}

/// A steward who has not acknowledged yet, and when the steward's chain was last seen to move.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who.
    pub steward: Handle,
    /// When last seen.
    pub seen: Option<Time>,
}

/// A chain that has moved beyond what a steward has acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct AckTarget {
    /// Up to where it can be acknowledged.
    pub position: Position,
}

/// A motion that is not entered yet.
#[derive(Debug, Clone)]
pub struct MotionRow {
    /// The motion.
    pub id: EventId,
    /// Who moved it.
    pub author: Handle,
    /// When.
    pub time: Time,
    /// What it changes.
    pub change: Change,
    /// Valid approvals by stewards now in force.
    pub approvals: Vec<(Handle, EventId)>,
}

/// A motion with all that there is to it.
#[derive(Debug, Clone)]
pub struct MotionStory {
    /// The motion; of one that was entered, the approvals that its entry names.
    pub row: MotionRow,
    /// Its text.
    pub text: Option<String>,
    /// Whether it is settled itself.
    pub settled: bool,
    /// Why stewards approve, where they say so.
    pub reasons: Vec<(Handle, String)>,
    /// Stewards who object, and why.
    pub objections: Vec<(Handle, Option<String>)>,
    /// The entry that closed it.
    pub closed: Option<Closed>,
    /// What it needs, and whether it still fits.
    pub outlook: Outlook,
    /// The count of a poll on it that has passed.
    pub poll: Option<EventId>,
}

/// How a motion was closed.
#[derive(Debug, Clone, Copy)]
pub struct Closed {
    /// By which entry.
    pub entry: EventId,
    /// Whether without effect.
    pub refused: bool,
    /// Whether the entry is settled.
    pub settled: bool,
}

/// A role, and one who holds it.
#[derive(Debug, Clone)]
pub struct RoleRow {
    /// Which.
    pub role: Role,
    /// Who, if anybody does.
    pub holder: Option<Handle>,
    /// Since which entry.
    pub since: Option<EventId>,
}

/// A steward's consent to a succession.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The event.
    pub id: EventId,
    /// The term that shall begin.
    pub term: u32,
    /// The last entry that the steward had acknowledged.
    pub entry: EventId,
    /// Who.
    pub steward: Handle,
}

/// An entry of the register.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// The entry.
    pub id: EventId,
    /// How many entries stand before it.
    pub height: u64,
    /// Whether it is settled.
    pub settled: bool,
}

/// A pledge.
#[derive(Debug, Clone)]
pub struct PledgeRow {
    /// The event.
    pub event: EventRow,
    /// What it says.
    pub pledge: event::Pledge,
    /// Whose.
    pub member: Handle,
    /// The event that takes it back.
    pub taken_back: Option<EventId>,
}

/// An attestation.
#[derive(Debug, Clone)]
pub struct AttestationRow {
    /// The event.
    pub event: EventRow,
    /// What it says.
    pub attest: event::Attest,
    /// Who vouches.
    pub assessor: Handle,
}

/// An offer or a want.
#[derive(Debug, Clone)]
pub struct OfferRow {
    /// The event.
    pub event: EventRow,
    /// What it says.
    pub offer: event::Offer,
    /// Whether it is sought, not offered.
    pub wanted: bool,
    /// Whose.
    pub member: Handle,
}

/// A request of which something is left.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// Its event.
    pub id: EventId,
    /// What it says.
    pub request: event::Request,
    /// What is left of it, in smallest parts.
    pub rest: i64,
}

/// A set-off.
#[derive(Debug, Clone)]
pub struct ClearingRow {
    /// The event.
    pub event: EventRow,
    /// What it says.
    pub clear: event::Clear,
    /// Each party with its last word, the event that says it, and whether that is settled.
    pub parties: Vec<(Account, Said)>,
}

/// A party's last word on a set-off, the event that says it, and whether that is settled.
pub type Said = Option<(rules::Answer, EventId, bool)>;

/// Which offers or wants are asked for.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// What is sought, not what is offered.
    pub wanted: bool,
    /// Only of one member.
    pub by: Option<Handle>,
    /// Only of one category.
    pub category: Option<event::Name>,
    /// Whose words fit: those that fit best come first.
    pub words: Option<Words>,
}

/// Words to look for, each as it is or as the beginning of longer ones.
#[derive(Debug, Clone)]
pub enum Words {
    /// All of them must be there.
    All(Vec<String>),
    /// Any of them.
    Any(Vec<String>),
}

/// A poll.
#[derive(Debug, Clone)]
pub struct PollRow {
    /// The opening event.
    pub event: EventRow,
    /// What is asked.
    pub open: event::Open,
    /// When it closes, as its teller has said last.
    pub closes: event::Time,
    /// The extension that says so.
    pub extension: Option<EventId>,
    /// Who counts it.
    pub teller: Option<event::Handle>,
    /// The count, once the teller has closed it.
    pub closed: Option<(EventId, Outcome)>,
    /// The poll that took its place.
    pub replaced: Option<EventId>,
}
