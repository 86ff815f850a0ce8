//! Using what assessors attest: as soon as an attestation of an own pledge has settled, the own account is backed by
//! it, without being told, like a receipt.

use event::{Account, Back, Body, EventId, MAX_BACKING, UnitDef};
use rules::Limit;

use crate::failure::Failure;
use crate::output::{Output, short};
use crate::session::{Session, now};
use crate::write::Written;

impl Session {
    /// How far an account may go now, as far as the books of its keeper are held, and why.
    pub fn limit(&self, account: &Account, def: &UnitDef) -> Result<Limit, Failure> {
        Ok(self.store.limit(account, def, now())?)
    }

    /// Writes that the own account uses the attestations that it can.
    pub(crate) fn back_locked(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let (Some(me), Some(device)) = (self.me()?, self.device()?) else { return Ok(Vec::new()) };
        let Some((head, _)) = self.store.head(&device)? else { return Ok(Vec::new()) };
        let account = Account::Member(me);
        let fitting = self.store.to_back(&account, &head, now())?;
        let mut written = Vec::new();
        for some in fitting.chunks(MAX_BACKING) {
            written.extend(self.back_some(&account, some, output)?);
        }
        Ok(written)
    }

    /// One event for all; where the law refuses that, one for each that it lets be.
    fn back_some(
        &mut self,
        account: &Account,
        attestations: &[EventId],
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        let back = |attestations: &[EventId]| {
            Body::Back(Back { account: account.clone(), attestations: attestations.to_vec() })
        };
        match self.write_locked(back(attestations), None, output) {
            Ok(written) => return Ok(vec![written]),
            Err(failure) if failure.code() != 1 => return Err(failure),
            Err(_) => {}
        }
        let mut written = Vec::new();
        for attestation in attestations {
            match self.write_locked(back(&[*attestation]), None, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("attestation {} not used: {}", short(attestation), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }
}
