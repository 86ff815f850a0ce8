//! Beginnings: founding a community, and the place where one is made beside the others.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::rc::Rc;

use event::{Body, EventId, Found, Handle, Line, Refounds, Text};
use journal::{Journal, Remote};

use crate::args::Common;
use crate::failure::Failure;
use crate::keys::Keyring;
use crate::output::Output;
use crate::places::{Config, Places, RemoteConfig, folder_name, make_folder};
use crate::session::{Session, now};
use crate::sync::absolute;
use crate::write::Written;

pub(crate) const README: &str = "# A community's journal

Every commit in the other branches of this repository is a signed event of a community that keeps its books
with the Commons Toolkit. Each branch is the chain of one device. Nothing here needs a server: any copy of this
repository is as good as any other.

    git log --all --format='%an  %s'
    git log --all --show-signature      # with gpg.ssh.allowedSignersFile set

`members allowed-signers` prints the file of keys. Do not commit here by hand, and do not force a branch.
";

/// The communities of this person.
pub fn communities(common: &Common) -> Result<Vec<String>, Failure> {
    Ok(Places::of(common)?.communities())
}

/// What a community begins with.
#[derive(Debug, Clone, Copy)]
pub struct Founding<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its founder.
    pub handle: &'a str,
    /// Its rules document.
    pub rules: &'a str,
    /// Where to publish it.
    pub remote: Option<&'a str>,
    /// Whether a passphrase protects the device key.
    pub passphrase: bool,
}

/// Founds a community; with a remote it is published there.
pub fn found(common: &Common, founding: &Founding<'_>, output: &mut Output) -> Result<Written, Failure> {
    found_with(common, founding, None, output)
}

pub(crate) fn found_with(
    common: &Common,
    founding: &Founding<'_>,
    refounds: Option<Refounds>,
    output: &mut Output,
) -> Result<Written, Failure> {
    let Founding { name, remote, passphrase, .. } = *founding;
    let places = Places::of(common)?;
    let community = Line::tidy(name)?;
    let handle: Handle = founding.handle.parse()?;
    let rules = Text::tidy(founding.rules)?;
    rules::Charter::read(rules.as_str())
        .map_err(|e| Failure::usage(format!("the rules do not hold: {e}")).hint("mend the template"))?;
    let remote = remote.map(|url| Remote::new("origin", &absolute(url))).transpose()?;
    let staging = Staging::new(&places, &folder_name(name))?;
    if common.dry_run {
        return Ok(Written { id: None, kind: "members.found", subject: format!("found {community}") });
    }
    let mut session = staging.session(&places, None, output)?;
    if let Some(remote) = &remote {
        must_be_empty(&mut session, remote)?;
    }
    let alone = alone(&places)?;
    must_be_new(&places, staging.name())?;
    let key = staging.make_key(passphrase)?;
    let found = Found { community, key: key.public(), refounds };
    let written = session.write_first(handle, &key, Body::Found(found), Some(rules))?;
    session.journal()?.write_readme(README, &key, now().seconds())?;
    session.unlock()?;
    drop(session);
    staging.finish(&places, remote.as_slice())?;
    drop(alone);
    publish(places, staging.name(), common, output)?;
    Ok(written)
}

/// Of several beginnings on one home at once, one at a time makes its key and takes its place: two of one
/// community would else write with a key that the other replaces.
pub(crate) fn alone(places: &Places) -> Result<File, Failure> {
    let cannot = |e: std::io::Error| Failure::could(format!("cannot lock this home: {e}"));
    let file = File::create(places.data.join(BEGINNING)).map_err(cannot)?;
    file.lock().map_err(cannot)?;
    Ok(file)
}

fn must_be_new(places: &Places, name: &str) -> Result<(), Failure> {
    match places.communities().contains(&name.to_owned()) {
        false => Ok(()),
        true => Err(Failure::no(format!("you have a community `{name}` already"))
            .hint("choose another name, or another --home")),
    }
}

