//! What the settled register says: members, units, accounts, open motions.

use std::collections::BTreeSet;

use event::{Account, Body, Device, EventId, Handle, UnitDef};
use rules::{Charter, Facts, Key, Value};
use rusqlite::{OptionalExtension, params};

use crate::cache::id;
use crate::query::{MemberRow, MotionRow};
use crate::{Error, Store};

impl Store {
    /// Members by the settled register, in the order of their admission.
    pub fn members(&self) -> Result<Vec<MemberRow>, Error> {
        let at = self.register()?;
        let stewards = self.stewards(&at)?.map(|s| s.handles).unwrap_or_default();
        let secretary = self.fact(&at, &Key::Secretary)?;
        let mut members = Vec::new();
        for (key, entry) in self.keys(&at, "member ")? {
            let handle: Handle = key.parse()?;
            let Some(Value::Member(member)) = self.fact(&at, &Key::Member(handle.clone()))? else { continue };
            let since = self.link(&entry)?.ok_or(Error::Missing("an entry"))?.time;
            members.push(MemberRow {
                steward: stewards.contains(&handle),
                secretary: secretary == Some(Value::Device(member.device)),
                seen: self.head(&member.device)?.map(|(link, _)| link.time),
                handle,
                device: member.device,
                confirmed: member.confirmed,
                standing: member.standing,
                kind: member.kind,
                since,
                entry,
            });
        }
        Ok(members)
    }

