//! Polls as tables.

use frame::{Format, Table};
use serde_json::{Value, json};

use crate::poll::Poll;
use crate::terms;

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
            "seats|Seats",
            "opens|Opens",
            "topic|Topic",
            "voters|Voters",
            "ties|Ties",
            "blocks|Blocks",
            "reasons|Reasons",
            "notice|Notice",
            "notice_of|Notice of",
            "notice_by|Notice by",
            "options",
            "details",
        ],
        "",
    );
    let mut values = row(poll, format);
    let rest = &poll.row.open.terms;
    let joined = |all: Vec<String>| (!all.is_empty()).then(|| all.join(" "));
    let options: Vec<&str> = poll.row.open.options.iter().map(|option| option.as_str()).collect();
    values.extend([
        json!(my_vote),
        json!(rest.seats),
        json!(rest.opens.map(|opens| opens.to_string())),
        json!(rest.topic.as_ref().map(ToString::to_string)),
        json!(joined(rest.voters.iter().map(ToString::to_string).collect())),
        json!(rest.ties.map(|ties| ties.to_string())),
        json!(rest.blocks),
        json!(joined(rest.reasons.iter().map(ToString::to_string).collect())),
        json!(rest.notice.as_ref().map(terms::notice)),
        json!(rest.notice.map(|called| called.post.to_string())),
        json!(poll.notice_due().map(|due| due.to_string())),
        json!(options),
        json!(poll.row.event.text),
    ]);
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
        json!(open.method.to_string()),
        json!(poll.row.event.link.time.to_string()),
        json!(poll.row.closes.to_string()),
        json!(open.quorum.to_string()),
        json!((!open.thresholds.is_empty()).then(|| terms::thresholds(open))),
        json!(poll.teller()),
        json!(poll.state().word()),
        json!(result),
    ]
}