/// A repository serves one community. One that cannot be reached now is looked at when it can.
fn must_be_empty(session: &mut Session, remote: &Remote) -> Result<(), Failure> {
    match remote.fetch(session.repositories()?.1) {
        Ok(tips) if tips.is_empty() => Ok(()),
        Ok(_) => Err(Failure::no(format!("there is a community in `{}` already", remote.shown()))
            .hint("`members join` it, or use an empty repository")),
        Err(journal::Error::Unreachable { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Publishes what was just begun; what is local is done in any case.
pub(crate) fn publish(places: Places, community: &str, common: &Common, output: &mut Output) -> Result<(), Failure> {
    let mut session = Session::of(places, community, common.dry_run, output)?;
    let synced = session.sync(None, output)?;
    match synced.failure() {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// What unfinished communities are called; the number of the process follows.
const UNFINISHED: &str = ".new-";

/// The file that is locked while a beginning makes its key and takes its place.
const BEGINNING: &str = ".beginning";

/// The file in one that is locked as long as somebody is at it.
const ALIVE: &str = "alive";

/// Clears away what was left unfinished by those who are no more.
fn clear(places: &Places) {
    for parent in [&places.data, &places.state] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if !name.to_string_lossy().starts_with(UNFINISHED) {
                continue;
            }
            let alive = File::open(places.data.join(&name).join(ALIVE));
            if alive.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock))) {
                continue;
            }
            // Rubbish that cannot be cleared away does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// A community being made beside the others, which becomes visible whole or not at all.
pub(crate) struct Staging {
    folder: PathBuf,
    name: String,
    keys: PathBuf,
    /// Where the key lies that seals the unfinished store.
    seal: PathBuf,
    /// Locked as long as somebody is at it.
    alive: Option<File>,
}

impl Staging {
    fn new(places: &Places, name: &str) -> Result<Self, Failure> {
        clear(places);
        must_be_new(places, name)?;
        let mut staging = Staging::unnamed(places)?.named(name);
        staging.keys = places.state.join(name);
        Ok(staging)
    }

    pub fn unnamed(places: &Places) -> Result<Self, Failure> {
        clear(places);
        let folder = places.data.join(format!("{UNFINISHED}{}", std::process::id()));
        make_folder(&folder)?;
        let seal = places.state.join(folder.file_name().unwrap_or_default());
        let alive = File::create(folder.join(ALIVE)).ok().filter(|file| file.try_lock().is_ok());
        Ok(Staging { folder, name: String::new(), keys: PathBuf::new(), seal, alive })
    }

    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    fn make_key(&self, passphrase: bool) -> Result<Rc<event::Key>, Failure> {
        self.make_key_in(&Keyring::new(self.keys.clone()), passphrase, false)
    }

    /// A key that a beginning cut short left behind has never been published, so it is taken up again.
    pub fn make_key_in(&self, keys: &Keyring, passphrase: bool, dry_run: bool) -> Result<Rc<event::Key>, Failure> {
        match (dry_run, keys.exists()) {
            (true, _) => Ok(Rc::new(event::Key::from_seed(&[7; 32]))),
            (false, true) => keys.take_up(),
            (false, false) => keys.create(passphrase),
        }
    }

    /// A session on the unfinished community, with the lock held, that trusts a register from an entry on.
    pub fn session(
        &self,
        places: &Places,
        checkpoint: Option<EventId>,
        output: &mut Output,
    ) -> Result<Session, Failure> {
        Journal::create(&self.folder.join("journal.git"))?;
        let name = self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut session = Session::of(places.clone(), &name, false, output)?;
        if let Some(checkpoint) = checkpoint {
            session.local()?.set_value("checkpoint", &checkpoint.to_string())?;
        }
        session.lock()?;
        session.catch_up(output)?;
        Ok(session)
    }

    /// Gives the community its place and its remotes.
    pub fn finish(&self, places: &Places, remotes: &[Remote]) -> Result<(), Failure> {
        let remotes = remotes.iter().map(|r| RemoteConfig { name: r.name.clone(), url: r.url.clone() }).collect();
        places.set_config(&self.name, &Config { remotes })?;
        self.move_seal(places)?;
        if self.alive.is_some() {
            let _ = fs::remove_file(self.folder.join(ALIVE));
        }
        let place = places.data.join(&self.name);
        fs::rename(&self.folder, &place)
            .map_err(|e| Failure::could(format!("cannot create `{}`: {e}", place.display())))
    }
}

impl Staging {
    /// The key that sealed the unfinished store goes on sealing it.
    fn move_seal(&self, places: &Places) -> Result<(), Failure> {
        let folder = places.state.join(&self.name);
        make_folder(&folder)?;
        let kept = folder.join("seal.key");
        fs::rename(self.seal.join("seal.key"), &kept)
            .map_err(|e| Failure::could(format!("cannot write `{}`: {e}", kept.display())))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Gone already where it was finished.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = fs::remove_dir_all(&self.seal);
    }
}
