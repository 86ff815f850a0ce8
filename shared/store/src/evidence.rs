//! Which acknowledgements an event must name so that its verdict sees what it relies on as settled.

use std::collections::BTreeMap;

use event::{Device, EventId};
use rules::{Facts, Key, Link, Value, quorum};
use rusqlite::OptionalExtension;

use crate::cache::{Reach, id};
use crate::{Error, Store};

/// What to name, and what it settles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Events of other chains, to stand in `Dep:` lines.
    pub deps: Vec<EventId>,
    /// The targets that these, with the author's own chain, settle.
    pub covered: Vec<EventId>,
}

/// The chosen witnesses: the furthest event of each steward's line.
type Chosen = BTreeMap<i64, (u64, EventId)>;

impl Store {
    /// Witnesses on other chains than `own`, at most `room`, for as many of the targets as they settle.
    pub fn evidence(&self, own: &Device, targets: &[EventId], room: usize) -> Result<Evidence, Error> {
        let mut chosen = Chosen::new();
        let mut covered = Vec::new();
        for target in targets {
            let Some(link) = self.link(target)? else { continue };
            if self.cut_over(&link)? {
                // The register says so; the chain must know it, which it does with this event.
                covered.push(*target);
                continue;
            }
            let mut more = chosen.clone();
            if self.add_quorum(own, &link, &mut more)? && more.len() <= room {
                chosen = more;
                covered.push(*target);
            }
        }
        let mut deps: Vec<EventId> = chosen.values().map(|(_, event)| *event).collect();
        deps.sort_unstable();
        deps.dedup();
        Ok(Evidence { deps, covered })
    }

    fn add_quorum(&self, own: &Device, target: &Link, chosen: &mut Chosen) -> Result<bool, Error> {
        let entry = self.entry_terms(&target.id)?;
        let of_term = match &entry {
            Some(_) => Some(rules::term(self, &target.id)?),
            None => None,
        };
        let sets = match &entry {
            Some((set, _)) => vec![*set],
            None => self.sets_of(target.line)?,
        };
        for set in sets {
            let Some(stewards) = self.stewards(&set)? else { continue };
            let needed = quorum(stewards.handles.len());
            let mut wanted: Vec<Reach> = Vec::new();
            let mut have = 0;
            for (handle, reach) in self.reaches(target.line, &set, of_term)? {
                let inline = matches!(&entry, Some((_, Some(by))) if *by == handle.as_str());
                if inline || reach.at < target.seq {
                    continue;
                }
                match self.stands(own, chosen, &reach)? {
                    true => have += 1,
                    false => wanted.push(reach),
                }
            }
            if matches!(&entry, Some((_, Some(_)))) {
                have += 1;
            }
            wanted.sort_unstable_by_key(|reach| (reach.witness_line, reach.witness_seq));
            let missing = needed.saturating_sub(have);
            if wanted.len() < missing {
                continue;
            }
            for reach in wanted.into_iter().take(missing) {
                let place = chosen.entry(reach.witness_line).or_insert((reach.witness_seq, reach.witness));
                if place.0 < reach.witness_seq {
                    *place = (reach.witness_seq, reach.witness);
                }
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether a reach needs no further witness: the own chain says it, or a chosen event does.
    fn stands(&self, own: &Device, chosen: &Chosen, reach: &Reach) -> Result<bool, Error> {
        if self.line(reach.witness_line)?.device == *own {
            return Ok(true);
        }
        Ok(chosen.get(&reach.witness_line).is_some_and(|(at, _)| *at >= reach.witness_seq))
    }

    /// The set that settles an entry, and who entered it inline.
    fn entry_terms(&self, entry: &EventId) -> Result<Option<(EventId, Option<String>)>, Error> {
        let mut query = self.db.prepare_cached("SELECT settled_by, inline_by FROM entry WHERE id = ?")?;
        let found = query.query_row([&entry.0[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(set, by)| Ok((id(set)?, by))).transpose()
    }

    fn sets_of(&self, line: i64) -> Result<Vec<EventId>, Error> {
        let mut sets: Vec<EventId> =
            self.cache.borrow().reaches.keys().filter(|(n, _)| *n == line).map(|(_, set)| *set).collect();
        let mut query = self.db.prepare_cached("SELECT DISTINCT stewards FROM reach WHERE line = ?")?;
        for set in query.query_map([line], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()? {
            sets.push(id(set)?);
        }
        sets.sort_unstable();
        sets.dedup();
        // Only what the settled register knows will still count tomorrow.
        let mut known = Vec::new();
        for set in sets {
            if self.on_register(&set)? {
                known.push(set);
            }
        }
        Ok(known)
    }

    /// Whether a cut of the settled register covers the event.
    fn cut_over(&self, target: &Link) -> Result<bool, Error> {
        let Some(Value::Position(cut)) = self.fact(&self.register()?, &Key::Cut(target.device))? else {
            return Ok(false);
        };
        match self.link(&cut.id)? {
            Some(cut) => self.precedes(target, &cut),
            None => Ok(false),
        }
    }
}
