//! What a change makes of a state: accounts of the community, and what may be spent of them.

use std::collections::BTreeMap;

use event::{Account, Change, MAX_MINOR, Openings, Unit};

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
            Change::Openings(openings) => self.bring(openings)?,
            _ => return None,
        }
        Some(())
    }

    /// Other books are added to these: a file of them once, whole units, and nobody's gain without another's loss.
    fn bring(&mut self, openings: &Openings) -> Option<()> {
        must(openings.source.is_none_or(|source| self.sources.insert(source)))?;
        let mut sums: BTreeMap<&Unit, i128> = BTreeMap::new();
        for opening in &openings.openings {
            must(self.units.get(&opening.unit)?.base.lower.places() == opening.amount.places())?;
            let more = i128::from(opening.amount.minor()) * if opening.owes { -1 } else { 1 };
            let now = self.carried.entry((opening.account.clone(), opening.unit.clone())).or_default();
            *now += more;
            must(now.abs() <= i128::from(MAX_MINOR))?;
            *sums.entry(&opening.unit).or_default() += more;
        }
        must(sums.values().all(|sum| *sum == 0))
    }
}
