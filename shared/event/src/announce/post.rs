//! A post: in a channel, about something, at a place in a thread or in a history of corrections.

use super::{Attachment, MAX_ATTACHMENTS, MAX_READERS, Moment, Readers};
use crate::fields::{Malformed, Reader, Writer, Yes, is_set};
use crate::{EventId, Handle, Line, Time};

/// A post in a channel; its text is the message, or, where it is for some readers only, that message encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub channel: Handle,
    /// About what.
    pub title: Line,
    /// Whether it stands out.
    pub important: bool,
    /// Whether it asks its readers for receipts, so that notice can be proved.
    pub notice: bool,
    /// After this time it is no news any more.
    pub expires: Option<Time>,
    /// The post that it answers.
    pub reply: Option<EventId>,
    /// The post of the same author whose place it takes, which is no correction itself.
    pub corrects: Option<EventId>,
    /// When what it announces begins.
    pub starts: Option<Moment>,
    /// When that ends.
    pub ends: Option<Moment>,
    /// Where that is.
    pub place: Option<Line>,
    /// Files that lie elsewhere, sorted.
    pub attachments: Vec<Attachment>,
    /// Who can read it, sorted; nobody said means everyone.
    pub readers: Vec<Readers>,
}

impl Post {
    /// A post with a title and nothing else.
    pub fn plain(channel: Handle, title: Line) -> Self {
        Post {
            channel,
            title,
            important: false,
            notice: false,
            expires: None,
            reply: None,
            corrects: None,
            starts: None,
            ends: None,
            place: None,
            attachments: Vec::new(),
            readers: Vec::new(),
        }
    }

    /// Whether its text is encrypted to some readers.
    pub fn is_private(&self) -> bool {
        !self.readers.is_empty()
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Channel", &self.channel);
        out.line("Title", &self.title);
        out.maybe("Important", Yes::said(self.important));
        out.maybe("Notice", Yes::said(self.notice));
        out.maybe("Expires", self.expires);
        out.maybe("Reply", self.reply);
        out.maybe("Corrects", self.corrects);
        out.maybe("When", self.starts.as_ref());
        out.maybe("Ends", self.ends.as_ref());
        out.maybe("Where", self.place.as_ref());
        out.many("Attach", &self.attachments);
        out.many("For", &self.readers);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let post = Post {
            channel: from.take("Channel")?,
            title: from.take("Title")?,
            important: Yes::take(from, "Important")?,
            notice: Yes::take(from, "Notice")?,
            expires: from.maybe("Expires")?,
            reply: from.maybe("Reply")?,
            corrects: from.maybe("Corrects")?,
            starts: from.maybe("When")?,
            ends: from.maybe("Ends")?,
            place: from.maybe("Where")?,
            attachments: from.many("Attach", MAX_ATTACHMENTS)?,
            readers: from.many("For", MAX_READERS)?,
        };
        post.check().map(|()| post)
    }

    fn check(&self) -> Result<(), Malformed> {
        let no = |why: &str| Err(Malformed::new(why));
        if self.reply.is_some() && self.corrects.is_some() {
            return no("a correction stands where the post stands that it corrects, so it answers none");
        }
        match (&self.starts, &self.ends) {
            (None, Some(_)) => return no("`Ends` without `When`"),
            (Some(starts), Some(ends)) if ends.instant() <= starts.instant() => return no("it ends before it begins"),
            _ => {}
        }
        match is_set(&self.readers) && is_set(&self.attachments) {
            true => Ok(()),
            false => no("`Attach` and `For` lines are sorted and distinct"),
        }
    }

    pub(crate) fn subject(&self) -> String {
        let what = match (self.reply, self.corrects) {
            (Some(_), _) => "reply",
            (_, Some(_)) => "correct",
            _ => "post",
        };
        format!("{what} in {}: {}", self.channel, self.title)
    }
}
