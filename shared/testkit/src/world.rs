//! Random worlds: people with a device each, who know different things at different times, some of them dishonest.
//!
//! A seed decides everything. Honest people plan by the naive fold of what they hold and never publish what the
//! law refuses; the others do whatever their nature is.

mod acks;
mod backing;
mod chance;
mod clearing;
mod crooks;
mod desk;
mod devices;
mod jobs;
mod money;
mod news;
mod office;
mod papers;
mod play;
mod polls;
mod terms;
mod treasury;
mod wishes;

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, Device, Event, EventId, Found, GitId, Handle, Key, KindOfMember, Text, Time, Verified};

use crate::naive::{Law, Naive};
pub use chance::Chance;
use desk::Desk;
pub use desk::Draft;
pub use jobs::Job;

const DAY: usize = 86_400;

const NAMES: [&str; 7] = ["ada", "bob", "cleo", "dan", "eve", "fay", "gil"];

/// The most people.
pub const CROWD: usize = 60;

/// How a rules document is written.
type Rules = fn(&mut Chance) -> Text;

/// How someone behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Keeps every rule, also those that no verdict can check.
    Honest,
    /// A member that forks its own chain.
    Forker,
    /// One steward of four that acknowledges every branch and approves everything.
    Liar,
    /// A member that pays more than it has.
    Spender,
    /// A member whose program is broken.
    Noise,
    /// A member that moves to another device and goes on writing with the old one.
    Mover,
    /// A dishonest secretary, one steward of four: forks the register, withholds, refuses.
    Clerk,
    /// Gone for good.
    Lost,
}

impl Nature {
    /// Whether it keeps the rules while it does anything at all.
    pub fn honest(self) -> bool {
        matches!(self, Nature::Honest | Nature::Lost)
    }

    /// Whether it is a steward who breaks them.
    pub fn lies(self) -> bool {
        matches!(self, Nature::Liar | Nature::Clerk)
    }
}

/// Someone, with one device at a time.
pub struct Actor {
    /// The handle.
    pub name: Handle,
    /// The present device.
    pub device: Device,
    /// What kind of member.
    pub kind: KindOfMember,
    /// The behaviour.
    pub nature: Nature,
    /// Whether the community means to make this one a steward.
    pub steward: bool,
    /// All the keys, those of replaced devices and of one that waits to replace the present one too.
    keys: Vec<Key>,
    view: BTreeSet<EventId>,
    checkpoint: Option<EventId>,
}

impl Actor {
    /// Signs anything that has a form, with parents that no git knows.
    pub fn sign(&self, event: Event) -> Option<Verified> {
        self.wrap(event, &Commits::default()).map(|(_, verified)| verified)
    }

    /// The same with the parents that are known; the commit, too.
    fn wrap(&self, event: Event, known: &Commits) -> Option<(Vec<u8>, Verified)> {
        let parent = |id: &EventId| known.get(id).map_or_else(|| made_up(*id), |(git, _)| *git);
        let parents = event.prev.iter().chain(&event.deps).map(parent).collect();
        let key = self.key(event.device)?;
        event.sign(parents, key).ok()
    }

    /// Whether the device is or was this one's.
    pub fn owns(&self, device: Device) -> bool {
        self.key(device).is_some()
    }

    fn key(&self, device: Device) -> Option<&Key> {
        self.keys.iter().find(|key| key.public().device() == device)
    }
}

/// How git names the bytes of a commit.
pub type Naming = fn(&[u8]) -> GitId;

/// Events as commits, by their ids: git's name and the bytes.
pub type Commits = BTreeMap<EventId, (GitId, Vec<u8>)>;

/// What a repository can hold of a world.
pub struct Written<'a> {
    /// The commits, the oldest first.
    pub commits: Vec<&'a [u8]>,
    /// Where branches end, several of a chain that was forked.
    pub branches: Vec<(Device, GitId)>,
}

