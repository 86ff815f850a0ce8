//! One script for each row of the threat table in the protocol's section 10.

use event::{Body, EventId, Side, Time};
use testkit::world::{Job, Nature};

use crate::bytes;
use crate::sim::Sim;

/// A threat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adversary {
    Editor,
    Forger,
    Malleator,
    Collider,
    Copier,
    Forker,
    Spender,
    Withholder,
    Host,
    Historian,
    Junk,
    Thief,
    Secretary,
    Teller,
    Steward,
    Clock,
    Crash,
    Eraser,
}

use Adversary::*;

impl Adversary {
    /// All of them, as the table has them.
    pub const ALL: [Adversary; 18] = [
        Editor, Forger, Malleator, Collider, Copier, Forker, Spender, Withholder, Host, Historian, Junk, Thief,
        Secretary, Teller, Steward, Clock, Crash, Eraser,
    ];

    /// What it is called, and what it does.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Editor => ("editor", "store edited behind our back"),
            Forger => ("forger", "event forged, altered, replayed into another community, cut from its chain"),
            Malleator => ("malleator", "second git id for one event"),
            Collider => ("collider", "one event with other parents, as a collision of git ids would give it"),
            Copier => ("copier", "own chain forked by two copies of one installation, and restored backups"),
            Forker => ("forker", "fork on purpose"),
            Spender => ("spender", "double spend, beyond the limit"),
            Withholder => ("withholder", "withheld and backdated events, stale register"),
            Host => ("host", "hub loses, rewrites, freezes and hides branches"),
            Historian => ("historian", "a second history shown to everybody"),
            Junk => ("junk", "junk commits, and many keys that ask to join"),
            Thief => ("thief", "stolen device, used beside the new one"),
            Secretary => ("secretary", "dishonest secretary"),
            Teller => ("teller", "dishonest teller"),
            Steward => ("steward", "dishonest steward"),
            Clock => ("clock", "clocks that are wrong and jump"),
            Crash => ("crash", "crashes between object, ref and store"),
            Eraser => ("eraser", "personal data set, erased and shown again"),
        }
    }

    pub fn name(self) -> &'static str {
        self.words().0
    }

    pub fn threat(self) -> &'static str {
        self.words().1
    }

    /// The one of this name.
    pub fn named(name: &str) -> Result<Adversary, String> {
        Adversary::ALL.into_iter().find(|a| a.name() == name).ok_or_else(|| format!("no adversary `{name}`"))
    }

    /// Who turns dishonest for it; false where the community has nobody for it, or could not bear it.
    pub fn begin(self, sim: &mut Sim) -> bool {
        let four = sim.plan.stewards >= 4;
        match self {
            Secretary if four => sim.corrupt(Some(0), Nature::Clerk),
            Steward if four => {
                let who = 1 + sim.chance.below(3);
                sim.corrupt(Some(who), Nature::Liar)
            }
            Secretary | Steward => false,
            Forker | Collider => sim.corrupt(None, Nature::Forker),
            Copier => {
                sim.copied = sim.member();
                let copied = sim.copied;
                copied.is_some() && sim.corrupt(copied, Nature::Forker)
            }
            Spender => sim.corrupt(None, Nature::Spender),
            Thief => sim.corrupt(None, Nature::Mover),
            Forger | Teller => sim.corrupt(None, Nature::Noise),
            Withholder => {
                sim.silent = sim.member();
                sim.silent.is_some()
            }
            Editor | Malleator | Host | Historian | Junk | Clock | Crash | Eraser => true,
        }
    }

    /// What it does now and then; whether there was anything to do.
    pub fn act(self, sim: &mut Sim) -> bool {
        match self {
            Editor => {
                let law = sim.world.law();
                sim.replicas[0].edit(law, &mut sim.chance)
            }
            Forger => sim.some_event().is_some_and(|id| bytes::alter(&sim.world.events()[&id], &mut sim.chance)),
            Malleator => sim.some_event().is_some_and(|id| bytes::reword(&sim.world.events()[&id])),
            Collider => sim.with_other_parents(),
            Copier => sim.two_copies(),
            Host => {
                let host = sim.chance.below(sim.hosts.len());
                let thaw = sim.chance.percent(50);
                sim.hosts[host].frozen = !thaw;
                sim.hosts[host].forget(sim.world.law(), &mut sim.chance);
                true
            }
            Historian => sim.second_history(),
            Junk => {
                bytes::junk(&mut sim.chance);
                sim.strangers()
            }
            Thief => sim.corrupted(Nature::Mover).is_some_and(|who| sim.does(who, &[Job::Overpay, Job::Pay])),
            Teller => sim.wrong_count(),
            Withholder => sim.silent.is_some(),
            Eraser => sim.personal_data(),
            Crash => sim.restored_backup(),
            Forker | Spender | Secretary | Steward | Clock => true,
        }
    }
}

impl Sim {
    /// Makes somebody dishonest who is neither the founder nor a steward, or this one.
    fn corrupt(&mut self, who: Option<usize>, nature: Nature) -> bool {
        let Some(who) = who.or_else(|| self.member()) else { return false };
        self.world.become_(who, nature);
        true
    }

    /// Somebody honest who is no steward.
    fn member(&mut self) -> Option<usize> {
        let free =
            |who: &usize| !self.world.actors()[*who].steward && self.world.actors()[*who].nature == Nature::Honest;
        let free: Vec<usize> = (1..self.world.actors().len()).filter(free).collect();
        self.chance.pick(&free).copied()
    }

