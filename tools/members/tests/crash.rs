//! Killed between any two writes, and at random moments: the next command heals, nothing is lost that was
//! reported, nothing is paid twice. `CRASH_RUNS` sets how often each command is killed.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Stdio};

use common::{Done, World, killed_after, runs, skip};

/// The system calls that change what lies on the disk.
const WRITES: &str = "write,pwrite64,rename,renameat,renameat2,link,linkat,fsync,fdatasync,ftruncate,unlink,unlinkat,\
                      openat,mkdir,mkdirat,rmdir,flock";

fn has_strace() -> bool {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// How often the busiest thread of a command writes.
fn writes(world: &World, who: &str, line: &str) -> usize {
    let log = world.path("strace.log");
    world.run(who, &format!("strace -f -qq -e signal=none -e trace={WRITES} -o {} {line}", log.display()));
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        *counts.entry(line.split(' ').next().unwrap_or("").to_owned()).or_default() += 1;
    }
    counts.into_values().max().unwrap()
}

/// Runs a command, and kills whichever process of it comes to its `n`th write before it writes.
fn killed_at(world: &World, who: &str, line: &str, n: usize) -> Done {
    world.run(who, &format!("strace -f -qq -o /dev/null -e inject={WRITES}:signal=KILL:when={n} {line}"))
}

/// Something that is done again and again, killed each time at another moment, and looked at afterwards.
struct Story<'a> {
    world: &'a World,
    /// Prepares the nth time: who does it, and what.
    prepare: &'a dyn Fn(usize) -> (String, String),
    /// After the nth time, cut short or not, all must be well.
    check: &'a dyn Fn(usize, &Done),
}

impl Story<'_> {
    fn play(&self) {
        if !has_strace() {
            return skip("killing between two writes needs strace");
        }
        let times = runs("CRASH_RUNS", 12);
        let (who, line) = (self.prepare)(0);
        let most = writes(self.world, &who, &line);
        (self.check)(0, &Done { code: Some(0), out: String::new(), err: String::new() });
        let mut chance = runs("CRASH_SEED", 1) as u64;
        let mut cut = 0;
        for n in 1..=times {
            let (who, line) = (self.prepare)(n);
            // Two of three between two writes, spread over all of them; one at a random moment.
            let done = match n % 3 {
                0 => {
                    chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    killed_after(self.world, &who, &line, (chance >> 33) % 150_000)
                }
                _ => killed_at(self.world, &who, &line, 1 + (n * most / times + n) % (most + 1)),
            };
            cut += usize::from(done.code != Some(0));
            println!("{n}: {who}$ {line}: {:?} {}", done.code, done.err.trim());
            assert!(!done.err.contains("panicked"), "{}", done.err);
            (self.check)(n, &done);
        }
        eprintln!("{times} runs, {cut} cut short, of up to {most} writes");
        assert!(cut * 3 >= times, "{cut} of {times} were cut short");
    }
}

/// What a command that was cut short may have ended with: killed, or told that a child of it was.
fn expected(done: &Done) {
    assert!(matches!(done.code, None | Some(0 | 3 | 75 | 137)), "{done:?}");
}

#[test]
fn paying() {
    let world = World::of(&["bob"]);
    let line = |n: usize| format!("credit pay ada 0.01 hours 'number {n}.' --key k{n}");
    Story {
        world: &world,
        prepare: &|n| ("bob".to_owned(), line(n)),
        check: &|n, done| {
            expected(done);
            // A reader heals it; what it shows is there.
            let shown = world.ok("bob", "credit statement --format tsv");
            let times = |text: &str| text.matches(&format!("number {n}.")).count();
            assert!(times(&shown) <= 1, "{shown}");
            assert!(done.code != Some(0) || times(&shown) == 1, "reported, and lost: {shown}");
            if n % 4 == 0 {
                world.sound("bob");
            }
            world.ok("bob", &line(n));
            let again = world.ok("bob", "credit statement --format tsv");
            assert_eq!(times(&again), 1, "{again}");
        },
    }
    .play();
    world.settle(&["bob", "ada"]);
    let count = world.ok("bob", "credit statement --format tsv").lines().count() - 1;
    assert_eq!(world.balance("ada"), format!("{}.{:02}", count / 100, count % 100));
}

