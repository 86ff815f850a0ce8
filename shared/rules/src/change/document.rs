//! The rules document as values of the register: at the founding, and when a motion replaces it.

use std::collections::BTreeSet;

use event::{EventId, KindOfMember, ROLES, RoleName, Unit};

use super::register::Register;
use super::{Settings, Way};
use crate::case::{Rung, refuse};
use crate::charter::{Admission, Charter};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{ChannelTerms, Key, Value};

/// A document, and the one that it replaces.
pub(crate) struct Document<'a> {
    pub new: &'a Charter,
    pub old: Option<&'a Charter>,
    /// The event whose text it is.
    pub event: EventId,
}

/// What a document sets. What only the old one had ends, but units, which stay for ever.
pub(crate) fn document(document: &Document<'_>, entry: &EventId) -> Settings {
    let Document { new, old, event } = document;
    let mut set = vec![(Key::Rules, Some(Value::Event(*event)))];
    // The genesis says the name itself.
    if let (Some(name), Some(_)) = (&new.name, old) {
        set.push((Key::Community, Some(Value::Name(name.clone()))));
    }
    for unit in &new.units {
        set.push((Key::Unit(unit.unit.clone()), Some(Value::Unit(unit.clone()))));
    }
    for (change, authority) in &new.authority {
        set.push((Key::Authority(change.clone()), Some(Value::Authority(*authority))));
    }
    for kind in KindOfMember::ALL {
        set.push((Key::Votes(kind), new.voting.get(&kind).copied().map(Value::Count)));
    }
    let invited_only = new.admission == Admission::Invitation;
    set.push((Key::InvitedOnly, invited_only.then_some(Value::Count(1))));
    let both = old.iter().flat_map(|old| old.bases.keys()).chain(new.bases.keys());
    let both: BTreeSet<&(Unit, KindOfMember)> = both.collect();
    for (unit, kind) in both {
        let bounds = new.bases.get(&(unit.clone(), *kind)).copied();
        set.push((Key::Base(unit.clone(), *kind), bounds.map(Value::Bounds)));
    }
    set.extend(roles(document, entry));
    set.extend(channels(document));
    set.push((Key::Contribution, new.contribution.clone().map(Value::Contribution)));
    set.extend(backing(document));
    set
}

/// What backs credit and what caps it, so that a payment need not read the document.
fn backing(document: &Document<'_>) -> Settings {
    let Document { new, old, .. } = document;
    let mut set = Settings::new();
    let assets = old.iter().flat_map(|old| old.assets.keys()).chain(new.assets.keys());
    for name in assets.collect::<BTreeSet<_>>() {
        let Ok(key) = name.parse().map(Key::Asset) else { continue };
        set.push((key, new.assets.get(name).map(|asset| Value::Asset(asset.terms()))));
    }
    let units = old.iter().flat_map(|old| old.backing.keys()).chain(new.backing.keys());
    for unit in units.collect::<BTreeSet<_>>() {
        set.push((Key::Backing(unit.clone()), new.backing.get(unit).copied().map(Value::Backing)));
    }
    let capped = old.iter().flat_map(|old| old.caps.keys()).chain(new.caps.keys());
    for unit in capped.collect::<BTreeSet<_>>() {
        set.push((Key::Caps(unit.clone()), new.caps.get(unit).copied().map(Value::Caps)));
    }
    set
}

/// A role is the same as long as documents have it without a break; what comes back later has no holders.
fn roles(document: &Document<'_>, entry: &EventId) -> Settings {
    let of = |charter: &Charter| -> BTreeSet<String> {
        charter.roles.keys().cloned().chain(ROLES.map(str::to_owned)).collect()
    };
    let now = of(document.new);
    let before = document.old.map(of).unwrap_or_default();
    let mut set = Settings::new();
    for name in now.union(&before) {
        let Ok(role) = name.parse::<RoleName>() else { continue };
        let authority = document.new.roles.get(name).map(|terms| Value::Authority(terms.authority));
        set.push((Key::Authority(format!("role {name}")), authority));
        match (before.contains(name), now.contains(name)) {
            (true, false) => set.push((Key::Role(role), None)),
            (false, true) => set.push((Key::Role(role), Some(Value::Event(*entry)))),
            _ => {}
        }
    }
    set
}

/// A channel whose table is gone is again one for all members.
fn channels(document: &Document<'_>) -> Settings {
    let both = document.old.iter().flat_map(|old| old.channels.keys()).chain(document.new.channels.keys());
    let both: BTreeSet<&String> = both.collect();
    let terms = |name: &String| {
        document.new.channels.get(name).map(|channel| {
            Value::Channel(ChannelTerms {
                post: channel.post.iter().cloned().collect(),
                moderate: channel.moderate.iter().cloned().collect(),
                notice: channel.notice,
            })
        })
    };
    both.into_iter().filter_map(|name| Some((Key::Channel(name.parse().ok()?), terms(name)))).collect()
}

impl<F: Facts> Register<'_, F> {
    pub fn rules(&self, was: &EventId, way: &Way<'_>) -> Rung<Settings, F::Error> {
        if self.get(&Key::Rules)? != Some(Value::Event(*was)) {
            return refuse(Refusal::MovedOn);
        }
        let Ok(new) = Charter::read(way.text.unwrap_or_default()) else { return refuse(Refusal::BadCharter) };
        let old = self.facts.text(was)?.unwrap_or_default();
        let Ok(old) = Charter::read(&old) else { return refuse(Refusal::BadCharter) };
        for unit in &new.units {
            if let Some(Value::Unit(known)) = self.get(&Key::Unit(unit.unit.clone()))?
                && known.base.lower.places() != unit.base.lower.places()
            {
                return refuse(Refusal::WrongPlaces);
            }
        }
        for ((unit, _), bounds) in &new.bases {
            let def = new.units.iter().find(|def| def.unit == *unit).cloned();
            let def = def.map_or_else(|| self.unit_def(unit), Ok)?;
            if bounds.lower.places() != def.base.lower.places() {
                return refuse(Refusal::WrongPlaces);
            }
        }
        Ok(document(&Document { new: &new, old: Some(&old), event: way.own.id }, &way.id))
    }
}
