//! Side branches over the wire: what members have set comes in, what they have erased or replaced is taken down
//! wherever it still stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use event::{Device, EventId, GitId};
use journal::{Lease, Remote, SideBranch, SideInbox};
use store::ProfileRow;

use crate::failure::{Failure, Kind};
use crate::output::{Output, counted};
use crate::profile::fits;
use crate::session::{Session, now};
use crate::sync::Synced;

/// How many of a remote's side branches are remembered as looked at.
const REMEMBERED: usize = 2000;

/// How often a remote that lists over a network is asked though nothing moved here, in seconds.
const DAY: i64 = 86_400;

pub(crate) type Profiles = BTreeMap<Device, ProfileRow>;
pub(crate) type Sides = BTreeMap<Device, GitId>;

/// What a remote showed.
struct Look<'a> {
    remote: &'a Remote,
    /// The side branches of known devices that it has.
    has: Sides,
    /// Those among them that their device signed and no event held here speaks of: it may come yet.
    newer: BTreeSet<Device>,
    /// Whether this should be looked at again soon.
    open: bool,
}

impl Session {
    /// Exchanges side branches with these remotes. With the quarantine held, the lock not.
    pub(crate) fn exchange_sides(
        &mut self,
        remotes: &[&Remote],
        synced: &mut Synced,
        output: &mut Output,
    ) -> Result<(), Failure> {
        SideInbox::discard(&self.side_inbox())?;
        let all = self.store.profiles()?;
        if all.is_empty() {
            return Ok(());
        }
        let profiles = self.profiles_in_force()?;
        let mut looks = Vec::new();
        let mut brought = Vec::new();
        for remote in remotes {
            match self.look_at_sides(remote, &all, &profiles, &mut brought, output) {
                Ok(look) => looks.extend(look),
                Err(failure) => fail(failure, synced, output)?,
            }
        }
        if !brought.is_empty() {
            self.begin_writing(output)?;
            let taken = self.take_sides(&brought, output);
            self.end_writing()?;
            synced.taken.profiles += taken?;
        }
        for look in looks {
            match self.publish_sides(look, &all, &profiles, output) {
                Ok(published) => synced.published += published,
                Err(failure) => fail(failure, synced, output)?,
            }
        }
        Ok(())
    }

    /// Takes in the side branches that came with a bundle. With quarantine and lock held.
    pub(crate) fn import_sides(&mut self, file: &Path, output: &mut Output) -> Result<usize, Failure> {
        let profiles = self.profiles_in_force()?;
        if profiles.values().all(|row| row.commitment.is_none()) {
            return Ok(0);
        }
        let size = std::fs::metadata(file).map_or(0, |file| file.len());
        let whole = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let bundle = Remote::new("bundle", &whole.display().to_string())?;
        let held: Sides = self.journal()?.side_branches()?.into_iter().collect();
        let mut wanted = bundle.side_branches(self.journal()?)?;
        wanted.retain(|(device, git)| profiles.contains_key(device) && held.get(device) != Some(git));
        if wanted.is_empty() {
            return Ok(0);
        }
        let inbox = SideInbox::new(&self.side_inbox())?;
        let brought: Vec<SideBranch> =
            inbox.fetch(&bundle, &wanted, Some(size))?.into_iter().filter_map(|(_, _, side)| side).collect();
        self.take_sides(&brought, output)
    }

    /// The devices whose side branches go into a bundle: those that fit what their chains say.
    pub(crate) fn sides_to_carry(&mut self) -> Result<Vec<Device>, Failure> {
        let mut carried = Vec::new();
        for (device, row) in self.profiles_in_force()? {
            let Some(commitment) = row.commitment else { continue };
            let side = self.journal()?.side_branch(&device)?;
            carried.extend(side.and_then(|side| fits(&side, &commitment)).map(|_| device));
        }
        Ok(carried)
    }

    fn side_inbox(&self) -> PathBuf {
        self.folder.join("person.git")
    }

