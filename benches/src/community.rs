//! A community with a long history, drafted as the tools would draft it and accepted by the law event by event.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use event::{Body, Device, Event, EventId, GitId, Handle, Key, Text, Time};
use git2::{ObjectType, Oid};
use store::{Outcome, Store};

use crate::Done;

/// The folder name of the community that the programs make.
const COMMUNITY: &str = "bench";

/// Where the journal of a home lies.
pub fn journal_path(home: &Path) -> PathBuf {
    home.join("data").join(COMMUNITY).join("journal.git")
}

/// The device key that `members found` made in a home.
pub fn founder_key(home: &Path) -> Done<Key> {
    let text = fs::read_to_string(home.join("state").join(COMMUNITY).join("device.key"))?;
    match ssh_key::PrivateKey::from_openssh(&text)?.key_data() {
        ssh_key::private::KeypairData::Ed25519(pair) => Ok(Key::from_seed(&pair.private.to_bytes())),
        _ => Err("the device key is not an ed25519 key".into()),
    }
}

/// The key of a member; anyone could sign with it, which is what the programs need.
pub fn member_key(n: u16) -> Key {
    let [high, low] = n.to_be_bytes();
    let mut seed = [low.wrapping_add(100); 32];
    seed[0] ^= high;
    Key::from_seed(&seed)
}

/// One device.
pub struct Chain {
    /// Who.
    pub handle: Handle,
    /// The key.
    pub key: Key,
    /// The newest event and its seq.
    pub head: Option<(EventId, u64)>,
    /// The register entry that the chain knows.
    pub register: Option<EventId>,
}

impl Chain {
    /// A chain that nothing was written on yet.
    pub fn new(handle: &str, key: Key) -> Done<Self> {
        Ok(Chain { handle: handle.parse()?, key, head: None, register: None })
    }

    /// Whose.
    pub fn device(&self) -> Device {
        self.key.public().device()
    }
}

/// A community in memory, and its commits on their way to a repository.
pub struct Community<'a> {
    /// The devices, the founder's first.
    pub chains: Vec<Chain>,
    /// The genesis.
    pub log: Option<EventId>,
    /// The newest entry of the register.
    pub register: Option<EventId>,
    /// How many events were written.
    pub events: usize,
    store: Store,
    odb: &'a git2::Odb<'a>,
    gits: HashMap<EventId, (usize, GitId)>,
    clock: i64,
}

impl<'a> Community<'a> {
    /// An empty one, whose commits go to this object database and whose first event claims this time.
    pub fn new(odb: &'a git2::Odb<'a>, chains: Vec<Chain>, clock: i64) -> Done<Self> {
        let store = Store::in_memory(None)?;
        store.begin()?;
        let gits = HashMap::new();
        Ok(Community { chains, log: None, register: None, events: 0, store, odb, gits, clock })
    }

    /// Writes an event on someone's chain; `witnesses` are the acknowledgements that it relies on.
    pub fn write(&mut self, who: usize, body: Body, text: Option<Text>, witnesses: &[EventId]) -> Done<EventId> {
        self.clock += 1;
        let chain = self.chains.get(who).ok_or("no such chain")?;
        let register = self.register.filter(|entry| chain.register != Some(*entry));
        let foreign = |id: &EventId| self.gits.get(id).is_some_and(|(owner, _)| *owner != who);
        let mut deps: Vec<EventId> = body.carried();
        deps.extend(register.iter().chain(witnesses));
        deps.retain(foreign);
        deps.sort_unstable();
        deps.dedup();
        let event = Event {
            log: self.log,
            author: chain.handle.clone(),
            device: chain.device(),
            time: Time::new(self.clock)?,
            seq: chain.head.map_or(0, |(_, seq)| seq.saturating_add(1)),
            prev: chain.head.map(|(id, _)| id),
            register,
            deps,
            text,
            body,
        };
        self.accept(who, event)
    }

    fn accept(&mut self, who: usize, event: Event) -> Done<EventId> {
        let chain = self.chains.get_mut(who).ok_or("no such chain")?;
        let named = event.prev.iter().chain(&event.deps);
        let parents = named.map(|id| self.gits.get(id).map(|(_, git)| *git).ok_or("an event that was not written"));
        let parents = parents.collect::<Result<Vec<GitId>, _>>()?;
        let (bytes, verified) = event.sign(parents, &chain.key)?;
        let git = git_id(Oid::hash_object(ObjectType::Commit, &bytes)?)?;
        match self.store.apply(&verified, git)? {
            Outcome::Valid => {}
            other => return Err(format!("the law says {other:?} to {:?}", verified.event).into()),
        }
        self.odb.write(ObjectType::Commit, &bytes)?;
        chain.head = Some((verified.id, verified.event.seq));
        chain.register = verified.event.register.or(chain.register);
        self.gits.insert(verified.id, (who, git));
        self.events = self.events.saturating_add(1);
        match verified.event.body {
            Body::Found(_) => {
                self.log = Some(verified.id);
                self.register = self.log;
                // The genesis is the entry that its own chain knows.
                chain.register = self.log;
            }
            Body::Entry(_) => self.register = Some(verified.id),
            _ => {}
        }
        Ok(verified.id)
    }

    /// Branch names and commits of all chains as they stand.
    pub fn tips(&self) -> Vec<(String, GitId)> {
        let tip = |chain: &Chain| {
            let (id, _) = chain.head?;
            self.gits.get(&id).map(|(_, git)| (chain.device().to_string(), *git))
        };
        self.chains.iter().filter_map(tip).collect()
    }
}

fn git_id(oid: Oid) -> Done<GitId> {
    Ok(GitId(oid.as_bytes().try_into()?))
}
