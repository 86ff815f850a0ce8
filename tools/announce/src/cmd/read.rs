//! `announce read`: posts as text.

use frame::{Common, Failure, Format, Output, Session};

use crate::{post, view};

/// Read a post, or all that are unread, and mark them as read on this machine
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The post: its number in `announce list`, or the first digits of its id
    #[arg(conflicts_with = "unread")]
    id: Option<String>,
    /// All that you have not read, oldest first; so it is without an id, too
    #[arg(long)]
    unread: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let posts = match &args.id {
            Some(id) => vec![post::find(session, id)?],
            None => post::all(session)?.into_iter().filter(|post| post.unread).collect(),
        };
        let table = view::posts(&posts, "");
        match (out.format(), &args.id) {
            (Format::Table, _) => {
                for (n, post) in posts.iter().enumerate() {
                    if n > 0 {
                        out.line("")?;
                    }
                    view::print(post, out)?;
                }
                if posts.is_empty() {
                    out.status("nothing is unread");
                }
            }
            (_, Some(_)) => out.object(&table)?,
            (_, None) => out.table(&table)?,
        }
        // Only after printing: where printing failed, they stay unread.
        for post in posts.iter().filter(|post| post.unread && !common.dry_run) {
            post::mark(session, post)?;
        }
        Ok(())
    })
}
