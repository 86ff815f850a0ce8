//! `members succeed`: another steward takes the register over from a secretary who is lost or dishonest.

use frame::{Common, Failure, Output, Session, Written};

use crate::cmd::suspend::ask;
use crate::cmd::text;

const EXAMPLES: &str = "\
Examples:
  members succeed --why 'ada has not been seen for a month'
  members succeed --term 2        # the next one is lost, too
  members succeed --enter         # the next secretary, where sync has not";

/// Consent, as a steward, to the next secretary's taking over
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Which term shall begin; the next one if not given. Each goes one steward further
    #[arg(long, value_name = "N")]
    term: Option<u32>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// As the next secretary: enter the succession that has its consents
    #[arg(long, conflicts_with_all = ["term", "why"])]
    enter: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let why = text(args.why.as_deref())?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match args.enter {
        true => enter(session, out),
        false => {
            let Some(succession) = session.succession(args.term)? else {
                return Err(Failure::refused(rules::Refusal::WrongTerm));
            };
            if !session.is_steward()? {
                return Err(Failure::refused(rules::Refusal::NotSteward));
            }
            let (term, next) = (succession.term, &succession.next);
            if session.store.members()?.iter().any(|member| member.secretary && member.handle == *next) {
                return Err(Failure::usage(format!("in term {term}, {next} would keep the register, as now"))
                    .hint("choose another --term"));
            }
            out.status(format!(
                "in term {term}, {next} keeps the register; it needs {} stewards' consents",
                succession.needed
            ));
            out.status("your consent is your last acknowledgement until then: nothing else settles by you");
            ask(&format!("Consent that {next} keeps the register?"), common)?;
            Written::show_all(&session.succeed(term, why, out)?, out)
        }
    })
}

fn enter(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let written = session.take_over(out)?;
    if !written.is_empty() {
        return Written::show_all(&written, out);
    }
    let me = session.me()?;
    let ours = session.successions()?.into_iter().find(|succession| Some(&succession.next) == me.as_ref());
    Err(match ours {
        Some(s) if s.consents.len() < s.needed => {
            Failure::no(format!("term {} has {} of {} consents", s.term, s.consents.len(), s.needed))
                .hint("other stewards consent with `members succeed`")
        }
        Some(_) => {
            Failure::no("it is entered already, or cannot be yet").hint("-v explains; `members sync`, then again")
        }
        None => Failure::no("no succession waits for you").hint("`members status` shows one that is under way"),
    })
}
