//! Attacks on succession and on the books of several devices that a first wording of the law let through, each played
//! up to the step that the law does not take.

mod common;

use common::*;
use event::{Body, Change, Entry, EventId, Motion, NewDevice, Route};
use testkit::naive::Naive;
use testkit::world::{Draft, World};

fn everything(world: &World) -> Naive {
    world.law().fold(&world.events().keys().copied().collect(), None)
}

fn register(world: &mut World, who: usize) -> EventId {
    world_naive(world, who).register.expect("a genesis")
}

/// Acknowledges an event as soon as it is told, knowing nothing else that is new.
fn ack_alone(world: &mut World, who: usize, id: EventId) {
    world.tell(who, &[id]);
    let positions = vec![place(world, id)];
    draft(world, who, Body::Ack(event::Ack { positions }).into());
}

/// All honest, four stewards; nobody is lost, but messages are slow. Ada is slow, so the others make Bob secretary, and
/// acknowledge it without hearing of each other. Then Bob is slow, too, and Ada is back: with her, Cleo and Dan go on to
/// the second term. Named is the deepest entry of the latest term
/// that a steward has acknowledged, of whomever: else it would forget Bob, and two successions would settle.
#[test]
fn a_second_succession_must_not_forget_the_first() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let base = register(&mut world, BOB);
    let consents: Vec<EventId> = [BOB, CLEO, DAN].map(|who| consent(&mut world, who, 1, base)).to_vec();
    world.tell(BOB, &consents);
    let first = draft(&mut world, BOB, succession(base, 1, consents).into());
    ack_alone(&mut world, CLEO, first);
    ack_alone(&mut world, DAN, first);
    let named = |world: &World, who: usize| {
        let head = world.head(who).expect("a chain");
        let law = world.law();
        law.last_acknowledged(&law.chain(head), law.knows(head).expect("known")).expect("an entry")
    };
    let consents: Vec<EventId> = [ADA, CLEO, DAN]
        .map(|who| {
            let entry = named(&world, who);
            consent(&mut world, who, 2, entry)
        })
        .to_vec();
    // Whose turn it is depends on who came into office first.
    let state = world.law().state(first).expect("a state");
    let next = testkit::naive::next_secretary(&state, 2).expect("a steward").clone();
    let next = [CLEO, DAN].into_iter().find(|who| world.actors()[*who].name == next).expect("Cleo or Dan");
    let other = CLEO + DAN - next;
    world.tell(next, &consents);
    let second = |after| Draft::from(succession(after, 2, consents.clone()));
    assert_eq!(world.write(next, second(base)), None, "it goes on from the first succession");
    let taken = draft(&mut world, next, second(first));
    ack_alone(&mut world, ADA, taken);
    ack_alone(&mut world, other, taken);
    let all = everything(&world);
    assert_eq!((all.split, all.register, all.term), (false, Some(taken), 2));
}

/// An entry that changes nothing to speak of, at the end of some branch of Ada's.
fn entry_at(world: &mut World, head: Option<EventId>, after: EventId, route: Route) -> EventId {
    let naive = world_naive(world, ADA);
    world.write_at(ADA, &naive, head, Body::Entry(Entry { after, route }).into()).expect("valid on its branch")
}

fn refusals(world: &mut World) -> [Route; 2] {
    [EVE, FAY].map(|who| {
        let change = steward(world, who, true);
        Route::Refused { motion: write(world, BOB, Body::Motion(Motion { change })) }
    })
}

/// Four stewards, one of them dishonest: Ada, the secretary, who forks the register. One branch settles with her help;
/// of the other one she says, consenting to her own succession, that it was the last that she knew. Her
/// consent does not count, or the settled entry would be dropped.
#[test]
fn who_forked_the_register_has_no_say_where_it_goes_on() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let [one, other] = refusals(&mut world);
    world.sync(ADA);
    let (head, base) = (world.head(ADA), register(&mut world, ADA));
    let x = entry_at(&mut world, head, base, one);
    let y = entry_at(&mut world, head, base, other);
    ack_alone(&mut world, CLEO, x);
    ack_alone(&mut world, DAN, x);
    ack_alone(&mut world, BOB, y);
    assert_eq!(everything(&world).register, Some(x), "she, Cleo and Dan have settled it");
    let (bob, cleo) = (consent(&mut world, BOB, 1, y), consent(&mut world, CLEO, 1, x));
    let naive = world.naive(ADA);
    let lie = Body::Succeed(event::Succeed { term: 1, entry: y });
    let ada = world.write_at(ADA, &naive, Some(y), lie.into()).expect("valid on this branch");
    let consents = vec![bob, cleo, ada];
    world.tell(BOB, &consents);
    let taken = world.write(BOB, succession(y, 1, consents).into());
    assert_eq!(taken, None, "without her it takes Dan's consent, too");
    let dan = consent(&mut world, DAN, 1, x);
    world.tell(BOB, &[dan, cleo, bob]);
    draft(&mut world, BOB, succession(x, 1, vec![bob, cleo, dan]).into());
}