#[test]
fn syncing() {
    let world = World::of(&["bob", "carl"]);
    Story {
        world: &world,
        prepare: &|n| {
            world.ok("bob", &format!("credit pay ada 0.02 hours 'number {n}.' -q; members sync -q"));
            world.ok("ada", &format!("credit pay carl 0.01 hours 'number {n}.' -q"));
            ("ada".to_owned(), "members sync".to_owned())
        },
        check: &|n, done| {
            expected(done);
            world.ok("ada", "members status");
            if n % 4 == 0 {
                world.sound("ada");
            }
            // The hub is whole, whatever was half pushed.
            world.sh("git -C hub.git fsck --strict --connectivity-only");
            world.ok("ada", "members sync -q");
            let expected = (n + 1) as f64 * 0.01;
            let balance: f64 = world.balance("ada").parse().unwrap();
            assert!((balance - expected).abs() < 0.001, "{balance} instead of {expected}");
        },
    }
    .play();
    world.settle(&["ada", "carl", "bob", "ada", "carl", "bob"]);
    assert_eq!(world.balance("carl").replace('.', ""), world.balance("ada").replace('.', ""));
}

#[test]
fn setting_a_profile() {
    let world = World::of(&["bob"]);
    let line = |n: usize| match n % 3 {
        2 => "members profile erase --yes".to_owned(),
        _ => format!("members profile set --name 'Number-{n}.'"),
    };
    Story {
        world: &world,
        prepare: &|n| {
            if n % 3 == 2 {
                world.run("bob", &format!("members profile set --name 'Number-{n}.' -q"));
            }
            ("bob".to_owned(), line(n))
        },
        check: &|n, done| {
            expected(done);
            // Nothing of another name is shown, whatever was cut short.
            let shown = world.json("bob", "members profile show --json");
            let before: Vec<String> = [n, n.saturating_sub(1)].map(|n| format!("Number-{n}.")).into();
            if let Some(name) = shown["name"].as_str() {
                assert!(before.iter().any(|before| before == name), "{shown}");
            }
            world.ok("bob", "members sync -q");
            world.sound("bob");
            let shown = world.json("bob", "members profile show --json");
            assert_ne!(shown["state"], "not held", "{shown}");
            let again = world.run("bob", &line(n));
            assert!(matches!(again.code, Some(0 | 1)), "{again:?}");
            let shown = world.json("bob", "members profile show --json");
            let name = (n % 3 != 2).then(|| format!("Number-{n}."));
            assert_eq!(shown["name"].as_str().map(str::to_owned), name, "{shown}");
            // Of what went before nothing is left, anywhere.
            let journal = world.data("bob").join("journal.git");
            let all = "cat-file --batch-all-objects --batch --unordered";
            let all = world.ok(
                "bob",
                &format!("git --git-dir {} {all} | grep -a -o 'Number-[0-9]*\\.' ; true", journal.display()),
            );
            let left: Vec<&str> = all.lines().filter(|left| Some(*left) != name.as_deref()).collect();
            assert_eq!(left, Vec::<&str>::new());
            assert!(!world.state("bob").join("profile.waiting").exists());
        },
    }
    .play();
    world.settle(&["bob", "ada"]);
}

#[test]
fn taking_in_and_obeying_profiles() {
    let world = World::of(&["bob"]);
    Story {
        world: &world,
        prepare: &|n| {
            let line = match n % 3 {
                2 => "members profile erase --yes -q".to_owned(),
                _ => format!("members profile set --name 'Number-{n}.' -q"),
            };
            world.run("bob", &format!("{line}; members sync -q"));
            ("ada".to_owned(), "members sync".to_owned())
        },
        check: &|n, done| {
            expected(done);
            let name = (n % 3 != 2).then(|| format!("Number-{n}."));
            let shown = world.json("ada", "members profile show bob --json");
            assert!(
                shown["name"].is_null() || shown["name"].as_str().map(str::to_owned) == name || done.code != Some(0)
            );
            world.ok("ada", "members sync -q");
            world.sound("ada");
            let shown = world.json("ada", "members profile show bob --json");
            assert_eq!(shown["name"].as_str().map(str::to_owned), name, "{shown}");
            for repo in ["journal.git", "inbox.git"] {
                let repo = world.data("ada").join(repo);
                let all = "cat-file --batch-all-objects --batch --unordered";
                let all = world.ok(
                    "ada",
                    &format!("git --git-dir {} {all} | grep -a -o 'Number-[0-9]*\\.' ; true", repo.display()),
                );
                let left: Vec<&str> = all.lines().filter(|left| Some(*left) != name.as_deref()).collect();
                assert_eq!(left, Vec::<&str>::new());
            }
            assert!(!world.data("ada").join("person.git").exists());
        },
    }
    .play();
    world.settle(&["bob", "ada"]);
}

