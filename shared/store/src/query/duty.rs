//! What stewards have seen, and what they have to see (protocol, section 6).

use event::{Device, EventId, Position, Time};
use rules::{Facts, Key, Link, Value, quorum};
use rusqlite::{OptionalExtension, params};

use crate::cache::{id, int, seq};
use crate::query::{AckTarget, Waiting};
use crate::{Error, Store};

impl Store {
    /// The stewards in force who have not acknowledged an event, and how many acknowledgements it still needs.
    pub fn waiting(&self, link: &Link) -> Result<(usize, Vec<Waiting>), Error> {
        let at = self.register()?;
        let Some(stewards) = self.stewards(&at)? else { return Ok((0, Vec::new())) };
        let reaches = self.reaches(link.line, &stewards.set, None)?;
        let mut waiting = Vec::new();
        for steward in &stewards.handles {
            if reaches.get(steward).is_some_and(|reach| reach.at >= link.seq) {
                continue;
            }
            let seen = match self.fact(&at, &Key::Member(steward.clone()))? {
                Some(Value::Member(member)) => self.head(&member.device)?.map(|(link, _)| link.time),
                _ => None,
            };
            waiting.push(Waiting { steward: steward.clone(), seen });
        }
        let have = stewards.handles.len().saturating_sub(waiting.len());
        Ok((quorum(stewards.handles.len()).saturating_sub(have), waiting))
    }

    /// The chains that have moved beyond what this steward has acknowledged, each up to where an honest device
    /// acknowledges it (protocol, section 6).
    pub fn to_acknowledge(&self, own: &Device, latest: Time) -> Result<Vec<AckTarget>, Error> {
        let Some((head, _)) = self.head(own)? else { return Ok(Vec::new()) };
        let register = self.register()?;
        let Some(set) = self.stewards(&register)?.map(|s| s.set) else { return Ok(Vec::new()) };
        let (mut targets, mut entries) = (Vec::new(), Vec::new());
        for (device, (tip, settled)) in self.valid_ends()? {
            let Some(tip) = self.link(&tip.1)?.filter(|_| device != *own) else { continue };
            let now = self.acked(&head, Some(&set), &device, None)?;
            if now.as_ref().is_some_and(|now| now.seq >= tip.seq) {
                continue;
            }
            let frozen = self.forked(&device)?.is_some() || self.fact(&register, &Key::Cut(device))?.is_some();
            if frozen || self.fact(&register, &Key::Device(device))?.is_none() {
                continue;
            }
            let from = self.acked(&head, None, &device, None)?.map_or(-1, |last| int(last.seq));
            let mut upto = self.acceptable(&tip, from, latest)?;
            let end = self.agreed_end(&head, &device, &register)?;
            if end < upto {
                upto = self.entry_within(&tip, end, upto)?.unwrap_or(end);
            }
            let moved = upto > from && self.more_than_acks(&tip, from, upto)?;
            let again = now.is_none() && settled < upto && upto >= from;
            if (moved || again)
                && let Some(at) = self.on_chain(&tip, upto)?
                && let Some(link) = self.link(&at)?
                && !rules::contradicts(self, &head, &link, &mut entries)?
            {
                targets.push(AckTarget { position: Position { device, seq: seq(upto), id: at } });
            }
        }
        Ok(targets)
    }

    /// Up to where a steward may acknowledge a chain to whose end it has agreed.
    fn agreed_end(&self, head: &Link, of: &Device, register: &EventId) -> Result<i64, Error> {
        let mut upto = i64::MAX;
        for end in self.agreed_ends(head, of)? {
            let refused = end.motion.map_or(Ok(false), |motion| self.refused(register, &motion))?;
            if !refused
                && !end.own
                && let Some(at) = self.link(&end.at)?
            {
                upto = upto.min(int(at.seq));
            }
        }
        Ok(upto)
    }

    /// The last register entry of a chain beyond the end to which a steward has agreed: it counts for entries only, and
    /// without it the register could not go on at a secretary whose chain it is.
    fn entry_within(&self, tip: &Link, end: i64, upto: i64) -> Result<Option<i64>, Error> {
        let mut query = self.db.prepare_cached("SELECT max(seq) FROM entry WHERE line = ? AND seq > ? AND seq <= ?")?;
        for (line, last) in self.segments(tip)? {
            let found: Option<i64> =
                query.query_row(params![line, end, upto.min(int(last))], |row| row.get(0)).optional()?.flatten();
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Up to where a valid chain stands under settled entries and not far in the future, at least `from`.
    fn acceptable(&self, tip: &Link, from: i64, latest: Time) -> Result<i64, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT seq, register FROM event WHERE line = ? AND seq <= ? AND seq > ? AND time <= ? ORDER BY seq DESC",
        )?;
        for (line, upto) in self.segments(tip)? {
            let mut rows = query.query(params![line, int(upto), from, latest.seconds()])?;
            while let Some(row) = rows.next()? {
                if self.on_register(&id(row.get(1)?)?)? {
                    return Ok(row.get(0)?);
                }
            }
        }
        Ok(from)
    }

    fn more_than_acks(&self, tip: &Link, from: i64, upto: i64) -> Result<bool, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT 1 FROM event WHERE line = ? AND seq > ? AND seq <= ? AND kind <> 'ack' LIMIT 1")?;
        for (line, end) in self.segments(tip)? {
            if query.exists(params![line, from, upto.min(int(end))])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The event at a seq of the chain that leads up to `head`, on whatever lines it stands.
    pub(crate) fn on_chain(&self, head: &Link, at: i64) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM event WHERE line = ? AND seq = ?")?;
        for (line, end) in self.segments(head)? {
            if at <= int(end)
                && let Some(found) = query.query_row(params![line, at], |row| row.get(0)).optional()?
            {
                return id(found).map(Some);
            }
        }
        Ok(None)
    }
}