/// All honest. The secretary is lost just after she has entered a change of stewards that only Bob has acknowledged. He
/// must name it; the others know the set before it. So the consents are counted under the set that they knew, or the
/// register would stand still: nobody can come to know the next one, for all have closed the one that settles it.
#[test]
fn a_change_of_stewards_that_one_has_seen_does_not_stop_the_succession() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let change = steward(&world, EVE, true);
    let route = agreed(&mut world, BOB, change, &[ADA, BOB, CLEO]);
    let base = register(&mut world, ADA);
    let last = write(&mut world, ADA, Body::Entry(Entry { after: base, route }));
    ack_alone(&mut world, BOB, last);
    let consents: Vec<EventId> =
        [(BOB, last), (CLEO, base), (DAN, base)].map(|(who, entry)| consent(&mut world, who, 1, entry)).to_vec();
    world.tell(BOB, &consents);
    let on = |after| Draft::from(succession(after, 1, consents.clone()));
    assert_eq!(world.write(BOB, on(base)), None, "it is not the deepest that was named");
    let taken = world.write(BOB, on(last));
    let taken = taken.expect("it goes on from what was named");
    ack_alone(&mut world, CLEO, taken);
    ack_alone(&mut world, DAN, taken);
    meet(&mut world);
    let naive = everything(&world);
    assert_eq!((naive.register, naive.split), (Some(taken), false));
    let state = world.law().state(taken).expect("a state");
    assert_eq!(state.stewards.len(), 5, "with Eve");
}

/// Eve owes all that she may. Her device is replaced twice before the one between has heard of its own opening. Books
/// go on by the openings that the reader knows, or her debt would be forgotten.
#[test]
fn a_device_that_never_wrote_passes_the_books_on() {
    let mut world = World::honest(5, 4, 6);
    meet(&mut world);
    pay(&mut world, EVE, FAY, 20);
    let mut at = world.head(EVE).expect("a chain");
    for _ in 0..2 {
        let naive = world_naive(&mut world, EVE);
        let request = world.fresh(EVE, &naive).expect("a member can ask with another device");
        let event = world.law().event(request).expect("written before").clone();
        let to = NewDevice { handle: event.author, device: event.device, request };
        let change = Change::Rekey { to, at: place(&world, at) };
        let route = agreed(&mut world, BOB, change, &[BOB, CLEO, DAN]);
        let after = register(&mut world, ADA);
        let entry = write(&mut world, ADA, Body::Entry(Entry { after, route }));
        for who in [BOB, CLEO, DAN] {
            ack(&mut world, who, entry);
        }
        for who in [ADA, BOB, CLEO, DAN] {
            follow(&mut world, who);
        }
        // Eve takes the device up when she writes next.
        at = request;
    }
    follow(&mut world, EVE);
    let again = paying(&world, EVE, FAY, 20);
    let paid = world.write(EVE, again.into());
    let owed = hours(&world, &everything(&world), EVE);
    assert_eq!((paid, owed), (None, -2000));
}

