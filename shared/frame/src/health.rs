//! What is unhealthy about this installation: clock, keys, store, remotes, and what a command from cron will find.

use crate::failure::Failure;
use crate::keys::KeyState;
use crate::output::Output;
use crate::session::{Session, now};
use crate::write::YEAR;

/// Claimed times further ahead than this are not acknowledged by anybody, in seconds.
const AHEAD: i64 = 86_400;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something does not work, or will not.
    Wrong,
    /// It works, and one loss or accident can end that.
    Risk,
    /// As it should be.
    Good,
}

/// Something that was looked at.
#[derive(Debug, Clone)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// What it is about: one word.
    pub about: &'static str,
    /// What was found.
    pub what: String,
    /// What to do; empty where there is nothing.
    pub todo: String,
}

impl Finding {
    /// A finding.
    pub fn new(severity: Severity, about: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Finding { severity, about, what: what.into(), todo: todo.into() }
    }
}

impl Session {
    /// Looks at this installation; with `reach` at its remotes over the network, too.
    pub fn health(&mut self, reach: bool, output: &mut Output) -> Result<Vec<Finding>, Failure> {
        let mut found = self.clock()?;
        found.push(self.key()?);
        found.push(self.books()?);
        found.extend(self.reachable(reach, output)?);
        found.push(self.cron()?);
        Ok(found)
    }

    fn clock(&self) -> Result<Vec<Finding>, Failure> {
        let clock = now();
        let wrong = |what: String, todo: &str| vec![Finding::new(Severity::Wrong, "clock", what, todo)];
        if let Some(own) = self.device()?
            && let Some((head, _)) = self.store.head(&own)?
            && clock < head.time
        {
            let what = format!("this machine's clock says {clock}, and its own last event {}", head.time);
            return Ok(wrong(what, "set the clock right: until then nothing can be written"));
        }
        let Some(newest) = self.store.newest_time()? else { return Ok(Vec::new()) };
        let ahead = newest.seconds().saturating_sub(clock.seconds());
        if ahead > AHEAD {
            let what = format!("an event claims {newest}, and this machine's clock says {clock}");
            return Ok(wrong(what, "compare the clocks: what claims to be more than a day ahead is not acknowledged"));
        }
        if clock.seconds().saturating_sub(newest.seconds()) > YEAR {
            let what = format!("this machine's clock says {clock}, a year after anything in the journal");
            return Ok(wrong(what, "set the clock right: until then nothing can be written"));
        }
        Ok(vec![Finding::new(Severity::Good, "clock", "fits the journal", "")])
    }

    fn key(&mut self) -> Result<Finding, Failure> {
        let finding = |severity, what: &str, todo: &str| Ok(Finding::new(severity, "key", what, todo));
        if self.device()?.is_none() {
            return finding(Severity::Good, "none: this is a read-only copy", "");
        }
        if self.local()?.value("elsewhere")?.is_some() {
            let todo = "find the other copy of the key; a quorum can `members rekey` you";
            return finding(Severity::Wrong, "the key has signed events that this home did not have", todo);
        }
        let condition = self.keys.condition();
        match condition {
            KeyState::Missing | KeyState::Broken => {
                let what = "the device key is missing or broken: this home can only read";
                return finding(Severity::Wrong, what, "ask a quorum to `members rekey` you with a new device");
            }
            KeyState::Readable => {
                let todo = "`chmod 600` the file device.key, and ask whether others have read it";
                return finding(Severity::Wrong, "others on this machine can read the device key", todo);
            }
            KeyState::Good | KeyState::Locked => {}
        }
        if !self.keys.is_bound() {
            let todo = "if it still works elsewhere, stop one of the two: one key on two machines forks its chain";
            return finding(Severity::Risk, "the key is not where it was made: moved or restored", todo);
        }
        match condition {
            KeyState::Locked => finding(Severity::Good, "there, with a passphrase", ""),
            _ => finding(Severity::Good, "there, and only you can read it", ""),
        }
    }

    fn books(&self) -> Result<Finding, Failure> {
        let seal = self.store.check_seal(&self.keys.seal()?.public())?;
        let todo = "`members audit` checks everything, `members audit --rebuild` makes the store anew";
        Ok(match (self.store.conserved()?, seal) {
            (true, store::Seal::Whole) => {
                Finding::new(Severity::Good, "store", "its seal holds, and sums are zero", "")
            }
            (false, _) => Finding::new(Severity::Wrong, "store", "its sums are not zero", todo),
            (_, _) => Finding::new(Severity::Wrong, "store", "its seal does not hold", todo),
        })
    }

    fn reachable(&mut self, reach: bool, output: &mut Output) -> Result<Vec<Finding>, Failure> {
        let remotes = self.remotes()?;
        if remotes.is_empty() {
            let todo = "`members remote add NAME URL`; another member's copy is the only backup";
            return Ok(vec![Finding::new(Severity::Risk, "remotes", "there are none", todo)]);
        }
        let mut found = Vec::new();
        for remote in remotes {
            let name = remote.name.clone();
            if !reach {
                found.push(Finding::new(Severity::Good, "remotes", format!("{name}: not looked at"), ""));
                continue;
            }
            self.begin_sync()?;
            let brought = self.bring(&remote, output);
            self.end_exchange();
            found.push(match brought {
                Ok(_) => Finding::new(Severity::Good, "remotes", format!("{name} can be reached"), ""),
                Err(failure) => {
                    let todo = failure.hint.unwrap_or_default();
                    Finding::new(Severity::Wrong, "remotes", format!("{name}: {}", failure.fact), todo)
                }
            });
        }
        Ok(found)
    }

    /// Cron knows no terminal, no agent, and none of what a shell's start file sets.
    fn cron(&self) -> Result<Finding, Failure> {
        let about = "cron";
        if self.keys.condition() == KeyState::Locked && std::env::var_os("COMMONS_PASSPHRASE_FILE").is_none() {
            let todo = "put COMMONS_PASSPHRASE_FILE=FILE above the line in the crontab";
            let what = "the key has a passphrase, and cron has no terminal to ask for it";
            return Ok(Finding::new(Severity::Risk, about, what, todo));
        }
        let over_ssh = |url: &str| url.starts_with("ssh://") || (!url.contains("://") && url.contains('@'));
        if self.remotes()?.iter().any(|remote| over_ssh(&remote.url)) && std::env::var_os("SSH_AUTH_SOCK").is_some() {
            let todo = "give git a key without agent there: GIT_SSH_COMMAND='ssh -i FILE' in the crontab";
            return Ok(Finding::new(Severity::Risk, about, "your ssh agent is not there in cron", todo));
        }
        if std::env::var_os("COMMONS_HOME").is_some() {
            let todo = "put COMMONS_HOME=DIR above the line in the crontab, as here";
            return Ok(Finding::new(Severity::Good, about, "needs COMMONS_HOME as well", todo));
        }
        Ok(Finding::new(Severity::Good, about, "`members sync -q` needs nothing more", ""))
    }
}
