//! Personal data: they come to everybody who may have them, and go from everywhere that obeys, out of every
//! object, pack and quarantine; what hostile hands put in their place is neither shown nor passed on.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::{World, forge, runs, wait_for};
use event::{Body, Commitment, Key, Person, Profile, Side, Time};
use git2::{ObjectType, Oid, Repository};

/// Whether a word lies anywhere in a home: in a plain file, or in any object of a repository, packed or not,
/// reachable or not.
fn found(world: &World, who: &str, word: &str) -> Vec<String> {
    let mut places = Vec::new();
    for repo in ["journal.git", "inbox.git", "person.git"] {
        let path = world.data(who).join(repo);
        if path.exists() && in_objects(&path, word) {
            places.push(repo.to_owned());
        }
    }
    let home = world.path(who).display().to_string();
    let plain = world.run("nobody", &format!("grep -rlaF '{word}' {home}"));
    places.extend(plain.out.lines().map(str::to_owned));
    places
}

fn in_objects(repo: &Path, word: &str) -> bool {
    // The quarantine sees the journal's objects; here only its own count.
    let shared = repo.join("objects/info/alternates");
    let aside = shared.with_extension("aside");
    let moved = fs::rename(&shared, &aside).is_ok();
    let repo = Repository::open_bare(repo).unwrap();
    let odb = repo.odb().unwrap();
    let mut all = Vec::new();
    odb.foreach(|oid| {
        all.push(*oid);
        true
    })
    .unwrap();
    let found = all.iter().any(|oid| {
        let object = odb.read(*oid).unwrap();
        object.data().windows(word.len()).any(|part| part == word.as_bytes())
    });
    if moved {
        fs::rename(aside, shared).unwrap();
    }
    found
}

/// Every replica holds nothing of the word.
fn gone(world: &World, all: &[&str], word: &str) {
    for who in all {
        assert_eq!(found(world, who, word), Vec::<String>::new(), "{who}: {word}");
    }
}

/// Stock git finds every signature good, in a journal and on the hub.
fn every_signature(world: &World, who: &str) {
    world.ok(who, "members sync -q; members allowed-signers > signers");
    let signers = world.path("signers").display().to_string();
    for repo in [world.data(who).join("journal.git"), world.path("hub.git")] {
        let line = format!(
            "git --git-dir {} -c gpg.ssh.allowedSignersFile={signers} log --all --format=%G? | sort -u",
            repo.display()
        );
        assert_eq!(world.ok(who, &line), "G\n", "{}", repo.display());
        let shown = format!(
            "git --git-dir {} -c gpg.ssh.allowedSignersFile={signers} log --all --show-signature",
            repo.display()
        );
        let shown = world.ok(who, &shown);
        assert!(!shown.contains("No signature") && !shown.contains("BAD"), "{shown}");
    }
}

fn name_of(world: &World, who: &str, handle: &str) -> Option<String> {
    world.json(who, &format!("members show {handle} --json"))["name"].as_str().map(str::to_owned)
}

fn state_of(world: &World, who: &str, handle: &str) -> String {
    world.json(who, &format!("members profile show {handle} --json"))["state"].as_str().unwrap().to_owned()
}

#[test]
fn erased_is_gone_everywhere_that_obeys() {
    let world = World::of(&["bob", "carl"]);
    world.ok("ada", "members profile set --name 'Ada Firstname' --email ada@secret.example -q; members sync -q");
    world.ok("bob", "members sync -q");
    world.ok("carl", "members sync -q");
    for who in ["ada", "bob", "carl"] {
        assert_eq!(name_of(&world, who, "ada").as_deref(), Some("Ada Firstname"));
        assert_eq!(found(&world, who, "Firstname"), ["journal.git"], "{who}");
    }
    every_signature(&world, "bob");
    // Replaced: the old data go, the new ones come.
    world.ok("ada", "members profile set --name 'Ada Secondname' -q; members sync -q");
    world.ok("bob", "members sync -q");
    gone(&world, &["ada", "bob"], "Firstname");
    assert_eq!(name_of(&world, "bob", "ada").as_deref(), Some("Ada Secondname"));
    assert_eq!(name_of(&world, "carl", "ada").as_deref(), Some("Ada Firstname"), "carl is offline");
    // Erased while Carl is away; he obeys with his next sync.
    world.ok("ada", "members profile erase --yes -q");
    gone(&world, &["ada"], "Secondname");
    world.ok("ada", "members sync -q");
    world.ok("bob", "members sync -q");
    gone(&world, &["ada", "bob"], "Secondname");
    assert_eq!(state_of(&world, "bob", "ada"), "erased");
    world.ok("carl", "members sync -q");
    gone(&world, &["carl"], "Firstname");
    gone(&world, &["carl"], "secret.example");
    let branches = world.sh("git -C hub.git for-each-ref --format='%(refname)'");
    assert!(!branches.contains(".person"), "{branches}");
    every_signature(&world, "carl");
    world.settle(&["ada", "bob", "carl"]);
    // And it can begin again.
    world.ok("ada", "members profile set --name Ada -q; members sync -q");
    world.ok("carl", "members sync -q");
    assert_eq!(name_of(&world, "carl", "ada").as_deref(), Some("Ada"));
    every_signature(&world, "carl");
    world.settle(&["ada", "bob", "carl"]);
}

