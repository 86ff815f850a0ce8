//! Polls, posts and profiles.

use std::collections::BTreeSet;

use event::{Base, Body, Cast, Choice, Close, Commitment, EventId, Open, Page, Post, Profile, Ratio, Threshold, Time};

use super::desk::{Desk, Draft};

impl Desk<'_> {
    pub fn post(&mut self) -> Option<Draft> {
        let body = Body::Post(Post { channel: "news".parse().ok()?, title: "Rain".parse().ok()? });
        Some(Draft { text: "The field is wet.".parse().ok(), ..body.into() })
    }

    pub fn profile(&mut self) -> Option<Draft> {
        let commitment = self.chance.percent(70).then(|| Commitment(self.chance.bytes()));
        Some(Body::Profile(Profile { commitment }).into())
    }

    pub fn ask(&mut self) -> Option<Draft> {
        let shares = [(0, 1), (1, 2), (2, 3)];
        let mut share = || {
            let (over, under) = shares[self.chance.below(3)];
            Ratio::new(over, under).ok()
        };
        let (quorum, share) = (share()?, share()?);
        let base = if self.chance.percent(50) { Base::Cast } else { Base::Electorate };
        let closes = Time::new(self.clock + 1 + i64::try_from(self.chance.below(40)).ok()?).ok()?;
        let mut threshold = Threshold { share, more_than: self.chance.percent(50), base };
        let motions = self.all(|body| matches!(body, Body::Motion(_)).then_some(()));
        let motion = self.chance.pick(&motions).map(|(id, ())| *id).filter(|_| self.chance.percent(60));
        // A poll that shall decide asks for what the rules ask for.
        if let Some(wanted) = motion.and_then(|id| self.known.as_ref()?.needed(self.law.moved(id)?).poll) {
            threshold = wanted;
        }
        Some(Body::Open(Open { question: "Shall we?".parse().ok()?, closes, quorum, threshold, motion }).into())
    }

    /// The count of a poll that decides a motion with this threshold.
    pub fn decision(&self, motion: EventId, threshold: Threshold) -> Option<EventId> {
        let counts = self.all(|body| match body {
            Body::Close(close) => Some(close.clone()),
            _ => None,
        });
        let fits = |close: &Close| match self.law.event(close.poll).map(|e| &e.body) {
            Some(Body::Open(open)) => open.motion == Some(motion) && open.threshold == threshold,
            _ => false,
        };
        counts.into_iter().find(|(_, close)| close.outcome.passed && fits(close)).map(|(id, _)| id)
    }

    pub fn cast(&mut self) -> Option<Draft> {
        let now = self.now();
        let open = self.all(|body| match body {
            Body::Open(open) => (open.closes >= now).then_some(()),
            _ => None,
        });
        let (poll, ()) = *self.chance.pick(&open)?;
        let choice = [Choice::Yes, Choice::Yes, Choice::No, Choice::Abstain][self.chance.below(4)];
        Some(Body::Cast(Cast { poll, choice }).into())
    }

    /// Lists what is missing of an own poll, or closes it.
    pub fn tell(&mut self) -> Option<Draft> {
        let closed: BTreeSet<EventId> = self.on_chain(|body| match body {
            Body::Close(close) => Some(close.poll),
            _ => None,
        });
        let mine = self.on_chain_ids(|body| matches!(body, Body::Open(_)));
        let poll = *mine.iter().find(|id| !closed.contains(*id))?;
        let pages = self.on_chain_ids(|body| matches!(body, Body::Page(page) if page.poll == poll));
        let listed: BTreeSet<EventId> =
            pages.iter().filter_map(|id| self.law.event(*id)).flat_map(|e| e.body.names()).collect();
        let missing: Vec<EventId> =
            self.naive.valid.iter().copied().filter(|id| self.law.ballot(*id, poll) && !listed.contains(id)).collect();
        if !missing.is_empty() {
            return Some(Body::Page(Page { poll, ballots: missing }).into());
        }
        let ballots = listed.into_iter().filter(|id| self.law.ballot(*id, poll)).collect();
        let outcome = self.law.outcome(poll, &ballots)?;
        Some(Body::Close(Close { poll, pages, outcome }).into())
    }

    fn on_chain<T: Ord>(&self, kind: impl Fn(&Body) -> Option<T>) -> BTreeSet<T> {
        self.chain.iter().filter_map(|id| kind(&self.law.event(*id)?.body)).collect()
    }

    /// In the order of the chain.
    fn on_chain_ids(&self, kind: impl Fn(&Body) -> bool) -> Vec<EventId> {
        let fits = |id: &&EventId| self.law.event(**id).is_some_and(|e| kind(&e.body));
        self.chain.iter().rev().filter(fits).copied().collect()
    }
}
