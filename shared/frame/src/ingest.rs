//! From outside into the books: what quarantine or journal hold that the store has not is judged, kept where
//! it is an event of this community, and published to the journal before the store says so.

use std::collections::BTreeSet;

use event::{Body, Device, EventId, GitId, Verified};
use journal::{Branch, Held, Tip};
use rules::{Facts, Key};
use store::{Outcome, Request};

use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;

/// What was taken in.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// New events, valid and refused.
    pub events: usize,
    /// Events that wait for others.
    pub waiting: usize,
    /// New requests to join.
    pub requests: usize,
    /// What could not be taken, and why.
    pub trouble: Vec<String>,
    /// Events of this very device that it did not know: its key is at work elsewhere.
    pub own_elsewhere: bool,
}

/// A branch on its way in.
struct Incoming {
    events: std::vec::IntoIter<Held>,
    next: Option<Held>,
    name: String,
}

/// Commits that go into the journal.
type Commits = Vec<(GitId, Vec<u8>)>;

impl Session {
    /// With the lock held: takes in what a remote or a bundle brought into quarantine.
    pub(crate) fn ingest(&mut self, tips: Vec<Tip>, output: &mut Output) -> Result<Taken, Failure> {
        let mut taken = Taken::default();
        let branches = self.branches(tips, true, &mut taken, output)?;
        self.take_in(branches, true, taken)
    }

    /// With the lock held: folds what the journal has and the store has not.
    pub(crate) fn fold_journal(&mut self, output: &mut Output) -> Result<(), Failure> {
        let stamp = self.journal()?.stamp().0;
        if self.store.frontier()?.as_deref() == Some(&stamp) {
            return Ok(());
        }
        self.fold_all(output).map(drop)
    }

    /// With the lock held: folds every branch of the journal; says what could not be read.
    pub(crate) fn fold_all(&mut self, output: &mut Output) -> Result<Vec<String>, Failure> {
        let tips = self.journal()?.tips()?;
        let mut taken = Taken::default();
        let branches = self.branches(tips, false, &mut taken, output)?;
        self.take_in(branches, false, taken).map(|taken| taken.trouble)
    }

    /// Reads what branches hold beyond what the store has, verified.
    fn branches(
        &mut self,
        tips: Vec<Tip>,
        from_inbox: bool,
        taken: &mut Taken,
        output: &mut Output,
    ) -> Result<Vec<Branch>, Failure> {
        let known: BTreeSet<GitId> = self.store.chains()?.iter().map(|chain| chain.git).collect();
        let mut tips: Vec<Tip> = tips.into_iter().filter(|tip| !known.contains(&tip.git)).collect();
        if from_inbox {
            // Requests that wait in the journal may be wanted now.
            let ours = self.journal()?.tips()?;
            tips.extend(ours.into_iter().filter(|tip| !known.contains(&tip.git)));
            tips.sort();
            tips.dedup_by_key(|tip| tip.git);
        }
        if tips.is_empty() {
            return Ok(Vec::new());
        }
        let bar = output.progress("reading events");
        let mut branches = Vec::new();
        let mut keep = |branch: Branch| {
            bar.inc(u64::try_from(branch.events.len()).unwrap_or(0));
            branches.push(branch);
        };
        if self.store.log()?.is_none() {
            match from_inbox {
                true => self.repositories()?.1.stream(tips, &mut keep)?,
                false => self.journal()?.stream(tips, &mut keep)?,
            }
        } else {
            for tip in tips {
                if let Some(branch) = self.new_part(tip, &known, from_inbox)? {
                    keep(branch);
                }
            }
        }
        bar.finish_and_clear();
        // The order of arrival must not matter; a fixed one makes reports repeatable.
        branches.sort_by(|a, b| a.tip.cmp(&b.tip));
        for branch in &branches {
            if let Some(trouble) = &branch.trouble {
                taken.trouble.push(format!("branch {}: {trouble}", branch.tip.name));
            }
        }
        Ok(branches)
    }

    /// The new part of one branch. Of a key that is not admitted only the first event is looked at.
    fn new_part(&mut self, tip: Tip, known: &BTreeSet<GitId>, from_inbox: bool) -> Result<Option<Branch>, Failure> {
        self.repositories()?;
        let newest = match from_inbox {
            true => self.repositories()?.1.read(tip.git),
            false => self.journal()?.read(tip.git),
        };
        if let Ok(Ok(newest)) = &newest
            && newest.event.seq > 0
            && !self.expected(&newest.event.device)?
        {
            return Ok(None);
        }
        let store = std::mem::replace(&mut self.store, store::Store::in_memory(None)?);
        let is_known = |git: GitId, signed: Option<&event::Signed>| match signed {
            None => known.contains(&git),
            Some(signed) => store.link(&signed.id).is_ok_and(|link| link.is_some()),
        };
        let branch = match from_inbox {
            true => self.repositories().map(|(_, inbox)| inbox.branch(tip, is_known)),
            false => self.journal().map(|journal| journal.branch(tip, is_known)),
        };
        self.store = store;
        Ok(Some(branch??))
    }

