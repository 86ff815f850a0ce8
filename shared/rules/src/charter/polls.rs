//! `[polls]`: what a poll has where its opener says nothing else.

use std::collections::BTreeSet;

use event::{Choice, Ratio, Threshold};

use super::authority::{check, threshold};
use super::period::Period;
use super::reader::Field;
use super::share::share;

/// Defaults of a poll.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PollTerms {
    /// How long after its opening it closes.
    pub closes: Option<Period>,
    /// The share of the electorate that must cast a ballot.
    pub quorum: Option<Ratio>,
    /// What passes it.
    pub threshold: Option<Threshold>,
    /// The answers that need a reason.
    pub reasons: BTreeSet<Choice>,
}

pub(super) fn read(field: Option<Field<'_, '_>>) -> PollTerms {
    let Some(table) = field.and_then(|field| field.table(&["closes", "quorum", "threshold", "reasons"])) else {
        return PollTerms::default();
    };
    let passes = table.get("threshold").and_then(|field| {
        let passes = field.with(threshold)?;
        check(&field, passes);
        Some(passes)
    });
    let reasons = table.get("reasons").map(|field| field.list()).unwrap_or_default();
    PollTerms {
        closes: table.get("closes").and_then(|field| field.parse()),
        quorum: table.get("quorum").and_then(|field| field.with(share)),
        threshold: passes,
        reasons: reasons.iter().filter_map(Field::parse).collect(),
    }
}
