//! Opening balances: what books that were kept elsewhere add to those here (protocol, section 5).

use std::collections::BTreeMap;

use event::{MAX_MINOR, Opening, Openings, Unit};

use super::register::Register;
use super::{Settings, Way};
use crate::case::{Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Value};

/// Openings take from some what they give to others, in every unit.
pub(crate) fn balanced(openings: &[Opening]) -> bool {
    let mut sums: BTreeMap<&Unit, i64> = BTreeMap::new();
    for opening in openings {
        // At most 400 amounts below 2^53.
        let sum = sums.entry(&opening.unit).or_default();
        *sum = sum.saturating_add(opening.signed());
    }
    sums.values().all(|sum| *sum == 0)
}

impl<F: Facts> Register<'_, F> {
    /// Adds them to what the accounts brought along before; a file is taken over once.
    pub fn take_over(&self, new: &Openings, way: &Way<'_>) -> Rung<Settings, F::Error> {
        let mut set = Settings::new();
        if let Some(source) = new.source {
            if self.get(&Key::Source(source))?.is_some() {
                return refuse(Refusal::EnteredBefore);
            }
            set.push((Key::Source(source), Some(Value::Event(way.id))));
        }
        for opening in &new.openings {
            if self.unit_def(&opening.unit)?.base.lower.places() != opening.amount.places() {
                return refuse(Refusal::WrongPlaces);
            }
            let key = Key::Carried(opening.account.clone(), opening.unit.clone());
            let before = match self.get(&key)? {
                Some(Value::Minor(minor)) => minor,
                _ => 0,
            };
            let after = before.saturating_add(opening.signed());
            if after.saturating_abs() > MAX_MINOR {
                return refuse(Refusal::BeyondUpper);
            }
            set.push((key, Some(Value::Minor(after))));
        }
        match balanced(&new.openings) {
            true => Ok(set),
            false => refuse(Refusal::BadOpenings),
        }
    }
}
