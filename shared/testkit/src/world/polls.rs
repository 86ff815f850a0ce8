//! Polls and profiles.

use std::collections::BTreeSet;

use event::{
    Ballot, Base, Body, Called, Cast, Choice, Close, Commitment, Contest, EventId, Extend, Form, Handle, Method, Open,
    Page, Profile, Proxy, Ratio, Record, Scope, Slot, Statement, Terms, Threshold, TieBreak,
};

use super::chance::Chance;
use super::desk::{Desk, Draft};

impl Desk<'_> {
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
        let closes = self.soon(40);
        let mut threshold = Threshold { share, more_than: self.chance.percent(50), base };
        let motions = self.all(|body| matches!(body, Body::Motion(_)).then_some(()));
        let motion = self.chance.pick(&motions).map(|(id, ())| *id).filter(|_| self.chance.percent(60));
        // A poll that shall decide asks for what the rules ask for.
        let wanted = motion.and_then(|id| self.known.as_ref()?.needed(self.law.moved(id)?).poll);
        threshold = wanted.unwrap_or(threshold);
        let methods = ["yesno", "yesno", "consent", "choose 1..2", "approval av", "score sum 0..3"];
        let method: Method = methods[self.chance.below(if motion.is_some() { 3 } else { 6 })].parse().ok()?;
        let answers = method.form() == Form::Answer;
        let options = if answers { 0 } else { 2 + self.chance.below(3) };
        let options = (1..=options).map(|n| format!("Option {n}").parse().ok()).collect::<Option<Vec<_>>>()?;
        let thresholds = match method.name() {
            "yesno" => vec![threshold],
            "consent" if self.chance.percent(50) => vec![threshold],
            _ => Vec::new(),
        };
        let terms = self.terms(answers, options.len(), wanted.is_none())?;
        let question = "Shall we?".parse().ok()?;
        let mut open = Open { question, method, closes, quorum, thresholds, motion, options, terms };
        if method.name() != "consent" {
            open.terms.blocks = None;
        }
        Some(Body::Open(open).into())
    }

    fn terms(&mut self, answers: bool, options: usize, some: bool) -> Option<Terms> {
        let members: Vec<Handle> = self.known.as_ref()?.members.keys().cloned().collect();
        let mut one = |percent| self.chance.pick(&members).cloned().filter(|_| self.chance.percent(percent));
        let (teller, first, second) = (one(25), one(100)?, one(100)?);
        let voters: BTreeSet<Handle> =
            [first, second].into_iter().filter(|_| some && self.chance.percent(15)).collect();
        let ties = [None, Some(TieBreak::FirstListed), Some(TieBreak::LastListed)][self.chance.below(3)];
        let polls = self.on_chain_ids(|body| matches!(body, Body::Open(_)));
        let opens = if self.chance.percent(10) { Some(self.soon(8)) } else { None };
        Some(Terms {
            seats: (!answers && self.chance.percent(30))
                .then(|| 1 + u16::try_from(self.chance.below(options)).unwrap_or(0)),
            opens,
            teller,
            voters: voters.into_iter().collect(),
            topic: if self.chance.percent(50) { "tools".parse().ok() } else { None },
            hidden: self.chance.percent(10),
            ties: ties.filter(|_| !answers),
            blocks: self.chance.percent(30).then_some(2),
            reasons: if self.chance.percent(20) { vec![Choice::No, Choice::Block] } else { Vec::new() },
            replaces: self.chance.pick(&polls).copied().filter(|_| self.chance.percent(15)),
            notice: self.call(),
        })
    }

    /// A post that calls the voters, in two polls of five. The draw is its own, so that worlds without one stay as
    /// they were.
    fn call(&self) -> Option<Called> {
        let mut chance = Chance::new(u64::try_from(self.clock).ok()?);
        let posts = self.all(|body| match body {
            Body::Post(post) => Some(post.notice),
            _ => None,
        });
        let mut asks = |notice| notice || chance.percent(10);
        let calls: Vec<EventId> = posts.into_iter().filter(|(_, notice)| asks(*notice)).map(|(id, _)| id).collect();
        let post = *chance.pick(&calls).filter(|_| chance.percent(40))?;
        let share = Ratio::new(chance.below(3).try_into().ok()?, 2).ok()?;
        Some(Called { post, share, days: u16::from(chance.percent(15)) })
    }

    /// The count of a poll that decides a motion with this threshold.
    pub fn decision(&self, motion: EventId, threshold: Threshold) -> Option<EventId> {
        let counts = self.all(|body| match body {
            Body::Close(close) => Some(close.clone()),
            _ => None,
        });
        let fits = |close: &Close| match self.law.event(close.poll).map(|e| &e.body) {
            Some(Body::Open(open)) => {
                open.motion == Some(motion) && open.thresholds.contains(&threshold) && open.terms.voters.is_empty()
            }
            _ => false,
        };
        counts.into_iter().find(|(_, close)| close.outcome.passed && fits(close)).map(|(id, _)| id)
    }

    pub fn cast(&mut self) -> Option<Draft> {
        let (poll, open) = self.some_poll()?;
        let ends = self.all(|body| match body {
            Body::Extend(extend) if extend.poll == poll => Some(extend.closes),
            _ => None,
        });
        let extended = self.chance.pick(&ends).map(|(id, _)| *id).filter(|_| self.now() > open.closes);
        let body = Body::Cast(Cast { poll, ballot: self.ballot(&open)?, extended });
        Some(Draft { text: if self.chance.percent(70) { "Because.".parse().ok() } else { None }, ..body.into() })
    }

    /// A poll that may still take ballots.
    fn some_poll(&mut self) -> Option<(EventId, Open)> {
        let now = self.now();
        let open = self.all(|body| match body {
            Body::Open(open) => Some(open.clone()),
            _ => None,
        });
        let late = self.chance.percent(20);
        let open: Vec<(EventId, Open)> = open.into_iter().filter(|(_, open)| late || open.closes >= now).collect();
        self.chance.pick(&open).cloned()
    }

    fn ballot(&mut self, open: &Open) -> Option<Ballot> {
        use Choice::{Abstain, Agree, Block, Disagree, No, Yes};
        if self.chance.percent(15) {
            return Some(Ballot::Answer(Abstain));
        }
        let options: Vec<u16> = (1..).take(open.options.len()).filter(|_| self.chance.percent(60)).collect();
        let (_, high) = open.method.numbers();
        Some(match open.method.form() {
            Form::Answer if open.method.name() == "yesno" => Ballot::Answer([Yes, Yes, No][self.chance.below(3)]),
            Form::Answer => Ballot::Answer([Agree, Agree, Agree, Disagree, Block][self.chance.below(5)]),
            _ if options.is_empty() => Ballot::Answer(Abstain),
            Form::Marks if open.method.name() == "choose" => Ballot::Marks(options.into_iter().take(2).collect()),
            Form::Marks => Ballot::Marks(options),
            Form::Ranking => Ballot::Ranking(options.into_iter().map(|option| vec![option]).collect()),
            Form::Points => {
                let most = usize::try_from(high).unwrap_or(0) + 1;
                let point = |option| (option, u32::try_from(self.chance.below(most)).unwrap_or(0));
                Ballot::Points(options.into_iter().map(point).collect())
            }
            Form::Slots => Ballot::Slots(options.into_iter().map(|option| (option, Slot::Maybe)).collect()),
        })
    }

    /// A ballot for somebody else, or one of those about oneself contested.
    pub fn record(&mut self) -> Option<Draft> {
        if self.chance.percent(30) {
            let me = self.me.name.clone();
            let about_me = self.all(|body| matches!(body, Body::Record(record) if record.voter == me).then_some(()));
            let (record, ()) = *self.chance.pick(&about_me)?;
            return Some(Body::Contest(Contest { record }).into());
        }
        let (poll, open) = self.some_poll()?;
        let members: Vec<Handle> = self.known.as_ref()?.members.keys().cloned().collect();
        let voter = self.chance.pick(&members)?.clone();
        Some(Body::Record(Record { poll, voter, ballot: self.ballot(&open)?, how: "paper".parse().ok()? }).into())
    }

    /// Somebody else votes for me, or no longer.
    pub fn entrust(&mut self) -> Option<Draft> {
        let members: Vec<Handle> = self.known.as_ref()?.members.keys().cloned().collect();
        let to = self.chance.pick(&members).cloned().filter(|to| *to != self.me.name);
        let scope = match self.chance.below(3) {
            0 => Scope::All,
            1 => Scope::Topic("tools".parse().ok()?),
            _ => Scope::Poll(self.some_poll()?.0),
        };
        let to = to.filter(|_| self.chance.percent(85));
        Some(Body::Proxy(Proxy { to, scope }).into())
    }

    /// The polls that I count, in the order of their ids.
    fn told_by_me(&self) -> Vec<EventId> {
        let polls = self.all(|body| matches!(body, Body::Open(_)).then_some(()));
        let mine = |id: &EventId| self.law.teller(*id).as_ref() == Some(&self.me.name);
        polls.into_iter().map(|(id, ())| id).filter(mine).collect()
    }

    /// The end of a poll that I count moves; or I say what came of it.
    pub fn extend(&mut self) -> Option<Draft> {
        let mine = self.told_by_me();
        let poll = *self.chance.pick(&mine)?;
        if self.chance.percent(20) {
            let body = Body::Statement(Statement { poll });
            return Some(Draft { text: "It is decided.".parse().ok(), ..body.into() });
        }
        Some(Body::Extend(Extend { poll, closes: self.soon(20) }).into())
    }

    /// Lists what is missing of a poll that I count, or closes it.
    pub fn tell(&mut self) -> Option<Draft> {
        let closed: BTreeSet<EventId> = self.on_chain(|body| match body {
            Body::Close(close) => Some(close.poll),
            _ => None,
        });
        let poll = *self.told_by_me().iter().find(|id| !closed.contains(*id))?;
        let pages = self.on_chain_ids(|body| matches!(body, Body::Page(page) if page.poll == poll));
        let listed: BTreeSet<EventId> =
            pages.iter().filter_map(|id| self.law.event(*id)).flat_map(|e| e.body.names()).collect();
        let missing: Vec<EventId> =
            self.naive.valid.iter().copied().filter(|id| self.law.ballot(*id, poll) && !listed.contains(id)).collect();
        if !missing.is_empty() {
            return Some(Body::Page(Page { poll, ballots: missing }).into());
        }
        let ballots = listed.into_iter().filter(|id| self.law.ballot(*id, poll)).collect();
        let open = match self.law.event(poll).map(|e| &e.body) {
            Some(Body::Open(open)) => open,
            _ => return None,
        };
        let closes = self.law.moved_end(&self.chain, poll).unwrap_or(open.closes);
        let outcome = self.law.outcome(poll, &ballots, closes)?;
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
