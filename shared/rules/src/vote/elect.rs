//! A choice between options: voices become the ballots of the counting crate, which decides files alike.

use count::{
    Answers, Approval, Ballots, Blank, Error, Marked, Method, Outcome, Quota, Ranked, Scale, Stv, Terms, TieBreak,
    Unranked,
};
use event::{Ballot, Choice, EventId, Form, Open, Slot};

use super::Voice;

/// Counts a poll between options. Options bear their numbers as names; abstentions are left out.
///
/// # Errors
/// Only where there is nothing to count, as when nobody has ranked anything.
pub fn elect<'a>(open: &Open, voices: impl Iterator<Item = &'a Voice>, poll: &EventId) -> Result<Outcome, Error> {
    let names: Vec<String> = (1..=open.options.len()).map(|n| n.to_string()).collect();
    let said = voices.filter(|voice| !matches!(voice.says, Ballot::Answer(_)));
    let ballots = ballots(open, names, said)?;
    let tie_break = open.terms.ties.map(|ties| match ties {
        event::TieBreak::FirstListed => TieBreak::FirstListed,
        event::TieBreak::LastListed => TieBreak::LastListed,
        event::TieBreak::Lot => TieBreak::Lot(poll.to_string()),
    });
    count::count(&Terms { method: method(open)?, seats: open.seats().into(), tie_break }, &ballots)
}

/// What the voices say as ballots for the counting crate, equal ones merged, options by these names. Of a choice
/// between options an abstention is an empty ballot.
///
/// # Errors
/// Where names are none that it takes.
pub fn ballots<'a>(open: &Open, names: Vec<String>, voices: impl Iterator<Item = &'a Voice>) -> Result<Ballots, Error> {
    match open.method.form() {
        Form::Answer => Ok(Ballots::Answers(answers(voices))),
        Form::Ranking => ranked(names, voices),
        _ => marked(names, voices),
    }
}

fn answers<'a>(voices: impl Iterator<Item = &'a Voice>) -> Answers {
    let mut answers = Answers::default();
    for voice in voices {
        let Ballot::Answer(choice) = &voice.says else { continue };
        let sum = match choice {
            Choice::Yes | Choice::Agree => &mut answers.yes,
            Choice::No | Choice::Disagree => &mut answers.no,
            Choice::Abstain => &mut answers.abstain,
            Choice::Block => &mut answers.block,
        };
        *sum = sum.saturating_add(voice.weight.into());
    }
    answers
}

fn ranked<'a>(names: Vec<String>, said: impl Iterator<Item = &'a Voice>) -> Result<Ballots, Error> {
    let mut ranked = Ranked::new(names)?;
    for voice in said {
        let ranks = match &voice.says {
            Ballot::Ranking(ranks) => ranks.as_slice(),
            _ => &[],
        };
        let ranks: Vec<Vec<usize>> = ranks.iter().map(|equal| equal.iter().map(|n| place(*n)).collect()).collect();
        let ranks: Vec<&[usize]> = ranks.iter().map(Vec::as_slice).collect();
        ranked.cast(voice.weight.into(), &ranks)?;
    }
    Ok(Ballots::Ranked(ranked))
}

fn marked<'a>(names: Vec<String>, said: impl Iterator<Item = &'a Voice>) -> Result<Ballots, Error> {
    let n = names.len();
    let mut marked = Marked::new(names)?;
    for voice in said {
        let mut row = vec![None; n];
        for (option, mark) in marks(&voice.says) {
            if let Some(cell) = row.get_mut(place(option)) {
                *cell = Some(mark);
            }
        }
        marked.cast(voice.weight.into(), row)?;
    }
    Ok(Ballots::Marked(marked))
}

/// What a ballot gives to options: a mark is 1; a time that suits 2, one that does if need be 1.
fn marks(ballot: &Ballot) -> Vec<(u16, i32)> {
    match ballot {
        Ballot::Marks(marks) => marks.iter().map(|option| (*option, 1)).collect(),
        Ballot::Points(points) => {
            points.iter().map(|(option, n)| (*option, i32::try_from(*n).unwrap_or(i32::MAX))).collect()
        }
        Ballot::Slots(slots) => {
            let worth = |slot| match slot {
                Slot::Yes => 2,
                Slot::Maybe => 1,
                Slot::No => 0,
            };
            slots.iter().map(|(option, slot)| (*option, worth(*slot))).collect()
        }
        Ballot::Answer(_) | Ballot::Ranking(_) => Vec::new(),
    }
}

/// The place of an option, from 0.
fn place(option: u16) -> usize {
    usize::from(option).saturating_sub(1)
}

/// The method in the words of the counting crate.
fn method(open: &Open) -> Result<Method, Error> {
    let (low, high) = open.method.numbers();
    let scale = || {
        let end = |n| i32::try_from(n).unwrap_or(i32::MAX);
        Some(Scale { least: end(low), most: end(high) })
    };
    let rule = open.method.rule();
    Ok(match (open.method.name(), rule) {
        ("choose", _) => Method::Choose { min: low, max: high },
        ("approval", Some("sav")) => Method::Approval(Approval::Sav),
        ("score", _) => Method::Score { mean: rule == Some("mean"), blank: Blank::Zero, scale: scale() },
        ("dots", _) => Method::Dots { budget: Some(high.into()) },
        ("star", _) => Method::Star { scale: scale() },
        ("borda", Some(rule)) => Method::Borda {
            base: u8::from(rule.starts_with('1')),
            unranked: if rule.ends_with("zero") { Unranked::Zero } else { Unranked::Average },
        },
        ("stv", Some("wigm-hare")) => Method::Stv(Stv::Wigm(Quota::Hare)),
        ("stv", Some("wigm-hagenbach-bischoff")) => Method::Stv(Stv::Wigm(Quota::HagenbachBischoff)),
        ("stv", Some("wigm-imperiali")) => Method::Stv(Stv::Wigm(Quota::Imperiali)),
        ("stv", Some("wigm-droop")) => Method::Stv(Stv::Wigm(Quota::Droop)),
        ("stv", Some("rctab-hare")) => Method::Stv(Stv::Rctab(Quota::Hare)),
        ("stv", Some("rctab-droop")) => Method::Stv(Stv::Rctab(Quota::Droop)),
        (name, rule) => Method::named(name, rule)?,
    })
}