    /// Lists a remote's side branches and brings in those of known devices that differ from ours. `None` where
    /// nothing has moved since the last time.
    fn look_at_sides<'a>(
        &mut self,
        remote: &'a Remote,
        all: &Profiles,
        profiles: &Profiles,
        brought: &mut Vec<SideBranch>,
        output: &mut Output,
    ) -> Result<Option<Look<'a>>, Failure> {
        let held: Sides = self.journal()?.side_branches()?.into_iter().collect();
        let near = remote.glance_at_sides();
        let mark = fingerprint(all, &held, near.as_deref());
        if self.local()?.value(&mark_of(remote))?.is_some_and(|old| old == mark) {
            return Ok(None);
        }
        let listed = match near {
            Some(listed) => listed,
            None => remote.side_branches(self.journal()?)?,
        };
        let has: Sides = listed.into_iter().filter(|(device, _)| all.contains_key(device)).collect();
        let key = format!("sides {}", remote.name);
        let known = self.local()?.value(&key)?.unwrap_or_default();
        let known: BTreeSet<GitId> = known.split(' ').filter_map(|git| git.parse().ok()).collect();
        let wanted: Vec<(Device, GitId)> = has
            .iter()
            .filter(|(device, git)| held.get(device) != Some(git) && !known.contains(git))
            .map(|(device, git)| (*device, *git))
            .collect();
        let mut look = Look { remote, has, newer: BTreeSet::new(), open: false };
        let mut settled: Vec<GitId> = look.has.values().filter(|git| known.contains(git)).copied().collect();
        if !wanted.is_empty() {
            let inbox = SideInbox::new(&self.side_inbox())?;
            let tried = inbox.fetch(remote, &wanted, None)?;
            look.open |= tried.len() < wanted.len();
            for (device, git, side) in tried {
                let current = profiles.get(&device).and_then(|row| row.commitment);
                match side {
                    Some(side) if current.is_some_and(|commitment| fits(&side, &commitment).is_some()) => {
                        brought.push(side);
                    }
                    Some(side) if !all.get(&device).is_some_and(|row| speaks_of(row, &side)) => {
                        look.newer.insert(device);
                    }
                    old => {
                        if old.is_none() {
                            let url = remote.shown();
                            output.explain(format!("`{url}`: {device}.person holds nothing that can be taken"));
                        }
                        settled.push(git);
                    }
                }
            }
        }
        settled.truncate(REMEMBERED);
        let settled: Vec<String> = settled.iter().map(ToString::to_string).collect();
        self.local()?.set_value(&key, &settled.join(" "))?;
        Ok(Some(look))
    }

    /// With the lock held: what fits its chain becomes ours.
    fn take_sides(&mut self, brought: &[SideBranch], output: &mut Output) -> Result<usize, Failure> {
        let profiles = self.profiles_in_force()?;
        let mut taken = 0;
        for side in brought {
            let current = profiles.get(&side.device).and_then(|row| row.commitment);
            let fit = current.is_some_and(|commitment| fits(side, &commitment).is_some());
            if fit && self.journal()?.side_branch(&side.device)?.is_none_or(|held| held.document != side.document) {
                let erased = self.journal()?.set_side_branch(side)?;
                self.not_in_quarantine(&erased, output)?;
                taken += 1;
            }
        }
        if taken > 0 {
            self.note_refs(output)?;
        }
        Ok(taken)
    }

    /// Makes a remote's side branches what they should be. Says how many it was given.
    fn publish_sides(
        &mut self,
        mut look: Look<'_>,
        all: &Profiles,
        profiles: &Profiles,
        output: &mut Output,
    ) -> Result<usize, Failure> {
        let ours: Sides = self.journal()?.side_branches()?.into_iter().collect();
        let whole: BTreeSet<Device> = self.sides_to_carry()?.into_iter().collect();
        let mut changes = Vec::new();
        for device in all.keys().filter(|device| !look.newer.contains(device)) {
            let from = look.has.get(device).copied();
            let to = ours.get(device).copied().filter(|_| whole.contains(device));
            let wanted = profiles.get(device).is_some_and(|row| row.commitment.is_some());
            look.open |= wanted && to.is_none();
            if from != to && (to.is_some() || from.is_some()) {
                changes.push(Lease { device: *device, from, to });
            }
        }
        let refused = match changes.is_empty() {
            true => Vec::new(),
            false => match look.remote.push_sides(self.journal()?, &changes).map_err(Failure::from) {
                Ok(refused) => refused,
                Err(failure) => {
                    // One that may only be read is not asked again and again.
                    if failure.kind != Kind::Retry && !look.open {
                        self.remember(&look, all, &ours)?;
                    }
                    return Err(failure);
                }
            },
        };
        let (url, own) = (look.remote.shown(), self.device()?);
        for (device, why) in &refused {
            let change = changes.iter().find(|change| change.device == *device);
            match change {
                // Somebody else was quicker.
                _ if ["stale info", "lock", "fetch first"].iter().any(|sign| why.contains(sign)) => look.open = true,
                Some(change) if change.from.is_some() => {
                    let news = format!(
                        "`{url}` keeps the old personal data: ask its owner to delete branch {device}.person ({why})"
                    );
                    // One's own are tried again with every sync: a host may come to allow it.
                    look.open |= own == Some(*device);
                    // Whose data they are must know, and who looks after the community; others need not.
                    let concerned = own == Some(*device) || self.is_steward()?;
                    if concerned && self.local()?.tell_once(&news)? {
                        output.warn(news);
                    } else {
                        output.explain(news);
                    }
                }
                _ => output.explain(format!("`{url}` did not take branch {device}.person: {why}")),
            }
        }
        let done = |change: &&Lease| !refused.iter().any(|(device, _)| *device == change.device);
        let (given, down): (Vec<_>, Vec<_>) = changes.iter().filter(done).partition(|change| change.to.is_some());
        if !down.is_empty() {
            output.status(format!("took erased personal data of {} off `{url}`", counted(down.len(), "member")));
        }
        if !look.open {
            self.remember(&look, all, &ours)?;
        }
        Ok(given.len())
    }

    /// Notes that nothing is left to do for a remote until something moves.
    fn remember(&mut self, look: &Look<'_>, all: &Profiles, held: &Sides) -> Result<(), Failure> {
        let near = look.remote.glance_at_sides();
        Ok(self.local()?.set_value(&mark_of(look.remote), &fingerprint(all, held, near.as_deref()))?)
    }
}

