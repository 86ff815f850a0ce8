//! A command's hold on one community: the read path that brings the store up to the journal, and the audit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use event::{Device, EventId, Time};
use journal::{Inbox, Journal};
use rules::Key;
use store::{Local, Store};

use crate::args::Common;
use crate::failure::Failure;
use crate::here::Here;
use crate::keys::Keyring;
use crate::output::Output;
use crate::places::Places;

/// One community on this machine.
pub struct Session {
    /// Its folder name.
    pub community: String,
    /// What the tools read.
    pub store: Store,
    pub(crate) places: Places,
    pub(crate) folder: PathBuf,
    pub(crate) keys: Keyring,
    pub(crate) dry_run: bool,
    journal: Option<Journal>,
    inbox: Option<Inbox>,
    local: Option<Local>,
    pub(crate) lock: Option<File>,
    pub(crate) exchange: Option<File>,
    /// Which community to join, where a remote has several: its name, or the first digits of its genesis.
    pub(crate) meant: Option<String>,
    /// Whose request to join is looked for, however many strangers ask.
    pub(crate) asked_for: Option<String>,
    /// Somebody was cut short between journal and store; what the file system says of the refs proves nothing.
    pub(crate) unfinished: bool,
}

/// What an audit found.
#[derive(Debug, Clone)]
pub struct Audit {
    /// Events whose signature was verified and that were judged anew.
    pub events: u64,
    /// Those among them that the law refused.
    pub refused: u64,
    /// Tables that differ from what the journal says, and by how many rows.
    pub differs: Vec<(&'static str, usize)>,
    /// Whether the seal holds.
    pub seal: store::Seal,
    /// Whether all sums are zero.
    pub conserved: bool,
    /// Branches that could not be read to their end, and why.
    pub trouble: Vec<String>,
    /// The state of the community, the same on every replica with the same events.
    pub digest: String,
    /// What is said of each event.
    pub verdicts: store::Verdicts,
}

/// The claimed time of what is written now.
pub fn now() -> Time {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    Time::clamped(i64::try_from(seconds).unwrap_or(i64::MAX))
}

impl Session {
    /// Opens the community that the options choose, its store as new as its journal.
    pub fn open(common: &Common, output: &mut Output) -> Result<Self, Failure> {
        let places = Places::of(common)?;
        let community = places.choose(common.community.as_deref())?;
        Session::of(places, &community, common.dry_run, output)
    }

    pub(crate) fn of(places: Places, community: &str, dry_run: bool, output: &mut Output) -> Result<Self, Failure> {
        let folder = places.data.join(community);
        // Readers ask the file system only: nothing moved since the last fold, and nobody is at it.
        let clean = fs::metadata(folder.join("lock")).is_ok_and(|m| m.len() == 0);
        let fresh = match clean {
            true => Store::read(&folder.join("store.db")).ok().flatten(),
            false => None,
        };
        let stamp = journal::Stamp::of(&folder.join("journal.git")).0;
        let (store, current) = match fresh {
            Some(store) if store.frontier().is_ok_and(|frontier| frontier.as_deref() == Some(&stamp)) => (store, true),
            _ => (Store::in_memory(None)?, false),
        };
        let mut session = Session::with(places, community, store);
        session.dry_run = dry_run;
        if !current {
            session.refresh(output)?;
        }
        Ok(session)
    }

    fn with(places: Places, community: &str, store: Store) -> Self {
        let folder = places.data.join(community);
        let keys = Keyring::new(places.state.join(community));
        Session {
            community: community.to_owned(),
            store,
            places,
            folder,
            keys,
            dry_run: false,
            journal: None,
            inbox: None,
            local: None,
            lock: None,
            exchange: None,
            meant: None,
            asked_for: None,
            unfinished: false,
        }
    }

    /// Takes a damaged store away; the next command makes it anew.
    pub(crate) fn drop_store(common: &Common) -> Result<(), Failure> {
        let places = Places::of(common)?;
        let community = places.choose(common.community.as_deref())?;
        let mut session = Session::with(places, &community, Store::in_memory(None)?);
        session.lock()?;
        remove_store(&session.folder.join("store.db"))?;
        session.unlock()
    }

