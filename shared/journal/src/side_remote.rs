//! Side branches on their way: listed, fetched with their contents into a quarantine of their own that is thrown
//! away afterwards, and published, by force where that must be.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use event::{Device, GitId, MAX_PERSON};
use git2::{Repository, RepositoryInitOptions};

use crate::git::Git;
use crate::repo::{clear_unfinished, oid};
use crate::side::{SideBranch, read_side, side_name, side_of, sides};
use crate::{Error, Journal, Remote};

/// How many are fetched at once.
const BATCH: usize = 200;

/// The most that one of them may bring, with its commit and its tree, in bytes.
const MOST: u64 = MAX_PERSON as u64 + 4096;

/// How long one fetch may take, and all together.
const PATIENCE: Duration = Duration::from_secs(60);
const DEADLINE: Duration = Duration::from_secs(180);

/// After so many failures in a row the rest is left for another time.
const FAILURES: usize = 10;

/// A quarantine for personal data; gone with its last user.
pub struct SideInbox {
    repo: Repository,
    path: PathBuf,
}

/// A change to a side branch on a remote: it is made only if the remote still has what is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose branch.
    pub device: Device,
    /// What the remote has.
    pub from: Option<GitId>,
    /// What it shall have: ours, or none.
    pub to: Option<GitId>,
}

impl SideInbox {
    /// An empty one; what a crash left of an earlier one goes.
    pub fn new(path: &Path) -> Result<Self, Error> {
        SideInbox::discard(path)?;
        let mut options = RepositoryInitOptions::new();
        options.bare(true).external_template(false).initial_head("none");
        let repo = Repository::init_opts(path, &options)
            .map_err(|e| Error::system(format!("cannot create `{}`", path.display()), e.message()))?;
        Ok(SideInbox { repo, path: path.to_owned() })
    }

    /// Throws away what was left.
    pub fn discard(path: &Path) -> Result<(), Error> {
        crate::Inbox::discard(path)
    }

    /// Fetches these from a remote or a bundle, as many as come in bounded time and space, and verifies them.
    /// `None` stands for one that did not come or is not a side branch of its device.
    pub fn fetch(
        &self,
        remote: &Remote,
        wanted: &[(Device, GitId)],
        bundle: Option<u64>,
    ) -> Result<Vec<(Device, GitId, Option<SideBranch>)>, Error> {
        let begun = Instant::now();
        let mut left: Vec<&[(Device, GitId)]> = wanted.chunks(BATCH).collect();
        let (mut failures, mut tried) = (0, Vec::new());
        while let Some(some) = left.pop() {
            let most = bundle.unwrap_or(0).saturating_add(MOST.saturating_mul(some.len() as u64 + 4));
            let fetched = self.fetch_some(remote, some, most)?;
            failures = if fetched { 0 } else { failures + 1 };
            if fetched || some.len() == 1 {
                tried.extend_from_slice(some);
            } else {
                // One bad branch holds the others up: it is found by halving.
                let (one, other) = some.split_at(some.len() / 2);
                left.extend([other, one]);
            }
            if failures >= FAILURES || begun.elapsed() > DEADLINE {
                break;
            }
        }
        let mut brought = Vec::new();
        for (device, git) in tried {
            let side = match self.repo.odb().is_ok_and(|odb| odb.exists(oid(git))) {
                true => read_side(&self.repo, git)?.ok().filter(|side| side.device == device),
                false => None,
            };
            brought.push((device, git, side));
        }
        Ok(brought)
    }

    fn fetch_some(&self, remote: &Remote, some: &[(Device, GitId)], most: u64) -> Result<bool, Error> {
        let specs = some.iter().map(|(device, _)| {
            let name = side_name(device);
            format!("+refs/heads/{name}:refs/sides/{name}")
        });
        let fetch = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
        let answer = Git::new(&self.path)
            .watching(&self.path)
            .at_most(most, PATIENCE)
            // What is large is not unfolded in memory.
            .with("core.bigFileThreshold=64k")
            .args(fetch)
            .args(["--no-recurse-submodules", "--", &remote.url])
            .args(specs)
            .run()?;
        if !answer.ok {
            // What was ended half way would count as the next one's.
            clear_unfinished(&self.path);
        }
        Ok(answer.ok)
    }
}

impl Drop for SideInbox {
    fn drop(&mut self) {
        // What cannot be removed now is removed before the next one is made.
        let _ = SideInbox::discard(&self.path);
    }
}

impl Remote {
    /// The remote's side branches, read directly where it is a directory that libgit2 can open.
    pub fn glance_at_sides(&self) -> Option<Vec<(Device, GitId)>> {
        let repo = Repository::open_bare(self.path()?).ok()?;
        sides(&repo, "refs/heads/").ok()
    }

    /// The remote's side branches.
    pub fn side_branches(&self, journal: &Journal) -> Result<Vec<(Device, GitId)>, Error> {
        if let Some(sides) = self.glance_at_sides() {
            return Ok(sides);
        }
        self.check_path()?;
        let list = ["ls-remote", "--quiet", "--refs", "--", &self.url, "refs/heads/*.person"];
        let answer = Git::new(journal.path()).at_most(u64::MAX, PATIENCE).args(list).run()?;
        if !answer.ok {
            return Err(self.failure(&answer, "read"));
        }
        let mut found: Vec<(Device, GitId)> = answer.out.lines().filter_map(listed).collect();
        found.sort();
        found.dedup_by_key(|(device, _)| *device);
        Ok(found)
    }

    /// Makes these changes, each for itself; gives those that were refused, with the reason.
    pub fn push_sides(&self, journal: &Journal, changes: &[Lease]) -> Result<Vec<(Device, String)>, Error> {
        let mut refused = Vec::new();
        for some in changes.chunks(BATCH) {
            let leases = some.iter().map(|change| {
                let from = change.from.map(|git| git.to_string()).unwrap_or_default();
                format!("--force-with-lease=refs/heads/{}:{from}", side_name(&change.device))
            });
            let specs = some.iter().map(|change| {
                let name = side_name(&change.device);
                let ours = if change.to.is_some() { format!("refs/heads/{name}") } else { String::new() };
                format!("{ours}:refs/heads/{name}")
            });
            let answer = Git::new(journal.path())
                .args(["push", "--porcelain", "--quiet", "--no-verify", "--no-signed"])
                .args(leases)
                .args(["--", &self.url])
                .args(specs)
                .run()?;
            let answered: Vec<_> = answer.out.lines().filter_map(verdict).collect();
            if !answer.ok && answered.is_empty() {
                return Err(self.failure(&answer, "write to"));
            }
            refused.extend(answered.into_iter().filter_map(|(device, why)| Some((device, why?))));
        }
        Ok(refused)
    }
}

/// A line of `ls-remote`.
fn listed(line: &str) -> Option<(Device, GitId)> {
    let (git, name) = line.split_once('\t')?;
    Some((side_of(name.strip_prefix("refs/heads/")?)?, git.parse().ok()?))
}

/// A line of `push --porcelain`: whose branch, and why it was refused.
fn verdict(line: &str) -> Option<(Device, Option<String>)> {
    let mut parts = line.split('\t');
    let (flag, spec, summary) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    let device = side_of(spec.split(':').next_back()?.strip_prefix("refs/heads/")?)?;
    Some((device, (flag == "!").then(|| event::harmless_line(summary))))
}
