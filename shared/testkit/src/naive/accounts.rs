//! What a change makes of a state: accounts of the community, and what may be spent of them.

use event::{Account, Change};

use super::changes::Way;
use super::law::{Law, must};
use super::state::State;

impl State {
    /// Opening, handing on, mandates.
    pub(super) fn manage(&mut self, law: &Law, change: &Change, way: Way) -> Option<()> {
        match change {
            Change::Open(open) => {
                let Account::Common(name) = &open.account else { return None };
                let alike = |other: &Account| matches!(other, Account::Common(o) if o.glance() == name.glance());
                must(!self.keepers.keys().any(alike))?;
                must(self.active(&open.keeper).is_some())?;
                self.keepers.insert(open.account.clone(), open.keeper.clone());
            }
            Change::Hand(hand) => {
                must(self.keepers.get(&hand.account) == Some(&hand.was) && hand.was != hand.keeper)?;
                must(self.active(&hand.keeper).is_some())?;
                // The word of the old keeper's present device: its motion, or its entry where it is the secretary's.
                let said = law.position(way.motion.unwrap_or(way.entry))?;
                must(said.device == self.members.get(&hand.was)?.device)?;
                self.keepers.insert(hand.account.clone(), hand.keeper.clone());
                self.handed.insert(hand.account.clone(), (said, way.entry));
            }
            Change::Mandate(mandate) => {
                must(self.keepers.contains_key(&mandate.account))?;
                must(mandate.to.as_ref().is_none_or(|to| self.keepers.contains_key(to)))?;
                must(self.units.get(&mandate.unit)?.base.lower.places() == mandate.amount.places())?;
                self.mandates.insert(way.entry, mandate.clone());
            }
            Change::MandateEnd { mandate } => must(self.mandates.remove(mandate).is_some())?,
            _ => return None,
        }
        Some(())
    }
}
