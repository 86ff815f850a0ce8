//! The device key: an OpenSSH file, mode 0600, under the state folder, bound to this installation.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::UNIX_EPOCH;

use event::{Device, Key};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::places::{make_folder, replace};
use crate::prompt::passphrase;

/// The keys of one community on this machine.
pub(crate) struct Keyring {
    folder: PathBuf,
    /// The device key once it was opened, so that a passphrase is asked for once.
    opened: RefCell<Option<Rc<Key>>>,
}

/// The condition of the device key's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyState {
    /// It can be used.
    Good,
    /// A passphrase protects it.
    Locked,
    /// Others on this machine can read it.
    Readable,
    /// It is there, and no key.
    Broken,
    /// It is not there.
    Missing,
}

/// What is known of the device key without opening it.
pub(crate) struct Public {
    pub device: Device,
}

impl Keyring {
    pub fn new(folder: PathBuf) -> Self {
        Keyring { folder, opened: RefCell::default() }
    }

    fn device_file(&self) -> PathBuf {
        self.folder.join("device.key")
    }

    pub fn exists(&self) -> bool {
        self.device_file().exists()
    }

    /// Makes a new device key, with a passphrase if asked for.
    pub fn create(&self, with_passphrase: bool) -> Result<Rc<Key>, Failure> {
        make_folder(&self.folder)?;
        let key = Key::from_seed(&random()?);
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(key.public().0),
            private: Ed25519PrivateKey::from_bytes(&key.seed()),
        };
        let private = PrivateKey::new(KeypairData::Ed25519(pair), "commons").map_err(unkeyed)?;
        let private = match with_passphrase {
            true => {
                let secret = Zeroizing::new(chosen_passphrase()?);
                private.encrypt(&mut getrandom::SysRng, secret.as_bytes()).map_err(unkeyed)?
            }
            false => private,
        };
        let text = private.to_openssh(LineEnding::LF).map_err(unkeyed)?;
        write_secret(&self.device_file(), text.as_bytes())?;
        write_public(&self.folder.join("device.key.pub"), &key)?;
        self.bind()?;
        Ok(self.keep(key))
    }

    /// Takes up a key that was made and not used yet; what goes with it may be missing.
    pub fn take_up(&self) -> Result<Rc<Key>, Failure> {
        let key = self.open()?;
        write_public(&self.folder.join("device.key.pub"), &key)?;
        self.bind()?;
        Ok(key)
    }

    /// What is wrong with the key's file, as far as that shows without opening it.
    pub fn condition(&self) -> KeyState {
        let Ok(meta) = fs::metadata(self.device_file()) else { return KeyState::Missing };
        if meta.mode() & 0o077 != 0 {
            return KeyState::Readable;
        }
        let private = fs::read_to_string(self.device_file()).ok().and_then(|t| PrivateKey::from_openssh(&t).ok());
        match private {
            None => KeyState::Broken,
            Some(private) if private.is_encrypted() => KeyState::Locked,
            Some(_) => KeyState::Good,
        }
    }

    /// Puts the key away, so that another one can be made.
    pub fn set_aside(&self, device: &Device) -> Result<(), Failure> {
        *self.opened.borrow_mut() = None;
        if !self.exists() {
            return Ok(());
        }
        let (from, to) = (self.device_file(), self.folder.join(format!("{device}.key")));
        fs::rename(&from, &to).map_err(|e| Failure::could(format!("cannot write `{}`: {e}", to.display())))
    }

    fn keep(&self, key: Key) -> Rc<Key> {
        let key = Rc::new(key);
        *self.opened.borrow_mut() = Some(Rc::clone(&key));
        key
    }

    /// Which device this is, by the public half.
    pub fn public(&self) -> Result<Option<Public>, Failure> {
        let path = self.folder.join("device.key.pub");
        let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
        let key = text.trim().rsplit_once(' ').map_or(text.trim(), |(key, _)| key);
        let key: event::PublicKey = key.parse().map_err(|e| Failure::could(format!("`{}`: {e}", path.display())))?;
        Ok(Some(Public { device: key.device() }))
    }

    /// Opens the device key.
    pub fn open(&self) -> Result<Rc<Key>, Failure> {
        if let Some(key) = &*self.opened.borrow() {
            return Ok(Rc::clone(key));
        }
        let path = self.device_file();
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|e| {
            Failure::could(format!("there is no device key `{name}`: {e}"))
                .hint("this copy can read; to write, join with a device of its own")
        })?;
        let bad = |e: ssh_key::Error| {
            Failure::could(format!("the device key `{name}` cannot be read: {e}"))
                .hint("a lost key is replaced by joining with a new device")
        };
        let mut private = PrivateKey::from_openssh(&text).map_err(bad)?;
        if private.is_encrypted() {
            let secret = Zeroizing::new(given_passphrase(&name)?);
            private = private.decrypt(secret.as_bytes()).map_err(|_| Failure::could("the passphrase is wrong"))?;
        }
        let KeypairData::Ed25519(pair) = private.key_data() else {
            return Err(Failure::could(format!("the device key `{name}` is not an ed25519 key")));
        };
        Ok(self.keep(Key::from_seed(&pair.private.to_bytes())))
    }

    /// The key of this installation, which seals the store. It is made when it is missing.
    pub fn seal(&self) -> Result<Key, Failure> {
        let path = self.folder.join("seal.key");
        if let Ok(bytes) = fs::read(&path)
            && let Ok(seed) = <[u8; 32]>::try_from(bytes)
        {
            return Ok(Key::from_seed(&seed));
        }
        make_folder(&self.folder)?;
        let seed = random()?;
        let _ = fs::remove_file(&path);
        write_secret(&path, &seed)?;
        Ok(Key::from_seed(&seed))
    }

    /// Binds the key to this installation: the machine, and the very file.
    pub fn bind(&self) -> Result<(), Failure> {
        replace(&self.folder.join("device.marker"), self.here().as_bytes())
    }

    /// Whether the key is where it was made. A key from a backup is not.
    pub fn is_bound(&self) -> bool {
        fs::read_to_string(self.folder.join("device.marker")).is_ok_and(|marker| marker == self.here())
    }

    fn here(&self) -> String {
        let machine = fs::read_to_string("/etc/machine-id").unwrap_or_default();
        let file = fs::metadata(self.device_file());
        let place = file.as_ref().map_or(0, |m| m.ino());
        // A place can be given again to a file that is restored; the time at which it was made cannot.
        let made = file.and_then(|m| m.created()).ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok());
        format!("machine {}\nfile {place}\nmade {}\n", machine.trim(), made.map_or(0, |t| t.as_nanos()))
    }
}

