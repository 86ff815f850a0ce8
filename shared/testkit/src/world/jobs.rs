//! What there is to do, and in which order someone looks for it.

use super::Chance;
use super::desk::{Desk, Draft};
use event::Body;

/// Something that someone may have to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Ask to join.
    Join,
    /// Advance the own knowledge of the register.
    Follow,
    /// Propose that someone becomes a steward.
    Promote,
    /// Propose that someone attests.
    Appoint,
    /// Propose any change.
    Propose,
    /// Get another device.
    Fresh,
    /// Leave, or go on with the other device.
    HandOver,
    /// Invite.
    Invite,
    /// Object to a motion.
    Object,
    /// Refuse a motion.
    Refuse,
    /// Refuse any motion that is not decided.
    RefuseAny,
    /// Consent to another secretary, seldom without need.
    Consent,
    /// The same, only where there is need.
    ConsentInNeed,
    /// Become secretary in place of one who is lost.
    TakeOver,
    /// Approve a motion.
    Approve,
    /// Enter a motion.
    Enter,
    /// Make a change by the secretary's own authority.
    EnterInline,
    /// Acknowledge.
    Ack,
    /// Pay.
    Pay,
    /// Receive and take back.
    Receive,
    /// Decline.
    Decline,
    /// Pledge, or take a pledge back.
    Pledge,
    /// Attest a pledge.
    Attest,
    /// Use attestations.
    Back,
    /// Propose a set-off.
    Clear,
    /// Answer a set-off.
    Word,
    /// Offer or want something, or end that.
    Offer,
    /// Open a poll.
    Ask,
    /// Vote.
    Cast,
    /// Record a ballot for somebody, or contest one.
    Record,
    /// Let somebody vote for me.
    Entrust,
    /// Move the end of a poll, or say what came of it.
    Extend,
    /// List ballots, and close a poll.
    Tell,
    /// Post, answer, correct.
    Post,
    /// Take a post back.
    Retract,
    /// Hide a post, or let it be shown again.
    Hide,
    /// Give receipts for notices.
    See,
    /// Record that a member was told.
    TellOtherwise,
    /// Publish a key for private posts.
    ReadingKey,
    /// Set or erase the own profile.
    Profile,
    /// Acknowledge any branch of everything.
    AckAnything,
    /// Approve any motion.
    ApproveAnything,
    /// Pay more than there is.
    Overpay,
    /// Spend from an account of the community.
    Spend,
    /// Ask to be paid.
    Request,
    /// Pay what is asked.
    Settle,
    /// Give something back.
    Refund,
    /// Withdraw or refuse a request, or ask for a payment back.
    Answer,
    /// Hand an account of the community on.
    HandAccount,
}

impl Job {
    /// What a community needs to begin.
    pub const BEGINNING: [Job; 7] =
        [Job::Follow, Job::Join, Job::EnterInline, Job::Enter, Job::Approve, Job::Ack, Job::Promote];

    /// The same, and nothing that need not be.
    pub(super) const PLAIN: [Job; 6] = [Job::Follow, Job::Join, Job::Enter, Job::Approve, Job::Ack, Job::Promote];

    /// What members do all day.
    pub(super) const ORDINARY: [Job; 13] = [
        Job::Appoint,
        Job::Approve,
        Job::Enter,
        Job::Follow,
        Job::Pay,
        Job::Receive,
        Job::Pledge,
        Job::Attest,
        Job::Back,
        Job::Back,
        Job::Clear,
        Job::Word,
        Job::Word,
    ];

    /// How often each is looked for first.
    const WEIGHTS: [(Job, usize); 44] = [
        (Job::Join, 30),
        (Job::Follow, 6),
        (Job::Promote, 7),
        (Job::Appoint, 3),
        (Job::Propose, 4),
        (Job::Fresh, 2),
        (Job::HandOver, 3),
        (Job::Invite, 4),
        (Job::Object, 1),
        (Job::Refuse, 1),
        (Job::Consent, 25),
        (Job::TakeOver, 12),
        (Job::Approve, 10),
        (Job::Enter, 10),
        (Job::EnterInline, 6),
        (Job::Ack, 14),
        (Job::Pay, 16),
        (Job::Receive, 12),
        (Job::Decline, 3),
        (Job::Pledge, 3),
        (Job::Attest, 5),
        (Job::Back, 14),
        (Job::Clear, 4),
        (Job::Word, 8),
        (Job::Offer, 2),
        (Job::Ask, 2),
        (Job::Cast, 5),
        (Job::Record, 1),
        (Job::Entrust, 1),
        (Job::Extend, 1),
        (Job::Tell, 3),
        (Job::Post, 5),
        (Job::Retract, 1),
        (Job::Hide, 1),
        (Job::See, 2),
        (Job::TellOtherwise, 1),
        (Job::ReadingKey, 1),
        (Job::Profile, 1),
        (Job::Spend, 20),
        (Job::Request, 7),
        (Job::Settle, 10),
        (Job::Refund, 4),
        (Job::Answer, 2),
        (Job::HandAccount, 10),
    ];

