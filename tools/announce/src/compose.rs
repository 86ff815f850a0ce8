//! What post and reply share: from options and a text to a post.

use std::path::{Path, PathBuf};

use clap::ValueHint;
use event::{Attachment, Checksum, Handle, Line, MAX_ATTACHMENTS, Post, Text};
use frame::{Failure, now};

use crate::moment;

/// What a post can say besides its title and text.
#[derive(Debug, Default, clap::Args)]
pub struct Options {
    /// Let it stand out
    #[arg(long)]
    pub important: bool,
    /// Ask for receipts, so that notice can be proved; the channel must allow it
    #[arg(long)]
    pub notice: bool,
    /// When it is no news any more: 2026-12-02, or 7d
    #[arg(long, value_name = "WHEN")]
    pub expires: Option<String>,
    /// When what it announces begins: '2026-12-01 18:00', on the clock of --zone
    #[arg(long, value_name = "LOCAL TIME")]
    pub when: Option<String>,
    /// When that ends: 20:30, or 2h
    #[arg(long, value_name = "TIME")]
    pub ends: Option<String>,
    /// Where that is
    #[arg(long = "where", value_name = "PLACE")]
    pub place: Option<String>,
    /// Whose clock is meant: Europe/Berlin; this machine's if not given
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// A file, and a link to where it can be had
    #[arg(long, value_name = "FILE=LINK")]
    pub attach: Vec<String>,
}

impl Options {
    /// Puts what was given into a post; what was not stays as it is there.
    pub fn into_post(self, post: &mut Post) -> Result<(), Failure> {
        post.important |= self.important;
        post.notice |= self.notice;
        if let Some(expires) = &self.expires {
            post.expires = Some(frame::when(expires, now())?);
        }
        if let Some(when) = &self.when {
            let length = post.starts.as_ref().zip(post.ends.as_ref());
            let length = length.map(|(from, to)| to.instant().seconds().saturating_sub(from.instant().seconds()));
            let starts = moment::starts(when, self.zone.as_deref())?;
            // What moves keeps its length.
            post.ends = length.map(|seconds| moment::ends(&format!("{}m", seconds / 60), &starts)).transpose()?;
            post.starts = Some(starts);
        }
        match (&self.ends, &post.starts) {
            (Some(ends), Some(starts)) => post.ends = Some(moment::ends(ends, starts)?),
            (Some(_), None) => return Err(Failure::usage("what ends must begin").hint("add --when")),
            _ => {}
        }
        if let Some(place) = &self.place {
            post.place = Some(line("--where", place)?);
        }
        if !self.attach.is_empty() {
            if self.attach.len() > MAX_ATTACHMENTS {
                return Err(Failure::usage(format!("a post has at most {MAX_ATTACHMENTS} files")));
            }
            post.attachments = self.attach.iter().map(|given| attachment(given)).collect::<Result<_, _>>()?;
            post.attachments.sort();
            post.attachments.dedup();
        }
        if post.ends.as_ref().zip(post.starts.as_ref()).is_some_and(|(to, from)| to.instant() <= from.instant()) {
            return Err(Failure::usage("it ends before it begins"));
        }
        Ok(())
    }
}

/// A line that was given to an option.
pub fn line(option: &str, typed: &str) -> Result<Line, Failure> {
    Line::tidy(typed).map_err(|e| Failure::usage(format!("{option}: {e}")))
}

/// A channel by its name.
pub fn channel(name: &str) -> Result<Handle, Failure> {
    name.parse().map_err(|_| {
        Failure::usage(format!("`{}` is not a channel", event::harmless_line(name)))
            .hint("a channel is 1 to 32 small letters, digits and `-`")
    })
}

fn attachment(given: &str) -> Result<Attachment, Failure> {
    let bad = || {
        Failure::usage(format!("`{}` is not a file and its link", event::harmless_line(given)))
            .hint("write --attach plan.pdf=https://example.org/plan.pdf")
    };
    let (file, link) = given.split_once('=').ok_or_else(bad)?;
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).ok_or_else(bad)?;
    let checksum = std::fs::File::open(file)
        .and_then(Checksum::read)
        .map_err(|e| Failure::could(format!("cannot read `{}`: {e}", event::harmless_line(file))))?;
    format!("{checksum} {link} {}", line("--attach", name)?).parse().map_err(|_| bad())
}

/// Where a text comes from.
#[derive(Debug, Default, clap::Args)]
pub struct Source {
    /// The text, - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

impl Source {
    /// The text from the file, from standard input, or from the editor on a terminal, where it begins as `before`.
    pub fn read(&self, before: &str) -> Result<Text, Failure> {
        let typed = match &self.file {
            None if frame::interactive() && !before.is_empty() => {
                frame::edit(before, ".md", "give a file")?.unwrap_or_default()
            }
            file => frame::multiline(file.as_deref())?,
        };
        if typed.trim().is_empty() {
            return Err(Failure::no("the text is empty: nothing was posted")
                .hint("give a file, or write the text to standard input"));
        }
        Text::tidy(&typed).map_err(|e| Failure::usage(format!("the text: {e}")))
    }
}
