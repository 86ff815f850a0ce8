//! Giving up set-offs that cannot come about: what own accounts had reserved for them is free again.

use event::{Body, Release};
use rules::Answer;

use crate::failure::Failure;
use crate::output::{Output, short};
use crate::session::Session;
use crate::write::Written;

impl Session {
    /// Writes that own accounts are free of set-offs to which they agreed and some other party never will.
    pub(crate) fn release_locked(&mut self, output: &mut Output) -> Result<Vec<Written>, Failure> {
        let kept = self.kept_accounts()?;
        let mut written = Vec::new();
        for row in self.store.clearings()? {
            let agreed = |(account, said): &&(event::Account, store::Said)| {
                kept.contains(account) && matches!(said, Some((Answer::Agreed, ..)))
            };
            let mine: Vec<event::Account> =
                row.parties.iter().filter(agreed).map(|(account, _)| account.clone()).collect();
            if mine.is_empty() || row.has_effect() {
                continue;
            }
            let Some((by, shown)) = self.store.never_agrees(&row)? else { continue };
            let clearing = row.event.link.id;
            for account in mine {
                let release = Release { clearing, account, by: by.clone(), shown };
                match self.write_locked(Body::Release(release), None, output) {
                    Ok(one) => written.push(one),
                    Err(failure) if failure.code() == 1 => {
                        output.explain(format!("set-off {} not given up: {}", short(&clearing), failure.fact));
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(written)
    }
}
