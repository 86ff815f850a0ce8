//! Invitations, moves, leavings, refusals, played step by step with money in them.

mod common;

use common::*;
use event::{
    Approve, Body, Change, Entry, EventId, Handle, Invite, Invited, Item, Join, Key, KindOfMember, Motion, NewDevice,
    Route, Time, invitation_message,
};
use testkit::naive::Standing;
use testkit::world::{Draft, Job, World};

fn invitation(world: &mut World, by: usize, uses: u16) -> (EventId, Key) {
    let key = Key::from_seed(&[77; 32]);
    let expires = Time::new(1_000_000).expect("a time");
    (write(world, by, Body::Invite(Invite { key: key.public(), uses, expires })), key)
}

/// A request that answers an invitation, or that seems to.
fn answer(world: &mut World, who: usize, by: EventId, seed: &Key, handle: &Handle) -> Option<EventId> {
    world.sync(who);
    let key = world.key_of(who).public();
    let message = invitation_message(&world.law().log(), &by, &key.device(), handle);
    let invited = Some(Invited { by, proof: seed.sign_raw(&message) });
    let body = Body::Join(Join { key, kind: KindOfMember::Person, invited });
    let register = Some(world.law().log());
    world.write(who, Draft { register, witnesses: [world.law().log()].into(), body, text: None })
}

fn admission(world: &World, request: EventId) -> Change {
    let event = world.law().event(request).expect("written before");
    Change::Admit { handle: event.author.clone(), device: event.device, request, kind: KindOfMember::Person }
}

/// One use, two who answer: the first is admitted by the secretary alone, for the second it counts for nothing.
#[test]
fn an_invitation_is_used_as_often_as_it_says() {
    // Seed 3 asks one steward for an admission; the inviter makes up for the secretary, who is a steward here, too.
    let mut world = World::awaiting(3, 3, 6, 2);
    meet(&mut world);
    let (by, seed) = invitation(&mut world, BOB, 1);
    let (eve, fay) = (world.actors()[EVE].name.clone(), world.actors()[FAY].name.clone());
    assert_eq!(answer(&mut world, EVE, by, &Key::from_seed(&[78; 32]), &eve), None, "another seed");
    assert_eq!(answer(&mut world, EVE, by, &seed, &fay), None, "a proof for another name");
    let requests = [(EVE, &eve), (FAY, &fay)]
        .map(|(who, name)| answer(&mut world, who, by, &seed, name).expect("the proof holds"));
    let mut confirmed = Vec::new();
    for request in requests {
        let after = world_naive(&mut world, ADA).register.expect("a genesis");
        let change = admission(&world, request);
        let name = world.law().event(request).expect("written").author.clone();
        world.sync(ADA);
        let entry = world.write(ADA, Body::Entry(Entry { after, route: Route::Inline(change) }).into());
        let Some(entry) = entry else { continue };
        ack(&mut world, BOB, entry);
        ack(&mut world, CLEO, entry);
        meet(&mut world);
        let state = world.law().state(entry).expect("an entry");
        assert_eq!(state.invited[&by], 1);
        confirmed.push(state.members[&name].confirmed);
    }
    // Two of three are a quorum: secretary and inviter confirm the first, and the second is unconfirmed.
    assert_eq!(confirmed.first(), Some(&true));
    assert!(confirmed.len() == 1 || !confirmed[1]);
}

/// A request with another device under the member's name.
fn ask(world: &mut World, who: usize) -> NewDevice {
    let naive = world_naive(world, who);
    let request = world.fresh(who, &naive).expect("a member can ask with another device");
    let event = world.law().event(request).expect("written before");
    NewDevice { handle: event.author.clone(), device: event.device, request }
}

fn receive(world: &mut World, who: usize) -> EventId {
    let naive = world_naive(world, who);
    world.act(who, &naive, &[Job::Receive]).expect("there is something to receive")
}

/// Balance, receipts and keys go along, over two moves; what was on the way arrives at the new device.
#[test]
fn books_go_on_over_moves() {
    let mut world = World::honest(5, 4, 6);
    meet(&mut world);
    let first = pay(&mut world, EVE, FAY, 5);
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, first);
    }
    receive(&mut world, FAY);
    let second = pay(&mut world, EVE, FAY, 4);
    for _ in 0..2 {
        let to = ask(&mut world, FAY);
        let old = world.actors()[FAY].device;
        let route = agreed(&mut world, FAY, Change::Move(to.clone()), &[ADA, BOB, CLEO]);
        enter(&mut world, ADA, route, &[BOB, CLEO, DAN]);
        assert_eq!(world.actors()[FAY].device, to.device);
        let state = world_naive(&mut world, FAY);
        assert!(state.cut.contains_key(&old));
        assert_eq!(hours(&world, &state, FAY), 500);
    }
    refused(&mut world, FAY, receiving(&[Item::Leg(first, 0)]));
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, second);
    }
    receive(&mut world, FAY);
    let naive = world_naive(&mut world, ADA);
    assert_eq!(hours(&world, &naive, FAY), 900);
    assert!(naive.conserved());
    let body = paying(&world, FAY, EVE, 29);
    write(&mut world, FAY, body);
    let body = paying(&world, FAY, EVE, 1);
    refused(&mut world, FAY, body);
}

