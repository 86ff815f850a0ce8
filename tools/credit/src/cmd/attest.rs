//! `credit attest`: an assessor vouches for a pledge.

use std::path::PathBuf;

use event::{Attest, Body, Checksum, Text, Time};
use frame::{Common, Failure, Output, Session, now};

/// How long an attestation holds where neither rules nor pledge say: a year, in seconds.
const YEAR: u64 = 31_536_000;

/// Attest a pledge, for all of it or less, for a while; for assessors
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The pledge, by the first digits of its id
    pledge: Option<String>,
    /// For how much of it; all by default
    quantity: Option<String>,
    /// What was seen, for everyone to read
    text: Vec<String>,
    /// Until when it is good; as long as rules and pledge let it be by default
    #[arg(long)]
    expires: Option<String>,
    /// A file that shows it: its checksum is signed, the file stays with you
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let attest = draft(session, &args, now())?;
        let text = match args.text.as_slice() {
            [] => None,
            words => Some(Text::tidy(&words.join(" "))?),
        };
        session.write(Body::Attest(attest), text, out)?.show(out)
    })
}

fn draft(session: &mut Session, args: &Args, now: Time) -> Result<Attest, Failure> {
    let pledge = frame::ask(args.pledge.clone(), "PLEDGE", "Which pledge")?;
    let id = session.find("pledge", &pledge)?;
    let Some(row) = session.store.pledges()?.into_iter().find(|row| row.event.link.id == id) else {
        return Err(Failure::refused(rules::Refusal::NoPledge));
    };
    if row.taken_back.is_some() {
        return Err(Failure::no(format!("{} has taken this pledge back", row.member)));
    }
    let quantity = match &args.quantity {
        Some(quantity) => super::pledge::amount(quantity)?,
        None => row.pledge.quantity,
    };
    let expires = match &args.expires {
        Some(expires) => frame::when(expires, now)?,
        None => {
            let charter = session.store.charter()?;
            let valid = super::pledge::terms(charter.as_ref(), &row.pledge.asset).and_then(|asset| asset.valid);
            let seconds = i64::try_from(valid.map_or(YEAR, |valid| valid.seconds())).unwrap_or(i64::MAX);
            let longest = Time::clamped(now.seconds().saturating_add(seconds));
            row.pledge.until.map_or(longest, |until| until.min(longest))
        }
    };
    let evidence = args.evidence.as_ref().map(checksum).transpose()?;
    Ok(Attest { pledge: id, quantity, expires, evidence })
}

fn checksum(file: &PathBuf) -> Result<Checksum, Failure> {
    let could = |why: std::io::Error| {
        Failure::could(format!("`{}` cannot be read: {why}", event::harmless_line(&file.display().to_string())))
            .hint("name a file that is there")
    };
    std::fs::File::open(file).and_then(Checksum::read).map_err(could)
}