#[test]
fn packs_keep_nothing() {
    let world = World::of(&["bob"]);
    for who in ["ada", "bob"] {
        world.ok(who, &format!("members profile set --name 'Name-of-{who}' -q; members sync -q"));
    }
    // Enough loose events that a sync packs them: the data stay loose.
    let journal = world.data("bob").join("journal.git");
    world.ok("bob", "for n in $(seq 1 30); do credit pay ada 0.01 -q; done");
    world.ok("bob", &format!("mkdir -p {0}/objects/17; touch {0}/objects/17/a {0}/objects/17/b", journal.display()));
    world.ok("bob", &format!("members sync -q; rm -f {0}/objects/17/a {0}/objects/17/b", journal.display()));
    let packs = world.sh(&format!("ls {}/objects/pack | grep -c 'pack$'", journal.display()));
    assert!(packs.trim().parse::<usize>().unwrap() >= 1, "{packs}");
    let packed =
        format!("cd {}/objects/pack; for p in *.idx; do git show-index <$p; done | cut -d' ' -f2", journal.display());
    let packed = world.sh(&packed);
    let repo = Repository::open_bare(&journal).unwrap();
    for reference in repo.references_glob("refs/heads/*.person").unwrap() {
        let commit = reference.unwrap().peel_to_commit().unwrap();
        let blob = commit.tree().unwrap().get(0).unwrap().id();
        for oid in [commit.id(), commit.tree_id(), blob] {
            assert!(!packed.contains(&oid.to_string()), "a side branch is packed");
        }
    }
    world.sound("bob");
    // Somebody tidies up by hand and packs everything: what is erased leaves the packs, the rest stays.
    for (gc, word) in [("gc -q --prune=now", "first"), ("gc -q", "second"), ("repack -adq", "third")] {
        world.ok("ada", &format!("members profile set --name 'Name-{word}' -q; members sync -q"));
        world.ok("bob", "members sync -q");
        world.sh(&format!("git -C {} {gc}", journal.display()));
        world.ok("ada", "members profile erase --yes -q; members sync -q");
        world.ok("bob", "members sync -q");
        gone(&world, &["ada", "bob"], &format!("Name-{word}"));
        assert_eq!(name_of(&world, "bob", "bob").as_deref(), Some("Name-of-bob"));
        world.sound("bob");
    }
    world.settle(&["ada", "bob"]);
    assert_eq!(world.balance("ada"), "0.30");
}

#[test]
fn a_host_that_refuses_force_is_warned_about_once() {
    let world = World::of(&["bob"]);
    let hub = world.path("hub.git").display().to_string();
    world.sh("git -C hub.git config receive.denyNonFastForwards true; git -C hub.git config receive.denyDeletes true");
    world.ok("ada", "members profile set --name Firstname -q; members sync -q");
    world.ok("bob", "members sync -q");
    world.ok("ada", "members profile set --name Secondname -q");
    let replaced = world.run("ada", "members sync -q");
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    let wants = format!("`{hub}` keeps the old personal data: ask its owner to delete branch d");
    assert!(replaced.err.contains(&wants) && replaced.err.contains(".person"), "{}", replaced.err);
    let again = world.run("ada", "members sync -q");
    assert_eq!((again.code, again.err.as_str()), (Some(0), ""));
    // The new data cannot come this way, and the old ones are not shown.
    world.ok("bob", "members sync -q");
    assert_eq!(state_of(&world, "bob", "ada"), "not held");
    gone(&world, &["bob"], "Firstname");
    world.ok("ada", "members profile erase --yes -q");
    let erased = world.run("ada", "members sync -q");
    assert_eq!(erased.code, Some(0), "{erased:?}");
    world.ok("bob", "members sync -q");
    gone(&world, &["ada", "bob"], "Firstname");
    gone(&world, &["ada", "bob"], "Secondname");
    // The owner has let go: the next who has something to say takes it down.
    world
        .sh("git -C hub.git config receive.denyDeletes false; git -C hub.git config receive.denyNonFastForwards false");
    world.ok("bob", "members profile set --name Bob -q; members sync -q");
    let branches = world.sh("git -C hub.git for-each-ref --format='%(refname)'");
    assert_eq!(branches.matches(".person").count(), 1, "{branches}");
    world.settle(&["ada", "bob"]);
    every_signature(&world, "ada");
}

