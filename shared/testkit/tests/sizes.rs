//! A community that grows to seven stewards and shrinks to one again, with payments on the way at every step; two
//! successions in a row; refusals and a checkpoint between: in the end everything has arrived.

mod common;

use common::*;
use event::{Body, EventId};
use testkit::naive::{fold, quorum};
use testkit::world::{Job, Nature, World};

const EVERYDAY: [Job; 3] = [Job::Follow, Job::Ack, Job::Receive];

/// Everyone syncs, acknowledges and receives until there is nothing more to do.
fn rest(world: &mut World) {
    let people: Vec<usize> =
        (0..world.actors().len()).filter(|who| world.actors()[*who].nature != Nature::Lost).collect();
    let mut idle = 0;
    for _ in 0..60 {
        idle = if busy(world, &people, &EVERYDAY) == 0 { idle + 1 } else { 0 };
        if idle == 4 {
            return;
        }
    }
    panic!("they never come to rest");
}

/// A payment that half of the stewards have seen.
fn on_the_way(world: &mut World, nth: usize, office: &[usize]) -> EventId {
    let members = world.actors().len();
    let paid = pay(world, nth % members, (nth + 3) % members, 2);
    for who in office.iter().skip(1).step_by(2).filter(|who| **who != nth % members) {
        ack(world, *who, paid);
    }
    paid
}

/// Someone comes into office or goes, by the consent of just as many as it takes.
fn change(world: &mut World, secretary: usize, who: usize, holds: bool, office: &[usize]) -> EventId {
    let t = quorum(office.len());
    let approving: Vec<usize> = office.iter().rev().take(t).copied().collect();
    let wanted = steward(world, who, holds);
    let route = agreed(world, secretary, wanted, &approving);
    enter(world, secretary, route, office)
}

fn arrived(world: &mut World, payments: &[EventId]) {
    let naive = world_naive(world, ADA);
    assert!(naive.conserved() && !naive.split);
    for paid in payments {
        assert!(naive.settled.contains(paid), "{paid:?} is settled");
    }
    assert!(naive.transit.is_empty() && naive.open.is_empty(), "something is on its way still: {:?}", naive.open);
}

#[test]
fn from_one_to_seven_and_back_with_money() {
    let mut world = World::honest(2, 1, 7);
    meet(&mut world);
    let (mut office, mut payments) = (vec![ADA], Vec::new());
    for who in [BOB, CLEO, DAN, EVE, FAY, GIL] {
        payments.push(on_the_way(&mut world, who, &office));
        change(&mut world, ADA, who, true, &office);
        payments.push(on_the_way(&mut world, who + 1, &office));
        office.push(who);
    }
    let checkpoint = world_naive(&mut world, ADA).register;
    rest(&mut world);
    arrived(&mut world, &payments);
    for who in [CLEO, GIL, BOB, FAY, DAN, EVE] {
        payments.push(on_the_way(&mut world, who, &office));
        change(&mut world, ADA, who, false, &office);
        office.retain(|x| *x != who);
        payments.push(on_the_way(&mut world, who + 2, &office));
        if who == BOB {
            rest(&mut world);
        }
    }
    rest(&mut world);
    arrived(&mut world, &payments);
    let naive = world_naive(&mut world, EVE);
    let state = world.law().state(naive.register.expect("a genesis")).expect("a state");
    assert_eq!(state.stewards, vec![world.actors()[ADA].name.clone()]);
    assert_eq!(fold(world.events(), checkpoint), naive, "whoever trusts an entry of it sees the same");
}

/// Two secretaries are lost, one after the other; the community of seven goes on with a third.
#[test]
fn two_successions_in_a_row_with_payments_on_the_way() {
    let mut world = World::honest(1, 7, 7);
    rest(&mut world);
    meet(&mut world);
    let register = world_naive(&mut world, ADA).register.expect("a genesis");
    let state = world.law().state(register).expect("a state");
    let order: Vec<usize> = state
        .stewards
        .iter()
        .map(|name| world.actors().iter().position(|actor| actor.name == *name).expect("a steward"))
        .collect();
    let mut payments = vec![on_the_way(&mut world, GIL, &order)];
    // The first entry that is lost on the way has been seen by one only, who must name it.
    let stale = steward(&world, order[6], false);
    let route = agreed(&mut world, order[3], stale, &order[1..6]);
    let after = world_naive(&mut world, ADA).register.expect("a genesis");
    let last = write(&mut world, ADA, Body::Entry(event::Entry { after, route }));
    ack(&mut world, order[4], last);
    for (term, lost) in [(1, 0), (2, 1)] {
        world.become_(order[lost], Nature::Lost);
        let office: Vec<usize> = order[lost + 1..].to_vec();
        let from = office[2];
        payments.push(on_the_way(&mut world, from, &office));
        for who in &office {
            world.sync(*who);
            let naive = world.naive(*who);
            for _ in 0..40 {
                if world.act(*who, &naive, &[Job::Consent]).is_some() {
                    break;
                }
            }
        }
        let next = office[0];
        let naive = world_naive(&mut world, next);
        world.act(next, &naive, &[Job::TakeOver]).expect("it is the turn of the next one");
        rest(&mut world);
        assert_eq!(world_naive(&mut world, next).term, term);
    }
    arrived_but_for(&mut world, &payments, &[order[0], order[1]]);
    // The third one keeps the register as the first did: a refusal, and a steward less.
    let now: Vec<usize> = order[2..6].to_vec();
    let wanted = steward(&world, order[0], false);
    let route = agreed(&mut world, now[1], wanted, &now);
    enter(&mut world, now[0], route, &now);
    let naive = world_naive(&mut world, now[1]);
    let state = world.law().state(naive.register.expect("a genesis")).expect("a state");
    // The entry that one steward had named is part of the register: the last in order is in office no more.
    assert_eq!((state.term, state.stewards.len()), (2, 5));
}

/// Everything has arrived but what goes to those who are lost.
fn arrived_but_for(world: &mut World, payments: &[EventId], lost: &[usize]) {
    let naive = world_naive(world, ADA);
    assert!(naive.conserved() && !naive.split);
    assert!(payments.iter().all(|paid| naive.settled.contains(paid)), "all is settled");
    let gone: Vec<_> = lost.iter().map(|who| account(world, *who)).collect();
    for item in &naive.open {
        let ((to, _), _) = world.law().worth(*item).expect("a leg");
        assert!(gone.contains(&to), "something is on its way to {to} still");
    }
}
