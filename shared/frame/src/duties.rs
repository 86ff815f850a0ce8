//! What every sync does for the community without being told: enter what has its approvals, acknowledge, receive.

use event::{Ack, Body, Change, Entry, EventId, Join, MAX_APPROVALS, Position, Route, Time};
use rules::{Facts, Key, Value};

use crate::failure::Failure;
use crate::here::Here;
use crate::output::Output;
use crate::session::{Session, now};
use crate::write::Written;

/// Events that claim to be further ahead than this are not acknowledged yet, in seconds.
const AHEAD: i64 = 86_400;

/// Under which name the newcomers wait whom this device admitted and has to confirm.
const ADMITTED: &str = "admitted";

impl Session {
    /// What every sync does for the community without being told.
    pub(crate) fn duties(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        if self.handed_over()? {
            // Only what brings the end about can follow.
            return self.enter_approved(output);
        }
        let mut written = self.enter_succession(output)?;
        written.extend(self.admit_invited(output)?);
        written.extend(self.approve_decided(output)?);
        written.extend(self.enter_approved(output)?);
        written.extend(self.refuse_failed(output)?);
        written.extend(self.acknowledge(output)?);
        // Who moves or leaves by the secretary's authority does so once that is settled.
        written.extend(self.enter_approved(output)?);
        written.extend(self.confirm_admitted(output)?);
        written.extend(self.decline_unwanted(output)?);
        if !self.places.receive_by_hand()? {
            written.extend(self.receive_locked(None, output)?);
            written.extend(self.back_locked(output)?);
            written.extend(self.release_locked(output)?);
        }
        Ok(written)
    }

    /// Opens the motions that confirm those whom this device admitted, now that they are members.
    fn confirm_admitted(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let waiting = self.local()?.value(ADMITTED)?.unwrap_or_default();
        let mut written = Vec::new();
        let mut later = Vec::new();
        for handle in waiting.split_whitespace() {
            match self.store.members()?.into_iter().find(|member| member.handle.as_str() == handle) {
                None => later.push(handle),
                Some(member) if member.confirmed => {}
                Some(member) => {
                    written.extend(self.change_locked(Change::Confirm { handle: member.handle }, None, output)?)
                }
            }
        }
        self.local()?.set_value(ADMITTED, &later.join(" "))?;
        Ok(written)
    }

    /// Remembers to confirm a newcomer once the admission has settled.
    pub fn confirm_later(&mut self, handle: &event::Handle) -> Result<(), Failure> {
        let waiting = self.local()?.value(ADMITTED)?.unwrap_or_default();
        Ok(self.local()?.set_value(ADMITTED, format!("{waiting} {handle}").trim())?)
    }

    /// Whether the own chain has ended itself: its member moves to another device or leaves.
    pub fn handed_over(&self) -> Result<bool, Failure> {
        Ok(matches!(self.by_register()?, Here::Parting(..)))
    }

    /// As secretary: enters newcomers who answer an invitation that is good.
    fn admit_invited(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(secretary) = self.in_office()? else { return Ok(Vec::new()) };
        let mut written = Vec::new();
        for request in self.local()?.requests()? {
            let Ok(Join { kind, invited: Some(invited), .. }) = self.asked(&request) else { continue };
            let Some(after) = self.store.last_entry_of(&secretary)? else { break };
            // One that is used up or expired leaves a request like any other.
            if rules::inviter(&self.store, &after, &invited.by, now())?.is_none() {
                continue;
            }
            let handle = request.handle.clone();
            let change = Change::Admit { handle, device: request.device, request: request.id, kind };
            let entry = Entry { after, route: Route::Inline(change) };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => {
                    written.push(one);
                    self.confirm_later(&request.handle)?;
                }
                Err(failure) if matches!(failure.code(), 1 | 3) => {
                    output.explain(format!("request {} not entered: {}", request.id.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// The own device, if it keeps the register.
    pub(crate) fn in_office(&self) -> Result<Option<event::Device>, Failure> {
        let secretary = self.store.fact(&self.store.register()?, &Key::Secretary)?;
        Ok(self.device()?.filter(|own| secretary == Some(Value::Device(*own))))
    }

    /// As secretary: enters motions that have the approvals they need.
    pub(crate) fn enter_approved(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(secretary) = self.in_office()? else { return Ok(Vec::new()) };
        let mut written = Vec::new();
        for motion in self.store.motions()? {
            let Some(after) = self.store.last_entry_of(&secretary)? else { break };
            let mut approvals: Vec<EventId> = motion.approvals.iter().map(|(_, id)| *id).collect();
            approvals.sort_unstable();
            approvals.truncate(MAX_APPROVALS);
            let own_word = rules::own_word(&motion.change);
            if approvals.is_empty() && !own_word {
                continue;
            }
            let poll = self.store.decided_by(&motion.id)?;
            let entry = Entry { after, route: Route::Moved { motion: motion.id, approvals, poll } };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("motion {} not entered: {}", motion.id.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// As steward: acknowledges what has moved.
    fn acknowledge(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(own) = self.device()? else { return Ok(Vec::new()) };
        if !self.is_steward()? {
            return Ok(Vec::new());
        }
        let latest = Time::clamped(now().seconds().saturating_add(AHEAD));
        let mut positions: Vec<Position> =
            self.store.to_acknowledge(&own, latest)?.into_iter().map(|target| target.position).collect();
        positions.sort_by_key(|position| position.device);
        let mut written = Vec::new();
        for some in positions.chunks(Ack::MAX) {
            let ack = Ack { positions: some.to_vec() };
            written.push(self.write_locked(Body::Ack(ack), None, output)?);
        }
        if written.is_empty() && self.owes_acknowledgement(&own)? {
            written.push(self.write_locked(Body::Follow, None, output)?);
        }
        Ok(written)
    }

    /// Whether the steward's own chain must say something for an entry of another to settle: a new set of
    /// stewards counts only what is acknowledged under it.
    fn owes_acknowledgement(&self, own: &event::Device) -> Result<bool, Failure> {
        let Some((head, _)) = self.store.head(own)? else { return Ok(false) };
        let register = self.store.register()?;
        let set = |at: &EventId| -> Result<Option<EventId>, Failure> {
            Ok(match self.store.fact(at, &Key::Stewards)? {
                Some(Value::Stewards(stewards)) => Some(stewards.set),
                _ => None,
            })
        };
        Ok(head.register != register && set(&head.register)? != set(&register)?)
    }
}
