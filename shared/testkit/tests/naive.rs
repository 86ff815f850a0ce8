//! The law in random worlds, judged by the naive model: what must never happen does not happen.
//!
//! `SEEDS=2000 cargo test --release -p testkit --test naive -- --nocapture` looks longer and prints what it saw;
//! `FROM=7000` begins at another seed.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, Change, Entry, EventId, Item, Role, Route, Unit, Verified};
use testkit::naive::{Cover, Naive, fold};
use testkit::world::World;

const STEPS: usize = 100;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// What polls are about.
const POLLS: [&str; 5] =
    ["counts of yes and no", "counts of consent", "counts of options", "proxies", "recorded ballots"];

/// What was seen, so that a silent generator cannot pass for a sound law.
#[derive(Debug, Default)]
struct Tally(BTreeMap<&'static str, usize>);

impl Tally {
    fn add(&mut self, what: &'static str, n: usize) {
        *self.0.entry(what).or_default() += n;
    }

    fn merge(mut self, other: Tally) -> Tally {
        other.0.into_iter().for_each(|(what, n)| self.add(what, n));
        self
    }
}

#[test]
fn random_worlds_keep_their_promises() {
    let (from, seeds) = (number("FROM", 0), number("SEEDS", 30));
    let half = |odd: u64| (from..from + seeds).filter(|n| n % 2 == odd).map(live).fold(Tally::default(), Tally::merge);
    let tally = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0).merge(other.join().unwrap_or_else(|why| std::panic::resume_unwind(why)))
    });
    println!("{seeds} seeds: {:#?}", tally.0);
    if seeds >= 60 {
        let wanted =
            ["valid", "void", "receipts", "returns", "cuts", "forks", "ballots", "sets", "entered successions"];
        for what in wanted.into_iter().chain(POLLS) {
            assert!(tally.0.get(what).is_some_and(|n| *n > 0), "no {what} in {seeds} worlds");
        }
    }
}

/// One world, looked at by the person whose turn it is.
fn live(seed: u64) -> Tally {
    let mut world = World::new(seed);
    let mut last: BTreeMap<usize, Naive> = BTreeMap::new();
    for step in 0..STEPS {
        let (who, naive) = world.step();
        if !world.actors()[who].nature.honest() {
            continue;
        }
        let context = format!("seed {seed}, step {step}, {}", world.actors()[who].name);
        check(&world, &naive, &context);
        check_own(&world, who, &naive, &context);
        if let Some(before) = last.get(&who) {
            check_progress(&world, before, &naive, &context);
        }
        last.insert(who, naive);
    }
    check_all(&mut world, &last, seed)
}

/// At the end, the views of all honest people and the union of all.
fn check_all(world: &mut World, last: &BTreeMap<usize, Naive>, seed: u64) -> Tally {
    for who in 0..world.actors().len() {
        let naive = world.naive(who);
        if world.actors()[who].nature.honest() {
            let context = format!("seed {seed}, the end, {}", world.actors()[who].name);
            check(world, &naive, &context);
            check_own(world, who, &naive, &context);
            if let Some(before) = last.get(&who) {
                check_progress(world, before, &naive, &context);
            }
        }
        check_anew(world, &world.view(who).clone(), seed);
    }
    let all: BTreeSet<EventId> = world.events().keys().copied().collect();
    // A set with holes in it, as a careless program might hold.
    let some: BTreeSet<EventId> = all.iter().enumerate().filter(|(n, _)| n % 7 > 0).map(|(_, id)| *id).collect();
    check_anew(world, &some, seed);
    assert!(world.law().fold(&some, None).conserved(), "seed {seed}: money is made or lost in a part");
    let union = world.law().fold(&all, None);
    let context = format!("seed {seed}, all");
    check(world, &union, &context);
    for before in last.values() {
        check_progress(world, before, &union, &context);
    }
    for actor in world.actors().iter().filter(|actor| actor.nature.honest()) {
        let forked = union.forked.keys().any(|device| actor.owns(*device));
        assert!(!forked, "{context}: a chain of {} is forked", actor.name);
    }
    count(world, &union)
}

/// A fold that knows these events only says what the world's law says, which has met them in the order in which
/// they were written, among others: so a verdict depends on nothing but what the event names.
fn check_anew(world: &World, view: &BTreeSet<EventId>, seed: u64) {
    let events: BTreeMap<EventId, Verified> = view.iter().map(|id| (*id, world.events()[id].clone())).collect();
    assert_eq!(fold(&events, None), world.law().fold(view, None), "seed {seed}: the fold depends on its history");
}

