//! From outside into the books: what quarantine or journal hold that the store has not is judged, kept where
//! it is an event of this community, and published to the journal before the store says so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use event::{Body, Change, Device, Entry, EventId, GitId, Motion, Route, Signed, Verified};
use indicatif::ProgressBar;
use journal::{Branch, Held, Inbox, Journal, Piece, Tip};
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
    /// New personal data of members.
    pub profiles: usize,
    /// What could not be taken, and why.
    pub trouble: Vec<String>,
    /// Other communities that began there, of which nothing was taken.
    pub others: Vec<String>,
    /// Events of this very device that it did not know: its key is at work elsewhere.
    pub own_elsewhere: bool,
}

/// Where events are read.
enum Reader {
    Journal(Journal),
    Inbox(Inbox),
}

/// A branch on its way in.
struct Incoming {
    next: Option<Held>,
    rest: VecDeque<Held>,
    name: String,
    /// Whether nothing further of it is wanted.
    dropped: bool,
}

/// Commits that go into the journal.
type Commits = Vec<(GitId, Vec<u8>)>;

/// Branches being judged, each as far as what it names is held.
struct Intake<'a> {
    session: &'a mut Session,
    reader: &'a Reader,
    incoming: Vec<Incoming>,
    /// Branches that can move on.
    ready: VecDeque<usize>,
    /// Branches that wait for an event, by its id.
    waiting: BTreeMap<EventId, Vec<usize>>,
    /// Requests to join that nothing names yet, by their id.
    requests: BTreeMap<EventId, Vec<usize>>,
    /// Branches of frozen chains beyond their proof.
    frozen: Vec<usize>,
    /// Events that others name and that are not held.
    wanted: BTreeSet<EventId>,
    /// Devices whose admission waits for their request.
    admitting: BTreeSet<Device>,
    commits: Commits,
    taken: Taken,
    own: Option<Device>,
    bar: ProgressBar,
}

impl Session {
    /// With the lock held: takes in what a remote or a bundle brought into quarantine.
    pub(crate) fn ingest(&mut self, mut tips: Vec<Tip>, output: &mut Output) -> Result<Taken, Failure> {
        // Requests that wait in the journal may be wanted now.
        tips.extend(self.journal()?.tips()?);
        tips.sort();
        tips.dedup_by_key(|tip| tip.git);
        let inbox = Inbox::open(&self.folder.join("inbox.git"), self.journal()?)?;
        self.take_in(&Reader::Inbox(inbox), tips, output)
    }

    /// With the lock held: folds what the journal has and the store has not.
    pub(crate) fn fold_journal(&mut self, output: &mut Output) -> Result<(), Failure> {
        let stamp = self.journal()?.stamp().0;
        if self.store.frontier()?.as_deref() == Some(&stamp) && !std::mem::take(&mut self.unfinished) {
            return Ok(());
        }
        self.fold_all(output).map(drop)
    }

    /// With the lock held: folds every branch of the journal; says what could not be read.
    pub(crate) fn fold_all(&mut self, output: &mut Output) -> Result<Vec<String>, Failure> {
        let tips = self.journal()?.tips()?;
        let reader = Reader::Journal(Journal::open(&self.folder.join("journal.git"))?);
        self.take_in(&reader, tips, output).map(|taken| taken.trouble)
    }

    /// Judges what is new on these branches, then moves objects, refs and store forward, in that order.
    fn take_in(&mut self, reader: &Reader, tips: Vec<Tip>, output: &mut Output) -> Result<Taken, Failure> {
        let seal = self.keys.seal()?;
        let own = self.device()?;
        self.store.begin()?;
        let bar = output.progress("reading events");
        let intake = Intake {
            session: self,
            reader,
            incoming: Vec::new(),
            ready: VecDeque::new(),
            waiting: BTreeMap::new(),
            requests: BTreeMap::new(),
            frozen: Vec::new(),
            wanted: BTreeSet::new(),
            admitting: BTreeSet::new(),
            commits: Commits::new(),
            taken: Taken::default(),
            own,
            bar: bar.clone(),
        };
        let judged = intake.run(tips);
        bar.finish_and_clear();
        let done = judged.and_then(|(commits, taken)| {
            if let Reader::Inbox(inbox) = reader {
                inbox.release(self.journal()?, &commits)?;
            }
            self.move_refs()?;
            let stamp = self.journal()?.stamp().0;
            self.store.commit(&stamp, &seal)?;
            self.move_checkpoint()?;
            Ok(taken)
        });
        if done.is_err() {
            // The first failure is the one to tell; a transaction that is gone already needs no end.
            let _ = self.store.rollback();
        }
        done
    }

