//! Offices: the secretary enters and refuses motions; where the secretary is lost or dishonest, the next one takes the
//! register over.

use event::{Approve, Body, Entry, EventId, Handle, MAX_APPROVALS, Object, Route, Succeed, Text};
use rules::{Facts, Key, Value};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::write::Written;

/// How a succession stands.
#[derive(Debug, Clone)]
pub struct Succession {
    /// The term that would begin.
    pub term: u32,
    /// Who keeps the register in it.
    pub next: Handle,
    /// The stewards who consent.
    pub consents: Vec<Handle>,
    /// How many it needs.
    pub needed: usize,
}

impl Session {
    /// Consents to a motion; who keeps the register enters it at once, if that suffices.
    pub fn approve(
        &mut self,
        motion: EventId,
        why: Option<Text>,
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.write_locked(Body::Approve(Approve { motion }), why, output).and_then(|approved| {
            let mut written = vec![approved];
            if !self.dry_run {
                written.extend(self.enter_approved(output)?);
            }
            Ok(written)
        });
        self.end_writing()?;
        written
    }

    /// As secretary: closes a motion without effect. The reason is told by an objection, which only a steward has.
    pub fn refuse(&mut self, motion: EventId, why: Option<Text>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.refuse_locked(motion, why, output);
        self.end_writing()?;
        written
    }

    fn refuse_locked(
        &mut self,
        motion: EventId,
        why: Option<Text>,
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        let Some(secretary) = self.in_office()? else {
            return Err(Failure::refused(rules::Refusal::NotSecretary));
        };
        let Some(after) = self.store.last_entry_of(&secretary)? else {
            return Err(Failure::could("there is no entry to go on from"));
        };
        let mut written = Vec::new();
        if let Some(why) = why {
            if !self.is_steward()? {
                return Err(Failure::no("only a steward's reason can be kept").hint("leave --why out"));
            }
            let objected = self.store.head(&secretary)?.map(|(head, _)| self.store.objected(&head, &motion));
            // A reason that was given before stands.
            if !objected.transpose()?.unwrap_or(false) {
                written.push(self.write_locked(Body::Object(Object { motion }), Some(why), output)?);
            }
        }
        let entry = Entry { after, route: Route::Refused { motion } };
        written.push(self.write_locked(Body::Entry(entry), None, output)?);
        Ok(written)
    }

    /// How successions stand that somebody consents to, by term.
    pub fn successions(&self) -> Result<Vec<Succession>, Failure> {
        let mut terms: Vec<u32> = self.store.consents()?.iter().map(|consent| consent.term).collect();
        terms.sort_unstable();
        terms.dedup();
        let mut all = Vec::new();
        for term in terms {
            all.extend(self.succession(Some(term))?);
        }
        Ok(all)
    }

    /// How one succession stands: to the next term, if none is said. None where there is no later term.
    pub fn succession(&self, term: Option<u32>) -> Result<Option<Succession>, Failure> {
        let at = self.store.register()?;
        let term = match term {
            Some(term) => term,
            None => rules::term(&self.store, &at)?.saturating_add(1),
        };
        if term <= rules::term(&self.store, &at)? {
            return Ok(None);
        }
        let Some(next) = rules::next_secretary(&self.store, &at, term)? else { return Ok(None) };
        let consents = self.store.consents()?.into_iter().filter(|consent| consent.term == term);
        let consents = consents.map(|consent| consent.steward).collect();
        Ok(Some(Succession { term, next, consents, needed: rules::quorum(self.stewards(&at)?.len()) }))
    }

    /// The stewards in force at an entry.
    pub(crate) fn stewards(&self, at: &EventId) -> Result<Vec<Handle>, Failure> {
        Ok(match self.store.fact(at, &Key::Stewards)? {
            Some(Value::Stewards(set)) => set.handles,
            _ => Vec::new(),
        })
    }

    /// As steward: consents to a succession; the next secretary enters it at once, if that suffices.
    pub fn succeed(&mut self, term: u32, why: Option<Text>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.succeed_locked(term, why, output);
        self.end_writing()?;
        written
    }

    fn succeed_locked(&mut self, term: u32, why: Option<Text>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let me = self.member()?;
        if self.store.consents()?.iter().any(|consent| consent.term == term && consent.steward == me) {
            return Err(Failure::no(format!("you have consented to term {term} before"))
                .hint("`members status` says what it waits for"));
        }
        let own = self.device()?.ok_or_else(|| Failure::could("this copy has no device key"))?;
        let head = self.store.head(&own)?.map(|(head, _)| head);
        let head = head.ok_or_else(|| Failure::refused(rules::Refusal::NotMember))?;
        // The event makes its chain know the newest entry, if it can name what settles that.
        let mut done = Err(Failure::refused(rules::Refusal::WrongEntry));
        for known in [self.store.register()?, head.register] {
            let entry = rules::last_acknowledged(&self.store, &known, &head)?;
            done = self.write_locked(Body::Succeed(Succeed { term, entry }), why.clone(), output);
            match &done {
                Err(failure) if failure.fact == Failure::refused(rules::Refusal::WrongEntry).fact => {}
                _ => break,
            }
        }
        let mut written = vec![done?];
        if !self.dry_run {
            written.extend(self.enter_succession(output)?);
        }
        Ok(written)
    }

    /// As the next secretary: takes the register over, once enough stewards consent.
    pub fn take_over(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.enter_succession(output);
        self.end_writing()?;
        written
    }

    pub(crate) fn enter_succession(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(me) = self.me()? else { return Ok(Vec::new()) };
        let ready = |s: &Succession| s.next == me && s.consents.len() >= s.needed;
        for succession in self.successions()?.into_iter().filter(ready) {
            let mut consents = self.store.consents()?;
            consents.retain(|consent| consent.term == succession.term);
            consents.sort_unstable_by_key(|consent| consent.id);
            consents.truncate(MAX_APPROVALS);
            let named: Vec<(Handle, EventId)> = consents.iter().map(|c| (c.steward.clone(), c.entry)).collect();
            let all = self.stewards(&self.store.register()?)?.len();
            let Some(after) = rules::succession_base(&self.store, &named, all)? else {
                output.status(format!(
                    "term {} waits for more consents: those there are name entries that contradict each other",
                    succession.term
                ));
                continue;
            };
            if self.taken_over(&after, succession.term)? {
                continue;
            }
            let approvals = consents.iter().map(|consent| consent.id).collect();
            let entry = Entry { after, route: Route::Succession { term: succession.term, approvals } };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => return Ok(vec![one]),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("term {} not entered: {}", succession.term, failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(Vec::new())
    }

    /// Whether this device has entered the succession already, and it only waits to settle.
    fn taken_over(&self, base: &EventId, term: u32) -> Result<bool, Failure> {
        let Some(own) = self.device()? else { return Ok(false) };
        let Some((head, _)) = self.store.head(&own)? else { return Ok(false) };
        Ok(match self.store.last_entry(&head)? {
            Some(last) => self.store.descends(&last, base)? && rules::term(&self.store, &last)? >= term,
            None => false,
        })
    }
}
