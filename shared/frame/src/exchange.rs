//! What goes over the wire, without keeping those who write waiting: fetching into quarantine under a lock of
//! its own, and publishing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use event::{EventId, GitId};
use journal::{Remote, Tip};
use rules::Facts;

use crate::failure::Failure;
use crate::ingest::Taken;
use crate::output::Output;
use crate::session::Session;

/// How long a sync waits for another one.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a writer waits for a sync; the sync may be waiting for the writer.
const MOMENT: Duration = Duration::from_secs(5);

/// How long a branch is left to somebody else who is at it.
const BREATH: Duration = Duration::from_millis(300);

/// What a remote had when it was looked at.
pub(crate) struct Brought {
    /// Its branches.
    pub tips: Vec<Tip>,
    /// Whether they were taken in before.
    known: bool,
}

/// What became of publishing.
#[derive(Default)]
pub(crate) struct Published {
    /// Branches that the remote took.
    pub branches: usize,
    /// That this device's own events were not among them, and why.
    pub failure: Option<Failure>,
}

impl Session {
    /// Brings in what a remote has.
    pub(crate) fn fetch(&mut self, remote: &Remote, output: &mut Output) -> Result<Taken, Failure> {
        self.begin_exchange(MOMENT)?;
        let brought = self.bring(remote, output)?;
        let taken = self.take(remote, &brought, output)?;
        self.end_exchange();
        Ok(taken)
    }

    /// Syncs once more, for the request of somebody whom a steward knows: only so many strangers' are kept.
    pub fn look_for(&mut self, name: &str, output: &mut Output) -> Result<(), Failure> {
        if self.local()?.requests()?.iter().any(|request| request.is_meant_by(name)) {
            return Ok(());
        }
        for remote in self.remotes()? {
            self.local()?.drop_value(&mark(&remote))?;
        }
        self.asked_for = Some(name.to_owned());
        self.sync(None, output).map(drop)
    }

    /// Waits until no other sync uses the quarantine.
    pub(crate) fn begin_sync(&mut self) -> Result<(), Failure> {
        self.begin_exchange(PATIENCE)
    }

    /// Brings into quarantine what a remote has; nothing of it is believed yet.
    pub(crate) fn bring(&mut self, remote: &Remote, output: &mut Output) -> Result<Brought, Failure> {
        if let Some(tips) = remote.glance()
            && self.local()?.value(&mark(remote))?.is_some_and(|taken| taken == fingerprint(&tips))
        {
            return Ok(Brought { tips, known: true });
        }
        let bar = output.progress("fetching");
        let tips = match remote.fetch(self.repositories()?.1) {
            Err(journal::Error::Damaged { .. }) => remote.fetch(self.renewed()?),
            done => done,
        };
        bar.finish_and_clear();
        Ok(Brought { tips: tips?, known: false })
    }

    /// With the lock held: takes in what was brought.
    pub(crate) fn take(&mut self, remote: &Remote, brought: &Brought, output: &mut Output) -> Result<Taken, Failure> {
        if brought.known {
            return Ok(Taken::default());
        }
        let taken = self.ingest(brought.tips.clone(), output)?;
        if taken.waiting == 0 {
            // The mark names what was taken in, so it can be neither early nor late.
            self.local()?.set_value(&mark(remote), &fingerprint(&brought.tips))?;
        }
        let (journal, inbox) = self.repositories()?;
        inbox.empty(journal)?;
        Ok(taken)
    }