/// A community and everything that was ever written in it.
pub struct World {
    law: Law,
    actors: Vec<Actor>,
    chance: Chance,
    clock: i64,
    /// For worlds that become repositories.
    naming: Option<Naming>,
    commits: Commits,
    refused: Vec<Verified>,
    /// What nobody does here.
    barred: Vec<Job>,
    /// Whether people get lost here.
    lossy: bool,
    /// Whether days pass here in which nothing happens.
    idle: bool,
    /// Who does not come before the community has begun.
    late: BTreeSet<usize>,
}

impl World {
    /// A random community, somewhere between its founding and the day when all its stewards are in office.
    pub fn new(seed: u64) -> World {
        World::founded(seed).grown()
    }

    /// The same world, with ids and parents as a repository has them: its events are commits, see [`World::commits`].
    pub fn in_git(seed: u64, naming: Naming) -> World {
        let mut world = World::founded(seed);
        world.naming = Some(naming);
        if let Some((bytes, genesis)) = world
            .law
            .event(world.law.log())
            .cloned()
            .and_then(|genesis| world.actors[0].wrap(genesis, &Commits::default()))
        {
            world.commits.insert(genesis.id, (naming(&bytes), bytes));
        }
        world.grown()
    }

    fn grown(self) -> World {
        let mut world = self;
        let rounds = if world.chance.percent(60) { 30 } else { world.chance.below(14) };
        world.begin(rounds);
        if world.chance.percent(40) {
            world.prosper();
        }
        world
    }

    /// Some good years: everyone tells everyone everything, and works.
    fn prosper(&mut self) {
        self.begin_by(5, &[Job::Follow, Job::Enter, Job::Approve, Job::Ack, Job::Appoint]);
        for _ in 0..3 + self.chance.below(6) {
            for who in 0..self.actors.len() {
                self.sync(who);
                let naive = self.naive(who);
                let mut jobs = Job::ORDINARY;
                self.chance.shuffle(&mut jobs);
                self.act(who, &naive, &jobs);
                let naive = self.naive(who);
                self.act(who, &naive, &[Job::Ack]);
            }
        }
    }

    /// The same, but the last of them have not asked to join yet.
    pub fn awaiting(seed: u64, stewards: usize, members: usize, late: usize) -> World {
        let mut world = World::populated(Chance::new(seed), stewards, members, papers::plain);
        world.late = (members - late..members).collect();
        world.begin(if stewards > 4 { 200 } else { 30 });
        world
    }

    /// A community of honest people of whom this many are stewards, everyone knowing everything.
    pub fn honest(seed: u64, stewards: usize, members: usize) -> World {
        let mut world = World::populated(Chance::new(seed), stewards, members, papers::plain);
        world.begin(if stewards > 4 { 200 } else { 30 });
        world
    }

    /// The same under these rules, with nobody but members and stewards.
    pub fn under(seed: u64, stewards: usize, members: usize, rules: Text) -> World {
        let mut world = World::ruled(Chance::new(seed), stewards, members, rules);
        world.begin_by(if stewards > 4 { 200 } else { 30 }, &Job::PLAIN);
        world
    }

    fn founded(seed: u64) -> World {
        let mut chance = Chance::new(seed);
        let stewards = [1, 2, 3, 4, 4, 4][chance.below(6)];
        let members = stewards.max(2) + chance.below(4);
        let rules = papers::rules(&mut chance);
        let mut world = World::ruled(chance, stewards, members, rules);
        if stewards == 4 && world.chance.percent(80) {
            let liar = world.chance.below(4);
            let clerk = world.chance.percent(40);
            world.actors[if clerk { 0 } else { liar }].nature = if clerk { Nature::Clerk } else { Nature::Liar };
        }
        for actor in world.actors.iter_mut().filter(|a| !a.steward) {
            use Nature::{Forker, Honest, Mover, Noise, Spender};
            let natures = [Forker, Forker, Spender, Noise, Mover, Honest, Honest, Honest];
            actor.nature = natures[world.chance.below(natures.len())];
        }
        world.late = (stewards.max(2)..members).filter(|_| world.chance.percent(50)).collect();
        world.lossy = world.chance.percent(40);
        let capped = world.law.state(world.law.log()).is_some_and(|state| !state.caps.is_empty());
        world.idle = capped && world.chance.percent(50);
        world
    }

