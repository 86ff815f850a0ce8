//! Side branches: personal data beside the chains, in one orphan commit that may be replaced and erased.
//!
//! They are the only branches that are ever forced or deleted, and the only objects that leave the journal again.
//! There is never personal data without a branch that leads to it: a commit comes first, then its branch, then
//! the tree, then the data; and they go the other way round. So whatever was cut short is found again.

use std::fs;
use std::path::Path;

use event::{Device, GitId, Key, MAX_PERSON, MAX_SIDE, Side, Time};
use git2::{ErrorCode, ObjectType, Oid, Repository};

use crate::git::Git;
use crate::repo::{git_id, oid};
use crate::{Error, Journal};

/// What a side branch is called: the device, and this.
const SUFFIX: &str = ".person";

/// What fetches branches of chains leaves out.
pub(crate) const NO_SIDES: &str = "^refs/heads/*.person";

/// The same for a list of branches.
pub(crate) const EXCEPT_SIDES: &str = "--exclude=*.person";

/// The only entry of the tree, up to the name of the data.
const ENTRY: &[u8] = b"100644 person\0";

/// A side branch whose signature is good; whether the chain commits to the document is for others to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideBranch {
    /// Whose, by the signature.
    pub device: Device,
    /// Claimed time.
    pub time: Time,
    /// Git's name of the commit.
    pub git: GitId,
    /// The commit's bytes.
    pub commit: Vec<u8>,
    /// The data.
    pub document: Vec<u8>,
}

/// What became of erasing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Git's names of what was taken away.
    pub objects: Vec<GitId>,
    /// Whether nothing of it is left, in a pack for instance that somebody wants kept.
    pub gone: bool,
}

impl SideBranch {
    /// Makes and signs one.
    pub fn sign(document: Vec<u8>, key: &Key, time: Time) -> Result<Self, Error> {
        let device = key.public().device();
        let (tree, _) = tree_of(&document)?;
        let commit = Side { tree, device, time }.sign(key);
        let git = name(ObjectType::Commit, &commit)?;
        Ok(SideBranch { device, time, git, commit, document })
    }

    /// Reads one from its bytes, and checks the signature; an inner reason says what is wrong.
    pub fn of_bytes(commit: Vec<u8>, document: Vec<u8>) -> Result<Result<Self, String>, Error> {
        let side = match Side::verify(&commit) {
            Ok(side) => side,
            Err(why) => return Ok(Err(why.to_string())),
        };
        if document.len() > MAX_PERSON || tree_of(&document)?.0 != side.tree {
            return Ok(Err("the commit is of other data".to_owned()));
        }
        let git = name(ObjectType::Commit, &commit)?;
        Ok(Ok(SideBranch { device: side.device, time: side.time, git, commit, document }))
    }
}

/// The branch of a device's personal data.
pub(crate) fn side_name(device: &Device) -> String {
    format!("{device}{SUFFIX}")
}

/// Whose side branch a branch is by its name.
pub(crate) fn side_of(name: &str) -> Option<Device> {
    name.strip_suffix(SUFFIX)?.parse().ok()
}

/// Git's names of the tree and of the document in it.
fn tree_of(document: &[u8]) -> Result<(GitId, GitId), Error> {
    let blob = name(ObjectType::Blob, document)?;
    let tree = name(ObjectType::Tree, &[ENTRY, &blob.0].concat())?;
    Ok((tree, blob))
}

fn name(kind: ObjectType, bytes: &[u8]) -> Result<GitId, Error> {
    Oid::hash_object(kind, bytes).map(git_id).map_err(|e| Error::system("cannot hash", e.message()))
}

/// Side branches among the refs with this prefix.
pub(crate) fn sides(repo: &Repository, prefix: &str) -> Result<Vec<(Device, GitId)>, git2::Error> {
    let mut found = Vec::new();
    for reference in repo.references_glob(&format!("{prefix}*{SUFFIX}"))? {
        let reference = reference?;
        let (Ok(name), Some(target)) = (reference.name(), reference.target()) else { continue };
        found.extend(name.strip_prefix(prefix).and_then(side_of).map(|device| (device, git_id(target))));
    }
    found.sort();
    Ok(found)
}

