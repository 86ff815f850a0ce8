//! Whether a ballot is one that the poll can count.

use event::{Ballot, Choice, Form, Open};

/// Whether a ballot fits the method and the options of a poll; an abstention fits every one.
pub fn fits(open: &Open, ballot: &Ballot) -> bool {
    let (low, high) = open.method.numbers();
    let n = open.options.len();
    let there = |option: u16| usize::from(option) <= n;
    match ballot {
        Ballot::Answer(Choice::Abstain) => true,
        Ballot::Answer(choice) => match open.method.name() {
            "yesno" => matches!(choice, Choice::Yes | Choice::No),
            "consent" => matches!(choice, Choice::Agree | Choice::Disagree | Choice::Block),
            _ => false,
        },
        Ballot::Marks(marks) => {
            let count = u32::try_from(marks.len()).unwrap_or(u32::MAX);
            let many = open.method.name() != "choose" || (low..=high).contains(&count);
            open.method.form() == Form::Marks && many && marks.iter().all(|option| there(*option))
        }
        Ballot::Ranking(ranks) => {
            let equal = ranks.iter().any(|equal| equal.len() > 1);
            open.method.form() == Form::Ranking
                && (!equal || takes_equal(open))
                && ranks.iter().flatten().all(|option| there(*option))
        }
        Ballot::Points(points) => {
            let given = points.iter().all(|(option, n)| there(*option) && (*n >= low && *n <= high));
            let sum = points.iter().fold(0_u64, |sum, (_, n)| sum.saturating_add(u64::from(*n)));
            open.method.form() == Form::Points && given && (open.method.name() != "dots" || sum <= u64::from(high))
        }
        Ballot::Slots(slots) => open.method.form() == Form::Slots && slots.iter().all(|(option, _)| there(*option)),
    }
}

/// Whether the method knows what to do with options of equal rank.
fn takes_equal(open: &Open) -> bool {
    match open.method.name() {
        "irv" => false,
        "stv" => open.method.rule() == Some("meek"),
        _ => true,
    }
}

/// Whether the poll asks for a reason that is not there.
pub(super) fn lacks_reason(open: &Open, ballot: &Ballot, reason: bool) -> bool {
    match ballot {
        Ballot::Answer(choice) => !reason && open.terms.reasons.binary_search(choice).is_ok(),
        _ => false,
    }
}
