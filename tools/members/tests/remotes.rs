//! Remotes that are wrong, gone, closed, forgetful or far away: what is local stays done, and heals.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::servers::{Server, free_port, listening};
use common::{Done, World, done, forge, root, skip};

/// Bob pays, syncs with the remote, Ada syncs: the payment is received.
fn a_payment_goes_through(world: &World) {
    let before = world.balance("ada");
    world.ok("bob", "credit pay ada 1 hours 'over the wire' -q");
    world.ok("bob", "members sync -q");
    world.ok("ada", "members sync -q");
    world.ok("bob", "members sync -q");
    assert_ne!(world.balance("ada"), before);
    world.settle(&["ada", "bob"]);
}

#[test]
fn what_is_no_repository_is_told_apart() {
    let world = World::of(&["bob"]);
    world.sh("mkdir folder; echo x > file; git init -q --bare --object-format=sha256 new.git; git init -q work");
    world.fails("ada", "members remote add a folder; members sync a", 3, "git init --bare --object-format=sha1");
    world.fails("ada", "members remote add b file; members sync b", 3, "file");
    let sha = world.fails("ada", "members remote add c new.git; members sync c", 3, "SHA-256");
    assert!(sha.err.contains("git init --bare --object-format=sha1"), "{}", sha.err);
    world.fails("carl", "members join new.git --as carl", 3, "no community");
    world.fails("carl", "members join folder --as carl", 3, "git init --bare");
    world.fails("carl", "members join hub2.git --as carl", 75, "hub2.git");
    world.fails("dan", "members found Other --as dan --remote new.git -q", 3, "SHA-256");
    // What was founded is there all the same, and can be published elsewhere.
    world.sh("git init -q --bare --object-format=sha1 other.git");
    world.ok("dan", "members remote remove origin -q; members remote add origin other.git -q; members sync -q");
    world.ok("eve", "members join other.git --as eve -q");
    // A repository with a work tree is one, too.
    world.ok("ada", "members remote add w work -q; members sync w -q");
    world.sound("ada");
    // One bad remote does not hold the good one back.
    world.ok("bob", "credit pay ada 1 -q; members sync -q");
    world.fails("ada", "members sync", 3, "");
    world.ok("bob", "members sync -q");
    assert_eq!(world.balance("ada"), "1.00");
}

#[test]
fn addresses_that_git_could_mistake() {
    let world = World::of(&[]);
    for bad in ["ext::sh -c 'touch pwned'", "fd::17", "a\nb", ""] {
        let line =
            format!("members remote add evil \"$(printf '{}')\"", bad.replace('\'', "'\\''").replace('\n', "\\n"));
        world.fails("ada", &line, 2, "address");
    }
    world.fails("ada", "members remote add evil -- --upload-pack=touch", 0, "");
    world.fails("ada", "members sync evil", 75, "nothing is there");
    for bad in ["-x", "..", "a/b", "x y", "Big"] {
        let done = world.run("ada", &format!("members remote add -- '{bad}' hub.git"));
        assert!(matches!(done.code, Some(2 | 3)), "{bad}: {done:?}");
    }
    // Written into the configuration by another program.
    let config = world.path("ada/config/solar-street.toml");
    for bad in ["ext::sh -c 'touch pwned'", "--upload-pack=touch pwned", "ssh://-oProxyCommand=touch/x"] {
        fs::write(&config, format!("[[remote]]\nname = \"origin\"\nurl = \"{bad}\"\n")).unwrap();
        let done = world.run("ada", "members sync");
        assert!(matches!(done.code, Some(2 | 3 | 75)), "{bad}: {done:?}");
    }
    assert!(!world.path("pwned").exists());
    // An IPv6 address has two colons, too.
    fs::remove_file(&config).unwrap();
    world.ok("ada", "members remote add six 'ssh://git@[::1]:1/x.git'");
    world.fails("ada", "members sync six", 75, "[::1]");
}

#[test]
fn a_remote_that_vanished_and_came_back() {
    let world = World::of(&["bob"]);
    fs::rename(world.path("hub.git"), world.path("away.git")).unwrap();
    world.ok("bob", "credit pay ada 2 hours offline -q");
    world.fails("bob", "members sync", 75, "try again");
    world.fails("bob", "credit pay ada 1 hours again --sync", 75, "hub.git");
    assert_eq!(world.balance("bob"), "-3.00", "what is local is done");
    fs::write(world.path("bob/config/config.toml"), "sync = \"auto\"\n").unwrap();
    let paid = world.ok("bob", "credit pay ada 1 hours again --json");
    assert!(paid.contains("credit.pay"));
    world.sound("bob");
    fs::rename(world.path("away.git"), world.path("hub.git")).unwrap();
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), "4.00");
}

/// A hook that takes nothing; root minds no modes.
fn closed(world: &World, hook: &str) {
    let path = world.path("hub.git/hooks").join(hook);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "#!/bin/sh\nprintf 'go\\033[31m away\\n' >&2\nexit 1\n").unwrap();
    Command::new("chmod").arg("+x").arg(&path).status().unwrap();
}

