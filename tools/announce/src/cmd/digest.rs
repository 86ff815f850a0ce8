//! `announce digest`: what a member needs to know, in one text.

use std::path::PathBuf;

use clap::{ValueEnum, ValueHint};
use event::Checksum;
use frame::{Common, Failure, Format, Output, Session, now};
use mail_builder::MessageBuilder;
use serde_json::Value;

use crate::digest::{self, Cursor, Digest, Kind};
use crate::mail::unix;
use crate::names::Names;

/// Print what is new and what waits for you in one text; nothing if there is no news
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Since when: `last` for the last digest of this recipient, a time, a day, or how long ago, 7d
    #[arg(long, value_name = "last|WHEN", default_value = "last")]
    since: String,
    /// As what
    #[arg(long, value_name = "WHAT", default_value = "text")]
    to: To,
    /// For whom: the mail's address, and the name under which `last` is remembered
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<String>,
    /// From whom the mail is
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
    /// Another template, in the language of Jinja
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    template: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// For a terminal, or for cron, which mails it
    Text,
    /// For a browser
    Html,
    /// Ready for `sendmail -t`
    Mail,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    if args.to == To::Mail && args.recipient.is_none() {
        return Err(Failure::usage("a mail needs a recipient").hint("add --recipient ADDRESS"));
    }
    for address in args.recipient.iter().chain(&args.sender) {
        check_address(address)?;
    }
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let recipient = args.recipient.clone().unwrap_or_else(|| "me".to_owned());
        let since = match args.since.as_str() {
            "last" => Cursor::load(session, &recipient)?,
            when => Cursor::since(ago(when)?),
        };
        let digest = digest::gather(session, since)?;
        write(&args, session, &digest, out)?;
        // Only once it is out: where printing failed, all of it is news again.
        out.done()?;
        if args.since == "last" && !common.dry_run {
            digest.next.save(session, &recipient)?;
        }
        Ok(())
    })
}

fn write(args: &Args, session: &Session, digest: &Digest, out: &mut Output) -> Result<(), Failure> {
    if out.format() == Format::Json {
        let none = Value::Null;
        return out.json(if digest.news { &digest.data } else { &none });
    }
    let own = args.template.as_deref();
    if !digest.news {
        // A template that does not work says so today, not with the first news.
        if own.is_some() {
            digest::render(if args.to == To::Html { Kind::Html } else { Kind::Text }, own, &digest.data)?;
        }
        out.explain("there is no news");
        return Ok(());
    }
    match args.to {
        To::Text => out.raw(&format!("{}\n", digest::render(Kind::Text, own, &digest.data)?)),
        To::Html => out.raw(&format!("{}\n", digest::render(Kind::Html, own, &digest.data)?)),
        To::Mail => {
            let text = digest::render(Kind::Text, own, &digest.data)?;
            let html = digest::render(Kind::Html, None, &digest.data)?;
            out.raw(&mail(args, session, &text, &html)?)
        }
    }
}

fn mail(args: &Args, session: &Session, text: &str, html: &str) -> Result<String, Failure> {
    let names = Names::of(session)?;
    let to = args.recipient.clone().unwrap_or_default();
    let from = args.sender.clone().unwrap_or_else(|| to.clone());
    let bytes = MessageBuilder::new()
        .from((names.community.clone(), from))
        .to(to)
        .subject(format!("{}: news", event::harmless(&names.community)))
        .date(now().seconds())
        .message_id(format!(
            "digest.{}.{}@{}",
            now().seconds(),
            &Checksum::of(text.as_bytes()).to_string()[..16],
            names.domain
        ))
        .header("Auto-Submitted", mail_builder::headers::raw::Raw::new("auto-generated"))
        .text_body(text)
        .html_body(html)
        .write_to_vec()
        .map_err(|e| Failure::could(format!("cannot make a mail: {e}")))?;
    String::from_utf8(unix(&bytes)).map_err(|_| Failure::could("cannot make a mail"))
}

/// An address that can stand in a header and nowhere else.
fn check_address(address: &str) -> Result<(), Failure> {
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && !b"<>()[]\\,;:\"".contains(&b));
    let whole = address.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    match plain && whole && address.len() <= 254 {
        true => Ok(()),
        false => Err(Failure::usage(format!("`{}` is not a mail address", event::harmless_line(address)))),
    }
}

/// A time, a day, or a span back from now.
fn ago(text: &str) -> Result<event::Time, Failure> {
    let then = frame::when(text, now())?;
    let seconds = then.seconds().saturating_sub(now().seconds());
    // A span counts backwards, a time stands where it stands.
    let span = text.bytes().all(|b| b.is_ascii_alphanumeric());
    Ok(if span { event::Time::clamped(now().seconds().saturating_sub(seconds)) } else { then })
}
