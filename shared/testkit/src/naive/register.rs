//! Entries: who may make them, and the state that they lead to.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, Change, Entry, Event, EventId, Handle, Route};
use rules::Charter;

use super::law::{Law, must};
use super::state::{Member, State};

impl Law {
    /// The state that an entry or the genesis leads to; `None` where it may not be made.
    pub(super) fn enter(&self, id: EventId) -> Option<State> {
        let event = self.event(id)?;
        match &event.body {
            Body::Found(_) => found(id, event),
            Body::Entry(entry) => self.enter_after(id, event, entry),
            _ => None,
        }
    }

    fn enter_after(&self, id: EventId, event: &Event, entry: &Entry) -> Option<State> {
        let last = self.before(event).into_iter().find(|x| self.is_entry(*x));
        must(last == Some(entry.after))?;
        let before = self.state(entry.after)?;
        must(before.secretary == event.device)?;
        let change = self.change(id)?;
        let approvals = match &entry.route {
            Route::Inline(change) => {
                // Motion, approval and entry at once: what is asked of an approval is asked of it.
                must(self.may_cut(event, change))?;
                before.steward(event.device).into_iter().cloned().collect()
            }
            Route::Moved { motion, approvals } => self.approvers(&before, *motion, approvals)?,
        };
        must(approvals.len() >= before.needed(change))?;
        let mut next = before.apply(self, id, change, approvals.len())?;
        if let Route::Moved { motion, .. } = &entry.route {
            must(next.entered.insert(*motion))?;
        }
        Some(next)
    }

    /// The members who approve, all different and stewards in force before the entry. Of a change of stewards, all
    /// must have approved as stewards of the very set that it ends.
    fn approvers(&self, before: &State, motion: EventId, approvals: &[EventId]) -> Option<BTreeSet<Handle>> {
        let mut stewards = BTreeSet::new();
        for id in approvals {
            let event = self.event(*id)?;
            let Body::Approve(approve) = &event.body else { return None };
            must(approve.motion == motion)?;
            let ends = matches!(self.moved(motion)?, Change::Role { .. });
            must(!ends || self.under(*id)?.set == before.set)?;
            must(stewards.insert(before.steward(event.device)?.clone()))?;
        }
        Some(stewards)
    }
}

fn found(id: EventId, event: &Event) -> Option<State> {
    let charter = Charter::read(event.text.as_ref()?.as_str()).ok()?;
    let founder = Member { device: event.device, confirmed: true, steward: true };
    let keepers = [Account::Member(event.author.clone()), Account::commons()];
    Some(State {
        path: vec![id],
        set: id,
        secretary: event.device,
        members: BTreeMap::from([(event.author.clone(), founder)]),
        keepers: keepers.into_iter().map(|account| (account, event.device)).collect(),
        units: charter.units.into_iter().map(|def| (def.unit.clone(), def)).collect(),
        limits: BTreeMap::new(),
        authority: charter.authority,
        cuts: BTreeMap::new(),
        entered: BTreeSet::new(),
    })
}
