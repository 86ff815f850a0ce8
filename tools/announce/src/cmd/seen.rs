//! `announce seen`: a receipt for a notice.

use event::{Body, EventId, MAX_SEEN, Seen};
use frame::{Common, Failure, Output, Session};

use crate::post::{self, Post, Wanted};

/// Say that you have read notices, so that everyone can prove that you were told
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The notices: their numbers, or the first digits of their ids
    #[arg(required_unless_present = "all", add = clap_complete::ArgValueCompleter::new(frame::posts))]
    ids: Vec<String>,
    /// All that ask for it
    #[arg(long, conflicts_with = "ids")]
    all: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let posts = match args.all {
            true => post::list(session, &Wanted::default())?,
            false => args.ids.iter().map(|id| post::find(session, id)).collect::<Result<_, _>>()?,
        };
        let asked: Vec<&Post> = posts.iter().filter(|post| post.row.post.notice).collect();
        if let (false, Some(other)) = (args.all, posts.iter().find(|post| !post.row.post.notice)) {
            return Err(Failure::no(format!("post {} asks for no receipt", other.number)));
        }
        let written = give(session, asked, out)?;
        if written == 0 {
            out.status("nothing asks for your receipt");
        }
        Ok(())
    })
}

/// Writes receipts for those of these posts that have none of this member; how many.
pub fn give<'a>(
    session: &mut Session,
    posts: impl IntoIterator<Item = &'a Post>,
    out: &mut Output,
) -> Result<usize, Failure> {
    let me = session.member()?;
    let mut ids: Vec<EventId> = Vec::new();
    for post in posts {
        let (notice, _) = session.store.notice(&post.row.words)?;
        if !notice.given.contains_key(&me) && ids.len() < MAX_SEEN {
            ids.push(post.row.words);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    if !ids.is_empty() {
        session.write(Body::Seen(Seen { posts: ids.clone() }), None, out)?.show(out)?;
    }
    Ok(ids.len())
}
