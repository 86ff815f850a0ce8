//! Private posts: for some readers only.

use frame::{Failure, Session};
use store::PostRow;

/// What a post says to this person: its title and text, or that they are for others.
pub struct Words {
    /// About what.
    pub title: String,
    /// The message.
    pub text: String,
}

/// The words of a post.
pub fn words(_: &Session, row: &PostRow) -> Result<Words, Failure> {
    Ok(Words { title: row.post.title.to_string(), text: row.text.clone() })
}
