//! Quorum and thresholds of polls, all small numbers, against the counting crate, which rounds where the law multiplies.

// Small sums of small numbers, and panics where the test fails.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used)]

use count::question::{Base as Of, Counted, Question, Quorum, Size, Threshold as Bar};
use count::{Answers, Ballots, Method, Share, Terms as Asked};
use event::{Base, Open, Ratio, Tally, Terms, Threshold, Time};

const MEMBERS: u32 = 7;

fn poll(method: &str, quorum: (u32, u32), thresholds: Vec<Threshold>, blocks: Option<u32>) -> Open {
    Open {
        motion: None,
        question: "?".parse().unwrap(),
        method: method.parse().unwrap(),
        closes: Time::new(1).unwrap(),
        quorum: Ratio::new(quorum.0, quorum.1).unwrap(),
        thresholds,
        options: Vec::new(),
        terms: Terms { blocks, ..Terms::default() },
    }
}

/// Every share with parts up to five.
fn shares() -> Vec<(u32, u32)> {
    (1..=5).flat_map(|under| (0..=under).map(move |over| (over, under))).collect()
}

fn thresholds() -> Vec<Threshold> {
    let mut all = Vec::new();
    for (over, under) in shares() {
        for (more_than, base) in
            [(false, Base::Cast), (true, Base::Cast), (false, Base::Electorate), (true, Base::Electorate)]
        {
            all.push(Threshold { share: Ratio::new(over, under).unwrap(), more_than, base });
        }
    }
    all
}

/// The same conditions in the words of the counting crate.
fn question(open: &Open, members: u32, blocks: Option<u64>) -> Question {
    let share = |ratio: Ratio| Share::new(ratio.parts().0.into(), ratio.parts().1.into()).unwrap();
    let bar = |t: &Threshold| Bar {
        share: share(t.share),
        strict: t.more_than,
        of: if t.base == Base::Cast { Of::YesNo } else { Of::Members },
    };
    Question {
        threshold: open.thresholds.first().map(bar),
        quorums: vec![Quorum { size: Size::Share(share(open.quorum)), strict: false, counted: Counted::Cast }],
        blocks,
        members: Some(members.into()),
    }
}

/// What the counting crate says; the law asks besides that somebody is for it.
fn expected(method: Method, all: [u32; 4]) -> bool {
    let [yes, no, abstain, block] = all.map(u64::from);
    let answers = Ballots::Answers(Answers { yes, no, abstain, block, invalid: 0 });
    let terms = Asked { method, seats: 1, tie_break: None };
    yes > 0 && count::count(&terms, &answers).unwrap().passed == Some(true)
}

/// How many of so many members say what.
fn said(members: u32, blocks: u32) -> impl Iterator<Item = [u32; 4]> {
    let up_to = move |used: u32| 0..=members - used;
    up_to(0)
        .flat_map(move |yes| up_to(yes).map(move |no| (yes, no)))
        .flat_map(move |(yes, no)| up_to(yes + no).map(move |abstain| (yes, no, abstain)))
        .flat_map(move |(yes, no, abstain)| {
            (0..=blocks.min(members - yes - no - abstain)).map(move |block| [yes, no, abstain, block])
        })
}

#[test]
fn yes_and_no() {
    let mut passed = 0_u32;
    for quorum in [(0, 1), (1, 3), (1, 2), (2, 3), (1, 1)] {
        for threshold in thresholds() {
            let open = poll("yesno", quorum, vec![threshold], None);
            for members in 0..=MEMBERS {
                let method = Method::YesNo(question(&open, members, None));
                for all in said(members, 0) {
                    let [yes, no, abstain, _] = all;
                    let passes = rules::passes(&open, &Tally::YesNo { yes, no, abstain }, members);
                    assert_eq!(passes, expected(method.clone(), all), "{all:?} of {members}: {threshold}, {quorum:?}");
                    passed += u32::from(passes);
                }
            }
        }
    }
    assert!(passed > 10_000);
}

#[test]
fn consent() {
    let some: Vec<Option<Threshold>> =
        thresholds().into_iter().step_by(3).map(Some).chain(std::iter::once(None)).collect();
    for quorum in [(0, 1), (1, 2), (3, 5)] {
        for stops in [None, Some(2)] {
            for threshold in &some {
                let open = poll("consent", quorum, threshold.iter().copied().collect(), stops);
                let allowed = u64::from(stops.unwrap_or(1)) - 1;
                for members in 0..=MEMBERS {
                    let method = Method::Consent(question(&open, members, Some(allowed)));
                    for all in said(members, 3) {
                        let [agree, disagree, abstain, block] = all;
                        let passes = rules::passes(&open, &Tally::Consent { agree, abstain, disagree, block }, members);
                        assert_eq!(passes, expected(method.clone(), all), "{all:?} of {members}: {open:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn all_thresholds_must_be_met() {
    for first in thresholds() {
        for second in thresholds() {
            let both = poll("yesno", (1, 2), vec![first, second], None);
            let alone = |one| poll("yesno", (1, 2), vec![one], None);
            for [yes, no, abstain, _] in said(5, 0) {
                let tally = Tally::YesNo { yes, no, abstain };
                let each = [first, second].map(|one| rules::passes(&alone(one), &tally, 5));
                assert_eq!(rules::passes(&both, &tally, 5), each == [true, true], "{first} and {second}: {tally:?}");
            }
        }
    }
}
