//! Chains out of a repository: from a branch's tip back to what is known, then forward, verified.

use event::{GitId, Signed, Verified};
use git2::Repository;

use crate::repo::{Tip, git_id, oid, read};
use crate::stream::{Piece, stream};
use crate::{Error, Journal};

/// Junk that a walk passes over on its way to the good events below it.
const MAX_JUNK: usize = 100;

/// How far down a chain its ancestor is looked for.
const MAX_STEPS: usize = 100_000;

/// An event and git's name of the commit that wraps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Git's name.
    pub git: GitId,
    /// The event.
    pub event: Verified,
}

/// What a branch holds beyond what was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Whose branch it was.
    pub tip: Tip,
    /// Good events, oldest first, each following the one before it.
    pub events: Vec<Held>,
    /// The known commit on which the first one follows.
    pub base: Option<GitId>,
    /// Why the branch was not taken to its end.
    pub trouble: Option<String>,
}

impl Journal {
    /// Reads these branches whole, on all cores, and hands them over piece by piece.
    pub fn stream(&self, tips: &[Tip], each: impl FnMut(Piece)) -> Result<(), Error> {
        stream(&self.path, tips, each)
    }

    /// What a branch holds beyond what is known.
    pub fn branch(&self, tip: Tip, known: impl FnMut(GitId, Option<&Signed>) -> bool) -> Result<Branch, Error> {
        branch(&self.repo, tip, known).map_err(|e| Error::damaged(&self.path, e.message()))
    }
}

/// An event whose signature is still to be checked.
pub(crate) type Candidate = (GitId, Signed);

/// What a walk found, oldest first, the known commit below it, and why it did not begin at the tip.
type Walked = (Vec<Candidate>, Option<GitId>, Option<String>);

/// Walks from a tip back to what `known` says yes to, without looking at signatures.
pub(crate) fn walk(
    repo: &Repository,
    tip: &Tip,
    mut known: impl FnMut(GitId, Option<&Signed>) -> bool,
) -> Result<Walked, git2::Error> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut trouble = None;
    let (mut at, mut junk) = (Some(tip.git), 0);
    while let Some(git) = at {
        if found.is_empty() && known(git, None) {
            return Ok((oldest_first(found), Some(git), trouble));
        }
        match read(repo, git).unwrap_or_else(|e| Err(e.message().to_owned())) {
            Ok(signed) if found.last().is_none_or(|(_, after)| follows(after, &signed)) => {
                // What is known must be followed, too.
                if known(git, None) || known(git, Some(&signed)) {
                    return Ok((oldest_first(found), Some(git), trouble));
                }
                at = signed.event.prev.and(signed.parents.first().copied());
                found.push((git, signed));
            }
            bad => {
                // What stands on junk is junk; what lies below it may still be good.
                let why = bad.err().unwrap_or_else(|| "an event does not follow the one below it".to_owned());
                trouble = Some(why);
                found.clear();
                junk += 1;
                at = if junk > MAX_JUNK { None } else { first_parent(repo, git) };
            }
        }
    }
    Ok((oldest_first(found), None, trouble))
}

fn oldest_first(mut found: Vec<Candidate>) -> Vec<Candidate> {
    found.reverse();
    found
}

fn follows(after: &Signed, before: &Signed) -> bool {
    after.event.prev == Some(before.id)
        && after.event.device == before.event.device
        && before.event.seq.checked_add(1) == Some(after.event.seq)
}

fn first_parent(repo: &Repository, git: GitId) -> Option<GitId> {
    let odb = repo.odb().ok()?;
    let (size, kind) = odb.read_header(oid(git)).ok()?;
    if kind != git2::ObjectType::Commit || size > event::MAX_COMMIT {
        return None;
    }
    repo.find_commit(oid(git)).ok()?.parent_id(0).ok().map(git_id)
}

/// Whether one commit stands above another on a chain.
pub(crate) fn stands_on(repo: &Repository, upper: GitId, lower: GitId) -> bool {
    let mut at = Some(upper);
    for _ in 0..MAX_STEPS {
        match at {
            Some(git) if git == lower => return true,
            Some(git) => at = first_parent(repo, git),
            None => return false,
        }
    }
    false
}

/// Checks signatures, oldest first, up to the first that is not good.
pub(crate) fn verified(candidates: Vec<Candidate>) -> (Vec<Held>, Option<String>) {
    let (names, signed): (Vec<GitId>, Vec<Signed>) = candidates.into_iter().unzip();
    let (good, trouble) = Signed::verify_all(signed);
    let events = names.into_iter().zip(good).map(|(git, event)| Held { git, event }).collect();
    (events, trouble.map(|why| why.to_string()))
}

/// A branch, read back to what is known and verified.
pub(crate) fn branch(
    repo: &Repository,
    tip: Tip,
    known: impl FnMut(GitId, Option<&Signed>) -> bool,
) -> Result<Branch, git2::Error> {
    let (candidates, base, junk) = walk(repo, &tip, known)?;
    let (events, forged) = verified(candidates);
    Ok(Branch { tip, events, base, trouble: forged.or(junk) })
}
