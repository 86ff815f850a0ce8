//! The `git` program as a child: never prompting, bounded in time and in what it may download.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::Error;

/// How long a transfer may take in all.
const PATIENCE: Duration = Duration::from_secs(600);

/// How long a command's answer may take once the command has ended: what it has started can outlive it.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// The most that one transfer may bring, in bytes.
const MAX_TRANSFER: u64 = 2 << 30;

/// What a git command answered.
pub(crate) struct Answer {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// A git command on a repository of ours.
pub(crate) struct Git {
    command: Command,
    watched: Option<PathBuf>,
    most: u64,
    patience: Duration,
}

impl Git {
    pub fn new(dir: &Path) -> Self {
        let mut command = Command::new("git");
        // A hook's or a script's own repository must not leak in.
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"] {
            command.env_remove(name);
        }
        command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("GIT_NO_LAZY_FETCH", "1");
        if std::env::var_os("GIT_SSH_COMMAND").is_none() && std::env::var_os("GIT_SSH").is_none() {
            let ssh = "ssh -oBatchMode=yes -oConnectTimeout=10 -oServerAliveInterval=15";
            command.env("GIT_SSH_COMMAND", ssh);
        }
        command.env("GIT_ASKPASS", "true").env("SSH_ASKPASS_REQUIRE", "never");
        for setting in [
            "core.hooksPath=/dev/null",
            "gc.auto=0",
            "maintenance.auto=false",
            "protocol.ext.allow=never",
            "http.lowSpeedLimit=100",
            "http.lowSpeedTime=60",
            "transfer.unpackLimit=1",
            "fetch.writeCommitGraph=false",
            "advice.mergeConflict=false",
        ] {
            command.args(["-c", setting]);
        }
        command.arg("--git-dir").arg(dir);
        Git { command, watched: None, most: MAX_TRANSFER, patience: PATIENCE }
    }

    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Ends the command when its pack under this repository grows too large.
    pub fn watching(mut self, dir: &Path) -> Self {
        self.watched = Some(dir.join("objects/pack"));
        self
    }

    /// Ends the command when it brings more bytes or takes longer than this.
    pub fn at_most(mut self, bytes: u64, patience: Duration) -> Self {
        (self.most, self.patience) = (bytes.min(MAX_TRANSFER), patience);
        self
    }

    /// A setting for this command.
    pub fn with(mut self, setting: &str) -> Self {
        self.command.args(["-c", setting]);
        self
    }

    pub fn run(self) -> Result<Answer, Error> {
        self.run_with(&[])
    }

    pub fn run_with(mut self, input: &[u8]) -> Result<Answer, Error> {
        let piped = if input.is_empty() { Stdio::null() } else { Stdio::piped() };
        let child = self.command.stdin(piped).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|e| Error::system("cannot run the `git` program", e))?;
        let (out, err) = (drain(child.stdout.take()), drain(child.stderr.take()));
        if let Some(mut stdin) = child.stdin.take() {
            // A command that stops reading says why on stderr.
            let _ = stdin.write_all(input);
        }
        let (ok, ended) = wait(&mut child, self.watched.as_deref(), self.most, self.patience)?;
        let (out, mut err) = (collect(&out), collect(&err));
        if let Some(why) = ended {
            err.push_str(why);
        }
        Ok(Answer { ok, out, err })
    }
}

type Stream = Receiver<Vec<u8>>;

fn drain(from: Option<impl Read + Send + 'static>) -> Stream {
    let (pieces, stream) = channel();
    if let Some(from) = from {
        std::thread::spawn(move || {
            // Git's answers are short; more than this is not read on.
            let mut from = from.take(64 << 20);
            let mut piece = [0; 8192];
            while let Ok(n) = from.read(&mut piece) {
                if n == 0 || pieces.send(piece.get(..n).unwrap_or_default().to_vec()).is_err() {
                    return;
                }
            }
        });
    }
    stream
}

/// What was said. A command that was ended leaves its helpers behind, as ssh; they hold nobody up.
fn collect(stream: &Stream) -> String {
    let ends = Instant::now() + LAST_WORDS;
    let mut bytes = Vec::new();
    while let Ok(piece) = stream.recv_timeout(ends.saturating_duration_since(Instant::now())) {
        bytes.extend(piece);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn wait(
    child: &mut Child,
    watched: Option<&Path>,
    most: u64,
    patience: Duration,
) -> Result<(bool, Option<&'static str>), Error> {
    let begun = Instant::now();
    let mut pause = Duration::from_micros(500);
    loop {
        if let Some(status) = child.try_wait().map_err(|e| Error::system("cannot wait for `git`", e))? {
            return Ok((status.success(), None));
        }
        let why = match watched {
            _ if begun.elapsed() > patience && patience < PATIENCE => Some("fatal: timed out"),
            _ if begun.elapsed() > patience => Some("fatal: timed out after 10 minutes"),
            Some(dir) if pack_size(dir) > most && most < MAX_TRANSFER => Some("fatal: the transfer is too large"),
            Some(dir) if pack_size(dir) > most => Some("fatal: the transfer is larger than 2 GiB"),
            _ => None,
        };
        if why.is_some() {
            let _ = child.kill();
            let _ = child.wait();
            return Ok((false, why));
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn pack_size(dir: &Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let growing = files.filter(|f| f.file_name().to_string_lossy().starts_with("tmp_pack"));
    growing.filter_map(|f| f.metadata().ok()).map(|m| m.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A helper of git's, as ssh, that goes on after git was ended and still holds its output.
    #[test]
    fn what_a_command_leaves_behind_holds_nobody_up() {
        let begun = Instant::now();
        let git = Git::new(Path::new("/")).with("alias.linger=!sleep 60 & echo said >&2; sleep 60");
        let answer = git.args(["linger"]).at_most(MAX_TRANSFER, Duration::from_secs(2)).run();
        assert!(answer.is_ok_and(|answer| !answer.ok && answer.err == "said\nfatal: timed out"));
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    }
}
