//! The kinds of events: one name, one payload, one subject line each.

use crate::fields::{Malformed, Reader, Writer};
use crate::{
    Ack, Approve, Attest, Back, Cancel, Cast, Clear, Close, Contest, Decline, Entry, EventId, Extend, Found, Hide,
    Invite, Join, Motion, Object, Offer, Open, Page, Pay, Pledge, Post, Profile, Proxy, ReadingKey, Receive, Record,
    Refuse, Release, Remove, Request, Retract, Scope, Seen, SetOff, Statement, Succeed, Text, Told, Unpledge, Withdraw,
};

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `members.found`: the genesis.
    Found(Found),
    /// `members.join`: a request to join.
    Join(Join),
    /// `members.motion`: a change is proposed.
    Motion(Motion),
    /// `members.approve`: a steward consents.
    Approve(Approve),
    /// `members.entry`: the register changes.
    Entry(Entry),
    /// `members.follow`: nothing but that the chain's knowledge of the register advances.
    Follow,
    /// `ack`: a steward has seen.
    Ack(Ack),
    /// `credit.pay`: a payment.
    Pay(Pay),
    /// `credit.receive`: a receipt.
    Receive(Receive),
    /// `credit.decline`: a leg goes back.
    Decline(Decline),
    /// `announce.post`: a post.
    Post(Post),
    /// `vote.open`: a poll.
    Open(Open),
    /// `vote.cast`: a ballot.
    Cast(Cast),
    /// `vote.page`: a list of ballots.
    Page(Page),
    /// `vote.close`: a count.
    Close(Close),
    /// `members.invite`: a steward invites.
    Invite(Invite),
    /// `members.object`: a steward dissents.
    Object(Object),
    /// `members.succeed`: a steward consents to another secretary.
    Succeed(Succeed),
    /// `members.profile`: a commitment to the author's personal data, or that they are erased.
    Profile(Profile),
    /// `vote.record`: a ballot given on paper or by telephone.
    Record(Record),
    /// `vote.contest`: a recorded ballot is not the voter's.
    Contest(Contest),
    /// `vote.proxy`: another member votes for the author.
    Proxy(Proxy),
    /// `vote.extend`: the end of a poll moves.
    Extend(Extend),
    /// `vote.outcome`: what came of a poll.
    Statement(Statement),
    /// `credit.request`: an account asks another to pay.
    Request(Request),
    /// `credit.withdraw`: the asker takes a request back.
    Withdraw(Withdraw),
    /// `credit.refuse`: the asked account will not pay.
    Refuse(Refuse),
    /// `credit.cancel`: the payer asks payees to decline.
    Cancel(Cancel),
    /// `credit.pledge`: what a member can do.
    Pledge(Pledge),
    /// `credit.unpledge`: a pledge holds no more.
    Unpledge(Unpledge),
    /// `credit.attest`: an assessor's word for a pledge.
    Attest(Attest),
    /// `credit.back`: an account uses attestations.
    Back(Back),
    /// `credit.offer`: something is to be had.
    Offer(Offer),
    /// `credit.want`: something is sought.
    Want(Offer),
    /// `credit.remove`: an offer or want is over.
    Remove(Remove),
    /// `credit.clear`: obligations that cancel each other out.
    Clear(Clear),
    /// `credit.agree`: a party to a set-off consents.
    Agree(SetOff),
    /// `credit.dissent`: a party to a set-off does not.
    Dissent(SetOff),
    /// `credit.release`: a party is free of a set-off that cannot come about.
    Release(Release),
    /// `announce.retract`: an author takes a post back.
    Retract(Retract),
    /// `announce.hide`: a post is not shown, or shown again.
    Hide(Hide),
    /// `announce.seen`: notices were read.
    Seen(Seen),
    /// `announce.told`: notice was given by other means.
    Told(Told),
    /// `announce.key`: the key for private posts.
    ReadingKey(ReadingKey),
}

/// Whether a kind has a text.
enum TextRule {
    Must,
    May,
    Never,
}

