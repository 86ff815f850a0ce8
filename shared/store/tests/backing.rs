//! What backs credit, and what does not: friends who pay each other in circles, attestations that run out.

#![allow(clippy::unwrap_used)]

mod common;

use common::{account, held, rounds};
use event::{Attest, Body, Change, Entry, EventId, KindOfMember, Leg, Pay, Pledge, Role, Route, Time, UnitDef};
use store::Store;
use testkit::world::{Chance, Draft, Job, World};

/// The founder assesses; the friends are the next two.
const ADA: usize = 0;
const FRIENDS: [usize; 2] = [1, 2];

/// Base limit and cap, in hundredths of an hour.
const BASE: i64 = 2_000;
const CAP: i64 = 4_500;

fn rules(counterparty: &str) -> event::Text {
    let text = format!(
        "[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n[authority]\nadmit = '1 steward'\nrole = 'secretary'\n\
         [assets.oven]\ntitle = 'Oven'\nquantity = 'hours'\nprice = '2.5'\nunit = 'hours'\nadvance = '1/2'\n\
         valid = '1 hour'\n[backing.hours]\ncap = '45.00'\nfactor = '1/2'\nwindow = '1 hour'\n\
         counterparty = '{counterparty}'"
    );
    text.parse().unwrap()
}

/// Everyone hears everything; the steward acknowledges; everyone takes what has settled.
fn settle(world: &mut World) {
    rounds(world, &[Job::Ack, Job::Follow, Job::Receive, Job::Back, Job::Ack]);
}

/// Pays so many hundredths of an hour, if the law lets it.
fn pay(world: &mut World, who: usize, to: usize, minor: i64) -> Option<EventId> {
    let (from, to) = (account(world, who), account(world, to));
    let legs = vec![Leg { amount: event::Amount::new(minor, 2).ok()?, to }];
    let pay = Pay::plain(from, "hours".parse().ok()?, legs);
    world.write(who, Body::Pay(pay).into())
}

fn hours(store: &Store) -> UnitDef {
    store.units().unwrap().remove(0).0
}

/// Balance and limit of a member at the newest time of the world.
fn standing(world: &World, who: usize) -> (i64, rules::Limit) {
    let (store, account) = (held(world), account(world, who));
    let def = hours(&store);
    let now = store.newest_time().unwrap().unwrap();
    (store.account_row(&account, &def).unwrap().balance, store.limit(&account, &def, now).unwrap())
}

#[test]
fn two_friends_do_not_lift_their_limits_beyond_the_caps() {
    // However much passes between them, a friend counts for 3.00 at most, half of which is credit; a share of what
    // was delivered grows with it, but never beyond the cap.
    for (counterparty, most) in [("3.00", BASE + 150), ("1/3", CAP)] {
        let mut highest = 0;
        for seed in 0..6 {
            let mut world = World::under(seed, 1, 3, rules(counterparty));
            let mut chance = Chance::new(seed);
            settle(&mut world);
            for _ in 0..25 {
                let one = chance.below(2);
                let minor = i64::try_from(1 + chance.below(6_000)).unwrap();
                pay(&mut world, FRIENDS[one], FRIENDS[1 - one], minor);
                settle(&mut world);
                if chance.percent(20) {
                    highest = highest.max(check(&world, most));
                }
            }
            highest = highest.max(check(&world, most));
        }
        assert!(highest > BASE, "nothing was delivered");
    }
}

#[test]
fn who_gets_a_payment_back_has_delivered_nothing() {
    let mut world = World::under(2, 1, 3, rules("3.00"));
    settle(&mut world);
    let [bob, cleo] = FRIENDS;
    let paid = pay(&mut world, bob, cleo, 1_000).unwrap();
    settle(&mut world);
    assert_eq!(standing(&world, cleo), (1_000, rules::Limit { lower: BASE + 150, ..standing(&world, cleo).1 }));
    let legs = vec![Leg { amount: event::Amount::new(1_000, 2).unwrap(), to: account(&world, bob) }];
    let plain = Pay::plain(account(&world, cleo), "hours".parse().unwrap(), legs);
    world.write(cleo, Body::Pay(Pay { refund: Some(paid), ..plain }).into()).unwrap();
    settle(&mut world);
    for who in FRIENDS {
        let (balance, limit) = standing(&world, who);
        assert_eq!((balance, limit.lower), (0, BASE));
    }
}

