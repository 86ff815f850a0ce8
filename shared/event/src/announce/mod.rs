//! Announcements (protocol, section 8): posts, what becomes of them, and who was given notice.

mod attachment;
mod moment;
mod post;
mod readers;
mod receipt;

pub use attachment::{Attachment, MAX_ATTACHMENTS};
pub use moment::Moment;
pub use post::Post;
pub use readers::{MAX_READERS, Readers, ReadingKey, Recipient};
pub use receipt::{MAX_SEEN, Seen, Told};

use crate::EventId;
use crate::fields::{Malformed, Reader, Writer, Yes};

/// An author takes a post back: displays no longer show it. What was said remains in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retract {
    /// The post, not a correction of it.
    pub post: EventId,
}

/// A moderator keeps a post from being shown, or lets it be shown again; the text says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hide {
    /// The post, not a correction of it.
    pub post: EventId,
    /// Whether it is shown again.
    pub again: bool,
}

impl Retract {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Post", self.post);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Retract { post: from.take("Post")? })
    }
}

impl Hide {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Post", self.post);
        out.maybe("Again", Yes::said(self.again));
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Hide { post: from.take("Post")?, again: Yes::take(from, "Again")? })
    }

    pub(crate) fn subject(&self) -> String {
        match self.again {
            true => format!("show {} again", self.post.short()),
            false => format!("hide {}", self.post.short()),
        }
    }
}
