//! The law: what an event may do, and what it does.
//!
//! [`judge()`] is a pure function of the event, its own chain before it, and what it names (protocol, section 1).
//! It asks for single facts through [`Facts`], so neither the whole log nor the whole state is ever loaded.

mod announce;
mod case;
mod change;
mod charter;
mod credit;
mod facts;
mod judge;
mod members;
mod refusal;
mod settle;
mod vote;

pub use case::{Effects, Entered, Move};
pub use charter::{
    Admission, Asset, Authority, Backing, BadCharter, CHANGES, Channel, Charter, Contribution, Counterparty,
    KindOfMember, MAX_DOCUMENT, Period, PollTerms, Poster, Problem, RoleTerms, Setting, share,
};
pub use credit::bounds;
pub use facts::{Facts, Key, Link, Member, Stewards, Value};
pub use judge::{Verdict, judge};
pub use refusal::Refusal;
pub use settle::{closing, quorum, settled_by};
pub use vote::{count, passes};
