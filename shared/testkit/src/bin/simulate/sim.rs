//! One run: people with real stores, remotes and sticks between them, and what they have to bear, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use event::{Body, EventId};
use testkit::naive::Naive;
use testkit::world::{Chance, Job, World};
use testkit::{Tally, compare, mutants, promises, rest};

use crate::adversary::Adversary;
use crate::net::{Host, carried, part};
use crate::plan::Plan;
use crate::replica::Replica;

/// So often in a hundred the store is compared with the naive model in all that it says.
const COMPARED: usize = 25;

/// A run under way.
pub struct Sim {
    pub plan: Plan,
    pub world: World,
    pub chance: Chance,
    pub hosts: Vec<Host>,
    pub replicas: Vec<Replica>,
    /// What was seen.
    pub tally: Tally,
    /// Another community.
    pub elsewhere: World,
    /// What everyone last took for true.
    pub last: BTreeMap<usize, Naive>,
    pub backups: Vec<Option<BTreeSet<EventId>>>,
    /// Who has two installations of one key, and what the other one knows.
    pub copied: Option<usize>,
    pub copy: Option<BTreeSet<EventId>>,
    /// Who says nothing to anybody, for long.
    pub silent: Option<usize>,
    folder: Option<PathBuf>,
    step: usize,
}

impl Sim {
    /// The beginning of a run. With a folder, the first person's store is a file there.
    pub fn new(plan: Plan, folder: Option<PathBuf>) -> Sim {
        let mut world = World::peopled(plan.seed, plan.stewards, plan.members);
        let mut barred = plan.without.clone();
        // A secretary who consents to the next term without need enters nothing more, and nobody else sees a need.
        barred.extend(rests(&plan).then_some(Job::Consent));
        world.bar(&barred);
        let people = world.actors().len();
        let mut sim = Sim {
            chance: Chance::new(plan.seed ^ 0x0c0f_fee5),
            hosts: (0..plan.hosts).map(|_| Host::default()).collect(),
            replicas: Vec::new(),
            tally: Tally::default(),
            elsewhere: World::honest(plan.seed ^ 0xffff_ffff, 1, 2),
            last: BTreeMap::new(),
            backups: vec![None; people],
            copied: None,
            copy: None,
            silent: None,
            folder,
            step: 0,
            world,
            plan,
        };
        sim.replicas = (0..people).map(|who| sim.computer(who)).collect();
        for adversary in sim.plan.adversaries.clone() {
            if !adversary.begin(&mut sim) {
                sim.tally.add("threats that fit nobody", 1);
                sim.plan.adversaries.retain(|a| *a != adversary);
            }
        }
        sim
    }

    /// An empty store; the first person's is a file.
    pub fn computer(&self, who: usize) -> Replica {
        Replica::new(self.folder.as_ref().filter(|_| who == 0).map(|folder| folder.join("store.db")))
    }

    /// Where it is, for a message.
    pub fn context(&self) -> String {
        format!("step {} of `{}`", self.step, self.plan)
    }

    fn bears(&self, adversary: Adversary) -> bool {
        self.plan.adversaries.contains(&adversary)
    }

    /// All steps, and the end.
    pub fn run(&mut self) {
        while self.step < self.plan.steps {
            self.step += 1;
            self.weather();
            let who = self.chance.below(self.world.actors().len());
            self.hear(who);
            self.take_in(who);
            let naive = self.world.naive(who);
            self.look(who, &naive);
            self.write(who, &naive);
            self.tell(who);
            for adversary in self.plan.adversaries.clone() {
                if self.chance.percent(20) && adversary.act(self) {
                    self.tally.add(adversary.name(), 1);
                }
            }
        }
        self.end();
    }

    /// Which step it is.
    pub fn step(&self) -> usize {
        self.step
    }

    fn weather(&mut self) {
        let people = self.world.actors().len();
        for host in &mut self.hosts {
            host.arrive(self.step);
            if self.chance.percent(4) {
                host.cut_off = (0..people).filter(|_| self.chance.percent(40)).collect();
            }
            if self.chance.percent(10) {
                host.cut_off.clear();
            }
        }
    }

    /// From a remote, or by a stick; all of it or a part.
    fn hear(&mut self, who: usize) {
        let law = self.world.law();
        let news = match self.chance.percent(70) {
            true => {
                let host = &self.hosts[self.chance.below(self.hosts.len())];
                (!host.cut_off.contains(&who)).then(|| host.holds.clone())
            }
            false => {
                let from = self.chance.below(self.world.actors().len());
                (Some(from) != self.silent && self.chance.percent(50)).then(|| self.world.view(from).clone())
            }
        };
        let Some(news) = news.filter(|_| Some(who) != self.silent || self.chance.percent(10)) else { return };
        let some = self.chance.percent(40);
        let told = if some { part(law, &news, &mut self.chance) } else { carried(law, news) };
        self.world.give(who, told);
    }

    /// What a sync publishes.
    fn tell(&mut self, who: usize) {
        if Some(who) == self.silent && !self.chance.percent(4) || !self.chance.percent(60) {
            return;
        }
        let view = self.world.view(who).clone();
        let host = self.chance.below(self.hosts.len());
        if !self.hosts[host].cut_off.contains(&who) {
            self.hosts[host].take(view, self.step, &mut self.chance);
        }
    }

