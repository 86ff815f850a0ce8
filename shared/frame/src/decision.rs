//! What a poll has decided takes effect: stewards approve the motion, the secretary enters it, or refuses it if it failed.
//!
//! Only where the rules ask for a poll, and only for one that nobody could have hurried through: it was open as long as
//! the rules say of polls, or all have voted, and as many have voted as they say. Anything else people approve by hand.

use event::{Approve, Body, Entry, EventId, Ratio, Route, Text, Threshold};
use rules::{Facts, PollTerms};
use store::{MotionRow, PollRow};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::write::Written;

/// How long a poll is open at least, where the rules do not say: seven days, in seconds.
const OPEN: u64 = 7 * 86_400;

impl Session {
    /// As steward: approves the motions that a poll has passed, unless a ballot that this device had in time is missing.
    pub(crate) fn approve_decided(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let mut written = Vec::new();
        if !self.is_steward()? {
            return Ok(written);
        }
        let me = self.member()?;
        for (row, poll) in self.decided()? {
            let motion = row.id;
            let approved = row.approvals.iter().any(|(who, _)| *who == me);
            if !has_passed(&poll) || approved || self.objects(&motion)? {
                continue;
            }
            if self.misses(&poll)? {
                output.warn(format!(
                    "not approved by itself: the count of {} leaves out a ballot that this device had in time",
                    poll.event.link.id.short()
                ));
                continue;
            }
            let why = Text::tidy(&format!("As the poll {} has decided.", poll.event.link.id.short())).ok();
            match self.write_locked(Body::Approve(Approve { motion }), why, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("motion {} not approved: {}", motion.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// As secretary: closes the motions whose poll has failed.
    pub(crate) fn refuse_failed(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let mut written = Vec::new();
        let Some(secretary) = self.in_office()? else { return Ok(written) };
        for (row, poll) in self.decided()? {
            if has_passed(&poll) {
                continue;
            }
            let motion = row.id;
            let Some(after) = self.store.last_entry_of(&secretary)? else { break };
            let entry = Entry { after, route: Route::Refused { motion } };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("motion {} not refused: {}", motion.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// Open motions that still fit, need a poll, and have one that was not hurried through.
    fn decided(&self) -> Result<Vec<(MotionRow, PollRow)>, Failure> {
        let at = self.store.register()?;
        let mut all = Vec::new();
        for motion in self.store.motions()? {
            let Some(outlook) = rules::outlook(&self.store, &at, &motion.id)? else { continue };
            if let Some(wanted) = outlook.poll.filter(|_| outlook.refusal.is_none())
                && let Some(poll) = self.decisive(&motion.id, wanted)?
            {
                all.push((motion, poll));
            }
        }
        Ok(all)
    }

    /// The first poll on a motion that has passed, or else the first that has failed, and was not hurried through.
    fn decisive(&self, motion: &EventId, wanted: Threshold) -> Result<Option<PollRow>, Failure> {
        let mut polls = self.store.polls_on(motion)?;
        polls.retain(|poll| poll.closed.is_some() && rules::decides(&poll.open, Some(wanted)));
        if polls.is_empty() {
            return Ok(None);
        }
        let (terms, half) = (self.poll_terms()?, Ratio::new(1, 2)?);
        polls.retain(|poll| sound(poll, &terms, half));
        let first = polls.iter().position(has_passed).unwrap_or(0);
        Ok((first < polls.len()).then(|| polls.swap_remove(first)))
    }

    /// What the rules in force say of polls.
    pub fn poll_terms(&self) -> Result<PollTerms, Failure> {
        Ok(self.charter()?.polls)
    }

    /// The threshold that a poll must have to decide a motion; none where no poll is asked for.
    pub fn deciding_threshold(&self, motion: &EventId) -> Result<Option<Threshold>, Failure> {
        let at = self.store.register()?;
        Ok(rules::outlook(&self.store, &at, motion)?.and_then(|outlook| outlook.poll))
    }

    fn objects(&self, motion: &EventId) -> Result<bool, Failure> {
        let Some(own) = self.device()? else { return Ok(false) };
        let head = self.store.head(&own)?.map(|(head, _)| self.store.objected(&head, motion));
        Ok(head.transpose()?.unwrap_or(false))
    }

    /// Whether a ballot is not listed that claims to be in time, and that this device wrote, or acknowledged before
    /// the end.
    fn misses(&self, poll: &PollRow) -> Result<bool, Failure> {
        let Some(own) = self.device()? else { return Ok(false) };
        let Some((head, _)) = self.store.head(&own)? else { return Ok(false) };
        let late = self.store.first_after(&head, poll.closes)?;
        let listed = self.store.listed(poll)?;
        for id in self.store.bearing(poll)? {
            let Some(link) = self.store.link(&id)? else { continue };
            let idle = rules::too_late(&self.store, &poll.event.link, &poll.open, poll.closes, &id)?;
            if idle || link.time > poll.closes || listed.binary_search(&id).is_ok() {
                continue;
            }
            if link.device == head.device && self.store.precedes(&link, &head)? {
                return Ok(true);
            }
            if let Some(acked) = self.store.acked(&head, None, &link.device, late)?
                && let Some(acked) = self.store.link(&acked.id)?
                && self.store.precedes(&link, &acked)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn has_passed(poll: &PollRow) -> bool {
    poll.closed.as_ref().is_some_and(|(_, outcome)| outcome.passed)
}

/// Whether a counted poll was open long enough or all have voted; of one that has passed, whether enough have. One
/// without the notice that it asks for decides nothing, neither way.
fn sound(poll: &PollRow, terms: &PollTerms, half: Ratio) -> bool {
    let Some((_, outcome)) = &poll.closed else { return false };
    let (voted, electorate) = (outcome.tally.voted(), outcome.electorate);
    let quorate = rules::reaches(voted, electorate, terms.quorum.unwrap_or(half), false);
    let begun = rules::begins(&poll.open, poll.event.link.time);
    let open = poll.closes.seconds().saturating_sub(begun.seconds());
    // The event that opened it may have claimed the next second.
    let open = u64::try_from(open).unwrap_or(0).saturating_add(1);
    let long = open >= terms.closes.map_or(OPEN, rules::Period::seconds);
    let valid = rules::notice_given(&poll.open, outcome.noticed);
    valid && (long || voted >= electorate) && (quorate || !outcome.passed)
}