/// An object of this kind, if it is no larger than that: its header is looked at before it is read.
fn bounded(repo: &Repository, git: GitId, kind: ObjectType, most: usize) -> Result<Vec<u8>, String> {
    let words = |e: git2::Error| e.message().to_owned();
    let odb = repo.odb().map_err(words)?;
    let (size, found) = odb.read_header(oid(git)).map_err(words)?;
    if found != kind || size > most {
        return Err(format!("a {found} of {size} bytes where a {kind} of at most {most} should be"));
    }
    Ok(odb.read(oid(git)).map_err(words)?.data().to_vec())
}

/// The data under a tree that has them as its only entry.
fn document_in(repo: &Repository, tree: GitId) -> Result<Vec<u8>, String> {
    let tree = bounded(repo, tree, ObjectType::Tree, ENTRY.len() + 20)?;
    let blob = tree.strip_prefix(ENTRY).and_then(|blob| Oid::from_bytes(blob).ok());
    bounded(repo, git_id(blob.ok_or("a tree with other entries")?), ObjectType::Blob, MAX_PERSON)
}

/// Reads what a branch leads to: one orphan commit, its tree with one entry, the data.
pub(crate) fn read_side(repo: &Repository, git: GitId) -> Result<Result<SideBranch, String>, Error> {
    let parts = || {
        let commit = bounded(repo, git, ObjectType::Commit, MAX_SIDE)?;
        let side = Side::verify(&commit).map_err(|e| e.to_string())?;
        Ok((commit, document_in(repo, side.tree)?))
    };
    match parts() {
        Ok((commit, document)) => {
            let side = SideBranch::of_bytes(commit, document)?;
            Ok(side.and_then(|side| if side.git == git { Ok(side) } else { Err("a damaged object".to_owned()) }))
        }
        Err(why) => Ok(Err(why)),
    }
}

impl Journal {
    /// The side branches that are here, whole or not.
    pub fn side_branches(&self) -> Result<Vec<(Device, GitId)>, Error> {
        sides(&self.repo, "refs/heads/").map_err(|e| Error::damaged(&self.path, e.message()))
    }

    /// A device's side branch, if it is here and whole.
    pub fn side_branch(&self, device: &Device) -> Result<Option<SideBranch>, Error> {
        let Ok(reference) = self.repo.find_reference(&full_name(device)) else { return Ok(None) };
        let Some(target) = reference.target() else { return Ok(None) };
        let side = read_side(&self.repo, git_id(target))?;
        Ok(side.ok().filter(|side| side.device == *device))
    }

    /// A device's data as they are here, for whoever knows what they must hash to: the signature is not looked at
    /// again.
    pub fn side_document(&self, device: &Device) -> Option<Vec<u8>> {
        let commit = self.repo.find_reference(&full_name(device)).ok()?.target()?;
        let commit = bounded(&self.repo, git_id(commit), ObjectType::Commit, MAX_SIDE).ok()?;
        let tree = std::str::from_utf8(commit.get(5..45)?).ok()?.parse().ok()?;
        document_in(&self.repo, tree).ok()
    }

    /// Puts a side branch in the place of the one that was there, of which nothing stays.
    pub fn set_side_branch(&self, side: &SideBranch) -> Result<Erased, Error> {
        let erased = self.erase_side_branch(&side.device)?;
        let full = full_name(&side.device);
        self.write_object(ObjectType::Commit, &side.commit)?;
        let set = self.repo.reference(&full, oid(side.git), true, "person");
        set.map_err(|e| Error::system(format!("cannot move branch `{}`", side_name(&side.device)), e.message()))?;
        let (_, blob) = tree_of(&side.document)?;
        self.write_object(ObjectType::Tree, &[ENTRY, &blob.0].concat())?;
        self.write_object(ObjectType::Blob, &side.document)?;
        Ok(erased)
    }

