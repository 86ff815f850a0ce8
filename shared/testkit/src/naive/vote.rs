//! Polls: who may say what in them, pages, the recount.

use std::collections::BTreeSet;

use event::{
    Ballot, Base, Body, Cast, Choice, Close, Event, EventId, Extend, Form, Handle, Noticed, Open, Outcome, Page, Proxy,
    Record, Scope, Tally, TieBreak, Time,
};

use super::law::{Law, must};

impl Law {
    fn poll(&self, id: EventId) -> Option<&Open> {
        match &self.event(id)?.body {
            Body::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Who counts it.
    pub fn teller(&self, poll: EventId) -> Option<Handle> {
        match &self.poll(poll)?.terms.teller {
            Some(teller) => Some(teller.clone()),
            None => self.member_at(poll),
        }
    }

    /// The member whose device wrote an event, as of what its chain knew.
    fn member_at(&self, id: EventId) -> Option<Handle> {
        self.under(id)?.member(self.event(id)?.device).cloned()
    }

    /// How many votes somebody has in a poll.
    pub fn votes_in(&self, poll: EventId, who: &Handle) -> Option<u32> {
        let listed = &self.poll(poll)?.terms.voters;
        let state = self.under(poll)?;
        let votes = state.active(who).and_then(|member| state.voting.get(&member.kind).copied());
        votes.filter(|_| listed.is_empty() || listed.contains(who))
    }

    pub(super) fn judge_open(&self, id: EventId, event: &Event, open: &Open) -> Option<()> {
        must(open.motion.is_none_or(|motion| self.moved(motion).is_some()))?;
        if let Some(teller) = &open.terms.teller {
            self.under(id)?.active(teller)?;
        }
        must(open.closes > event.time && open.terms.opens.is_none_or(|opens| open.closes > opens))?;
        if let Some(called) = open.terms.notice {
            let post = self.event(called.post)?;
            must(matches!(&post.body, Body::Post(words) if words.notice))?;
            must(post.time.seconds() <= notice_ends(open, event.time))?;
        }
        let Some(older) = open.terms.replaces else { return Some(()) };
        self.poll(older)?;
        must(self.event(older)?.device == event.device)?;
        let before = self.before(event);
        must(!before.iter().any(|x| self.closes_poll(*x, older)))?;
        must(self.known(&before).iter().all(|x| !self.bears_on_alone(*x, older)))
    }

    pub(super) fn judge_cast(&self, id: EventId, event: &Event, cast: &Cast) -> Option<()> {
        let open = self.poll(cast.poll)?;
        self.votes_in(cast.poll, &self.member_at(id)?)?;
        must(open.terms.opens.is_none_or(|opens| event.time >= opens))?;
        let closes = match cast.extended {
            None => open.closes,
            Some(extension) => match &self.event(extension)?.body {
                Body::Extend(extend) if extend.poll == cast.poll => {
                    must(self.member_at(extension).is_some() && self.member_at(extension) == self.teller(cast.poll))?;
                    extend.closes
                }
                _ => return None,
            },
        };
        must(event.time <= closes && fits(open, &cast.ballot))?;
        let needs = match &cast.ballot {
            Ballot::Answer(choice) => open.terms.reasons.contains(choice),
            _ => false,
        };
        must(!needs || event.text.is_some())
    }

    pub(super) fn judge_record(&self, id: EventId, record: &Record) -> Option<()> {
        let open = self.poll(record.poll)?;
        let me = self.member_at(id)?;
        let office = ("teller".parse().ok()?, me.clone());
        must(self.teller(record.poll)? == me || self.under(id)?.roles.contains(&office))?;
        self.votes_in(record.poll, &record.voter)?;
        must(fits(open, &record.ballot))
    }

    pub(super) fn judge_contest(&self, id: EventId, record: EventId) -> Option<()> {
        match &self.event(record)?.body {
            Body::Record(record) => must(record.voter == self.member_at(id)?),
            _ => None,
        }
    }

    pub(super) fn judge_proxy(&self, id: EventId, proxy: &Proxy) -> Option<()> {
        let me = self.member_at(id)?;
        if let Scope::Poll(poll) = proxy.scope {
            self.votes_in(poll, &me)?;
        }
        match &proxy.to {
            Some(to) => must(*to != me && self.under(id)?.members.contains_key(to)),
            None => Some(()),
        }
    }

    pub(super) fn judge_extend(&self, id: EventId, event: &Event, extend: &Extend) -> Option<()> {
        let open = self.poll(extend.poll)?;
        must(self.member_at(id)? == self.teller(extend.poll)?)?;
        must(!self.counted_before(id, event, extend.poll))?;
        must(extend.closes >= event.time && open.terms.opens.is_none_or(|opens| extend.closes >= opens))
    }

    pub(super) fn judge_statement(&self, id: EventId, poll: EventId) -> Option<()> {
        self.poll(poll)?;
        must(self.member_at(id).is_some() && self.member_at(id) == self.member_at(poll))
    }

    pub(super) fn judge_page(&self, id: EventId, page: &Page) -> Option<()> {
        must(self.member_at(id)? == self.teller(page.poll)?)?;
        must(page.ballots.iter().all(|id| self.ballot(*id, page.poll)))
    }

    /// Whether the count of a poll goes by this event.
    pub fn ballot(&self, id: EventId, poll: EventId) -> bool {
        let general = match self.event(id).map(|e| &e.body) {
            Some(Body::Proxy(proxy)) => match &proxy.scope {
                Scope::All => true,
                Scope::Topic(topic) => self.poll(poll).is_some_and(|open| open.terms.topic.as_ref() == Some(topic)),
                Scope::Poll(_) => false,
            },
            _ => false,
        };
        general || self.bears_on_alone(id, poll) || self.receipt(id, poll).is_some()
    }

    /// Since when a receipt gives the notice that the poll asks for.
    fn receipt(&self, id: EventId, poll: EventId) -> Option<Time> {
        let post = self.poll(poll)?.terms.notice?.post;
        let receipt = self.event(id)?;
        match &receipt.body {
            Body::Seen(seen) => seen.posts.contains(&post).then_some(receipt.time),
            Body::Told(told) => (told.post == post).then(|| told.at.unwrap_or(receipt.time)),
            _ => None,
        }
    }

    /// How many voters knew of the call in time, of how many.
    fn knew(&self, poll: EventId, listed: &BTreeSet<EventId>) -> Option<Noticed> {
        let open = self.poll(poll)?;
        let call = self.event(open.terms.notice?.post)?;
        let end = notice_ends(open, self.event(poll)?.time);
        let author = self.under(open.terms.notice?.post)?.devices.get(&call.device).map(|(who, _)| who.clone());
        let told = |who: &Handle| {
            let first = author.as_ref() == Some(who) && call.time.seconds() <= end;
            first
                || listed.iter().any(|id| {
                    let by_word = match self.event(*id).map(|e| &e.body) {
                        Some(Body::Told(told)) => Some(told.member.clone()),
                        Some(Body::Seen(_)) => self.reader(*id),
                        _ => None,
                    };
                    by_word.as_ref() == Some(who) && self.receipt(*id, poll).is_some_and(|t| t.seconds() <= end)
                })
        };
        let voters: Vec<Handle> = self.under(poll)?.members.keys().cloned().collect();
        let voters: Vec<Handle> =
            voters.into_iter().filter(|who| self.votes_in(poll, who).is_some_and(|votes| votes > 0)).collect();
        Some(Noticed { given: voters.iter().filter(|who| told(who)).count() as u32, of: voters.len() as u32 })
    }

    /// Whose device wrote a receipt, be it in use or not.
    fn reader(&self, id: EventId) -> Option<Handle> {
        self.under(id)?.devices.get(&self.event(id)?.device).map(|(who, _)| who.clone())
    }

    /// Whether the event says something in this poll and no other.
    fn bears_on_alone(&self, id: EventId, poll: EventId) -> bool {
        match self.event(id).map(|e| &e.body) {
            Some(Body::Cast(cast)) => cast.poll == poll,
            Some(Body::Record(record)) => record.poll == poll,
            Some(Body::Contest(contest)) => self.bears_on_alone(contest.record, poll),
            Some(Body::Proxy(proxy)) => proxy.scope == Scope::Poll(poll),
            _ => false,
        }
    }

    pub(super) fn judge_close(&self, id: EventId, event: &Event, close: &Close) -> Option<()> {
        let open = self.poll(close.poll)?;
        must(self.member_at(id)? == self.teller(close.poll)?)?;
        must(!self.counted_before(id, event, close.poll))?;
        let before = self.before(event);
        let closes = self.moved_end(&before, close.poll).unwrap_or(open.closes);
        let mut listed = BTreeSet::new();
        for page in &close.pages {
            let page_event = self.event(*page)?;
            let Body::Page(page) = &page_event.body else { return None };
            must(page_event.device == event.device && page.poll == close.poll)?;
            listed.extend(page.ballots.iter().copied());
        }
        let notice = self.event(close.poll).map_or(i64::MIN, |poll| notice_ends(open, poll.time));
        let late = |id: &EventId| match self.receipt(*id, close.poll) {
            Some(since) => since.seconds() > notice,
            None => self.event(*id).is_some_and(|e| e.time > closes && matches!(e.body, Body::Proxy(_))),
        };
        must(self.ballots_held(&before, close.poll).iter().all(|x| late(x) || listed.contains(x)))?;
        let outcome = self.outcome(close.poll, &listed, closes)?;
        must(outcome == close.outcome)?;
        must(event.time >= closes || outcome.tally.voted() >= outcome.electorate)
    }

    /// To when a chain, the last event first, has moved the end of a poll.
    pub fn moved_end(&self, chain: &[EventId], poll: EventId) -> Option<Time> {
        chain.iter().find_map(|id| match &self.event(*id)?.body {
            Body::Extend(extend) if extend.poll == poll => Some(extend.closes),
            _ => None,
        })
    }

    fn counted_before(&self, id: EventId, event: &Event, poll: EventId) -> bool {
        let state = self.under(id);
        let books = state.map(|state| self.books(event, &state)).unwrap_or_default();
        books.iter().any(|x| self.closes_poll(*x, poll))
    }

    fn closes_poll(&self, id: EventId, poll: EventId) -> bool {
        self.event(id).is_some_and(|e| matches!(&e.body, Body::Close(close) if close.poll == poll))
    }

    /// What a chain has and what it has acknowledged.
    fn known(&self, chain: &[EventId]) -> BTreeSet<EventId> {
        let mut held: BTreeSet<EventId> = chain.iter().copied().collect();
        for id in chain {
            if let Some(Body::Ack(ack)) = self.event(*id).map(|e| &e.body) {
                held.extend(ack.positions.iter().flat_map(|p| self.chain(p.id)));
            }
        }
        held
    }

    /// What a teller's chain holds that the count of a poll goes by.
    pub fn ballots_held(&self, chain: &[EventId], poll: EventId) -> BTreeSet<EventId> {
        self.known(chain).into_iter().filter(|id| self.ballot(*id, poll)).collect()
    }

    /// The result that these make.
    pub fn outcome(&self, poll: EventId, listed: &BTreeSet<EventId>, closes: Time) -> Option<Outcome> {
        let open = self.poll(poll)?;
        let state = self.under(poll)?;
        let mut electorate = 0;
        let mut votes = Vec::new();
        for member in state.members.keys() {
            let Some(weight) = self.votes_in(poll, member) else { continue };
            electorate += weight;
            if let Some(ballot) = self.voice(poll, listed, closes, member, &mut vec![member.clone()]) {
                votes.push((ballot, weight));
            }
        }
        let of = |choice: Choice| votes.iter().filter(|(b, _)| *b == Ballot::Answer(choice)).map(|(_, w)| w).sum();
        let tally = match open.method.name() {
            "yesno" => Tally::YesNo { yes: of(Choice::Yes), no: of(Choice::No), abstain: of(Choice::Abstain) },
            "consent" => Tally::Consent {
                agree: of(Choice::Agree),
                abstain: of(Choice::Abstain),
                disagree: of(Choice::Disagree),
                block: of(Choice::Block),
            },
            _ => choose(open, &votes),
        };
        let noticed = self.knew(poll, listed);
        let enough = match (open.terms.notice, &noticed) {
            (Some(called), Some(had)) => {
                let (over, under) = called.share.parts();
                u64::from(had.given) * u64::from(under) >= u64::from(over) * u64::from(had.of)
            }
            _ => true,
        };
        let passed = enough && passes(open, &tally, electorate);
        Some(Outcome { tally, electorate, noticed, passed })
    }

    /// What a member says: by its last own ballot, else by the last record that it did not contest, else by its proxy.
    fn voice(
        &self,
        poll: EventId,
        listed: &BTreeSet<EventId>,
        closes: Time,
        member: &Handle,
        asked: &mut Vec<Handle>,
    ) -> Option<Ballot> {
        let said = |id: &EventId| {
            let event = self.event(*id)?;
            let (voter, nth) = self.under(*id)?.devices.get(&event.device)?.clone();
            (voter == *member && event.time <= closes).then_some((nth, event.seq, *id, event))
        };
        let own = listed.iter().filter_map(said);
        let cast = own.clone().filter_map(|(nth, seq, id, event)| match &event.body {
            Body::Cast(cast) => Some(((nth, seq, id), &cast.ballot)),
            _ => None,
        });
        if let Some((_, ballot)) = cast.max_by_key(|(place, _)| *place) {
            return Some(ballot.clone());
        }
        let contested = |record: &EventId| {
            listed
                .iter()
                .any(|x| self.event(*x).is_some_and(|e| matches!(&e.body, Body::Contest(c) if c.record == *record)))
        };
        let recorded = listed.iter().filter(|id| !contested(id)).filter_map(|id| match self.event(*id) {
            Some(Event { time, body: Body::Record(record), .. }) if record.voter == *member => {
                Some(((*time, *id), &record.ballot))
            }
            _ => None,
        });
        if let Some((_, ballot)) = recorded.max_by_key(|(place, _)| *place) {
            return Some(ballot.clone());
        }
        let topic = &self.poll(poll)?.terms.topic;
        let near = |scope: &Scope| match scope {
            Scope::All => Some(0),
            Scope::Topic(of) => (topic.as_ref() == Some(of)).then_some(1),
            Scope::Poll(of) => (*of == poll).then_some(2),
        };
        let proxies = own.filter_map(|(nth, seq, id, event)| match &event.body {
            Body::Proxy(proxy) => Some(((near(&proxy.scope)?, nth, seq, id), &proxy.to)),
            _ => None,
        });
        let (_, to) = proxies.max_by_key(|(place, _)| *place)?;
        let to = to.clone()?;
        must(!asked.contains(&to))?;
        self.votes_in(poll, &to)?;
        asked.push(to.clone());
        self.voice(poll, listed, closes, &to, asked)
    }
}

/// The second in which the notice of a poll is last in time.
fn notice_ends(open: &Open, opened: Time) -> i64 {
    let first = open.terms.opens.map_or(opened.seconds(), |opens| opens.seconds().max(opened.seconds()));
    first - open.terms.notice.map_or(0, |called| i64::from(called.days)) * 24 * 60 * 60
}

/// The options with the most points win; the worlds ask by no other methods.
fn choose(open: &Open, votes: &[(Ballot, u32)]) -> Tally {
    let voted = votes.iter().map(|(_, weight)| weight).sum();
    let mut points = vec![0_u64; open.options.len()];
    for (ballot, weight) in votes {
        let given: Vec<(u16, u32)> = match ballot {
            Ballot::Marks(marks) => marks.iter().map(|option| (*option, 1)).collect(),
            Ballot::Points(points) => points.clone(),
            _ => Vec::new(),
        };
        for (option, n) in given {
            points[usize::from(option) - 1] += u64::from(n) * u64::from(*weight);
        }
    }
    let seats = usize::from(open.seats());
    // Who has more points than all but so many others is in; who has fewer than so many others is out.
    let above = |n: usize| points.iter().filter(|p| **p > points[n]).count();
    let equal = |n: usize| points.iter().filter(|p| **p == points[n]).count();
    let all = 0..points.len();
    let mut winners: Vec<usize> = all.clone().filter(|n| above(*n) + equal(*n) <= seats).collect();
    let tied: Vec<usize> = all.filter(|n| above(*n) < seats && above(*n) + equal(*n) > seats).collect();
    let rest = seats.saturating_sub(winners.len());
    let tied = match open.terms.ties {
        None => tied,
        Some(TieBreak::LastListed) => {
            winners.extend(tied.iter().rev().take(rest));
            Vec::new()
        }
        Some(_) => {
            winners.extend(tied.iter().take(rest));
            Vec::new()
        }
    };
    winners.sort_unstable();
    let numbers = |of: Vec<usize>| of.into_iter().filter_map(|n| u16::try_from(n + 1).ok()).collect();
    Tally::Options { voted, winners: numbers(winners), tied: numbers(tied) }
}

fn fits(open: &Open, ballot: &Ballot) -> bool {
    let n = open.options.len();
    let (low, high) = open.method.numbers();
    let known = |options: Vec<u16>| options.iter().all(|option| usize::from(*option) <= n);
    let name = open.method.name();
    match (open.method.form(), ballot) {
        (_, Ballot::Answer(Choice::Abstain)) => true,
        (Form::Answer, Ballot::Answer(Choice::Yes | Choice::No)) => name == "yesno",
        (Form::Answer, Ballot::Answer(_)) => name == "consent",
        (Form::Marks, Ballot::Marks(marks)) => {
            let count = marks.len() as u32;
            known(marks.clone()) && (name == "approval" || (count >= low && count <= high))
        }
        (Form::Ranking, Ballot::Ranking(ranks)) => {
            let tolerant =
                ["schulze", "ranked-pairs", "borda"].contains(&name) || open.method.to_string() == "stv meek";
            known(ranks.concat()) && (tolerant || ranks.iter().all(|equal| equal.len() == 1))
        }
        (Form::Points, Ballot::Points(points)) => {
            let spent: u32 = points.iter().map(|(_, n)| *n).sum();
            known(points.iter().map(|(option, _)| *option).collect())
                && points.iter().all(|(_, n)| *n >= low && *n <= high)
                && (name != "dots" || spent <= high)
        }
        (Form::Slots, Ballot::Slots(slots)) => known(slots.iter().map(|(option, _)| *option).collect()),
        _ => false,
    }
}

fn passes(open: &Open, tally: &Tally, electorate: u32) -> bool {
    let reaches = |part: u32, whole: u32, share: event::Ratio, more_than: bool| {
        let (over, under) = share.parts();
        let (left, right) = (u128::from(part) * u128::from(under), u128::from(whole) * u128::from(over));
        if more_than { left > right } else { left >= right }
    };
    let thresholds = |part: u32, cast: u32| {
        part > 0
            && open.thresholds.iter().all(|t| match t.base {
                Base::Cast => reaches(part, cast, t.share, t.more_than),
                Base::Electorate => reaches(part, electorate, t.share, t.more_than),
            })
    };
    let met = match tally {
        Tally::YesNo { yes, no, .. } => thresholds(*yes, yes + no),
        Tally::Consent { agree, disagree, block, .. } => {
            *block < open.terms.blocks.unwrap_or(1) && thresholds(*agree, agree + disagree + block)
        }
        Tally::Options { winners, tied, .. } => winners.len() == usize::from(open.seats()) && tied.is_empty(),
    };
    met && reaches(tally.voted(), electorate, open.quorum, false)
}
