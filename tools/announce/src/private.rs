//! Private posts: for some readers only.

use event::Post;
use frame::{Failure, Session};
use store::PostRow;

/// What a post says to this person: its title and text, or that they are for others.
pub struct Words {
    /// About what.
    pub title: String,
    /// The message.
    pub text: String,
}

/// The words of a post as they are shown.
pub fn words(session: &Session, row: &PostRow) -> Result<Words, Failure> {
    words_of(session, &row.post, &row.text)
}

/// The words of one version of a post.
pub fn words_of(_: &Session, said: &Post, text: &str) -> Result<Words, Failure> {
    if said.is_private() {
        return Ok(Words { title: said.title.to_string(), text: "(for others)".to_owned() });
    }
    Ok(Words { title: said.title.to_string(), text: text.to_owned() })
}