/// A handed-over chain says nothing more, until the motion is refused: then it goes on, and so do the stewards.
#[test]
fn a_refused_move_gives_the_chain_back() {
    let mut world = World::honest(5, 4, 6);
    meet(&mut world);
    let to = ask(&mut world, BOB);
    let motion = write(&mut world, BOB, Body::Motion(Motion { change: Change::Move(to) }));
    let body = paying(&world, BOB, EVE, 1);
    refused(&mut world, BOB, body.clone());
    // A steward's move makes another set, so this is Cleo's last word under the present one.
    write(&mut world, CLEO, Body::Approve(Approve { motion }));
    let paid = pay(&mut world, EVE, FAY, 2);
    for who in [ADA, CLEO, DAN] {
        ack(&mut world, who, paid);
    }
    let naive = world_naive(&mut world, FAY);
    assert!(!naive.settled.contains(&paid), "Cleo's acknowledgement counts, though she has closed the set");
    let after = naive.register.expect("a genesis");
    let refusal = Body::Entry(Entry { after, route: Route::Refused { motion } });
    let entry = write(&mut world, ADA, refusal);
    for who in [CLEO, DAN] {
        ack(&mut world, who, entry);
    }
    meet(&mut world);
    let naive = world_naive(&mut world, FAY);
    assert_eq!(naive.register, Some(entry));
    assert!(naive.settled.contains(&paid), "Cleo knows the refusal, so what she acknowledged counts again");
    receive(&mut world, FAY);
    write(&mut world, BOB, body);
    let again = Body::Approve(Approve { motion });
    refused(&mut world, CLEO, again);
    let route = Route::Moved { motion, approvals: Vec::new(), poll: None };
    refused(&mut world, ADA, Body::Entry(Entry { after: entry, route }));
}

/// Who leaves takes nothing more; what was on the way to them is taken back, once.
#[test]
fn what_the_departed_did_not_take_comes_back() {
    let mut world = World::honest(5, 4, 6);
    meet(&mut world);
    let taken = pay(&mut world, EVE, FAY, 5);
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, taken);
    }
    receive(&mut world, FAY);
    let late = pay(&mut world, EVE, FAY, 3);
    refused(&mut world, EVE, receiving(&[Item::Back(late, 0)]));
    let change = Change::Leave { handle: world.actors()[FAY].name.clone() };
    let route = agreed(&mut world, FAY, change, &[ADA, BOB, CLEO]);
    enter(&mut world, ADA, route, &[BOB, CLEO, DAN]);
    let name = world.actors()[FAY].name.clone();
    let register = world_naive(&mut world, ADA).register.expect("a genesis");
    let state = world.law().state(register).expect("a state");
    assert_eq!(state.members[&name].standing, Standing::Left);
    let body = paying(&world, EVE, FAY, 1);
    refused(&mut world, EVE, body);
    refused(&mut world, EVE, receiving(&[Item::Back(taken, 0)]));
    refused(&mut world, BOB, receiving(&[Item::Back(late, 0)]));
    write(&mut world, EVE, receiving(&[Item::Back(late, 0)]));
    refused(&mut world, EVE, receiving(&[Item::Back(late, 0)]));
    let naive = world_naive(&mut world, DAN);
    assert!(naive.conserved() && naive.transit.is_empty());
    assert_eq!((hours(&world, &naive, EVE), hours(&world, &naive, FAY)), (-500, 500));
}

/// A community that goes on from another one's books: what is carried is there before anyone is admitted, and counts
/// for who comes under the name; books that do not sum to zero, or not in its units, found nothing.
#[test]
fn a_refounded_community_carries_the_books() {
    let key = Key::from_seed(&[5; 32]);
    let found = |openings: &[&str]| {
        let openings = openings.iter().map(|text| text.parse().expect("an opening")).collect();
        let old = EventId::of(b"before");
        let refounds = Some(event::Refounds { log: old, entry: old, openings });
        let body = event::Found { community: "Again".parse().expect("a line"), key: key.public(), refounds };
        let genesis = event::Event {
            log: None,
            author: "ada".parse().expect("a handle"),
            device: key.public().device(),
            time: Time::new(1).expect("a time"),
            seq: 0,
            prev: None,
            register: None,
            deps: Vec::new(),
            text: "[units.hours]\ntitle = 'Hours'\nlower = '20.00'".parse().ok(),
            body: Body::Found(body),
        };
        genesis.sign(Vec::new(), &key).expect("well formed").1
    };
    let naive = |openings: &[&str]| {
        let genesis = found(openings);
        testkit::naive::fold(&[(genesis.id, genesis)].into(), None)
    };
    let good = naive(&["ada hours -2.50", "zoe hours 1.50", "@commons hours 1.00"]);
    assert!(good.conserved() && good.valid.len() == 1);
    assert_eq!(good.balances.len(), 3);
    for bad in [&["ada hours 1.00"][..], &["ada hours -1.0", "zoe hours 1.0"], &["ada eggs -1", "zoe eggs 1"]] {
        assert!(naive(bad).valid.is_empty(), "{bad:?}");
    }
    // The founder's books begin with what is carried.
    let genesis = found(&["ada hours -2.50", "zoe hours 2.50"]);
    let mut law = testkit::naive::Law::new(genesis.id);
    law.insert(genesis.clone());
    let state = law.state(genesis.id).expect("it is founded");
    let purse = (event::Account::Member("ada".parse().expect("a handle")), hour());
    assert_eq!(law.balance(&law.books_at(genesis.id, &state), &purse, &state), -250);
}
