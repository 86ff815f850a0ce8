//! The store: the only SQL. Every accepted event with signature and verdict, and the tables that the tools
//! read, all derived from the journal (protocol, section 9).

mod apply;
mod cache;
mod error;
mod evidence;
mod facts;
mod fold;
mod local;
mod open;
mod posts;
mod query;
mod seal;
mod settle;
mod waiting;

pub use apply::Outcome;
pub use error::Error;
pub use evidence::Evidence;
pub use local::{Local, Request};
pub use open::Store;
pub use posts::{Kept, Mute};
pub use query::{
    AccountRow, AckTarget, Carried, Chain, Closed, Commit, Consent, EntryRow, EventRow, Given, InvitationRow,
    MemberRow, MotionRow, MotionStory, Moved, Movement, OpenItem, PollRow, PostRow, ProfileRow, RoleRow, Search, State,
    Transfer, Waiting,
};
pub use seal::Seal;

/// The version of tables and rules; another one is rebuilt.
pub const VERSION: i64 = 3;