/// Whether a chain commits to these data, or did.
fn speaks_of(row: &ProfileRow, side: &SideBranch) -> bool {
    let commitment = event::Commitment::of(&side.document);
    row.commitment == Some(commitment) || row.others.contains(&commitment)
}

/// A remote that fails here has failed for the events as well, or is not ours to write: the rest goes on.
fn fail(failure: Failure, synced: &mut Synced, output: &mut Output) -> Result<(), Failure> {
    match failure.kind {
        Kind::Retry => synced.unreached.push(failure),
        _ => output.explain(format!("side branches: {}", failure.fact)),
    }
    Ok(())
}

/// Where it is noted how things stood when a remote's side branches were last all right.
fn mark_of(remote: &Remote) -> String {
    format!("sides of {}", remote.name)
}

/// One name for what the chains say, what is held, and what a remote nearby shows; one that is far away is asked
/// again after a day.
pub(crate) fn fingerprint(all: &Profiles, held: &Sides, near: Option<&[(Device, GitId)]>) -> String {
    let mut list: String = all.values().map(|row| format!("{} {}\n", row.device, row.id)).collect();
    list.extend(held.iter().map(|(device, git)| format!("held {device} {git}\n")));
    match near {
        Some(near) => list.extend(near.iter().map(|(device, git)| format!("there {device} {git}\n"))),
        None => list.push_str(&format!("day {}\n", now().seconds() / DAY)),
    }
    EventId::of(list.as_bytes()).to_string()
}
