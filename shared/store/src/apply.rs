//! A judged event becomes rows: its place on its chain, and what its kind adds to the tables.

use std::rc::Rc;

use event::{Body, EventId, GitId, Proxy, Scope, Verified};
use rules::{Answer, Effects, Link, Refusal, Verdict, judge};
use rusqlite::params;

use crate::cache::{Line, int};
use crate::demand::{REFUSED, WITHDRAWN};
use crate::facts::item_key;
use crate::{Error, Store};

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was held already.
    Known,
    /// It is valid.
    Valid,
    /// It is void, for this reason.
    Refused(Refusal),
    /// It waits for these events.
    Waits(Vec<EventId>),
}

impl Store {
    /// What the law says to an event; nothing is written.
    pub fn judge(&self, event: &Verified) -> Result<Verdict, Error> {
        judge(self, event)
    }

    /// Judges an event and takes it in. Between [`Store::begin`] and [`Store::commit`].
    pub fn apply(&self, event: &Verified, git: GitId) -> Result<Outcome, Error> {
        use rules::Facts;
        if self.link(&event.id)?.is_some() {
            return Ok(Outcome::Known);
        }
        match judge(self, event)? {
            Verdict::Waits(missing) => Ok(Outcome::Waits(missing)),
            Verdict::Refused(refusal) => {
                let register = self.register_before(event)?;
                self.place_event(event, git, register, Some(refusal))?;
                Ok(Outcome::Refused(refusal))
            }
            Verdict::Valid(effects) => {
                let link = self.place_event(event, git, effects.register, None)?;
                self.apply_valid(event, &link, &effects)?;
                Ok(Outcome::Valid)
            }
        }
    }

    fn register_before(&self, event: &Verified) -> Result<EventId, Error> {
        use rules::Facts;
        let prev = event.event.prev.map(|prev| self.link(&prev)).transpose()?.flatten();
        Ok(prev.map(|link| link.register).or(event.event.log).unwrap_or(event.id))
    }

