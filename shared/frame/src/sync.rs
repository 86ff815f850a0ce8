//! Syncing, in one order: fetch, verify, fold, enter what has its approvals, acknowledge, fold, receive what
//! has settled, push.

use event::{Ack, Body, Change, Entry, EventId, Join, MAX_APPROVALS, Position, Route, Text, Time};
use journal::Remote;
use rules::{Facts, Key, Value};

use crate::exchange::Brought;
use crate::failure::{Failure, Kind};
use crate::here::Here;
use crate::ingest::Taken;
use crate::output::{Output, counted};
use crate::session::{Session, now};
use crate::write::Written;

/// Events that claim to be further ahead than this are not acknowledged yet, in seconds.
const AHEAD: i64 = 86_400;

/// Under which name the newcomers wait whom this device admitted and has to confirm.
const ADMITTED: &str = "admitted";

/// How much trouble is told one by one.
const SHOWN: usize = 5;

/// What a sync did.
#[derive(Debug, Clone, Default)]
pub struct Synced {
    /// New events taken in.
    pub taken: Taken,
    /// What this device wrote: entries, acknowledgements, receipts.
    pub written: Vec<Written>,
    /// Branches published.
    pub published: usize,
    /// Remotes that could not be reached, and why.
    pub unreached: Vec<Failure>,
}

impl Session {
    /// The remotes of this community.
    pub fn remotes(&self) -> Result<Vec<Remote>, Failure> {
        let config = self.places.config(&self.community)?;
        Ok(config.remotes.iter().map(|r| Remote::new(&r.name, &r.url)).collect::<Result<_, _>>()?)
    }

    /// Syncs with all remotes, or with one.
    pub fn sync(&mut self, only: Option<&str>, output: &mut Output) -> Result<Synced, Failure> {
        let mut remotes = self.remotes()?;
        if let Some(only) = only {
            remotes.retain(|remote| remote.name == only || remote.url == only);
            if remotes.is_empty() {
                return Err(Failure::usage(format!("there is no remote `{}`", event::harmless_line(only)))
                    .hint("`members remote list` shows them, `members remote add NAME URL` adds one"));
            }
        }
        // Those who write do not wait for the network, only for what is done with what came.
        self.begin_sync()?;
        let mut brought = Vec::new();
        for remote in &remotes {
            brought.push((remote, self.bring(remote, output)));
        }
        self.begin_writing(output)?;
        let synced = self.sync_locked(&brought, output);
        self.end_writing()?;
        let mut synced = synced?;
        let mut reached = Vec::new();
        for (remote, brought) in brought {
            // A copy without a key takes and does not give.
            if let (Ok(brought), false) = (brought, self.dry_run || self.device()?.is_none()) {
                let has = brought.tips.into_iter().map(|tip| (tip.name, tip.git)).collect();
                match self.publish(remote, &has, output) {
                    Ok(published) => {
                        synced.published += published.branches;
                        synced.unreached.extend(published.failure);
                    }
                    Err(failure) => synced.unreached.push(failure),
                }
                reached.push(remote);
            }
        }
        // Events first: they say which personal data are meant.
        self.exchange_sides(&reached, &mut synced, output)?;
        self.end_exchange();
        Ok(synced)
    }

    fn sync_locked(
        &mut self,
        brought: &[(&Remote, Result<Brought, Failure>)],
        output: &mut Output,
    ) -> Result<Synced, Failure> {
        let mut synced = Synced::default();
        for (remote, brought) in brought {
            let taken = brought.as_ref().map_err(Failure::clone).and_then(|brought| self.take(remote, brought, output));
            match taken {
                Ok(taken) => synced.taken.add(taken),
                Err(failure) => synced.unreached.push(failure),
            }
        }
        if synced.taken.own_elsewhere {
            self.local()?.set_value("elsewhere", "1")?;
        }
        let local = self.local()?;
        let mut news = Vec::new();
        for trouble in std::mem::take(&mut synced.taken.trouble) {
            if local.tell_once(&trouble)? {
                news.push(trouble);
            }
        }
        synced.taken.trouble = news;
        if let Some(failure) = self.distrust()? {
            output.warn(failure.fact);
        } else if !self.dry_run {
            synced.written = match self.here()? {
                Here::Acts(_) | Here::Parting(..) => self.duties(output)?,
                _ => Vec::new(),
            };
        }
        if !self.dry_run {
            self.obey_locked(output)?;
            self.journal()?.tidy()?;
        }
        Ok(synced)
    }

