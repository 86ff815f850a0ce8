//! Offices: who holds which role since when, who consents to a succession, where a chain would be cut.

use event::{Body, Device, EventId, Handle, Position, Role, RoleName};
use rules::{Facts, Key, Value};
use rusqlite::params;

use crate::cache::{id, seq};
use crate::query::{Consent, RoleRow};
use crate::{Error, Store};

impl Store {
    /// Every role that there is by the settled register, each with who holds it; without a holder once.
    pub fn roles(&self) -> Result<Vec<RoleRow>, Error> {
        let at = self.register()?;
        let mut rows = Vec::new();
        for handle in self.stewards(&at)?.map(|set| set.handles).unwrap_or_default() {
            let among =
                |value: &Option<Value>| matches!(value, Some(Value::Stewards(s)) if s.handles.contains(&handle));
            let since = self.since(&at, &Key::Stewards, among)?;
            rows.push(RoleRow { role: Role::Steward, holder: Some(handle.clone()), since });
        }
        let holding = self.keys(&at, "holds ")?;
        for (name, _) in self.keys(&at, "role ")? {
            let role: RoleName = name.parse()?;
            if self.fact(&at, &Key::Role(role.clone()))?.is_none() {
                continue;
            }
            let before = rows.len();
            for (held, _) in &holding {
                let Some((held, handle)) = held.split_once(' ').filter(|(held, _)| *held == role.as_str()) else {
                    continue;
                };
                let handle: Handle = handle.parse()?;
                if rules::holds(self, &at, &handle, &role)? {
                    let key = Key::Holds(held.parse()?, handle.clone());
                    let since = self.since(&at, &key, Option::is_some)?;
                    rows.push(RoleRow { role: Role::Other(role.clone()), holder: Some(handle), since });
                }
            }
            if rows.len() == before {
                rows.push(RoleRow { role: Role::Other(role), holder: None, since: None });
            }
        }
        rows.sort_by(|a, b| a.role.cmp(&b.role));
        Ok(rows)
    }

    /// The device that keeps the register, and the entry with which it came to.
    pub fn secretary_since(&self) -> Result<Option<(Device, EventId)>, Error> {
        let at = self.register()?;
        let Some(Value::Device(device)) = self.fact(&at, &Key::Secretary)? else { return Ok(None) };
        let since = self.since(&at, &Key::Secretary, |value| *value == Some(Value::Device(device)))?;
        Ok(since.map(|entry| (device, entry)))
    }

    /// The entry since which a value of the register has been as `fits` wants it, without a break.
    pub(super) fn since(
        &self,
        at: &EventId,
        key: &Key,
        fits: impl Fn(&Option<Value>) -> bool,
    ) -> Result<Option<EventId>, Error> {
        let Some(place) = self.place(at)? else { return Ok(None) };
        let mut changes = Vec::new();
        for (branch, height) in self.trunk(place)? {
            let mut query = self.db.prepare_cached(
                "SELECT fact.height, entry.id, fact.value FROM fact
                 JOIN entry ON entry.branch = fact.branch AND entry.height = fact.height
                 WHERE fact.key = ?1 AND fact.branch = ?2 AND fact.height <= ?3",
            )?;
            let rows = query.query_map(params![key.to_string(), branch, height], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?, row.get::<_, Option<String>>(2)?))
            })?;
            for row in rows {
                let (height, entry, value) = row?;
                let value = value.map(|text| Value::read(key, &text)).transpose()?;
                changes.push((height, id(entry)?, value));
            }
        }
        changes.sort_by_key(|(height, ..)| std::cmp::Reverse(*height));
        Ok(changes.iter().take_while(|(_, _, value)| fits(value)).last().map(|(_, entry, _)| *entry))
    }

    /// Consents to terms later than the present one, by stewards in force who knew their present set.
    pub fn consents(&self) -> Result<Vec<Consent>, Error> {
        let at = self.register()?;
        let (term, set) = (rules::term(self, &at)?, self.set(&at)?);
        let stewards = self.stewards(&at)?.map(|set| set.handles).unwrap_or_default();
        let mut consents: Vec<Consent> = Vec::new();
        for event in self.of_kind("members.succeed")? {
            let Body::Succeed(succeed) = event.body else { continue };
            let Some(by) = rules::member_of(self, &at, &event.link.device)? else { continue };
            let twice = consents.iter().any(|c| c.steward == by && c.term == succeed.term);
            if succeed.term > term && self.set(&event.link.register)? == set && stewards.contains(&by) && !twice {
                consents.push(Consent { id: event.link.id, term: succeed.term, entry: succeed.entry, steward: by });
            }
        }
        Ok(consents)
    }

    /// The last valid event of a device that is held; of a forked chain, of the branch that is settled furthest.
    pub fn last_valid(&self, device: &Device) -> Result<Option<Position>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT event.seq, event.id FROM line JOIN event ON event.line = line.n
             WHERE line.device = ? AND refusal = 0 ORDER BY min(line.settled, event.seq) DESC, event.seq DESC LIMIT 1",
        )?;
        let mut rows = query.query([device.to_string()])?;
        Ok(match rows.next()? {
            Some(row) => Some(Position { device: *device, seq: seq(row.get(0)?), id: id(row.get(1)?)? }),
            None => None,
        })
    }
}
