//! Polls and counts as tables and text.

use event::{Base, Outcome};
use frame::{Failure, Format, Output, Table};
use serde_json::{Value, json};

use crate::ballots::{Ballot, Fate};
use crate::poll::{Poll, State};
use crate::terms::reaches;

/// How long the bar of the whole electorate is.
const BAR: u32 = 40;

/// Polls, one a line.
pub fn polls(polls: &[Poll], format: Format, empty: &'static str) -> Table {
    let mut table = Table::new(
        &[
            "number|No>",
            "id",
            "question|Question",
            "method",
            "opened",
            "closes|Closes",
            "quorum",
            "threshold",
            "teller|Teller",
            "state|State",
            "result|Result",
        ],
        empty,
    );
    for poll in polls {
        table.row(row(poll, format));
    }
    table
}

/// One poll, all there is.
pub fn poll(poll: &Poll, my_vote: Option<String>, format: Format) -> Table {
    let mut table = Table::new(
        &[
            "number|Poll",
            "id|Id",
            "question|Question",
            "method|Method",
            "opened|Opened",
            "closes|Closes",
            "quorum|Quorum",
            "threshold|Threshold",
            "teller|Teller",
            "state|State",
            "result|Result",
            "my_vote|Your vote",
            "details",
        ],
        "",
    );
    let mut values = row(poll, format);
    values.extend([json!(my_vote), json!(poll.row.event.text)]);
    table.row(values);
    table
}

fn row(poll: &Poll, format: Format) -> Vec<Value> {
    let open = &poll.row.open;
    // For people the state says that there is no result yet.
    let result = match (poll.result(), format) {
        (None, Format::Table) => None,
        (result, _) => Some(result.unwrap_or("open")),
    };
    vec![
        json!(poll.number),
        json!(poll.id().to_string()),
        json!(open.question.as_str()),
        json!("yesno"),
        json!(poll.row.event.link.time.to_string()),
        json!(open.closes.to_string()),
        json!(open.quorum.to_string()),
        json!(open.threshold.to_string()),
        json!(poll.row.event.author.to_string()),
        json!(poll.state().word()),
        json!(result),
    ]
}

/// A count, as far as it goes.
pub struct Tally<'a> {
    poll: &'a Poll,
    outcome: Outcome,
    ballots: &'a [Ballot],
    voted: u32,
    base: u32,
    quorum_met: bool,
    threshold_met: bool,
}

impl<'a> Tally<'a> {
    /// The count of a poll.
    pub fn new(poll: &'a Poll, outcome: Outcome, ballots: &'a [Ballot]) -> Self {
        let open = &poll.row.open;
        let cast = outcome.yes.saturating_add(outcome.no);
        let voted = cast.saturating_add(outcome.abstain);
        let base = match open.threshold.base {
            Base::Cast => cast,
            Base::Electorate => outcome.electorate,
        };
        Tally {
            quorum_met: reaches(voted, outcome.electorate, open.quorum, false),
            // A share of nothing is never reached.
            threshold_met: base > 0
                && outcome.yes > 0
                && reaches(outcome.yes, base, open.threshold.share, open.threshold.more_than),
            poll,
            outcome,
            ballots,
            voted,
            base,
        }
    }

    /// Prints it in the format asked for.
    pub fn show(&self, out: &mut Output) -> Result<(), Failure> {
        match out.format() {
            Format::Table => self.drawn(out),
            Format::Json => {
                let mut value = self.value();
                value["ballots"] = self.ballots.iter().map(ballot).collect();
                out.json(&value)
            }
            _ => out.object(&self.flat()),
        }
    }

