//! What hostile hands put onto the hub or into a bundle: branches of all kinds, too large, unsigned, misnamed,
//! by the thousand. The books stay as they are, and syncing stays quick.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::{World, forge, runs};
use event::{Body, Event, Join, Key};
use git2::{ObjectType, Oid, Repository, Signature};

/// An object of any kind, put there with nothing checked.
fn object(hub: &Path, kind: ObjectType, bytes: &[u8]) -> Oid {
    Repository::open_bare(hub).unwrap().odb().unwrap().write(kind, bytes).unwrap()
}

/// An ordinary commit with a file in it.
fn ordinary(hub: &Path, parent: Option<Oid>, message: &str) -> Oid {
    let repo = Repository::open_bare(hub).unwrap();
    let mut tree = repo.treebuilder(None).unwrap();
    tree.insert("file", repo.blob(message.as_bytes()).unwrap(), 0o100644).unwrap();
    let tree = repo.find_tree(tree.write().unwrap()).unwrap();
    let who = Signature::now("x", "x@x").unwrap();
    let parent = parent.map(|oid| repo.find_commit(oid).unwrap());
    repo.commit(None, &who, &who, message, &tree, parent.as_ref().as_slice()).unwrap()
}

/// A request to join by a key that nobody knows.
fn request(hub: &Path, world: &World, n: usize) -> (String, Vec<u8>) {
    let ada = forge::chain(world, "ada", forge::device(world, "ada"));
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&n.to_be_bytes());
    let key = Key::from_seed(&seed);
    let genesis = &ada[0];
    let join = Event {
        log: Some(genesis.event.id),
        author: format!("stranger-{n}").parse().unwrap(),
        device: key.public().device(),
        time: genesis.event.event.time,
        seq: 0,
        prev: None,
        register: Some(genesis.event.id),
        deps: vec![genesis.event.id],
        text: None,
        body: Body::Join(Join { key: key.public(), kind: Default::default(), invited: None }),
    };
    let (bytes, verified) = join.sign(vec![genesis.git], &key).unwrap();
    forge::put(hub, &bytes);
    (verified.event.device.to_string(), bytes)
}

/// Fills the hub with `n` branches of every kind of junk.
fn litter(world: &World, hub: &Path, n: usize) {
    let blob = object(hub, ObjectType::Blob, b"a blob");
    let tag = {
        let target = ordinary(hub, None, "tagged");
        let text = format!("object {target}\ntype commit\ntag x\ntagger x <x@x> 1 +0000\n\nx\n");
        object(hub, ObjectType::Tag, text.as_bytes())
    };
    let huge = ordinary(hub, None, &"x".repeat(200_000));
    let bob = forge::chain(world, "bob", forge::device(world, "bob"));
    let (last, mallory) = (bob.last().unwrap(), Key::from_seed(&[9; 32]));
    for i in 0..n {
        let device = Key::from_seed(&[u8::try_from(i % 251).unwrap(); 32]).public().device();
        let like_a_device = format!("{device}.{i:x}");
        match i % 10 {
            0 => forge::point(hub, &format!("feature-{i}"), ordinary(hub, None, &format!("work {i}"))),
            1 => forge::point(hub, &like_a_device, ordinary(hub, None, &format!("work {i}"))),
            2 => forge::point(hub, &format!("data-{i}"), ordinary(hub, None, &format!("d {i}"))),
            3 => forge::point(hub, &like_a_device, huge),
            4 => forge::point(hub, &format!("d-tags/{i}"), tag),
            5 => forge::point(hub, &format!("blobs/{i}"), blob),
            6 => {
                // In Bob's name, by another's key.
                let mut event = forge::after(last, forge::pay("bob", "ada", "1", &format!("forged {i}")));
                event.device = mallory.public().device();
                let (bytes, _) = event.sign(vec![last.git], &mallory).unwrap();
                forge::publish(hub, &format!("{}.{i:x}", last.event.event.device), &bytes);
            }
            7 => {
                let (name, bytes) = request(hub, world, i);
                forge::publish(hub, &name, &bytes);
            }
            8 => {
                // On top of Bob's real chain.
                let parent = last.git.to_string().parse().unwrap();
                let on_top = object(hub, ObjectType::Commit, &raw(parent, i));
                forge::point(hub, &format!("{}.{i:x}", last.event.event.device), on_top);
            }
            _ => forge::point(hub, &format!("{device}/{i}"), ordinary(hub, None, &format!("in a folder {i}"))),
        }
    }
    world.sh(&format!("git -C {} pack-refs --all", hub.display()));
}

fn raw(parent: Oid, i: usize) -> Vec<u8> {
    let who = "x <x@x> 1700000000 +0000";
    let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\npay 1000 to me {i}\n").into_bytes()
}