    fn corrupted(&self, nature: Nature) -> Option<usize> {
        self.world.actors().iter().position(|actor| actor.nature == nature)
    }

    fn some_event(&mut self) -> Option<EventId> {
        let all: Vec<EventId> = self.world.events().keys().copied().collect();
        self.chance.pick(&all).copied()
    }

    fn does(&mut self, who: usize, jobs: &[Job]) -> bool {
        let naive = self.world.naive(who);
        self.world.act(who, &naive, jobs).is_some()
    }

    /// A forker's event once more, its parents in git being others.
    fn with_other_parents(&mut self) -> bool {
        let Some(who) = self.corrupted(Nature::Forker) else { return false };
        let device = self.world.actors()[who].device;
        let own: Vec<EventId> =
            self.world.events().values().filter(|v| v.event.device == device).map(|v| v.id).collect();
        let Some(id) = self.chance.pick(&own).copied() else { return false };
        let event = self.world.events()[&id].event.clone();
        let parents = event.prev.iter().chain(&event.deps).map(|id| testkit::world::made_up(EventId::of(&id.0)));
        let signed = event.clone().sign(parents.collect(), self.world.key_of(who));
        let Ok((_, other)) = signed.map_err(drop) else { return false };
        self.world.learn(who, other)
    }

    /// Two installations of one key go on from what each of them knows.
    fn two_copies(&mut self) -> bool {
        let Some(who) = self.copied else { return false };
        let other = self.copy.take().unwrap_or_else(|| self.world.view(who).clone());
        self.copy = Some(self.world.restore(who, other));
        self.does(who, &[Job::Pay, Job::Receive, Job::Post, Job::Profile])
    }

    /// No event of another community is valid in this one, whatever it has the same.
    fn second_history(&mut self) -> bool {
        let Some(id) = self.chance.pick(&self.elsewhere.events().keys().copied().collect::<Vec<_>>()).copied() else {
            return false;
        };
        let foreign = &self.elsewhere.events()[&id];
        for replica in self.replicas.iter().filter(|replica| !replica.delivery.delivered().is_empty()) {
            let verdict = replica.delivery.store.judge(foreign).expect("a store");
            assert!(!matches!(verdict, rules::Verdict::Valid(_)), "{}: another history holds here", self.context());
        }
        true
    }

    fn strangers(&mut self) -> bool {
        let (seed, name) = (self.chance.bytes(), format!("junk{}", self.chance.below(9)));
        let Some(id) = self.world.stranger(&event::Key::from_seed(&seed), &name) else { return false };
        let host = self.chance.below(self.hosts.len());
        self.hosts[host].holds.insert(id);
        true
    }

    /// A teller who says another result than the ballots.
    fn wrong_count(&mut self) -> bool {
        let Some(who) = self.corrupted(Nature::Noise) else { return false };
        let naive = self.world.naive(who);
        let Some(mut event) = self.world.plan(who, &naive, Job::Tell) else {
            return self.world.act(who, &naive, &[Job::Ask]).is_some();
        };
        if let Body::Close(close) = &mut event.body {
            close.outcome.electorate += 1;
            let Some(id) = self.world.publish(who, event, true) else { return false };
            assert!(!self.world.law().valid(id), "{}: a wrong count holds", self.context());
            return true;
        }
        self.world.publish(who, event, false).is_some()
    }

    /// A profile is set or erased, and the commit beside it is the member's own in one spelling only.
    fn personal_data(&mut self) -> bool {
        let who = self.chance.below(self.world.actors().len());
        let key = self.world.key_of(who);
        let mut tree = [0; 20];
        tree.copy_from_slice(&self.chance.bytes()[..20]);
        let time = Time::new(self.world.clock()).expect("a time of this century");
        let side = Side { tree: event::GitId(tree), device: key.public().device(), time };
        let mut signed = side.sign(key);
        assert_eq!(Side::verify(&signed).ok(), Some(side), "{}: a side branch", self.context());
        let at = self.chance.below(signed.len());
        signed[at] ^= 1;
        assert!(Side::verify(&signed).is_err(), "{}: an altered side branch holds", self.context());
        self.world.actors()[who].nature == Nature::Honest && self.does(who, &[Job::Profile])
    }

    /// An old backup is laid back; what nobody else has seen is lost. Whoever it is writes nothing before all that
    /// others have seen of the own chain is back.
    fn restored_backup(&mut self) -> bool {
        let who = self.chance.below(self.world.actors().len());
        let Some(backup) = self.backups[who].take() else {
            self.backups[who] = Some(self.world.view(who).clone());
            return false;
        };
        if !self.world.actors()[who].nature.honest() {
            return false;
        }
        let lost = self.world.restore(who, backup);
        let mut gone: Vec<EventId> = lost.into_iter().filter(|id| self.unknown(who, *id)).collect();
        gone.sort_by_key(|id| std::cmp::Reverse(self.world.law().event(*id).map(|e| e.seq)));
        gone.into_iter().for_each(|id| self.world.unwrite(who, id));
        self.replicas[who] = self.computer(who);
        self.last.remove(&who);
        true
    }

    /// Whether only this one's own device has ever had it.
    fn unknown(&self, who: usize, id: EventId) -> bool {
        let own = self.world.law().event(id).is_some_and(|e| self.world.actors()[who].owns(e.device));
        let seen = (0..self.world.actors().len()).any(|other| self.world.view(other).contains(&id));
        own && !seen && !self.hosts.iter().any(|host| host.knows(&id))
    }
}
