//! Settlement, kept up with each event: who has acknowledged how far, what a quorum of whom settles, and
//! how far the settled register goes (protocol, section 6, lines 3 to 6).

use event::{Body, EventId, Handle, Verified};
use rules::{Effects, Facts, Key, Link, Stewards, Value, last_word, open_ends, quorum, term};
use rusqlite::params;

use crate::cache::{Acked, Class, Ended, HashMap, Reach, ReachKey, id, int, seq};
use crate::{Error, Store};

impl Store {
    /// Lets a steward's event count: for its own chain, and for the chains that an `ack` lists.
    pub(crate) fn acknowledge(&self, event: &Verified, link: &Link, effects: &Effects) -> Result<(), Error> {
        if let Some(entered) = &effects.entered {
            // An inline entry may settle by itself.
            self.settle_line(link.line, &entered.settled_by.unwrap_or(link.id))?;
        }
        let Some((set, steward)) = &effects.steward else { return Ok(()) };
        let class = self.class(link, set)?;
        self.reach(link.line, link.seq, (set, class), steward, link)?;
        if let Body::Ack(ack) = &event.event.body {
            let mut insert = self.db.prepare_cached("INSERT INTO ack VALUES (?, ?, ?, ?, ?, ?)")?;
            for position in &ack.positions {
                insert.execute(params![
                    link.line,
                    position.device.to_string(),
                    int(link.seq),
                    &set.0[..],
                    int(position.seq),
                    &position.id.0[..],
                ])?;
                if let Some(of_line) = self.cache.borrow_mut().acks.get_mut(&link.line) {
                    let acked = Acked { by: link.seq, set: *set, position: *position };
                    of_line.entry(position.device).or_default().push(acked);
                }
                self.reach_by_ack(&position.id, (set, class), steward, link)?;
            }
        }
        match (event.event.register, event.event.prev) {
            (Some(_), Some(prev)) if self.learns_refusal(link, &prev)? => self.resume(link, steward),
            _ => Ok(()),
        }
    }

    /// What an acknowledgement counts for: beyond an end to which the steward has agreed, for entries only.
    fn reach_by_ack(
        &self,
        acked: &EventId,
        (set, class): (&EventId, Class),
        steward: &Handle,
        by: &Link,
    ) -> Result<(), Error> {
        let at = self.link(acked)?.ok_or(Error::Missing("an acknowledged event"))?;
        let ends = open_ends(self, by, &by.register, &at)?;
        let Some(end) = ends.into_iter().min_by_key(|end| end.seq) else {
            return self.reach(at.line, at.seq, (set, class), steward, by);
        };
        self.reach(end.line, end.seq, (set, class), steward, by)?;
        self.reach(at.line, at.seq, (set, class.max(1)), steward, by)
    }

    /// What an event of a steward counts for: an approval closes its set after itself, for everything but entries,
    /// a consent to a succession for entries of lower terms, too.
    fn class(&self, link: &Link, set: &EventId) -> Result<Class, Error> {
        self.class_at(link, link.seq, set)
    }

    /// The same of an event before, by the refusals that `link` knows.
    fn class_at(&self, link: &Link, at: u64, set: &EventId) -> Result<Class, Error> {
        let closings = self.closed(link, set)?;
        let earlier = closings.iter().filter(|closing| closing.seq < at);
        if let Some(later) = earlier.filter_map(|closing| closing.term).max() {
            return Ok(later.saturating_add(1));
        }
        let word = last_word(self, link, set, None)?;
        Ok(u32::from(word.is_some_and(|word| word < at)))
    }

