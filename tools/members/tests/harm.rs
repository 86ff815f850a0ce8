//! All four tools under harm: killed at any moment, on a disk that cannot be written, without a home, with bent files,
//! two hundred at once, in other centuries. What was said to be done is done, and the next command heals.
//!
//! `CRASH_RUNS=2000` kills so often, `CROWD=1000` lets more commands run at once.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use common::{Done, World, killed_after, root, runs, skip};

/// What writes, in all four tools; `{n}` is another number each time.
const WRITING: [&str; 35] = [
    "credit pay bob 0.01 hours 'number {n}' --key k{n}",
    "credit request bob 0.01 hours 'dues {n}'",
    "credit pay bob 0.01 hours 'with sync {n}' --sync",
    "credit receive",
    "credit offers post 'Bread {n}' --category food",
    "credit wants post 'Rides {n}' --category rides",
    "credit account open @pot{n} --title 'Pot {n}' --keeper ada",
    "credit limit set bob hours 30.00",
    "vote open 'Question {n}?' --method yesno",
    "vote open 'Which {n}?' --method choose --option one --option two",
    "vote cast 1 yes",
    "vote proxy give bob",
    "vote proxy revoke",
    "vote close --due",
    "announce post --title 'News {n}' --channel news text",
    "announce hide 1 --why 'old'",
    "members motions",
    "members invite",
    "members role grant bob treasurer",
    "members role revoke bob treasurer",
    "members profile set --name 'Ada {n}'",
    "members profile erase --yes",
    "credit mandate give @commons 5 hours 'seeds {n}' --until 2030-01-01",
    "announce key",
    "members remote add r{n} hub.git",
    "members bundle export b{n}.bundle",
    "members bundle import b{n}.bundle",
    "members sync",
    "members audit",
    "members audit --rebuild",
    "credit statement",
    "members admit carl{n}",
    "credit export --to hledger",
    "announce list",
    "vote list",
];

/// No panic, an exit code that is promised, and where it could not, what to do.
fn decent(done: &Done, what: &str) {
    assert!(!done.err.contains("panicked") && !done.out.contains("panicked"), "{what}: {done:?}");
    assert!(matches!(done.code, Some(0 | 1 | 2 | 3 | 75)), "{what}: {done:?}");
    assert!(done.code != Some(3) || done.err.contains("hint: "), "{what}: {done:?}");
}

#[test]
fn every_writing_command_killed_at_any_moment() {
    let world = World::of(&["bob"]);
    world.sh("echo hello > text");
    world.ok("ada", "vote open 'Shall we?' --method yesno -q; members sync -q");
    let mut chance = runs("CRASH_SEED", 7) as u64;
    let (mut killed, mut told, mut whole) = (0, Vec::new(), 0);
    let mut longest = [60_000_u64; WRITING.len()];
    let times = runs("CRASH_RUNS", WRITING.len());
    for n in 0..times {
        let which = n % WRITING.len();
        let line = WRITING[which].replace("{n}", &n.to_string());
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let begun = Instant::now();
        let done = killed_after(&world, "ada", &line, (chance >> 33) % longest[which]);
        match done.code {
            Some(_) => {
                decent(&done, &line);
                // It was quicker: the next of its kind is killed sooner.
                longest[which] = u64::try_from(begun.elapsed().as_micros()).unwrap().max(2_000);
                whole += 1;
            }
            None => {
                killed += 1;
                longest[which] = (longest[which] * 5 / 4).min(3_000_000);
            }
        }
        if done.code == Some(0) && line.starts_with("credit pay") {
            told.push(n);
        }
        // Whoever comes next finds everything in order.
        let next = world.run("ada", ["credit balance", "vote list", "announce list", "members status"][n % 4]);
        assert_eq!(next.code, Some(0), "after {line}: {next:?}");
        if n % 16 == 15 || n + 1 == times {
            world.sound("ada");
            let shown = world.ok("ada", "credit statement --format tsv");
            for n in told.drain(..) {
                let once = shown.lines().filter(|line| line.contains(&format!(" {n}\t"))).count();
                assert_eq!(once, 1, "number {n} was reported");
            }
        }
    }
    eprintln!("{times} commands, {killed} killed, {whole} quicker");
    assert!(killed * 4 > times, "{killed} of {times} were killed");
    world.run("ada", "members sync -q");
    world.settle(&["ada", "bob"]);
}