    fn populated(mut chance: Chance, stewards: usize, members: usize, rules: Rules) -> World {
        let rules = rules(&mut chance);
        World::ruled(chance, stewards, members, rules)
    }

    fn ruled(mut chance: Chance, stewards: usize, members: usize, rules: Text) -> World {
        let actors: Vec<Actor> = (0..members.min(CROWD)).map(|n| actor(&mut chance, n, n < stewards)).collect();
        let genesis = genesis(rules, &actors[0]);
        let mut law = Law::new(genesis.id);
        let mut world_actors = actors;
        for actor in &mut world_actors {
            actor.view.insert(genesis.id);
        }
        law.insert(genesis);
        World {
            law,
            actors: world_actors,
            chance,
            clock: 1_000,
            naming: None,
            commits: Commits::new(),
            refused: Vec::new(),
            barred: Vec::new(),
            lossy: false,
            idle: false,
            late: BTreeSet::new(),
        }
    }

    /// Everyone tells everyone everything, and does what is needed for the community to begin.
    fn begin(&mut self, rounds: usize) {
        self.begin_by(rounds, &Job::BEGINNING);
    }

    fn begin_by(&mut self, rounds: usize, jobs: &[Job]) {
        for _ in 0..rounds {
            let before = self.law.events().len();
            for who in 0..self.actors.len() {
                self.sync(who);
                if self.late.contains(&who) {
                    continue;
                }
                let naive = self.naive(who);
                self.act(who, &naive, jobs);
            }
            if self.law.events().len() == before {
                return;
            }
        }
    }

    /// Someone hears something and does something: who it was, and what its view meant to it before it wrote.
    pub fn step(&mut self) -> (usize, Naive) {
        let who = self.chance.below(self.actors.len());
        if self.idle && self.chance.percent(4) {
            self.clock += i64::try_from(self.chance.below(4 * DAY)).unwrap_or(0);
        }
        self.lose(who);
        if self.chance.percent(75) {
            let from = self.chance.below(self.actors.len());
            let part = self.chance.percent(40);
            self.hear(who, from, part);
        }
        let naive = self.naive(who);
        self.turn(who, &naive);
        (who, naive)
    }

    /// Someone does something, as it is their nature.
    pub fn turn(&mut self, who: usize, naive: &Naive) {
        let mut jobs = Job::shuffled(&mut self.chance);
        jobs.retain(|job| !self.barred.contains(job));
        match self.actors[who].nature {
            Nature::Honest => drop(self.act(who, naive, &jobs)),
            Nature::Lost => {}
            _ => self.misbehave(who, naive, jobs),
        }
    }

    /// Seldom someone goes for good, most gladly who keeps the register; once or twice in a world where that happens.
    fn lose(&mut self, who: usize) {
        let keeps = || {
            let entry = self.actors[who].checkpoint?;
            Some(self.actors[who].owns(self.law.state(entry)?.secretary))
        };
        let odds = if keeps().unwrap_or(false) { 25 } else { 1 };
        if self.lossy && self.actors[who].nature == Nature::Honest && self.chance.percent(odds) {
            self.actors[who].nature = Nature::Lost;
            self.lossy = self.chance.percent(40);
        }
    }

    /// Hears one event with all it names, or everything, that another knows.
    pub fn hear(&mut self, who: usize, from: usize, part: bool) {
        let news: Vec<EventId> = self.actors[from].view.difference(&self.actors[who].view).copied().collect();
        let told = match self.chance.pick(&news) {
            Some(one) if part => vec![*one],
            _ => news,
        };
        self.tell(who, &told);
    }

