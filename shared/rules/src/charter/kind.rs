//! The kinds of members that there are.

pub use event::KindOfMember;
