//! The write path: draft, judge, sign, journal, and then the read path, so that one's own event is judged
//! from the journal like anyone's.

use std::rc::Rc;

use event::{
    Body, Decline, Device, Entry, Event, EventId, GitId, Handle, Item, Key as DeviceKey, MAX_DEPS, Receive, Route,
    Text, Verified,
};
use rules::{Facts, Link, Verdict};
use serde_json::json;

use crate::failure::Failure;
use crate::output::{Output, Table, short};
use crate::session::{Session, now};

/// A clock further ahead of everything held than this is wrong: a community is not quiet for that long.
pub(crate) const YEAR: i64 = 366 * 86_400;

/// What was written, or would be.
#[derive(Debug, Clone)]
pub struct Written {
    /// The event's id, none under `--dry-run`.
    pub id: Option<EventId>,
    /// Its kind.
    pub kind: &'static str,
    /// Its subject line.
    pub subject: String,
}

/// The author's chain, where a new event begins.
#[derive(Clone)]
pub(crate) struct Chain {
    author: Handle,
    device: Device,
    pub(crate) head: Option<(Link, GitId)>,
}

impl Session {
    /// Writes one event of this member.
    pub fn write(&mut self, body: Body, text: Option<Text>, output: &mut Output) -> Result<Written, Failure> {
        self.begin_writing(output)?;
        let written = self.write_locked(body, text, output);
        self.end_writing()?;
        written
    }

    /// With the lock held: writes one event of this member.
    pub(crate) fn write_locked(
        &mut self,
        body: Body,
        text: Option<Text>,
        output: &mut Output,
    ) -> Result<Written, Failure> {
        let key = self.usable_key(output)?;
        let chain = self.own_chain()?;
        if !self.dry_run {
            output.begin_writing();
        }
        self.write_on(chain, &key, body, text)
    }

    /// The device key, once it is sure that no other installation writes with it.
    pub(crate) fn usable_key(&mut self, output: &mut Output) -> Result<Rc<DeviceKey>, Failure> {
        if let Some(failure) = self.here()?.failure() {
            return Err(failure);
        }
        if let Some(failure) = self.distrust()? {
            return Err(failure);
        }
        if self.dry_run {
            return self.keys.open();
        }
        if !self.keys.is_bound() {
            self.look_at_own_head(output)?;
        }
        self.keys.open()
    }

    /// A key that is not where it was made: only the remotes can tell whether it is at work elsewhere.
    fn look_at_own_head(&mut self, output: &mut Output) -> Result<(), Failure> {
        output.status("this home was moved or restored: looking at what was published");
        let mut looked = false;
        for remote in self.remotes()? {
            match self.fetch(&remote, output) {
                Ok(taken) if taken.own_elsewhere => {
                    self.local()?.set_value("elsewhere", "1")?;
                    // It may be that the other installation has moved on already.
                    let gone = self.here()?.failure();
                    return Err(gone.unwrap_or_else(|| Failure::could("the key is at work elsewhere")));
                }
                Ok(_) => looked = true,
                Err(failure) => output.warn(&failure.fact),
            }
        }
        match looked {
            true => self.keys.bind(),
            false => Err(Failure::could(
                "this home was moved or restored, and no remote can say whether its key is at work elsewhere",
            )
            .hint("reach a remote first: `members sync`")),
        }
    }

    pub(crate) fn own_chain(&mut self) -> Result<Chain, Failure> {
        let nobody = || {
            Failure::could("this copy has no device key").hint("it can read; to write, join with a device of its own")
        };
        let device = self.device()?.ok_or_else(nobody)?;
        match self.store.head(&device)? {
            Some((link, git)) => {
                let author = self.store.author(&link)?.ok_or_else(nobody)?;
                Ok(Chain { author, device, head: Some((link, git)) })
            }
            None => Err(Failure::no("you are not a member here yet")
                .hint("ask a steward to `members admit` you, then `members sync`")),
        }
    }

    /// Writes the first event of a chain: founding, or asking to join.
    pub(crate) fn write_first(
        &mut self,
        author: Handle,
        key: &DeviceKey,
        body: Body,
        text: Option<Text>,
    ) -> Result<Written, Failure> {
        let chain = Chain { author, device: key.public().device(), head: None };
        self.write_on(chain, key, body, text)
    }

    fn write_on(&mut self, chain: Chain, key: &DeviceKey, body: Body, text: Option<Text>) -> Result<Written, Failure> {
        self.store.begin()?;
        let mut admitted = false;
        for id in body.names() {
            if self.store.link(&id)?.is_none() {
                self.admit_request(&id)?;
                admitted = true;
            }
        }
        let done = self.write_begun(&chain, key, body, text).and_then(|written| {
            // The own branch has moved already.
            if admitted && written.id.is_some() {
                self.move_refs()?;
            }
            Ok(written)
        });
        match &done {
            Ok(written) if written.id.is_some() => self.seal_written()?,
            _ => self.store.rollback()?,
        }
        done
    }

