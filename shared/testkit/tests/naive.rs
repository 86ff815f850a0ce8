//! The law in random worlds, judged by the naive model: what must never happen does not happen.
//!
//! `SEEDS=2000 cargo test --release -p testkit --test naive -- --nocapture` looks longer and prints what it saw;
//! `FROM=7000` begins at another seed.

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, Change, Entry, EventId, Item, Role, Route};
use testkit::Tally;
use testkit::naive::Naive;
use testkit::promises::{check, check_anew, check_own, check_progress};
use testkit::world::World;

const STEPS: usize = 100;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

/// What polls are about.
const POLLS: [&str; 5] =
    ["counts of yes and no", "counts of consent", "counts of options", "proxies", "recorded ballots"];

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
