//! A document as plain keys and values, with what it leaves out: to compare two, and to show one to programs.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::authority::word;
use super::{Charter, Counterparty};
use event::Bounds;

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    /// A text, as the document spells it.
    Text(String),
    /// `true` or `false`.
    Truth(bool),
    /// Several, in the order of the alphabet.
    List(Vec<String>),
}

/// Collects settings below a path.
struct Settings(BTreeMap<String, Setting>);

impl Settings {
    fn text(&mut self, path: impl Into<String>, value: impl Display) {
        self.0.insert(path.into(), Setting::Text(value.to_string()));
    }

    fn maybe(&mut self, path: impl Into<String>, value: Option<impl Display>) {
        if let Some(value) = value {
            self.text(path, value);
        }
    }

    fn truth(&mut self, path: impl Into<String>, value: bool) {
        self.0.insert(path.into(), Setting::Truth(value));
    }

    fn list(&mut self, path: impl Into<String>, values: impl IntoIterator<Item = impl Display>) {
        self.0.insert(path.into(), Setting::List(values.into_iter().map(|value| value.to_string()).collect()));
    }

    fn bounds(&mut self, path: &str, bounds: Bounds) {
        self.text(format!("{path}.lower"), bounds.lower);
        match bounds.upper {
            Some(upper) => self.text(format!("{path}.upper"), upper),
            None => self.text(format!("{path}.upper"), "none"),
        }
    }
}

impl Charter {
    /// Every key that has a value, given or by default, with the tables that it stands in: `units.hours.lower`.
    /// No part of such a path holds a dot.
    pub fn settings(&self) -> BTreeMap<String, Setting> {
        let mut all = Settings(BTreeMap::new());
        all.maybe("name", self.name.as_ref());
        for def in &self.units {
            let path = format!("units.{}", def.unit);
            all.text(format!("{path}.title"), &def.title);
            all.bounds(&path, def.base);
        }
        for ((unit, kind), bounds) in &self.bases {
            all.bounds(&format!("units.{unit}.{kind}"), *bounds);
        }
        for (change, authority) in &self.authority {
            all.text(format!("authority.{change}"), authority);
        }
        for (name, role) in &self.roles {
            all.maybe(format!("roles.{name}.title"), role.title.as_ref());
            all.text(format!("roles.{name}.authority"), role.authority);
        }
        all.text("membership.admission", self.admission);
        all.list("membership.voting", self.voting.keys());
        for (kind, votes) in self.voting.iter().filter(|(_, votes)| **votes != 1) {
            all.text(format!("membership.votes.{kind}"), votes);
        }
        for (name, channel) in &self.channels {
            all.maybe(format!("channels.{name}.title"), channel.title.as_ref());
            all.list(format!("channels.{name}.post"), &channel.post);
            all.list(format!("channels.{name}.moderate"), &channel.moderate);
            all.truth(format!("channels.{name}.public"), channel.public);
            all.truth(format!("channels.{name}.notice"), channel.notice);
        }
        for (what, period) in &self.notice {
            all.text(format!("notice.{what}"), period);
        }
        self.money(&mut all);
        all.maybe("assessors.term", self.assessor_term);
        all.maybe("polls.closes", self.polls.closes);
        all.maybe("polls.quorum", self.polls.quorum);
        all.maybe("polls.threshold", self.polls.threshold.map(word));
        all.list("polls.reasons", &self.polls.reasons);
        all.text("display.balances", self.balances);
        all.0
    }

    fn money(&self, all: &mut Settings) {
        if let Some(contribution) = &self.contribution {
            all.text("contribution.share", contribution.share);
            all.text("contribution.to", &contribution.to);
            if !contribution.units.is_empty() {
                all.list("contribution.units", &contribution.units);
            }
        }
        for (name, asset) in &self.assets {
            let path = format!("assets.{name}");
            all.text(format!("{path}.title"), &asset.title);
            all.text(format!("{path}.quantity"), &asset.quantity);
            all.text(format!("{path}.price"), asset.price);
            all.text(format!("{path}.unit"), &asset.unit);
            all.text(format!("{path}.advance"), asset.advance);
            all.maybe(format!("{path}.valid"), asset.valid);
        }
        for (unit, backing) in &self.backing {
            let path = format!("backing.{unit}");
            all.text(format!("{path}.cap"), backing.cap);
            all.maybe(format!("{path}.factor"), backing.factor);
            all.maybe(format!("{path}.window"), backing.window);
            all.maybe(
                format!("{path}.counterparty"),
                backing.counterparty.map(|most| match most {
                    Counterparty::Share(share) => share.to_string(),
                    Counterparty::Amount(amount) => amount.to_string(),
                }),
            );
        }
        for (unit, caps) in &self.caps {
            for (span, _, most) in caps.bounds() {
                all.text(format!("caps.{unit}.{span}"), most);
            }
        }
    }
}