    /// The read path: takes the lock if it is free, and judges what the journal has that the store has not.
    /// While another command writes, the store is read as it is.
    fn refresh(&mut self, output: &mut Output) -> Result<(), Failure> {
        let locked = match self.try_lock() {
            Ok(true) => match self.catch_up(output).and_then(|()| self.unlock()) {
                Ok(()) => return Ok(()),
                Err(failure) => Err(failure),
            },
            other => other,
        };
        match locked {
            // What was folded before can be read, even where nothing can be written.
            Err(failure) => match Store::read(&self.folder.join("store.db")) {
                Ok(Some(store)) if store.register().is_ok() => {
                    self.store = store;
                    self.lock = None;
                    output.warn(format!("shown as of the last command that could write: {}", failure.fact));
                    Ok(())
                }
                _ => Err(failure),
            },
            Ok(_) => match Store::read(&self.folder.join("store.db"))? {
                Some(store) if store.register().is_ok() => {
                    self.store = store;
                    Ok(())
                }
                _ => {
                    self.lock()?;
                    self.catch_up(output)?;
                    self.unlock()
                }
            },
        }
    }

    /// With the lock held: opens the store for writing and folds what is new in the journal.
    pub(crate) fn catch_up(&mut self, output: &mut Output) -> Result<(), Failure> {
        let path = self.folder.join("store.db");
        let checkpoint = self.local()?.checkpoint()?;
        if !matches!(self.store.take_up(checkpoint), Ok(true)) {
            self.store = match Store::open(&path, checkpoint) {
                Ok(Some(store)) => store,
                _ => {
                    remove_store(&path)?;
                    Store::create(&path, checkpoint)?
                }
            };
        }
        match self.fold_journal(output) {
            Err(failure) if failure.is_damage() => {
                // A damaged store is no reason to stop: it comes back from the journal.
                self.rebuild(output)
            }
            done => done,
        }
    }

    /// With the lock held: forgets the store and folds the whole journal.
    pub(crate) fn rebuild(&mut self, output: &mut Output) -> Result<(), Failure> {
        let path = self.folder.join("store.db");
        self.store = Store::in_memory(None)?;
        remove_store(&path)?;
        let checkpoint = self.local()?.checkpoint()?;
        self.store = Store::create(&path, checkpoint)?;
        output.explain("rebuilding the store from the journal");
        self.fold_journal(output)
    }

    /// Rebuilds the store, unless the journal has lost what the store still knows.
    pub fn rebuild_store(&mut self, output: &mut Output) -> Result<(), Failure> {
        if let Some(trouble) = self.audit(output)?.trouble.first() {
            return Err(Failure::could(format!("the journal itself is damaged: {trouble}"))
                .hint("nothing was changed; ask another member for a bundle, made with `members bundle export FILE`"));
        }
        self.lock()?;
        self.rebuild(output)?;
        self.unlock()
    }

    /// The journal.
    pub(crate) fn journal(&mut self) -> Result<&Journal, Failure> {
        if self.journal.is_none() {
            self.journal = Some(Journal::open(&self.folder.join("journal.git"))?);
        }
        self.journal.as_ref().ok_or_else(|| Failure::could("there is no journal"))
    }

    /// Journal and quarantine.
    pub(crate) fn repositories(&mut self) -> Result<(&Journal, &Inbox), Failure> {
        let path = self.folder.join("inbox.git");
        let journal = self.journal()?;
        let inbox = match Inbox::open(&path, journal) {
            // What a crash left half made in quarantine is made anew.
            Err(journal::Error::Damaged { .. }) => Inbox::discard(&path).and_then(|()| Inbox::open(&path, journal)),
            done => done,
        };
        self.inbox = Some(inbox?);
        match (&self.journal, &self.inbox) {
            (Some(journal), Some(inbox)) => Ok((journal, inbox)),
            _ => Err(Failure::could("there is no journal")),
        }
    }

