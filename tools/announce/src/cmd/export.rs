//! `announce export`: posts for mail readers, calendars and web servers.

use std::path::PathBuf;

use clap::ValueEnum;
use event::EventId;
use frame::{Common, Failure, Output, Session, Table, counted};
use serde_json::json;

use crate::export::{Done, calendar, maildir::Maildir, mbox::Mbox, pages};
use crate::names::Names;
use crate::{mail, post};

/// Bring posts to a mail folder, a calendar or web pages; run again, it adds what is new
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What to make
    #[arg(long, value_name = "WHAT")]
    to: To,
    /// Of one channel; mail only
    #[arg(long, value_name = "NAME", add = clap_complete::ArgValueCompleter::new(frame::channels))]
    channel: Option<String>,
    /// With what you are asked to pay, on its due day; calendar only, and then for nobody else's eyes
    #[arg(long)]
    dues: bool,
    /// The file or folder
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    path: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// A file of mails, for archives
    Mbox,
    /// A folder of mails, for mail readers
    Maildir,
    /// A calendar file of meetings and polls
    Ics,
    /// A folder of web pages of the public channels
    Html,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    if args.channel.is_some() && matches!(args.to, To::Ics | To::Html) {
        return Err(Failure::usage("--channel is for mail: a calendar and web pages have all channels"));
    }
    if args.dues && args.to != To::Ics {
        return Err(Failure::usage("--dues is for a calendar"));
    }
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        if common.dry_run {
            out.status("nothing is written");
            return Ok(());
        }
        let names = Names::of(session)?;
        let done = match args.to {
            To::Ics => calendar::export(session, &names, args.dues, &args.path)?,
            To::Html => pages::export(session, &names, &args.path)?,
            To::Maildir => {
                let mut into = Maildir::open(&args.path)?;
                let delivered = deliver(&args, session, &names, out, |mail| match mail {
                    Step::Has(id) => Ok(into.has(id)),
                    Step::Take(mail) => into.deliver(mail).map(|()| true),
                });
                // What was delivered is written down even where the next one could not be.
                into.save().and(delivered)?;
                into.done
            }
            To::Mbox => {
                let mut into = Mbox::open(&args.path)?;
                let delivered = deliver(&args, session, &names, out, |mail| match mail {
                    Step::Has(id) => Ok(into.has(id)),
                    Step::Take(mail) => into.deliver(mail).map(|()| true),
                });
                into.save().and(delivered)?;
                into.done
            }
        };
        show(&args, done, out)
    })
}

/// A message on its way.
enum Step<'a> {
    /// Was it delivered before?
    Has(&'a EventId),
    /// Deliver it.
    Take(&'a mail::Mail),
}

/// Every post with its corrections, oldest first, as mail; what is taken back or hidden is not delivered any more.
fn deliver(
    args: &Args,
    session: &mut Session,
    names: &Names,
    out: &Output,
    mut step: impl FnMut(Step<'_>) -> Result<bool, Failure>,
) -> Result<(), Failure> {
    session.number_posts()?;
    let bar = out.progress("posts");
    for versions in session.store.versions(args.channel.as_deref())? {
        bar.inc(1);
        let mut missing = false;
        for id in &versions {
            missing |= !step(Step::Has(id))?;
        }
        let Some(first) = versions.first().filter(|_| missing) else { continue };
        let Some(post) = post::one(session, first)?.filter(|post| post.row.is_shown()) else { continue };
        for mail in mail::of_post(session, names, &post.row)? {
            if !step(Step::Has(&mail.id))? {
                step(Step::Take(&mail))?;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

fn show(args: &Args, done: Done, out: &mut Output) -> Result<(), Failure> {
    if out.format() == frame::Format::Table {
        let what = if matches!(args.to, To::Ics | To::Html) { "file" } else { "message" };
        let gone = if done.gone > 0 { format!(", {} taken away", done.gone) } else { String::new() };
        out.status(format!("{} written{gone}", counted(done.new, what)));
        return Ok(());
    }
    let mut table = Table::new(&["new", "gone"], "");
    table.row([json!(done.new), json!(done.gone)]);
    out.object(&table)
}
