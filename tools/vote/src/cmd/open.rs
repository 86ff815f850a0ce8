//! `vote open`: a question to all members.

use std::path::PathBuf;

use clap::ValueHint;
use event::{Base, Body, Line, Open, Text};
use frame::{Common, Failure, Output, Session, now, when};

use crate::{poll, terms};

/// Open a poll; this device counts it when it is over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What is asked
    question: String,
    /// How it is counted
    #[arg(long, default_value = "yesno")]
    method: String,
    /// Until when ballots count: 2026-12-01T18:00:00Z, 2026-12-01 (its last second, UTC), or a span such as 7d, 12h, 30m, 90s
    #[arg(long, value_name = "WHEN", default_value = "7d")]
    closes: String,
    /// The share of all members that must vote: 1/2, 50%
    #[arg(long, value_name = "SHARE", default_value = "0/1")]
    quorum: String,
    /// The share of yes that passes it: '>1/2', '>=2/3'; a bare share means at least so much
    #[arg(long, value_name = "SHARE", default_value = ">1/2")]
    threshold: String,
    /// What the threshold is a share of: the yes and no votes cast, or the whole electorate
    #[arg(long, value_name = "BASE", default_value = "cast", value_parser = ["cast", "electorate"])]
    of: String,
    /// The motion that the poll decides, where the rules ask for one
    #[arg(long, value_name = "MOTION")]
    binding: Option<String>,
    /// A file that explains the question, - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    details: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    if args.method != "yesno" {
        return Err(Failure::usage(format!("the method `{}` is not known", event::harmless_line(&args.method)))
            .hint("only yesno is counted so far"));
    }
    let base = if args.of == "electorate" { Base::Electorate } else { Base::Cast };
    let mut open = Open {
        question: Line::tidy(&args.question).map_err(|e| Failure::usage(format!("the question: {e}")))?,
        closes: when(&args.closes, now())?,
        quorum: terms::share(&args.quorum)?,
        threshold: terms::threshold(&args.threshold, base)?,
        motion: None,
    };
    let mut session = Session::open(common, out)?;
    let details = match &args.details {
        Some(file) => {
            let typed = frame::multiline(Some(file))?;
            Some(Text::tidy(&typed).map_err(|e| Failure::usage(format!("--details: {e}")))?)
        }
        None => None,
    };
    session.around(common, out, |session, out| {
        session.member()?;
        if let Some(motion) = &args.binding {
            open.motion = Some(session.find("motion", motion)?);
        }
        // Older polls get their numbers first.
        poll::all(session)?;
        let terms = format!("open until {}, quorum {}, passes with {}", open.closes, open.quorum, open.threshold);
        let written = session.write(Body::Open(open), details, out)?;
        written.show(out)?;
        match &written.id {
            Some(id) => {
                let number = session.local()?.number("poll", id)?;
                out.status(format!("poll {number}: {terms}"));
            }
            None => out.status(terms),
        }
        Ok(())
    })
}