/// The higher of the friends' limits; neither limit nor debt is beyond the bound.
fn check(world: &World, most: i64) -> i64 {
    let each = FRIENDS.map(|who| {
        let (balance, limit) = standing(world, who);
        assert!((BASE..=most).contains(&limit.lower), "{limit:?}");
        assert!(balance >= -most, "{balance}");
        limit.lower
    });
    each.into_iter().max().unwrap()
}

#[test]
fn when_an_attestation_runs_out_the_account_can_only_earn_its_way_back() {
    let mut world = World::under(1, 1, 3, rules("3.00"));
    settle(&mut world);
    let [bob, cleo] = FRIENDS;
    assesses(&mut world, ADA);
    let pledge = Pledge { asset: "oven".parse().unwrap(), quantity: "16.5".parse().unwrap(), per: None, until: None };
    let pledge = world.write(bob, Body::Pledge(pledge).into()).unwrap();
    settle(&mut world);
    let now = world.events()[&pledge].event.time.seconds();
    let attest = |quantity: &str, after: i64| Attest {
        pledge,
        quantity: quantity.parse().unwrap(),
        expires: Time::new(now + after).unwrap(),
        evidence: None,
    };
    assert_eq!(world.write(ADA, Body::Attest(attest("16.6", 60)).into()), None, "more than pledged");
    assert_eq!(world.write(ADA, Body::Attest(attest("16", 3_800)).into()), None, "longer than the rules say");
    assert_eq!(world.write(cleo, Body::Attest(attest("16", 60)).into()), None, "by no assessor");
    assert_eq!(pay(&mut world, bob, cleo, BASE + 1), None, "not attested yet");
    world.write(ADA, Body::Attest(attest("16.5", 90)).into()).unwrap();
    settle(&mut world);
    // 16.5 × 2.5 × 1/2 = 20.625
    assert_eq!(standing(&world, bob).1.lower, BASE + 2_062);
    pay(&mut world, bob, cleo, BASE + 2_000).unwrap();
    settle(&mut world);
    while world.events().values().map(|v| v.event.time).max() < Time::new(now + 91).ok() {
        pay(&mut world, cleo, ADA, 1).unwrap();
    }
    settle(&mut world);
    let (balance, limit) = standing(&world, bob);
    assert_eq!((balance, limit.lower), (-4_000, BASE));
    assert_eq!(limit.backing.unwrap().attested[0].void, Some(rules::Lapse::Expired));
    assert_eq!(pay(&mut world, bob, ADA, 1), None, "beyond the limit");
    pay(&mut world, cleo, bob, 2_050).unwrap();
    settle(&mut world);
    // What was earned counts, too: half of the 3.00 that one counterparty can make up.
    assert_eq!(standing(&world, bob), (-1_950, rules::Limit { lower: BASE + 150, ..standing(&world, bob).1 }));
    assert!(pay(&mut world, bob, ADA, 200).is_some(), "within the limit again");
}

/// Makes someone an assessor.
fn assesses(world: &mut World, who: usize) {
    let handle = world.actors()[who].name.clone();
    assert_eq!(world.actors()[who].kind, KindOfMember::Person);
    let after = world.naive(ADA).register.unwrap();
    let change = Change::Role { handle, role: Role::Other("assessor".parse().unwrap()), holds: true };
    let entry = Draft::from(Body::Entry(Entry { after, route: Route::Inline(change) }));
    world.write(ADA, entry).unwrap();
    settle(world);
}