#[test]
fn admitting() {
    let world = World::of(&["bob"]);
    Story {
        world: &world,
        prepare: &|n| {
            world.ok(&format!("home-{n}"), &format!("members join hub.git --as newcomer-{n} -q"));
            ("ada".to_owned(), format!("members admit newcomer-{n}"))
        },
        check: &|n, done| {
            expected(done);
            world.ok("ada", "members status");
            let again = world.run("ada", &format!("members admit newcomer-{n}"));
            assert!(matches!(again.code, Some(0 | 1)), "{again:?}");
            world.ok("ada", "members sync -q");
            let shown = world.json("ada", &format!("members show newcomer-{n} --json"));
            assert_eq!(shown["state"], "confirmed", "{shown}");
            if n % 4 == 0 {
                world.sound("ada");
            }
            let home = format!("home-{n}");
            world.ok(&home, "members sync -q");
            world.ok(&home, "credit pay ada 0.01 -q");
            fs::remove_dir_all(world.path(&home)).unwrap();
        },
    }
    .play();
    world.settle(&["ada", "bob"]);
}

#[test]
fn founding() {
    let world = World::new();
    let line = |n: usize| format!("members found 'Solar Street' --as ada --remote hub-{n}.git");
    Story {
        world: &world,
        prepare: &|n| {
            world.sh(&format!("git init -q --bare --object-format=sha1 hub-{n}.git"));
            (format!("home-{n}"), line(n))
        },
        check: &|n, done| {
            expected(done);
            let (home, bob) = (format!("home-{n}"), format!("bob-{n}"));
            let again = world.run(&home, &line(n));
            assert!(matches!(again.code, Some(0 | 1)), "{again:?}");
            world.ok(&home, "members sync -q");
            assert_eq!(world.json(&home, "members whoami --json")["state"], "member");
            world.sound(&home);
            world.ok(&bob, &format!("members join hub-{n}.git --as bob -q"));
            world.ok(&home, "members admit bob -q");
            nothing_is_left(&world, &home);
            for gone in [&home, &bob, &format!("hub-{n}.git")] {
                fs::remove_dir_all(world.path(gone)).unwrap();
            }
        },
    }
    .play();
}

#[test]
fn joining() {
    let world = World::of(&["bob"]);
    let line = |n: usize| format!("members join hub.git --as newcomer-{n}");
    Story {
        world: &world,
        prepare: &|n| (format!("home-{n}"), line(n)),
        check: &|n, done| {
            expected(done);
            let home = format!("home-{n}");
            let again = world.run(&home, &line(n));
            assert!(matches!(again.code, Some(0 | 1)), "{again:?}");
            world.ok(&home, "members sync -q");
            world.sound(&home);
            world.ok("ada", &format!("members admit newcomer-{n} -q"));
            world.ok(&home, "members sync -q");
            assert_eq!(world.json(&home, "members whoami --json")["state"], "member");
            world.ok(&home, "credit pay ada 0.01 -q");
            nothing_is_left(&world, &home);
            fs::remove_dir_all(world.path(&home)).unwrap();
        },
    }
    .play();
    world.ok("ada", "members sync -q");
    assert!(!world.ok("ada", "members status").contains("fork"));
}

/// What an earlier try left half made is cleared away by the one that succeeds.
fn nothing_is_left(world: &World, home: &str) {
    for part in ["data", "state"] {
        let names = fs::read_dir(world.path(home).join(part)).unwrap();
        // The file that beginnings lock stays, and is empty.
        let names = names.map(|name| name.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = names.filter(|name| name != ".beginning").collect();
        assert_eq!(left, ["solar-street"], "{home}/{part}");
    }
}