    /// Gives someone events, with all that they name.
    pub fn tell(&mut self, who: usize, events: &[EventId]) {
        let mut todo = events.to_vec();
        while let Some(id) = todo.pop() {
            if self.law.event(id).is_some() && self.actors[who].view.insert(id) {
                todo.extend(self.law.names(id));
            }
        }
    }

    /// Gives someone everything.
    pub fn sync(&mut self, who: usize) {
        let all: Vec<EventId> = self.law.events().keys().copied().collect();
        self.actors[who].view.extend(all);
    }

    /// Does the first of these jobs for which there is something to do; what was written.
    pub fn act(&mut self, who: usize, naive: &Naive, jobs: &[Job]) -> Option<EventId> {
        self.take_up(who, naive);
        let device = self.actors[who].device;
        if naive.forked.contains_key(&device) || naive.cut.contains_key(&device) {
            return self.fresh(who, naive);
        }
        let head = self.head(who);
        self.act_at(who, naive, head, jobs, false)
    }

    /// Changes someone's nature: for worlds that follow a script.
    pub fn become_(&mut self, who: usize, nature: Nature) {
        self.actors[who].nature = nature;
    }

    /// The same on any branch; `anyway` publishes what the law refuses, too.
    pub(crate) fn act_at(
        &mut self,
        who: usize,
        naive: &Naive,
        head: Option<EventId>,
        jobs: &[Job],
        anyway: bool,
    ) -> Option<EventId> {
        self.clock += 1;
        for job in jobs {
            if *job == Job::Fresh {
                match self.chance.percent(20).then(|| self.fresh(who, naive)).flatten() {
                    Some(id) => return Some(id),
                    None => continue,
                }
            }
            let mut desk = Desk::new(&self.law, naive, &self.actors, who, head, self.clock, &mut self.chance);
            let Some(draft) = desk.plan(*job) else { continue };
            let Some(event) = desk.event(draft) else { continue };
            if let Some(id) = self.publish(who, event, anyway) {
                return Some(id);
            }
        }
        None
    }

    /// Signs and publishes; an honest program does not write what the law refuses.
    pub fn publish(&mut self, who: usize, event: Event, anyway: bool) -> Option<EventId> {
        let (bytes, verified) = self.actors[who].wrap(event, &self.commits)?;
        let id = verified.id;
        if self.law.events().contains_key(&id) {
            return None;
        }
        self.law.insert(verified.clone());
        if !anyway && !self.law.valid(id) {
            self.refused.push(verified);
            self.law.forget(id);
            return None;
        }
        if let Some(naming) = self.naming {
            self.commits.insert(id, (naming(&bytes), bytes));
        }
        self.actors[who].view.insert(id);
        Some(id)
    }

    /// Writes a body at the end of someone's chain, naming these as witnesses: for worlds that follow a script.
    pub fn write(&mut self, who: usize, draft: Draft) -> Option<EventId> {
        let naive = self.naive(who);
        let head = self.head(who);
        self.write_at(who, &naive, head, draft)
    }

    /// The same after any event of the chain.
    pub fn write_at(&mut self, who: usize, naive: &Naive, head: Option<EventId>, draft: Draft) -> Option<EventId> {
        self.clock += 1;
        let desk = Desk::new(&self.law, naive, &self.actors, who, head, self.clock, &mut self.chance);
        let event = desk.event(draft)?;
        self.publish(who, event, false)
    }

    /// The last valid event of someone's chain.
    pub fn head(&self, who: usize) -> Option<EventId> {
        self.own(who).into_iter().max_by_key(|id| (self.law.event(*id).map(|e| e.seq), *id))
    }

