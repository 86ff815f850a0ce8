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
            if !bad[piece.branch] {
                bad[piece.branch] = piece.trouble.is_some();
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

/// Does these tasks on all cores and takes what they give in the order of the tasks.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use event::{Body, Event, EventId, Found, GitId, Key};

    use super::*;
    use crate::Journal;

    /// A chain of so many events, the signature of one of them broken.
    fn chain(journal: &Journal, key: &Key, events: u64, broken: u64) -> GitId {
        let (mut log, mut prev, mut parent) = (None, None::<EventId>, None::<GitId>);
        for seq in 0..events {
            let found = Found { community: "Bench".parse().unwrap(), key: key.public(), refounds: None };
            let event = Event {
                log,
                author: "a".parse().unwrap(),
                device: key.public().device(),
                time: Time::clamped(1_700_000_000),
                seq,
                prev,
                register: None,
                deps: Vec::new(),
                text: (seq == 0).then(|| "x".parse().unwrap()),
                body: if seq == 0 { Body::Found(found) } else { Body::Follow },
            };
            let (_, mut signed) = event.sign(parent.into_iter().collect(), key).unwrap();
            signed.signature[0] ^= u8::from(seq == broken);
            parent = Some(journal.write(&signed.bytes()).unwrap());
            (log, prev) = (log.or(Some(signed.id)), Some(signed.id));
        }
        parent.unwrap()
    }

    #[test]
    fn pieces_come_in_their_order_and_nothing_after_a_bad_signature() {
        let home = tempfile::tempdir().unwrap();
        let journal = Journal::create(&home.path().join("journal.git")).unwrap();
        let many = 5 * RUN as u64 + 1;
        let tips: Vec<Tip> = [(1, many), (2, 10), (3, 2 * RUN as u64)]
            .into_iter()
            .map(|(n, broken)| Tip {
                name: n.to_string(),
                git: chain(&journal, &Key::from_seed(&[n; 32]), many, broken),
            })
            .collect();
        let (mut seqs, mut troubles) = (vec![Vec::new(); 3], vec![0; 3]);
        journal
            .stream(&tips, |piece| {
                seqs[piece.branch].extend(piece.events.iter().map(|held| held.event.event.seq));
                troubles[piece.branch] += usize::from(piece.trouble.is_some());
            })
            .unwrap();
        for (seqs, upto) in seqs.iter().zip([many, 10, 2 * RUN as u64]) {
            assert_eq!(seqs, &(0..upto).collect::<Vec<_>>());
        }
        assert_eq!(troubles, [0, 1, 1]);
    }
}
