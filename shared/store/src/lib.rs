//! The store: the only SQL. Every accepted event with signature and verdict, and the tables that the tools
//! read, all derived from the journal (protocol, section 9).

mod apply;
mod backing;
mod cache;
mod clearing;
mod demand;
mod error;
mod evidence;
mod facts;
mod fold;
mod local;
mod market;
mod open;
mod query;
mod seal;
mod settle;

pub use apply::Outcome;
pub use error::Error;
pub use evidence::Evidence;
pub use local::{Local, Request};
pub use open::Store;
pub use query::{
    AccountRow, AckTarget, AttestationRow, Chain, ClearingRow, Closed, Commit, Consent, EntryRow, EventRow,
    InvitationRow, MemberRow, MotionRow, MotionStory, Movement, OfferRow, Offers, Open, OpenItem, OpenRequest,
    PledgeRow, PollRow, PostRow, ProfileRow, RoleRow, Said, State, Waiting, Words,
};
pub use seal::Seal;

/// The version of tables and rules; another one is rebuilt.
pub const VERSION: i64 = 3;
