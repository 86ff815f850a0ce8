//! Several events written as one: all of them, or none.
//!
//! They are rehearsed first, each after those before it, in a transaction that leaves no trace. Then their objects are
//! written, the branch moves once, to the last of them, and the store follows: a crash before that leaves objects that
//! nothing leads to, a crash after it heals at the next start.

use event::{Body, Key as DeviceKey, Verified};
use journal::Journal;
use rules::{Facts, Refusal, Verdict};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::write::{Chain, Written};

/// An event with the bytes of its commit.
type SignedCommit = (Vec<u8>, Verified);

/// What became of each event, in order.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Why the law refuses it, after those before it that it lets be.
    pub refused: Vec<Option<Refusal>>,
    /// What was written, or would be; nothing where one is refused.
    pub written: Vec<Written>,
}

impl Session {
    /// Writes all of these events of this member, or none: none, if the law refuses one of them.
    pub fn write_all(&mut self, bodies: &[Body], output: &mut Output) -> Result<Batch, Failure> {
        self.begin_writing(output)?;
        let batch = self.write_all_locked(bodies, output);
        self.end_writing()?;
        batch
    }

    fn write_all_locked(&mut self, bodies: &[Body], output: &mut Output) -> Result<Batch, Failure> {
        let key = self.usable_key(output)?;
        let chain = self.own_chain()?;
        self.store.begin()?;
        let rehearsed = self.rehearse(&chain, &key, bodies);
        self.store.rollback()?;
        let (refused, signed) = rehearsed?;
        let mut written: Vec<Written> = Vec::new();
        if refused.iter().all(Option::is_none) {
            if !self.dry_run {
                output.begin_writing();
                self.append(&chain, &signed)?;
            }
            for (_, event) in &signed {
                let (kind, subject) = (event.event.body.kind(), event.event.subject());
                written.push(Written { id: (!self.dry_run).then_some(event.id), kind, subject });
            }
        }
        Ok(Batch { refused, written })
    }

    /// In a transaction: drafts, signs and judges each after those before it that the law lets be.
    fn rehearse(
        &mut self,
        chain: &Chain,
        key: &DeviceKey,
        bodies: &[Body],
    ) -> Result<(Vec<Option<Refusal>>, Vec<SignedCommit>), Failure> {
        let (mut refused, mut signed) = (Vec::new(), Vec::new());
        let mut chain = chain.clone();
        for body in bodies {
            let (bytes, event) = self.sign_next(&chain, key, body.clone(), None)?;
            match self.store.judge(&event)? {
                Verdict::Valid(_) => {
                    let git = Journal::name(&bytes)?;
                    self.store.apply(&event, git)?;
                    chain.head = self.store.link(&event.id)?.map(|link| (link, git));
                    refused.push(None);
                    signed.push((bytes, event));
                }
                Verdict::Refused(refusal) => refused.push(Some(refusal)),
                Verdict::Waits(_) => {
                    return Err(Failure::could("a named event is missing").hint("`members sync`, then try again"));
                }
            }
        }
        Ok((refused, signed))
    }

    /// Objects, then the branch, then the store.
    fn append(&mut self, chain: &Chain, signed: &[SignedCommit]) -> Result<(), Failure> {
        let Some((_, last)) = signed.last() else { return Ok(()) };
        let mut names = Vec::new();
        for (bytes, _) in signed {
            names.push(self.journal()?.write(bytes)?);
        }
        let from = chain.head.as_ref().map(|(_, git)| *git);
        if let Some(tip) = names.last() {
            self.journal()?.advance(&last.event.device.to_string(), from, *tip)?;
        }
        self.store.begin()?;
        let folded =
            signed.iter().zip(names).try_for_each(|((_, event), git)| self.store.apply(event, git).map(|_| ()));
        match folded {
            Ok(()) => self.seal_written(),
            Err(error) => {
                self.store.rollback()?;
                Err(error.into())
            }
        }
    }
}