    /// Publishes every branch that the remote lacks or has older. Where something else stands under a branch's
    /// name, its events go out beside it: names are hints, and no branch can block others.
    pub(crate) fn publish(
        &mut self,
        remote: &Remote,
        has: &BTreeMap<String, GitId>,
        output: &mut Output,
    ) -> Result<Published, Failure> {
        let there: BTreeSet<GitId> = has.values().copied().collect();
        if self.has_all(&there)? {
            return Ok(Published::default());
        }
        let own = self.device()?.map(|device| device.to_string());
        let beside = self.store.log()?.map(|log| log.to_string()[..16].to_owned());
        let mut ours = self.journal()?.tips()?;
        ours.retain(|tip| !there.contains(&tip.git));
        if ours.is_empty() {
            return Ok(Published::default());
        }
        let (journal, inbox) = self.repositories()?;
        let mut names: Vec<(String, String)> = Vec::new();
        for tip in ours {
            let follows = match has.get(&tip.name) {
                Some(other) => journal.follows(tip.git, *other),
                None => true,
            };
            let behind = has.get(&tip.name).is_some_and(|other| inbox.follows(*other, tip.git));
            match &beside {
                _ if behind => {}
                Some(beside) if !follows && !tip.name.contains('.') => {
                    let name = format!("{}.{beside}", tip.name);
                    names.push((tip.name, name));
                }
                _ => names.push((tip.name.clone(), tip.name)),
            }
        }
        if names.is_empty() {
            return Ok(Published::default());
        }
        if has.is_empty() && journal.has_readme() {
            names.push(("main".to_owned(), "main".to_owned()));
        }
        let mut pushed = remote.push(journal, &names)?;
        for at in [None, beside.as_deref()] {
            // Somebody else may be at the branch just now. If not, then a lock that a crash left behind is, or
            // a branch `<device>/x` that keeps `<device>` from being made.
            let blocked = |(name, why): &(String, String)| passing(why) && why.contains("ref") && !name.contains('.');
            let (again, refused) = pushed.refused.into_iter().partition::<Vec<_>, _>(blocked);
            let names: Vec<_> = again.iter().map(|(name, _)| (name.clone(), there_as(name, at))).collect();
            if at.is_none() && !names.is_empty() {
                std::thread::sleep(BREATH);
            }
            let second = remote.push(journal, &names)?;
            pushed.taken += second.taken;
            pushed.refused = [refused, second.refused].concat();
        }
        let mut failure = None;
        let url = remote.shown();
        for (name, why) in pushed.refused.iter().filter(|(name, _)| name != "main") {
            match &own {
                Some(own) if name.starts_with(own) && !passing(why) => {
                    let fact = format!("`{url}` did not take your events: {why}");
                    let hint = "ask its owner, or hand them over with `members bundle export FILE`";
                    failure = Some(Failure::could(fact).hint(hint));
                }
                _ => output.warn(format!("`{url}` did not take branch {name}: {why}")),
            }
        }
        Ok(Published { branches: pushed.taken, failure })
    }
}

impl Session {
    /// Whether all that is held stands among these commits, so that no ref need be looked at.
    fn has_all(&mut self, there: &BTreeSet<GitId>) -> Result<bool, Failure> {
        let requests = self.local()?.requests()?;
        Ok(requests.iter().all(|request| there.contains(&request.git))
            && self.store.tips()?.iter().all(|tip| there.contains(tip)))
    }
}

/// The name of a branch there: its own, or one beside it.
fn there_as(name: &str, beside: Option<&str>) -> String {
    beside.map_or_else(|| name.to_owned(), |beside| format!("{name}.{beside}"))
}

/// Where it is noted what of a remote was taken in.
fn mark(remote: &Remote) -> String {
    format!("fetched {}", remote.name)
}

/// One name for all these branches as they stand.
fn fingerprint(tips: &[Tip]) -> String {
    let list: String = tips.iter().map(|tip| format!("{} {}\n", tip.name, tip.git)).collect();
    EventId::of(list.as_bytes()).to_string()
}

/// Whether a refusal is only that somebody else published at the same moment.
fn passing(why: &str) -> bool {
    ["lock", "fetch first", "non-fast-forward", "old value", "already exists", "failed to update ref"]
        .iter()
        .any(|sign| why.contains(sign))
}
