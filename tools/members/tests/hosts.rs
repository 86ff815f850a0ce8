//! Hosts as they are: smart HTTP, hosts that forbid, stall or ask for a password, sticks of other people. What a host
//! does not take is said, with what helps; nothing hangs, and nothing is lost.
//!
//! `GIT_FOLDER=/usr/bin` runs all with the git in that folder; `hosts.sh` does so with every git of a machine.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::{Duration, Instant};

use common::servers::{dripping, http};
use common::{World, root, skip};

/// These people use this address and no other.
fn moved_to(world: &World, people: &[&str], url: &str) {
    for who in people {
        world.ok(who, &format!("members remote remove origin -q; members remote add origin '{url}' -q"));
    }
}

#[test]
fn over_smart_http() {
    let world = World::of(&["bob"]);
    let Some((server, port)) = http(&world) else { return };
    let url = format!("http://127.0.0.1:{port}/git/hub.git");
    moved_to(&world, &["ada", "bob"], &url);
    world.ok("bob", "credit pay ada 1 hours 'over the web' -q");
    // Anybody may read, and nobody write.
    let refused = world.fails("bob", "members sync", 3, "you may not write to");
    assert!(refused.err.contains("members bundle export"), "{}", refused.err);
    world.sh("git -C hub.git config http.receivepack true");
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), "1.00");
    world.ok("carl", &format!("members join {url} --as carl -q"));
    world.ok("ada", "members sync -q; members admit carl -q");
    world.ok("carl", "members sync -q");
    assert_eq!(world.json("carl", "members whoami --json")["handle"], "carl");
    // What is not there, and a host that is gone.
    world.fails(
        "ada",
        &format!("members remote add no http://127.0.0.1:{port}/git/no.git -q; members sync no"),
        75,
        "no.git",
    );
    world.sh("git init -q --bare --object-format=sha256 new.git; git -C new.git config http.receivepack true");
    let unfit = format!("members remote add new http://127.0.0.1:{port}/git/new.git -q; members sync new");
    let unfit = world.fails("ada", &unfit, 3, "SHA-256");
    assert!(unfit.err.contains("git init --bare --object-format=sha1"), "{}", unfit.err);
    drop(server);
    world.fails("bob", "members sync", 75, "try again");
    world.sound("bob");
}

#[test]
fn a_password_that_nobody_can_be_asked_for() {
    let world = World::of(&["bob"]);
    let Some((_server, port)) = http(&world) else { return };
    world.sh("cp -r hub.git closed.git; git -C closed.git config http.receivepack true");
    moved_to(&world, &["bob"], &format!("http://127.0.0.1:{port}/git/closed.git"));
    world.ok("bob", "credit pay ada 1 -q");
    let begun = Instant::now();
    let asked = world.fails("bob", "members sync", 3, "asks who you are");
    assert!(asked.err.contains("credential"), "{}", asked.err);
    // Wrong ones are told, and not shown.
    moved_to(&world, &["bob"], &format!("http://bob:wr0ng@127.0.0.1:{port}/git/closed.git"));
    let wrong = world.fails("bob", "members sync", 3, "asks who you are");
    assert!(!wrong.err.contains("wr0ng"), "{}", wrong.err);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    // A credential helper knows.
    moved_to(&world, &["bob"], &format!("http://127.0.0.1:{port}/git/closed.git"));
    let helper = "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=credential.helper \
                  GIT_CONFIG_VALUE_0='!f() { echo username=bob; echo password=secret; }; f';";
    world.ok("bob", &format!("{helper} members sync -q"));
    world.ok("ada", "members remote add other closed.git -q; members sync -q");
    assert_eq!(world.balance("ada"), "1.00");
}

