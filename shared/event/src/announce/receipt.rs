//! Proof that notice was given: members say what they have seen, stewards whom they have told.

use crate::fields::{Malformed, Reader, Writer, is_set};
use crate::{EventId, Handle, Line, Time};

/// The most posts of one `announce.seen`.
pub const MAX_SEEN: usize = 200;

/// A member has read these notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Posts that ask for receipts, sorted, 1 to [`MAX_SEEN`].
    pub posts: Vec<EventId>,
}

/// A steward has told a member by other means than the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The post that asks for receipts.
    pub post: EventId,
    /// Who was told.
    pub member: Handle,
    /// How: on paper, by telephone.
    pub how: Line,
    /// When, if that was before it was recorded.
    pub at: Option<Time>,
}

impl Seen {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.many("Post", &self.posts);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let posts: Vec<EventId> = from.many("Post", MAX_SEEN)?;
        match !posts.is_empty() && is_set(&posts) {
            true => Ok(Seen { posts }),
            false => Err(Malformed::new("`Post` lines are sorted and distinct, at least one")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self.posts.as_slice() {
            [one] => format!("have seen {}", one.short()),
            all => format!("have seen {} notices", all.len()),
        }
    }
}

impl Told {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Post", self.post);
        out.line("Member", &self.member);
        out.line("How", &self.how);
        out.maybe("At", self.at);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Told {
            post: from.take("Post")?,
            member: from.take("Member")?,
            how: from.take("How")?,
            at: from.maybe("At")?,
        })
    }

    pub(crate) fn subject(&self) -> String {
        format!("told {} of {}", self.member, self.post.short())
    }
}
