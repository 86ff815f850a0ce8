//! Syncing, in one order: fetch, verify, fold, enter what has its approvals, acknowledge, fold, receive what
//! has settled, push.

use event::{Body, Change, Entry, Route, Text};
use journal::Remote;
use rules::{Facts, Key, Value};

use crate::exchange::Brought;
use crate::failure::{Failure, Kind};
use crate::here::Here;
use crate::ingest::Taken;
use crate::output::{Output, counted};
use crate::session::Session;
use crate::write::Written;

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

    pub(crate) fn change_locked(
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