    /// What every sync does for the community without being told.
    fn duties(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        if self.handed_over()? {
            // Only what brings the end about can follow.
            return self.enter_approved(output);
        }
        let mut written = self.enter_succession(output)?;
        written.extend(self.admit_invited(output)?);
        written.extend(self.approve_decided(output)?);
        written.extend(self.enter_approved(output)?);
        written.extend(self.refuse_failed(output)?);
        written.extend(self.acknowledge(output)?);
        // Who moves or leaves by the secretary's authority does so once that is settled.
        written.extend(self.enter_approved(output)?);
        written.extend(self.confirm_admitted(output)?);
        written.extend(self.decline_unwanted(output)?);
        if !self.places.receive_by_hand()? {
            written.extend(self.receive_locked(None, output)?);
            written.extend(self.back_locked(output)?);
            written.extend(self.release_locked(output)?);
        }
        Ok(written)
    }

    /// Opens the motions that confirm those whom this device admitted, now that they are members.
    fn confirm_admitted(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let waiting = self.local()?.value(ADMITTED)?.unwrap_or_default();
        let mut written = Vec::new();
        let mut later = Vec::new();
        for handle in waiting.split_whitespace() {
            match self.store.members()?.into_iter().find(|member| member.handle.as_str() == handle) {
                None => later.push(handle),
                Some(member) if member.confirmed => {}
                Some(member) => {
                    written.extend(self.change_locked(Change::Confirm { handle: member.handle }, None, output)?)
                }
            }
        }
        self.local()?.set_value(ADMITTED, &later.join(" "))?;
        Ok(written)
    }

    /// Remembers to confirm a newcomer once the admission has settled.
    pub fn confirm_later(&mut self, handle: &event::Handle) -> Result<(), Failure> {
        let waiting = self.local()?.value(ADMITTED)?.unwrap_or_default();
        Ok(self.local()?.set_value(ADMITTED, format!("{waiting} {handle}").trim())?)
    }

    /// Whether the own chain has ended itself: its member moves to another device or leaves.
    pub fn handed_over(&self) -> Result<bool, Failure> {
        Ok(matches!(self.by_register()?, Here::Parting(..)))
    }