/// Four stewards, one of them dishonest: Ada, the secretary. On one branch she refuses a motion, which settles; on the
/// other she hands the register on to Bob, who has seen that one only, and goes on. No chain but hers is forked, but who
/// has acknowledged the one entry acknowledges none of the same term that contradicts it, whoever wrote it.
#[test]
fn two_secretaries_do_not_contradict_each_other() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let [one, other] = refusals(&mut world);
    let change = Change::Secretary { handle: world.actors()[BOB].name.clone(), was: world.actors()[ADA].device };
    let hand_on = agreed(&mut world, CLEO, change, &[BOB, CLEO, DAN]);
    world.sync(ADA);
    let (head, base) = (world.head(ADA), register(&mut world, ADA));
    let x = entry_at(&mut world, head, base, one);
    let y = entry_at(&mut world, head, base, hand_on);
    ack_alone(&mut world, CLEO, x);
    ack_alone(&mut world, DAN, x);
    assert_eq!(everything(&world).register, Some(x));
    world.tell(BOB, &[y]);
    let his = draft(&mut world, BOB, Body::Entry(Entry { after: y, route: other }).into());
    for who in [CLEO, DAN] {
        world.tell(who, &[his]);
        let positions = vec![place(&world, his)];
        assert_eq!(world.write(who, Body::Ack(event::Ack { positions }).into()), None, "it contradicts");
    }
    assert_eq!(everything(&world).register, Some(x));
}

/// Four stewards; Ada, the secretary, is lost. Cleo has approved that Bob's chain ends early, and Bob's turn it is. She
/// acknowledges what he enters, or the three could settle nothing, not even the refusal of that motion; but nothing else
/// beyond the end, until she knows that it is refused.
#[test]
fn who_approved_the_end_of_the_next_secretary_can_still_settle_entries() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let early = world.head(BOB).expect("bob has joined");
    let paid = pay(&mut world, BOB, EVE, 3);
    let change = Change::Cut { position: place(&world, early) };
    let motion = write(&mut world, EVE, Body::Motion(Motion { change }));
    approved(&mut world, motion, &[CLEO]);
    ack(&mut world, DAN, paid);
    let beyond = Body::Ack(event::Ack { positions: vec![place(&world, paid)] });
    refused(&mut world, CLEO, beyond);
    let base = register(&mut world, BOB);
    let consents: Vec<EventId> = [BOB, CLEO, DAN].map(|who| consent(&mut world, who, 1, base)).to_vec();
    let taken = write(&mut world, BOB, succession(base, 1, consents));
    ack(&mut world, CLEO, taken);
    ack(&mut world, DAN, taken);
    meet(&mut world);
    let naive = everything(&world);
    assert_eq!(naive.register, Some(taken));
    assert!(!naive.settled.contains(&paid), "Cleo's acknowledgement of his entry settles his payment");
    let freed = write(&mut world, BOB, Body::Entry(Entry { after: taken, route: Route::Refused { motion } }));
    ack(&mut world, CLEO, freed);
    ack(&mut world, DAN, freed);
    assert!(!everything(&world).settled.contains(&paid));
    meet(&mut world);
    let naive = everything(&world);
    assert_eq!(naive.register, Some(freed));
    assert!(naive.settled.contains(&paid), "now that she knows it, what she acknowledged counts for all");
}

/// All honest. Ada, the secretary, has entered something that nobody has seen when the others make Bob secretary, and it
/// is left aside. Then Bob, Cleo and Dan are lost one after the other, and in the end it is Ada's turn again: what she once
/// wrote in vain does not keep her from office.
#[test]
fn who_wrote_in_vain_can_keep_the_register_again() {
    let mut world = World::honest(1, 4, 6);
    meet(&mut world);
    let [aside, _] = refusals(&mut world);
    world.sync(ADA);
    let base = register(&mut world, ADA);
    write(&mut world, ADA, Body::Entry(Entry { after: base, route: aside }));
    let mut at = base;
    for term in 1..=4 {
        let state = world.law().state(at).expect("a state");
        let next = testkit::naive::next_secretary(&state, term).expect("a steward").clone();
        let next = (ADA..=DAN).find(|who| world.actors()[*who].name == next).expect("one of the four");
        assert_eq!(next == ADA, term == 4);
        let asked: Vec<usize> = if term == 1 { vec![BOB, CLEO, DAN] } else { (ADA..=DAN).collect() };
        let consents: Vec<EventId> = asked.iter().map(|who| consent(&mut world, *who, term, at)).collect();
        world.tell(next, &consents);
        let after = if term == 1 { base } else { at };
        at = draft(&mut world, next, succession(after, term, consents).into());
        for who in (ADA..=DAN).filter(|who| *who != next) {
            ack_alone(&mut world, who, at);
        }
    }
    let all = everything(&world);
    assert_eq!((all.split, all.register, all.term), (false, Some(at), 4));
    // And she enters what comes next.
    let [_, one] = refusals(&mut world);
    meet(&mut world);
    write(&mut world, ADA, Body::Entry(Entry { after: at, route: one }));
}
