//! `vote verify`: a recount from the signed ballots.

use frame::{Common, Failure, Format, Output, Session, Table};
use serde_json::json;

use crate::ballots::{self, Fate};
use crate::{choice, poll};

/// Recount a poll from the signed ballots; names each ballot that counts or does not, and why
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        let Some((close, stated)) = poll.row.closed.clone() else {
            return Err(Failure::no("the poll is not counted yet").hint("`vote tally` shows how it stands"));
        };
        let (said, voices) = ballots::of(session, &poll.row)?;
        let recount = ballots::recount(session, &poll.row, &voices)?;
        let missed = said.iter().filter(|one| one.fate == Fate::Missed && one.time <= poll.row.closes).count();
        let agrees = recount == stated;
        let mut table =
            Table::new(&["id|Id", "member|Member", "choice|Choice", "time|Said", "state|State", "reason|Because"], "");
        for one in &said {
            let because = because(one.fate);
            let says = one
                .says
                .as_ref()
                .map_or_else(|| "contests the record".to_owned(), |says| choice::shown(&poll.row.open, says));
            let id = if out.format() == Format::Table { one.id.short() } else { one.id.to_string() };
            table.row([
                json!(id),
                json!(one.member.to_string()),
                json!(says),
                json!(one.time.to_string()),
                json!(one.fate.word()),
                json!(because),
            ]);
        }
        out.table(&table)?;
        let by_proxy = voices.values().filter(|voice| !voice.by.is_empty()).count();
        let noticed = recount.noticed.map(|had| format!("; {had} had notice")).unwrap_or_default();
        out.status(format!(
            "{} of {} votes counted, {by_proxy} of them by proxy{noticed}; the close {} {}",
            recount.tally.voted(),
            recount.electorate,
            close.short(),
            if agrees { "says the same" } else { "says something else" },
        ));
        if missed > 0 {
            out.warn(format!("{missed} claim a time before the end, and the teller had them not when counting"));
        }
        match agrees {
            true => Ok(()),
            false => Err(Failure::no("the count is not what the ballots say")),
        }
    })
}

fn because(fate: Fate) -> &'static str {
    match fate {
        Fate::Counted => "it is the member's last word",
        Fate::Replaced => "the member has said something else, or itself",
        Fate::Contested => "the member says that the record is wrong",
        Fate::Contests => "it strikes a record out",
        Fate::Late => "it claims a time after the end",
        Fate::Missed => "the teller had it not when counting",
    }
}