#[test]
fn a_remote_that_takes_nothing() {
    for hook in ["pre-receive", "update"] {
        let world = World::of(&["bob"]);
        closed(&world, hook);
        world.ok("bob", "credit pay ada 2 -q");
        let refused = world.fails("bob", "members sync", 3, "declined");
        assert!(refused.err.contains("members bundle export"), "{}", refused.err);
        assert!(!refused.err.contains('\u{1b}'), "{:?}", refused.err);
        world.fails("carl", "members join hub.git --as carl", 3, "declined");
        // By mail, then.
        world.ok("bob", "members bundle export mail.bundle -q");
        world.ok("ada", "members bundle import mail.bundle -q");
        fs::remove_file(world.path("hub.git/hooks").join(hook)).unwrap();
        world.settle(&["ada", "bob"]);
        assert_eq!(world.balance("ada"), "2.00");
    }
}

#[test]
fn a_remote_that_cannot_be_written() {
    if !root() {
        return skip("another user's repository needs root");
    }
    let world = World::of(&["bob"]);
    world.sh("chmod -R a+rX . ; chmod 755 .");
    // Nobody may read the hub, and not write it.
    world.sh("mkdir nobody; chown -R nobody nobody bob; git config --file home.config safe.directory '*'; chmod a+r home.config");
    let as_nobody = |line: &str| -> Done {
        let inner = world.command("bob", "");
        let setup = format!("GIT_CONFIG_GLOBAL={} {line}", world.path("home.config").display());
        let words: Vec<_> = ["-u", "nobody", "--", "sh", "-c", &setup].map(str::to_owned).into();
        let mut outer = Command::new("runuser");
        outer.args(words).current_dir(inner.get_current_dir().unwrap());
        for (name, value) in inner.get_envs() {
            if let Some(value) = value {
                outer.env(name, value);
            }
        }
        done(outer.stdin(Stdio::null()).output().unwrap())
    };
    assert_eq!(as_nobody("credit pay ada 1 -q").code, Some(0));
    let refused = as_nobody("members sync");
    assert_eq!(refused.code, Some(3), "{refused:?}");
    assert!(refused.err.contains("ermission") || refused.err.contains("unable to create"), "{}", refused.err);
    // A home that one may only read answers, or says whose it is.
    world.sh("chown -R root bob");
    let read = as_nobody("credit balance");
    let told = read.code == Some(3) && read.err.contains("yours to write");
    assert!(told || (read.code == Some(0) && read.out.contains("-1.00")), "{read:?}");
    let write = as_nobody("credit pay ada 1");
    assert_eq!(write.code, Some(3), "{write:?}");
}

#[test]
fn a_newcomer_who_is_quicker_than_the_others() {
    let world = World::of(&["bob"]);
    for who in ["carl", "dora"] {
        world.ok(who, &format!("members join hub.git --as {who} -q"));
        world.ok("ada", &format!("members admit {who} -q"));
        world.ok(who, "members sync -q; credit pay ada 1 -q; members sync -q");
    }
    // Bob hears of both when they have written already.
    world.settle(&["ada", "carl", "dora", "bob"]);
    assert_eq!(world.json("bob", "credit balance ada --json")["balance"], "2.00");
}

