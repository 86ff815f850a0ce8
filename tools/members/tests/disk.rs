//! A machine that fails: a full disk, a store cut, bent or taken away, a terminal that must not be written to
//! raw, a reader that has gone.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::fs;
use std::process::{Command, Stdio};

use common::{World, done, forge, root, runs, skip};

/// The store's files.
const STORE: [&str; 3] = ["store.db", "store.db-wal", "store.db-shm"];

/// A small disk of its own, gone at the end.
struct Disk(String);

impl Disk {
    fn mount(world: &World, name: &str, size: &str) -> Option<Disk> {
        let at = world.path(name);
        fs::create_dir(&at).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"]).arg(&at).stderr(Stdio::null());
        mount.status().is_ok_and(|status| status.success()).then(|| Disk(at.display().to_string()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", &self.0]).status();
    }
}

#[test]
fn a_full_disk() {
    let world = World::of(&["bob"]);
    let Some(_disk) = root().then(|| Disk::mount(&world, "small", "6m")).flatten() else {
        return skip("a full disk needs root and mount");
    };
    world.ok("small", "members join hub.git --as carl -q");
    world.ok("ada", "members admit carl -q; credit pay carl 5 -q; members sync -q");
    world.ok("small", "members sync -q");
    world.ok("ada", "members sync -q");
    let fill = |keep: usize| {
        let fill =
            format!("rm -f small/fill; head -c 6m /dev/zero > small/fill 2>/dev/null; truncate -s -{keep} small/fill");
        world.run("nobody", &fill);
    };
    for (round, keep) in [0, 4096, 8192, 16384, 32768, 65536, 131_072, 4096, 0].into_iter().enumerate() {
        world.ok("ada", &format!("credit pay carl 0.10 hours 'round {round}' -q; members sync -q"));
        fill(keep);
        let key = format!("k{round}");
        for line in [format!("credit pay ada 0.10 hours r{round} --key {key}"), "members sync".to_owned()] {
            let done = world.run("small", &line);
            assert!(matches!(done.code, Some(0 | 3 | 75)), "{keep}: {line}: {done:?}");
            assert!(!done.err.contains("panicked"), "{}", done.err);
            let clear = done.err.contains("hint: ") && (done.err.contains("disk") || done.err.contains("space"));
            assert!(done.code == Some(0) || clear, "{keep}: {line}: {done:?}");
        }
        // Reading goes on, or says that there is no room.
        let read = world.run("small", "credit balance --json");
        assert!(read.code == Some(0) || (read.code == Some(3) && read.err.contains("disk")), "{keep}: {read:?}");
        world.sh("rm -f small/fill");
        world.ok("small", &format!("credit pay ada 0.10 hours r{round} --key {key} -q; members sync -q"));
        let shown = world.ok("small", "credit statement --format tsv");
        assert_eq!(shown.matches(&format!("\tr{round}\t")).count(), 1, "{shown}");
        world.sound("small");
        world.ok("ada", "members sync -q");
    }
    world.settle(&["small", "ada", "bob"]);
    // Beginnings, too.
    fill(300_000);
    let join = world.run("nobody", "members --home small/second join hub.git --as dora");
    assert_eq!(join.code, Some(3), "{join:?}");
    world.sh("rm -f small/fill");
    world.ok("nobody", "members --home small/second join hub.git --as dora -q");
}

#[test]
fn a_store_that_was_damaged_comes_back() {
    let world = World::of(&["bob", "carl"]);
    for n in 0..8 {
        world.ok("bob", &format!("credit pay ada 0.50 hours 'number {n}' -q; members sync -q"));
        world.ok("ada", &format!("credit pay carl 0.25 hours 'number {n}' -q; members sync -q"));
    }
    world.settle(&["ada", "bob", "carl"]);
    let (digest, file) = (world.digest("ada"), world.data("ada").join("store.db"));
    let statement = world.ok("ada", "credit statement --json");
    let whole = fs::read(&file).unwrap();
    let healed = |what: &str, command: &str| {
        let done = world.run("ada", command);
        assert_eq!(done.code, Some(0), "{what}: {command}: {done:?}");
        assert_eq!(world.digest("ada"), digest, "{what}");
        assert_eq!(world.ok("ada", "credit statement --json"), statement, "{what}");
        world.sound("ada");
    };
    let damage = |bytes: &[u8]| {
        STORE.iter().for_each(|name| drop(fs::remove_file(world.data("ada").join(name))));
        fs::write(&file, bytes).unwrap();
    };
    let commands = ["credit balance", "members status", "members sync -q", "members log", "members audit"];
    for command in commands {
        STORE.iter().for_each(|name| drop(fs::remove_file(world.data("ada").join(name))));
        healed("deleted", command);
        damage(b"");
        healed("empty", command);
        damage(b"#!/bin/sh\necho another program's file\n");
        healed("a script", command);
        for cut in [1, 99, 100, 4095, 4096, 8192, whole.len() / 2, whole.len() - 4096, whole.len() - 1] {
            damage(&whole[..cut]);
            healed(&format!("cut to {cut}"), command);
        }
        for name in ["store.db-wal", "store.db-shm"] {
            damage(&whole);
            fs::write(world.data("ada").join(name), vec![0x5a; 5000]).unwrap();
            healed(name, command);
        }
        fs::write(
            world.data("ada").join("local.db"),
            "not a database, and long enough to be looked at as one".repeat(9),
        )
        .unwrap();
        healed("local.db", command);
    }
    // Another program's database, and one of another version.
    for sql in ["CREATE TABLE cats (name TEXT)", "PRAGMA user_version = 999"] {
        damage(b"");
        let made = world.run("nobody", &format!("sqlite3 {} '{sql}'", file.display()));
        if made.code != Some(0) {
            skip("another program's database needs sqlite3");
        }
        healed(sql, "credit balance");
    }
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    let done = world.run("ada", "credit balance");
    assert!(matches!(done.code, Some(0 | 3)) && !done.err.contains("panicked"), "{done:?}");
    fs::remove_dir_all(&file).unwrap();
    healed("a folder", "credit balance");
}

#[test]

fn bytes_flipped_in_the_store() {
    let world = World::of(&["bob"]);
    for n in 0..5 {
        world.ok("bob", &format!("credit pay ada 0.50 hours 'number {n}' -q; members sync -q"));
        world.ok("ada", "members sync -q");
    }
    world.settle(&["ada", "bob"]);
    let (digest, file) = (world.digest("ada"), world.data("ada").join("store.db"));
    let whole = fs::read(&file).unwrap();
    let mut chance = 1u64;
    let (mut unseen, mut rebuilt) = (0, 0);
    for n in 0..runs("FLIPS", 40) {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(chance >> 20).unwrap() % whole.len();
        // A bit, a byte, a run of them.
        let (mask, length) = [(1u8, 1), (0xff, 1), (0x55, 64)][n % 3];
        let mut bent = whole.clone();
        bent[at..(at + length).min(whole.len())].iter_mut().for_each(|b| *b ^= mask);
        STORE.iter().for_each(|name| drop(fs::remove_file(world.data("ada").join(name))));
        fs::write(&file, bent).unwrap();
        for command in ["credit statement", "members status", "members log"] {
            let done = world.run("ada", command);
            assert_eq!(done.code, Some(0), "byte {at} xor {mask}: {command}: {done:?}");
        }
        // What a reader cannot notice an audit does, and names the way back.
        let audit = world.run("ada", "members audit");
        match audit.code {
            Some(0) => unseen += 1,
            Some(1) => {
                rebuilt += 1;
                world.ok("ada", "members audit --rebuild -q");
            }
            _ => panic!("byte {at} xor {mask}: {audit:?}"),
        }
        assert_eq!(world.digest("ada"), digest, "byte {at} xor {mask}");
        world.sound("ada");
    }
    eprintln!("{unseen} flips without effect or healed by themselves, {rebuilt} found by the audit");
}

/// Whether text could do anything to a terminal but show itself.
fn raw(text: &str) -> Option<char> {
    let bidi =
        ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}', '\u{200f}'];
    text.chars().find(|c| (c.is_control() && *c != '\n' && *c != '\t') || bidi.contains(c))
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let world = World::new();
    let foul = "x\u{202e}cod.exe\u{2066}y\u{200f}";
    world.ok("ada", &format!("members found 'Solar{foul} Street' --as ada --remote hub.git -q"));
    let name = fs::read_dir(world.path("ada/data")).unwrap().next().unwrap().unwrap().file_name();
    let name = name.into_string().unwrap();
    world.ok("bob", "members join hub.git --as bob -q");
    world.ok("ada", "members admit bob -q");
    world.ok("bob", &format!("members sync -q; credit pay ada 1 hours '{foul}' -q; members sync -q"));
    world.ok("ada", "members sync -q");
    let control = "'a\u{1b}[2Jb'";
    let bad = format!("{control} '{foul}' 'm\u{430}ria\u{202e}'");
    for bad in bad.split(' ') {
        for line in [
            format!("credit pay {bad} 1"),
            format!("credit pay ada {bad}"),
            format!("credit pay ada 1 hours {bad}"),
            format!("credit balance {bad}"),
            format!("members join hub.git --as {bad}"),
            format!("members found {bad} --as {bad} --home {bad}"),
            format!("members show {bad}"),
            format!("members admit {bad}"),
            format!("members remote add {bad} {bad}"),
            format!("members sync {bad}"),
            format!("members bundle import {bad}"),
            format!("members bundle export {bad}/{bad}"),
            format!("members {bad}"),
            format!("members -C {bad} list"),
            format!("members log --kind {bad}"),
        ] {
            let done = world.run("bob", &line);
            assert_eq!(raw(&done.err), None, "{line}: {:?}", done.err);
            assert_eq!(raw(&done.out), None, "{line}: {:?}", done.out);
        }
    }
    assert!(raw(&name).is_none(), "{name:?}");
    for command in [
        "members",
        "members status",
        "members log",
        "members whoami",
        "members remote list",
        "members show bob",
        "credit statement",
        "credit accounts",
        "credit balance",
        "members allowed-signers",
        "members audit",
        "members motions",
    ] {
        for format in ["table", "json", "csv", "tsv"] {
            let done = world.run("ada", &format!("{command} --format {format}"));
            assert_eq!(done.code, Some(0), "{command}: {done:?}");
            assert_eq!(raw(&done.out).or(raw(&done.err)), None, "{command} --format {format}: {:?}", done.out);
        }
    }
    // JSON says what it was all the same.
    let purpose = world.json("ada", "credit statement --json")[0]["purpose"].clone();
    assert_eq!(purpose, foul);
}

#[test]
fn a_reader_that_has_gone() {
    let world = World::of(&["bob"]);
    world.ok("bob", "credit pay ada 1 -q; members sync -q");
    let commands = [
        "members",
        "members status",
        "members log",
        "members whoami",
        "members --help",
        "members --version",
        "members audit",
        "members templates",
        "members templates show food",
        "members rules",
        "members rules diff food",
        "members allowed-signers",
        "members sync",
        "members completions bash",
        "members remote list",
        "members show bob",
        "credit",
        "credit balance",
        "credit statement",
        "credit units",
        "credit accounts",
        "credit --help",
        "credit pay ada 0.01 hours quiet",
        "credit limit",
        "credit completions zsh",
    ];
    for command in commands {
        for format in ["", " --format json", " --format csv"] {
            let line = format!("{command}{format}");
            let mut child = world.command("bob", &format!("exec {line}"));
            let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            drop(child.stdout.take());
            let done = done(child.wait_with_output().unwrap());
            assert!(matches!(done.code, Some(0 | 2)), "{line}: {done:?}");
            assert!(!done.err.contains("roken pipe") && !done.err.contains("panicked"), "{line}: {}", done.err);
        }
        // A disk that takes no more is no closed pipe.
        let full = world.run("bob", &format!("{command} --format json > /dev/full"));
        assert!(matches!(full.code, Some(0 | 2 | 3)) && !full.err.contains("panicked"), "{command}: {full:?}");
        let none = world.run("bob", &format!("{command} >&- 2>&- <&-"));
        assert!(matches!(none.code, Some(0)), "{command}: {none:?}");
    }
    world.fails("bob", "credit balance > /dev/full", 3, "cannot write the answer");
    world.sound("bob");
    assert!(forge::chain(&world, "bob", forge::device(&world, "bob")).len() > 3);
}
