//! Remotes: fetching from them, publishing to them, and what their refusals mean.

use std::path::PathBuf;

use crate::address;
use crate::git::{Answer, Git};
use crate::repo::{Tip, is_chain};
use crate::side::NO_SIDES;
use crate::{Error, Inbox, Journal};

/// A place to sync with: a path, a `file://`, ssh or https address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Our name for it: small letters, digits and `-`.
    pub name: String,
    /// Where it is, as git takes it.
    pub url: String,
}

/// What became of a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Branches that the remote took.
    pub taken: usize,
    /// Branches that it refused, each with its reason.
    pub refused: Vec<(String, String)>,
}

impl Remote {
    /// A remote; an address that git could take for an option is refused.
    pub fn new(name: &str, url: &str) -> Result<Self, Error> {
        let unfit = |fact: String, hint: &str| Err(Error::BadName { fact, hint: hint.to_owned() });
        let fits = !name.is_empty()
            && name.len() <= 32
            && !name.starts_with('-')
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits {
            return unfit(
                format!("`{}` is no name for a remote", event::harmless_line(name)),
                "use small letters, digits and `-`",
            );
        }
        if url.is_empty() || url.starts_with('-') || names_helper(url) || url.chars().any(char::is_control) {
            return unfit(
                format!("`{}` is no address of a remote", address::shown(url)),
                "use a path, or an ssh or https address",
            );
        }
        Ok(Remote { name: name.to_owned(), url: url.to_owned() })
    }

    /// The directory, where the remote is one on this machine.
    pub(crate) fn path(&self) -> Option<PathBuf> {
        let path = match self.url.strip_prefix("file://") {
            // Git reads `%20` and the like in such an address; what it then finds is its own affair.
            Some(path) if path.contains('%') => return None,
            Some(path) => path,
            None if self.url.contains("://") => return None,
            None if self.url.split('/').next().is_some_and(|head| head.contains(':')) => return None,
            None => &self.url,
        };
        Some(PathBuf::from(path))
    }

    /// The remote's branches, read directly where it is a bare repository on this machine.
    pub fn glance(&self) -> Option<Vec<Tip>> {
        crate::refs::chains(&self.path()?)
    }

    /// Brings what the remote has into quarantine and says which branches it has.
    pub fn fetch(&self, inbox: &Inbox) -> Result<Vec<Tip>, Error> {
        self.check_path()?;
        inbox.name_remote(self)?;
        // A device's name begins with `d`; what else lies there need not come.
        let refspec = format!("+refs/heads/d*:refs/remotes/{}/d*", self.name);
        let fetch = ["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance"];
        let answer = Git::new(inbox.path())
            .watching(inbox.path())
            .args(fetch)
            // Side branches come another way, with their contents.
            .args(["--no-recurse-submodules", "--filter=tree:0", "--", &self.name, &refspec, NO_SIDES])
            .run()?;
        match answer.ok {
            true => inbox.tips(&self.name),
            false if inbox.is_blamed(&answer.err) => Err(Error::damaged(inbox.path(), last_words(&answer.err))),
            false => Err(self.failure(&answer, "read")),
        }
    }

    /// Publishes these branches, each under the name that stands beside it and each for itself: one that the
    /// remote refuses holds no other back.
    pub fn push(&self, journal: &Journal, names: &[(String, String)]) -> Result<Pushed, Error> {
        let mut pushed = Pushed::default();
        // Command lines have an end.
        for some in names.chunks(500) {
            let specs = some.iter().map(|(name, there)| format!("refs/heads/{name}:refs/heads/{there}"));
            let answer = Git::new(journal.path())
                .args(["push", "--porcelain", "--quiet", "--no-verify", "--no-signed", "--", &self.url])
                .args(specs)
                .run()?;
            let answered = answer.out.lines().filter_map(verdict).collect::<Vec<_>>();
            if !answer.ok && answered.is_empty() {
                return Err(self.failure(&answer, "write to"));
            }
            for (name, refused) in answered {
                match refused {
                    // What it was stands in what the other side said.
                    Some(why) if why.contains("unpacker error") => {
                        let said = answer.err.lines().find_map(|line| line.split_once("error: "));
                        let why = said.map_or(why, |(_, said)| address::without(said, &self.url));
                        pushed.refused.push((name, why));
                    }
                    Some(why) => pushed.refused.push((name, why)),
                    None => pushed.taken = pushed.taken.saturating_add(1),
                }
            }
            if answer.ok && pushed.refused.is_empty() && pushed.taken == 0 {
                pushed.taken = some.len();
            }
        }
        Ok(pushed)
    }

