//! The second witness: stock git takes for good what we take for good.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use event::Verified;

/// Whether `git verify-commit` takes these events, in a repository that it makes in this folder.
pub fn takes(folder: &Path, events: &[&Verified]) -> Result<(), String> {
    let repo = folder.join("witness.git");
    let signers = folder.join("allowed_signers");
    let lines: String =
        events.iter().map(|v| format!("{}@commons namespaces=\"git\" {}\n", v.event.device, v.key)).collect();
    std::fs::write(&signers, lines).map_err(|why| why.to_string())?;
    if !repo.exists() {
        git(folder, &["init", "--quiet", "--bare", "--object-format=sha1", "witness.git"], b"")?;
    }
    for event in events {
        let id = git(&repo, &["hash-object", "-t", "commit", "-w", "--stdin"], &event.bytes())?;
        let allowed = format!("gpg.ssh.allowedSignersFile={}", signers.display());
        git(&repo, &["-c", "gpg.format=ssh", "-c", &allowed, "verify-commit", id.trim()], b"")?;
    }
    Ok(())
}

fn git(dir: &Path, args: &[&str], input: &[u8]) -> Result<String, String> {
    let fail = |why: std::io::Error| format!("git {args:?}: {why}");
    let mut child = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(fail)?;
    if let Some(mut to) = child.stdin.take() {
        to.write_all(input).map_err(fail)?;
    }
    let done = child.wait_with_output().map_err(fail)?;
    match done.status.success() {
        true => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
        false => Err(format!("git {args:?}: {}", String::from_utf8_lossy(&done.stderr))),
    }
}