    /// All valid events of someone's chain.
    pub(crate) fn own(&self, who: usize) -> Vec<EventId> {
        let Actor { device, view, .. } = &self.actors[who];
        let own = |id: &EventId| self.law.event(*id).is_some_and(|e| e.device == *device) && self.law.valid(*id);
        view.iter().copied().filter(own).collect()
    }

    /// What someone's view means to them; their checkpoint moves on with it.
    pub fn naive(&mut self, who: usize) -> Naive {
        let naive = self.law.fold(&self.actors[who].view, self.actors[who].checkpoint);
        if !naive.split {
            self.actors[who].checkpoint = naive.register;
        }
        naive
    }

    /// Every event with its verdict.
    pub fn law(&self) -> &Law {
        &self.law
    }

    /// Every event.
    pub fn events(&self) -> &std::collections::BTreeMap<EventId, Verified> {
        self.law.events()
    }

    /// Everyone.
    pub fn actors(&self) -> &[Actor] {
        &self.actors
    }

    /// Signs as someone's device, whatever it is.
    pub fn key_of(&self, who: usize) -> &Key {
        let actor = &self.actors[who];
        actor.key(actor.device).expect("an actor has the key of its device")
    }

    /// What someone holds.
    pub fn view(&self, who: usize) -> &BTreeSet<EventId> {
        &self.actors[who].view
    }

    /// Of a world [in git](World::in_git) all that names nothing that does not exist and stands on nothing that was
    /// refused.
    pub fn commits(&self) -> Written<'_> {
        let mut ready: BTreeSet<EventId> = BTreeSet::new();
        let (mut bytes, mut branches) = (Vec::new(), BTreeMap::new());
        loop {
            let fits = |id: &EventId| {
                let before = self.law.event(*id).and_then(|event| event.prev);
                !ready.contains(id)
                    && self.law.names(*id).iter().all(|named| ready.contains(named))
                    && before.is_none_or(|before| self.law.valid(before))
            };
            let next: Vec<EventId> = self.commits.keys().copied().filter(fits).collect();
            if next.is_empty() {
                return Written { commits: bytes, branches: branches.into_values().collect() };
            }
            for (id, event) in next.iter().filter_map(|id| Some((*id, self.law.event(*id)?))) {
                let (git, commit) = &self.commits[&id];
                event.prev.map(|before| branches.remove(&before));
                branches.insert(id, (event.device, *git));
                bytes.push(&commit[..]);
            }
            ready.extend(next);
        }
    }

    /// How often an honest plan was refused by the law, so that nothing was written.
    pub fn refused(&self) -> usize {
        self.refused.len()
    }
}

fn actor(chance: &mut Chance, n: usize, steward: bool) -> Actor {
    let key = Key::from_seed(&chance.bytes());
    Actor {
        name: NAMES
            .get(n)
            .map_or_else(|| format!("m{n}"), |name| (*name).to_owned())
            .parse()
            .expect("the names are handles"),
        device: key.public().device(),
        kind: [KindOfMember::Person, KindOfMember::Person, KindOfMember::Organisation][if n == 0 { 0 } else { n % 3 }],
        nature: Nature::Honest,
        steward,
        keys: vec![key],
        view: BTreeSet::new(),
        checkpoint: None,
    }
}

fn genesis(rules: Text, founder: &Actor) -> Verified {
    let event = Event {
        log: None,
        author: founder.name.clone(),
        device: founder.device,
        time: Time::new(1_000).expect("a time of this century"),
        seq: 0,
        prev: None,
        register: None,
        deps: Vec::new(),
        text: Some(rules),
        body: Body::Found(Found {
            community: "Testers".parse().expect("a line"),
            key: founder.keys[0].public(),
            refounds: None,
        }),
    };
    event.sign(Vec::new(), &founder.keys[0]).expect("the genesis is well formed").1
}

/// The law never looks at git's names, so any will do.
pub fn made_up(id: EventId) -> GitId {
    let mut short = [0; 20];
    short.copy_from_slice(&id.0[..20]);
    GitId(short)
}
