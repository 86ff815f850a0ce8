//! The law's questions, answered from the tables.

use std::rc::Rc;

use event::{Account, Body, Device, EventId, Handle, Item, Position, Scope, Time, Unit};
use rules::{Closing, End, Facts, Key, Leg, Link, Value};
use rusqlite::{OptionalExtension, Row, params};

use crate::cache::{Line, git, id, int, seq};
use crate::{Error, Store};

impl Facts for Store {
    type Error = Error;

    fn log(&self) -> Result<Option<EventId>, Error> {
        Ok(self.cache.borrow().log)
    }

    fn link(&self, wanted: &EventId) -> Result<Option<Link>, Error> {
        {
            let cache = self.cache.borrow();
            match cache.links.get(wanted) {
                Some(link) => return Ok(Some(*link)),
                None if cache.complete => return Ok(None),
                None => {}
            }
        }
        let mut query = self.db.prepare_cached("SELECT line, seq, time, register, refusal FROM event WHERE id = ?")?;
        let row = query.query_row([&wanted.0[..]], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<_, i64>(4)?))
        });
        let Some((line, at, time, register, refusal)) = row.optional()? else { return Ok(None) };
        let device = self.line(line)?.device;
        let link = Link {
            id: *wanted,
            device,
            line,
            seq: seq(at),
            time: Time::new(time)?,
            register: id(register)?,
            valid: refusal == 0,
        };
        self.cache.borrow_mut().links.insert(*wanted, link);
        Ok(Some(link))
    }

    fn body(&self, wanted: &EventId) -> Result<Option<Body>, Error> {
        Ok(self.said(wanted)?.map(|body| (*body).clone()))
    }

    fn leg(&self, pay: &EventId, n: u16) -> Result<Option<Leg>, Error> {
        Ok(self.said(pay)?.and_then(|body| Leg::of(&body, n)))
    }

    fn text(&self, wanted: &EventId) -> Result<Option<String>, Error> {
        let mut query = self.db.prepare_cached("SELECT text FROM event WHERE id = ?")?;
        Ok(query.query_row([&wanted.0[..]], |row| row.get(0)).optional()?.flatten())
    }

    fn author(&self, of: &Link) -> Result<Option<Handle>, Error> {
        match self.segments(of)?.last() {
            Some((root, _)) => Ok(Some(self.line(*root)?.author)),
            None => Ok(None),
        }
    }

    fn precedes(&self, a: &Link, b: &Link) -> Result<bool, Error> {
        if a.device != b.device {
            return Ok(false);
        }
        let (mut line, mut upto) = (b.line, b.seq);
        while a.line != line {
            let Some((parent, fork)) = self.parent(line)? else { return Ok(false) };
            (line, upto) = (parent, upto.min(fork));
        }
        Ok(a.seq <= upto)
    }

    fn fact(&self, at: &EventId, key: &Key) -> Result<Option<Value>, Error> {
        if let Some(value) = self.cache.borrow().facts.get(at).and_then(|facts| facts.get(key)) {
            return Ok(value.clone());
        }
        let value = self.stored_fact(at, key)?;
        self.cache.borrow_mut().facts.entry(*at).or_default().insert(key.clone(), value.clone());
        Ok(value)
    }

    fn set(&self, at: &EventId) -> Result<Option<EventId>, Error> {
        if let Some(Some(Value::Stewards(stewards))) =
            self.cache.borrow().facts.get(at).and_then(|facts| facts.get(&Key::Stewards))
        {
            return Ok(Some(stewards.set));
        }
        Ok(self.stewards(at)?.map(|stewards| stewards.set))
    }

    fn descends(&self, entry: &EventId, from: &EventId) -> Result<bool, Error> {
        let (Some(place), Some((branch, height))) = (self.place(entry)?, self.place(from)?) else { return Ok(false) };
        let (mut at, mut upto) = place;
        while at != branch {
            let Some((parent, fork)) = self.grew_from(at)? else { return Ok(false) };
            (at, upto) = (parent, upto.min(fork));
        }
        Ok(height <= upto)
    }

    fn height(&self, entry: &EventId) -> Result<u64, Error> {
        Ok(self.place(entry)?.map_or(0, |(_, height)| seq(height)))
    }

    fn entered(&self, at: &EventId, motion: &EventId) -> Result<bool, Error> {
        self.any_before(at, "SELECT id FROM entry WHERE motion = ?", motion)
    }

    fn refused(&self, at: &EventId, motion: &EventId) -> Result<bool, Error> {
        self.any_before(at, "SELECT id FROM entry WHERE refuses = ?", motion)
    }

    fn closings(&self, at: &EventId) -> Result<Vec<EventId>, Error> {
        let Some(place) = self.place(at)? else { return Ok(Vec::new()) };
        let mut query = self
            .db
            .prepare_cached("SELECT id FROM entry WHERE closes = 1 AND branch = ? AND height <= ? ORDER BY height")?;
        let mut found = Vec::new();
        for (branch, upto) in self.trunk(place)? {
            let rows = query.query_map([branch, upto], |row| row.get(0))?;
            for entry in rows.collect::<Result<Vec<Vec<u8>>, _>>()? {
                found.push(id(entry)?);
            }
        }
        Ok(found)
    }

    fn last_entry(&self, head: &Link) -> Result<Option<EventId>, Error> {
        for (line, upto) in self.segments(head)? {
            self.load_entries(line)?;
            let cache = self.cache.borrow();
            let found = cache.entries.get(&line).into_iter().flatten().rev().find(|(at, _)| *at <= upto);
            if let Some((_, entry)) = found {
                return Ok(Some(*entry));
            }
        }
        Ok(None)
    }

    fn advances(&self, head: &Link) -> Result<Vec<(u64, EventId)>, Error> {
        let mut all = Vec::new();
        for (line, upto) in self.segments(head)?.iter().rev() {
            self.load_advances(*line)?;
            let cache = self.cache.borrow();
            let of_line = cache.advances.get(line).map(Vec::as_slice).unwrap_or_default();
            all.extend(of_line.iter().filter(|(at, _)| at <= upto));
        }
        Ok(all)
    }

    fn acked(
        &self,
        head: &Link,
        set: Option<&EventId>,
        of: &Device,
        before: Option<u64>,
    ) -> Result<Option<Position>, Error> {
        for (line, upto) in self.segments(head)? {
            let upto = match before {
                Some(0) => continue,
                Some(before) => upto.min(before.saturating_sub(1)),
                None => upto,
            };
            if let Some(of_line) = self.cache.borrow().acks.get(&line) {
                let acks = of_line.get(of).into_iter().flatten().rev();
                let mut acks = acks.filter(|ack| ack.by <= upto && set.is_none_or(|set| *set == ack.set));
                match acks.next() {
                    Some(ack) => return Ok(Some(ack.position)),
                    None => continue,
                }
            }
            let mut query = self.db.prepare_cached(
                "SELECT at, id FROM ack WHERE line = ?1 AND device = ?2 AND seq <= ?3 AND (?4 IS NULL OR stewards = ?4)
                 ORDER BY seq DESC LIMIT 1",
            )?;
            let set = set.map(|set| &set.0[..]);
            let found = query
                .query_row(params![line, of.to_string(), int(upto), set], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if let Some((at, position)) = found {
                return Ok(Some(Position { device: *of, seq: seq(at), id: id(position)? }));
            }
        }
        Ok(None)
    }

    fn acknowledged(&self, head: &Link) -> Result<Vec<EventId>, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT device, id, max(seq) FROM ack WHERE line = ? AND seq <= ? GROUP BY device")?;
        let mut furthest = std::collections::BTreeMap::new();
        for (line, upto) in self.segments(head)? {
            let rows = query.query_map(params![line, int(upto)], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for row in rows.collect::<Result<Vec<(String, Vec<u8>)>, _>>()? {
                furthest.entry(row.0).or_insert(id(row.1)?);
            }
        }
        Ok(furthest.into_values().collect())
    }

    fn closed(&self, head: &Link, set: &EventId) -> Result<Vec<Closing>, Error> {
        let mut found = Vec::new();
        for (line, upto) in self.segments(head)?.iter().rev() {
            self.load_closings(*line)?;
            let cache = self.cache.borrow();
            let of_line = cache.closings.get(line).into_iter().flatten();
            found.extend(of_line.filter(|(of, c)| of == set && c.seq <= *upto).map(|(_, closing)| *closing));
        }
        Ok(found)
    }

    fn approved(&self, head: &Link, motion: &EventId) -> Result<bool, Error> {
        self.any_on(head, "SELECT line, seq FROM approval WHERE motion = ?", motion)
    }

    fn objected(&self, head: &Link, motion: &EventId) -> Result<bool, Error> {
        self.any_on(head, "SELECT line, seq FROM objection WHERE motion = ?", motion)
    }

    fn agreed_ends(&self, head: &Link, of: &Device) -> Result<Vec<End>, Error> {
        let mut ends = Vec::new();
        for (line, upto) in self.segments(head)? {
            self.load_agreed(line)?;
            let cache = self.cache.borrow();
            let of_line = cache.agreed.get(&line).into_iter().flatten();
            ends.extend(of_line.filter(|(at, device, _)| at <= &upto && device == of).map(|(_, _, end)| *end));
        }
        Ok(ends)
    }

    fn own_ends(&self, head: &Link) -> Result<Vec<EventId>, Error> {
        self.load_partings()?;
        let segments = self.segments(head)?;
        let cache = self.cache.borrow();
        let partings = cache.partings.iter().flatten();
        let own = partings.filter(|(n, at, _)| segments.iter().any(|(line, upto)| n == line && at <= upto));
        Ok(own.map(|(_, _, motion)| *motion).collect())
    }

    fn balance(&self, head: &Link, account: &Account, unit: &Unit) -> Result<i64, Error> {
        let key = (head.line, account.clone(), unit.clone());
        if let Some((at, balance)) = self.cache.borrow().balances.get(&key)
            && *at <= head.seq
        {
            return Ok(*balance);
        }
        let mut query = self.db.prepare_cached(
            "SELECT seq, balance FROM book WHERE line = ? AND account = ? AND unit = ? AND seq <= ?
             ORDER BY seq DESC LIMIT 1",
        )?;
        let (account, unit) = (account.to_string(), unit.to_string());
        for (line, upto) in self.segments(head)? {
            let found = query
                .query_row(params![line, account, unit, int(upto)], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((at, balance)) = found else { continue };
            let tip = self.cache.borrow().lines.get(&line).is_some_and(|line| line.tip == upto);
            if line == head.line && tip {
                self.cache.borrow_mut().balances.insert(key, (seq(at), balance));
            }
            return Ok(balance);
        }
        Ok(0)
    }

    fn taken(&self, head: &Link, item: &Item) -> Result<bool, Error> {
        let places = self.takes_of(&item_key(item))?;
        if places.is_empty() {
            return Ok(false);
        }
        let segments = self.segments(head)?;
        Ok(places.iter().any(|(line, at)| segments.iter().any(|(l, upto)| l == line && at <= upto)))
    }

    fn paid(&self, head: &Link, account: &Account, key: &event::Line) -> Result<bool, Error> {
        let mut query =
            self.db.prepare_cached("SELECT 1 FROM paid WHERE line = ? AND account = ? AND key = ? AND seq <= ?")?;
        for (line, upto) in self.segments(head)? {
            if query.exists(params![line, account.to_string(), key.as_str(), int(upto)])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn received(&self, head: &Link, item: &Item) -> Result<bool, Error> {
        self.has_received(head, item)
    }

    fn tally(&self, head: &Link, account: &Account, tally: &rules::Tally) -> Result<i64, Error> {
        self.tally_at(head, account, tally)
    }

    fn hands(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Error> {
        self.hands_on(head, account)
    }

    fn asked(&self, head: &Link, account: &Account, of: &Account, key: &event::Line) -> Result<bool, Error> {
        self.has_asked(head, account, of, key)
    }

    fn answered(&self, head: &Link, request: &EventId) -> Result<bool, Error> {
        self.any_on(head, "SELECT line, seq FROM answer WHERE request = ?", request)
    }

    fn backed(&self, head: &Link, account: &Account) -> Result<Vec<EventId>, Error> {
        self.backed_on(head, account)
    }

    fn taken_back(&self, head: &Link, what: &EventId) -> Result<bool, Error> {
        self.any_on(head, "SELECT line, seq FROM taken_back WHERE what = ?", what)
    }

    fn set_offs(&self, head: &Link, account: &Account) -> Result<Vec<(EventId, rules::Answer)>, Error> {
        self.set_offs_on(head, account)
    }

    fn income(&self, head: &Link, account: &Account, unit: &Unit, since: i64) -> Result<Vec<(Account, i64)>, Error> {
        self.income_on(head, account, unit, since)
    }

    fn spent(&self, head: &Link, account: &Account, unit: &Unit, since: i64) -> Result<i64, Error> {
        self.spent_on(head, account, unit, since)
    }

    fn ballots(&self, poll: &EventId) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM ballot WHERE poll = ?")?;
        let found = query.query_map([&poll.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        found.into_iter().map(id).collect()
    }

    fn proxies(&self, scope: &Scope) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM proxy WHERE scope = ?")?;
        let found = query.query_map([scope.to_string()], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        found.into_iter().map(id).collect()
    }

    fn receipts(&self, post: &EventId) -> Result<Vec<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM receipt WHERE post = ?")?;
        let found = query.query_map([&post.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        found.into_iter().map(id).collect()
    }

    fn extended(&self, head: &Link, poll: &EventId) -> Result<Option<Time>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT closes FROM extension WHERE poll = ? AND line = ? AND seq <= ? ORDER BY seq DESC LIMIT 1",
        )?;
        for (line, upto) in self.segments(head)? {
            let found = query.query_row(params![&poll.0[..], line, int(upto)], |row| row.get(0)).optional()?;
            if let Some(closes) = found {
                return Ok(Some(Time::new(closes)?));
            }
        }
        Ok(None)
    }

    fn counted(&self, head: &Link, poll: &EventId) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM counted WHERE poll = ? AND line = ? AND seq <= ?")?;
        for (line, upto) in self.segments(head)? {
            if query.exists(params![&poll.0[..], line, int(upto)])? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// How an item stands in table `take`.
pub(crate) fn item_key(item: &Item) -> (EventId, i64) {
    match item {
        Item::Leg(pay, leg) => (*pay, i64::from(*leg)),
        Item::Return(decline) => (*decline, -1),
        Item::Back(pay, leg) => (*pay, (-2i64).saturating_sub(i64::from(*leg))),
    }
}

impl Store {
    /// What a judged event says.
    pub(crate) fn said(&self, wanted: &EventId) -> Result<Option<Rc<Body>>, Error> {
        if let Some(body) = self.cache.borrow().bodies.get(wanted) {
            return Ok(Some(Rc::clone(body)));
        }
        // By its place, since a store that is being filled has no index of ids.
        let Some(link) = self.link(wanted)? else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT body FROM event WHERE line = ? AND seq = ?")?;
        let fields = query.query_row(params![link.line, int(link.seq)], |row| row.get::<_, String>(0))?;
        let body = Rc::new(Body::from_fields(&fields)?);
        self.cache.borrow_mut().bodies.insert(*wanted, Rc::clone(&body));
        Ok(Some(body))
    }

    pub(crate) fn line(&self, n: i64) -> Result<Line, Error> {
        if let Some(line) = self.cache.borrow().lines.get(&n) {
            return Ok(line.clone());
        }
        let mut query = self.db.prepare_cached(
            "SELECT n, device, parent, fork, author, tip, tip_id, tip_git, settled FROM line WHERE n = ?",
        )?;
        let line = query.query_row([n], |row| Ok(read_line(row)))??;
        self.cache.borrow_mut().lines.insert(n, line.clone());
        Ok(line)
    }

    /// The lines of a chain, first the oldest.
    pub(crate) fn lines_of(&self, device: &Device) -> Result<Vec<i64>, Error> {
        if let Some(lines) = self.cache.borrow().by_device.get(device) {
            return Ok(lines.clone());
        }
        let mut query = self.db.prepare_cached("SELECT n FROM line WHERE device = ? ORDER BY n")?;
        let lines = query.query_map([device.to_string()], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        self.cache.borrow_mut().by_device.insert(*device, lines.clone());
        Ok(lines)
    }

    /// The parts of lines that lead up to an event, newest first: line and last seq on it.
    pub(crate) fn segments(&self, head: &Link) -> Result<Vec<(i64, u64)>, Error> {
        let mut segments = vec![(head.line, head.seq)];
        let (mut line, mut upto) = (head.line, head.seq);
        while let Some((parent, fork)) = self.parent(line)? {
            upto = upto.min(fork);
            segments.push((parent, upto));
            line = parent;
        }
        Ok(segments)
    }

    /// The line from which a line grew, and the last seq that it shares with it.
    fn parent(&self, line: i64) -> Result<Option<(i64, u64)>, Error> {
        if let Some(line) = self.cache.borrow().lines.get(&line) {
            return Ok(line.parent);
        }
        Ok(self.line(line)?.parent)
    }

    /// Branch and height of an entry.
    pub(crate) fn place(&self, entry: &EventId) -> Result<Option<(i64, i64)>, Error> {
        if let Some(place) = self.cache.borrow().places.get(entry) {
            return Ok(Some(*place));
        }
        let mut query = self.db.prepare_cached("SELECT branch, height FROM entry WHERE id = ?")?;
        let place = query.query_row([&entry.0[..]], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some(place) = place {
            self.cache.borrow_mut().places.insert(*entry, place);
        }
        Ok(place)
    }

    /// The parts of register branches that lead up to a place, newest first.
    pub(crate) fn trunk(&self, (branch, height): (i64, i64)) -> Result<Vec<(i64, i64)>, Error> {
        let mut trunk = vec![(branch, height)];
        let (mut at, mut upto) = (branch, height);
        while let Some((parent, fork)) = self.grew_from(at)? {
            upto = upto.min(fork);
            trunk.push((parent, upto));
            at = parent;
        }
        Ok(trunk)
    }

    fn grew_from(&self, branch: i64) -> Result<Option<(i64, i64)>, Error> {
        if let Some(from) = self.cache.borrow().branches.get(&branch) {
            return Ok(*from);
        }
        let mut query = self.db.prepare_cached("SELECT parent, fork FROM branch WHERE n = ?")?;
        let (parent, fork): (Option<i64>, Option<i64>) =
            query.query_row([branch], |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.cache.borrow_mut().branches.insert(branch, parent.zip(fork));
        Ok(parent.zip(fork))
    }

    fn stored_fact(&self, at: &EventId, key: &Key) -> Result<Option<Value>, Error> {
        let Some(place) = self.place(at)? else { return Ok(None) };
        let name = key.to_string();
        let mut query = self.db.prepare_cached(
            "SELECT value FROM fact WHERE key = ? AND branch = ? AND height <= ? ORDER BY height DESC LIMIT 1",
        )?;
        for (branch, height) in self.trunk(place)? {
            let found: Option<Option<String>> =
                query.query_row(params![name, branch, height], |row| row.get(0)).optional()?;
            if let Some(value) = found {
                return Ok(value.map(|text| Value::read(key, &text)).transpose()?);
            }
        }
        Ok(None)
    }

    fn load_advances(&self, line: i64) -> Result<(), Error> {
        if self.cache.borrow().advances.contains_key(&line) {
            return Ok(());
        }
        let advances = self.places_on(line, "SELECT seq, register FROM advance WHERE line = ? ORDER BY seq")?;
        self.cache.borrow_mut().advances.insert(line, advances);
        Ok(())
    }

    pub(crate) fn load_entries(&self, line: i64) -> Result<(), Error> {
        if self.cache.borrow().entries.contains_key(&line) {
            return Ok(());
        }
        let entries = self.places_on(line, "SELECT seq, id FROM entry WHERE line = ? ORDER BY seq")?;
        self.cache.borrow_mut().entries.insert(line, entries);
        Ok(())
    }

    pub(crate) fn load_closings(&self, line: i64) -> Result<(), Error> {
        if self.cache.borrow().closings.contains_key(&line) {
            return Ok(());
        }
        let mut query = self.db.prepare_cached(
            "SELECT closes, seq, term, motion, id FROM approval WHERE line = ? AND closes IS NOT NULL ORDER BY seq",
        )?;
        let rows = query.query_map([line], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, Vec<u8>>(3)?, row.get::<_, Vec<u8>>(4)?))
        })?;
        let mut closings = Vec::new();
        for row in rows {
            let (set, at, term, motion, own): (_, _, Option<u32>, _, _) = row?;
            let motion = (motion != own && term.is_none()).then_some(motion).map(id).transpose()?;
            closings.push((id(set)?, Closing { seq: seq(at), motion, term }));
        }
        self.cache.borrow_mut().closings.insert(line, closings);
        Ok(())
    }

    pub(crate) fn load_partings(&self) -> Result<(), Error> {
        if self.cache.borrow().partings.is_some() {
            return Ok(());
        }
        let mut query = self.db.prepare_cached("SELECT line, seq, id FROM parting")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let rows = rows.collect::<Result<Vec<(i64, i64, Vec<u8>)>, _>>()?;
        let partings = rows.into_iter().map(|(line, at, motion)| Ok((line, seq(at), id(motion)?)));
        let partings = partings.collect::<Result<Vec<_>, Error>>()?;
        self.cache.borrow_mut().partings = Some(partings);
        Ok(())
    }

    /// The ends of chains to which a line agreed, by approvals and by entries of its own authority.
    fn load_agreed(&self, line: i64) -> Result<(), Error> {
        if self.cache.borrow().agreed.contains_key(&line) {
            return Ok(());
        }
        let mut agreed = Vec::new();
        let mut own = self.db.prepare_cached(
            "SELECT seq, cut_device, cut_id FROM entry WHERE line = ? AND cut_id IS NOT NULL AND motion IS NULL",
        )?;
        let cuts = own.query_map([line], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        for (at, device, cut) in cuts.collect::<Result<Vec<(i64, String, Vec<u8>)>, _>>()? {
            agreed.push((seq(at), device.parse()?, End { motion: None, at: id(cut)?, own: false }));
        }
        for (at, motion) in self.places_on(line, "SELECT seq, motion FROM approval WHERE line = ? ORDER BY seq")? {
            agreed.extend(self.end_by(&motion)?.map(|(device, end)| (at, device, end)));
        }
        self.cache.borrow_mut().agreed.insert(line, agreed);
        Ok(())
    }

    /// Which chain a motion ends, if it does, and how.
    fn end_by(&self, motion: &EventId) -> Result<Option<(Device, End)>, Error> {
        use event::Change;
        let Some(Body::Motion(moved)) = self.body(motion)? else { return Ok(None) };
        Ok(match moved.change {
            Change::Cut { position: at }
            | Change::Suspend { at, .. }
            | Change::Expel { at, .. }
            | Change::Rekey { at, .. } => Some((at.device, End { motion: Some(*motion), at: at.id, own: false })),
            Change::Leave { .. } | Change::Move(_) => {
                let own = End { motion: Some(*motion), at: *motion, own: true };
                self.link(motion)?.map(|link| (link.device, own))
            }
            _ => None,
        })
    }

    /// Whether one of the entries found stands at or before `at`.
    fn any_before(&self, at: &EventId, sql: &str, motion: &EventId) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached(sql)?;
        let found = query.query_map([&motion.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for entry in found {
            if self.descends(at, &id(entry)?)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether one of the places found stands on the chain of `head`.
    fn any_on(&self, head: &Link, sql: &str, motion: &EventId) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached(sql)?;
        let places = query
            .query_map([&motion.0[..]], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))?
            .collect::<Result<Vec<(i64, i64)>, _>>()?;
        let segments = self.segments(head)?;
        Ok(places.iter().any(|(line, at)| segments.iter().any(|(l, upto)| l == line && seq(*at) <= *upto)))
    }

    /// Seqs of a line, each with an id.
    fn places_on(&self, line: i64, sql: &str) -> Result<Vec<(u64, EventId)>, Error> {
        let mut query = self.db.prepare_cached(sql)?;
        let rows = query.query_map([line], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let rows = rows.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()?;
        rows.into_iter().map(|(at, event)| Ok((seq(at), id(event)?))).collect()
    }
}

fn read_line(row: &Row<'_>) -> Result<Line, Error> {
    let (parent, fork): (Option<i64>, Option<i64>) = (row.get(2)?, row.get(3)?);
    Ok(Line {
        n: row.get(0)?,
        device: row.get::<_, String>(1)?.parse()?,
        parent: parent.zip(fork.map(seq)),
        author: row.get::<_, String>(4)?.parse()?,
        tip: seq(row.get(5)?),
        tip_id: id(row.get(6)?)?,
        tip_git: git(row.get(7)?)?,
        settled: row.get(8)?,
    })
}