#[test]
fn a_hub_full_of_junk() {
    let n = runs("JUNK_BRANCHES", 1000);
    let world = World::of(&["bob"]);
    world.ok("bob", "credit pay ada 2 hours honest -q");
    world.settle(&["bob", "ada"]);
    let (before, hub) = (world.digest("ada"), world.path("hub.git"));
    litter(&world, &hub, n);
    for round in 0..3 {
        let begun = Instant::now();
        let synced = world.run("ada", "members sync");
        assert_eq!(synced.code, Some(0), "{}", synced.err);
        assert!(synced.err.lines().count() < 40, "round {round}: {}", synced.err);
        assert!(begun.elapsed() < Duration::from_secs(20), "round {round}: {:?}", begun.elapsed());
    }
    assert_eq!(world.digest("ada"), before);
    world.sound("ada");
    // Life goes on: payments, newcomers, and the same over a transport that cannot look into the folder.
    world.ok("bob", "credit pay ada 1 hours 'in the rubbish' -q");
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), "3.00");
    let url = format!("file://{}", hub.display());
    world.ok("carl", &format!("members join {url} --as carl -q"));
    world.ok("ada", "members admit carl -q");
    let begun = Instant::now();
    world.ok("carl", "members sync -q");
    world.ok("carl", "members sync -q");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    world.ok("carl", "credit pay ada 1 -q");
    world.settle(&["carl", "ada", "bob"]);
    // What was refused does not pile up either.
    let size = world.sh("du -sk ada/data carl/data | cut -f1");
    assert!(size.lines().all(|kb| kb.parse::<u64>().unwrap() < 20_000 + 4 * n as u64), "{size}");
    let strangers = world.json("ada", "members status --json");
    let requests = strangers["waits"].as_array().unwrap().iter().filter(|w| w["kind"] == "request").count();
    assert!(requests <= 200, "{requests}");
}

#[test]
fn strangers_do_not_keep_a_newcomer_out() {
    let world = World::of(&["bob"]);
    let hub = world.path("hub.git");
    for n in 0..runs("STRANGERS", 300) {
        let (name, bytes) = request(&hub, &world, n);
        forge::publish(&hub, &name, &bytes);
    }
    world.ok("ada", "members sync -q");
    world.ok("carl", "members join hub.git --as carl -q");
    world.ok("ada", "members sync -q");
    let begun = Instant::now();
    world.ok("ada", "members admit carl -q");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    world.ok("carl", "members sync -q");
    world.ok("carl", "credit pay ada 1 -q");
    world.settle(&["carl", "ada", "bob"]);
}

#[test]
fn a_very_long_forged_branch() {
    let world = World::of(&["bob"]);
    let hub = world.path("hub.git");
    let bob = forge::chain(&world, "bob", forge::device(&world, "bob"));
    let device = bob[0].event.event.device;
    // Canonical events in Bob's name, one on the other, each with a signature that is not his.
    let (bytes, first) =
        forge::sign(bob.last().unwrap(), forge::pay("bob", "ada", "1", "x"), &forge::key(&world, "bob"));
    let wrong =
        String::from_utf8(bytes.clone()).unwrap().replace("\n\npay ada 1.00 hours: x\n", "\n\npay ada 1.00 hours: y\n");
    let wrong = wrong.replace("Purpose: x", "Purpose: y");
    let mut held = forge::named(&hub, wrong.as_bytes(), &first);
    for i in 0..runs("FORGED_EVENTS", 5000) {
        let text = forge::unsigned(&held, forge::pay("bob", "ada", "1", &format!("forged {i}")), &bytes);
        held = forge::named(&hub, &text, &held);
    }
    forge::point(&hub, &format!("{device}.0"), held.git.to_string().parse().unwrap());
    world.sh("git -C hub.git repack -adq");
    let begun = Instant::now();
    world.ok("ada", "members sync -q");
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    world.ok("bob", "credit pay ada 1 -q");
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), "1.00");
}

#[test]
fn bundles_whole_broken_and_foul() {
    let world = World::of(&["bob"]);
    world.ok("bob", "credit pay ada 2 hours 'by stick' -q");
    world.ok("bob", "members bundle export stick.bundle -q");
    world.ok("bob", "members bundle export -- -q -q || members bundle export -q ./-q");
    world.ok("bob", "members bundle export a:b.bundle -q");
    let whole = fs::read(world.path("stick.bundle")).unwrap();
    let broken: [(&str, Vec<u8>); 5] = [
        ("empty", Vec::new()),
        ("cut", whole[..whole.len() - 60].to_vec()),
        ("head", whole[..80].to_vec()),
        ("bent", whole.iter().enumerate().map(|(at, b)| if at == whole.len() - 100 { b ^ 1 } else { *b }).collect()),
        ("text", b"not a bundle at all\n".to_vec()),
    ];
    let before = world.digest("ada");
    for (name, bytes) in broken {
        fs::write(world.path(name), bytes).unwrap();
        world.fails("ada", &format!("members bundle import {name}"), 3, name);
        world.fails("carl", &format!("members join {name} --as carl"), 3, name);
    }
    world.fails("ada", "members bundle import nowhere", 3, "nowhere");
    world.fails("ada", "members bundle import hub.git", 3, "hub.git");
    world.fails("bob", "members bundle export nowhere/x.bundle", 3, "nowhere");
    assert_eq!(world.digest("ada"), before);
    // Junk beside the good events: branches of every kind, one that needs what is not held, names in each other's way.
    let hub = world.path("hub.git");
    litter(&world, &hub, 100);
    world.sh("git -C hub.git fetch -q ../stick.bundle 'refs/heads/*:refs/heads/*' --force --no-tags; git -C hub.git bundle create -q ../foul.bundle --branches");
    world.sh("git init -q --bare other.git; git -C other.git fetch -q ../hub.git main:d-tags");
    world.sh("git -C other.git bundle create -q ../blocking.bundle --branches");
    world.fails("ada", "members bundle import blocking.bundle -q", 3, "no events");
    world.ok("ada", "members bundle import foul.bundle -q");
    world.fails("ada", "members bundle import blocking.bundle -q", 3, "no events");
    world.ok("ada", "members bundle import a:b.bundle -q");
    world.ok("ada", "members sync -q");
    assert_eq!(world.balance("ada"), "2.00");
    world.sound("ada");
    world.ok("carl", "members join foul.bundle --as carl -q");
}
