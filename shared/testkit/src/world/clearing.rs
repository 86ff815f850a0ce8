//! Set-offs: proposed, agreed to or not, and given up.

use event::{Account, Amount, Body, Clear, Discharge, EventId, Release, Request, SetOff, Time};

use super::desk::{Desk, Draft};
use crate::naive::Word;

impl Desk<'_> {
    /// A set-off of two or three requests that go round; where there are none, a request that makes some.
    pub fn clear(&mut self) -> Option<Draft> {
        let requests = self.requests_in_view();
        let follows = |a: &Request, b: &Request| a.account == b.of && a.unit == b.unit;
        let mut rounds: Vec<Vec<usize>> = Vec::new();
        for (a, (_, first)) in requests.iter().enumerate() {
            for (b, (_, second)) in requests.iter().enumerate().filter(|(_, (_, r))| follows(first, r)) {
                if follows(second, first) && a < b {
                    rounds.push(vec![a, b]);
                }
                for (c, _) in requests.iter().enumerate().filter(|(_, (_, r))| follows(second, r) && follows(r, first))
                {
                    if a < b && a < c && b != c {
                        rounds.push(vec![a, b, c]);
                    }
                }
            }
        }
        let Some(round) = self.chance.pick(&rounds).cloned() else { return self.ask_back(&requests) };
        let least = round.iter().map(|n| requests[*n].1.amount.minor()).min()?;
        let minor = (least / [1, 1, 2][self.chance.below(3)]).max(1);
        let unit = requests[round[0]].1.unit.clone();
        let amount = Amount::new(minor, requests[round[0]].1.amount.places()).ok()?;
        let mut discharges: Vec<Discharge> =
            round.into_iter().map(|n| Discharge { request: requests[n].0, amount }).collect();
        discharges.sort_by_key(|discharge| discharge.request);
        let after = i64::try_from(10 + self.chance.below(60)).ok()?;
        let closes = Time::new(self.clock + after).ok()?;
        Some(Body::Clear(Clear { unit, closes, discharges }).into())
    }

    /// Asks someone who asks me.
    fn ask_back(&mut self, requests: &[(EventId, Request)]) -> Option<Draft> {
        let me = Account::Member(self.me.name.clone());
        let mine: Vec<&Request> = requests.iter().map(|(_, r)| r).filter(|r| r.of == me).collect();
        let asked = (*self.chance.pick(&mine)?).clone();
        let back = Request { account: me, of: asked.account.clone(), key: None, ..asked };
        Some(Body::Request(back).into())
    }

    /// A word on some set-off of mine.
    pub fn answer_set_off(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let books = self.law.books_at(*self.chain.first()?, &state);
        let mut open = Vec::new();
        for (clearing, clear) in self.all(|body| match body {
            Body::Clear(clear) => Some(clear.clone()),
            _ => None,
        }) {
            for account in self.kept(&state) {
                let said = |word| books.iter().any(|x| self.law.word(*x, &account) == Some((clearing, word)));
                let party = self.law.is_party(clearing, &account);
                let over = self.now() > clear.closes;
                if party && !said(Word::No) && !said(Word::Free) && (said(Word::Yes) || !over) {
                    open.push((clearing, clear.clone(), account.clone(), said(Word::Yes)));
                }
            }
        }
        let (clearing, clear, account, agreed) = self.chance.pick(&open)?.clone();
        if agreed {
            return self.give_up(clearing, &clear, account);
        }
        let of = SetOff { clearing, account };
        Some(if self.chance.percent(85) { Body::Agree(of) } else { Body::Dissent(of) }.into())
    }

    /// Shows that someone has not agreed.
    fn give_up(&mut self, clearing: EventId, clear: &Clear, account: Account) -> Option<Draft> {
        let mut parties: Vec<Account> = clear
            .discharges
            .iter()
            .filter_map(|discharge| self.law.request(discharge.request))
            .flat_map(|request| [request.of.clone(), request.account.clone()])
            .collect();
        parties.sort();
        parties.dedup();
        self.chance.shuffle(&mut parties);
        let by = parties.into_iter().find(|party| *party != account)?;
        let shows = |id: &EventId| {
            let Some(event) = self.law.event(*id) else { return false };
            let theirs = self.law.under(*id).is_some_and(|state| state.keeper(&by) == Some(event.device));
            let no = self.law.word(*id, &by) == Some((clearing, Word::No));
            theirs && (no || event.time > clear.closes)
        };
        let shown: Vec<EventId> = self.naive.valid.iter().copied().filter(shows).collect();
        let shown = self.chance.pick(&shown).copied();
        let mut draft = Draft::from(Body::Release(Release { clearing, account, by, shown }));
        if let Some(shown) = shown {
            draft.witnesses.extend(self.proof(shown)?);
        }
        Some(draft)
    }
}
