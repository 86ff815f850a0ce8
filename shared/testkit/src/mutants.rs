//! Verdicts on events that almost happened: each event of a world with something changed and signed again.

#![allow(clippy::unwrap_used)]

use event::{Amount, Body, Event, EventId, Item, Position, Route, Time, Verified};
use rules::{Facts, Refusal, Verdict};
use store::Store;

use crate::naive::{Law, Naive};
use crate::tally::Tally;
use crate::world::{Actor, Chance, World};

/// How many of each event.
const EACH: usize = 3;

/// How many whenever somebody looks.
const NOW: usize = 12;

/// A view as both models see it.
pub struct Seen {
    /// What the naive model says.
    pub naive: Naive,
    /// What the store says.
    pub store: Store,
}

/// Whether both models say the same of every event, and of its mutants.
pub fn check(world: &World, seen: &Seen, chance: &mut Chance, context: &str, tally: &mut Tally) {
    let mut law = copy(world);
    let held: Vec<EventId> = seen.naive.held.iter().copied().collect();
    for id in &held {
        let original = &world.events()[id];
        let known = valid(&seen.store, original).unwrap();
        assert_eq!(known, seen.naive.valid.contains(id), "{context}: {original:?} is judged otherwise later");
        for _ in 0..EACH {
            if let Some(mutant) = mutant(world, &law, &held, chance, &original.event) {
                judge(&mut law, &seen.store, original, mutant, context, tally);
            }
        }
    }
}

/// Whether both models say the same of something that almost happened, and of what the law refused to let be written.
pub fn try_some(world: &mut World, store: &Store, held: &[EventId], chance: &mut Chance, context: &str) -> usize {
    let mut tried = world.refusals();
    for _ in 0..NOW {
        let Some(of) = chance.pick(held).copied() else { break };
        let original = world.events()[&of].event.clone();
        tried.extend(mutant(world, world.law(), held, chance, &original));
    }
    tried.retain(|event| world.law().event(event.id).is_none());
    let mut judged = 0;
    for event in tried {
        let Some(stored) = valid(store, &event) else { continue };
        let naive = world.would_hold(event.clone());
        assert!(stored == naive, "{context}: the store says {:?} to\n{:#?}", store.judge(&event), event.event);
        judged += 1;
    }
    judged
}

/// A world in which many mutants were published: nobody keeps any rule.
pub fn wild(world: &World, chance: &mut Chance) -> Law {
    let mut law = copy(world);
    let mut held: Vec<EventId> = world.events().keys().copied().collect();
    for _ in 0..held.len() / 2 {
        let original = law.events()[chance.pick(&held).unwrap()].event.clone();
        // Which genesis is the community's is not for the events to say.
        if !matches!(original.body, Body::Found(_))
            && let Some(mutant) = mutant(world, &law, &held, chance, &original)
            && law.event(mutant.id).is_none()
            && (chance.percent(25) || judged(&mut law, mutant.clone()))
        {
            held.push(mutant.id);
            law.insert(mutant);
        }
    }
    law
}

fn copy(world: &World) -> Law {
    let mut law = Law::new(world.law().log());
    for verified in world.events().values() {
        law.insert(verified.clone());
    }
    law
}

fn mutant(world: &World, law: &Law, held: &[EventId], chance: &mut Chance, original: &Event) -> Option<Verified> {
    let mut event = original.clone();
    let mut author = world.actors().iter().find(|actor| actor.owns(event.device))?;
    for _ in 0..1 + chance.below(2) {
        spoil(world, law, held, chance, &mut event, &mut author);
    }
    event.deps.sort();
    event.deps.dedup();
    event.deps.retain(|dep| Some(*dep) != event.prev);
    author.sign(event)
}

fn judge(law: &mut Law, store: &Store, original: &Verified, mutant: Verified, context: &str, tally: &mut Tally) {
    if law.event(mutant.id).is_some() {
        return;
    }
    let complete = mutant.event.names().iter().all(|id| store.link(id).unwrap().is_some());
    let Some(stored) = valid(store, &mutant) else {
        assert!(!complete, "{context}: a mutant waits without need: {:?}", mutant.event);
        return;
    };
    assert!(complete, "{context}: a mutant is judged without all it names: {:?}", mutant.event);
    let naive = judged(law, mutant.clone());
    if store.judge(&mutant).unwrap() == Verdict::Refused(Refusal::BeyondCap) {
        tally.add("mutants beyond a cap", 1);
    }
    tally.add(if stored { "valid mutants" } else { "void mutants" }, 1);
    assert!(
        stored == naive,
        "{context}: the store says {:?} to\n{:#?}\nfrom\n{:#?}",
        store.judge(&mutant),
        mutant.event,
        original.event
    );
}

