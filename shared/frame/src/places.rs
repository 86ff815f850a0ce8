//! Where things lie: configuration, data and state, under one folder or by the XDG rules.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};

use crate::args::Common;
use crate::failure::Failure;

/// The folders of one person.
#[derive(Debug, Clone)]
pub struct Places {
    /// `config.toml` and each community's settings.
    pub config: PathBuf,
    /// Journals and stores.
    pub data: PathBuf,
    /// Keys; never restored from a backup.
    pub state: PathBuf,
}

/// A community's settings on this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to sync.
    #[serde(default, rename = "remote")]
    pub remotes: Vec<RemoteConfig>,
}

/// A remote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteConfig {
    /// Our name for it.
    pub name: String,
    /// As git takes it.
    pub url: String,
}

/// The person's own settings.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    /// `auto`: every command syncs, as if `--sync` were given.
    sync: Option<String>,
    /// `manual`: payments are received by `credit receive` only.
    receive: Option<String>,
    /// What a mail must hold to be posted as an answer without being asked for.
    mail_token: Option<String>,
}

impl Places {
    /// The folders by the common options.
    pub fn of(common: &Common) -> Result<Self, Failure> {
        if let Some(home) = &common.home {
            let home = std::path::absolute(home).unwrap_or_else(|_| home.clone());
            return Ok(Places { config: home.join("config"), data: home.join("data"), state: home.join("state") });
        }
        let base = etcetera::choose_base_strategy().map_err(|_| {
            Failure::could("there is no home folder").hint("set HOME, or give one with --home DIR or COMMONS_HOME")
        })?;
        Ok(Places {
            config: base.config_dir().join("commons"),
            data: base.data_dir().join("commons"),
            state: base.state_dir().unwrap_or_else(|| base.data_dir()).join("commons"),
        })
    }

    /// The communities of this person, by folder name.
    pub fn communities(&self) -> Vec<String> {
        let folders = fs::read_dir(&self.data).into_iter().flatten().flatten();
        let mut names: Vec<String> = folders
            .filter(|folder| folder.path().join("journal.git").is_dir())
            .map(|folder| folder.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    /// The one community that a command is about.
    pub fn choose(&self, wanted: Option<&str>) -> Result<String, Failure> {
        let all = self.communities();
        if let Some(wanted) = wanted {
            let name = folder_name(wanted);
            return match all.contains(&name) {
                true => Ok(name),
                false => Err(Failure::usage(format!("there is no community `{}` here", event::harmless_line(wanted)))
                    .hint(match all.is_empty() {
                        true => "found one with `members found NAME --as HANDLE`, or join one".to_owned(),
                        false => format!("there are {}", all.join(", ")),
                    })),
            };
        }
        match all.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(Failure::usage("you are in no community yet")
                .hint("`members found NAME --as HANDLE` founds one, `members join URL --as HANDLE` joins one")),
            _ => {
                Err(Failure::usage("you are in several communities")
                    .hint(format!("choose with -C: {}", all.join(", "))))
            }
        }
    }

    /// A community's settings.
    pub fn config(&self, community: &str) -> Result<Config, Failure> {
        read_toml(&self.config.join(format!("{community}.toml")))
    }

    /// Writes a community's settings.
    pub fn set_config(&self, community: &str, config: &Config) -> Result<(), Failure> {
        let text = toml::to_string(config).map_err(|e| Failure::could(e.to_string()))?;
        make_folder(&self.config)?;
        replace(&self.config.join(format!("{community}.toml")), text.as_bytes())
    }

    /// Whether every command syncs.
    pub fn sync_always(&self) -> Result<bool, Failure> {
        Ok(self.person()?.sync.as_deref() == Some("auto"))
    }

    /// Whether payments wait for `credit receive`.
    pub fn receive_by_hand(&self) -> Result<bool, Failure> {
        Ok(self.person()?.receive.as_deref() == Some("manual"))
    }

    /// What a mail must hold to be posted as an answer; too short a one is none.
    pub fn mail_token(&self) -> Result<Option<String>, Failure> {
        match self.person()?.mail_token {
            Some(token) if token.len() < 16 => {
                Err(Failure::usage("`mail_token` in config.toml is shorter than 16 letters")
                    .hint("choose a long random one"))
            }
            token => Ok(token),
        }
    }

    fn person(&self) -> Result<Person, Failure> {
        let path = self.config.join("config.toml");
        let person: Person = read_toml(&path)?;
        let fits = |value: &Option<String>, words: [&str; 2]| value.as_deref().is_none_or(|v| words.contains(&v));
        match fits(&person.sync, ["auto", "manual"]) && fits(&person.receive, ["auto", "manual"]) {
            true => Ok(person),
            false => Err(Failure::could(format!("`{}`: `sync` and `receive` are `auto` or `manual`", path.display()))),
        }
    }
}

/// A community's name as a folder's: small letters, digits, `-`.
pub fn folder_name(name: &str) -> String {
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut folder: String = words.join("-").chars().take(48).collect();
    if folder.is_empty() {
        folder.push_str("community");
    }
    folder
}

fn read_toml<T: Default + for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).map_err(|e| {
            Failure::could(format!("`{}`: {}", path.display(), e.to_string().trim_end()))
                .hint("mend the file, or remove it")
        }),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(T::default()),
        Err(e) => Err(Failure::could(format!("cannot read `{}`: {e}", path.display()))),
    }
}

/// Makes a folder and those above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|e| {
        Failure::could(format!("cannot create `{}`: {e}", path.display())).hint("choose another home with --home DIR")
    })
}

/// Writes a file whole or not at all.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let fresh = path.with_extension("new");
    let written = fs::File::create(&fresh).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&fresh, path))
        .map_err(|e| Failure::could(format!("cannot write `{}`: {e}", path.display())))
}

/// Makes a folder that only its owner looks into.
pub fn make_private_folder(path: &Path) -> Result<(), Failure> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|e| Failure::could(format!("cannot create `{}`: {e}", path.display())).hint("choose another folder"))
}

/// Writes a file that only its owner reads, whole or not at all.
pub fn write_private(path: &Path, text: &str) -> Result<(), Failure> {
    let fresh = path.with_extension("new");
    let _ = fs::remove_file(&fresh);
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh);
    let written = file.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written
        .and_then(|()| fs::rename(&fresh, path))
        .map_err(|e| Failure::could(format!("cannot write `{}`: {e}", path.display())))
}
