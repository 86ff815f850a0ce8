//! What is signed: ids, amounts, times, the payloads of every kind, and the one canonical encoding.
//!
//! An event is a signed git commit with an empty tree (protocol, section 2). This crate turns bytes into a
//! [`Verified`] event or a reason why not, and back, without a clock, a disk or a terminal.

mod ack;
mod amount;
mod announce;
mod backing;
mod ballot;
mod body;
mod change;
mod clearing;
mod commit;
mod common;
mod credit;
mod demand;
mod fields;
mod handle;
mod id;
mod market;
mod members;
mod method;
mod name;
mod opening;
mod person;
mod profile;
mod ratio;
mod role;
mod run;
mod side;
mod sign;
mod tally;
mod text;
mod time;
mod vote;

pub use ack::{Ack, Position};
pub use amount::{Amount, MAX_MINOR, MAX_PLACES, Unit};
pub use announce::{
    Attachment, Hide, MAX_ATTACHMENTS, MAX_READERS, MAX_SEEN, Moment, Post, Readers, ReadingKey, Recipient, Retract,
    Seen, Told,
};
pub use backing::{Attest, Back, MAX_BACKING, Per, Pledge, Unpledge};
pub use ballot::{Ballot, Cast, Choice, Contest, Proxy, Record, Scope, Slot};
pub use body::Body;
pub use change::{Bounds, Change, NewDevice, UnitDef};
pub use clearing::{Clear, Discharge, MAX_DISCHARGES, Release, SetOff};
pub use commit::{Event, MAX_COMMIT, MAX_DEPS, Signed, Verified};
pub use common::{HandAccount, Mandate, OpenAccount};
pub use credit::{Decline, Delivered, Item, Leg, MAX_ITEMS, MAX_LEGS, Pay, Receive};
pub use demand::{Cancel, Refuse, Request, Withdraw};
pub use fields::Malformed;
pub use handle::{Account, Handle, MAX_HANDLE, OTHER_LETTERS};
pub use id::{Checksum, Commitment, Device, EventId, GitId};
pub use market::{Offer, Price, Remove};
pub use members::{
    Approve, Entry, Found, Invite, Invited, Join, MAX_APPROVALS, MAX_OPENINGS, MAX_USES, Motion, Object, Refounds,
    Route, Succeed, invitation_message,
};
pub use method::{Form, MAX_OPTIONS, MAX_POINTS, Method};
pub use name::Name;
pub use opening::{MAX_BROUGHT, Opening, Openings};
pub use person::{Field, MAX_ABOUT, MAX_PERSON, Person};
pub use profile::Profile;
pub use ratio::Ratio;
pub use role::{KindOfMember, ROLES, Role, RoleName};
pub use run::{RUN, verify_each};
pub use side::{MAX_SIDE, Side};
pub use sign::{BadSignature, Key, PublicKey, armoured, sshsig_message, verify_strict};
pub use tally::{Close, MAX_BALLOTS, MAX_PAGES, Noticed, Outcome, Page, Tally};
pub use text::{Line, Text, harmless, harmless_line};
pub use time::Time;
pub use vote::{Base, Called, Extend, MAX_THRESHOLDS, MAX_VOTERS, Open, Statement, Terms, Threshold, TieBreak};