    /// Whether a device is one of the community's, or will be by an entry that is held.
    fn expected(&self, device: &Device) -> Result<bool, Failure> {
        Ok(self.store.head(device)?.is_some() || self.store.admits(device)?)
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
        // What a fork parted is published before a branch leaves it.
        wanted.sort_by_key(|(name, _)| !name.contains('.'));
        let journal = self.journal()?;
        let tips: BTreeMap<String, GitId> = journal.tips()?.into_iter().map(|tip| (tip.name, tip.git)).collect();
        for (name, git) in wanted {
            let now = tips.get(&name).copied();
            if now != Some(git) && journal.holds(git) && !now.is_some_and(|now| journal.goes_back(now, git)) {
                journal.advance(&name, now, git)?;
            }
        }
        Ok(())
    }

    /// The checkpoint moves to each entry held as settled that goes on from it; never to another history.
    pub(crate) fn move_checkpoint(&mut self) -> Result<(), Failure> {
        if self.store.log()?.is_none() {
            return Ok(());
        }
        let at = self.store.register()?;
        let kept = self.local()?.checkpoint()?;
        match kept {
            Some(kept) if !self.store.descends(&at, &kept)? => Ok(()),
            _ => Ok(self.local()?.set_value("checkpoint", &at.to_string())?),
        }
    }