    /// Ends the transaction with what was written.
    pub(crate) fn seal_written(&mut self) -> Result<(), Failure> {
        let seal = self.keys.seal()?;
        let stamp = self.journal()?.stamp().0;
        self.store.commit(&stamp, &seal)?;
        self.move_checkpoint()
    }

    /// Drafts and signs the next event of a chain.
    pub(crate) fn sign_next(
        &self,
        chain: &Chain,
        key: &DeviceKey,
        body: Body,
        text: Option<Text>,
    ) -> Result<(Vec<u8>, Verified), Failure> {
        let event = self.draft(chain, body, text)?;
        let mut parents: Vec<GitId> = chain.head.iter().map(|(_, git)| *git).collect();
        for dep in &event.deps {
            parents.push(self.store.git(dep)?.ok_or_else(|| Failure::could("a named event is missing"))?);
        }
        Ok(event.sign(parents, key)?)
    }

    /// In a transaction: drafts, judges, signs, writes object and ref, folds.
    fn write_begun(
        &mut self,
        chain: &Chain,
        key: &DeviceKey,
        body: Body,
        text: Option<Text>,
    ) -> Result<Written, Failure> {
        let (bytes, verified) = self.sign_next(chain, key, body, text)?;
        let (kind, subject) = (verified.event.body.kind(), verified.event.subject());
        match self.store.judge(&verified)? {
            Verdict::Valid(_) => {}
            Verdict::Refused(refusal) => return Err(Failure::refused(refusal)),
            Verdict::Waits(_) => {
                return Err(Failure::could("a named event is missing").hint("`members sync`, then try again"));
            }
        }
        if self.dry_run {
            return Ok(Written { id: None, kind, subject });
        }
        let journal = self.journal()?;
        let git = journal.write(&bytes)?;
        let name = verified.event.device.to_string();
        let from = chain.head.as_ref().map(|(_, git)| *git);
        journal.advance(&name, from, git)?;
        // From here on the event exists; a crash before the store knows heals at the next start.
        self.store.apply(&verified, git)?;
        Ok(Written { id: Some(verified.id), kind, subject })
    }

    fn draft(&self, chain: &Chain, body: Body, text: Option<Text>) -> Result<Event, Failure> {
        let head = chain.head.as_ref().map(|(link, _)| *link);
        let time = self.claim(head.as_ref())?;
        let own = |id: &EventId| -> Result<bool, Failure> {
            Ok(self.store.link(id)?.is_some_and(|link| link.device == chain.device))
        };
        let mut deps = Vec::new();
        for id in body.carried() {
            if !own(&id)? && !deps.contains(&id) {
                deps.push(id);
            }
        }
        let mut targets = self.relied_on(&body)?;
        targets.dedup();
        let relies = !targets.is_empty();
        let next = self.next_register(head.as_ref())?;
        targets.extend(next);
        let room = MAX_DEPS.saturating_sub(deps.len()).saturating_sub(1);
        let evidence = self.store.evidence(&chain.device, &targets, room)?;
        let register = next.filter(|entry| evidence.covered.contains(entry));
        if let Some(entry) = register
            && !own(&entry)?
        {
            deps.push(entry);
        }
        if register.is_some() || relies {
            deps.extend(evidence.deps);
        }
        deps.retain(|dep| head.is_none_or(|head| head.id != *dep));
        deps.sort_unstable();
        deps.dedup();
        Ok(Event {
            log: self.store.log()?,
            author: chain.author.clone(),
            device: chain.device,
            time,
            seq: head.map_or(0, |head| head.seq + 1),
            prev: head.map(|head| head.id),
            register,
            deps,
            text,
            body,
        })
    }

    /// What the body needs to be settled.
    fn relied_on(&self, body: &Body) -> Result<Vec<EventId>, Failure> {
        Ok(match body {
            Body::Receive(receive) => {
                receive.items.iter().filter(|item| !matches!(item, Item::Back(..))).map(Item::event).collect()
            }
            Body::Decline(decline) => vec![decline.pay],
            Body::Back(back) => back.attestations.clone(),
            Body::Release(release) => release.shown.into_iter().collect(),
            Body::Entry(Entry { route: Route::Moved { motion, .. }, .. }) => match self.store.body(motion)? {
                Some(Body::Motion(moved)) if rules::own_word(&moved.change) => {
                    vec![*motion]
                }
                _ => Vec::new(),
            },
            _ => Vec::new(),
        })
    }

    /// The newest settled entry, where the chain does not know it yet.
    fn next_register(&self, head: Option<&Link>) -> Result<Option<EventId>, Failure> {
        if self.store.log()?.is_none() {
            return Ok(None);
        }
        let newest = self.store.register()?;
        match head {
            Some(head) if head.register == newest || !self.store.descends(&newest, &head.register)? => Ok(None),
            _ => Ok(Some(newest)),
        }
    }

