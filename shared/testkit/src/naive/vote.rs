//! Polls: ballots, pages, the recount.

use std::collections::{BTreeMap, BTreeSet};

use event::{Base, Body, Cast, Choice, Close, Device, Event, EventId, Handle, Open, Outcome, Page};

use super::law::{Law, must};

impl Law {
    /// The poll, and who asks.
    fn poll(&self, id: EventId) -> Option<(&Open, Device)> {
        let event = self.event(id)?;
        match &event.body {
            Body::Open(open) => Some((open, event.device)),
            _ => None,
        }
    }

    pub(super) fn judge_cast(&self, id: EventId, event: &Event, cast: &Cast) -> Option<()> {
        let (open, _) = self.poll(cast.poll)?;
        let known = self.under(id)?;
        must(self.under(cast.poll)?.votes(known.member(event.device)?))?;
        must(event.time <= open.closes)
    }

    pub(super) fn judge_page(&self, event: &Event, page: &Page) -> Option<()> {
        let (_, teller) = self.poll(page.poll)?;
        must(event.device == teller)?;
        must(page.ballots.iter().all(|id| self.ballot(*id, page.poll)))
    }

    /// Whether this is a ballot of the poll.
    pub fn ballot(&self, id: EventId, poll: EventId) -> bool {
        self.event(id).is_some_and(|e| matches!(&e.body, Body::Cast(cast) if cast.poll == poll))
    }

    pub(super) fn judge_close(&self, event: &Event, close: &Close) -> Option<()> {
        let (open, teller) = self.poll(close.poll)?;
        must(event.device == teller)?;
        let before = self.before(event);
        must(!before.iter().any(|x| self.closes_poll(*x, close.poll)))?;
        let mut listed = BTreeSet::new();
        for page in &close.pages {
            let page_event = self.event(*page)?;
            let Body::Page(page) = &page_event.body else { return None };
            must(page_event.device == event.device && page.poll == close.poll)?;
            listed.extend(page.ballots.iter().copied());
        }
        must(self.ballots_held(&before, close.poll).is_subset(&listed))?;
        let outcome = self.outcome(close.poll, &listed)?;
        must(outcome == close.outcome)?;
        let voters = outcome.yes + outcome.no + outcome.abstain;
        must(event.time >= open.closes || voters == outcome.electorate)
    }

    fn closes_poll(&self, id: EventId, poll: EventId) -> bool {
        self.event(id).is_some_and(|e| matches!(&e.body, Body::Close(close) if close.poll == poll))
    }

    /// The ballots of a poll on a teller's chain, or acknowledged by it.
    pub fn ballots_held(&self, chain: &[EventId], poll: EventId) -> BTreeSet<EventId> {
        let mut held: BTreeSet<EventId> = chain.iter().copied().collect();
        for id in chain {
            if let Some(Body::Ack(ack)) = self.event(*id).map(|e| &e.body) {
                held.extend(ack.positions.iter().flat_map(|p| self.chain(p.id)));
            }
        }
        held.retain(|id| self.ballot(*id, poll));
        held
    }

    /// The result that these ballots make. The last ballot of a member counts: that of the later device, on one device
    /// the one with the greater seq, of two on forked branches with one seq the one with the greater id.
    pub fn outcome(&self, poll: EventId, ballots: &BTreeSet<EventId>) -> Option<Outcome> {
        let (open, _) = self.poll(poll)?;
        let electorate = self.under(poll)?.electorate();
        let mut last: BTreeMap<Handle, (u64, u64, EventId, Choice)> = BTreeMap::new();
        for id in ballots {
            let event = self.event(*id)?;
            let Body::Cast(cast) = &event.body else { return None };
            let (voter, nth) = self.under(*id)?.devices.get(&event.device)?.clone();
            let ballot = (nth, event.seq, *id, cast.choice);
            let place = last.entry(voter).or_insert(ballot);
            *place = (*place).max(ballot);
        }
        let count = |choice| last.values().filter(|(_, _, _, c)| *c == choice).count();
        let (yes, no, abstain) = (count(Choice::Yes), count(Choice::No), count(Choice::Abstain));
        let passed = passes(open, yes, no, abstain, electorate);
        let small = |n: usize| u32::try_from(n).ok();
        Some(Outcome {
            yes: small(yes)?,
            no: small(no)?,
            abstain: small(abstain)?,
            electorate: small(electorate)?,
            passed,
        })
    }
}

fn passes(open: &Open, yes: usize, no: usize, abstain: usize, electorate: usize) -> bool {
    let reaches = |part: usize, whole: usize, share: event::Ratio, more_than: bool| {
        let (over, under) = share.parts();
        let (left, right) = (part as u128 * u128::from(under), whole as u128 * u128::from(over));
        if more_than { left > right } else { left >= right }
    };
    let base = match open.threshold.base {
        Base::Cast => yes + no,
        Base::Electorate => electorate,
    };
    reaches(yes + no + abstain, electorate, open.quorum, false)
        && reaches(yes, base, open.threshold.share, open.threshold.more_than)
        && base > 0
        && yes > 0
}