    /// Whether the chain comes to know that a motion was refused which it had approved.
    fn learns_refusal(&self, link: &Link, prev: &EventId) -> Result<bool, Error> {
        let Some(before) = self.link(prev)? else { return Ok(false) };
        let mut query = self.db.prepare_cached(
            "SELECT DISTINCT approval.motion FROM approval JOIN entry ON refuses = approval.motion
             WHERE approval.line = ? AND approval.seq <= ?",
        )?;
        for (line, upto) in self.segments(link)? {
            let refused = query.query_map(params![line, int(upto)], |row| row.get(0))?;
            for motion in refused.collect::<Result<Vec<Vec<u8>>, _>>()? {
                let motion = id(motion)?;
                if self.refused(&link.register, &motion)? && !self.refused(&before.register, &motion)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The chain learns that a motion was refused whose approval had closed a set or bound it to the end of a chain:
    /// what it has acknowledged since counts after all.
    fn resume(&self, link: &Link, steward: &Handle) -> Result<(), Error> {
        let advances = self.advances(link)?;
        for (nth, (_, register)) in advances.iter().enumerate() {
            let Some(set) = self.set(register)? else { continue };
            let until = advances.get(nth.saturating_add(1)).map_or(link.seq, |(next, _)| next.saturating_sub(1));
            let last = last_word(self, link, &set, None)?.map_or(until, |word| word.min(until));
            let own = self.on_chain(link, int(last))?.map(|own| self.link(&own)).transpose()?.flatten();
            let stands = rules::member_of(self, register, &link.device)?.as_ref() == Some(steward);
            let stands = stands && self.stewards(register)?.is_some_and(|all| all.handles.contains(steward));
            if let Some(own) = own.filter(|_| stands) {
                self.reach(own.line, own.seq, (&set, 0), steward, link)?;
            }
        }
        let mut query = self.db.prepare_cached("SELECT id, seq, stewards FROM ack WHERE line = ? AND seq <= ?")?;
        for (line, upto) in self.segments(link)? {
            let rows = query.query_map(params![line, int(upto)], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            for (acked, at, set) in rows.collect::<Result<Vec<(Vec<u8>, i64, Vec<u8>)>, _>>()? {
                let set = id(set)?;
                let class = self.class_at(link, seq(at), &set)?;
                self.reach_by_ack(&id(acked)?, (&set, class), steward, link)?;
            }
        }
        Ok(())
    }

    pub(crate) fn stewards(&self, at: &EventId) -> Result<Option<Stewards>, Error> {
        Ok(match self.fact(at, &Key::Stewards)? {
            Some(Value::Stewards(stewards)) => Some(stewards),
            _ => None,
        })
    }

    /// A steward has acknowledged a line up to a seq, and with it the lines that it grew from.
    fn reach(
        &self,
        line: i64,
        at: u64,
        (set, class): (&EventId, Class),
        steward: &Handle,
        by: &Link,
    ) -> Result<(), Error> {
        let key = (line, *set);
        self.load_reaches(&key)?;
        {
            let mut cache = self.cache.borrow_mut();
            let of = cache.reaches.entry(key).or_default();
            let place = (steward.clone(), class);
            if of.get(&place).is_some_and(|reach| reach.at >= at) {
                return Ok(());
            }
            let reach = Reach { at, witness: by.id, witness_line: by.line, witness_seq: by.seq, dirty: true };
            of.insert(place, reach);
        }
        self.settle_line(line, set)?;
        match self.line(line)?.parent {
            Some((parent, fork)) => self.reach(parent, fork.min(at), (set, class), steward, by),
            None => Ok(()),
        }
    }

    /// How far each steward of a set has acknowledged a line, for an entry of a term or for anything else.
    pub(crate) fn reaches(
        &self,
        line: i64,
        set: &EventId,
        entry: Option<u32>,
    ) -> Result<HashMap<Handle, Reach>, Error> {
        let key = (line, *set);
        self.load_reaches(&key)?;
        let mut found: HashMap<Handle, Reach> = HashMap::default();
        for ((steward, class), reach) in self.cache.borrow().reaches.get(&key).into_iter().flatten() {
            let counts = match (*class, entry) {
                (0, _) => true,
                (class, Some(term)) => class.saturating_sub(1) <= term,
                (_, None) => false,
            };
            if counts {
                let best = found.entry(steward.clone()).or_insert(*reach);
                // Of two that reach as far, the same one everywhere.
                if (best.at, best.witness) < (reach.at, reach.witness) {
                    *best = *reach;
                }
            }
        }
        Ok(found)
    }

    fn load_reaches(&self, key: &ReachKey) -> Result<(), Error> {
        if self.cache.borrow().reaches.contains_key(key) {
            return Ok(());
        }
        let mut query = self.db.prepare_cached(
            "SELECT steward, at, witness, witness_line, witness_seq, entries FROM reach
             WHERE line = ? AND stewards = ?",
        )?;
        let rows = query.query_map(params![key.0, &key.1.0[..]], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })?;
        let mut found = HashMap::default();
        for row in rows {
            let (steward, at, witness, witness_line, witness_seq, class) = row?;
            let reach =
                Reach { at: seq(at), witness: id(witness)?, witness_line, witness_seq: seq(witness_seq), dirty: false };
            found.insert((steward.parse()?, class), reach);
        }
        self.cache.borrow_mut().reaches.insert(*key, found);
        Ok(())
    }

    pub(crate) fn flush_reaches(&self) -> Result<(), Error> {
        let mut insert = self.db.prepare_cached("INSERT OR REPLACE INTO reach VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
        for ((line, set), of) in &mut self.cache.borrow_mut().reaches {
            for ((steward, class), reach) in of.iter_mut().filter(|(_, reach)| reach.dirty) {
                insert.execute(params![
                    line,
                    &set.0[..],
                    class,
                    steward.as_str(),
                    int(reach.at),
                    &reach.witness.0[..],
                    reach.witness_line,
                    int(reach.witness_seq),
                ])?;
                reach.dirty = false;
            }
        }
        Ok(())
    }

    /// Up to where a quorum of the set has acknowledged the line; -1 for nothing.
    fn quorum_reach(&self, line: i64, set: &EventId) -> Result<i64, Error> {
        let Some(stewards) = self.stewards(set)? else { return Ok(-1) };
        let needed = quorum(stewards.handles.len());
        let mut ats: Vec<u64> = self.reaches(line, set, None)?.values().map(|reach| reach.at).collect();
        ats.sort_unstable_by(|a, b| b.cmp(a));
        Ok(ats.get(needed.saturating_sub(1)).map_or(-1, |at| int(*at)))
    }

    /// After a reach of `set` grew: entries first, since they decide which sets count.
    fn settle_line(&self, line: i64, set: &EventId) -> Result<(), Error> {
        self.settle_entries(line, set)?;
        if !self.on_register(set)? {
            return Ok(());
        }
        if self.closing_entry(set)?.is_some() {
            // What a closed set settles depends on the approvals that closed it.
            self.refold.set(true);
            return Ok(());
        }
        let upto = self.quorum_reach(line, set)?;
        self.raise(line, upto)
    }

    pub(crate) fn raise(&self, line: i64, upto: i64) -> Result<(), Error> {
        let mut row = self.line(line)?;
        if upto <= row.settled {
            return Ok(());
        }
        row.settled = upto;
        // On a frozen chain settling gives events their effect back.
        if self.frozen(&row.device)? {
            self.refold.set(true);
        }
        self.touch(row);
        Ok(())
    }

    fn frozen(&self, device: &event::Device) -> Result<bool, Error> {
        Ok(self.ended(device)?.is_some())
    }

    fn settle_entries(&self, line: i64, set: &EventId) -> Result<(), Error> {
        self.load_entries(line)?;
        if self.cache.borrow().entries.get(&line).is_none_or(Vec::is_empty) {
            return Ok(());
        }
        let mut query = self.db.prepare_cached(
            "SELECT id, seq, inline_by FROM entry WHERE line = ? AND settled = 0 AND settled_by = ? ORDER BY seq",
        )?;
        let open = query
            .query_map(params![line, &set.0[..]], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<Vec<(Vec<u8>, i64, Option<String>)>, _>>()?;
        for (entry, at, inline_by) in open {
            let entry = id(entry)?;
            if self.entry_settled(&entry, line, at, (set, inline_by.as_deref()))? {
                self.settle_entry(&entry)?;
            }
        }
        Ok(())
    }

    /// Whether a quorum of the set has acknowledged an entry, its inline author included.
    fn entry_settled(
        &self,
        entry: &EventId,
        line: i64,
        at: i64,
        (set, inline_by): (&EventId, Option<&str>),
    ) -> Result<bool, Error> {
        let Some(stewards) = self.stewards(set)? else { return Ok(false) };
        let reaches = self.reaches(line, set, Some(term(self, entry)?))?;
        let counts = |handle: &&Handle| {
            inline_by == Some(handle.as_str()) || reaches.get(*handle).is_some_and(|reach| int(reach.at) >= at)
        };
        Ok(stewards.handles.iter().filter(counts).count() >= quorum(stewards.handles.len()))
    }

    /// The register grows by a settled entry.
    fn settle_entry(&self, entry: &EventId) -> Result<(), Error> {
        self.db.prepare_cached("UPDATE entry SET settled = 1 WHERE id = ?")?.execute([&entry.0[..]])?;
        let head = self.register()?;
        if head == *entry || self.descends(&head, entry)? {
            return Ok(());
        }
        let (closes, cuts): (bool, bool) = self
            .db
            .prepare_cached("SELECT closes, cut_id IS NOT NULL FROM entry WHERE id = ?")?
            .query_row([&entry.0[..]], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let straight = self.descends(entry, &head)? && self.meta_id("split")?.is_none();
        if straight && !closes && !cuts && !self.brings(entry)? && self.parent_settled(entry)? {
            return self.set_meta_id("register", entry);
        }
        self.refold.set(true);
        Ok(())
    }

    /// Whether an entry adds balances of other books.
    fn brings(&self, entry: &EventId) -> Result<bool, Error> {
        let Some((branch, height)) = self.place(entry)? else { return Ok(false) };
        let mut query = self.db.prepare_cached(
            "SELECT 1 FROM fact WHERE key >= 'carried ' AND key < 'carried!' AND branch = ? AND height = ?",
        )?;
        Ok(query.exists(params![branch, height])?)
    }

    fn parent_settled(&self, entry: &EventId) -> Result<bool, Error> {
        let parent: Option<Vec<u8>> = self
            .db
            .prepare_cached("SELECT after FROM entry WHERE id = ?")?
            .query_row([&entry.0[..]], |row| row.get(0))?;
        match parent {
            Some(parent) => Ok(self.register()? == id(parent)?),
            None => Ok(true),
        }
    }

    /// The deepest entry of the settled register.
    pub fn register(&self) -> Result<EventId, Error> {
        self.meta_id("register")?.ok_or(Error::Missing("the register"))
    }

    /// Whether the entry is on the settled register.
    pub(crate) fn on_register(&self, entry: &EventId) -> Result<bool, Error> {
        let Some(head) = self.meta_id("register")? else { return Ok(false) };
        self.descends(&head, entry)
    }

    /// The entry of the settled register that ended this set of stewards.
    pub(crate) fn closing_entry(&self, set: &EventId) -> Result<Option<EventId>, Error> {
        if let Some(known) = self.cache.borrow().closed_sets.get(set) {
            return Ok(*known);
        }
        let found = self.stored_closing(set)?;
        self.cache.borrow_mut().closed_sets.insert(*set, found);
        Ok(found)
    }

    fn stored_closing(&self, set: &EventId) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT id FROM entry WHERE closes = 1 AND settled_by = ? AND id <> settled_by ORDER BY height",
        )?;
        let found = query.query_map([&set.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        for entry in found {
            let entry = id(entry)?;
            if self.on_register(&entry)? {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Line 5: the settled entries on one line with the checkpoint, up to where they part.
    pub(crate) fn refold_register(&self) -> Result<(), Error> {
        let Some(log) = self.log()? else { return Ok(()) };
        let mut query =
            self.db.prepare_cached("SELECT id, line, seq, settled_by, inline_by FROM entry ORDER BY height, id")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
        let rows = rows.collect::<Result<Vec<(Vec<u8>, i64, i64, Vec<u8>, Option<String>)>, _>>()?;
        let (mut head, mut split) = (log, None);
        for (entry, line, at, set, inline_by) in rows {
            let entry = id(entry)?;
            if !self.entry_settled(&entry, line, at, (&id(set)?, inline_by.as_deref()))? {
                continue;
            }
            self.db.prepare_cached("UPDATE entry SET settled = 1 WHERE id = ?")?.execute([&entry.0[..]])?;
            if !self.near_checkpoint(&entry)? {
                continue;
            }
            if self.descends(&entry, &head)? {
                if split.is_none() {
                    head = entry;
                }
            } else if !self.descends(&head, &entry)? {
                head = self.common(&head, &entry)?;
                split = Some(head);
            }
        }
        self.set_meta_id("register", &head)?;
        match split {
            Some(at) => self.set_meta_id("split", &at),
            None => {
                self.cache.borrow_mut().ids.insert("split", None);
                self.db.prepare_cached("DELETE FROM meta WHERE key = 'split'")?.execute([])?;
                Ok(())
            }
        }
    }

    pub(crate) fn near_checkpoint(&self, entry: &EventId) -> Result<bool, Error> {
        let Some(checkpoint) = &self.checkpoint else { return Ok(true) };
        if self.place(checkpoint)?.is_none() {
            return Ok(true);
        }
        Ok(self.descends(entry, checkpoint)? || self.descends(checkpoint, entry)?)
    }

    fn common(&self, a: &EventId, b: &EventId) -> Result<EventId, Error> {
        let mut query = self.db.prepare_cached("SELECT after FROM entry WHERE id = ?")?;
        let mut at = *a;
        while !self.descends(b, &at)? {
            let after: Option<Vec<u8>> = query.query_row([&at.0[..]], |row| row.get(0))?;
            at = id(after.ok_or(Error::Missing("a common entry"))?)?;
        }
        Ok(at)
    }

    /// Line 6: every line as far as any set of the register, or a cut, settles it.
    pub(crate) fn refold_settled(&self) -> Result<(), Error> {
        let mut query = self.db.prepare_cached("SELECT DISTINCT line, stewards FROM reach")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()? {
            let (line, set) = (row.0, id(row.1)?);
            if !self.on_register(&set)? {
                continue;
            }
            let mut upto = self.quorum_reach(line, &set)?;
            if let Some(closing) = self.closing_entry(&set)? {
                upto = upto.min(self.before_closing(line, &set, &closing)?);
            }
            self.raise(line, upto)?;
        }
        for cut in self.cuts()? {
            if let Some(at) = self.link(&cut.id)? {
                for (line, upto) in self.segments(&at)? {
                    self.raise(line, int(upto))?;
                }
            }
        }
        Ok(())
    }

    /// How far one of the approvals that closed a set had acknowledged the line before it, under that set.
    fn before_closing(&self, line: i64, set: &EventId, closing: &EventId) -> Result<i64, Error> {
        let approvals: Vec<u8> = self
            .db
            .prepare_cached("SELECT approvals FROM entry WHERE id = ?")?
            .query_row([&closing.0[..]], |row| row.get(0))?;
        let of = self.line(line)?;
        let mut furthest = -1;
        for approval in approvals.chunks(32) {
            let Some(approval) = self.link(&id(approval.to_vec())?)? else { continue };
            let first = last_word(self, &approval, set, None)?.unwrap_or(approval.seq);
            let at = match approval.device == of.device {
                true => Some(Link { seq: first.min(approval.seq), ..approval }),
                false => match self.acked(&approval, Some(set), &of.device, Some(first))? {
                    Some(position) => self.link(&position.id)?,
                    None => None,
                },
            };
            let Some(mut at) = at else { continue };
            if approval.device != of.device {
                let ends = open_ends(self, &approval, &approval.register, &at)?;
                at = ends.into_iter().min_by_key(|end| end.seq).unwrap_or(at);
            }
            let on_line = self.segments(&at)?.into_iter().find(|(n, _)| *n == line);
            furthest = furthest.max(on_line.map_or(-1, |(_, upto)| int(upto)));
        }
        Ok(furthest)
    }

    /// The cuts of the settled register.
    pub(crate) fn cuts(&self) -> Result<Vec<event::Position>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT id, cut_device, cut_seq, cut_id FROM entry WHERE cut_id IS NOT NULL")?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        let mut cuts = Vec::new();
        for row in rows.collect::<Result<Vec<(Vec<u8>, String, i64, Vec<u8>)>, _>>()? {
            let (entry, device, at, position) = row;
            if self.on_register(&id(entry)?)? {
                cuts.push(event::Position { device: device.parse()?, seq: seq(at), id: id(position)? });
            }
        }
        Ok(cuts)
    }

    /// Whether an event is settled.
    pub fn settled(&self, link: &Link) -> Result<bool, Error> {
        Ok(int(link.seq) <= self.line(link.line)?.settled)
    }

    /// Where the register is split: the last common entry.
    pub fn split(&self) -> Result<Option<EventId>, Error> {
        self.meta_id("split")
    }

    /// Line and seq from which a chain is forked, if it is.
    pub fn forked(&self, device: &event::Device) -> Result<Option<u64>, Error> {
        Ok(self.ended(device)?.and_then(|ended| ended.forked))
    }

    /// Where a chain is forked or cut, if it is.
    pub(crate) fn ended(&self, device: &event::Device) -> Result<Option<Ended>, Error> {
        if let Some(ended) = &self.cache.borrow().ended {
            return Ok(ended.get(device).copied());
        }
        let mut query = self.db.prepare_cached("SELECT device, forked, cut_id FROM chain")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
        let mut all = HashMap::default();
        for row in rows {
            let (device, forked, cut): (String, Option<i64>, Option<Vec<u8>>) = row?;
            all.insert(device.parse()?, Ended { forked: forked.map(seq), cut: cut.map(id).transpose()? });
        }
        let found = all.get(device).copied();
        self.cache.borrow_mut().ended = Some(all);
        Ok(found)
    }
}