    /// Whether a device is one of the community's, or will be by an entry that may come along.
    fn expected(&self, device: &Device) -> Result<bool, Failure> {
        if self.store.head(device)?.is_some() {
            return Ok(true);
        }
        let admitted = self.store.members()?.iter().any(|member| member.device == *device);
        Ok(admitted || self.store.admits(device)?)
    }

    /// Judges branches until nothing moves, then moves objects, refs and store forward, in that order.
    fn take_in(&mut self, branches: Vec<Branch>, from_inbox: bool, mut taken: Taken) -> Result<Taken, Failure> {
        let seal = self.keys.seal()?;
        self.store.begin()?;
        let commits = match self.judge_all(branches, from_inbox, &mut taken) {
            Ok(commits) => commits,
            Err(failure) => {
                self.store.rollback()?;
                return Err(failure);
            }
        };
        if from_inbox {
            let (journal, inbox) = self.repositories()?;
            inbox.release(journal, &commits)?;
        }
        self.move_refs()?;
        let stamp = self.journal()?.stamp().0;
        self.store.commit(&stamp, &seal)?;
        self.move_checkpoint()?;
        Ok(taken)
    }

    fn judge_all(&mut self, branches: Vec<Branch>, from_inbox: bool, taken: &mut Taken) -> Result<Commits, Failure> {
        let own = self.device()?;
        let mut incoming: Vec<Incoming> = branches.into_iter().map(Incoming::new).collect();
        let mut wanted: BTreeSet<EventId> = BTreeSet::new();
        let mut commits = Commits::new();
        loop {
            let mut moved = false;
            for branch in &mut incoming {
                moved |= self.judge_branch(branch, &mut wanted, &mut commits, from_inbox, taken, own)?;
            }
            if !moved {
                break;
            }
        }
        for branch in incoming {
            self.leave_outside(branch, from_inbox, &mut commits, taken)?;
        }
        Ok(commits)
    }

    /// Takes a branch in as far as it goes; says whether anything moved.
    fn judge_branch(
        &mut self,
        branch: &mut Incoming,
        wanted: &mut BTreeSet<EventId>,
        commits: &mut Commits,
        from_inbox: bool,
        taken: &mut Taken,
        own: Option<Device>,
    ) -> Result<bool, Failure> {
        let mut moved = false;
        while let Some(held) = branch.next.take() {
            if !self.needed(&held.event, branch.events.as_slice(), wanted)? {
                branch.next = Some(held);
                break;
            }
            match self.commit_parents(&held.event, commits, from_inbox)? {
                Parents::Right => {}
                Parents::Unknown(missing) => {
                    moved |= want(wanted, missing);
                    branch.next = Some(held);
                    break;
                }
                Parents::Wrong => {
                    taken.trouble.push(format!("branch {}: git's parents are not what the event names", branch.name));
                    branch.drop_rest();
                    break;
                }
            }
            match self.store.apply(&held.event, held.git)? {
                Outcome::Waits(missing) => {
                    moved |= want(wanted, missing);
                    branch.next = Some(held);
                    break;
                }
                Outcome::Known => branch.advance(),
                Outcome::Valid | Outcome::Refused(_) if !self.is_ours(&held.event)? => {
                    // Another community's event; nothing of it is kept.
                    branch.drop_rest();
                    break;
                }
                outcome => {
                    moved = true;
                    taken.events += 1;
                    taken.own_elsewhere |= from_inbox && own == Some(held.event.event.device);
                    commits.push((held.git, held.event.bytes()));
                    match outcome {
                        Outcome::Refused(refusal) => {
                            taken.trouble.push(format!(
                                "event {} of {}: {refusal}",
                                held.event.id.short(),
                                held.event.event.author
                            ));
                            branch.drop_rest();
                        }
                        _ => branch.advance(),
                    }
                }
            }
        }
        Ok(moved)
    }

    fn is_ours(&self, event: &Verified) -> Result<bool, Failure> {
        let log = self.store.log()?;
        Ok(event.event.log == log || Some(event.id) == log)
    }

    /// A stranger's request is taken in only when an entry or motion names it; what a frozen chain says only
    /// when it proves the fork, or something names it.
    fn needed(&self, event: &Verified, rest: &[Held], wanted: &BTreeSet<EventId>) -> Result<bool, Failure> {
        let e = &event.event;
        let log = self.store.log()?;
        if log.is_some() && e.log != log && Some(event.id) != log {
            return Ok(false);
        }
        if let Body::Join(_) = e.body {
            return Ok(wanted.contains(&event.id));
        }
        match self.store.forked(&e.device)? {
            Some(at) if at <= e.seq => {
                Ok(wanted.contains(&event.id) || rest.iter().any(|held| wanted.contains(&held.event.id)))
            }
            _ => Ok(true),
        }
    }

