//! What hostile hands put in the place of personal data is neither shown nor kept nor passed on, and costs little.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use common::data::{gone, name_of, state_of};
use common::{World, forge, runs};
use event::{Body, Commitment, Key, Person, Profile, Side, Time};
use git2::{ObjectType, Oid, Repository};

/// Objects of a side branch, put there with nothing checked.
fn side(hub: &Path, key: &Key, document: &[u8]) -> Oid {
    let odb = Repository::open_bare(hub).unwrap();
    let odb = odb.odb().unwrap();
    let blob = odb.write(ObjectType::Blob, document).unwrap();
    let tree = odb.write(ObjectType::Tree, &[b"100644 person\0", blob.as_bytes()].concat()).unwrap();
    signed(hub, key, tree)
}

fn signed(hub: &Path, key: &Key, tree: Oid) -> Oid {
    let commit = Side { tree: forge::git_id(tree), device: key.public().device(), time: Time::clamped(2_000_000_000) };
    forge::put(hub, &commit.sign(key))
}

fn person(key: &Key, name: &str) -> Vec<u8> {
    let fields = [("name".parse().unwrap(), name.parse().unwrap())].into();
    Person { device: key.public().device(), salt: [3; 32], fields, about: None }.encode().unwrap()
}

/// Bob has written something, so that his chain knows that he is a member, and Ada knows it.
fn with_bob(others: &[&str]) -> World {
    let world = World::of(others);
    world.ok("bob", "credit pay ada 0.01 -q; members sync -q");
    world.ok("ada", "members sync -q");
    world
}

/// Bob's own key says on his chain, as Ada has it, that his data hash to this.
fn commit_to(world: &World, document: &[u8]) {
    let bob = forge::device(world, "bob");
    let chain = forge::chain(world, "ada", bob);
    let body = Body::Profile(Profile { commitment: Some(Commitment::of(document)) });
    let (bytes, _) = forge::sign(chain.last().unwrap(), body, &forge::key(world, "bob"));
    forge::publish(&world.path("hub.git"), &bob.to_string(), &bytes);
}

#[test]
fn hostile_side_branches_are_neither_shown_nor_passed_on() {
    let world = with_bob(&["bob"]);
    let hub = world.path("hub.git");
    let (bob, mallory) = (forge::key(&world, "bob"), Key::from_seed(&[9; 32]));
    let branch = format!("{}.person", bob.public().device());
    let good = person(&bob, "Bobname");
    let repo = Repository::open_bare(&hub).unwrap();
    let write = |kind, bytes: &[u8]| repo.odb().unwrap().write(kind, bytes).unwrap();
    let blob = write(ObjectType::Blob, &good);
    let entry = |mode: &str, name: &str, oid: Oid| [format!("{mode} {name}\0").as_bytes(), oid.as_bytes()].concat();
    let tree = |entries: &[Vec<u8>]| write(ObjectType::Tree, &entries.concat());
    commit_to(&world, &good);
    world.ok("ada", "members sync -q");
    assert_eq!(state_of(&world, "ada", "bob"), "not held");

    let parent = side(&hub, &bob, &good);
    let with_parent = {
        let bytes = repo.odb().unwrap().read(parent).unwrap().data().to_vec();
        let text = String::from_utf8(bytes).unwrap().replacen("\nauthor", &format!("\nparent {parent}\nauthor"), 1);
        forge::put(&hub, text.as_bytes())
    };
    let huge = vec![b'x'; 200_000_000];
    let chain_tip = forge::chain(&world, "bob", bob.public().device()).last().unwrap().git;
    let hostile = [
        ("another's key", side(&hub, &mallory, &good)),
        ("another data", side(&hub, &bob, &person(&bob, "Wrongname"))),
        ("another device in the data", side(&hub, &bob, &person(&mallory, "Bobname"))),
        ("parents", with_parent),
        ("two entries", signed(&hub, &bob, tree(&[entry("100644", "more", blob), entry("100644", "person", blob)]))),
        ("another name", signed(&hub, &bob, tree(&[entry("100644", "persona", blob)]))),
        ("a symlink", signed(&hub, &bob, tree(&[entry("120000", "person", blob)]))),
        ("a program", signed(&hub, &bob, tree(&[entry("100755", "person", blob)]))),
        ("a submodule", signed(&hub, &bob, tree(&[entry("160000", "person", parent)]))),
        ("a folder", signed(&hub, &bob, tree(&[entry("40000", "person", tree(&[entry("100644", "x", blob)]))]))),
        ("no entry", signed(&hub, &bob, tree(&[]))),
        ("a huge blob", side(&hub, &bob, &huge)),
        ("a chain", chain_tip.to_string().parse().unwrap()),
        ("a blob", blob),
    ];
    for (what, oid) in hostile {
        forge::point(&hub, &branch, oid);
        let begun = Instant::now();
        let said = "holds nothing that can be taken";
        let sync = world.run("ada", "members sync -v");
        // What he signed himself may be meant by an event that is still on its way.
        assert_eq!(sync.err.contains(said), !what.starts_with("another d"), "{what}: {}", sync.err);
        let again = world.run("ada", "members sync -v");
        assert!(again.code == Some(0) && !again.err.contains(said), "{what}: {}", again.err);
        assert_eq!(world.run("ada", "members sync -q").err, "", "{what}");
        assert!(begun.elapsed() < Duration::from_secs(30), "{what}: {:?}", begun.elapsed());
        assert_eq!(state_of(&world, "ada", "bob"), "not held", "{what}");
        assert_eq!(name_of(&world, "ada", "bob"), None, "{what}");
        gone(&world, &["ada"], "name: ");
        world.ok("ada", "members bundle export x.bundle -q; git bundle list-heads x.bundle > heads");
        assert!(!fs::read_to_string(world.path("heads")).unwrap().contains(".person"), "{what}");
        world.sound("ada");
    }
    // The very data that were meant are taken as soon as they come.
    forge::point(&hub, &branch, parent);
    world.ok("ada", "members sync -q");
    assert_eq!(name_of(&world, "ada", "bob").as_deref(), Some("Bobname"));
    // Junk in their place is put right again.
    forge::point(&hub, &branch, blob);
    world.ok("ada", "members sync -q");
    assert_eq!(repo.refname_to_id(&format!("refs/heads/{branch}")).unwrap(), parent);
    world.sound("ada");
}

