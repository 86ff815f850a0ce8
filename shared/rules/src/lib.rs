//! The law: what an event may do, and what it does.
//!
//! [`judge()`] is a pure function of the event, its own chain before it, and what it names (protocol, section 1).
//! It asks for single facts through [`Facts`], so neither the whole log nor the whole state is ever loaded.

mod announce;
mod books;
mod case;
mod change;
mod charter;
mod credit;
mod facts;
mod judge;
mod members;
mod refusal;
mod register;
mod settle;
mod vote;

pub use announce::{Notice, channel, is_one_of, noticed};
pub use books::{Answer, balance, tallied};
pub use case::{Counted, Effects, Entered, Move, Tally};
pub use change::{Outlook, electorate, holds, outlook, own_word};
pub use charter::{
    Admission, Asset, AssetTerms, Authority, Backing, BadCharter, CHANGES, Caps, Channel, Charter, Contribution,
    Counterparty, MAX_DOCUMENT, Period, PollTerms, Poster, Problem, RoleTerms, Setting, Sight, share,
};
pub use credit::{
    Attested, Backed, Capped, Delivered, Lapse, Limit, bounds, can_back, capped, contribution, handed, limit, rest,
};
pub use facts::{Closing, End, Facts, Leg, Link};
pub use judge::{Verdict, judge};
pub use members::{admitted_by, contradicts, inviter, last_acknowledged, next_secretary, succession_base};
pub use refusal::Refusal;
pub use register::{Books, ChannelTerms, Holder, Key, Member, Standing, Stewards, Value};
pub use settle::{closing, inline_author, last_word, member_of, open_ends, quorum, settled_by, term};
pub use vote::{
    Voice, ballots, bearing, begins, count, decides, elect, electorate_of, end, fits, notice_due, notice_given,
    outcome, passes, reaches, teller_of, too_late, voices, vote_of,
};
