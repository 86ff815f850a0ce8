//! Announcements: any member may post (protocol, section 8).

use crate::facts::Facts;
use crate::judge::{Case, Effects, Rung};

/// The ladder has seen to it that the author is a member.
pub(crate) fn post<F: Facts>(case: &Case<'_, F>) -> Rung<Effects, F::Error> {
    Ok(case.effects())
}
