//! Private posts, written and read by the real `age`. Where that is not installed, this says so and tests nothing.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// People with a home each, in a folder that goes with them.
struct Street(tempfile::TempDir);

impl Street {
    fn new() -> Self {
        let street = Street(tempfile::tempdir().unwrap());
        let hub = ["init", "-q", "--bare", "--object-format=sha1", "hub.git"];
        assert!(Command::new("git").args(hub).current_dir(street.0.path()).status().unwrap().success());
        street
    }

    fn run(&self, who: &str, command: &str) -> Output {
        let bin = Path::new(env!("CARGO_BIN_EXE_announce")).parent().unwrap();
        Command::new("sh")
            .args(["-c", command])
            .current_dir(self.0.path())
            .env("PATH", format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()))
            .env("HOME", self.0.path())
            .env("COMMONS_HOME", self.0.path().join(who))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn ok(&self, who: &str, command: &str) -> String {
        let out = self.run(who, command);
        assert!(out.status.success(), "{who}$ {command}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn identity(&self, who: &str) -> PathBuf {
        PathBuf::from(self.ok(who, "announce key --export").trim())
    }
}

fn installed() -> bool {
    let there = |program| Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    let both = there("age") && there("age-keygen");
    if !both {
        eprintln!("1 skipped: age is not installed");
    }
    both
}

#[test]
fn only_its_readers_read_a_private_post() {
    if !installed() {
        return;
    }
    let street = Street::new();
    street.ok("ada", "members found 'Solar Street' --as ada --remote hub.git -q");
    for who in ["bob", "cyn"] {
        street.ok(who, &format!("members join hub.git --as {who} -q"));
        street.ok("ada", &format!("members admit {who} -q"));
    }
    for who in ["bob", "cyn", "ada"] {
        street.ok(who, "members sync -q; announce key --sync -q");
    }
    street.ok("ada", "members sync -q");
    street.ok("ada", "echo 'The cake is in the cellar.' | announce post --title 'Birthday of Cyn' --for bob --sync -q");
    for who in ["bob", "cyn"] {
        street.ok(who, "members sync -q");
    }
    let read = street.ok("bob", "announce read 1");
    assert!(read.contains("Title:    Birthday of Cyn") && read.contains("The cake is in the cellar."), "{read}");
    assert!(read.contains("For:      bob"), "{read}");
    let own = street.ok("ada", "announce read 1");
    assert!(own.contains("The cake is in the cellar."), "{own}");
    let closed = street.ok("cyn", "announce read 1");
    assert!(closed.contains("private, and not for your key") && !closed.contains("cake"), "{closed}");
    // Neither the journal nor anything made for others has the words.
    for command in
        ["git -C cyn/data/*/journal.git log --all", "announce search cake", "announce feed", "announce list --json"]
    {
        let out = street.ok("cyn", command);
        assert!(!out.contains("cake") && !out.contains("Birthday"), "{command}: {out}");
    }
    // Stock age reads it with the identity that the member has.
    let identity = street.identity("bob");
    let text = street.ok("bob", "git -C bob/data/*/journal.git log --all --format=%b | sed -n '/BEGIN AGE/,/END AGE/p' > post.age; cat post.age");
    assert!(text.contains("BEGIN AGE ENCRYPTED FILE"));
    let plain = street.ok("bob", &format!("age -d -i '{}' post.age", identity.display()));
    assert_eq!(plain, "Birthday of Cyn\n\nThe cake is in the cellar.\n");
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(identity).unwrap().permissions().mode() & 0o777, 0o600);
    // An answer goes to the same people; who withdraws the key gets no more.
    street.ok("bob", "sleep 1; echo 'I bring candles.' | announce reply 1 --sync -q");
    street.ok("ada", "members sync -q");
    assert!(street.ok("ada", "announce read 2").contains("I bring candles."));
    street.ok("cyn", "members sync -q");
    assert!(!street.ok("cyn", "announce read 2").contains("candles"));
    street.ok("bob", "announce key --withdraw --sync -q");
    street.ok("ada", "members sync -q");
    let refused = street.run("ada", "echo 'More.' | announce post --title 'x' --for bob");
    assert_eq!(refused.status.code(), Some(1));
}
