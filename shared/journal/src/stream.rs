//! All branches whole, on all cores, for an empty store: first walked, then verified and handed over piece by piece in
//! about the order in which the events were made, so that whoever judges them need not wait for the last branch.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};

use event::{RUN, Time};
use git2::Repository;

use crate::Error;
use crate::chain::{Candidate, Held, verified, walk};
use crate::repo::Tip;

/// A piece of a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Which of the branches asked for.
    pub branch: usize,
    /// Good events that go on where the last piece of this branch ended, oldest first.
    pub events: Vec<Held>,
    /// Why the branch is not taken further, or was not taken to its end.
    pub trouble: Option<String>,
}

/// A piece whose signatures are still to be checked.
struct Task {
    branch: usize,
    begun: Time,
    candidates: Vec<Candidate>,
    trouble: Option<String>,
}

/// Reads whole branches; pieces of one branch come in their order.
pub(crate) fn stream(path: &Path, tips: &[Tip], mut each: impl FnMut(Piece)) -> Result<(), Error> {
    let mut tasks = Vec::new();
    on_all_cores(
        path,
        tips.iter().enumerate(),
        |repo, (branch, tip)| tasks_of(repo, branch, tip),
        |some| {
            tasks.extend(some?);
            Ok(())
        },
    )?;
    tasks.sort_by_key(|task: &Task| task.begun);
    let mut bad = vec![false; tips.len()];
    on_all_cores(
        path,
        tasks.into_iter(),
        |_, task| Ok(check(task)),
        |piece| {
            let piece: Piece = piece?;
            // What stands on an event that is not good is not looked at.
            if !std::mem::replace(&mut bad[piece.branch], piece.trouble.is_some()) {
                each(piece);
            }
            Ok(())
        },
    )
}

/// A branch in pieces.
fn tasks_of(repo: &Repository, branch: usize, tip: &Tip) -> Result<Vec<Task>, git2::Error> {
    let (mut candidates, _, mut trouble) = walk(repo, tip, |_, _| false)?;
    let mut tasks = Vec::new();
    while !candidates.is_empty() || trouble.is_some() {
        // From the end, where the trouble lies, without copying what comes before.
        let from = candidates.len().saturating_sub(1) / RUN * RUN;
        let some = candidates.split_off(from);
        let begun = some.first().map_or(Time::clamped(i64::MAX), |(_, signed)| signed.event.time);
        tasks.push(Task { branch, begun, candidates: some, trouble: trouble.take() });
    }
    tasks.reverse();
    Ok(tasks)
}

fn check(task: Task) -> Piece {
    let (events, forged) = verified(task.candidates);
    Piece { branch: task.branch, events, trouble: forged.or(task.trouble) }
}

/// Does these tasks on all cores and takes what they give in the order of the tasks. Little is ever under way.
fn on_all_cores<T: Send, R: Send>(
    path: &Path,
    tasks: impl ExactSizeIterator<Item = T> + Send,
    work: impl Fn(&Repository, T) -> Result<R, git2::Error> + Sync,
    mut take: impl FnMut(Result<R, git2::Error>) -> Result<(), git2::Error>,
) -> Result<(), Error> {
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let wanted = tasks.len();
    let queue = Mutex::new(tasks.enumerate());
    let (sender, receiver) = sync_channel(8 * cores);
    let taken = std::thread::scope(|scope| {
        for _ in 0..cores.min(wanted) {
            let (sender, queue, work) = (sender.clone(), &queue, &work);
            scope.spawn(move || {
                let Ok(repo) = Repository::open_bare(path) else { return };
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((n, task)) = next else { return };
                    if sender.send((n, work(&repo, task))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // What is done before its turn waits.
        let (mut early, mut turn) = (BTreeMap::new(), 0usize);
        for (n, done) in receiver {
            early.insert(n, done);
            while let Some(done) = early.remove(&turn) {
                take(done).map_err(|e| Error::damaged(path, e.message()))?;
                turn = turn.saturating_add(1);
            }
        }
        Ok(turn)
    })?;
    match taken == wanted {
        true => Ok(()),
        false => Err(Error::damaged(path, "it could not be read to its end")),
    }
}
