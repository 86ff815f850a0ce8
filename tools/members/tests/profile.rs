//! Personal data: they come to everybody who may have them, and go from everywhere that obeys, out of every
//! object, pack and quarantine.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::process::{Child, Command, Stdio};

use common::data::{found, gone, name_of, state_of};
use common::{World, wait_for};
use git2::Repository;

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
