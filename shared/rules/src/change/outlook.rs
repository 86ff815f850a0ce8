//! What would become of a motion at an entry: what it needs, and whether its change still fits. For the tools, which
//! tell it; the verdict is the entry's own.

use event::{Body, EventId, Position, Threshold};

use super::{Need, Way, apply, needed};
use crate::case::No;
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::settle::stewards;

/// What a motion needs at an entry, and what would refuse its change there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlook {
    /// So many approvals.
    pub approvals: usize,
    /// A poll on the motion that passes by this threshold.
    pub poll: Option<Threshold>,
    /// Why the change does not fit any more, if it does not.
    pub refusal: Option<Refusal>,
}

/// The outlook of a motion after the entry `at`; none if it is no motion.
pub fn outlook<F: Facts>(facts: &F, at: &EventId, motion: &EventId) -> Result<Option<Outlook>, F::Error> {
    let (Some(Body::Motion(moved)), Some(link)) = (facts.body(motion)?, facts.link(motion)?) else { return Ok(None) };
    let Some(set) = stewards(facts, at)? else { return Ok(None) };
    let Need { approvals, poll } = needed(facts, at, &moved.change, &set)?;
    let text = facts.text(motion)?;
    let own = Position { device: link.device, seq: link.seq, id: link.id };
    let way = Way { id: *motion, own, moved: true, approvals, text: text.as_deref() };
    let refusal = match apply(facts, at, &moved.change, &way) {
        Ok(_) => None,
        Err(No::Refused(refusal)) => Some(refusal),
        Err(No::Failed(error)) => return Err(error),
    };
    Ok(Some(Outlook { approvals, poll, refusal }))
}