    /// Puts the event on its line, or on a new one where its place is taken: a fork.
    fn place_event(
        &self,
        event: &Verified,
        git: GitId,
        register: EventId,
        refusal: Option<Refusal>,
    ) -> Result<Link, Error> {
        let e = &event.event;
        let line = self.line_for(event, git)?;
        let body = e.body.fields();
        self.db.prepare_cached("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?.execute(params![
            line,
            int(e.seq),
            &event.id.0[..],
            &git.0[..],
            e.time.seconds(),
            e.body.kind(),
            &register.0[..],
            refusal.map_or(0, |r| i64::from(r.number())),
            &event.signature[..],
            body,
            e.text.as_ref().map(|t| t.as_str()),
        ])?;
        self.sums.borrow_mut().event(&event.id, refusal.map_or(0, Refusal::number));
        let valid = refusal.is_none();
        let link = Link { id: event.id, device: e.device, line, seq: e.seq, time: e.time, register, valid };
        let mut cache = self.cache.borrow_mut();
        cache.links.insert(event.id, link);
        // What the law asks for again; lists that nothing names would fill memory.
        if !matches!(e.body, Body::Ack(_) | Body::Receive(_)) {
            cache.bodies.insert(event.id, Rc::new(e.body.clone()));
        }
        cache.gits.insert(event.id, git);
        Ok(link)
    }

    fn line_for(&self, event: &Verified, git: GitId) -> Result<i64, Error> {
        use rules::Facts;
        let e = &event.event;
        let prev = e.prev.map(|prev| self.link(&prev)).transpose()?.flatten().filter(|l| l.device == e.device);
        if let Some(prev) = prev {
            let mut line = self.line(prev.line)?;
            // What does not follow is void; it must not take the place of what does.
            if line.tip == prev.seq && prev.seq.checked_add(1) == Some(e.seq) {
                (line.tip, line.tip_id, line.tip_git) = (e.seq, event.id, git);
                return Ok(self.touch(line));
            }
        }
        let parent = prev.map(|prev| (prev.line, prev.seq));
        self.new_line(event, git, parent)
    }

    fn new_line(&self, event: &Verified, git: GitId, parent: Option<(i64, u64)>) -> Result<i64, Error> {
        let e = &event.event;
        let mut insert = self.db.prepare_cached(
            "INSERT INTO line (device, parent, fork, author, tip, tip_id, tip_git, settled)
             VALUES (?, ?, ?, ?, ?, ?, ?, -1)",
        )?;
        let (above, fork) = parent.unzip();
        let n = insert.insert(params![
            e.device.to_string(),
            above,
            fork.map(int),
            e.author.as_str(),
            int(e.seq),
            &event.id.0[..],
            &git.0[..],
        ])?;
        self.lines_of(&e.device)?;
        let line = Line {
            n,
            device: e.device,
            parent,
            author: e.author.clone(),
            tip: e.seq,
            tip_id: event.id,
            tip_git: git,
            settled: -1,
        };
        let mut cache = self.cache.borrow_mut();
        cache.lines.insert(n, line);
        cache.acks.insert(n, Default::default());
        let of_device = cache.by_device.entry(e.device).or_default();
        if !of_device.contains(&n) {
            of_device.push(n);
        }
        Ok(n)
    }

    /// Keeps a changed line for the end of the transaction.
    pub(crate) fn touch(&self, line: Line) -> i64 {
        let mut cache = self.cache.borrow_mut();
        let n = line.n;
        cache.lines.insert(n, line);
        cache.dirty_lines.push(n);
        n
    }

    fn apply_valid(&self, event: &Verified, link: &Link, effects: &Effects) -> Result<(), Error> {
        if event.event.register.is_some() || matches!(event.event.body, Body::Found(_)) {
            self.note_advance(link)?;
        }
        if let Some(entered) = &effects.entered {
            self.enter(link, entered)?;
            if entered.after.is_none() {
                self.carry(entered);
            }
        }
        for step in &effects.moves {
            self.book(link, step)?;
        }
        self.count(link, &effects.tallies)?;
        if let Some(account) = &effects.hands {
            self.note_hand(account, link)?;
        }
        self.rows_of_kind(event, link, effects)?;
        self.watch_fork(link)?;
        self.acknowledge(event, link, effects)?;
        match &event.event.body {
            Body::Pay(pay) => self.legs(pay, link),
            body => self.fold_event(body, link),
        }
    }

    fn note_advance(&self, link: &Link) -> Result<(), Error> {
        use rules::Facts;
        self.advances(link)?;
        self.db.prepare_cached("INSERT INTO advance VALUES (?, ?, ?)")?.execute(params![
            link.line,
            int(link.seq),
            &link.register.0[..]
        ])?;
        self.cache.borrow_mut().advances.entry(link.line).or_default().push((link.seq, link.register));
        Ok(())
    }

    fn enter(&self, link: &Link, entered: &rules::Entered) -> Result<(), Error> {
        self.load_entries(link.line)?;
        let (branch, height) = self.grow(entered.after.as_ref())?;
        let approvals: Vec<u8> = entered.approvals.iter().flat_map(|id| id.0).collect();
        let settled_by = entered.settled_by.unwrap_or(link.id);
        self.db.prepare_cached("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)")?.execute(
            params![
                &link.id.0[..],
                branch,
                height,
                entered.after.map(|a| a.0.to_vec()),
                link.line,
                int(link.seq),
                &settled_by.0[..],
                self.inline_by(link, entered)?.map(|h| h.to_string()),
                entered.motion.map(|m| m.0.to_vec()),
                entered.refuses.map(|m| m.0.to_vec()),
                approvals,
                i64::from(entered.closes),
                entered.cut.map(|c| c.device.to_string()),
                entered.cut.map(|c| int(c.seq)),
                entered.cut.map(|c| c.id.0.to_vec()),
            ],
        )?;
        let mut cache = self.cache.borrow_mut();
        cache.entries.entry(link.line).or_default().push((link.seq, link.id));
        cache.agreed.remove(&link.line);
        cache.closed_sets.clear();
        drop(cache);
        let mut insert = self.db.prepare_cached("INSERT OR REPLACE INTO fact VALUES (?, ?, ?, ?)")?;
        for (key, value) in &entered.facts {
            insert.execute(params![key.to_string(), branch, height, value.as_ref().map(ToString::to_string)])?;
        }
        if self.checkpoint == Some(link.id) && self.split()?.is_some() {
            // It says which side of the split is trusted.
            self.refold.set(true);
        }
        if entered.after.is_none() {
            self.set_meta_id("log", &link.id)?;
            self.set_meta_id("register", &link.id)?;
            self.cache.borrow_mut().log = Some(link.id);
        }
        Ok(())
    }

    /// An inline entry acknowledges itself under the set of its parent; so does the genesis.
    fn inline_by(&self, link: &Link, entered: &rules::Entered) -> Result<Option<event::Handle>, Error> {
        let Some(after) = &entered.after else { return Ok(None) };
        let inline = entered.motion.is_none() && entered.refuses.is_none() && entered.approvals == [link.id];
        let (Some(stewards), Some(author)) = (self.stewards(after)?, rules::member_of(self, after, &link.device)?)
        else {
            return Ok(None);
        };
        if !inline || !stewards.handles.contains(&author) {
            return Ok(None);
        }
        let word = rules::last_word(self, &before(link), &stewards.set, Some(rules::term(self, after)?))?;
        Ok(word.is_none().then_some(author))
    }

    /// What accounts of a refounded community begin with.
    pub(crate) fn carry(&self, entered: &rules::Entered) {
        for (key, value) in &entered.facts {
            if let (rules::Key::Carried(account, unit), Some(rules::Value::Minor(minor))) = (key, value) {
                self.sums.borrow_mut().account(account, unit, [*minor, 0, 0]);
            }
        }
    }

    /// The place of a new entry: on its parent's branch, or on a new one where that place is taken.
    fn grow(&self, after: Option<&EventId>) -> Result<(i64, i64), Error> {
        let Some((branch, height)) = after.map(|after| self.place(after)).transpose()?.flatten() else {
            self.db.prepare_cached("INSERT INTO branch (parent, fork) VALUES (NULL, NULL)")?.execute([])?;
            return Ok((self.db.last_insert_rowid(), 0));
        };
        let next = height.saturating_add(1);
        let taken = self
            .db
            .prepare_cached("SELECT 1 FROM entry WHERE branch = ? AND height = ?")?
            .exists(params![branch, next])?;
        if !taken {
            return Ok((branch, next));
        }
        self.db.prepare_cached("INSERT INTO branch (parent, fork) VALUES (?, ?)")?.execute(params![branch, height])?;
        Ok((self.db.last_insert_rowid(), next))
    }

    fn book(&self, link: &Link, step: &rules::Move) -> Result<(), Error> {
        use rules::Facts;
        let before = self.balance(&before(link), &step.account, &step.unit)?;
        let after = before.saturating_add(step.minor);
        self.db.prepare_cached("INSERT INTO book VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            link.line,
            step.account.to_string(),
            step.unit.as_str(),
            int(link.seq),
            step.minor,
            after,
        ])?;
        let key = (link.line, step.account.clone(), step.unit.clone());
        self.cache.borrow_mut().balances.insert(key, (link.seq, after));
        Ok(())
    }

    fn rows_of_kind(&self, event: &Verified, link: &Link, effects: &Effects) -> Result<(), Error> {
        self.note_income(&event.event.body, link)?;
        match &event.event.body {
            Body::Pay(pay) => {
                self.note_said(pay, link)?;
                self.note_spent(pay, link);
                if let Some(key) = &pay.key {
                    self.db.prepare_cached("INSERT OR IGNORE INTO paid VALUES (?, ?, ?, ?, ?)")?.execute(params![
                        link.line,
                        pay.from.to_string(),
                        key.as_str(),
                        int(link.seq),
                        &link.id.0[..]
                    ])?;
                }
            }
            Body::Receive(receive) => {
                for item in &receive.items {
                    let what = match item {
                        event::Item::Leg(..) => 1,
                        event::Item::Return(_) => 3,
                        event::Item::Back(..) => 4,
                    };
                    self.add_take(item_key(item), link, what)?;
                }
            }
            Body::Decline(decline) => self.add_take((decline.pay, i64::from(decline.leg)), link, 2)?,
            Body::Back(back) => self.back(back, link)?,
            Body::Attest(attest) => self.place_row("attested", &attest.pledge, link)?,
            Body::Unpledge(unpledge) => self.place_row("taken_back", &unpledge.pledge, link)?,
            Body::Agree(of) => self.answer_set_off(&of.clearing, &of.account, Answer::Agreed, link)?,
            Body::Dissent(of) => self.answer_set_off(&of.clearing, &of.account, Answer::Dissented, link)?,
            Body::Release(of) => self.answer_set_off(&of.clearing, &of.account, Answer::Released, link)?,
            Body::Offer(offer) => self.offer(offer, false, event, link)?,
            Body::Want(want) => self.offer(want, true, event, link)?,
            Body::Remove(remove) => self.place_row("taken_back", &remove.offer, link)?,
            Body::Approve(approve) => self.approval(link, &approve.motion, effects)?,
            Body::Succeed(_) => self.approval(link, &link.id, effects)?,
            // An entry by own authority is its author's approval, too.
            Body::Entry(_) if effects.closes.is_some() => self.approval(link, &link.id, effects)?,
            Body::Object(object) => self.objection(link, &object.motion)?,
            Body::Motion(_) if effects.parts => self.parting(link)?,
            Body::Cast(cast) => self.place_row("ballot", &cast.poll, link)?,
            Body::Close(close) => self.place_row("counted", &close.poll, link)?,
            Body::Post(post) => self.post_row(post, event, link)?,
            Body::Retract(retract) => self.place_row("retraction", &retract.post, link)?,
            Body::Hide(hide) => self.hiding(hide, link)?,
            Body::Seen(seen) => seen.posts.iter().try_for_each(|post| self.place_row("receipt", post, link))?,
            Body::Told(told) => self.place_row("receipt", &told.post, link)?,
            Body::Open(event::Open { terms: event::Terms { replaces: Some(older), .. }, .. }) => {
                self.place_row("replaced", older, link)?;
            }
            Body::Record(record) => self.place_row("ballot", &record.poll, link)?,
            Body::Contest(contest) => {
                if let Some(Body::Record(record)) = rules::Facts::body(self, &contest.record)? {
                    self.place_row("ballot", &record.poll, link)?;
                }
            }
            Body::Proxy(Proxy { scope: Scope::Poll(poll), .. }) => self.place_row("ballot", poll, link)?,
            Body::Proxy(proxy) => {
                self.db.prepare_cached("INSERT INTO proxy VALUES (?, ?, ?, ?)")?.execute(params![
                    proxy.scope.to_string(),
                    link.line,
                    int(link.seq),
                    &link.id.0[..],
                ])?;
            }
            Body::Extend(extend) => {
                self.db.prepare_cached("INSERT INTO extension VALUES (?, ?, ?, ?)")?.execute(params![
                    &extend.poll.0[..],
                    link.line,
                    int(link.seq),
                    extend.closes.seconds(),
                ])?;
            }
            Body::Request(request) => self.note_request(request, link)?,
            Body::Withdraw(withdraw) => self.note_answer(&withdraw.request, link, WITHDRAWN)?,
            Body::Refuse(refuse) => self.note_answer(&refuse.request, link, REFUSED)?,
            Body::Cancel(cancel) => self.note_cancel(&cancel.pay, link)?,
            _ => {}
        }
        Ok(())
    }

    fn approval(&self, link: &Link, motion: &EventId, effects: &Effects) -> Result<(), Error> {
        self.load_closings(link.line)?;
        self.db.prepare_cached("INSERT INTO approval VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            link.line,
            int(link.seq),
            &link.id.0[..],
            &motion.0[..],
            effects.closes.map(|set| set.0.to_vec()),
            effects.term,
        ])?;
        let motion = (*motion != link.id).then_some(*motion);
        let closing = rules::Closing { seq: link.seq, motion, term: effects.term };
        let closing = effects.closes.map(|set| (set, closing));
        let mut cache = self.cache.borrow_mut();
        cache.closings.entry(link.line).or_default().extend(closing);
        cache.agreed.remove(&link.line);
        Ok(())
    }

    fn objection(&self, link: &Link, motion: &EventId) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO objection VALUES (?, ?, ?, ?)")?.execute(params![
            link.line,
            int(link.seq),
            &link.id.0[..],
            &motion.0[..],
        ])?;
        Ok(())
    }

    fn parting(&self, link: &Link) -> Result<(), Error> {
        self.load_partings()?;
        self.db.prepare_cached("INSERT INTO parting VALUES (?, ?, ?)")?.execute(params![
            link.line,
            int(link.seq),
            &link.id.0[..],
        ])?;
        self.cache.borrow_mut().partings.get_or_insert_default().push((link.line, link.seq, link.id));
        Ok(())
    }

    /// A row of a table that says where something about another event stands.
    fn place_row(&self, table: &str, about: &EventId, link: &Link) -> Result<(), Error> {
        self.db.prepare_cached(&format!("INSERT INTO {table} VALUES (?, ?, ?, ?)"))?.execute(params![
            &about.0[..],
            link.line,
            int(link.seq),
            &link.id.0[..]
        ])?;
        Ok(())
    }

    /// Two valid events of one seq freeze the chain from there.
    fn watch_fork(&self, link: &Link) -> Result<(), Error> {
        let lines = self.lines_of(&link.device)?;
        if lines.len() < 2 {
            return Ok(());
        }
        let mut query =
            self.db.prepare_cached("SELECT 1 FROM event WHERE line = ? AND seq = ? AND refusal = 0 AND id <> ?")?;
        for line in lines {
            if query.exists(params![line, int(link.seq), &link.id.0[..]])? {
                self.db
                    .prepare_cached(
                        "INSERT INTO chain (device, forked) VALUES (?1, ?2)
                         ON CONFLICT DO UPDATE SET forked = min(ifnull(forked, ?2), ?2)",
                    )?
                    .execute(params![link.device.to_string(), int(link.seq)])?;
                self.cache.borrow_mut().ended = None;
                self.refold.set(true);
            }
        }
        Ok(())
    }

    /// Notes another commit of an accepted event.
    pub fn alias(&self, git: GitId, id: &EventId) -> Result<(), Error> {
        self.db.prepare_cached("INSERT OR IGNORE INTO alias VALUES (?, ?)")?.execute(params![&git.0[..], &id.0[..]])?;
        Ok(())
    }

    /// Git's name of an accepted event, and whether this commit is known to wrap it.
    pub fn wraps(&self, id: &EventId, commit: GitId) -> Result<Option<bool>, Error> {
        let known = match self.cache.borrow().gits.get(id) {
            Some(git) => Some(*git),
            None if self.cache.borrow().complete => return Ok(None),
            None => None,
        };
        let Some(git) = known.map_or_else(|| self.git(id), |git| Ok(Some(git)))? else { return Ok(None) };
        if git == commit {
            return Ok(Some(true));
        }
        let mut query = self.db.prepare_cached("SELECT 1 FROM alias WHERE git = ? AND id = ?")?;
        Ok(Some(query.exists(params![&commit.0[..], &id.0[..]])?))
    }

    /// Writes lines and reaches that changed in memory.
    pub(crate) fn flush(&self) -> Result<(), Error> {
        let mut dirty = std::mem::take(&mut self.cache.borrow_mut().dirty_lines);
        dirty.sort_unstable();
        dirty.dedup();
        let mut update =
            self.db.prepare_cached("UPDATE line SET tip = ?, tip_id = ?, tip_git = ?, settled = ? WHERE n = ?")?;
        for n in dirty {
            let line = self.line(n)?;
            update.execute(params![int(line.tip), &line.tip_id.0[..], &line.tip_git.0[..], line.settled, n])?;
        }
        self.flush_reaches()?;
        self.flush_waiting()
    }
}

/// The place just before an event on its line.
fn before(link: &Link) -> Link {
    Link { seq: link.seq.saturating_sub(1), ..*link }
}
