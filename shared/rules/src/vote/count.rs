//! The count: voices summed, quorum and thresholds in exact integers.

use std::collections::BTreeMap;

use event::{Ballot, Base, Choice, EventId, Handle, Open, Outcome, Ratio, Tally, Threshold, Time};

use super::elect::elect;
use super::notice::{notice_given, noticed};
use super::voice::{Voice, voices};
use super::vote_of;
use crate::change::electorate;
use crate::facts::{Facts, Link};

/// Counts what the listed events say.
pub fn count<F: Facts>(
    facts: &F,
    poll: &Link,
    open: &Open,
    listed: &[EventId],
    closes: Time,
) -> Result<Outcome, F::Error> {
    outcome(facts, poll, open, listed, &voices(facts, poll, open, listed, closes)?)
}

/// Counts who has a voice by the listed events.
pub fn outcome<F: Facts>(
    facts: &F,
    poll: &Link,
    open: &Open,
    listed: &[EventId],
    voices: &BTreeMap<Handle, Voice>,
) -> Result<Outcome, F::Error> {
    let electorate = electorate_of(facts, poll, open)?;
    let tally = tally(open, voices, &poll.id);
    let noticed = noticed(facts, poll, open, listed)?;
    let passed = notice_given(open, noticed) && passes(open, &tally, electorate);
    Ok(Outcome { tally, electorate, noticed, passed })
}

/// The weight of all who may vote in a poll.
pub fn electorate_of<F: Facts>(facts: &F, poll: &Link, open: &Open) -> Result<u32, F::Error> {
    if open.terms.voters.is_empty() {
        return electorate(facts, &poll.register);
    }
    let mut sum = 0_u32;
    for voter in &open.terms.voters {
        sum = sum.saturating_add(vote_of(facts, poll, open, voter)?);
    }
    Ok(sum)
}

fn tally(open: &Open, voices: &BTreeMap<Handle, Voice>, poll: &EventId) -> Tally {
    let of = |choice: Choice| {
        let says = voices.values().filter(|voice| voice.says == Ballot::Answer(choice));
        says.fold(0_u32, |sum, voice| sum.saturating_add(voice.weight))
    };
    match open.method.name() {
        "yesno" => Tally::YesNo { yes: of(Choice::Yes), no: of(Choice::No), abstain: of(Choice::Abstain) },
        "consent" => Tally::Consent {
            agree: of(Choice::Agree),
            abstain: of(Choice::Abstain),
            disagree: of(Choice::Disagree),
            block: of(Choice::Block),
        },
        _ => {
            let voted = voices.values().fold(0_u32, |sum, voice| sum.saturating_add(voice.weight));
            let result = elect(open, voices.values(), poll);
            let numbers = |of: &[usize]| of.iter().filter_map(|n| u16::try_from(n.saturating_add(1)).ok()).collect();
            match result {
                Ok(result) => {
                    let tied = result.unbroken().map(|tie| numbers(&tie.among)).unwrap_or_default();
                    let mut winners: Vec<u16> = numbers(&result.winners);
                    winners.sort_unstable();
                    Tally::Options { voted, winners, tied }
                }
                // Nobody has said anything that could be counted.
                Err(_) => Tally::Options { voted, winners: Vec::new(), tied: Vec::new() },
            }
        }
    }
}

/// Whether quorum and thresholds are met; a share of nothing is never reached. Of a choice between options, whether
/// the quorum voted and every seat is filled without a tie left open.
pub fn passes(open: &Open, tally: &Tally, electorate: u32) -> bool {
    let turnout = reaches(tally.voted(), electorate, open.quorum, false);
    turnout
        && match tally {
            Tally::YesNo { yes, no, .. } => *yes > 0 && all_reached(open, *yes, yes.saturating_add(*no), electorate),
            Tally::Consent { agree, disagree, block, .. } => {
                let cast = agree.saturating_add(*disagree).saturating_add(*block);
                let blocked = *block >= open.terms.blocks.unwrap_or(1);
                *agree > 0 && !blocked && all_reached(open, *agree, cast, electorate)
            }
            Tally::Options { winners, tied, .. } => tied.is_empty() && winners.len() == usize::from(open.seats()),
        }
}

fn all_reached(open: &Open, part: u32, cast: u32, electorate: u32) -> bool {
    open.thresholds.iter().all(|threshold| {
        let base = match threshold.base {
            Base::Cast => cast,
            Base::Electorate => electorate,
        };
        base > 0 && reaches(part, base, threshold.share, threshold.more_than)
    })
}

/// Whether a part of a whole reaches a share, in exact integers; `more_than` where just as much is not enough.
///
/// a / b >= over / under  ⇔  a * under >= over * b, all below 2^64.
pub fn reaches(part: u32, whole: u32, share: Ratio, more_than: bool) -> bool {
    let (over, under) = share.parts();
    let (part, wanted) = (u64::from(part).saturating_mul(under.into()), u64::from(whole).saturating_mul(over.into()));
    if more_than { part > wanted } else { part >= wanted }
}

/// Whether a passed poll on these terms is what the rules ask for: by yes and no or by consent, of all who may vote,
/// with this threshold among its own.
pub fn decides(open: &Open, wanted: Option<Threshold>) -> bool {
    let asked = matches!(open.method.name(), "yesno" | "consent");
    asked && open.terms.voters.is_empty() && wanted.is_none_or(|wanted| open.thresholds.contains(&wanted))
}

#[cfg(test)]
mod tests {
    use event::{Base, Method, Ratio, Terms, Threshold, Time};

    use super::*;

    fn poll(quorum: (u32, u32), share: (u32, u32), more_than: bool, base: Base) -> Open {
        Open {
            motion: None,
            question: "?".parse().unwrap(),
            method: Method::YESNO,
            closes: Time::new(1).unwrap(),
            quorum: Ratio::new(quorum.0, quorum.1).unwrap(),
            thresholds: vec![Threshold { share: Ratio::new(share.0, share.1).unwrap(), more_than, base }],
            options: Vec::new(),
            terms: Terms::default(),
        }
    }

    fn yes(yes: u32) -> Tally {
        Tally::YesNo { yes, no: 0, abstain: 0 }
    }

    #[test]
    fn quorum_and_threshold() {
        let half = poll((1, 2), (1, 2), true, Base::Cast);
        // yes, no, abstain, electorate, passed
        let table = [
            (2, 1, 0, 6, true),
            (2, 2, 0, 6, false),
            (2, 0, 0, 6, false),
            (1, 0, 2, 6, true),
            (0, 0, 6, 6, false),
            (4, 3, 0, 7, true),
            (3, 0, 0, 7, false),
        ];
        for (yes, no, abstain, electorate, passed) in table {
            assert_eq!(
                passes(&half, &Tally::YesNo { yes, no, abstain }, electorate),
                passed,
                "{yes} {no} {abstain} of {electorate}"
            );
        }
        let two_thirds = poll((0, 1), (2, 3), false, Base::Electorate);
        assert!(passes(&two_thirds, &yes(4), 6));
        assert!(!passes(&two_thirds, &yes(3), 6));
    }

    #[test]
    fn every_percentage_of_a_hundred_is_exact() {
        for percent in 1..=100 {
            let at_least = poll((0, 1), (percent, 100), false, Base::Electorate);
            assert!(passes(&at_least, &yes(percent), 100));
            assert!(!passes(&at_least, &yes(percent - 1), 100));
            let more = poll((0, 1), (percent, 100), true, Base::Electorate);
            assert!(!passes(&more, &yes(percent), 100));
        }
    }
}