    fn take_in(&mut self, who: usize) {
        let crash = if self.bears(Adversary::Crash) { 20 } else { 1 };
        let view = self.world.view(who).clone();
        self.replicas[who].take_in(self.world.law(), &view, &mut self.chance, crash);
        self.tally.add("events taken in", self.replicas[who].delivery.delivered().len());
    }

    /// What must hold whenever somebody looks.
    fn look(&mut self, who: usize, naive: &Naive) {
        let context = format!("{}, {}", self.context(), self.world.actors()[who].name);
        let honest = self.world.actors()[who].nature.honest();
        if honest {
            promises::check(&self.world, naive, &context);
            promises::check_own(&self.world, who, naive, &context);
            if let Some(before) = self.last.get(&who) {
                promises::check_progress(&self.world, before, naive, &context);
            }
            self.last.insert(who, naive.clone());
        }
        let delivery = &self.replicas[who].delivery;
        if naive.register.is_none() {
            return;
        }
        assert_eq!(delivery.store.register().ok(), naive.register, "{context}: the register's end");
        // Two copies of one installation have a store each; only one of them is looked at.
        if self.chance.percent(COMPARED) && self.copied != Some(who) {
            let seen = self.world.law().fold(delivery.delivered(), None);
            compare::check(self.world.law(), delivery, &seen, &context);
            self.tally.add("stores compared", 1);
        }
        let held: Vec<EventId> = naive.held.iter().copied().collect();
        let store = &delivery.store;
        let tried = mutants::try_some(&mut self.world, store, &held, &mut self.chance, &context);
        self.tally.add("verdicts compared", tried);
    }

    /// Something is written, or a crash comes between: before the ref there is nothing, after it the store comes later.
    fn write(&mut self, who: usize, naive: &Naive) {
        if !self.is_whole(who) {
            return;
        }
        let clock = self.world.clock();
        let jumps = if self.bears(Adversary::Clock) { 300 } else { 2 };
        let skew = i64::try_from(self.chance.below(jumps)).unwrap_or(0) - i64::try_from(jumps / 3).unwrap_or(0);
        let late = if Some(who) == self.silent { -200 } else { 0 };
        self.world.set_clock(clock + skew + late);
        let before = self.world.view(who).clone();
        self.world.turn(who, naive);
        self.world.set_clock(clock + 1);
        let written: Vec<EventId> = self.world.view(who).difference(&before).copied().collect();
        self.tally.add("events written", written.len());
        let odds = if self.bears(Adversary::Crash) { 15 } else { 1 };
        if let [one] = written[..]
            && self.chance.percent(odds)
            && !matches!(self.world.events()[&one].event.body, Body::Join(_))
        {
            self.world.unwrite(who, one);
            self.tally.add("crashes before the ref", 1);
        }
    }

    /// Whether all that others have seen of the own chain is at hand: else nothing is written.
    fn is_whole(&self, who: usize) -> bool {
        let actor = &self.world.actors()[who];
        let missing = |v: &event::Verified| v.event.device == actor.device && !self.world.view(who).contains(&v.id);
        !actor.nature.honest() || !self.world.events().values().any(missing)
    }

    /// Everybody hears everything: same set, same digest, in whatever order it came. Then they come to rest.
    fn end(&mut self) {
        let all: BTreeSet<EventId> = self.world.events().keys().copied().collect();
        let union = self.world.law().fold(&all, None);
        promises::check(&self.world, &union, &self.context());
        for before in self.last.values() {
            promises::check_progress(&self.world, before, &union, &self.context());
        }
        for actor in self.world.actors().iter().filter(|actor| actor.nature.honest()) {
            let forked = union.forked.keys().any(|device| actor.owns(*device));
            assert!(!forked, "{}: an honest chain is forked: {}", self.context(), actor.name);
        }
        let mut anew = Replica::new(None);
        anew.take_in(self.world.law(), &all, &mut self.chance, 0);
        let looked_at = self.replicas.len().min(4);
        for who in 0..looked_at {
            self.replicas[who].take_in(self.world.law(), &all, &mut self.chance, 0);
            compare::same(&self.replicas[who].delivery.store, &anew.delivery.store, &self.context());
        }
        compare::check(self.world.law(), &anew.delivery, &union, &self.context());
        promises::check_anew(&self.world, &all, self.plan.seed);
        self.tally.add("valid", union.valid.len());
        self.tally.add("void", union.held.len() - union.valid.len());
        self.tally.add("settled", union.settled.len());
        self.tally.add("forks", union.forked.len());
        self.tally.add("cuts", union.cut.len());
        self.tally.add("terms", union.term as usize);
        if rests(&self.plan) {
            let context = self.context();
            for what in rest::come_to_rest(&mut self.world, &context) {
                self.tally.add(what, 1);
            }
        }
    }
}

/// Whether the run ends with all at rest: where they are few, for that is dear.
fn rests(plan: &Plan) -> bool {
    plan.seed.is_multiple_of(4) && plan.members <= 8
}
