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
mod posts;
mod query;
mod seal;
mod settle;
mod spent;
mod waiting;

pub use apply::Outcome;
pub use error::Error;
pub use evidence::Evidence;
pub use local::{Local, Request};
pub use open::Store;
pub use posts::{Kept, Mute};
pub use query::{
    AccountRow, AckTarget, AttestationRow, Carried, Chain, ClearingRow, Closed, Commit, Consent, EntryRow, EventRow,
    Given, InvitationRow, MandateRow, MemberRow, MotionRow, MotionStory, Moved, Movement, OfferRow, Offers, OpenItem,
    OpenRequest, PledgeRow, PollRow, PostRow, ProfileRow, RequestRow, RequestState, RoleRow, Said, Search, SetOffs,
    State, Transfer, Verdicts, Waiting, Words,
};
pub use seal::Seal;

/// The version of tables and rules; another one is rebuilt.
pub const VERSION: i64 = 4;
