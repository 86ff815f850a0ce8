//! A folder with a hub, several people's homes and the real binaries, for the tests that try to break them.

#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![allow(dead_code)]

pub mod data;
pub mod forge;
pub mod servers;

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// How a command ended.
#[derive(Debug)]
pub struct Done {
    /// Its exit code, none if it was killed.
    pub code: Option<i32>,
    /// What it answered.
    pub out: String,
    /// What it said beside that.
    pub err: String,
}

/// A folder of its own with an empty bare repository `hub.git`; each person's home lies in it by name.
pub struct World {
    folder: TempDir,
}

impl World {
    /// An empty hub and nobody yet.
    pub fn new() -> World {
        // HARM_KEEP=1 leaves the folders to be looked at.
        let keep = std::env::var_os("HARM_KEEP").is_some();
        let folder = tempfile::Builder::new().prefix("harm-").disable_cleanup(keep).tempdir().unwrap();
        let world = World { folder };
        // The binaries as they are now: whoever builds meanwhile does not pull them away.
        let tools = Path::new(env!("CARGO_BIN_EXE_members")).parent().unwrap();
        fs::create_dir(world.path("bin")).unwrap();
        for tool in ["members", "credit", "vote", "announce"] {
            let (from, to) = (tools.join(tool), world.path("bin").join(tool));
            assert!(from.exists(), "build {tool} first: `cargo build -p {tool}`");
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to).unwrap();
            }
        }
        world.sh("git init -q --bare --object-format=sha1 hub.git");
        world
    }

    /// Ada founds; the others join, are admitted and know it.
    pub fn of(others: &[&str]) -> World {
        let world = World::new();
        world.ok("ada", "members found 'Solar Street' --as ada --remote hub.git -q");
        for other in others {
            world.ok(other, &format!("members join hub.git --as {other} -q"));
            world.ok("ada", &format!("members admit {other} -q"));
        }
        for other in others {
            world.ok(other, "members sync -q");
        }
        world
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A person's data, the journal and the store among it.
    pub fn data(&self, who: &str) -> PathBuf {
        self.path(who).join("data/solar-street")
    }

    /// A person's keys.
    pub fn state(&self, who: &str) -> PathBuf {
        self.path(who).join("state/solar-street")
    }

    /// `sh -c line`, as this person.
    pub fn command(&self, who: &str, line: &str) -> Command {
        let mut command = Command::new("sh");
        // GIT_FOLDER=FOLDER chooses among the gits of a machine.
        let git = std::env::var("GIT_FOLDER").map(|folder| format!("{folder}:")).unwrap_or_default();
        let path = format!("{}:{git}{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        command
            .args(["-c", line])
            .current_dir(self.folder.path())
            .env_remove("COMMONS_COMMUNITY")
            .env_remove("GIT_DEFAULT_REF_FORMAT")
            .env("PATH", path)
            .env("HOME", self.path("home"))
            .env("COMMONS_HOME", self.path(who))
            .env("LC_ALL", "C.UTF-8")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .stdin(Stdio::null());
        command
    }

    /// Runs a line as this person.
    pub fn run(&self, who: &str, line: &str) -> Done {
        // HARM_TRACE=1 shows what was run and what it said.
        let trace = std::env::var_os("HARM_TRACE").is_some();
        let line = if trace && who != "nobody" { line.replace(" -q", " -v") } else { line.to_owned() };
        let done = done(self.command(who, &line).output().unwrap());
        if trace {
            println!("{who}$ {line}\n{}{}", done.out, done.err);
        }
        done
    }

    /// Runs a line that must go well, and gives what it answered.
    pub fn ok(&self, who: &str, line: &str) -> String {
        let done = self.run(who, line);
        assert_eq!(done.code, Some(0), "{who}$ {line}\n{}{}", done.out, done.err);
        done.out
    }

    /// Runs a line that must end with this code and say this on stderr.
    pub fn fails(&self, who: &str, line: &str, code: i32, says: &str) -> Done {
        let done = self.run(who, line);
        assert_eq!(done.code, Some(code), "{who}$ {line}\n{}{}", done.out, done.err);
        assert!(done.err.contains(says), "{who}$ {line}\nwants: {says}\n{}", done.err);
        assert!(!done.err.contains("panicked"), "{}", done.err);
        done
    }

    /// Runs a line that is nobody's.
    pub fn sh(&self, line: &str) -> String {
        self.ok("nobody", line)
    }

    /// The JSON that a command answers.
    pub fn json(&self, who: &str, line: &str) -> Value {
        serde_json::from_str(&self.ok(who, line)).unwrap()
    }

    /// The state digest of a person's replica.
    pub fn digest(&self, who: &str) -> String {
        self.json(who, "members status --json")["state"].as_str().unwrap().to_owned()
    }

    /// A person's own balance, as it is shown.
    pub fn balance(&self, who: &str) -> String {
        self.json(who, "credit balance --json")["balance"].as_str().unwrap().to_owned()
    }

    /// Everything verifies, sums are zero, and git has nothing to complain about.
    pub fn sound(&self, who: &str) {
        let audit = self.run(who, "members audit --json");
        assert_eq!(audit.code, Some(0), "{who}: {}{}", audit.out, audit.err);
        let journal = self.data(who).join("journal.git");
        let fsck = self.run(who, &format!("git -C {} fsck --strict --no-dangling", journal.display()));
        assert_eq!(fsck.code, Some(0), "{who}: {}{}", fsck.out, fsck.err);
        let complaints = fsck.err.lines().chain(fsck.out.lines()).filter(|line| !line.starts_with("notice:"));
        assert_eq!(complaints.collect::<Vec<_>>(), Vec::<&str>::new(), "{who}");
    }

    /// Syncs all, again and again, until nobody learns anything new; all then have the same state.
    pub fn settle(&self, all: &[&str]) {
        for _ in 0..3 {
            for who in all {
                let done = self.run(who, "members sync -q");
                assert!(matches!(done.code, Some(0)), "{who}: {}{}", done.out, done.err);
            }
        }
        let digests: Vec<String> = all.iter().map(|who| self.digest(who)).collect();
        assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "{all:?}: {digests:?}");
        all.iter().for_each(|who| self.sound(who));
    }
}

/// What a child said.
pub fn done(output: std::process::Output) -> Done {
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A count for long runs, from the environment.
pub fn runs(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// Says so that a test could not be made here. It must be seen, so it goes past the test's own capture.
pub fn skip(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Whether we are root.
pub fn root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// Waits until something holds, for ten seconds at most.
pub fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..500 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("{what} did not come about");
}

/// Runs a command and kills it, with all its children, after so many microseconds.
pub fn killed_after(world: &World, who: &str, line: &str, micros: u64) -> Done {
    let mut command = world.command(who, &format!("exec {line}"));
    let child = command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_micros(micros));
    let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    done(child.wait_with_output().unwrap())
}
