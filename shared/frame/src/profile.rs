//! Personal data beside the journal: who has said what, setting and erasing one's own, and obeying what others
//! have erased.
//!
//! The event comes first, then the side branch. What is about to be published waits in the state folder until its
//! branch stands, so that whatever was cut short is taken up by the next sync.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use event::{Body, Commitment, Device, Person, Profile};
use journal::{Inbox, SideBranch};
use rules::Facts;
use store::ProfileRow;

use crate::failure::Failure;
use crate::output::Output;
use crate::places::replace;
use crate::session::{Session, now};
use crate::sides::{Profiles, fingerprint};
use crate::write::Written;

/// Where it is noted how things stood when all was as it should be.
const OBEYED: &str = "obeyed";

/// What is known of a member's personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// None were ever set.
    Nothing,
    /// They were erased.
    Erased,
    /// They were set, and this copy has not got them.
    NotHeld,
    /// Here they are.
    Held(Person),
}

impl Session {
    /// What the devices of members in force last said of their data. Who left cannot erase any more, so what is
    /// theirs is not kept either.
    pub(crate) fn profiles_in_force(&self) -> Result<Profiles, Failure> {
        let mut profiles = self.store.profiles()?;
        if !profiles.is_empty() {
            let members: BTreeSet<Device> = self.store.members()?.iter().map(|member| member.device).collect();
            profiles.retain(|device, _| members.contains(device));
        }
        Ok(profiles)
    }

    /// What is known of the person at a device.
    pub fn person(&mut self, device: &Device) -> Result<Known, Failure> {
        match self.profiles_in_force()?.get(device) {
            None => Ok(Known::Nothing),
            Some(row) => self.known(row),
        }
    }

    fn known(&mut self, row: &ProfileRow) -> Result<Known, Failure> {
        let Some(commitment) = row.commitment else { return Ok(Known::Erased) };
        let document = self.journal()?.side_document(&row.device);
        Ok(match document.and_then(|document| read(&document, &row.device, &commitment)) {
            Some(person) => Known::Held(person),
            None => Known::NotHeld,
        })
    }

    /// The names of members, by device, as far as they are held.
    pub fn names(&mut self) -> Result<BTreeMap<Device, String>, Failure> {
        let mut names = BTreeMap::new();
        for (device, row) in self.profiles_in_force()? {
            if let Known::Held(person) = self.known(&row)?
                && let Some(name) = person.get("name")
            {
                names.insert(device, name.to_string());
            }
        }
        Ok(names)
    }

    /// Changes the own data; nothing is written where they stay the same.
    pub fn set_profile(
        &mut self,
        change: impl FnOnce(&mut Person) -> Result<(), Failure>,
        output: &mut Output,
    ) -> Result<Option<Written>, Failure> {
        self.begin_writing(output)?;
        let done = self.set_locked(change, output);
        self.end_writing()?;
        done
    }

    fn set_locked(
        &mut self,
        change: impl FnOnce(&mut Person) -> Result<(), Failure>,
        output: &mut Output,
    ) -> Result<Option<Written>, Failure> {
        let device = self.own_device()?;
        if !self.dry_run {
            self.obey_locked(output)?;
        }
        let before = match self.person(&device)? {
            Known::Held(person) => person,
            Known::Nothing | Known::Erased => Person { device, salt: [0; 32], fields: BTreeMap::new(), about: None },
            Known::NotHeld => {
                return Err(Failure::could("your profile is not held here, so nothing can be added to it")
                    .hint("`members sync` may bring it; `members profile erase` begins anew"));
            }
        };
        let mut person = before.clone();
        change(&mut person)?;
        if person == before {
            return Ok(None);
        }
        if person.is_empty() {
            return Err(Failure::usage("nothing would be left of your profile").hint("`members profile erase`"));
        }
        // A new salt, so that nothing of the old data can be guessed from both hashes.
        person.salt = crate::keys::random()?;
        let document = person.encode()?;
        let body = Body::Profile(Profile { commitment: Some(Commitment::of(&document)) });
        let key = self.usable_key(output)?;
        if self.dry_run {
            return self.write_locked(body, None, output).map(Some);
        }
        let side = SideBranch::sign(document, &key, now())?;
        self.wait_with(&side)?;
        let written = match self.write_locked(body, None, output) {
            Ok(written) => written,
            Err(failure) => {
                self.waits_no_longer()?;
                return Err(failure);
            }
        };
        self.obey_locked(output)?;
        Ok(Some(written))
    }

    /// Erases the own data.
    pub fn erase_profile(&mut self, output: &mut Output) -> Result<Written, Failure> {
        self.begin_writing(output)?;
        let done = self.erase_locked(output);
        self.end_writing()?;
        done
    }

    fn erase_locked(&mut self, output: &mut Output) -> Result<Written, Failure> {
        let device = self.own_device()?;
        let no = match self.person(&device)? {
            Known::Nothing => Some("you have no profile"),
            Known::Erased => Some("your profile is erased already"),
            Known::NotHeld | Known::Held(_) => None,
        };
        if let Some(no) = no {
            if !self.dry_run {
                self.obey_locked(output)?;
            }
            return Err(Failure::no(no).hint("`members sync` tells the others what is not known to them yet"));
        }
        let written = self.write_locked(Body::Profile(Profile { commitment: None }), None, output)?;
        if !self.dry_run {
            self.obey_locked(output)?;
        }
        Ok(written)
    }

