//! Who gave to whom: what was received, added up by payer and payee.

use std::collections::BTreeMap;

use event::{Account, Unit};
use frame::{Failure, Session};
use store::Moved;

use crate::span::Span;

/// What one account gave to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// In smallest parts.
    pub minor: i64,
    /// Legs that were received.
    pub payments: u64,
}

/// By unit, payer and payee.
pub type Flows = BTreeMap<(Unit, Account, Account), Flow>;

/// Everything that was received in a span. What is in transit, or went back, is not part of it.
pub fn flows(session: &Session, span: Span) -> Result<Flows, Failure> {
    let mut flows = Flows::new();
    session.store.transfers(span.until, |transfer| {
        if transfer.moved == Moved::Received && span.holds(transfer.time) {
            let flow = flows.entry((transfer.unit, transfer.counterparty, transfer.account)).or_default();
            flow.minor = flow.minor.saturating_add(transfer.minor);
            flow.payments = flow.payments.saturating_add(1);
        }
        Ok::<(), Failure>(())
    })?;
    Ok(flows)
}