/// What the naive model says; it forgets the event again.
fn judged(law: &mut Law, mutant: Verified) -> bool {
    let id = mutant.id;
    law.insert(mutant);
    let valid = law.valid(id);
    law.forget(id);
    valid
}

fn valid(store: &Store, event: &Verified) -> Option<bool> {
    match store.judge(event).unwrap() {
        Verdict::Valid(_) => Some(true),
        Verdict::Refused(_) => Some(false),
        Verdict::Waits(_) => None,
    }
}

/// Changes something.
fn spoil<'a>(
    world: &'a World,
    law: &Law,
    held: &[EventId],
    chance: &mut Chance,
    event: &mut Event,
    author: &mut &'a Actor,
) {
    let some = *chance.pick(held).unwrap();
    let entries: Vec<EventId> = held.iter().copied().filter(|id| law.is_entry(*id)).collect();
    match chance.below(13) {
        0 => event.register = None,
        1 => {
            event.register = chance.pick(&entries).copied();
            event.deps.extend(event.register);
        }
        2 => {
            if !event.deps.is_empty() {
                event.deps.remove(chance.below(event.deps.len()));
            }
        }
        3 => event.deps.push(some),
        4 => event.time = Time::new(event.time.seconds() + 3 - 6 * i64::from(chance.percent(50))).unwrap(),
        12 => event.author = chance.pick(world.actors()).unwrap().name.clone(),
        5 | 6 => elsewhere(law, held, chance, event),
        7 => {
            *author = chance.pick(world.actors()).unwrap();
            event.device = author.device;
            event.author = author.name.clone();
            elsewhere(law, held, chance, event);
        }
        _ => change(law, held, chance, &mut event.body),
    }
}

/// Moves an event to another place on a chain of its author: mostly a fork.
fn elsewhere(law: &Law, held: &[EventId], chance: &mut Chance, event: &mut Event) {
    let own: Vec<EventId> = held.iter().copied().filter(|id| law.events()[id].event.device == event.device).collect();
    let newest = own.iter().max_by_key(|id| law.events()[id].event.seq);
    let prev = if chance.percent(50) { newest.copied() } else { chance.pick(&own).copied() };
    event.prev = prev;
    event.seq = prev.map_or(0, |id| law.events()[&id].event.seq + 1);
    let before = prev.map_or(event.time, |id| law.events()[&id].event.time);
    event.time = event.time.max(before);
    // What has become the own chain's is named no more, and what is another's is.
    let own = |id: &EventId| law.events().get(id).is_some_and(|v| v.event.device == event.device);
    if chance.percent(80) {
        event.deps.extend(event.body.carried());
        event.deps.extend(event.register);
        event.deps.retain(|id| !own(id));
    }
}

