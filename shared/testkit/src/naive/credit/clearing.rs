//! Set-offs, word for word from the design.

use std::collections::BTreeMap;

use event::{Account, Body, Clear, Event, EventId, Release, SetOff};

use super::super::law::{Law, must};

impl Law {
    /// Each party is let off as much as it lets others off.
    pub(in crate::naive) fn judge_clear(&self, id: EventId, event: &Event, clear: &Clear) -> Option<()> {
        let places = self.under(id)?.units.get(&clear.unit)?.base.lower.places();
        must(clear.closes > event.time)?;
        let mut sums: BTreeMap<&Account, i128> = BTreeMap::new();
        for discharge in &clear.discharges {
            let request = self.request(discharge.request)?;
            must(request.unit == clear.unit && discharge.amount.places() == places)?;
            must(discharge.amount.minor() <= request.amount.minor())?;
            *sums.entry(&request.of).or_default() += i128::from(discharge.amount.minor());
            *sums.entry(&request.account).or_default() -= i128::from(discharge.amount.minor());
        }
        must(sums.values().all(|sum| *sum == 0))
    }

    pub(in crate::naive) fn judge_agree(&self, id: EventId, event: &Event, of: &SetOff) -> Option<()> {
        let books = self.judge_word(id, event, of)?;
        let clear = self.set_off(of.clearing)?;
        must(event.time <= clear.closes)?;
        must(books.iter().all(|x| self.event(*x).is_some_and(|e| e.time <= clear.closes)))?;
        for discharge in &clear.discharges {
            let request = self.request(discharge.request)?;
            if request.of == of.account || request.account == of.account {
                must(!self.answered(&books, discharge.request))?;
            }
            if request.of == of.account {
                let left = self.left_of(&books, discharge.request)?;
                must(i128::from(discharge.amount.minor()) <= left)?;
            }
        }
        Some(())
    }

    pub(in crate::naive) fn judge_dissent(&self, id: EventId, event: &Event, of: &SetOff) -> Option<()> {
        self.judge_word(id, event, of).map(|_| ())
    }

    /// A word of a party, by its keeper, and its first.
    fn judge_word(&self, id: EventId, event: &Event, of: &SetOff) -> Option<Vec<EventId>> {
        let state = self.under(id)?;
        must(self.is_party(of.clearing, &of.account))?;
        must(self.writes_on(event, &of.account, &state))?;
        let books = self.books_for(&of.account, event, &state);
        must(!books.iter().any(|x| self.word(*x, &of.account) == Some((of.clearing, Word::Yes))))?;
        must(!books.iter().any(|x| self.word(*x, &of.account) == Some((of.clearing, Word::No))))?;
        Some(books)
    }

    pub(in crate::naive) fn judge_release(&self, id: EventId, event: &Event, release: &Release) -> Option<()> {
        let state = self.under(id)?;
        let clear = self.set_off(release.clearing)?;
        must(self.is_party(release.clearing, &release.account) && self.is_party(release.clearing, &release.by))?;
        must(self.writes_on(event, &release.account, &state))?;
        let books = self.books_for(&release.account, event, &state);
        let said = |word| books.iter().any(|x| self.word(*x, &release.account) == Some((release.clearing, word)));
        must(said(Word::Yes) && !said(Word::Free))?;
        let theirs = match release.shown {
            Some(shown) => {
                let other = self.event(shown)?;
                let then = self.under(shown)?;
                must(then.keeper(&release.by) == Some(other.device))?;
                let no = self.word(shown, &release.by) == Some((release.clearing, Word::No));
                must(no || other.time > clear.closes)?;
                must(self.shows_settled(event, shown, &state))?;
                self.account_books(&release.by, shown, &then, &then)
            }
            None => {
                let end = state.closed.get(&release.by)?.id;
                self.account_books(&release.by, end, &state, &state)
            }
        };
        must(!theirs.iter().any(|x| self.word(*x, &release.by) == Some((release.clearing, Word::Yes))))
    }

    fn set_off(&self, id: EventId) -> Option<&Clear> {
        match &self.event(id)?.body {
            Body::Clear(clear) => Some(clear),
            _ => None,
        }
    }

    /// Whether a request of the set-off names the account.
    pub fn is_party(&self, clearing: EventId, account: &Account) -> bool {
        let Some(clear) = self.set_off(clearing) else { return false };
        let requests = clear.discharges.iter().filter_map(|discharge| self.request(discharge.request));
        requests.into_iter().any(|request| request.of == *account || request.account == *account)
    }

    /// What an event says for an account to which set-off.
    pub fn word(&self, id: EventId, account: &Account) -> Option<(EventId, Word)> {
        match &self.event(id)?.body {
            Body::Agree(of) if of.account == *account => Some((of.clearing, Word::Yes)),
            Body::Dissent(of) if of.account == *account => Some((of.clearing, Word::No)),
            Body::Release(of) if of.account == *account => Some((of.clearing, Word::Free)),
            _ => None,
        }
    }

    /// What the books reserve of a request: the discharges that the account agreed to and is not free of.
    pub(super) fn reserved(&self, books: &[EventId], account: &Account, request: EventId) -> i128 {
        let mut sum = 0;
        for (clearing, word) in books.iter().filter_map(|x| self.word(*x, account)) {
            let Some(clear) = self.set_off(clearing) else { continue };
            let part = clear.discharges.iter().find(|discharge| discharge.request == request);
            let minor = part.map_or(0, |discharge| i128::from(discharge.amount.minor()));
            match word {
                Word::Yes => sum += minor,
                Word::Free => sum -= minor,
                Word::No => {}
            }
        }
        sum
    }
}

/// A word of a party to a set-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It agrees.
    Yes,
    /// It does not.
    No,
    /// It had agreed and is free.
    Free,
}