/// What holds in every honest view.
fn check(world: &World, naive: &Naive, context: &str) {
    assert!(naive.conserved(), "{context}: money is made or lost: {:?} {:?}", naive.balances, naive.transit);
    assert!(!naive.split, "{context}: the register is split");
    assert!(naive.settled.is_subset(&naive.effective), "{context}: settled without effect");
    one_branch_settles(world, naive, context);
    for id in &naive.effective {
        let event = world.law().event(*id);
        let cut = event.and_then(|e| naive.cut.get(&e.device));
        // What helps a chain's own last motion can be acknowledged; it changes nothing but the register.
        let helps = |body: &Body| matches!(body, Body::Approve(_) | Body::Entry(_) | Body::Follow);
        let cut = cut.filter(|_| !event.is_some_and(|e| helps(&e.body)));
        assert!(cut.is_none_or(|cut| world.law().covers(cut.id, *id)), "{context}: {id:?} has effect beyond a cut");
    }
    for ((account, unit), balance) in &naive.balances {
        let floor = -floor(world, account, unit) - brought(world, account, unit);
        assert!(*balance >= floor, "{context}: {account} has {balance} {unit}, below {floor}");
    }
}

/// One event of each number settles, but for this: a succession may go on from an entry that a liar alone has named, the
/// lost secretary, on a branch of its chain of which nothing else settles (seed 20838). That entry is settled as a part of
/// the register, not of the chain: no quorum has acknowledged it. It harms nobody. It takes nothing but itself along, for
/// of a chain only what is acknowledged or cut settles what lies before it; and it cannot be the end of its own chain,
/// which would settle all before it: the author is the secretary and so a steward, whose chain ends by a move only, with
/// the approvals of a quorum, and these bind to that branch. It moves no account.
fn one_branch_settles(world: &World, naive: &Naive, context: &str) {
    let law = world.law();
    let mut places: BTreeMap<_, Vec<EventId>> = BTreeMap::new();
    for id in &naive.settled {
        if let Some(event) = law.event(*id) {
            places.entry((event.device, event.seq)).or_default().push(*id);
        }
    }
    let twice: Vec<Vec<EventId>> = places.into_values().filter(|ids| ids.len() > 1).collect();
    if twice.is_empty() {
        return;
    }
    let cover = Cover::of(law, &naive.valid);
    let beside = |id: &&EventId| {
        let acknowledged = law.settlers(**id).is_some_and(|by| cover.settles(law, by, **id));
        let ends = naive.cut.values().any(|cut| law.covers(cut.id, **id));
        law.is_entry(**id) && !acknowledged && !ends
    };
    for ids in twice {
        let rest = ids.iter().filter(|id| !beside(id)).count();
        assert!(rest <= 1, "{context}: two branches settle: {ids:?}");
    }
}

/// The largest credit that the account was ever given, or could have come by through backing, by any entry that anyone
/// could make.
fn floor(world: &World, account: &Account, unit: &Unit) -> i128 {
    let law = world.law();
    let entries = world.events().keys().filter(|id| law.is_entry(**id));
    let lower = entries.filter_map(|id| {
        let state = law.state(*id)?;
        let cap = state.backing.get(unit).filter(|_| matches!(account, Account::Member(_)));
        let (lower, _) = state.bounds(account, unit)?;
        Some(lower.max(cap.map_or(0, |terms| terms.cap.minor().into())))
    });
    lower.max().unwrap_or(0)
}

/// What the account could owe besides, by debts of other books that any entry takes over: these ask for no limit.
fn brought(world: &World, account: &Account, unit: &Unit) -> i128 {
    let law = world.law();
    let purse = (account.clone(), unit.clone());
    let debt = |id: &EventId| {
        let after = law.state(*id)?;
        let before = law.state(*after.path.iter().nth_back(1)?)?;
        let of = |carried: &BTreeMap<(Account, Unit), i128>| carried.get(&purse).copied().unwrap_or(0);
        Some((of(&before.carried) - of(&after.carried)).max(0))
    };
    world.events().keys().filter(|id| law.is_entry(**id)).filter_map(debt).sum()
}

/// What an honest person's own chain says is what everyone says.
fn check_own(world: &World, who: usize, naive: &Naive, context: &str) {
    let actor = &world.actors()[who];
    assert!(!naive.forked.contains_key(&actor.device), "{context}: an honest chain is forked");
    // The view was taken before the person wrote, so the chain is taken from there too.
    let seq = |id: &EventId| world.law().event(*id).filter(|e| e.device == actor.device).map(|e| e.seq);
    let Some(head) = naive.valid.iter().filter(|id| seq(id).is_some()).max_by_key(|id| seq(id)) else { return };
    let register = naive.register.and_then(|id| world.law().state(id)).expect("a genesis");
    let goes_on = register.active(&actor.name).is_some_and(|member| member.device == actor.device);
    if naive.cut.contains_key(&actor.device) || !goes_on {
        return;
    }
    let books = world.law().books_at(*head, &register);
    let account = Account::Member(actor.name.clone());
    for unit in register.units.keys() {
        let purse = (account.clone(), unit.clone());
        let own = world.law().balance(&books, &purse, &register);
        let folded = naive.balances.get(&purse).copied().unwrap_or(0);
        assert_eq!(own, folded, "{context}: the own {unit} are not what the fold says");
    }
}