    /// All that someone may do of themselves.
    pub fn all() -> impl Iterator<Item = Job> {
        Job::WEIGHTS.into_iter().map(|(job, _)| job)
    }

    /// All jobs in a random order, the heavier ones rather first.
    pub(super) fn shuffled(chance: &mut Chance) -> Vec<Job> {
        let mut left = Job::WEIGHTS.to_vec();
        let mut order = Vec::new();
        while !left.is_empty() {
            let mut point = chance.below(left.iter().map(|(_, weight)| weight).sum());
            let at = left.iter().position(|(_, weight)| match point.checked_sub(*weight) {
                Some(rest) => {
                    point = rest;
                    false
                }
                None => true,
            });
            order.push(left.remove(at.unwrap_or(0)).0);
        }
        order
    }
}

impl Desk<'_> {
    fn follow(&mut self) -> Option<Draft> {
        let member = !self.chain.is_empty() && self.advance() && self.known.as_ref()?.member(self.me.device).is_some();
        member.then(|| Body::Follow.into())
    }

    /// A draft that does the job, if there is something to do. It may still be refused.
    pub fn plan(&mut self, job: Job) -> Option<Draft> {
        match job {
            Job::Join => return self.join(),
            Job::Follow => return self.follow(),
            _ if self.chain.is_empty() => return None,
            _ => {}
        }
        if self.chance.percent(40) {
            self.advance();
        }
        let known = self.known.clone()?;
        known.member(self.me.device)?;
        let helps =
            matches!(job, Job::Approve | Job::Enter | Job::EnterInline | Job::Refuse | Job::RefuseAny | Job::TakeOver);
        if !helps && self.law.handed_over(&self.chain, &known).is_some() {
            return None;
        }
        match job {
            Job::Join | Job::Follow | Job::Fresh => None,
            Job::Promote => self.promote(),
            Job::Appoint => self.appoint(),
            Job::Propose => self.propose(),
            Job::HandOver => self.hand_over(),
            Job::Invite => self.invite(),
            Job::Object => self.object(),
            Job::Refuse => self.refuse(false),
            Job::RefuseAny => self.refuse(true),
            Job::Consent => self.consent(3),
            Job::ConsentInNeed => self.consent(0),
            Job::TakeOver => self.take_over(),
            Job::Approve => self.approve(),
            Job::Enter => self.enter(),
            Job::EnterInline => self.enter_inline(),
            Job::Ack => self.acknowledge(),
            Job::Pay => self.pay(),
            Job::Receive => self.receive(),
            Job::Decline => self.decline(),
            Job::Pledge => self.pledge(),
            Job::Attest => self.attest(),
            Job::Back => self.back(),
            Job::Clear => self.clear(),
            Job::Word => self.answer_set_off(),
            Job::Offer => self.offer(),
            Job::Ask => self.ask(),
            Job::Cast => self.cast(),
            Job::Record => self.record(),
            Job::Entrust => self.entrust(),
            Job::Extend => self.extend(),
            Job::Tell => self.tell(),
            Job::Post => self.post(),
            Job::Retract => self.retract(),
            Job::Hide => self.hide(),
            Job::See => self.see(),
            Job::TellOtherwise => self.tell_otherwise(),
            Job::ReadingKey => self.reading_key(),
            Job::Profile => self.profile(),
            Job::AckAnything => self.acknowledge_anything(),
            Job::ApproveAnything => self.approve_anything(),
            Job::Overpay => self.pay_about(60),
            Job::Spend => self.spend(),
            Job::Request => self.request(),
            Job::Settle => self.settle(),
            Job::Refund => self.refund(),
            Job::Answer => self.answer_request(),
            Job::HandAccount => self.hand_account(),
        }
    }
}
