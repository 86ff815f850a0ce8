//! The repository itself: objects in, objects out, refs that only move forward.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use event::{Device, GitId, Key, MAX_COMMIT, Signed};
use git2::{ConfigLevel, ErrorCode, ObjectType, Oid, Repository, RepositoryInitOptions, Signature, Time};

use crate::Error;

/// A community's journal.
pub struct Journal {
    pub(crate) repo: Repository,
    pub(crate) path: PathBuf,
}

/// A branch as it stands: its name and the commit it points to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tip {
    /// `<device>`, or `<device>.<digits>` for evidence of a fork. A hint, never trusted.
    pub name: String,
    /// Git's name of the newest commit.
    pub git: GitId,
}

/// What the file system says of the refs, so that a reader sees at once that nothing moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp(pub String);

impl Journal {
    /// Makes an empty journal: SHA-1 and plain ref files, whatever the user's defaults are.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let mut options = RepositoryInitOptions::new();
        options.bare(true).no_reinit(true).external_template(false).initial_head("main");
        Repository::init_opts(path, &options)
            .map_err(|e| Error::system(format!("cannot create `{}`", path.display()), e.message()))?;
        let journal = Journal::open(path)?;
        // `git fsck` wants the tree that every event has.
        journal.write_object(ObjectType::Tree, b"")?;
        Ok(journal)
    }

    /// Opens a journal.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let repo = Repository::open_bare(path).map_err(|e| Error::damaged(path, e.message()))?;
        durable(&repo, path)?;
        // Event ids bind the contents; SHA-1 need not be computed again at each read.
        git2::opts::strict_hash_verification(false);
        Ok(Journal { repo, path: path.to_owned() })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a commit and gives git's name of it. Nothing refers to it yet.
    pub fn write(&self, bytes: &[u8]) -> Result<GitId, Error> {
        self.write_object(ObjectType::Commit, bytes)
    }

    /// Git's name of a commit that need not be written.
    pub fn name(bytes: &[u8]) -> Result<GitId, Error> {
        let named = Oid::hash_object(ObjectType::Commit, bytes);
        named.map(git_id).map_err(|e| Error::system("cannot name a commit".to_owned(), e.message()))
    }

    pub(crate) fn write_object(&self, kind: ObjectType, bytes: &[u8]) -> Result<GitId, Error> {
        let written = self.repo.odb().and_then(|odb| odb.write(kind, bytes));
        written
            .map(git_id)
            .map_err(|e| Error::system(format!("cannot write to `{}`", self.path.display()), e.message()))
    }

    /// Reads a commit in canonical form; its size and kind are looked at before it is read.
    pub fn read(&self, git: GitId) -> Result<Result<Signed, String>, Error> {
        read(&self.repo, git).map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// Whether the object is held.
    pub fn holds(&self, git: GitId) -> bool {
        self.repo.odb().is_ok_and(|odb| odb.exists(oid(git)))
    }

    /// Whether one commit stands above another on a chain.
    pub fn follows(&self, upper: GitId, lower: GitId) -> bool {
        self.holds(lower) && crate::chain::stands_on(&self.repo, upper, lower)
    }

    /// Whether a branch that is moved so would lose good events.
    pub fn goes_back(&self, from: GitId, to: GitId) -> bool {
        let good = || self.read(from).is_ok_and(|read| read.is_ok_and(|signed| signed.verify().is_ok()));
        !self.follows(to, from) && self.follows(from, to) && good()
    }

    /// All branches but `main`.
    pub fn tips(&self) -> Result<Vec<Tip>, Error> {
        tips(&self.repo, "refs/heads/").map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// Moves a branch from where it is believed to be; [`Error::Moved`] if it is not there.
    pub fn advance(&self, name: &str, from: Option<GitId>, to: GitId) -> Result<(), Error> {
        let full = format!("refs/heads/{name}");
        let done = match from {
            Some(from) => self.repo.reference_matching(&full, oid(to), true, oid(from), "event"),
            None => self.repo.reference(&full, oid(to), false, "event"),
        };
        match done {
            Ok(_) => Ok(()),
            Err(e) if matches!(e.code(), ErrorCode::Modified | ErrorCode::Exists) => Err(Error::Moved(name.to_owned())),
            Err(e) => Err(Error::system(format!("cannot move branch `{name}`"), e.message())),
        }
    }

    /// What the file system says of the refs.
    pub fn stamp(&self) -> Stamp {
        stamp(&self.path)
    }

    /// Writes `main`, a page for people who open the repository in a browser, signed like everything here.
    pub fn write_readme(&self, text: &str, key: &Key, seconds: i64) -> Result<(), Error> {
        self.readme(text, key, seconds).map_err(|e| Error::system("cannot write the journal's README", e.message()))
    }

    fn readme(&self, text: &str, key: &Key, seconds: i64) -> Result<(), git2::Error> {
        if self.repo.find_reference("refs/heads/main").is_ok() {
            return Ok(());
        }
        let blob = self.repo.blob(text.as_bytes())?;
        let mut tree = self.repo.treebuilder(None)?;
        tree.insert("README.md", blob, 0o100644)?;
        let tree = self.repo.find_tree(tree.write()?)?;
        let device = key.public().device();
        let who = Signature::new("commons", &format!("{device}@commons"), &Time::new(seconds, 0))?;
        let buffer = self.repo.commit_create_buffer(&who, &who, "How to read this repository\n", &tree, &[])?;
        let payload = String::from_utf8_lossy(&buffer).into_owned();
        let signature = event::armoured(&key.public(), &key.sign(payload.as_bytes()));
        let commit = self.repo.commit_signed(&payload, &signature, None)?;
        self.repo.reference("refs/heads/main", commit, false, "readme").map(drop)
    }
}

/// Removes what a process that was killed left half written in a repository: locks on refs, packs begun, side branches
/// whose objects are gone. Only for whoever alone writes there now.
pub fn clear_unfinished(path: &Path) {
    let mut folders = vec![path.to_owned(), path.join("refs"), path.join("objects/pack"), path.join("objects/info")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if folder.starts_with(path.join("refs")) {
                    folders.push(entry.path());
                }
            } else if name.ends_with(".lock") || name.starts_with("tmp_") {
                // What cannot be removed will say so itself when it is in the way.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
    crate::side::drop_dangling(path);
}

/// Objects and refs reach the disk before the command goes on. The setting stands in a file of our own,
/// because stock git warns of it in its configuration.
fn durable(repo: &Repository, path: &Path) -> Result<(), Error> {
    let file = path.join("commons.config");
    if !file.exists() {
        replace(&file, b"[core]\n\tfsyncObjectFiles = true\n")?;
    }
    let set = repo.config().and_then(|mut config| config.add_file(&file, ConfigLevel::App, true));
    set.map_err(|e| Error::damaged(path, e.message()))
}

impl Stamp {
    /// What the file system says of a repository's refs.
    pub fn of(path: &Path) -> Stamp {
        stamp(path)
    }
}

fn stamp(path: &Path) -> Stamp {
    let of = |part: &str| {
        let changed = fs::metadata(path.join(part)).and_then(|m| m.modified());
        changed.ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).map_or(0, |d| d.as_nanos())
    };
    Stamp(format!("{} {}", of("refs/heads"), of("packed-refs")))
}

pub(crate) fn tips(repo: &Repository, prefix: &str) -> Result<Vec<Tip>, git2::Error> {
    let mut tips = Vec::new();
    for reference in repo.references_glob(&format!("{prefix}*"))? {
        let reference = reference?;
        let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
        let Some(name) = name.strip_prefix(prefix) else { continue };
        if is_chain(name) {
            tips.push(Tip { name: name.to_owned(), git: git_id(target) });
        }
    }
    tips.sort();
    Ok(tips)
}

/// A name that a chain's branch can have: a device, perhaps with the digits of a fork.
pub(crate) fn is_chain(name: &str) -> bool {
    let (device, fork) = name.split_once('.').unwrap_or((name, "0"));
    device.parse::<Device>().is_ok() && fork.len() <= 16 && fork.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Reads a commit: `Err` if git cannot, an inner reason if it is no canonical event.
pub(crate) fn read(repo: &Repository, git: GitId) -> Result<Result<Signed, String>, git2::Error> {
    let odb = repo.odb()?;
    let (size, kind) = odb.read_header(oid(git))?;
    if kind != ObjectType::Commit {
        return Ok(Err("not a commit".to_owned()));
    }
    if size > MAX_COMMIT {
        return Ok(Err(format!("a commit of {size} bytes")));
    }
    let object = odb.read(oid(git))?;
    Ok(Signed::decode(object.data()).map_err(|e| e.to_string()))
}

/// Writes a small file whole or not at all.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let fresh = path.with_extension("new");
    let written = fs::File::create(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let done = written.and_then(|()| fs::rename(&fresh, path));
    done.map_err(|e| Error::system(format!("cannot write `{}`", path.display()), e))
}

pub(crate) fn oid(git: GitId) -> Oid {
    // Twenty bytes are always an object id here.
    Oid::from_bytes(&git.0).unwrap_or(Oid::ZERO_SHA1)
}

pub(crate) fn git_id(oid: Oid) -> GitId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(oid.as_bytes());
    GitId(bytes)
}

impl Journal {
    /// Puts many loose commits into one pack, and many packs under one index, where that has become due.
    pub fn tidy(&self) -> Result<(), Error> {
        let count = |part: &str| fs::read_dir(self.path.join("objects").join(part)).map_or(0, Iterator::count);
        // One of 256 folders stands for all: some 500 loose commits. Side branches stay loose.
        let some = count("17");
        if some > 1 && some > 1 + 6 * self.side_branches()?.len() / 256 {
            self.pack_chains()?;
        }
        if count("pack") > 100 {
            crate::git::Git::new(&self.path).args(["multi-pack-index", "write"]).run()?;
        }
        Ok(())
    }

    /// Packs what the chains lead to, and nothing of the side branches: what is erased must not lie in a pack.
    fn pack_chains(&self) -> Result<(), Error> {
        let tips = self.tips()?.into_iter().map(|tip| format!("{}\n", tip.git));
        let readme = self.has_readme().then(|| "refs/heads/main\n".to_owned());
        let list: String = tips.chain(readme).collect();
        let target = self.path.join("objects/pack/pack");
        let packed = crate::git::Git::new(&self.path)
            .args(["pack-objects", "--quiet", "--revs", "--unpacked", "--non-empty", "--window=0"])
            .args([&target])
            .run_with(list.as_bytes())?;
        if packed.ok {
            crate::git::Git::new(&self.path).args(["prune-packed", "--quiet"]).run()?;
        }
        Ok(())
    }
}
