//! What must happen in the end: when all talk to each other, and enough stewards are honest and there, payments settle
//! and are received, motions with their quorum are entered, a lost secretary is replaced, and honest members can act.

use std::collections::BTreeSet;

use event::{Body, Change, EventId, Handle, Item};

use crate::naive::{Cover, Naive, State, Way};
use crate::world::{Job, Nature, World};

/// One world that comes to rest; what was seen of what must come about.
pub fn come_to_rest(world: &mut World, context: &str) -> Vec<&'static str> {
    let was = everything(world);
    // Who does not keep the rules says nothing more; what was said stays.
    for who in 0..world.actors().len() {
        if world.actors()[who].nature != Nature::Honest {
            world.become_(who, Nature::Lost);
        }
    }
    rest(world, context);
    let naive = everything(world);
    let state = state(world, &naive);
    if stewards_there(world, &naive, &state) < state.quorum() {
        return vec!["too few stewards are there"];
    }
    let mut seen = vec!["live"];
    seen.extend((!undecided_ends(world, &naive, &state).is_empty()).then_some("ends that stay undecided"));
    let keeper = state.devices[&state.secretary].0.clone();
    // Nobody can be secretary whose turn comes to a device that is cut or forked, so the turn passes on.
    assert!(there(world, &naive, &state, &keeper), "{context}: {keeper} keeps the register and is lost");
    if naive.term > was.term {
        seen.push("a lost secretary is replaced");
    }
    seen.extend(payments(world, &naive, &was, context));
    motions(world, &naive, &state, context);
    for who in 0..world.actors().len() {
        let name = world.actors()[who].name.clone();
        if there(world, &naive, &state, &name) {
            let view = world.naive(who);
            world.act(who, &view, &[Job::Follow]);
            assert!(world.act(who, &view, &[Job::Profile]).is_some(), "{context}: {name} cannot say anything");
            seen.push("members who act");
        }
    }
    seen
}

fn everything(world: &World) -> Naive {
    world.law().fold(&world.events().keys().copied().collect(), None)
}

fn state(world: &World, naive: &Naive) -> State {
    (*world.law().state(naive.register.expect("a genesis")).expect("a state")).clone()
}

/// Everyone who is there syncs and does what there is to do, until there is nothing more. A motion that is not decided
/// is refused: who approved the end of a chain acknowledges nothing beyond until then.
fn rest(world: &mut World, context: &str) {
    let mut idle = 0;
    for _ in 0..300 {
        let before = world.events().len();
        let jobs = [
            Job::Follow,
            Job::TakeOver,
            Job::ConsentInNeed,
            Job::Enter,
            Job::Approve,
            Job::Ack,
            Job::Receive,
            Job::RefuseAny,
        ];
        for who in 0..world.actors().len() {
            if world.actors()[who].nature == Nature::Honest {
                world.sync(who);
                let naive = world.naive(who);
                world.act(who, &naive, &jobs);
            }
        }
        idle = if world.events().len() == before { idle + 1 } else { 0 };
        if idle == 8 {
            return;
        }
    }
    panic!("{context}: they never come to rest");
}

/// Whether a member is honest and there, with a device that can write.
fn there(world: &World, naive: &Naive, state: &State, name: &Handle) -> bool {
    let Some(who) = world.actors().iter().position(|actor| actor.name == *name) else { return false };
    let actor = &world.actors()[who];
    let Some(member) = state.active(name) else { return false };
    let writes = actor.owns(member.device) && !naive.cut.contains_key(&member.device);
    let chain = naive.valid.iter().filter(|id| world.events()[*id].event.device == member.device);
    let chain: Vec<EventId> = chain.copied().collect();
    let over = world.law().handed_over(&chain, state).is_some();
    actor.nature == Nature::Honest && writes && !over
}

/// To which ends of chains somebody has agreed by motions that are neither entered nor refused.
fn undecided_ends<'a>(world: &'a World, naive: &Naive, state: &State) -> Vec<&'a Change> {
    let end = |id: &EventId| {
        let Body::Approve(approve) = &world.events()[id].event.body else { return None };
        let open = !state.entered.contains(&approve.motion) && !state.refused.contains(&approve.motion);
        let change = world.law().moved(approve.motion).filter(|_| open)?;
        (State::ends(change).is_some() || matches!(change, Change::Cut { .. })).then_some(change)
    };
    naive.valid.iter().filter_map(end).collect()
}

fn stewards_there(world: &World, naive: &Naive, state: &State) -> usize {
    state.stewards.iter().filter(|name| there(world, naive, state, name)).count()
}

/// What an honest member paid is settled, and the payee has it, unless it holds as much as it may.
fn payments(world: &World, naive: &Naive, was: &Naive, context: &str) -> Vec<&'static str> {
    let state = state(world, naive);
    let mut seen = Vec::new();
    for item in &naive.open {
        let Item::Leg(pay, _) = item else { continue };
        let event = &world.events()[pay].event;
        let ((to, unit), amount) = world.law().worth(*item).expect("a leg");
        let keeper = state.keepers.get(&to).cloned();
        if there(world, naive, &state, &event.author) && state.members[&event.author].device == event.device {
            let by = Cover::of(world.law(), &naive.valid).stewards(world.law(), state.set, *pay);
            let ends = undecided_ends(world, naive, &state);
            assert!(
                naive.settled.contains(pay),
                "{context}: a payment by {} is not settled, only by {by:?} of {:?}; undecided ends: {ends:?}",
                event.author,
                state.stewards
            );
        }
        if !keeper.is_some_and(|keeper| there(world, naive, &state, &keeper)) || !naive.settled.contains(pay) {
            continue;
        }
        let balance = naive.balances.get(&(to.clone(), unit.clone())).copied().unwrap_or(0);
        let full = state.bounds(&to, &unit).and_then(|(_, upper)| upper).is_some_and(|upper| balance + amount > upper);
        assert!(full, "{context}: {to} does not receive {pay:?}");
    }
    let came = was.open.iter().filter(|item| matches!(item, Item::Leg(..)) && !naive.open.contains(item)).count();
    seen.extend((came > 0).then_some("payments received"));
    seen
}

/// No motion waits that has what it needs.
fn motions(world: &World, naive: &Naive, state: &State, context: &str) {
    let law = world.law();
    for id in &naive.valid {
        let Some(change) = law.moved(*id) else { continue };
        let need = state.needed(change);
        let own = matches!(change, Change::Leave { .. } | Change::Move(_) | Change::Hand(_));
        let own = own && !naive.settled.contains(id);
        if state.entered.contains(id) || state.refused.contains(id) || need.poll.is_some() || own {
            continue;
        }
        let by: BTreeSet<&Handle> =
            naive.valid.iter().filter_map(|a| approval(world, state, change, *id, *a)).collect();
        let way = Way { entry: naive.register.expect("a genesis"), motion: Some(*id), approvals: by.len() };
        let ready = by.len() >= need.approvals && state.apply(law, change, way).is_some();
        assert!(!ready, "{context}: {change} waits with {} approvals", by.len());
    }
}

fn approval<'a>(world: &World, state: &'a State, change: &Change, motion: EventId, id: EventId) -> Option<&'a Handle> {
    let event = &world.events()[&id].event;
    let Body::Approve(approve) = &event.body else { return None };
    let fresh = !state.closing(change) || world.law().under(id)?.set == state.set;
    state.steward(event.device).filter(|_| fresh && approve.motion == motion)
}