    /// Why the register as it is held here is not the one that this installation trusts, if so.
    pub fn distrust(&mut self) -> Result<Option<Failure>, Failure> {
        let Some(kept) = self.local()?.checkpoint()? else { return Ok(None) };
        if self.store.log()?.is_none() || self.store.descends(&self.store.register()?, &kept)? {
            return Ok(None);
        }
        let fact = match self.store.link(&kept)? {
            None => format!("entry {}, from which on this copy trusts the register, is not held", kept.short()),
            Some(_) => format!("entry {}, from which on this copy trusts the register, is not settled", kept.short()),
        };
        Ok(Some(Failure::could(fact).hint(
            "`members sync` with a remote that has it, or import a bundle; if none has it, ask the members which \
             history is theirs",
        )))
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

impl Intake<'_> {
    fn run(mut self, tips: Vec<Tip>) -> Result<(Commits, Taken), Failure> {
        let known: BTreeSet<GitId> = self.session.store.chains()?.iter().map(|chain| chain.git).collect();
        let tips: Vec<Tip> = tips.into_iter().filter(|tip| !known.contains(&tip.git)).collect();
        if self.session.store.log()?.is_none() {
            self.read_whole(tips)?;
        } else {
            self.read_new(tips, &known)?;
            // What was taken into the journal named nothing that was not there: the store has lost it.
            if matches!(self.reader, Reader::Journal(_)) && self.waits() {
                return Err(store::Error::Missing("an event that the journal goes on from").into());
            }
        }
        for branch in std::mem::take(&mut self.incoming) {
            self.leave_outside(branch)?;
        }
        Ok((self.commits, self.taken))
    }

    /// Whether a branch has come to an event that names something that is not held.
    fn waits(&self) -> bool {
        self.waiting.values().flatten().any(|at| self.incoming[*at].next.is_some())
    }

    /// Into an empty store: branches are judged while others are still being read on all cores.
    fn read_whole(&mut self, tips: Vec<Tip>) -> Result<(), Failure> {
        let mut failed = None;
        let reader = self.reader;
        for tip in &tips {
            self.begin(&tip.name);
        }
        reader.stream(&tips, |piece| {
            if failed.is_none() {
                failed = self.go_on(piece.branch, piece.events, piece.trouble).err();
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// Into a store that holds some: the new part of each branch, strangers last.
    fn read_new(&mut self, mut tips: Vec<Tip>, known: &BTreeSet<GitId>) -> Result<(), Failure> {
        loop {
            let before = (tips.len(), self.admitting.len());
            let mut postponed = Vec::new();
            for tip in tips {
                match self.new_part(&tip, known)? {
                    Some(branch) => {
                        let at = self.begin(&branch.tip.name);
                        self.go_on(at, branch.events, branch.trouble)?;
                    }
                    None => postponed.push(tip),
                }
            }
            // A newcomer's chain is expected once an entry that admits it was seen.
            if postponed.is_empty() || (postponed.len(), self.admitting.len()) == before {
                return Ok(());
            }
            tips = postponed;
        }
    }

    /// The new part of one branch; of a key that is not admitted only the first event is looked at.
    fn new_part(&mut self, tip: &Tip, known: &BTreeSet<GitId>) -> Result<Option<Branch>, Failure> {
        if let Ok(Ok(newest)) = self.reader.read(tip.git)
            && newest.event.seq > 0
            && !self.admitting.contains(&newest.event.device)
            && !self.session.expected(&newest.event.device)?
        {
            return Ok(None);
        }
        let store = &self.session.store;
        let is_known = |git: GitId, signed: Option<&Signed>| match signed {
            None => known.contains(&git),
            Some(signed) => store.link(&signed.id).is_ok_and(|link| link.is_some()),
        };
        self.reader.branch(tip.clone(), is_known).map(Some)
    }

    fn begin(&mut self, name: &str) -> usize {
        self.incoming.push(Incoming { next: None, rest: VecDeque::new(), name: name.to_owned(), dropped: false });
        self.incoming.len() - 1
    }

    /// More of a branch, and all that can be judged now.
    fn go_on(&mut self, at: usize, events: Vec<Held>, trouble: Option<String>) -> Result<(), Failure> {
        let branch = &mut self.incoming[at];
        if let Some(trouble) = trouble {
            self.taken.trouble.push(format!("branch {}: {trouble}", branch.name));
        }
        if !branch.dropped {
            let named = events.iter().any(|held| self.wanted.contains(&held.event.id));
            branch.rest.extend(events);
            if branch.next.is_none() {
                branch.next = branch.rest.pop_front();
                self.ready.push_back(at);
            } else if named && let Some(frozen) = self.frozen.iter().position(|frozen| *frozen == at) {
                self.frozen.swap_remove(frozen);
                self.ready.push_back(at);
            }
        }
        while let Some(at) = self.ready.pop_front() {
            self.judge_branch(at)?;
        }
        Ok(())
    }

    /// Takes a branch in until it ends, waits or proves bad.
    fn judge_branch(&mut self, at: usize) -> Result<(), Failure> {
        while let Some(held) = self.incoming[at].next.take() {
            let goes_on = match self.needed(at, &held.event)? {
                true => self.judge_one(at, held)?,
                false => {
                    self.incoming[at].next = Some(held);
                    false
                }
            };
            if !goes_on {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Judges one event; says whether the branch goes on.
    fn judge_one(&mut self, at: usize, held: Held) -> Result<bool, Failure> {
        match self.parents(&held.event)? {
            Parents::Right => {}
            Parents::Missing => return self.wait(at, held),
            Parents::Wrong => {
                let name = &self.incoming[at].name;
                self.taken.trouble.push(format!("branch {name}: git's parents are not what the event names"));
                self.incoming[at].drop_rest();
                return Ok(false);
            }
        }
        match self.session.store.apply(&held.event, held.git)? {
            Outcome::Waits(_) => return self.wait(at, held),
            Outcome::Known => {}
            Outcome::Valid => self.accept(&held)?,
            Outcome::Refused(refusal) => {
                let author = &held.event.event.author;
                self.taken.trouble.push(format!("event {} of {author}: {refusal}", held.event.id.short()));
                self.accept(&held)?;
                self.incoming[at].drop_rest();
                return Ok(false);
            }
        }
        let branch = &mut self.incoming[at];
        branch.next = branch.rest.pop_front();
        Ok(true)
    }

    fn accept(&mut self, held: &Held) -> Result<(), Failure> {
        self.taken.events += 1;
        self.bar.inc(1);
        if let Reader::Inbox(_) = self.reader {
            self.taken.own_elsewhere |= self.own == Some(held.event.event.device);
            self.commits.push((held.git, held.event.bytes()));
        }
        self.ready.extend(self.waiting.remove(&held.event.id).into_iter().flatten());
        Ok(())
    }

    /// The branch waits for the first of the events that are missing; all of them are wanted. Where only requests to
    /// join are missing, and these are at hand, they are taken in for this event, which then says so at once.
    fn wait(&mut self, at: usize, held: Held) -> Result<bool, Failure> {
        let mut missing = Vec::new();
        for id in held.event.event.names() {
            if self.session.store.link(&id)?.is_none() {
                missing.push(id);
            }
        }
        self.admitting.extend(admits(&held.event.event.body));
        self.incoming[at].next = Some(held);
        let elsewhere = missing.iter().find(|id| !self.requests.contains_key(id)).copied();
        let mut news = false;
        for id in &missing {
            news |= self.wanted.insert(*id);
        }
        if news {
            self.ready.extend(std::mem::take(&mut self.frozen));
        }
        match elsewhere {
            Some(first) => self.waiting.entry(first).or_default().push(at),
            None => {
                for id in &missing {
                    self.take_request(id)?;
                }
            }
        }
        Ok(elsewhere.is_none() && !missing.is_empty())
    }

    /// Takes in a request that an event names.
    fn take_request(&mut self, id: &EventId) -> Result<(), Failure> {
        for at in self.requests.remove(id).into_iter().flatten() {
            if let Some(held) = self.incoming[at].next.take() {
                self.judge_one(at, held)?;
                self.ready.push_back(at);
            }
        }
        Ok(())
    }

    /// A stranger's request is taken in only when an event names it; what a frozen chain says only when it
    /// proves the fork, or something names it.
    fn needed(&mut self, at: usize, event: &Verified) -> Result<bool, Failure> {
        let e = &event.event;
        let log = self.session.store.log()?;
        if let Body::Found(found) = &e.body
            && Some(event.id) != log
            && (log.is_some() || !self.session.is_meant(&found.community, &event.id))
        {
            self.taken.others.push(format!("{} ({})", found.community, event.id.short()));
            self.incoming[at].drop_rest();
            return Ok(false);
        }
        if log.is_some() && e.log != log && Some(event.id) != log {
            // Another community's event; nothing of it is kept.
            self.incoming[at].drop_rest();
            return Ok(false);
        }
        if let Body::Join(_) = e.body {
            // One's own is in the books from the beginning.
            // Every branch of a forked chain begins with the same one.
            let known = self.own == Some(e.device) || self.session.store.link(&event.id)?.is_some();
            if !known {
                self.requests.entry(event.id).or_default().push(at);
                self.ready.extend(self.waiting.remove(&event.id).into_iter().flatten());
            }
            return Ok(known);
        }
        // What the journal holds was taken when less was known of the fork, and belongs to the books.
        if matches!(self.reader, Reader::Journal(_)) {
            return Ok(true);
        }
        match self.session.store.forked(&e.device)? {
            Some(fork) if fork <= e.seq => {
                let named = |held: &Held| self.wanted.contains(&held.event.id);
                let needed = self.wanted.contains(&event.id) || self.incoming[at].rest.iter().any(named);
                if !needed {
                    self.frozen.push(at);
                }
                Ok(needed)
            }
            _ => Ok(true),
        }
    }

    /// Whether git's parents lead to the events named; another good commit of a known event is kept for it.
    fn parents(&mut self, event: &Verified) -> Result<Parents, Failure> {
        let named = event.event.prev.iter().chain(&event.event.deps);
        let mut missing = false;
        for (id, parent) in named.zip(&event.parents) {
            match self.session.store.wraps(id, *parent)? {
                None => missing = true,
                Some(true) => {}
                Some(false) => match self.other_commit(*parent, id) {
                    Some(bytes) => {
                        self.session.store.alias(*parent, id)?;
                        self.commits.push((*parent, bytes));
                    }
                    None => return Ok(Parents::Wrong),
                },
            }
        }
        Ok(if missing { Parents::Missing } else { Parents::Right })
    }

    /// The bytes of another good commit of an event, where this is one.
    fn other_commit(&self, git: GitId, id: &EventId) -> Option<Vec<u8>> {
        let signed = self.reader.read(git).ok()?.ok()?;
        signed.verify().ok().filter(|verified| verified.id == *id).map(|verified| verified.bytes())
    }

    /// What was not taken in: a request is kept as a stranger's, the rest waits in quarantine.
    fn leave_outside(&mut self, branch: Incoming) -> Result<(), Failure> {
        let Some(held) = branch.next else { return Ok(()) };
        let e = &held.event.event;
        if e.log != self.session.store.log()? {
            return Ok(());
        }
        // Kept beside the books, a request still has git's parents, and these must be there.
        if !matches!(e.body, Body::Join(_)) || !matches!(self.parents(&held.event)?, Parents::Right) {
            self.taken.waiting += 1 + branch.rest.len();
            return Ok(());
        }
        let request =
            Request { id: held.event.id, git: held.git, device: e.device, handle: e.author.clone(), time: e.time };
        let asked_for = self.session.asked_for.as_deref().is_some_and(|name| request.is_meant_by(name))
            || self.session.is_invited(e)?;
        let local = self.session.local()?;
        let new = !local.requests()?.iter().any(|known| known.id == request.id);
        if local.keep_request(&request, asked_for)? && matches!(self.reader, Reader::Inbox(_)) {
            self.taken.requests += usize::from(new);
            // One that is noted but not held was cut short by a crash.
            if !self.session.journal()?.holds(held.git) {
                self.commits.push((held.git, held.event.bytes()));
            }
        }
        Ok(())
    }
}

/// The device that an entry or a motion admits.
fn admits(body: &Body) -> Option<Device> {
    let change = match body {
        Body::Motion(Motion { change }) | Body::Entry(Entry { route: Route::Inline(change), .. }) => change,
        _ => return None,
    };
    match change {
        Change::Admit { device, .. } => Some(*device),
        Change::Reinstate(to) | Change::Move(to) | Change::Rekey { to, .. } => Some(to.device),
        _ => None,
    }
}

/// What git's parents of an event turned out to be.
enum Parents {
    Right,
    Wrong,
    Missing,
}

impl Incoming {
    fn drop_rest(&mut self) {
        self.rest = VecDeque::new();
        self.next = None;
        self.dropped = true;
    }
}

impl Reader {
    fn read(&self, git: GitId) -> Result<Result<Signed, String>, Failure> {
        Ok(match self {
            Reader::Journal(journal) => journal.read(git)?,
            Reader::Inbox(inbox) => inbox.read(git)?,
        })
    }

    fn branch(&self, tip: Tip, known: impl FnMut(GitId, Option<&Signed>) -> bool) -> Result<Branch, Failure> {
        Ok(match self {
            Reader::Journal(journal) => journal.branch(tip, known)?,
            Reader::Inbox(inbox) => inbox.branch(tip, known)?,
        })
    }

    fn stream(&self, tips: &[Tip], each: impl FnMut(Piece)) -> Result<(), Failure> {
        match self {
            Reader::Journal(journal) => journal.stream(tips, each)?,
            Reader::Inbox(inbox) => inbox.stream(tips, each)?,
        }
        Ok(())
    }
}

/// The branch on which a chain is published: the device; for the other side of a fork, also the digits of its
/// first event.
pub(crate) fn branch_name(chain: &store::Chain) -> String {
    match chain.root {
        None => chain.device.to_string(),
        Some(root) => format!("{}.{}", chain.device, &root.to_string()[..16]),
    }
}