    /// The time to claim: the clock's, which must not stand far before or after what is held.
    fn claim(&self, head: Option<&Link>) -> Result<event::Time, Failure> {
        let clock = now();
        let Some(newest) = self.store.newest_time()? else { return Ok(clock) };
        if head.is_some_and(|head| clock < head.time) {
            return Err(Failure::refused(rules::Refusal::TimeBackwards));
        }
        let ahead = clock.seconds().saturating_sub(newest.seconds());
        if ahead > YEAR {
            return Err(Failure::could(format!(
                "this machine's clock says {clock}, more than a year after anything in the journal"
            ))
            .hint("set the clock right"));
        }
        Ok(clock)
    }

    /// Writes receipts for what has settled on the accounts of this device; `only` narrows it to some items.
    pub(crate) fn receive_locked(
        &mut self,
        only: Option<&[Item]>,
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        let mut written = Vec::new();
        let mut tried: Vec<Item> = Vec::new();
        loop {
            let mut items: Vec<Item> = Vec::new();
            for account in self.kept_accounts()? {
                for open in self.store.open_items(&account)? {
                    let wanted = only.is_none_or(|only| only.contains(&open.item));
                    if open.settled && wanted && !tried.contains(&open.item) && items.len() < event::MAX_ITEMS {
                        items.push(open.item);
                    }
                }
            }
            if items.is_empty() {
                return Ok(written);
            }
            tried.extend(items.iter().copied());
            items.sort();
            written.extend(self.receive_some(items, output)?);
            if self.dry_run {
                return Ok(written);
            }
        }
    }

    /// One receipt for all; where the law refuses that, one for each that it lets be.
    fn receive_some(&mut self, items: Vec<Item>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let all = Body::Receive(Receive { items: items.clone() });
        match self.write_locked(all, None, output) {
            Ok(written) => return Ok(vec![written]),
            Err(failure) if failure.code() != 1 => return Err(failure),
            Err(_) => {}
        }
        let mut written = Vec::new();
        for item in items {
            match self.write_locked(Body::Receive(Receive { items: vec![item] }), None, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.status(format!("payment {} not received: {}", short(&item.event()), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// Sends back what its payer asks for, or what nobody asked for any more.
    pub(crate) fn decline_unwanted(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let mut written = Vec::new();
        for account in self.kept_accounts()? {
            for open in self.store.open_items(&account)?.into_iter().filter(|open| open.settled) {
                let Item::Leg(pay, leg) = open.item else { continue };
                let Some(why) = self.store.unwanted(&pay, leg)? else { continue };
                let decline = Decline { pay, leg, why: why.parse().ok() };
                match self.write_locked(Body::Decline(decline), None, output) {
                    Ok(one) => written.push(one),
                    Err(failure) if failure.code() == 1 => output.explain(failure.fact),
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(written)
    }

    /// The accounts that this device keeps.
    pub fn kept_accounts(&self) -> Result<Vec<event::Account>, Failure> {
        let Some(me) = self.me()? else { return Ok(Vec::new()) };
        let at = self.store.register()?;
        let mut kept = Vec::new();
        for account in self.store.accounts_of(&at, &me)? {
            if !self.gives_away(&account)? {
                kept.push(account);
            }
        }
        Ok(kept)
    }

    /// Whether this device has handed the account on, and writes nothing on it until that is refused.
    fn gives_away(&self, account: &event::Account) -> Result<bool, Failure> {
        let Some(device) = self.device()? else { return Ok(false) };
        match self.store.head(&device)? {
            Some((head, _)) => Ok(rules::handed(&self.store, &head.register, &head, account)?),
            None => Ok(false),
        }
    }

    /// Receives what has settled.
    pub fn receive(&mut self, only: Option<&[Item]>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.receive_and_back(only, output);
        self.end_writing()?;
        written
    }
}

impl Session {
    /// Receives what has settled, and uses what was attested, unless only some items are meant.
    fn receive_and_back(&mut self, only: Option<&[Item]>, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let mut written = self.receive_locked(only, output)?;
        if only.is_none() {
            written.extend(self.back_locked(output)?);
        }
        Ok(written)
    }
}

impl Written {
    /// Shows what was written, or would be.
    pub fn show(&self, output: &mut Output) -> Result<(), Failure> {
        Written::show_all(std::slice::from_ref(self), output)
    }

    /// Shows several: as one JSON value, an object for one event and an array for more.
    pub fn show_all(all: &[Written], output: &mut Output) -> Result<(), Failure> {
        let mut table = Table::new(&["id", "kind", "subject"], "");
        for one in all {
            table.row([json!(one.id.map(|id| id.to_string())), json!(one.kind), json!(one.subject)]);
        }
        match (output.format(), all.len()) {
            (crate::Format::Table, _) => {
                for one in all {
                    match one.id {
                        Some(id) => output.status(format!("{} {}", short(&id), one.subject)),
                        None => output.status(format!("would write: {}", one.subject)),
                    }
                }
                Ok(())
            }
            (_, 1) => output.object(&table),
            _ => output.table(&table),
        }
    }
}