#[test]
fn a_transfer_that_stalls_is_ended() {
    let world = World::of(&["bob"]);
    world.ok("bob", "credit pay ada 1 -q");
    // How long git waits for a host is git's own setting.
    let hurry = "export GIT_HTTP_LOW_SPEED_LIMIT=1000 GIT_HTTP_LOW_SPEED_TIME=1;";
    let begun = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\n\r\n001e# service=git-upload-pack\n";
    for port in [dripping(b""), dripping(begun)] {
        moved_to(&world, &["bob"], &format!("http://127.0.0.1:{port}/hub.git"));
        let from = Instant::now();
        let stalled = world.fails("bob", &format!("{hurry} members sync"), 75, "try again");
        assert!(stalled.err.contains("too slow") || stalled.err.contains("timed out"), "{}", stalled.err);
        assert!(from.elapsed() < Duration::from_secs(40), "{:?}", from.elapsed());
    }
    moved_to(&world, &["bob"], "hub.git");
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), "1.00");
}

#[test]
fn a_host_that_forbids_force_and_deletion() {
    let world = World::of(&["bob"]);
    world.sh("git -C hub.git config receive.denyNonFastForwards true; git -C hub.git config receive.denyDeletes true");
    world.ok("bob", "members profile set --name 'Bob B.' -q; members sync -q");
    world.ok("ada", "members sync -q");
    assert!(world.ok("ada", "members show bob").contains("Bob B."));
    // Events need neither force nor deletion, and go through whatever becomes of the rest.
    world.ok("bob", "credit pay ada 2 -q; members profile set --name 'Robert' -q");
    let forced = world.run("bob", "members sync");
    assert!(matches!(forced.code, Some(0 | 3)), "{forced:?}");
    assert!(forced.err.contains("personal data") || forced.err.contains("force"), "{}", forced.err);
    world.run("bob", "members profile erase --yes");
    let erased = world.run("bob", "members sync");
    assert!(matches!(erased.code, Some(0 | 3)), "{erased:?}");
    assert!(erased.err.contains("personal data") || erased.err.contains("delet"), "{}", erased.err);
    world.run("ada", "members sync -q");
    assert_eq!(world.balance("ada"), "2.00");
    assert!(!world.ok("ada", "members show bob").contains("Bob B."), "erased is erased, whatever a host still shows");
    world
        .sh("git -C hub.git config receive.denyNonFastForwards false; git -C hub.git config receive.denyDeletes false");
    world.ok("bob", "members sync -q");
    assert!(!world.sh("git -C hub.git for-each-ref").contains(".person"), "what was forbidden is done once it can be");
    world.settle(&["ada", "bob"]);
}

#[test]
fn a_stick_of_another_user() {
    if !root() {
        return skip("another user's stick needs root");
    }
    let world = World::of(&["bob"]);
    world.sh("git clone -q --bare hub.git stick.git; chown -R nobody stick.git");
    world.ok("bob", "credit pay ada 1 -q");
    moved_to(&world, &["bob"], "stick.git");
    let other = world.fails("bob", "members sync", 3, "belongs to another user");
    let hint = other.err.lines().find_map(|line| line.split_once("`git config --global --add safe.directory "));
    let path = hint.unwrap().1.trim_end_matches('`').to_owned();
    world.sh(&format!("git config --file trust safe.directory '{path}'"));
    let trust = format!("export GIT_CONFIG_GLOBAL={};", world.path("trust").display());
    world.ok("bob", &format!("{trust} members sync -q"));
    // A stick that cannot be written can be read.
    let stick = world.path("stick.git").display().to_string();
    if world.run("nobody", &format!("mount --bind {stick} {stick} && mount -o remount,ro,bind {stick}")).code != Some(0)
    {
        return skip("this machine mounts nothing");
    }
    world.ok("ada", "members remote add stick stick.git -q");
    let taken = world.run("ada", &format!("{trust} members sync stick"));
    world.sh(&format!("umount {stick}"));
    assert_eq!(world.balance("ada"), "1.00", "{taken:?}");
    assert!(matches!(taken.code, Some(0 | 3)), "{taken:?}");
    assert!(!taken.err.contains("panicked"), "{taken:?}");
}