    /// The address as it is told: without a password, on one line.
    pub fn shown(&self) -> String {
        address::shown(&self.url)
    }

    pub(crate) fn check_path(&self) -> Result<(), Error> {
        let Some(path) = self.path() else { return Ok(()) };
        if !path.exists() {
            return Err(self.unreachable("nothing is there"));
        }
        Ok(())
    }

    fn unreachable(&self, why: &str) -> Error {
        Error::Unreachable { url: self.shown(), why: address::without(why, &self.url) }
    }

    /// What git's words mean for the person at the keyboard.
    pub(crate) fn failure(&self, answer: &Answer, doing: &str) -> Error {
        let url = self.shown();
        let said = answer.err.to_lowercase();
        let unfit = |fact: String, hint: String| Error::Unfit { fact, hint };
        if said.contains("hash algorithm") || said.contains("mismatched algorithms") || said.contains("object-format") {
            return unfit(
                format!("`{url}` is a SHA-256 repository"),
                "make one that fits with `git init --bare --object-format=sha1 PATH`".to_owned(),
            );
        }
        let no_repository = ["not appear to be a git repository", "invalid gitfile", "not a git repository"];
        if self.path().is_some_and(|path| path.exists()) && no_repository.iter().any(|sign| said.contains(sign)) {
            return unfit(
                format!("`{url}` is not a git repository"),
                format!("make one with `git init --bare --object-format=sha1 {url}`"),
            );
        }
        if said.contains("dubious ownership") {
            return unfit(
                format!("`{url}` belongs to another user of this machine"),
                format!("if you trust it, `git config --global --add safe.directory {url}`"),
            );
        }
        let asks =
            ["could not read username", "could not read password", "authentication failed", "invalid credentials"];
        if asks.iter().any(|sign| said.contains(sign)) {
            return unfit(
                format!("`{url}` asks who you are"),
                "let git know it, with a credential helper (`git help credentials`) or an ssh address".to_owned(),
            );
        }
        if said.contains("host key verification failed") {
            return unfit(
                format!("the host of `{url}` is not known to ssh"),
                "log in to it once with `ssh`, and compare its key with the one that its owner names".to_owned(),
            );
        }
        if ["permission denied", "read-only", "insufficient permission", "unable to create", "access denied", "403"]
            .iter()
            .any(|sign| said.contains(sign))
        {
            let why = address::without(&last_words(&answer.err), &self.url);
            return unfit(
                format!("you may not {doing} `{url}`: {why}"),
                "ask its owner, or hand your events over with `members bundle export FILE`".to_owned(),
            );
        }
        self.unreachable(&last_words(&answer.err))
    }
}

/// Whether git would hand the address to a program that it names, as in `ext::sh -c …`.
fn names_helper(url: &str) -> bool {
    url.split_once("::").is_some_and(|(head, _)| head.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)))
}

/// The line of git's complaint that says most.
pub(crate) fn last_words(err: &str) -> String {
    let lines = err.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("warning: "));
    let lines: Vec<&str> = lines.collect();
    let telling = lines.iter().find(|line| {
        let said = line.strip_prefix("fatal: ").or(line.strip_prefix("error: "));
        // What stands before this one says why.
        said.is_some_and(|said| !said.starts_with("Could not read from remote") || lines.first() == Some(line))
    });
    let telling =
        telling.or(lines.first().filter(|_| lines.iter().any(|line| line.starts_with("fatal: Could not read"))));
    let line = telling.or(lines.last()).copied().unwrap_or("git said nothing");
    event::harmless_line(line.trim_start_matches("fatal: ").trim_start_matches("error: "))
}

/// A line of `push --porcelain`: the branch, and why it was refused.
fn verdict(line: &str) -> Option<(String, Option<String>)> {
    let mut parts = line.split('\t');
    let (flag, spec, summary) = (parts.next()?, parts.next()?, parts.next().unwrap_or(""));
    let name = spec.split(':').next_back()?.strip_prefix("refs/heads/")?;
    let known = is_chain(name) || name == "main";
    known.then(|| (name.to_owned(), (flag == "!").then(|| event::harmless_line(summary))))
}

impl Journal {
    /// Names a remote to which nothing was published yet, so that its page goes there too.
    pub fn has_readme(&self) -> bool {
        self.repo.find_reference("refs/heads/main").is_ok()
    }
}