/// A folder that nobody can write, root neither, as long as it lives.
struct Frozen(String);

impl Frozen {
    fn new(path: PathBuf) -> Option<Frozen> {
        let path = path.display().to_string();
        let run = |args: &[&str]| Command::new("mount").args(args).stderr(Stdio::null()).status();
        let bound = run(&["--bind", &path, &path]).is_ok_and(|status| status.success());
        let frozen = bound.then(|| Frozen(path.clone()))?;
        run(&["-o", "remount,ro,bind", &path]).is_ok_and(|status| status.success()).then_some(frozen)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", &self.0]).status();
    }
}

const READING: [&str; 5] = ["credit balance", "vote list", "announce list", "members status", "members list"];

#[test]
fn a_home_that_cannot_be_written() {
    let world = World::of(&["bob"]);
    world.sh("echo hello > text");
    world.ok("bob", "credit pay ada 1 -q; members sync -q");
    for part in ["ada", "ada/data", "ada/state", "ada/data/solar-street/journal.git"] {
        let Some(frozen) = root().then(|| Frozen::new(world.path(part))).flatten() else {
            return skip("a folder that root cannot write needs root and mount");
        };
        for line in READING {
            let read = world.run("ada", line);
            decent(&read, &format!("{part}: {line}"));
            assert_eq!(read.code, Some(0), "{part}: {line}: {read:?}");
        }
        for line in
            ["credit pay bob 1", "vote open 'Q?' --method yesno", "announce post --title t text", "members sync"]
        {
            let write = world.run("ada", line);
            decent(&write, &format!("{part}: {line}"));
            assert!(part != "ada" || matches!(write.code, Some(3)), "{part}: {line}: {write:?}");
        }
        drop(frozen);
        world.sound("ada");
    }
    world.ok("ada", "credit pay bob 1 -q");
    world.settle(&["ada", "bob"]);
}

#[test]
fn no_home_and_no_lock() {
    let world = World::of(&[]);
    world.sh("echo hello > text");
    for line in READING.iter().chain(&["credit pay bob 1", "members found X --as x", "members sync"]) {
        let gone = world.run("nobody", &format!("env -u COMMONS_HOME HOME=/proc/nowhere {line}"));
        decent(&gone, line);
        assert!(matches!(gone.code, Some(1..=3)), "{line}: {gone:?}");
    }
    // Something else where the lock should be.
    for name in ["lock", "exchange"] {
        let lock = world.data("ada").join(name);
        fs::remove_file(&lock).unwrap();
        fs::create_dir(&lock).unwrap();
        for line in READING {
            let read = world.run("ada", line);
            decent(&read, line);
            assert_eq!(read.code, Some(0), "{name}: {line}: {read:?}");
        }
        let write = world.run("ada", if name == "lock" { "announce post --title t text" } else { "members sync" });
        decent(&write, name);
        assert_eq!(write.code, Some(3), "{write:?}");
        fs::remove_dir(&lock).unwrap();
    }
    world.ok("ada", "members sync -q");
    world.sound("ada");
}