#[test]
fn a_hub_that_forgets_or_goes_back_or_lies() {
    let world = World::of(&["bob"]);
    let hub = world.path("hub.git");
    let bob = forge::device(&world, "bob").to_string();
    let old = forge::tips(&hub);
    world.ok("bob", "credit pay ada 2 -q");
    world.settle(&["bob", "ada"]);
    let full = forge::tips(&hub);
    // It lost one branch, then all of them.
    for lost in [format!("git -C hub.git branch -q -D {bob}"), "rm -rf hub.git; git init -q --bare hub.git".to_owned()]
    {
        world.sh(&lost);
        world.ok("ada", "members sync -q");
        assert_eq!(forge::tips(&hub), full);
    }
    // It went back to an older copy.
    for tip in &old {
        forge::point(&hub, &tip.name, tip.git.to_string().parse().unwrap());
    }
    world.ok("bob", "members sync -q");
    assert_eq!(forge::tips(&hub), full);
    // It shows something else under Bob's name: nothing of it is believed, and Bob's events get out all the same.
    let junk = world.sh(
        "git -C hub.git -c user.name=x -c user.email=x@x commit-tree -m junk 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    );
    forge::point(&hub, &bob, junk.trim().parse().unwrap());
    world.ok("bob", "credit pay ada 1 -q");
    world.ok("bob", "members sync -q");
    world.ok("ada", "members sync -q");
    assert_eq!(world.balance("ada"), "3.00");
    // The way is blocked by a folder.
    world.sh(&format!("rm -rf hub.git/refs/heads/{bob} hub.git/packed-refs; mkdir hub.git/refs/heads/{bob}"));
    forge::point(&hub, &format!("{bob}/x"), junk.trim().parse().unwrap());
    world.ok("bob", "credit pay ada 1 -q");
    world.ok("bob", "members sync -q");
    world.ok("ada", "members sync -q");
    assert_eq!(world.balance("ada"), "4.00");
    // A newcomer finds everything.
    world.ok("carl", "members join hub.git --as carl -q");
    world.ok("ada", "members admit carl -q");
    world.ok("carl", "members sync -q");
    world.sound("carl");
    assert_eq!(world.ok("carl", "credit balance ada --format tsv"), world.ok("ada", "credit balance --format tsv"));
}

#[test]
fn over_git_file_and_reftable() {
    let world = World::of(&["bob"]);
    let port = free_port();
    let daemon = Command::new("git")
        .args(["daemon", "--reuseaddr", "--export-all", "--enable=receive-pack", "--listen=127.0.0.1"])
        .arg(format!("--port={port}"))
        .arg(format!("--base-path={}", world.path("").display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let daemon = Server(daemon.unwrap());
    listening(port);
    let here = world.path("hub.git").display().to_string();
    let spaced = world.path("my%20hub.git").display().to_string();
    fs::create_dir(world.path("a b")).unwrap();
    world.sh("cp -r hub.git 'my hub.git'");
    for url in [format!("git://127.0.0.1:{port}/hub.git"), format!("file://{here}"), format!("file://{spaced}")] {
        for who in ["ada", "bob"] {
            world.ok(who, &format!("members remote remove origin -q; members remote add origin '{url}' -q"));
        }
        a_payment_goes_through(&world);
    }
    drop(daemon);
    let made = world.run("nobody", "git init -q --bare --object-format=sha1 --ref-format=reftable table.git");
    if made.code != Some(0) {
        return skip("this git makes no reftable repositories");
    }
    for who in ["ada", "bob"] {
        world.ok(who, "members remote remove origin -q; members remote add origin table.git -q; members sync -q");
    }
    a_payment_goes_through(&world);
}

#[test]
fn over_ssh() {
    let sshd = Path::new("/usr/sbin/sshd");
    if !sshd.exists() || !root() {
        return skip("sshd on loopback needs /usr/sbin/sshd and root");
    }
    let world = World::of(&["bob"]);
    let port = free_port();
    world.sh(
        "mkdir ssh; for k in host user; do ssh-keygen -q -t ed25519 -N '' -f ssh/$k; done; cp ssh/user.pub ssh/keys",
    );
    let at = |name: &str| world.path("ssh").join(name).display().to_string();
    let config = format!(
        "Port {port}\nListenAddress 127.0.0.1\nHostKey {}\nAuthorizedKeysFile {}\nPidFile {}\nStrictModes no\n\
         PasswordAuthentication no\nUsePAM no\nPermitRootLogin yes\n",
        at("host"),
        at("keys"),
        at("pid")
    );
    fs::write(world.path("ssh/config"), config).unwrap();
    fs::create_dir_all("/run/sshd").unwrap();
    let child = Command::new(sshd).args(["-D", "-e", "-f", &at("config")]).stderr(Stdio::null()).spawn().unwrap();
    let server = Server(child);
    listening(port);
    let hub = world.path("hub.git").display().to_string();
    let ssh = format!(
        "export GIT_SSH_COMMAND='ssh -oBatchMode=yes -oStrictHostKeyChecking=no -oUserKnownHostsFile={} -i {}';",
        at("known"),
        at("user")
    );
    for who in ["ada", "bob"] {
        world.ok(
            who,
            &format!(
                "members remote remove origin -q; members remote add origin 'ssh://root@127.0.0.1:{port}{hub}' -q"
            ),
        );
    }
    // Without the key there is no way in, and nothing asks for one.
    world.fails("bob", "members sync </dev/null", 3, "not known to ssh");
    let stranger = ssh.replace("ssh/user", "ssh/host").replace(&at("user"), &at("host"));
    world.fails("bob", &format!("{stranger} members sync </dev/null"), 3, "may not");
    world.ok("bob", "credit pay ada 1 -q");
    world.ok("bob", &format!("{ssh} members sync -q"));
    world.ok("ada", &format!("{ssh} members sync -q"));
    assert_eq!(world.balance("ada"), "1.00");
    drop(server);
    world.fails("bob", &format!("{ssh} members sync"), 75, "refused");
    world.sound("bob");
}

#[test]
fn a_server_that_says_nothing_holds_nobody_up() {
    let world = World::of(&["bob"]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    world.ok("bob", &format!("members remote remove origin -q; members remote add origin git://127.0.0.1:{port}/x -q"));
    let mut sync = world.command("bob", "exec members sync -q").stderr(Stdio::null()).spawn().unwrap();
    thread::sleep(Duration::from_millis(500));
    let begun = Instant::now();
    // Reading never waits, and a payment no longer than a moment.
    assert_eq!(world.balance("bob"), "0.00");
    assert!(begun.elapsed() < Duration::from_secs(3));
    world.ok("bob", "credit pay ada 1 -q");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    sync.kill().unwrap();
    sync.wait().unwrap();
    drop(silent);
    world.sound("bob");
}