    fn own_device(&self) -> Result<Device, Failure> {
        self.member()?;
        self.device()?.ok_or_else(|| Failure::could("this copy has no device key"))
    }

    /// With the lock held: what waits gets its branch, and what was erased or replaced goes, with all its objects.
    pub(crate) fn obey_locked(&mut self, output: &mut Output) -> Result<(), Failure> {
        let profiles = self.profiles_in_force()?;
        if self.store.log()?.is_none() || self.has_obeyed(&profiles)? {
            return Ok(());
        }
        let wanted = |device: &Device| profiles.get(device).and_then(|row| row.commitment);
        let mut changed = false;
        if let Some(side) = self.waiting_side()? {
            let meant = wanted(&side.device).is_some_and(|commitment| fits(&side, &commitment).is_some());
            if meant && self.journal()?.side_branch(&side.device)?.as_ref() != Some(&side) {
                changed = true;
                let erased = self.journal()?.set_side_branch(&side)?;
                self.not_in_quarantine(&erased, output)?;
            }
        }
        self.waits_no_longer()?;
        for (device, _) in self.journal()?.side_branches()? {
            let held = self.journal()?.side_branch(&device)?;
            let fit = held.zip(wanted(&device)).and_then(|(side, commitment)| fits(&side, &commitment));
            if fit.is_none() {
                changed = true;
                let erased = self.journal()?.erase_side_branch(&device)?;
                output.explain(format!("erased the personal data of device {device}"));
                self.not_in_quarantine(&erased, output)?;
            }
        }
        if changed {
            self.note_refs(output)?;
        }
        let mark = self.obeyed_mark(&profiles)?;
        Ok(self.local()?.set_value(OBEYED, &mark)?)
    }

    /// Whether neither the chains nor the side branches have moved since all was as it should be.
    fn has_obeyed(&mut self, profiles: &Profiles) -> Result<bool, Failure> {
        let mark = self.obeyed_mark(profiles)?;
        Ok(!self.waiting_file().exists() && self.local()?.value(OBEYED)?.is_some_and(|old| old == mark))
    }

    fn obeyed_mark(&mut self, profiles: &Profiles) -> Result<String, Failure> {
        let held = self.journal()?.side_branches()?.into_iter().collect();
        Ok(fingerprint(profiles, &held, Some(&[])))
    }

    /// The store knows that only side branches moved, so that those who read need not look.
    pub(crate) fn note_refs(&mut self, output: &mut Output) -> Result<(), Failure> {
        self.fold_journal(output)
    }

    /// Nothing of what was erased stays in quarantine either.
    pub(crate) fn not_in_quarantine(&mut self, erased: &journal::Erased, output: &mut Output) -> Result<(), Failure> {
        if !erased.gone {
            output.warn(
                "personal data that were erased are still in a pack of `journal.git` that somebody marked to be kept: \
                 remove its `.keep` file, then `git repack -a -d` there",
            );
        }
        let path = self.folder.join("inbox.git");
        if self.is_exchanging() && path.exists() && Inbox::open(&path, self.journal()?)?.holds_any(&erased.objects) {
            self.renewed()?;
        }
        Ok(())
    }

    fn waiting_file(&self) -> PathBuf {
        self.places.state.join(&self.community).join("profile.waiting")
    }

    fn wait_with(&self, side: &SideBranch) -> Result<(), Failure> {
        let head = format!("{}\n", side.commit.len());
        replace(&self.waiting_file(), &[head.as_bytes(), &side.commit, &side.document].concat())
    }

    /// What a crash left between its event and its branch.
    fn waiting_side(&self) -> Result<Option<SideBranch>, Failure> {
        let Ok(bytes) = fs::read(self.waiting_file()) else { return Ok(None) };
        let parts = bytes.iter().position(|b| *b == b'\n').and_then(|end| {
            let length: usize = std::str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
            let rest = &bytes[end.checked_add(1)?..];
            (length <= rest.len()).then(|| rest.split_at(length))
        });
        match parts {
            Some((commit, document)) => Ok(SideBranch::of_bytes(commit.to_vec(), document.to_vec())?.ok()),
            None => Ok(None),
        }
    }

    fn waits_no_longer(&self) -> Result<(), Failure> {
        let path = self.waiting_file();
        for path in [path.with_extension("new"), path] {
            match fs::remove_file(&path) {
                Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::could(format!("cannot remove `{}`: {e}", path.display())));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The person that a side branch shows, if the chain commits to it and it is that device's own.
pub(crate) fn fits(side: &SideBranch, commitment: &Commitment) -> Option<Person> {
    read(&side.document, &side.device, commitment)
}

fn read(document: &[u8], device: &Device, commitment: &Commitment) -> Option<Person> {
    let meant = Commitment::of(document) == *commitment;
    Person::decode(document).ok().filter(|person| meant && person.device == *device)
}