    /// A new quarantine.
    pub(crate) fn renewed(&mut self) -> Result<&Inbox, Failure> {
        self.inbox = None;
        Inbox::discard(&self.folder.join("inbox.git"))?;
        Ok(self.repositories()?.1)
    }

    /// The local file.
    pub fn local(&mut self) -> Result<&Local, Failure> {
        if self.local.is_none() {
            let path = self.folder.join("local.db");
            let local = match Local::open(&path) {
                // What it held is known again after a sync, but for short numbers.
                Err(error) if error.is_garbage() => {
                    remove_store(&path)?;
                    Local::open(&path)
                }
                done => done,
            };
            self.local = Some(local?);
        }
        self.local.as_ref().ok_or_else(|| Failure::could("there is no local file"))
    }

    /// The local file, once [`Session::local`] has opened it; for what reads the store at the same time.
    pub fn opened_local(&self) -> Result<&Local, Failure> {
        self.local.as_ref().ok_or_else(|| Failure::could("there is no local file"))
    }

    /// The rules document in force.
    pub fn charter(&self) -> Result<rules::Charter, Failure> {
        let charter = self.store.charter()?.or_else(|| rules::Charter::read("").ok());
        charter.ok_or_else(|| Failure::could("the rules document cannot be read"))
    }

    /// Gives posts that are new here their short numbers.
    pub fn number_posts(&mut self) -> Result<(), Failure> {
        let me = self.me()?;
        self.local()?;
        match &self.local {
            Some(local) => Ok(local.number_posts(&self.store, me.as_ref())?),
            None => Ok(()),
        }
    }

    /// Where the journal lies.
    pub fn journal_path(&self) -> PathBuf {
        self.folder.join("journal.git")
    }

    /// Where the keys of this community lie.
    pub fn state_folder(&self) -> PathBuf {
        self.places.state.join(&self.community)
    }

    /// The device of this installation, none on a read-only copy.
    pub fn device(&self) -> Result<Option<Device>, Failure> {
        Ok(self.keys.public()?.map(|public| public.device))
    }

    /// The handle of this installation's member: once admitted, and as long as this is the member's device.
    pub fn me(&self) -> Result<Option<event::Handle>, Failure> {
        let Some(device) = self.device()? else { return Ok(None) };
        Ok(rules::member_of(&self.store, &self.store.register()?, &device)?)
    }

    /// The handle of this installation's member; a failure that says what to do without.
    pub fn member(&self) -> Result<event::Handle, Failure> {
        match self.by_register()? {
            Here::Acts(handle) | Here::Parting(handle, _) | Here::Frozen(handle) => Ok(handle),
            other => Err(other.failure().unwrap_or_else(|| {
                Failure::no("you are not a member here yet")
                    .hint("ask a steward to `members admit` you, then `members sync`")
            })),
        }
    }

    /// What a stranger's request says.
    pub fn asked(&mut self, request: &store::Request) -> Result<event::Join, Failure> {
        match self.journal()?.read(request.git)?.map(|signed| signed.event.body) {
            Ok(event::Body::Join(join)) => Ok(join),
            _ => Err(Failure::could("the request to join cannot be read")),
        }
    }

    /// Whether a genesis is of the community that shall be joined.
    pub(crate) fn is_meant(&self, name: &event::Line, genesis: &EventId) -> bool {
        let folder = crate::places::folder_name;
        self.meant.as_ref().is_none_or(|meant| {
            folder(meant) == folder(name.as_str()) || (meant.len() >= 6 && genesis.to_string().starts_with(meant))
        })
    }

    /// The community's name.
    pub fn name(&self) -> Result<String, Failure> {
        use rules::Facts;
        let at = self.store.register()?;
        Ok(match self.store.fact(&at, &Key::Community)? {
            Some(rules::Value::Name(name)) => name.to_string(),
            _ => self.community.clone(),
        })
    }

    /// Gives every motion its short number, in the order in which they were moved.
    pub fn number_motions(&mut self) -> Result<(), Failure> {
        for motion in self.store.motion_ids()? {
            self.local()?.number("motion", &motion)?;
        }
        Ok(())
    }

