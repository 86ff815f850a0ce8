//! Successions, played step by step, with money on the way.

mod common;

use common::*;
use event::Item;
use testkit::world::World;

/// The secretary is lost; the next steward keeps the register, and what was on its way arrives.
#[test]
fn the_next_steward_takes_over() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let base = world_naive(&mut world, BOB).register.expect("a genesis");
    let paid = pay(&mut world, EVE, FAY, 5);
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, paid);
    }
    let consents: Vec<_> = [BOB, CLEO, DAN].iter().map(|who| consent(&mut world, *who, 1, base)).collect();
    refused(&mut world, CLEO, succession(base, 1, consents.clone()));
    let taken = write(&mut world, BOB, succession(base, 1, consents));
    for who in [CLEO, DAN] {
        ack(&mut world, who, taken);
    }
    meet(&mut world);
    let naive = world_naive(&mut world, FAY);
    assert_eq!((naive.register, naive.term), (Some(taken), 1));
    assert_eq!(naive.secretary, Some(world.actors()[BOB].device));
    assert!(naive.settled.contains(&paid));
    world.act(FAY, &naive, &[testkit::world::Job::Receive]).expect("what is settled can be received");
    let _ = Item::Leg(paid, 0);
}
