//! The journal: signed events as commits in a bare git repository, one branch for each chain
//! (protocol, section 3).
//!
//! Objects, refs and walks are libgit2's; fetch, push and bundles are the `git` program's, so that ssh
//! configuration, credential helpers and proxies come with it. What comes from outside stays in a
//! quarantine repository until it is verified.

mod address;
mod bundle;
mod chain;
mod error;
mod git;
mod inbox;
mod refs;
mod remote;
mod repo;
mod side;
mod side_remote;
mod stream;

pub use address::{secret, shown};
pub use chain::{Branch, Held};
pub use error::Error;
pub use inbox::Inbox;
pub use remote::{Pushed, Remote};
pub use repo::{Journal, Stamp, Tip, clear_unfinished};
pub use side::{Erased, SideBranch};
pub use side_remote::{Lease, SideInbox};
pub use stream::Piece;
