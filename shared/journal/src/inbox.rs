//! The quarantine: what remotes and bundles brought, until it is verified.

use std::fs;
use std::path::{Path, PathBuf};

use event::{GitId, Signed};
use git2::{Repository, RepositoryInitOptions};

use crate::chain::{Branch, branch};
use crate::git::Git;
use crate::repo::{Journal, Tip, git_id, read, replace, tips};
use crate::stream::{Piece, stream};
use crate::{Error, Remote};

/// From how many commits on they are moved as a pack.
const PACK_FROM: usize = 16;

/// From how many files of packs on the quarantine is emptied even of what was not taken in.
const MANY_FILES: usize = 200;

/// The quarantine repository beside a journal; it sees the journal's objects, the journal not its.
pub struct Inbox {
    repo: Repository,
    path: PathBuf,
}

impl Inbox {
    /// Opens the quarantine beside this journal, and makes it where it is missing.
    pub fn open(path: &Path, journal: &Journal) -> Result<Self, Error> {
        if !path.exists() {
            let mut options = RepositoryInitOptions::new();
            options.bare(true).no_reinit(true).external_template(false).initial_head("none");
            let made = Repository::init_opts(path, &options);
            made.map_err(|e| Error::system(format!("cannot create `{}`", path.display()), e.message()))?;
        }
        let shared = path.join("objects/info/alternates");
        if !shared.exists() {
            // Relative to the objects folder, so that the home can be moved as a whole.
            let name = journal.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            let line = format!("../../{name}/objects\n");
            replace(&shared, line.as_bytes())?;
        }
        let repo = Repository::open_bare(path).map_err(|e| Error::damaged(path, e.message()))?;
        Ok(Inbox { repo, path: path.to_owned() })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The branches that this remote had when it was last fetched.
    pub fn tips(&self, remote: &str) -> Result<Vec<Tip>, Error> {
        tips(&self.repo, &format!("refs/remotes/{remote}/")).map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// Whether any of these objects lies here, or in the journal beside it.
    pub fn holds_any(&self, objects: &[GitId]) -> bool {
        self.repo.odb().is_ok_and(|odb| objects.iter().any(|git| odb.exists(crate::repo::oid(*git))))
    }

    /// Forgets what a remote had.
    pub fn forget(&self, remote: &str) -> Result<(), Error> {
        for tip in self.tips(remote)? {
            let name = format!("refs/remotes/{remote}/{}", tip.name);
            let gone = self.repo.find_reference(&name).and_then(|mut reference| reference.delete());
            gone.map_err(|e| Error::damaged(&self.path, e.message()))?;
        }
        Ok(())
    }

    /// Reads a commit from quarantine or journal.
    pub fn read(&self, git: GitId) -> Result<Result<Signed, String>, Error> {
        read(&self.repo, git).map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// Reads every branch whole, on all cores, and hands each over as it is done.
    pub fn stream(&self, tips: &[Tip], each: impl FnMut(Piece)) -> Result<(), Error> {
        stream(&self.path, tips, each)
    }

    /// What a branch holds beyond what is known.
    pub fn branch(&self, tip: Tip, known: impl FnMut(GitId, Option<&Signed>) -> bool) -> Result<Branch, Error> {
        branch(&self.repo, tip, known).map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// Whether one commit, from quarantine or journal, stands above another on a chain.
    pub fn follows(&self, upper: GitId, lower: GitId) -> bool {
        crate::chain::stands_on(&self.repo, upper, lower)
    }

    /// Takes verified commits over into the journal: a few as they are, many as one pack.
    pub fn release(&self, journal: &Journal, commits: &[(GitId, Vec<u8>)]) -> Result<(), Error> {
        if commits.len() < PACK_FROM {
            for (_, bytes) in commits {
                journal.write(bytes)?;
            }
            return Ok(());
        }
        let list: String = commits.iter().map(|(git, _)| format!("{git}\n")).collect();
        let target = journal.path().join("objects/pack/pack");
        let answer = Git::new(&self.path)
            .args(["pack-objects", "--quiet", "--window=0", "--threads=1"])
            .args([&target])
            .run_with(list.as_bytes())?;
        match answer.ok {
            true => Ok(()),
            false => Err(Error::system("cannot move events into the journal", event::harmless_line(answer.err.trim()))),
        }
    }

    /// Whether git complains of the quarantine itself: objects or locks that a crash left behind.
    pub(crate) fn is_blamed(&self, complaint: &str) -> bool {
        let here = self.path.display().to_string();
        let locked = complaint.contains(&here) && complaint.contains(".lock");
        locked || ["cannot lock ref", "fatal: bad object"].iter().any(|sign| complaint.contains(sign))
    }

    /// Throws the quarantine away. Nothing is lost with it: the next fetch brings it back.
    pub fn discard(path: &Path) -> Result<(), Error> {
        match fs::remove_dir_all(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::system("cannot empty the quarantine", e)),
            _ => Ok(()),
        }
    }

    /// Drops packs whose every commit is in the journal. Where a branch leads elsewhere they stay, because git
    /// wants what its refs name; when they have become many, those branches go too, until the next fetch.
    pub fn empty(&self, journal: &Journal) -> Result<(), Error> {
        let unread = |e: git2::Error| Error::damaged(&self.path, e.message());
        let packs = self.path.join("objects/pack");
        let files: Vec<_> = fs::read_dir(&packs).into_iter().flatten().flatten().collect();
        for reference in self.repo.references().map_err(unread)? {
            let mut reference = reference.map_err(unread)?;
            if reference.target().is_none_or(|target| !journal.holds(git_id(target))) {
                if files.len() < MANY_FILES {
                    return Ok(());
                }
                reference.delete().map_err(unread)?;
            }
        }
        for file in files {
            fs::remove_file(file.path()).map_err(|e| Error::system("cannot empty the quarantine", e))?;
        }
        Ok(())
    }

    /// Writes the remote's address into the quarantine's configuration. A named remote can be asked to leave
    /// trees and blobs out.
    pub(crate) fn name_remote(&self, remote: &Remote) -> Result<(), Error> {
        let config = self.path.join("config");
        let held = fs::read_to_string(&config).map_err(|e| Error::damaged(&self.path, e))?;
        let quoted: String = remote
            .url
            .chars()
            .flat_map(|c| match c {
                '"' | '\\' => vec!['\\', c],
                c => vec![c],
            })
            .collect();
        let section = format!(
            "[remote \"{}\"]\n\turl = \"{quoted}\"\n\tpromisor = true\n\tpartialclonefilter = tree:0\n",
            remote.name
        );
        let kept: String = without_section(&held, &format!("[remote \"{}\"]", remote.name));
        let wanted = format!("{kept}{section}");
        if wanted == held {
            return Ok(());
        }
        replace(&config, wanted.as_bytes())
    }
}

fn without_section(config: &str, header: &str) -> String {
    let mut inside = false;
    let mut kept = String::new();
    for line in config.lines() {
        if line.starts_with('[') {
            inside = line == header;
        }
        if !inside {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}