    /// As secretary: enters newcomers who answer an invitation that is good.
    fn admit_invited(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(secretary) = self.in_office()? else { return Ok(Vec::new()) };
        let mut written = Vec::new();
        for request in self.local()?.requests()? {
            let Ok(Join { kind, invited: Some(invited), .. }) = self.asked(&request) else { continue };
            let Some(after) = self.store.last_entry_of(&secretary)? else { break };
            // One that is used up or expired leaves a request like any other.
            if rules::inviter(&self.store, &after, &invited.by, now())?.is_none() {
                continue;
            }
            let handle = request.handle.clone();
            let change = Change::Admit { handle, device: request.device, request: request.id, kind };
            let entry = Entry { after, route: Route::Inline(change) };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => {
                    written.push(one);
                    self.confirm_later(&request.handle)?;
                }
                Err(failure) if matches!(failure.code(), 1 | 3) => {
                    output.explain(format!("request {} not entered: {}", request.id.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// The own device, if it keeps the register.
    pub(crate) fn in_office(&self) -> Result<Option<event::Device>, Failure> {
        let secretary = self.store.fact(&self.store.register()?, &Key::Secretary)?;
        Ok(self.device()?.filter(|own| secretary == Some(Value::Device(*own))))
    }

    /// As secretary: enters motions that have the approvals they need.
    pub(crate) fn enter_approved(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(secretary) = self.in_office()? else { return Ok(Vec::new()) };
        let mut written = Vec::new();
        for motion in self.store.motions()? {
            let Some(after) = self.store.last_entry_of(&secretary)? else { break };
            let mut approvals: Vec<EventId> = motion.approvals.iter().map(|(_, id)| *id).collect();
            approvals.sort_unstable();
            approvals.truncate(MAX_APPROVALS);
            let own_word = rules::own_word(&motion.change);
            if approvals.is_empty() && !own_word {
                continue;
            }
            let poll = self.store.decided_by(&motion.id)?;
            let entry = Entry { after, route: Route::Moved { motion: motion.id, approvals, poll } };
            match self.write_locked(Body::Entry(entry), None, output) {
                Ok(one) => written.push(one),
                Err(failure) if failure.code() == 1 => {
                    output.explain(format!("motion {} not entered: {}", motion.id.short(), failure.fact));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(written)
    }

    /// As steward: acknowledges what has moved.
    fn acknowledge(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let Some(own) = self.device()? else { return Ok(Vec::new()) };
        if !self.is_steward()? {
            return Ok(Vec::new());
        }
        let latest = Time::clamped(now().seconds().saturating_add(AHEAD));
        let mut positions: Vec<Position> =
            self.store.to_acknowledge(&own, latest)?.into_iter().map(|target| target.position).collect();
        positions.sort_by_key(|position| position.device);
        let mut written = Vec::new();
        for some in positions.chunks(Ack::MAX) {
            let ack = Ack { positions: some.to_vec() };
            written.push(self.write_locked(Body::Ack(ack), None, output)?);
        }
        if written.is_empty() && self.owes_acknowledgement(&own)? {
            written.push(self.write_locked(Body::Follow, None, output)?);
        }
        Ok(written)
    }

    /// Whether the steward's own chain must say something for an entry of another to settle: a new set of
    /// stewards counts only what is acknowledged under it.
    fn owes_acknowledgement(&self, own: &event::Device) -> Result<bool, Failure> {
        let Some((head, _)) = self.store.head(own)? else { return Ok(false) };
        let register = self.store.register()?;
        let set = |at: &EventId| -> Result<Option<EventId>, Failure> {
            Ok(match self.store.fact(at, &Key::Stewards)? {
                Some(Value::Stewards(stewards)) => Some(stewards.set),
                _ => None,
            })
        };
        Ok(head.register != register && set(&head.register)? != set(&register)?)
    }

    /// Writes a change of the register: at once where one's own authority suffices, as a motion otherwise.
    pub fn change(&mut self, change: Change, output: &mut Output) -> Result<Vec<Written>, Failure> {
        self.change_with(change, None, output)
    }

    /// The same with a text, which makes it a motion: the rules document, or the reason.
    pub fn change_with(
        &mut self,
        change: Change,
        text: Option<Text>,
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.change_locked(change, text, output);
        self.end_writing()?;
        written
    }

    fn change_locked(
        &mut self,
        change: Change,
        text: Option<Text>,
        output: &mut Output,
    ) -> Result<Vec<Written>, Failure> {
        // Only a motion has a text, and only by one does a member leave.
        let moves = text.is_some() || matches!(change, Change::Rules { .. } | Change::Leave { .. });
        if !moves
            && let Some(own) = self.in_office()?
            && let Some(after) = self.store.last_entry_of(&own)?
        {
            let entry = Entry { after, route: Route::Inline(change.clone()) };
            match self.write_locked(Body::Entry(entry), None, output) {
                Err(failure) if failure.fact == Failure::refused(rules::Refusal::TooFewApprovals).fact => {}
                done => return done.map(|written| vec![written]),
            }
        }
        let motion = self.write_locked(Body::Motion(event::Motion { change }), text, output)?;
        let mut written = vec![motion];
        if let Some(motion) = written.first().and_then(|motion| motion.id)
            && self.is_steward()?
        {
            written.push(self.write_locked(Body::Approve(event::Approve { motion }), None, output)?);
            written.extend(self.enter_approved(output)?);
        }
        Ok(written)
    }

    /// Whether payments wait for `credit receive`, by this person's settings.
    pub fn receives_by_hand(&self) -> Result<bool, Failure> {
        self.places.receive_by_hand()
    }

    /// What a mail must hold to be posted as an answer without being asked for.
    pub fn mail_token(&self) -> Result<Option<String>, Failure> {
        self.places.mail_token()
    }

    /// Whether this member is a steward.
    pub fn is_steward(&self) -> Result<bool, Failure> {
        let stewards = self.store.fact(&self.store.register()?, &Key::Stewards)?;
        let (Some(me), Some(Value::Stewards(stewards))) = (self.me()?, stewards) else { return Ok(false) };
        Ok(stewards.handles.contains(&me))
    }

    /// Brings in a bundle.
    pub fn import_bundle(&mut self, file: &std::path::Path, output: &mut Output) -> Result<Taken, Failure> {
        self.begin_sync()?;
        self.begin_writing(output)?;
        let done = self.import_locked(file, output);
        self.end_writing()?;
        self.end_exchange();
        done
    }

    pub(crate) fn import_locked(&mut self, file: &std::path::Path, output: &mut Output) -> Result<Taken, Failure> {
        self.begin_import()?;
        let tips = match self.repositories()?.1.read_bundle(file) {
            Err(journal::Error::Damaged { .. }) => self.renewed()?.read_bundle(file),
            done => done,
        };
        let mut taken = self.ingest(tips?, output)?;
        self.obey_locked(output)?;
        taken.profiles = self.import_sides(file, output)?;
        // A bundle's pack has the personal data in it; nothing is lost with the quarantine.
        self.renewed()?;
        Ok(taken)
    }

    /// Writes the whole journal into one file.
    pub fn export_bundle(&mut self, file: &std::path::Path) -> Result<(), Failure> {
        let sides = self.sides_to_carry()?;
        Ok(self.journal()?.write_bundle(file, &sides)?)
    }

    /// Adds a remote.
    pub fn add_remote(&self, name: &str, url: &str) -> Result<(), Failure> {
        let remote = Remote::new(name, &absolute(url))?;
        let mut config = self.places.config(&self.community)?;
        if config.remotes.iter().any(|r| r.name == remote.name) {
            return Err(Failure::usage(format!("there is a remote `{name}` already"))
                .hint("remove it first, or choose another name"));
        }
        config.remotes.push(crate::RemoteConfig { name: remote.name, url: remote.url });
        self.places.set_config(&self.community, &config)
    }

    /// Removes a remote.
    pub fn remove_remote(&mut self, name: &str) -> Result<(), Failure> {
        let mut config = self.places.config(&self.community)?;
        let before = config.remotes.len();
        config.remotes.retain(|r| r.name != name);
        if config.remotes.len() == before {
            return Err(Failure::usage(format!("there is no remote `{}`", event::harmless_line(name)))
                .hint("`members remote list` shows them"));
        }
        self.places.set_config(&self.community, &config)
    }

    /// Syncs before and after a command that was given `--sync`; an unreachable remote is a warning if
    /// syncing is the default.
    pub fn around<T>(
        &mut self,
        common: &crate::Common,
        output: &mut Output,
        work: impl FnOnce(&mut Self, &mut Output) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let always = self.places.sync_always()?;
        if !(common.sync || always) || common.dry_run {
            return work(self, output);
        }
        let before = self.sync(None, output)?;
        before.report(output);
        let done = work(self, output)?;
        let after = self.sync(None, output)?;
        after.report(output);
        match after.failure() {
            Some(failure) if !always => {
                Err(failure.hint("what this command did is done and safe: `members sync` publishes it"))
            }
            Some(failure) => {
                output.warn(&failure.fact);
                Ok(done)
            }
            None => Ok(done),
        }
    }
}

/// A path as it is seen from everywhere; other addresses as they are.
pub(crate) fn absolute(url: &str) -> String {
    let is_path = !url.contains("://") && !url.split('/').next().is_some_and(|head| head.contains(':'));
    match is_path {
        true => std::path::absolute(url).map_or_else(|_| url.to_owned(), |path| path.display().to_string()),
        false => url.to_owned(),
    }
}

impl Taken {
    /// Says what could not be taken in; a hub full of junk does not flood the screen.
    pub(crate) fn report(&self, output: &mut Output) {
        for trouble in self.trouble.iter().take(SHOWN) {
            output.warn(trouble);
        }
        if let Some(more) = self.trouble.get(SHOWN..).filter(|more| !more.is_empty()) {
            output.warn(format!("{} more such: -v shows them", more.len()));
            more.iter().for_each(|trouble| output.explain(trouble));
        }
    }

    pub(crate) fn add(&mut self, other: Taken) {
        self.events += other.events;
        self.waiting += other.waiting;
        self.requests += other.requests;
        self.profiles += other.profiles;
        self.trouble.extend(other.trouble);
        self.others.extend(other.others);
        self.own_elsewhere |= other.own_elsewhere;
    }
}

impl Synced {
    /// The failure that the command ends with: unreachable remotes first.
    pub fn failure(&self) -> Option<Failure> {
        let retry = self.unreached.iter().find(|failure| failure.kind == Kind::Retry);
        retry.or(self.unreached.first()).cloned()
    }

    /// Says what was done, on stderr.
    pub fn report(&self, output: &mut Output) {
        self.taken.report(output);
        if self.taken.events > 0 {
            output.status(format!("{} new", counted(self.taken.events, "event")));
        }
        if self.taken.requests > 0 {
            output.status(format!("{}: `members status` shows who", counted(self.taken.requests, "new request")));
        }
        if self.taken.profiles > 0 {
            output.status(format!("{} new", counted(self.taken.profiles, "profile")));
        }
        for written in &self.written {
            output.status(format!("{} {}", written.id.map(|id| id.short()).unwrap_or_default(), written.subject));
        }
        if self.taken.waiting > 0 {
            output.status(format!("{} wait for events not held yet", counted(self.taken.waiting, "event")));
        }
        if self.taken.own_elsewhere {
            output.warn("this device's key has signed events elsewhere: this home no longer writes");
        }
        if self.published > 0 {
            output.status(format!(
                "published {}",
                match self.published {
                    1 => "1 branch".to_owned(),
                    n => format!("{n} branches"),
                }
            ));
        }
    }
}
