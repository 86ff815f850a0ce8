//! Announcements: any member may post (protocol, section 8).

use crate::case::{Case, Effects, Rung};
use crate::facts::Facts;

/// The ladder has seen to it that the author is a member.
pub(crate) fn post<F: Facts>(case: &Case<'_, F>) -> Rung<Effects, F::Error> {
    Ok(case.effects())
}