    /// Whether git's parents lead to the events named; another good commit of a known event is kept for it.
    fn commit_parents(
        &mut self,
        event: &Verified,
        commits: &mut Commits,
        from_inbox: bool,
    ) -> Result<Parents, Failure> {
        let named: Vec<EventId> = event.event.prev.iter().chain(&event.event.deps).copied().collect();
        let mut missing = Vec::new();
        for (id, parent) in named.iter().zip(&event.parents) {
            match self.store.wraps(id, *parent)? {
                None => missing.push(*id),
                Some(true) => {}
                Some(false) => match self.other_commit(*parent, id, from_inbox)? {
                    Some(bytes) => {
                        self.store.alias(*parent, id)?;
                        commits.push((*parent, bytes));
                    }
                    None => return Ok(Parents::Wrong),
                },
            }
        }
        Ok(if missing.is_empty() { Parents::Right } else { Parents::Unknown(missing) })
    }

    /// The bytes of another good commit of an event, where this is one.
    fn other_commit(&mut self, git: GitId, id: &EventId, from_inbox: bool) -> Result<Option<Vec<u8>>, Failure> {
        let read = match from_inbox {
            true => self.repositories()?.1.read(git),
            false => self.journal()?.read(git),
        };
        let Ok(Ok(signed)) = read else { return Ok(None) };
        Ok(signed.verify().ok().filter(|verified| verified.id == *id).map(|verified| verified.bytes()))
    }

    /// What was not taken in: a request is kept as a stranger's, the rest waits in quarantine.
    fn leave_outside(
        &mut self,
        branch: Incoming,
        from_inbox: bool,
        commits: &mut Commits,
        taken: &mut Taken,
    ) -> Result<(), Failure> {
        let Some(held) = branch.next else { return Ok(()) };
        let log = self.store.log()?;
        if held.event.event.log != log {
            return Ok(());
        }
        if !matches!(held.event.event.body, Body::Join(_)) {
            taken.waiting += 1 + branch.events.len();
            return Ok(());
        }
        let e = &held.event.event;
        let request = Request {
            id: held.event.id,
            git: held.git,
            device: e.device,
            handle: e.author.clone(),
            time: e.time,
        };
        let new = !self.local()?.requests()?.contains(&request);
        if self.local()?.keep_request(&request)? && from_inbox && new {
            taken.requests += 1;
            commits.push((held.git, held.event.bytes()));
        }
        Ok(())
    }

    /// Refs of the journal follow the store's chains and the requests; they only move forward.
    pub(crate) fn move_refs(&mut self) -> Result<(), Failure> {
        let mut wanted: Vec<(String, GitId)> = Vec::new();
        for chain in self.store.chains()? {
            wanted.push((branch_name(&chain), chain.git));
        }
        let requests = self.local()?.requests()?;
        for request in requests {
            match self.store.link(&request.id)? {
                Some(_) => self.local()?.drop_request(&request.id)?,
                None => wanted.push((request.device.to_string(), request.git)),
            }
        }
        let journal = self.journal()?;
        let tips = journal.tips()?;
        for (name, git) in wanted {
            let now = tips.iter().find(|tip| tip.name == name).map(|tip| tip.git);
            if now != Some(git) && journal.holds(git) {
                journal.advance(&name, now, git)?;
            }
        }
        Ok(())
    }

    /// The checkpoint moves to each entry held as settled.
    pub(crate) fn move_checkpoint(&mut self) -> Result<(), Failure> {
        if self.store.log()?.is_none() {
            return Ok(());
        }
        let at = self.store.register()?.to_string();
        Ok(self.local()?.set_value("checkpoint", &at)?)
    }

    /// Takes a stranger's request into the books, because an event of ours names it.
    pub(crate) fn admit_request(&mut self, id: &EventId) -> Result<(), Failure> {
        let request = self.local()?.requests()?.into_iter().find(|request| request.id == *id);
        let Some(request) = request else { return Ok(()) };
        let read = self.journal()?.read(request.git)?;
        let verified = read.ok().and_then(|signed| signed.verify().ok());
        let verified = verified.ok_or_else(|| Failure::could("the request to join cannot be read"))?;
        if self.store.fact(&self.store.register()?, &Key::Device(request.device))?.is_none() {
            self.store.apply(&verified, request.git)?;
        }
        Ok(())
    }
}

/// What git's parents of an event turned out to be.
enum Parents {
    Right,
    Wrong,
    Unknown(Vec<EventId>),
}

impl Incoming {
    fn new(branch: Branch) -> Self {
        let mut events = branch.events.into_iter();
        Incoming { next: events.next(), events, name: branch.tip.name }
    }

    fn advance(&mut self) {
        self.next = self.events.next();
    }

    fn drop_rest(&mut self) {
        self.events = Vec::new().into_iter();
        self.next = None;
    }
}

fn want(wanted: &mut BTreeSet<EventId>, ids: Vec<EventId>) -> bool {
    ids.into_iter().fold(false, |new, id| wanted.insert(id) | new)
}

/// The branch on which a chain is published: the device; for the other side of a fork, also the digits of its
/// first event.
pub(crate) fn branch_name(chain: &store::Chain) -> String {
    match chain.root {
        None => chain.device.to_string(),
        Some(root) => format!("{}.{}", chain.device, &root.to_string()[..16]),
    }
}