#[test]
fn what_a_member_cannot_say_is_not_shown() {
    let world = with_bob(&["bob"]);
    let (hub, bob) = (world.path("hub.git"), forge::key(&world, "bob"));
    let branch = format!("{}.person", bob.public().device());
    let good = String::from_utf8(person(&bob, "Bobname")).unwrap();
    for bad in [
        good.replace("Bobname", "Bob\u{1b}[31mname"),
        good.replace("Bobname", "Bobname\u{85}"),
        good.replace("Bobname", "e\u{301}"),
        good.replace("Bobname", &"x".repeat(600)),
        good.replace("name:", "state:"),
        format!("{good}\n{}\n", "x".repeat(20_000)),
        String::new(),
    ] {
        // His own key commits to it, so the hash is right.
        commit_to(&world, bad.as_bytes());
        forge::point(&hub, &branch, side(&hub, &bob, bad.as_bytes()));
        let sync = world.run("ada", "members sync -q");
        assert_eq!((sync.code, sync.err.as_str()), (Some(0), ""), "{bad:?}");
        assert_eq!(state_of(&world, "ada", "bob"), "not held", "{bad:?}");
    }
    // What may be signed and would play tricks with a terminal is shown as what it is.
    let tricky = good.replace("Bobname", "Bob\u{202e}eman");
    commit_to(&world, tricky.as_bytes());
    forge::point(&hub, &branch, side(&hub, &bob, tricky.as_bytes()));
    world.ok("ada", "members sync -q");
    for line in
        ["members list", "members show bob", "members profile show bob", "members list --json", "members list --csv"]
    {
        let shown = world.ok("ada", line);
        assert!(
            !shown.contains('\u{202e}') && shown.contains("202e}eman") | shown.contains("u202eeman"),
            "{line}: {shown}"
        );
    }
    world.sound("ada");
}

#[test]
fn a_thousand_junk_branches_cost_nothing() {
    let world = with_bob(&["bob", "carl"]);
    let hub = world.path("hub.git");
    world.ok("carl", "members profile set --name Carlname -q; members sync -q");
    let before = || {
        let begun = Instant::now();
        world.ok("ada", "members sync -q");
        begun.elapsed()
    };
    let quiet = before();
    let blob = side(&hub, &Key::from_seed(&[9; 32]), &vec![b'j'; 15_000]);
    for n in 0..runs("JUNK_SIDES", 1000) {
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&n.to_be_bytes());
        forge::point(&hub, &format!("{}.person", Key::from_seed(&seed).public().device()), blob);
    }
    let loud = before();
    assert!(loud < quiet + Duration::from_secs(3), "{loud:?} after {quiet:?}");
    gone(&world, &["ada"], "jjjjjjjjjj");
    // Among them one that is wanted, beside one of a member that is much too large.
    let bob = forge::key(&world, "bob");
    commit_to(&world, &person(&bob, "Bobname"));
    let noise: Vec<u8> = (0..30_000_000u64).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    forge::point(&hub, &format!("{}.person", bob.public().device()), side(&hub, &bob, &noise));
    world.ok("dora", "members join hub.git --as dora -q");
    assert_eq!(name_of(&world, "dora", "carl").as_deref(), Some("Carlname"));
    assert_eq!(state_of(&world, "dora", "bob"), "not held");
    assert!(!world.data("dora").join("person.git").exists());
    // What is too large is not fetched again.
    let begun = Instant::now();
    world.ok("dora", "members sync -q");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    world.sound("dora");
}