impl Body {
    /// The name of the kind, as in the `Kind:` line.
    pub fn kind(&self) -> &'static str {
        match self {
            Body::Found(_) => "members.found",
            Body::Join(_) => "members.join",
            Body::Motion(_) => "members.motion",
            Body::Approve(_) => "members.approve",
            Body::Entry(_) => "members.entry",
            Body::Follow => "members.follow",
            Body::Ack(_) => "ack",
            Body::Pay(_) => "credit.pay",
            Body::Receive(_) => "credit.receive",
            Body::Decline(_) => "credit.decline",
            Body::Post(_) => "announce.post",
            Body::Open(_) => "vote.open",
            Body::Cast(_) => "vote.cast",
            Body::Page(_) => "vote.page",
            Body::Close(_) => "vote.close",
            Body::Invite(_) => "members.invite",
            Body::Object(_) => "members.object",
            Body::Succeed(_) => "members.succeed",
            Body::Profile(_) => "members.profile",
            Body::Record(_) => "vote.record",
            Body::Contest(_) => "vote.contest",
            Body::Proxy(_) => "vote.proxy",
            Body::Extend(_) => "vote.extend",
            Body::Statement(_) => "vote.outcome",
            Body::Request(_) => "credit.request",
            Body::Withdraw(_) => "credit.withdraw",
            Body::Refuse(_) => "credit.refuse",
            Body::Cancel(_) => "credit.cancel",
            Body::Pledge(_) => "credit.pledge",
            Body::Unpledge(_) => "credit.unpledge",
            Body::Attest(_) => "credit.attest",
            Body::Back(_) => "credit.back",
            Body::Offer(_) => "credit.offer",
            Body::Want(_) => "credit.want",
            Body::Remove(_) => "credit.remove",
            Body::Clear(_) => "credit.clear",
            Body::Agree(_) => "credit.agree",
            Body::Dissent(_) => "credit.dissent",
            Body::Release(_) => "credit.release",
            Body::Retract(_) => "announce.retract",
            Body::Hide(_) => "announce.hide",
            Body::Seen(_) => "announce.seen",
            Body::Told(_) => "announce.told",
            Body::ReadingKey(_) => "announce.key",
        }
    }

    /// Every event that the fields name; an event waits until all are held.
    pub fn names(&self) -> Vec<EventId> {
        match self {
            Body::Ack(ack) => ack.positions.iter().map(|p| p.id).collect(),
            Body::Receive(receive) => receive.items.iter().map(|item| item.event()).collect(),
            Body::Page(page) => std::iter::once(page.poll).chain(page.ballots.iter().copied()).collect(),
            Body::Back(back) => back.attestations.clone(),
            Body::Clear(clear) => clear.discharges.iter().map(|discharge| discharge.request).collect(),
            Body::Seen(seen) => seen.posts.clone(),
            _ => self.carried(),
        }
    }

    /// The named events that stand in `Dep:` lines too, unless they are of the event's own chain. Lists
    /// that can be long (acknowledged chains, received legs, ballots) are named in their fields only.
    pub fn carried(&self) -> Vec<EventId> {
        match self {
            Body::Motion(motion) => motion.change.names(),
            Body::Approve(approve) => vec![approve.motion],
            Body::Entry(entry) => entry.names(),
            Body::Decline(decline) => vec![decline.pay],
            Body::Cast(cast) => std::iter::once(cast.poll).chain(cast.extended).collect(),
            Body::Record(record) => vec![record.poll],
            Body::Contest(contest) => vec![contest.record],
            Body::Proxy(Proxy { scope: Scope::Poll(poll), .. }) => vec![*poll],
            Body::Extend(extend) => vec![extend.poll],
            Body::Statement(statement) => vec![statement.poll],
            Body::Close(close) => std::iter::once(close.poll).chain(close.pages.iter().copied()).collect(),
            Body::Page(page) => vec![page.poll],
            Body::Ack(_) | Body::Receive(_) => Vec::new(),
            Body::Join(join) => join.invited.iter().map(|invited| invited.by).collect(),
            Body::Open(open) => {
                let called = open.terms.notice.map(|called| called.post);
                open.motion.into_iter().chain(open.terms.replaces).chain(called).collect()
            }
            Body::Object(object) => vec![object.motion],
            Body::Succeed(succeed) => vec![succeed.entry],
            Body::Found(_) | Body::Follow => Vec::new(),
            Body::Invite(_) | Body::Profile(_) | Body::Proxy(_) => Vec::new(),
            Body::Pay(pay) => pay.names(),
            Body::Request(_) => Vec::new(),
            Body::Withdraw(withdraw) => vec![withdraw.request],
            Body::Refuse(refuse) => vec![refuse.request],
            Body::Cancel(cancel) => vec![cancel.pay],
            Body::Unpledge(unpledge) => vec![unpledge.pledge],
            Body::Attest(attest) => vec![attest.pledge],
            Body::Remove(remove) => vec![remove.offer],
            Body::Agree(of) | Body::Dissent(of) => vec![of.clearing],
            Body::Release(release) => std::iter::once(release.clearing).chain(release.shown).collect(),
            Body::Clear(_) => Vec::new(),
            Body::Pledge(_) | Body::Back(_) | Body::Offer(_) | Body::Want(_) => Vec::new(),
            Body::Post(post) => post.reply.into_iter().chain(post.corrects).collect(),
            Body::Retract(retract) => vec![retract.post],
            Body::Hide(hide) => vec![hide.post],
            Body::Told(told) => vec![told.post],
            Body::Seen(_) | Body::ReadingKey(_) => Vec::new(),
        }
    }

    /// The first line of the commit message.
    pub fn subject(&self, author: &crate::Handle) -> String {
        match self {
            Body::Found(found) => format!("found {}", found.community),
            Body::Join(_) => format!("ask to join as {author}"),
            Body::Motion(motion) => format!("move: {}", motion.change),
            Body::Approve(approve) => format!("approve {}", approve.motion.short()),
            Body::Entry(entry) => entry.subject(),
            Body::Follow => "follow the register".to_owned(),
            Body::Ack(ack) => ack.subject(),
            Body::Pay(pay) => pay.subject(),
            Body::Receive(receive) => receive.subject(),
            Body::Decline(decline) => decline.subject(),
            Body::Post(post) => post.subject(),
            Body::Open(open) => open.subject(),
            Body::Cast(cast) => cast.subject(),
            Body::Page(page) => page.subject(),
            Body::Close(close) => close.subject(),
            Body::Invite(invite) => invite.subject(),
            Body::Object(object) => format!("object to {}", object.motion.short()),
            Body::Succeed(succeed) => format!("consent to term {}", succeed.term),
            Body::Profile(profile) => profile.subject(),
            Body::Record(record) => record.subject(),
            Body::Contest(contest) => contest.subject(),
            Body::Proxy(proxy) => proxy.subject(),
            Body::Extend(extend) => extend.subject(),
            Body::Statement(statement) => statement.subject(),
            Body::Request(request) => request.subject(),
            Body::Withdraw(withdraw) => format!("withdraw {}", withdraw.request.short()),
            Body::Refuse(refuse) => refuse.subject(),
            Body::Cancel(cancel) => format!("cancel {}", cancel.pay.short()),
            Body::Pledge(pledge) => pledge.subject(),
            Body::Unpledge(unpledge) => format!("take back pledge {}", unpledge.pledge.short()),
            Body::Attest(attest) => attest.subject(),
            Body::Back(back) => back.subject(),
            Body::Offer(offer) => format!("offer {}", offer.title),
            Body::Want(want) => format!("want {}", want.title),
            Body::Remove(remove) => format!("remove {}", remove.offer.short()),
            Body::Clear(clear) => clear.subject(),
            Body::Agree(of) => of.subject("agree to"),
            Body::Dissent(of) => of.subject("dissent from"),
            Body::Release(release) => release.subject(),
            Body::Retract(retract) => format!("retract {}", retract.post.short()),
            Body::Hide(hide) => hide.subject(),
            Body::Seen(seen) => seen.subject(),
            Body::Told(told) => told.subject(),
            Body::ReadingKey(key) => key.subject(),
        }
    }

    /// The `Kind:` line and the fields, as in the commit.
    pub fn fields(&self) -> String {
        let mut out = Writer::default();
        self.put(&mut out);
        out.finish()
    }

    /// Reads what [`Body::fields`] wrote.
    pub fn from_fields(fields: &str) -> Result<Self, Malformed> {
        let (first, _) = fields.split_once('\n').unwrap_or((fields, ""));
        let kind = first.strip_prefix("Kind: ").ok_or_else(|| Malformed::new("fields begin with `Kind`"))?;
        let mut from = Reader::new(fields.get(first.len().saturating_add(1)..).unwrap_or(""));
        let body = Body::take(kind, &mut from)?;
        from.finish().map(|()| body)
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Kind", self.kind());
        match self {
            Body::Found(found) => found.put(out),
            Body::Join(join) => join.put(out),
            Body::Motion(motion) => motion.put(out),
            Body::Approve(approve) => approve.put(out),
            Body::Entry(entry) => entry.put(out),
            Body::Follow => {}
            Body::Ack(ack) => ack.put(out),
            Body::Pay(pay) => pay.put(out),
            Body::Receive(receive) => receive.put(out),
            Body::Decline(decline) => decline.put(out),
            Body::Post(post) => post.put(out),
            Body::Open(open) => open.put(out),
            Body::Cast(cast) => cast.put(out),
            Body::Page(page) => page.put(out),
            Body::Close(close) => close.put(out),
            Body::Invite(invite) => invite.put(out),
            Body::Object(object) => object.put(out),
            Body::Succeed(succeed) => succeed.put(out),
            Body::Profile(profile) => profile.put(out),
            Body::Record(record) => record.put(out),
            Body::Contest(contest) => contest.put(out),
            Body::Proxy(proxy) => proxy.put(out),
            Body::Extend(extend) => extend.put(out),
            Body::Statement(statement) => statement.put(out),
            Body::Request(request) => request.put(out),
            Body::Withdraw(withdraw) => out.line("Request", withdraw.request),
            Body::Refuse(refuse) => refuse.put(out),
            Body::Cancel(cancel) => out.line("Pay", cancel.pay),
            Body::Pledge(pledge) => pledge.put(out),
            Body::Unpledge(unpledge) => out.line("Pledge", unpledge.pledge),
            Body::Attest(attest) => attest.put(out),
            Body::Back(back) => back.put(out),
            Body::Offer(offer) | Body::Want(offer) => offer.put(out),
            Body::Remove(remove) => out.line("Offer", remove.offer),
            Body::Clear(clear) => clear.put(out),
            Body::Agree(of) | Body::Dissent(of) => of.put(out),
            Body::Release(release) => release.put(out),
            Body::Retract(retract) => retract.put(out),
            Body::Hide(hide) => hide.put(out),
            Body::Seen(seen) => seen.put(out),
            Body::Told(told) => told.put(out),
            Body::ReadingKey(key) => key.put(out),
        }
    }

    pub(crate) fn take(kind: &str, from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(match kind {
            "members.found" => Body::Found(Found::take(from)?),
            "members.join" => Body::Join(Join::take(from)?),
            "members.motion" => Body::Motion(Motion::take(from)?),
            "members.approve" => Body::Approve(Approve::take(from)?),
            "members.entry" => Body::Entry(Entry::take(from)?),
            "members.follow" => Body::Follow,
            "ack" => Body::Ack(Ack::take(from)?),
            "credit.pay" => Body::Pay(Pay::take(from)?),
            "credit.receive" => Body::Receive(Receive::take(from)?),
            "credit.decline" => Body::Decline(Decline::take(from)?),
            "announce.post" => Body::Post(Post::take(from)?),
            "vote.open" => Body::Open(Open::take(from)?),
            "vote.cast" => Body::Cast(Cast::take(from)?),
            "vote.page" => Body::Page(Page::take(from)?),
            "vote.close" => Body::Close(Close::take(from)?),
            "members.invite" => Body::Invite(Invite::take(from)?),
            "members.object" => Body::Object(Object::take(from)?),
            "members.succeed" => Body::Succeed(Succeed::take(from)?),
            "members.profile" => Body::Profile(Profile::take(from)?),
            "vote.record" => Body::Record(Record::take(from)?),
            "vote.contest" => Body::Contest(Contest::take(from)?),
            "vote.proxy" => Body::Proxy(Proxy::take(from)?),
            "vote.extend" => Body::Extend(Extend::take(from)?),
            "vote.outcome" => Body::Statement(Statement::take(from)?),
            "credit.request" => Body::Request(Request::take(from)?),
            "credit.withdraw" => Body::Withdraw(Withdraw { request: from.take("Request")? }),
            "credit.refuse" => Body::Refuse(Refuse::take(from)?),
            "credit.cancel" => Body::Cancel(Cancel { pay: from.take("Pay")? }),
            "credit.pledge" => Body::Pledge(Pledge::take(from)?),
            "credit.unpledge" => Body::Unpledge(Unpledge { pledge: from.take("Pledge")? }),
            "credit.attest" => Body::Attest(Attest::take(from)?),
            "credit.back" => Body::Back(Back::take(from)?),
            "credit.offer" => Body::Offer(Offer::take(from)?),
            "credit.want" => Body::Want(Offer::take(from)?),
            "credit.remove" => Body::Remove(Remove { offer: from.take("Offer")? }),
            "credit.clear" => Body::Clear(Clear::take(from)?),
            "credit.agree" => Body::Agree(SetOff::take(from)?),
            "credit.dissent" => Body::Dissent(SetOff::take(from)?),
            "credit.release" => Body::Release(Release::take(from)?),
            "announce.retract" => Body::Retract(Retract::take(from)?),
            "announce.hide" => Body::Hide(Hide::take(from)?),
            "announce.seen" => Body::Seen(Seen::take(from)?),
            "announce.told" => Body::Told(Told::take(from)?),
            "announce.key" => Body::ReadingKey(ReadingKey::take(from)?),
            other => return Err(Malformed::new(format!("unknown kind `{}`", crate::harmless_line(other)))),
        })
    }

    pub(crate) fn check_text(&self, text: Option<&Text>) -> Result<(), Malformed> {
        match (self.text_rule(), text) {
            (TextRule::Must, None) => Err(Malformed::new(format!("`{}` has a text", self.kind()))),
            (TextRule::Never, Some(_)) => Err(Malformed::new(format!("`{}` has no text", self.kind()))),
            _ => Ok(()),
        }
    }

    fn text_rule(&self) -> TextRule {
        match self {
            Body::Found(_) | Body::Post(_) | Body::Statement(_) | Body::Hide(_) => TextRule::Must,
            Body::Motion(motion) if matches!(motion.change, crate::Change::Rules { .. }) => TextRule::Must,
            Body::Join(_) | Body::Motion(_) | Body::Open(_) | Body::Cast(_) => TextRule::May,
            Body::Object(_) | Body::Approve(_) | Body::Succeed(_) => TextRule::May,
            Body::Record(_) | Body::Contest(_) | Body::Retract(_) => TextRule::May,
            Body::Request(_) => TextRule::May,
            Body::Pledge(_) | Body::Attest(_) | Body::Offer(_) | Body::Want(_) => TextRule::May,
            _ => TextRule::Never,
        }
    }
}

impl crate::Item {
    /// The event that the item is, or is a part of.
    pub fn event(&self) -> EventId {
        match self {
            crate::Item::Leg(pay, _) | crate::Item::Back(pay, _) => *pay,
            crate::Item::Return(decline) => *decline,
        }
    }
}
