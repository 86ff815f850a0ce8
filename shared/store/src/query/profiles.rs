//! What the chains say of personal data: a hash, or that they are erased.

use std::collections::BTreeMap;

use event::{Body, Device};
use rules::Facts;
use rusqlite::params;

use crate::cache::id;
use crate::query::ProfileRow;
use crate::{Error, Store};

impl Store {
    /// For each device that ever set a profile, the newest such event that has effect.
    pub fn profiles(&self) -> Result<BTreeMap<Device, ProfileRow>, Error> {
        // Each chain's newest first; the condition on the kind is that of the index.
        let mut query = self.db.prepare_cached(
            "SELECT event.id FROM event INDEXED BY event_rare CROSS JOIN line ON line.n = event.line
             WHERE kind = ? AND refusal = 0 AND kind NOT IN
             ('ack', 'credit.pay', 'credit.receive', 'credit.decline', 'vote.cast', 'members.follow')
             ORDER BY line.device, event.seq DESC, event.id",
        )?;
        let ids = query.query_map(params!["members.profile"], |row| row.get(0))?;
        let mut newest: BTreeMap<Device, ProfileRow> = BTreeMap::new();
        let mut others: Vec<(Device, event::Commitment)> = Vec::new();
        for event in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
            let event = id(event)?;
            let Some(link) = self.link(&event)? else { continue };
            let Some(Body::Profile(profile)) = self.body(&event)? else { continue };
            if newest.contains_key(&link.device) || !self.effective(&link)? {
                others.extend(profile.commitment.map(|commitment| (link.device, commitment)));
                continue;
            }
            let (device, commitment) = (link.device, profile.commitment);
            newest.insert(device, ProfileRow { device, id: event, time: link.time, commitment, others: Vec::new() });
        }
        for (device, commitment) in others {
            newest.entry(device).and_modify(|row| row.others.push(commitment));
        }
        Ok(newest)
    }
}
