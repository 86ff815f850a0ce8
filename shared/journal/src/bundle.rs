//! Bundles: the whole journal in one file, for a stick or a mail.

use std::path::{Path, PathBuf};

use event::Device;

use crate::git::Git;
use crate::remote::last_words;
use crate::repo::Tip;
use crate::side::{EXCEPT_SIDES, NO_SIDES, side_name};
use crate::{Error, Inbox, Journal};

/// The name under which a bundle's branches wait in quarantine.
const BUNDLE: &str = "bundle";

/// The path from the root, which git takes neither for an option nor for another machine.
fn whole(file: &Path) -> Result<PathBuf, Error> {
    std::path::absolute(file).map_err(|e| Error::system(format!("cannot find `{}`", file.display()), e))
}

impl Journal {
    /// Writes every chain, and the side branches of these devices, into one file.
    pub fn write_bundle(&self, file: &Path, sides: &[Device]) -> Result<(), Error> {
        let git = Git::new(&self.path).args(["bundle", "create", "--quiet"]).args([whole(file)?]);
        let sides: String = sides.iter().map(|device| format!("refs/heads/{}\n", side_name(device))).collect();
        let answer = git.args([EXCEPT_SIDES, "--branches", "--stdin"]).run_with(sides.as_bytes())?;
        match answer.ok {
            true => Ok(()),
            false => Err(Error::system(
                format!("cannot write `{}`", file.display()),
                event::harmless_line(answer.err.trim()),
            )),
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
        let spec = format!("+refs/heads/d*:refs/remotes/{BUNDLE}/d*");
        let answer = Git::new(self.path())
            .watching(self.path())
            .args(["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--"])
            .args([whole(file)?])
            .args([spec.as_str(), NO_SIDES])
            .run()?;
        match answer.ok {
            true => match self.tips(BUNDLE)? {
                none if none.is_empty() => Err(unfit(format!("there are no events in `{}`", file.display()))),
                tips => Ok(tips),
            },
            false if self.is_blamed(&answer.err) => Err(Error::damaged(self.path(), last_words(&answer.err))),
            false => Err(unfit(format!(
                "`{}` is not a bundle that can be read: {}",
                file.display(),
                event::harmless_line(answer.err.trim())
            ))),
        }
    }
}
