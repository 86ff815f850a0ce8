//! The rules document: what a community has agreed about itself, TOML, typed and checked.
//!
//! It is the text of the genesis and of each motion that changes the rules. Reading is a pure function of the text:
//! no document, however hostile, makes it panic or hang, and every mistake is told with line, column and key. Each
//! table has a room of its own below; `rules(7)` tells them to people.

mod authority;
mod backing;
mod caps;
mod channels;
mod contribution;
mod display;
mod membership;
mod nearest;
mod notice;
mod period;
mod polls;
mod problem;
mod reader;
mod roles;
mod settings;
mod share;
mod units;

use std::collections::BTreeMap;

use event::{Bounds, KindOfMember, Line, Unit, UnitDef};

pub use authority::{Authority, CHANGES};
pub use backing::{Asset, AssetTerms, Backing, Counterparty};
pub use caps::Caps;
pub use channels::{Channel, Poster};
pub use contribution::Contribution;
pub use display::Sight;
pub use membership::Admission;
pub use period::Period;
pub use polls::PollTerms;
pub use problem::{BadCharter, Problem};
pub use roles::RoleTerms;
pub use settings::Setting;
pub use share::share;

use reader::Reading;

/// The longest document, in bytes: what the text of an event holds.
pub const MAX_DOCUMENT: usize = 32 * 1024;

/// The most units, roles, channels, assets and notice periods, of each.
const MAX_NAMED: usize = 64;

/// The tables and keys at the top of a document.
const TOP: &[&str] = &[
    "name",
    "units",
    "authority",
    "roles",
    "membership",
    "channels",
    "notice",
    "contribution",
    "assets",
    "backing",
    "assessors",
    "polls",
    "caps",
    "display",
];

/// A rules document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// The community's name, where the document says it.
    pub name: Option<Line>,
    /// The units of account, by code.
    pub units: Vec<UnitDef>,
    /// Base limits of a kind of member, where they are not the unit's own.
    pub bases: BTreeMap<(Unit, KindOfMember), Bounds>,
    /// What each kind of change needs; every name in [`CHANGES`] is there.
    pub authority: BTreeMap<String, Authority>,
    /// The roles besides steward and secretary, by name; `assessor`, `teller` and `treasurer` are always there.
    pub roles: BTreeMap<String, RoleTerms>,
    /// How newcomers ask.
    pub admission: Admission,
    /// How many votes a member has, by kind; no vote where the kind is left out.
    pub voting: BTreeMap<KindOfMember, u32>,
    /// The channels for posts, by name; where there is none, every name is a channel for all members.
    pub channels: BTreeMap<String, Channel>,
    /// Notice periods: of a general meeting under `meeting`, of a change under its name.
    pub notice: BTreeMap<String, Period>,
    /// The share of each payment that goes to the community.
    pub contribution: Option<Contribution>,
    /// What backs credit, by name.
    pub assets: BTreeMap<String, Asset>,
    /// The terms of asset-backed limits, by unit.
    pub backing: BTreeMap<Unit, Backing>,
    /// How long an assessor serves.
    pub assessor_term: Option<Period>,
    /// What a poll has where its opener says nothing else.
    pub polls: PollTerms,
    /// How much a member may pay within a span of time, by unit.
    pub caps: BTreeMap<Unit, Caps>,
    /// To whom the tools show a member's balance and movements.
    pub balances: Sight,
}

impl Charter {
    /// Reads and checks a document.
    ///
    /// # Errors
    /// Every mistake that was found, in the order of the text, at most 20.
    pub fn read(text: &str) -> Result<Self, BadCharter> {
        Reading::of(text, |root| {
            let top = root.table(TOP)?;
            let units = units::read(top.get("units"));
            let authority = authority::read(top.get("authority"));
            let roles = roles::read(top.get("roles"), &authority);
            let (admission, voting) = membership::read(top.get("membership"));
            let assets = backing::assets(top.get("assets"), &units, top.get("backing"));
            Some(Charter {
                name: top.get("name").and_then(|field| field.parse()),
                channels: channels::read(top.get("channels"), &roles),
                notice: notice::read(top.get("notice")),
                contribution: contribution::read(top.get("contribution"), &units),
                backing: backing::read(top.get("backing"), &units),
                assessor_term: roles::term(top.get("assessors")),
                polls: polls::read(top.get("polls")),
                caps: caps::read(top.get("caps"), &units),
                balances: display::balances(top.get("display")),
                units: units.defs,
                bases: units.bases,
                authority,
                roles,
                admission,
                voting,
                assets,
            })
        })
    }
}