/// A server that ends with its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn over_the_wire_with_a_filter_and_to_a_newcomer() {
    let world = World::of(&["bob"]);
    world.sh("git -C hub.git config uploadpack.allowFilter true");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let daemon = Command::new("git")
        .args(["daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"])
        .arg(format!("--port={port}"))
        .arg(format!("--base-path={}", world.path("").display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let daemon = Server(daemon.unwrap());
    wait_for("a listening server", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    for who in ["ada", "bob"] {
        world.ok(
            who,
            &format!("members remote remove origin -q; members remote add origin git://127.0.0.1:{port}/hub.git -q"),
        );
    }
    world.ok("ada", "members profile set --name Adaname -q; members sync -q");
    world.ok("bob", "members sync -q");
    assert_eq!(name_of(&world, "bob", "ada").as_deref(), Some("Adaname"));
    world.ok("carl", &format!("members join git://127.0.0.1:{port}/hub.git --as carl -q"));
    assert_eq!(name_of(&world, "carl", "ada").as_deref(), Some("Adaname"));
    // A host that lost the branch gets it again, from anybody who has something else to say.
    world.sh("for b in $(git -C hub.git for-each-ref --format='%(refname)' 'refs/heads/*.person'); do git -C hub.git update-ref -d $b; done");
    world.ok("bob", "members profile set --name Bobname -q; members sync -q");
    assert_eq!(world.sh("git -C hub.git for-each-ref 'refs/heads/*.person'").lines().count(), 2);
    world.ok("ada", "members profile erase --yes -q; members sync -q");
    world.ok("bob", "members sync -q");
    world.ok("carl", "members sync -q");
    gone(&world, &["ada", "bob", "carl"], "Adaname");
    drop(daemon);
    world.sound("carl");
}

#[test]
fn by_bundle() {
    let world = World::of(&["bob"]);
    world.ok("ada", "members profile set --name Adaname -q; members bundle export one.bundle -q");
    for who in ["ada", "bob"] {
        world.ok(who, "members remote remove origin -q");
    }
    world.ok("bob", "members bundle import one.bundle -q");
    assert_eq!(name_of(&world, "bob", "ada").as_deref(), Some("Adaname"));
    assert_eq!(found(&world, "bob", "Adaname"), ["journal.git"]);
    // Whoever joins by bundle has the data too.
    world.ok("carl", "members join one.bundle --as carl -q");
    assert_eq!(name_of(&world, "carl", "ada").as_deref(), Some("Adaname"));
    world.ok("ada", "members profile erase --yes -q; members bundle export two.bundle -q");
    for who in ["bob", "carl"] {
        world.ok(who, "members bundle import two.bundle -q");
        // An old bundle does not bring back what was erased.
        world.ok(who, "members bundle import one.bundle -q");
        assert_eq!(state_of(&world, who, "ada"), "erased");
        gone(&world, &[who], "Adaname");
        world.sound(who);
    }
    world.ok("bob", "members bundle export three.bundle -q; git bundle list-heads three.bundle > heads");
    assert!(!fs::read_to_string(world.path("heads")).unwrap().contains(".person"));
}

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
        ("another's data", side(&hub, &bob, &person(&bob, "Wrongname"))),
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
        let sync = world.run("ada", "members sync -q");
        assert_eq!((sync.code, sync.err.as_str()), (Some(0), ""), "{what}");
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

#[test]
fn a_dry_run_writes_nothing() {
    let world = World::of(&["bob"]);
    let tree = "find bob -type f -not -name 'store.db*' -not -name 'local.db*' | sort | xargs sha256sum";
    let before = world.sh(tree);
    let done = world.run("bob", "members profile set --name Bobname --dry-run");
    assert!(done.err.contains("would write: set the own profile"), "{}", done.err);
    assert_eq!(world.sh(tree), before);
    world.ok("bob", "members profile set --name Bobname -q");
    let before = world.sh(tree);
    let done = world.run("bob", "members profile erase --dry-run");
    assert!(done.err.contains("would write: erase the own profile"), "{}", done.err);
    assert_eq!(world.sh(tree), before);
    assert_eq!(name_of(&world, "bob", "bob").as_deref(), Some("Bobname"));
}

#[test]
fn readers_need_not_look_again() {
    // After a profile moved, the store knows the refs as they are: a reader takes no lock and writes nothing.
    let world = World::of(&["bob"]);
    world.ok("ada", "members profile set --name Adaname -q; members sync -q");
    world.ok("bob", "members sync -q");
    for who in ["ada", "bob"] {
        let seen = world.sh(&format!("stat -c %Y.%y {}/lock", world.data(who).display()));
        world.ok(who, "members list -q; credit balance -q; members profile show ada -q");
        assert_eq!(world.sh(&format!("stat -c %Y.%y {}/lock", world.data(who).display())), seen, "{who}");
    }
}