    fn value(&self) -> Value {
        let (poll, open) = (self.poll, &self.poll.row.open);
        json!({
            "number": poll.number,
            "id": poll.id().to_string(),
            "question": open.question.as_str(),
            "method": "yesno",
            "closes": open.closes.to_string(),
            "teller": poll.row.event.author.to_string(),
            "state": poll.state().word(),
            "result": poll.result().unwrap_or("open"),
            "provisional": poll.row.closed.is_none(),
            "yes": self.outcome.yes,
            "no": self.outcome.no,
            "abstain": self.outcome.abstain,
            "electorate": self.outcome.electorate,
            "voted": self.voted,
            "turnout": format!("{}/{}", self.voted, self.outcome.electorate),
            "quorum": open.quorum.to_string(),
            "quorum_met": self.quorum_met,
            "threshold": open.threshold.to_string(),
            "threshold_met": self.threshold_met,
            "close": poll.row.closed.as_ref().map(|(id, _)| id.to_string()),
        })
    }

    /// One row, without the ballots.
    fn flat(&self) -> Table {
        const KEYS: [&str; 20] = [
            "number",
            "id",
            "question",
            "method",
            "closes",
            "teller",
            "state",
            "result",
            "provisional",
            "yes",
            "no",
            "abstain",
            "electorate",
            "voted",
            "turnout",
            "quorum",
            "quorum_met",
            "threshold",
            "threshold_met",
            "close",
        ];
        let value = self.value();
        let mut table = Table::new(&KEYS, "");
        table.row(KEYS.iter().map(|key| value[*key].clone()));
        table
    }

    fn drawn(&self, out: &mut Output) -> Result<(), Failure> {
        let (open, outcome) = (&self.poll.row.open, &self.outcome);
        out.line(open.question.as_str())?;
        out.line(self.standing())?;
        out.line("")?;
        let wide = outcome.electorate.to_string().len();
        for (word, n) in [("yes", outcome.yes), ("no", outcome.no), ("abstain", outcome.abstain)] {
            out.line(format!("{word:<9}  {n:>wide$}  {}", bar(n, outcome.electorate)).trim_end())?;
        }
        out.line("")?;
        let (yes, base, voted, electorate) = (outcome.yes, self.base, self.voted, outcome.electorate);
        out.line(format!("turnout    {voted} of {electorate}, quorum {}: {}", open.quorum, met(self.quorum_met)))?;
        out.line(format!("yes        {yes} of {base}, threshold {}: {}", open.threshold, met(self.threshold_met)))?;
        if self.ballots.is_empty() {
            return Ok(());
        }
        out.line("")?;
        let mut table =
            Table::new(&["member|Member", "choice|Choice", "time|Cast", "id|Id", "state|State", "why|Why"], "");
        for one in self.ballots {
            let mut value = ballot(one);
            value["id"] = json!(one.id.short());
            table.row(["member", "choice", "time", "id", "state", "why"].map(|key| value[key].clone()));
        }
        out.table(&table)?;
        if self.ballots.iter().any(|ballot| ballot.fate == Fate::Missed) {
            out.line("")?;
            out.line("missed: a valid ballot, but the teller did not have it when counting")?;
        }
        Ok(())
    }

    /// Where the poll stands, in one line.
    fn standing(&self) -> String {
        let (closes, teller) = (self.poll.row.open.closes, &self.poll.row.event.author);
        let now = self.outcome.word();
        match (self.poll.state(), &self.poll.row.closed) {
            (_, Some((close, outcome))) => format!("{}, counted by {teller} in {}", outcome.word(), close.short()),
            (State::Open, None) => format!("open until {closes}; provisional: {now} as it stands"),
            (_, None) => format!("over since {closes}, {teller} has not counted yet; provisional: {now} as it stands"),
        }
    }
}

fn ballot(ballot: &Ballot) -> Value {
    json!({
        "member": ballot.member.to_string(),
        "choice": ballot.choice.to_string(),
        "time": ballot.time.to_string(),
        "id": ballot.id.to_string(),
        "state": ballot.fate.word(),
        "why": ballot.why,
    })
}

fn met(met: bool) -> &'static str {
    if met { "met" } else { "not met" }
}

/// A bar as long as the share of the electorate; whoever voted is seen.
fn bar(n: u32, electorate: u32) -> String {
    let share = u64::from(n).saturating_mul(BAR.into()).checked_div(electorate.into()).unwrap_or(0);
    let length = share.min(BAR.into()).max(u64::from(n > 0));
    "#".repeat(usize::try_from(length).unwrap_or(0))
}