    /// Whether some entry that is held, settled or not, admits the device.
    pub fn admits(&self, device: &Device) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM fact WHERE key = ?")?;
        Ok(query.exists([Key::Device(*device).to_string()])?)
    }

    /// Units of account by the settled register, by code, each with the entry that defined it last.
    pub fn units(&self) -> Result<Vec<(UnitDef, EventId)>, Error> {
        let at = self.register()?;
        let mut units = Vec::new();
        for (key, entry) in self.keys(&at, "unit ")? {
            if let Some(Value::Unit(def)) = self.fact(&at, &Key::Unit(key.parse()?))? {
                units.push((def, entry));
            }
        }
        units.sort_by(|a, b| a.0.unit.cmp(&b.0.unit));
        Ok(units)
    }

    /// The event whose text is the rules document in force: the genesis, or a motion.
    pub fn rules_event(&self) -> Result<Option<EventId>, Error> {
        Ok(match self.fact(&self.register()?, &Key::Rules)? {
            Some(Value::Event(event)) => Some(event),
            _ => None,
        })
    }

    /// The entry that gave a key the value that it has in the settled register.
    pub fn entry_of(&self, key: &Key) -> Result<Option<EventId>, Error> {
        let Some(place) = self.place(&self.register()?)? else { return Ok(None) };
        let mut query = self.db.prepare_cached(
            "SELECT entry.id, fact.value IS NULL FROM fact
             JOIN entry ON entry.branch = fact.branch AND entry.height = fact.height
             WHERE fact.key = ? AND fact.branch = ? AND fact.height <= ? ORDER BY fact.height DESC LIMIT 1",
        )?;
        for (branch, height) in self.trunk(place)? {
            let found = query.query_row(params![key.to_string(), branch, height], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, bool>(1)?))
            });
            if let Some((entry, ended)) = found.optional()? {
                return if ended { Ok(None) } else { Ok(Some(id(entry)?)) };
            }
        }
        Ok(None)
    }

    /// The rules document in force.
    pub fn charter(&self) -> Result<Option<Charter>, Error> {
        let Some(event) = self.rules_event()? else { return Ok(None) };
        Ok(self.text(&event)?.and_then(|text| Charter::read(&text).ok()))
    }

    /// Accounts that have or had a keeper by the settled register, or were taken over from a community before.
    pub fn account_names(&self) -> Result<Vec<Account>, Error> {
        let at = self.register()?;
        let mut names = Vec::new();
        for (key, _) in self.keys(&at, "keeper ")? {
            names.push(key.parse()?);
        }
        for (key, _) in self.keys(&at, "carried ")? {
            names.push(key.split(' ').next().unwrap_or_default().parse()?);
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    /// The accounts that a member keeps as of a register entry.
    pub fn accounts_of(&self, at: &EventId, keeper: &Handle) -> Result<Vec<Account>, Error> {
        let Some(place) = self.place(at)? else { return Ok(Vec::new()) };
        let keeper = Value::Handle(keeper.clone());
        let mut query = self.db.prepare_cached(
            "SELECT DISTINCT key FROM fact
             WHERE key >= 'keeper ' AND key < 'keeper!' AND branch = ? AND height <= ? AND value = ?",
        )?;
        let mut names = BTreeSet::new();
        for (branch, height) in self.trunk(place)? {
            let rows = query.query_map(params![branch, height, keeper.to_string()], |row| row.get::<_, String>(0))?;
            for key in rows {
                names.insert(key?.trim_start_matches("keeper ").parse::<Account>()?);
            }
        }
        let mut kept = Vec::new();
        for account in names {
            // Another one may keep it since.
            if self.fact(at, &Key::Keeper(account.clone()))?.as_ref() == Some(&keeper) {
                kept.push(account);
            }
        }
        Ok(kept)
    }

    /// Keys of the register with a prefix, with the first entry that set each.
    pub(super) fn keys(&self, at: &EventId, prefix: &str) -> Result<Vec<(String, EventId)>, Error> {
        let Some(place) = self.place(at)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (branch, height) in self.trunk(place)? {
            let mut query = self.db.prepare_cached(
                "SELECT fact.key, min(fact.height), entry.id FROM fact
                 JOIN entry ON entry.branch = fact.branch AND entry.height = fact.height
                 WHERE fact.key >= ?1 AND fact.key < ?2 AND fact.branch = ?3 AND fact.height <= ?4 GROUP BY fact.key",
            )?;
            // Keys are ASCII or letters below U+FFFF.
            let end = format!("{prefix}\u{ffff}");
            let rows = query.query_map(params![prefix, end, branch, height], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
            })?;
            for row in rows {
                let (key, height, entry) = row?;
                found.push((height, key[prefix.len()..].to_owned(), id(entry)?));
            }
        }
        found.sort();
        let mut seen = BTreeSet::new();
        found.retain(|(_, key, _)| seen.insert(key.clone()));
        Ok(found.into_iter().map(|(_, key, entry)| (key, entry)).collect())
    }

    /// Motions that the settled register has not entered, with approvals by stewards in force.
    pub fn motions(&self) -> Result<Vec<MotionRow>, Error> {
        let at = self.register()?;
        let set = self.set(&at)?;
        let stewards = self.stewards(&at)?.map(|s| s.handles).unwrap_or_default();
        let mut motions = Vec::new();
        for event in self.moved()? {
            let Body::Motion(motion) = event.body else { continue };
            if self.closed_by(&event.link.id)?.is_some() {
                continue;
            }
            let closes = rules::closing(self, &at, &motion.change)?;
            let mut query = self.db.prepare_cached("SELECT id FROM approval WHERE motion = ? ORDER BY id")?;
            let ids = query.query_map([&event.link.id.0[..]], |row| row.get(0))?;
            let mut approvals: Vec<(Handle, EventId)> = Vec::new();
            for approval in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
                let approval = id(approval)?;
                let Some(link) = self.link(&approval)? else { continue };
                // Of what ends this set, only approvals given under it count.
                if closes && self.set(&link.register)? != set {
                    continue;
                }
                let Some(by) = rules::member_of(self, &at, &link.device)? else { continue };
                if stewards.contains(&by) && !approvals.iter().any(|(h, _)| *h == by) {
                    approvals.push((by, approval));
                }
            }
            motions.push(MotionRow {
                id: event.link.id,
                author: event.author,
                time: event.link.time,
                change: motion.change,
                approvals,
            });
        }
        Ok(motions)
    }

    /// The entry after which this device would enter the next one: the newest on its own chain, settled or not; or
    /// the newest settled one, by which another handed the office on.
    pub fn last_entry_of(&self, device: &Device) -> Result<Option<EventId>, Error> {
        let Some((head, _)) = self.head(device)? else { return Ok(None) };
        let newest = self.register()?;
        Ok(match self.last_entry(&head)? {
            Some(own) if self.descends(&own, &newest)? => Some(own),
            _ => Some(newest),
        })
    }
}
