//! Bundles: the whole journal in one file, for a stick or a mail.

use std::path::Path;

use crate::git::Git;
use crate::remote::address;
use crate::repo::Tip;
use crate::{Error, Inbox, Journal};

/// The name under which a bundle's branches wait in quarantine.
const BUNDLE: &str = "bundle";

impl Journal {
    /// Writes every branch into one file.
    pub fn write_bundle(&self, file: &Path) -> Result<(), Error> {
        let answer = Git::new(&self.path).args(["bundle", "create", "--quiet"]).args([file]).args(["--branches"]).run()?;
        match answer.ok {
            true => Ok(()),
            false => Err(Error::system(format!("cannot write `{}`", file.display()), event::harmless(answer.err.trim()))),
        }
    }
}

impl Inbox {
    /// Brings a bundle into quarantine and says which branches it has.
    pub fn read_bundle(&self, file: &Path) -> Result<Vec<Tip>, Error> {
        let hint = "ask for a new one, made with `members bundle export FILE`".to_owned();
        let unfit = |fact: String| Error::Unfit { fact, hint: hint.clone() };
        if !file.is_file() {
            return Err(unfit(format!("there is no bundle `{}`", file.display())));
        }
        self.forget(BUNDLE)?;
        let spec = format!("+refs/heads/*:refs/remotes/{BUNDLE}/*");
        let answer = Git::new(self.path())
            .watching(self.path())
            .args(["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--"])
            .args([&address(file), &spec, &"^refs/heads/main".to_owned()])
            .run()?;
        match answer.ok {
            true => self.tips(BUNDLE),
            false => Err(unfit(format!("`{}` is not a bundle that can be read: {}", file.display(), event::harmless(answer.err.trim())))),
        }
    }
}