    /// An event by the first digits of its id, or by its short number where it has one.
    pub fn find(&mut self, kind: &str, text: &str) -> Result<EventId, Failure> {
        match kind {
            "motion" => self.number_motions()?,
            "post" => self.number_posts()?,
            _ => {}
        }
        // A number that is given wins over an id that begins with the same digits.
        if let Ok(n) = text.parse::<i64>() {
            let local = self.local()?;
            let numbered = if kind == "post" { local.post_numbered(n)? } else { local.numbered(kind, n)? };
            if let Some(id) = numbered {
                return Ok(id);
            }
        }
        let unknown = || {
            Failure::no(format!("there is no event `{}`", event::harmless_line(text)))
                .hint("`members log` lists events; the first digits of an id suffice")
        };
        if text.len() < 4 {
            return Err(unknown());
        }
        match self.store.find(text)?.as_slice() {
            [one] => Ok(*one),
            [] => Err(unknown()),
            some => {
                let ids: Vec<String> = some.iter().map(|id| id.to_string()[..16].to_owned()).collect();
                Err(Failure::usage(format!("`{}` is the beginning of several ids", event::harmless_line(text)))
                    .hint(format!("give more digits: {}", ids.join(", "))))
            }
        }
    }

    /// Verifies every signature, folds the whole journal anew, and compares every row.
    pub fn audit(&mut self, output: &mut Output) -> Result<Audit, Failure> {
        self.lock()?;
        self.catch_up(output)?;
        let checkpoint = self.local()?.checkpoint()?;
        let anew = Store::in_memory(checkpoint)?;
        let kept = std::mem::replace(&mut self.store, anew);
        let trouble = self.fold_all(output);
        let anew = std::mem::replace(&mut self.store, kept);
        let trouble = trouble?;
        self.unlock()?;
        let (events, refused) = anew.counts()?;
        let seal = self.store.check_seal(&self.keys.seal()?.public())?;
        let mut differs = differences(&self.store, &anew)?;
        // How far chains are settled stands in no row that is compared one by one.
        if self.store.state_digest()? != anew.state_digest()? {
            differs.push(("state", 1));
        }
        let strange = self.strange_commits(&anew)?;
        if strange > 0 {
            differs.push(("commit", strange));
        }
        Ok(Audit {
            events,
            refused,
            differs,
            seal,
            conserved: anew.conserved()? && self.store.conserved()?,
            trouble,
            digest: self.store.state_digest()?,
            verdicts: self.store.verdicts()?,
        })
    }
}

impl Session {
    /// Commits that the store knows and the fold does not: how many of them do not wrap the event they should.
    fn strange_commits(&mut self, anew: &Store) -> Result<usize, Failure> {
        let (ours, anew) = (self.store.commits()?, anew.commits()?);
        let mut strange = 0;
        for commit in ours.iter().filter(|commit| anew.binary_search(commit).is_err()) {
            let (git, id, signature) = commit;
            let read = self.journal()?.read(*git).ok().and_then(Result::ok);
            let good = read.and_then(|signed| signed.verify().ok()).is_some_and(|event| {
                event.id == *id && signature.as_ref().is_none_or(|signature| event.signature[..] == signature[..])
            });
            strange += usize::from(!good);
        }
        Ok(strange)
    }
}

/// Tables whose rows differ, and by how many.
fn differences(ours: &Store, anew: &Store) -> Result<Vec<(&'static str, usize)>, Failure> {
    let mut differs = Vec::new();
    for ((table, ours), (_, anew)) in ours.dump()?.into_iter().zip(anew.dump()?) {
        if ours != anew {
            let changed = ours.iter().filter(|row| anew.binary_search(row).is_err()).count();
            let missing = anew.iter().filter(|row| ours.binary_search(row).is_err()).count();
            differs.push((table, changed.max(missing).max(1)));
        }
    }
    Ok(differs)
}

fn remove_store(path: &Path) -> Result<(), Failure> {
    for suffix in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{suffix}", path.display()));
        match fs::remove_file(&file) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::could(format!("cannot remove `{}`: {e}", file.display())));
            }
            _ => {}
        }
    }
    Ok(())
}
