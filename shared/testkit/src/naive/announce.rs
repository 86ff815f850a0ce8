//! Posts, their corrections and what hides them, and who was given notice.

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, Event, EventId, Handle, Hide, Post, Readers, Retract, Role, Seen, Time, Told};
use rules::Poster;

use super::Naive;
use super::law::{Law, must};
use super::state::State;

/// A channel's table in the rules document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Who may post.
    pub post: BTreeSet<Poster>,
    /// Who may hide.
    pub moderate: BTreeSet<Poster>,
    /// Whether posts can ask for receipts.
    pub notice: bool,
}

/// A post as displays have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The event whose words are shown: the post, or its newest correction.
    pub words: EventId,
    /// Whether its author has taken it back.
    pub retracted: bool,
    /// Whether a moderator keeps it from being shown.
    pub hidden: bool,
}

/// Which of two is newer: by claimed time, then by number on the chain, then by id.
type Place = (Time, u64, EventId);

impl State {
    fn is_among(&self, handle: &Handle, posters: &BTreeSet<Poster>) -> bool {
        posters.iter().any(|poster| match poster {
            Poster::Members => true,
            Poster::Stewards => self.stewards.contains(handle),
            Poster::Role(name) if name == "secretary" => {
                self.members.get(handle).is_some_and(|member| member.device == self.secretary)
            }
            Poster::Role(name) => self.roles.iter().any(|(role, holder)| role.as_str() == name && holder == handle),
        })
    }

    fn may_post(&self, handle: &Handle, channel: &Handle) -> bool {
        self.channels.get(channel).is_none_or(|terms| self.is_among(handle, &terms.post))
    }

    fn may_hide(&self, handle: &Handle, channel: &Handle) -> bool {
        match self.channels.get(channel) {
            Some(terms) => self.is_among(handle, &terms.moderate),
            None => self.stewards.contains(handle),
        }
    }

    fn has(&self, readers: &Readers) -> bool {
        match readers {
            Readers::Member(handle) => self.members.contains_key(handle),
            Readers::Role(Role::Steward) => true,
            Readers::Role(Role::Other(name)) => self.role_names.contains(name),
        }
    }
}

impl Law {
    fn posted(&self, id: EventId) -> Option<(&Event, &Post)> {
        let event = self.event(id)?;
        match &event.body {
            Body::Post(post) => Some((event, post)),
            _ => None,
        }
    }

    /// A post that corrects none, by the member whose this device is or was.
    fn own_original(&self, id: EventId, state: &State, me: &Handle) -> Option<&Post> {
        let (event, post) = self.posted(id)?;
        must(state.devices.get(&event.device).is_some_and(|(owner, _)| owner == me))?;
        must(post.corrects.is_none())?;
        Some(post)
    }

    pub(super) fn judge_post(&self, id: EventId, event: &Event, post: &Post) -> Option<()> {
        let known = self.under(id)?;
        let me = known.member(event.device)?;
        must(known.may_post(me, &post.channel))?;
        must(!post.notice || known.channels.get(&post.channel).is_some_and(|terms| terms.notice))?;
        must(post.expires.is_none_or(|expires| expires > event.time))?;
        must(post.readers.iter().all(|readers| known.has(readers)))?;
        if let Some(answered) = post.reply {
            self.posted(answered)?;
        }
        if let Some(corrected) = post.corrects {
            must(self.own_original(corrected, &known, me)?.channel == post.channel)?;
        }
        Some(())
    }

    pub(super) fn judge_retract(&self, id: EventId, event: &Event, retract: &Retract) -> Option<()> {
        let known = self.under(id)?;
        self.own_original(retract.post, &known, known.member(event.device)?).map(|_| ())
    }

    pub(super) fn judge_hide(&self, id: EventId, event: &Event, hide: &Hide) -> Option<()> {
        let known = self.under(id)?;
        let (_, post) = self.posted(hide.post)?;
        must(post.corrects.is_none())?;
        must(known.may_hide(known.member(event.device)?, &post.channel))
    }

    pub(super) fn judge_seen(&self, seen: &Seen) -> Option<()> {
        must(seen.posts.iter().all(|id| self.posted(*id).is_some_and(|(_, post)| post.notice)))
    }

    pub(super) fn judge_told(&self, id: EventId, event: &Event, told: &Told) -> Option<()> {
        let known = self.under(id)?;
        known.steward(event.device)?;
        must(known.members.contains_key(&told.member))?;
        let (posted, post) = self.posted(told.post)?;
        must(post.notice)?;
        must(told.at.is_none_or(|at| posted.time <= at && at <= event.time))
    }

    /// Every post with effect that corrects none, as it is shown.
    pub fn posts_shown(&self, naive: &Naive) -> BTreeMap<EventId, Shown> {
        let mut shown: BTreeMap<EventId, Shown> = BTreeMap::new();
        let mut last: BTreeMap<EventId, [Option<Place>; 2]> = BTreeMap::new();
        for id in &naive.effective {
            if self.posted(*id).is_some_and(|(_, post)| post.corrects.is_none()) {
                shown.insert(*id, Shown { words: *id, retracted: false, hidden: false });
            }
        }
        for id in &naive.effective {
            let Some(event) = self.event(*id) else { continue };
            let place = Some((event.time, event.seq, *id));
            match &event.body {
                Body::Post(post) => {
                    if let Some(now) = post.corrects.and_then(|first| shown.get_mut(&first).map(|row| (first, row))) {
                        let newest = &mut last.entry(now.0).or_default()[0];
                        if place > *newest {
                            (*newest, now.1.words) = (place, *id);
                        }
                    }
                }
                Body::Retract(retract) => {
                    if let Some(row) = shown.get_mut(&retract.post) {
                        row.retracted = true;
                    }
                }
                Body::Hide(hide) => {
                    if let Some(row) = shown.get_mut(&hide.post) {
                        let newest = &mut last.entry(hide.post).or_default()[1];
                        if place > *newest {
                            (*newest, row.hidden) = (place, !hide.again);
                        }
                    }
                }
                _ => {}
            }
        }
        shown
    }

    /// Who has had notice of a post, and since when: of the members who acted in the entry that it knows.
    pub fn noticed(&self, naive: &Naive, post: EventId) -> BTreeMap<Handle, Time> {
        let (Some((event, _)), Some(known)) = (self.posted(post), self.under(post)) else { return BTreeMap::new() };
        let mut told: Vec<(Handle, Time)> = Vec::new();
        told.extend(known.devices.get(&event.device).map(|(author, _)| (author.clone(), event.time)));
        for id in &naive.effective {
            let (Some(receipt), Some(state)) = (self.event(*id), self.under(*id)) else { continue };
            match &receipt.body {
                Body::Seen(seen) if seen.posts.contains(&post) => {
                    told.extend(state.devices.get(&receipt.device).map(|(who, _)| (who.clone(), receipt.time)));
                }
                Body::Told(word) if word.post == post => {
                    told.push((word.member.clone(), word.at.unwrap_or(receipt.time)));
                }
                _ => {}
            }
        }
        let mut since: BTreeMap<Handle, Time> = BTreeMap::new();
        for (who, time) in told.into_iter().filter(|(who, _)| known.active(who).is_some()) {
            since.entry(who).and_modify(|first| *first = time.min(*first)).or_insert(time);
        }
        since
    }
}
