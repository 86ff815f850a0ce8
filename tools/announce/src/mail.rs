//! A post as a mail that mail readers thread: the same bytes whoever makes it and whenever.

use event::EventId;
use frame::{Failure, Session};
use mail_builder::MessageBuilder;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;
use store::{EventRow, PostRow};

use crate::names::Names;
use crate::{moment, private};

/// A message.
pub struct Mail {
    /// The event that it shows: a post or a correction of it.
    pub id: EventId,
    /// When, in seconds since 1970.
    pub time: i64,
    /// From whom, as an mbox says it.
    pub sender: String,
    /// The message, with line feeds alone.
    pub bytes: Vec<u8>,
}

/// The messages of a post: itself as it was first said, and each correction of it, as answers to it.
pub fn of_post(session: &Session, names: &Names, row: &PostRow) -> Result<Vec<Mail>, Failure> {
    let mut mails = vec![message(session, names, row, &row.event, None)?];
    for correction in session.store.corrections(&row.event.link.id)? {
        mails.push(message(session, names, row, &correction, Some(row.event.link.id))?);
    }
    Ok(mails)
}

fn message(
    session: &Session,
    names: &Names,
    row: &PostRow,
    event: &EventRow,
    corrects: Option<EventId>,
) -> Result<Mail, Failure> {
    let event::Body::Post(said) = &event.body else { return Err(Failure::could("this is no post")) };
    let words = private::words_of(session, said, event.text.as_deref().unwrap_or_default())?;
    let sender = names.address(&event.author);
    let above = corrects.or(said.reply);
    let title = event::harmless(&words.title).replace('\n', " ");
    let subject = if corrects.is_some() { format!("Re: {title} (corrected)") } else { title };
    let list = format!(
        "{} <{}.{}>",
        ascii(&format!("{}, {}", names.community, said.channel)),
        ascii_word(said.channel.as_str()),
        names.domain
    );
    let mut mail = MessageBuilder::new()
        .from((event.author.to_string(), sender.clone()))
        .to((names.community.clone(), format!("{}@{}", ascii_word(said.channel.as_str()), names.domain)))
        .subject(subject)
        .date(event.link.time.seconds())
        .message_id(names.message(&event.link.id))
        .header("List-Id", Raw::new(list))
        .header("X-Commons-Event", Raw::new(event.link.id.to_string()));
    if let Some(above) = above {
        mail = mail.in_reply_to(names.message(&above));
        let mut references = vec![names.message(&row.root)];
        if above != row.root {
            references.push(names.message(&above));
        }
        mail = mail.references(MessageId::new_list(references.into_iter()));
    }
    if said.important {
        mail = mail.header("Importance", Raw::new("high"));
    }
    if let Some(expires) = said.expires {
        mail = mail.header("Expires", mail_builder::headers::date::Date::new(expires.seconds()));
    }
    let mut text = head(said);
    text.push_str(&words.text);
    text.push('\n');
    // One part of plain text, since the border between parts would be made of chance.
    let bytes = mail.body(MimePart::new("text/plain; charset=utf-8", text)).write_to_vec();
    let bytes = bytes.map_err(|e| Failure::could(format!("cannot make a mail: {e}")))?;
    let bytes = unix(&bytes);
    Ok(Mail { id: event.link.id, time: event.link.time.seconds(), sender, bytes })
}

/// What stands before the text: when and where, and files.
fn head(said: &event::Post) -> String {
    let mut head = String::new();
    if let Some(starts) = &said.starts {
        head.push_str(&format!("When: {}\n", moment::in_words(starts, said.ends.as_ref())));
    }
    if let Some(place) = &said.place {
        head.push_str(&format!("Where: {place}\n"));
    }
    for file in &said.attachments {
        head.push_str(&format!("File: {} <{}> sha256 {}\n", file.name, file.link, file.hash));
    }
    if !head.is_empty() {
        head.push('\n');
    }
    head
}

/// Line ends as files have them.
pub fn unix(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (n, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(n.saturating_add(1)) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() && !"<>\"\\()@".contains(c) || c == ' ' { c } else { '?' }).collect()
}

fn ascii_word(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect()
}
