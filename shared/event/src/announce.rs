//! Announcements (protocol, section 8).

use crate::fields::{Malformed, Reader, Writer};
use crate::{Handle, Line};

/// A post in a channel; its text is the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Where.
    pub channel: Handle,
    /// About what.
    pub title: Line,
}

impl Post {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Channel", &self.channel);
        out.line("Title", &self.title);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Post { channel: from.take("Channel")?, title: from.take("Title")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("post in {}: {}", self.channel, self.title)
    }
}
