//! `announce read`: posts as text.

use std::io::IsTerminal;

use event::EventId;
use frame::{Common, Failure, Format, Output, Session};

use crate::cmd::seen;
use crate::post::{self, Post, Wanted};
use crate::{thread, view};

/// Read a post, or all that are unread, and mark them as read on this machine
///
/// A notice that was shown on a terminal gets your receipt.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The post: its number in `announce list`, or the first digits of its id
    #[arg(conflicts_with = "unread", add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: Option<String>,
    /// All that you have not read, oldest first; so it is without an id, too
    #[arg(long)]
    unread: bool,
    /// The whole thread of the post
    #[arg(long, requires = "id")]
    thread: bool,
    /// What was corrected, too
    #[arg(long, requires = "id")]
    history: bool,
    /// The text as it was written, not made readable
    #[arg(long)]
    raw: bool,
    /// Give no receipts
    #[arg(long)]
    no_receipt: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut posts = wanted(&args, session)?;
        show(&args, &mut posts, session, out)?;
        if common.dry_run {
            return Ok(());
        }
        // Only after printing: where printing failed, they stay unread.
        post::mark(session, posts.iter().map(|(_, post)| post))?;
        receipts(&args, &posts, session, out)
    })
}

/// The posts, each with its depth in the thread.
fn wanted(args: &Args, session: &mut Session) -> Result<Vec<(usize, Post)>, Failure> {
    let Some(id) = &args.id else {
        let unread = Wanted { unread: true, ..Wanted::default() };
        let posts = post::list(session, &unread)?;
        return Ok(posts.into_iter().map(|post| (0, post)).collect());
    };
    let found = post::find(session, id)?;
    if !args.thread {
        return Ok(vec![(0, found)]);
    }
    let mut posts = Vec::new();
    for id in session.store.thread(&found.row.root)? {
        posts.extend(post::one(session, &id)?);
    }
    Ok(thread::ordered(posts))
}

fn show(args: &Args, posts: &mut [(usize, Post)], session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    if out.format() != Format::Table {
        for (_, post) in posts.iter_mut().filter(|(_, post)| post.row.post.is_private()) {
            let words = crate::private::words(session, &post.row)?;
            post.row.text = words.text;
            post.row.post.title = event::Line::tidy(&words.title).unwrap_or(post.row.post.title.clone());
        }
        let table = view::posts(posts.iter().map(|(_, post)| post), "");
        return if args.id.is_some() && !args.thread { out.object(&table) } else { out.table(&table) };
    }
    let mut page = String::new();
    for (n, (depth, post)) in posts.iter().enumerate() {
        if n > 0 {
            page.push('\n');
        }
        let words = crate::private::words(session, &post.row)?;
        view::write(post, *depth, &words, args.raw, &mut page);
        if args.history {
            history(session, &post.id(), &mut page)?;
        }
    }
    if posts.is_empty() {
        out.status("nothing is unread");
    }
    out.page(&page)
}

/// What a post said before, oldest first.
fn history(session: &mut Session, first: &EventId, page: &mut String) -> Result<(), Failure> {
    let mut versions: Vec<store::EventRow> = session.store.event(first)?.into_iter().collect();
    versions.extend(session.store.corrections(first)?);
    versions.pop();
    for version in versions {
        let event::Body::Post(said) = &version.body else { continue };
        page.push_str(&format!(
            "\nBefore:   {} ({})\nTitle:    {}\n\n",
            version.link.time,
            version.link.id.short(),
            said.title
        ));
        let text = if said.is_private() { "(private)".to_owned() } else { version.text.unwrap_or_default() };
        view::indented(&text, 4, page);
    }
    Ok(())
}

/// What was shown to a person on a terminal was seen; elsewhere the person must say so.
fn receipts(args: &Args, posts: &[(usize, Post)], session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let asking: Vec<&Post> = posts.iter().map(|(_, p)| p).filter(|p| p.row.post.notice && p.is_shown()).collect();
    let (Some(me), false) = (session.me()?, asking.is_empty() || args.no_receipt) else { return Ok(()) };
    let mut open = Vec::new();
    for post in asking {
        if !session.store.notice(&post.row.words)?.0.given.contains_key(&me) {
            open.push(post);
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    if std::io::stdout().is_terminal() && out.format() == Format::Table {
        if let Err(failure) = seen::give(session, open, out) {
            out.warn(format!("no receipt was given: {}", failure.fact));
        }
        return Ok(());
    }
    let numbers: Vec<String> = open.iter().map(|post| post.number.to_string()).collect();
    out.status(format!("this asks for your receipt: `announce seen {}`", numbers.join(" ")));
    Ok(())
}
