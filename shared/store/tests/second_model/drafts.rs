//! Events drafted from a store as the write path drafts them are valid: evidence suffices for what it says it covers.

#![allow(clippy::unwrap_used)]

use event::{Account, Ack, Back, Body, Decline, Event, EventId, Item, MAX_DEPS, Position, Receive, Time};
use rules::{Facts, Key, Link, Refusal, Value, Verdict};
use store::Store;
use testkit::Tally;
use testkit::mutants::Seen;
use testkit::world::{Actor, Nature, World};

/// Receipts and returns of everything that is open, and following the register, as an honest person would write now.
pub fn check(world: &World, who: usize, seen: &Seen, context: &str, tally: &mut Tally) {
    let actor = &world.actors()[who];
    let honest = actor.nature == Nature::Honest && !seen.naive.forked.contains_key(&actor.device);
    if !honest || seen.naive.register.is_none() || seen.naive.cut.contains_key(&actor.device) {
        return;
    }
    let store = &seen.store;
    let Some((head, _)) = store.head(&actor.device).unwrap() else { return };
    let ended = |motion: &EventId| !store.refused(&store.register().unwrap(), motion).unwrap();
    if store.own_ends(&head).unwrap().iter().any(ended) {
        return;
    }
    acknowledge(actor, store, context, tally);
    follow(actor, store, &head, context, tally);
    let mut items = Vec::new();
    for account in kept(store, actor) {
        if !store.hands(&head, &account).unwrap().is_empty() {
            // It goes to another, or has gone.
            continue;
        }
        items.extend(store.open_items(&account).unwrap().into_iter().filter(|open| open.settled).map(|open| open.item));
    }
    items.sort();
    if rules::member_of(store, &store.register().unwrap(), &actor.device).unwrap().is_none() {
        return;
    }
    for item in &items {
        write(actor, store, Body::Receive(Receive { items: vec![*item] }), context);
        tally.add("drafted receipts", 1);
        if let Item::Leg(pay, leg) = *item {
            write(actor, store, Body::Decline(Decline { pay, leg, why: None }), context);
            tally.add("drafted returns", 1);
        }
    }
    back(actor, store, &head, context, tally);
    if items.len() > 1 {
        write(actor, store, Body::Receive(Receive { items }), context);
        tally.add("drafted receipts of several", 1);
    }
}

/// Using the attestations that the own account does not use yet.
fn back(actor: &Actor, store: &Store, head: &Link, context: &str, tally: &mut Tally) {
    let account = Account::Member(actor.name.clone());
    for attestation in store.to_back(&account, head, head.time).unwrap() {
        write(actor, store, Body::Back(Back { account: account.clone(), attestations: vec![attestation] }), context);
        tally.add("drafted backings", 1);
    }
}

fn kept(store: &Store, actor: &Actor) -> Vec<Account> {
    let at = store.register().unwrap();
    let keeps = |account: &Account| {
        let (head, _) = store.head(&actor.device).unwrap().unwrap();
        store.fact(&at, &Key::Keeper(account.clone())).unwrap() == Some(Value::Handle(actor.name.clone()))
            && !rules::handed(store, &head.register, &head, account).unwrap()
    };
    store.account_names().unwrap().into_iter().filter(keeps).collect()
}

/// What a steward's sync would acknowledge.
fn acknowledge(actor: &Actor, store: &Store, context: &str, tally: &mut Tally) {
    let far = Time::new(1_000_000).unwrap();
    let mut positions: Vec<Position> =
        store.to_acknowledge(&actor.device, far).unwrap().into_iter().map(|target| target.position).collect();
    let Ok(Some(Value::Stewards(stewards))) = store.fact(&store.register().unwrap(), &Key::Stewards) else { return };
    if positions.is_empty() || !stewards.handles.contains(&actor.name) {
        return;
    }
    positions.sort();
    write(actor, store, Body::Ack(Ack { positions }), context);
    tally.add("drafted acks", 1);
}

/// Whoever holds an entry as settled can show it.
fn follow(actor: &Actor, store: &Store, head: &Link, context: &str, tally: &mut Tally) {
    let newest = store.register().unwrap();
    if head.register == newest || !store.descends(&newest, &head.register).unwrap() {
        return;
    }
    let event = draft(actor, store, Body::Follow);
    assert_eq!(event.register, Some(newest), "{context}: the register cannot be followed");
    // Only members write anything but their request.
    if rules::member_of(store, &newest, &actor.device).unwrap().is_some() {
        let verdict = store.judge(&actor.sign(event.clone()).unwrap()).unwrap();
        assert!(matches!(verdict, Verdict::Valid(_)), "{context}: {verdict:?} to {event:#?}");
        tally.add("drafted follows", 1);
    }
}

/// The law says yes, or no for what the account may hold.
fn write(actor: &Actor, store: &Store, body: Body, context: &str) {
    let event = draft(actor, store, body);
    let verdict = store.judge(&actor.sign(event.clone()).unwrap()).unwrap();
    let fits = matches!(verdict, Verdict::Valid(_) | Verdict::Refused(Refusal::BeyondUpper));
    assert!(fits, "{context}: {verdict:?} to {event:#?}");
}

/// As `frame` drafts it.
fn draft(actor: &Actor, store: &Store, body: Body) -> Event {
    let (head, _) = store.head(&actor.device).unwrap().unwrap();
    let own = |id: &EventId| store.link(id).unwrap().is_some_and(|link| link.device == actor.device);
    let mut deps: Vec<EventId> = body.carried().into_iter().filter(|id| !own(id)).collect();
    let mut targets: Vec<EventId> = match &body {
        Body::Receive(receive) => {
            receive.items.iter().filter(|item| !matches!(item, Item::Back(..))).map(Item::event).collect()
        }
        Body::Decline(decline) => vec![decline.pay],
        Body::Back(back) => back.attestations.clone(),
        _ => Vec::new(),
    };
    targets.dedup();
    let newest = store.register().unwrap();
    let next = (head.register != newest && store.descends(&newest, &head.register).unwrap()).then_some(newest);
    targets.extend(next);
    let room = MAX_DEPS - deps.len() - 1;
    let evidence = store.evidence(&actor.device, &targets, room).unwrap();
    let register = next.filter(|entry| evidence.covered.contains(entry));
    deps.extend(register.filter(|entry| !own(entry)));
    if register.is_some() || matches!(body, Body::Receive(_) | Body::Decline(_) | Body::Back(_)) {
        deps.extend(evidence.deps);
    }
    deps.retain(|dep| *dep != head.id);
    deps.sort_unstable();
    deps.dedup();
    Event {
        log: store.log().unwrap(),
        author: actor.name.clone(),
        device: actor.device,
        time: head.time,
        seq: head.seq + 1,
        prev: Some(head.id),
        register,
        deps,
        text: None,
        body,
    }
}