/// What may never be taken back.
fn check_progress(world: &World, before: &Naive, now: &Naive, context: &str) {
    let lost: Vec<_> = before.settled.difference(&now.settled).collect();
    assert!(lost.is_empty(), "{context}: settled no more: {lost:?}");
    for (device, cut) in &before.cut {
        assert_eq!(now.cut.get(device), Some(cut), "{context}: a cut was moved");
    }
    for (account, at) in &before.closed {
        assert_eq!(now.closed.get(account), Some(at), "{context}: an account was opened again");
    }
    assert!(before.term <= now.term, "{context}: a term came again");
    let path = now.register.and_then(|id| world.law().state(id)).map(|s| s.path.clone()).unwrap_or_default();
    assert!(before.register.is_none_or(|id| path.contains(&id)), "{context}: the register went back");
}

fn count(world: &World, union: &Naive) -> Tally {
    let mut tally = Tally::default();
    tally.add("worlds", 1);
    tally.add("refused plans", world.refused());
    tally.add("valid", union.valid.len());
    tally.add("void", union.held.len() - union.valid.len());
    tally.add("never held", world.events().len() - union.held.len());
    tally.add("settled", union.settled.len());
    tally.add("forks", union.forked.len());
    tally.add("cuts", union.cut.len());
    let path = union.register.and_then(|id| world.law().state(id)).map(|s| s.path.clone()).unwrap_or_default();
    tally.add("entries on R", path.len());
    tally.add("sets", path.iter().filter(|id| world.law().state(**id).is_some_and(|s| s.set == **id)).count() - 1);
    for id in &path {
        tally.add(entry_name(world, *id), 1);
        let inviting = world.law().state(*id).map_or(0, |s| s.invited.values().sum());
        if *id == path[path.len() - 1] {
            tally.add("admitted by invitation", inviting);
        }
    }
    for id in &union.valid {
        match &world.events()[id].event.body {
            Body::Receive(receive) => {
                for item in &receive.items {
                    let what = match item {
                        Item::Leg(..) => "receipts",
                        Item::Return(_) => "returns",
                        Item::Back(..) => "taken back",
                    };
                    tally.add(what, 1);
                }
            }
            Body::Entry(_) if !path.contains(id) => tally.add("entries off R", 1),
            body => tally.add(name(body), 1),
        }
    }
    tally
}

/// Entries of the register, by what they do.
fn entry_name(world: &World, id: EventId) -> &'static str {
    match &world.events()[&id].event.body {
        Body::Entry(Entry { route: Route::Refused { .. }, .. }) => "entered refusals",
        Body::Entry(Entry { route: Route::Succession { .. }, .. }) => "entered successions",
        _ => match world.law().change(id) {
            Some(Change::Role { role: Role::Steward, .. }) => "entered stewards",
            Some(Change::Role { .. }) => "entered roles",
            Some(Change::Cut { .. }) => "entered cuts",
            Some(Change::Rules { .. }) => "entered rules",
            Some(Change::Suspend { .. }) => "entered suspensions",
            Some(Change::Expel { .. }) => "entered expulsions",
            Some(Change::Reinstate(_)) => "entered reinstatements",
            Some(Change::Leave { .. }) => "entered leavings",
            Some(Change::Move(_)) => "entered moves",
            Some(Change::Rekey { .. }) => "entered rekeys",
            Some(Change::Secretary { .. }) => "entered secretaries",
            Some(Change::Admit { .. }) => "entered admissions",
            _ => "entered others",
        },
    }
}

fn name(body: &Body) -> &'static str {
    match body {
        Body::Pay(_) => "payments",
        Body::Decline(_) => "declines",
        Body::Ack(_) => "acks",
        Body::Approve(_) => "approvals",
        Body::Motion(_) => "motions",
        Body::Open(_) => "polls",
        Body::Cast(cast) if cast.extended.is_some() => "ballots after an extension",
        Body::Cast(_) => "ballots",
        Body::Record(_) => "recorded ballots",
        Body::Contest(_) => "contested ballots",
        Body::Proxy(_) => "proxies",
        Body::Extend(_) => "moved ends",
        Body::Statement(_) => "statements",
        Body::Close(close) => match close.outcome.tally {
            event::Tally::YesNo { .. } => "counts of yes and no",
            event::Tally::Consent { .. } => "counts of consent",
            event::Tally::Options { .. } => "counts of options",
        },
        Body::Invite(_) => "invitations",
        Body::Join(join) if join.invited.is_some() => "answers to invitations",
        Body::Object(_) => "objections",
        Body::Succeed(_) => "consents",
        _ => "others",
    }
}