/// Changes what an event says.
fn change(law: &Law, held: &[EventId], chance: &mut Chance, body: &mut Body) {
    let some = *chance.pick(held).unwrap();
    let place = |id: EventId| Position { device: law.events()[&id].event.device, seq: law.events()[&id].event.seq, id };
    let like = |kind: &str| held.iter().copied().filter(|id| law.events()[id].event.body.kind() == kind).collect();
    match body {
        Body::Pay(pay) if chance.percent(50) => {
            let requests: Vec<EventId> = like("credit.request");
            let pays: Vec<EventId> = like("credit.pay");
            let entries: Vec<EventId> = held.iter().copied().filter(|id| law.is_entry(*id)).collect();
            match chance.below(6) {
                0 => pay.request = chance.pick(&requests).copied(),
                1 if pay.legs.len() == 1 => {
                    (pay.refund, pay.request, pay.mandate) = (chance.pick(&pays).copied(), None, None);
                }
                2 if pay.refund.is_none() => pay.mandate = chance.pick(&entries).copied(),
                3 => pay.contributes = !pay.contributes && pay.legs.len() > 1 && pay.refund.is_none(),
                4 => pay.delivered = "3 bread".parse().ok(),
                _ => pay.from = chance.pick(&[event::Account::commons(), pay.legs[0].to.clone()]).unwrap().clone(),
            }
        }
        Body::Motion(event::Motion { change: event::Change::Openings(said) }) => match chance.below(4) {
            0 => said.source = Some(event::Checksum::of(b"file 0")),
            1 => said.source = None,
            n => {
                let opening = chance.below(said.openings.len());
                let opening = &mut said.openings[opening];
                opening.owes = if n == 2 { !opening.owes } else { opening.owes };
                let places = if n == 2 { opening.amount.places() } else { 1 };
                opening.amount = Amount::new(opening.amount.minor() * 2, places).unwrap();
            }
        },
        Body::Request(request) => match chance.below(3) {
            0 => request.key = "dues 1".parse().ok(),
            1 => request.account = event::Account::commons(),
            _ => std::mem::swap(&mut request.account, &mut request.of),
        },
        Body::Withdraw(withdraw) => {
            let requests: Vec<EventId> = like("credit.request");
            withdraw.request = chance.pick(&requests).copied().unwrap_or(withdraw.request);
        }
        Body::Refuse(refuse) => {
            let requests: Vec<EventId> = like("credit.request");
            refuse.request = chance.pick(&requests).copied().unwrap_or(refuse.request);
        }
        Body::Cancel(cancel) => cancel.pay = some,
        Body::Pay(pay) => {
            let leg = chance.below(pay.legs.len());
            let by = 10_i64.pow(u32::try_from(chance.below(4)).unwrap());
            let minor = (pay.legs[leg].amount.minor() * by / 3).max(1);
            pay.legs[leg].amount = Amount::new(minor, pay.legs[leg].amount.places()).unwrap();
        }
        Body::Receive(receive) => {
            let pays: Vec<EventId> = like("credit.pay");
            let returns: Vec<EventId> = like("credit.decline");
            receive.items.extend(chance.pick(&pays).map(|id| Item::Leg(*id, 0)));
            if chance.percent(50) {
                receive.items.extend(chance.pick(&returns).map(|id| Item::Return(*id)));
            }
            if chance.percent(30) {
                receive.items.extend(chance.pick(&pays).map(|id| Item::Back(*id, 0)));
            }
            if chance.percent(70) && receive.items.len() > 1 {
                receive.items.remove(0);
            }
            receive.items.sort();
            receive.items.dedup();
        }
        Body::Decline(decline) => {
            let pays: Vec<EventId> = like("credit.pay");
            decline.pay = chance.pick(&pays).copied().unwrap_or(decline.pay);
        }
        Body::Ack(ack) => {
            let line = place(some);
            ack.positions.retain(|p| p.device != line.device);
            ack.positions.push(line);
            ack.positions.sort();
        }
        Body::Approve(approve) => {
            let motions: Vec<EventId> = like("members.motion");
            approve.motion = chance.pick(&motions).copied().unwrap_or(approve.motion);
        }
        Body::Entry(entry) => {
            let entries: Vec<EventId> = held.iter().copied().filter(|id| law.is_entry(*id)).collect();
            let kind =
                if matches!(entry.route, Route::Succession { .. }) { "members.succeed" } else { "members.approve" };
            let approvals: Vec<EventId> = like(kind);
            match &mut entry.route {
                Route::Moved { approvals: named, .. } | Route::Succession { approvals: named, .. }
                    if chance.percent(70) =>
                {
                    if !named.is_empty() {
                        named.remove(chance.below(named.len()));
                    }
                    named.extend(chance.pick(&approvals).filter(|_| chance.percent(60)));
                    named.sort();
                    named.dedup();
                }
                _ => entry.after = chance.pick(&entries).copied().unwrap_or(entry.after),
            }
        }
        Body::Cast(cast) => {
            let polls: Vec<EventId> = like("vote.open");
            cast.poll = chance.pick(&polls).copied().unwrap_or(cast.poll);
            let extensions: Vec<EventId> = like("vote.extend");
            cast.extended = chance.pick(&extensions).copied().filter(|_| chance.percent(30));
            if chance.percent(30) {
                cast.ballot = event::Ballot::Points(vec![(1, 2), (4, 1)]);
            }
        }
        Body::Object(object) => {
            let motions: Vec<EventId> = like("members.motion");
            object.motion = chance.pick(&motions).copied().unwrap_or(object.motion);
        }
        Body::Succeed(succeed) if chance.percent(50) => succeed.term += 1,
        Body::Succeed(succeed) => {
            let entries: Vec<EventId> = held.iter().copied().filter(|id| law.is_entry(*id)).collect();
            succeed.entry = chance.pick(&entries).copied().unwrap_or(succeed.entry);
        }
        Body::Invite(invite) => invite.expires = Time::new(invite.expires.seconds() / 2).unwrap(),
        Body::Join(join) => {
            let invitations: Vec<EventId> = like("members.invite");
            if let (Some(invited), Some(by)) = (&mut join.invited, chance.pick(&invitations)) {
                invited.by = *by;
            }
        }
        Body::Unpledge(unpledge) => {
            let pledges: Vec<EventId> = like("credit.pledge");
            unpledge.pledge = chance.pick(&pledges).copied().unwrap_or(unpledge.pledge);
        }
        Body::Attest(attest) => match chance.below(3) {
            0 => attest.quantity = Amount::new(attest.quantity.minor() + 1, attest.quantity.places()).unwrap(),
            1 => {
                attest.expires = Time::new(attest.expires.seconds() + 30 - i64::from(chance.percent(50)) * 60).unwrap()
            }
            _ => {
                let pledges: Vec<EventId> = like("credit.pledge");
                attest.pledge = chance.pick(&pledges).copied().unwrap_or(attest.pledge);
            }
        },
        Body::Back(back) => {
            let attestations: Vec<EventId> = like("credit.attest");
            back.attestations.extend(chance.pick(&attestations));
            if chance.percent(50) {
                back.attestations.remove(0);
            }
            back.attestations.sort();
            back.attestations.dedup();
            if chance.percent(10) {
                back.account = event::Account::commons();
            }
        }
        Body::Clear(clear) => match chance.below(3) {
            0 => clear.closes = Time::new(clear.closes.seconds() - 40).unwrap(),
            1 => drop(clear.discharges.pop()),
            _ => {
                let part = clear.discharges[0].amount;
                clear.discharges[0].amount = Amount::new(part.minor() + 1, part.places()).unwrap();
            }
        },
        Body::Agree(of) | Body::Dissent(of) => {
            let clearings: Vec<EventId> = like("credit.clear");
            of.clearing = chance.pick(&clearings).copied().unwrap_or(of.clearing);
        }
        Body::Release(release) => match chance.below(3) {
            0 => release.shown = None,
            1 => release.shown = Some(some),
            _ => std::mem::swap(&mut release.account, &mut release.by),
        },
        Body::Offer(offer) | Body::Want(offer) => offer.expires = Time::new(offer.expires.seconds() - 30).unwrap(),
        Body::Remove(remove) => {
            let offers: Vec<EventId> = like("credit.offer");
            remove.offer = chance.pick(&offers).copied().unwrap_or(remove.offer);
        }
        Body::Post(post) => match chance.below(6) {
            0 => post.channel = ["news", "bread", "talk"][chance.below(3)].parse().unwrap(),
            1 => post.notice = !post.notice,
            2 => post.expires = Some(Time::new(1_000 + i64::try_from(chance.below(400)).unwrap()).unwrap()),
            3 => (post.reply, post.corrects) = (Some(some), None),
            4 => {
                let posts: Vec<EventId> = like("announce.post");
                (post.reply, post.corrects) = (None, chance.pick(&posts).copied());
            }
            _ => post.readers = vec![event::Readers::Role("baker".parse().unwrap())],
        },
        Body::Retract(event::Retract { post }) | Body::Hide(event::Hide { post, .. }) => {
            let posts: Vec<EventId> = like("announce.post");
            *post = chance.pick(&posts).copied().unwrap_or(some);
        }
        Body::Seen(seen) => {
            let posts: Vec<EventId> = like("announce.post");
            seen.posts = vec![chance.pick(&posts).copied().unwrap_or(some)];
        }
        Body::Told(told) => match chance.below(3) {
            0 => told.post = some,
            1 => told.member = ["gil", "nobody"][chance.below(2)].parse().unwrap(),
            _ => told.at = Some(Time::new(1_000 + i64::try_from(chance.below(400)).unwrap()).unwrap()),
        },
        Body::Page(page) => drop(page.ballots.pop()),
        Body::Record(record) => {
            let polls: Vec<EventId> = like("vote.open");
            match chance.below(3) {
                0 => record.poll = chance.pick(&polls).copied().unwrap_or(record.poll),
                1 => record.ballot = event::Ballot::Marks(vec![1, 2, 3]),
                _ => record.voter = "nobody".parse().unwrap(),
            }
        }
        Body::Contest(contest) => {
            let ballots: Vec<EventId> = like("vote.cast");
            contest.record = chance.pick(&ballots).copied().unwrap_or(contest.record);
        }
        Body::Proxy(proxy) => match chance.below(3) {
            0 => proxy.to = "nobody".parse().ok(),
            1 => proxy.scope = event::Scope::Topic("tools".parse().unwrap()),
            _ => {
                let polls: Vec<EventId> = like("vote.open");
                proxy.scope = chance.pick(&polls).copied().map_or(event::Scope::All, event::Scope::Poll);
            }
        },
        Body::Extend(extend) => {
            let polls: Vec<EventId> = like("vote.open");
            extend.poll = chance.pick(&polls).copied().unwrap_or(extend.poll);
        }
        Body::Close(close) => {
            if chance.percent(50) {
                close.outcome.electorate += 1;
            } else {
                close.pages.pop();
            }
        }
        _ => {}
    }
}