#[test]
fn bent_keys_and_packs() {
    let world = World::of(&["bob"]);
    world.ok("bob", "credit pay ada 1 -q; members sync -q");
    world.ok("ada", "members sync -q; credit pay bob 0.50 -q; members sync -q");
    let digest = world.digest("ada");
    let mut files: Vec<PathBuf> = vec![world.state("ada").join("device.key")];
    world.sh(&format!("git -C {} repack -q -a -d", world.data("ada").join("journal.git").display()));
    let packs = fs::read_dir(world.data("ada").join("journal.git/objects/pack")).unwrap();
    files.extend(packs.map(|file| file.unwrap().path()));
    files.extend(["HEAD", "config"].map(|name| world.data("ada").join("journal.git").join(name)));
    let mut chance = 3_u64;
    for file in files {
        let whole = fs::read(&file).unwrap();
        for n in 0..runs("FLIPS", 4) {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(chance >> 20).unwrap() % whole.len();
            let mut bent = whole.clone();
            match n % 4 {
                0 => bent[at] ^= 1 << (n % 8),
                1 => bent.truncate(at),
                2 => bent.clear(),
                _ => bent[at..].fill(0),
            }
            let what = format!("{} at {at}, way {n}", file.display());
            Command::new("chmod").arg("u+w").arg(&file).status().unwrap();
            fs::write(&file, &bent).unwrap();
            for line in ["credit balance", "members audit", "credit pay bob 0.01 --dry-run", "members sync"] {
                let done = world.run("ada", line);
                decent(&done, &format!("{what}: {line}"));
            }
            fs::write(&file, &whole).unwrap();
            world.sound("ada");
            assert_eq!(world.digest("ada"), digest, "{what}");
        }
    }
}

#[test]
fn two_hundred_commands_at_once() {
    let world = World::of(&["bob"]);
    world.sh("echo hello > text");
    let crowd = runs("CROWD", 200);
    let line = |n: usize| match n % 5 {
        0 => format!("credit pay bob 0.01 hours 'one of many {n}' --json"),
        1 => format!("announce post --title 'Post {n}' text"),
        2 => "members status".to_owned(),
        3 => "credit balance".to_owned(),
        _ => format!("vote open 'Question {n}?' --method yesno"),
    };
    let all: Vec<Done> = thread::scope(|scope| {
        let world = &world;
        let running: Vec<_> = (0..crowd).map(|n| scope.spawn(move || world.run("ada", &line(n)))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for (n, done) in all.iter().enumerate() {
        decent(done, &line(n));
        // Who had to wait for more than a minute is told so.
        assert!(done.code == Some(0) || done.err.contains("another command"), "{}: {done:?}", line(n));
    }
    let paid = (0..crowd).filter(|n| n % 5 == 0 && all[*n].code == Some(0)).count();
    let shown = world.ok("ada", "credit statement --format tsv");
    assert_eq!(shown.matches("one of many").count(), paid);
    world.sound("ada");
    world.settle(&["ada", "bob"]);
}

#[test]
fn other_centuries() {
    let world = World::of(&["bob"]);
    if world.run("nobody", "faketime '2001-02-03 04:05:06' date").code != Some(0) {
        return skip("other centuries need faketime");
    }
    for at in ["1970-01-01 00:00:10", "2099-12-31 23:59:59"] {
        for line in READING {
            let read = world.run("bob", &format!("faketime '{at}' {line}"));
            assert_eq!(read.code, Some(0), "{at}: {line}: {read:?}");
        }
        let joined = world.run("carl", &format!("faketime '{at}' members join hub.git --as carl"));
        decent(&joined, at);
        let _ = fs::remove_dir_all(world.path("carl"));
    }
    // In the past: a chain's time cannot run backwards, so the last time is claimed again.
    let past = world.run("bob", "faketime '1970-01-01 00:00:10' credit pay ada 0.25 hours past");
    decent(&past, "1970");
    // Far in the future: asked first, for it cannot be taken back.
    let future = world.run("bob", "faketime '2099-12-31 23:59:59' credit pay ada 0.25 hours future");
    decent(&future, "2099");
    assert!(future.code != Some(0) && future.err.contains("clock"), "{future:?}");
    world.ok("bob", "credit pay ada 1 hours now -q; members sync -q");
    world.ok("ada", "faketime '1970-01-01 00:00:10' members sync -q");
    world.settle(&["ada", "bob"]);
    world.sound("bob");
}