    /// Takes a side branch away with all its objects.
    pub fn erase_side_branch(&self, device: &Device) -> Result<Erased, Error> {
        let full = full_name(device);
        let target = match self.repo.find_reference(&full) {
            Ok(reference) => reference.target(),
            Err(e) if e.code() == ErrorCode::NotFound => return Ok(Erased { objects: Vec::new(), gone: true }),
            Err(e) => return Err(Error::damaged(&self.path, e.message())),
        };
        let objects = target.map(|target| self.side_objects(git_id(target))).unwrap_or_default();
        for git in &objects {
            self.remove_loose(*git)?;
        }
        let deleted = self.repo.find_reference(&full).and_then(|mut reference| reference.delete());
        deleted.map_err(|e| Error::system(format!("cannot delete branch `{}`", side_name(device)), e.message()))?;
        let mut gone = !self.has_any(&objects)?;
        if !gone {
            // Somebody packed the journal by hand.
            Git::new(&self.path).args(["repack", "-a", "-d", "-q", "--window=0"]).run()?;
            self.drop_commit_graph()?;
            gone = !self.has_any(&objects)?;
        }
        Ok(Erased { objects, gone })
    }

    /// The data, the tree and the commit of a side branch, as far as they are here, in the order in which they go.
    fn side_objects(&self, git: GitId) -> Vec<GitId> {
        let mut objects = vec![git];
        let commit = bounded(&self.repo, git, ObjectType::Commit, MAX_SIDE);
        if let Some(side) = commit.ok().and_then(|commit| Side::verify(&commit).ok()) {
            objects.insert(0, side.tree);
            let tree = bounded(&self.repo, side.tree, ObjectType::Tree, ENTRY.len() + 20).ok();
            let blob = tree.and_then(|tree| Oid::from_bytes(tree.strip_prefix(ENTRY)?).ok());
            objects.splice(0..0, blob.map(git_id));
            return objects;
        }
        // Not one that was written here; a chain's commit must not go.
        Vec::new()
    }

    fn remove_loose(&self, git: GitId) -> Result<(), Error> {
        let name = git.to_string();
        let (folder, file) = name.split_at(2);
        match fs::remove_file(self.path.join("objects").join(folder).join(file)) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::system("cannot erase", e)),
            _ => Ok(()),
        }
    }

    /// Git's index of commits, which is derived, and would go on naming what is gone.
    fn drop_commit_graph(&self) -> Result<(), Error> {
        let info = self.path.join("objects/info");
        let removed = [fs::remove_file(info.join("commit-graph")), fs::remove_dir_all(info.join("commit-graphs"))];
        match removed.into_iter().filter_map(Result::err).find(|e| e.kind() != std::io::ErrorKind::NotFound) {
            Some(e) => Err(Error::system("cannot erase", e)),
            None => Ok(()),
        }
    }

    /// Whether any of these is still held, looked at anew.
    fn has_any(&self, objects: &[GitId]) -> Result<bool, Error> {
        let anew = Repository::open_bare(&self.path).and_then(|repo| {
            let odb = repo.odb()?;
            Ok(objects.iter().any(|git| odb.exists(oid(*git))))
        });
        anew.map_err(|e| Error::damaged(&self.path, e.message()))
    }
}

/// Deletes side branches that lead to nothing: one that was being erased. Git would fetch nothing beside them.
pub(crate) fn drop_dangling(path: &Path) {
    let Ok(repo) = Repository::open_bare(path) else { return };
    for (device, git) in sides(&repo, "refs/heads/").unwrap_or_default() {
        if repo.odb().is_ok_and(|odb| !odb.exists(oid(git))) {
            // What cannot be deleted is looked at again by the next one.
            let _ = repo.find_reference(&full_name(&device)).and_then(|mut reference| reference.delete());
        }
    }
}

fn full_name(device: &Device) -> String {
    format!("refs/heads/{}", side_name(device))
}
