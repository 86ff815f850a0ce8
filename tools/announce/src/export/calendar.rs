//! A calendar (RFC 5545): meetings, the ends of polls, and what is due, with UIDs that stay, changes and cancellations.

use std::path::Path;

use event::Time;
use frame::{Failure, Session, now};
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use super::{Done, write_changed};
use crate::names::Names;
use crate::post::{self, Post};

/// How long what is over stays in the calendar, in seconds.
const KEPT: i64 = 366 * 86_400;

/// Writes the calendar.
pub fn export(session: &mut Session, names: &Names, with_dues: bool, path: &Path) -> Result<Done, Failure> {
    let from = Time::clamped(now().seconds().saturating_sub(KEPT));
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//Commons Toolkit//announce//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("METHOD", "PUBLISH"));
    calendar.name(&event::harmless(&names.community));
    for entry in meetings(session, names, from)? {
        calendar.push(entry);
    }
    for entry in polls(session, names, from)? {
        calendar.push(entry);
    }
    if with_dues {
        for entry in dues(session, names, from)? {
            calendar.push(entry);
        }
    }
    let mut done = Done::default();
    write_changed(path, calendar.to_string().as_bytes(), &mut done)?;
    Ok(done)
}

fn meetings(session: &mut Session, names: &Names, from: Time) -> Result<Vec<Event>, Failure> {
    session.number_posts()?;
    let mut entries = Vec::new();
    for id in session.store.dated(from)? {
        let Some(post) = post::one(session, &id)? else { continue };
        entries.extend(meeting(session, names, &post)?);
    }
    Ok(entries)
}

fn meeting(session: &Session, names: &Names, post: &Post) -> Result<Option<Event>, Failure> {
    let said = &post.row.post;
    // A private meeting is not for a file that others may read.
    if said.is_private() {
        return Ok(None);
    }
    // One whose correction no longer says when is off.
    let first = match &post.row.event.body {
        event::Body::Post(first) => first.starts.as_ref(),
        _ => None,
    };
    let Some(starts) = said.starts.as_ref().or(first) else { return Ok(None) };
    let corrections = session.store.corrections(&post.id())?.len();
    let cancelled = !post.row.is_shown() || said.starts.is_none();
    let changed = post.row.retracted.or(post.row.corrected).unwrap_or(post.row.event.link.time);
    let mut entry = Event::new();
    entry
        .uid(&names.message(&post.id()))
        .sequence(u32::try_from(corrections).unwrap_or(u32::MAX).saturating_add(u32::from(cancelled)))
        .add_property("DTSTAMP", utc(changed))
        .add_property("CREATED", utc(post.row.event.link.time))
        .add_property("LAST-MODIFIED", utc(changed))
        .add_property("DTSTART", utc(starts.instant()))
        .summary(&event::harmless(said.title.as_str()))
        .status(if cancelled { EventStatus::Cancelled } else { EventStatus::Confirmed });
    if let Some(ends) = &said.ends {
        entry.add_property("DTEND", utc(ends.instant()));
    }
    if let Some(place) = &said.place {
        entry.location(&event::harmless(place.as_str()));
    }
    if !cancelled {
        let clock = crate::moment::in_words(starts, said.ends.as_ref());
        let text = crate::markdown::to_plain(&post.row.text);
        entry.description(&event::harmless(&format!("{clock}\n\n{text}")));
    }
    Ok(Some(entry.done()))
}

fn polls(session: &Session, names: &Names, from: Time) -> Result<Vec<Event>, Failure> {
    let mut entries = Vec::new();
    for poll in session.store.polls()?.into_iter().filter(|poll| poll.closes >= from) {
        let moved =
            poll.extension.map(|id| session.store.event(&id)).transpose()?.flatten().map(|event| event.link.time);
        let mut entry = Event::new();
        entry
            .uid(&names.message(&poll.event.link.id))
            .sequence(u32::from(moved.is_some()).saturating_add(u32::from(poll.replaced.is_some())))
            .add_property("DTSTAMP", utc(moved.unwrap_or(poll.event.link.time)))
            .add_property("DTSTART", utc(poll.closes))
            .add_property("TRANSP", "TRANSPARENT")
            .summary(&format!("Poll closes: {}", event::harmless(poll.open.question.as_str())));
        if poll.replaced.is_some() {
            entry.status(EventStatus::Cancelled);
        }
        entries.push(entry.done());
    }
    Ok(entries)
}

/// What accounts of this device are asked to pay, when it is due.
fn dues(session: &Session, names: &Names, from: Time) -> Result<Vec<Event>, Failure> {
    let mine = session.kept_accounts()?;
    let mut entries = Vec::new();
    for row in session.store.requests()?.into_iter().filter(|row| mine.contains(&row.said.of)) {
        let Some(due) = row.said.due.filter(|due| *due >= from) else { continue };
        let open = row.state == store::RequestState::Open;
        let amount = if open { row.rest() } else { row.said.amount.minor() };
        let amount = frame::money(amount, row.said.amount.places());
        let purpose = row.said.purpose.as_ref().map(|purpose| format!(": {purpose}")).unwrap_or_default();
        let mut entry = Event::new();
        entry
            .uid(&names.message(&row.link.id))
            .sequence(u32::from(!open))
            .add_property("DTSTAMP", utc(row.link.time))
            .add_property("DTSTART", utc(due))
            .add_property("TRANSP", "TRANSPARENT")
            .summary(&event::harmless(&format!("Due: {amount} {} to {}{purpose}", row.said.unit, row.said.account)));
        if !open {
            entry.status(EventStatus::Cancelled);
        }
        entries.push(entry.done());
    }
    Ok(entries)
}

/// `20261201T170000Z`
fn utc(time: Time) -> String {
    time.to_string().replace(['-', ':'], "")
}
