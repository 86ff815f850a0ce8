//! What a rules document says, as the model needs it: the only place that knows the shape of `rules::Charter`.

use std::collections::{BTreeMap, BTreeSet};

use event::{Bounds, Handle, KindOfMember, Name, ROLES, RoleName, Unit, UnitDef};
use rules::{Asset, Authority, Backing, Caps, Charter, Contribution};

use super::Channel;

/// A rules document.
pub struct Rulebook {
    /// The units that it defines.
    pub units: Vec<UnitDef>,
    /// Whether newcomers need an invitation.
    pub invited_only: bool,
    /// Base limits of one kind of members.
    pub bases: BTreeMap<(Unit, KindOfMember), Bounds>,
    /// How many votes each kind of member has that votes.
    pub voting: BTreeMap<KindOfMember, u32>,
    /// The roles besides steward, with those that every community has.
    pub roles: BTreeSet<RoleName>,
    /// What payments carry for the community.
    pub contribution: Option<Contribution>,
    /// What can be pledged and delivered.
    pub assets: BTreeMap<Name, Asset>,
    /// How far credit can be backed.
    pub backing: BTreeMap<Unit, Backing>,
    /// How much may be paid in a while, by unit.
    pub caps: BTreeMap<Unit, Caps>,
    /// The channels' tables.
    pub channels: BTreeMap<Handle, Channel>,
    /// What each change needs.
    pub authority: BTreeMap<String, Authority>,
}

impl Rulebook {
    /// `None` where the text is no such document.
    pub fn read(text: &str) -> Option<Rulebook> {
        let Charter {
            units,
            bases,
            voting,
            mut authority,
            roles,
            admission,
            contribution,
            assets,
            backing,
            caps,
            channels,
            ..
        } = Charter::read(text).ok()?;
        let every = ROLES.iter().filter_map(|name| name.parse().ok());
        let own = roles.keys().filter_map(|name| name.parse().ok());
        let names: BTreeSet<RoleName> = every.chain(own).collect();
        for (name, terms) in &roles {
            authority.insert(format!("role {name}"), terms.authority);
        }
        let invited_only = admission == rules::Admission::Invitation;
        let assets = assets.into_iter().filter_map(|(name, asset)| Some((name.parse().ok()?, asset))).collect();
        let of = |channel: rules::Channel| Channel {
            post: channel.post,
            moderate: channel.moderate,
            notice: channel.notice,
        };
        let channels = channels.into_iter().filter_map(|(name, channel)| Some((name.parse().ok()?, of(channel))));
        let channels = channels.collect();
        Some(Rulebook {
            channels,
            contribution,
            assets,
            backing,
            caps,
            units,
            invited_only,
            bases,
            voting,
            roles: names,
            authority,
        })
    }
}