/// Bytes that nobody can guess.
pub(crate) fn random() -> Result<[u8; 32], Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| Failure::could(format!("the system gives no randomness: {e}")))?;
    Ok(seed)
}

fn unkeyed(error: ssh_key::Error) -> Failure {
    Failure::could(format!("cannot write the device key: {error}"))
}

fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write;
    // Whole or not at all; what a crash left of an earlier try is in nobody's use.
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
    file.and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        match path.exists() {
            true => Err(std::io::ErrorKind::AlreadyExists.into()),
            false => fs::rename(&fresh, path),
        }
    })
    .map_err(|e| Failure::could(format!("cannot write `{}`: {e}", path.display())))
}

fn write_public(path: &Path, key: &Key) -> Result<(), Failure> {
    replace(path, format!("{} commons\n", key.public()).as_bytes())
}

fn chosen_passphrase() -> Result<String, Failure> {
    match passphrase_file()? {
        Some(secret) => Ok(secret),
        None => passphrase("A passphrase for the device key", true),
    }
}

fn given_passphrase(name: &str) -> Result<String, Failure> {
    match passphrase_file()? {
        Some(secret) => Ok(secret),
        None => passphrase(&format!("Passphrase of {name}"), false),
    }
}

fn passphrase_file() -> Result<Option<String>, Failure> {
    let Some(path) = std::env::var_os("COMMONS_PASSPHRASE_FILE") else { return Ok(None) };
    let text = fs::read_to_string(&path)
        .map_err(|e| Failure::could(format!("cannot read `{}`: {e}", Path::new(&path).display())))?;
    Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()))
}
