//! What must hold of every count, whatever the ballots.

use std::collections::BTreeMap;

use count::read::{Format, read};
use count::{Ballots, METHODS, Method, Outcome, Ranked, Terms, TieBreak, count, write};
use num_rational::BigRational;
use proptest::prelude::*;

/// A ranking by groups of equal rank, and how often it occurs.
type Ballot = (u64, Vec<Vec<usize>>);

fn ballots(n: usize, equal: bool) -> impl Strategy<Value = Vec<Ballot>> {
    let ranking = (Just((0..n).collect::<Vec<usize>>()).prop_shuffle(), 0..=n, prop::collection::vec(any::<bool>(), n));
    let ballot = (1u64..12, ranking).prop_map(move |(weight, (order, length, joined))| {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (c, join) in order.into_iter().take(length).zip(joined) {
            match groups.last_mut() {
                Some(group) if equal && join => group.push(c),
                _ => groups.push(vec![c]),
            }
        }
        (weight, groups)
    });
    prop::collection::vec(ballot, 0..14)
}

fn profile() -> impl Strategy<Value = (usize, Vec<Ballot>, u32)> {
    (2usize..7, any::<bool>()).prop_flat_map(|(n, equal)| (Just(n), ballots(n, equal), 1u32..4))
}

fn ranked(n: usize, ballots: &[Ballot]) -> Ballots {
    let mut all = Ranked::new((0..n).map(|c| format!("C{c}")).collect()).unwrap();
    for (weight, groups) in ballots {
        let groups: Vec<&[usize]> = groups.iter().map(Vec::as_slice).collect();
        all.cast(*weight, &groups).unwrap();
    }
    Ballots::Ranked(all)
}

/// Every method of rankings with every rule.
fn methods() -> Vec<Method> {
    let names =
        METHODS.iter().filter(|name| ["borda", "irv", "stv", "schulze", "ranked-pairs", "approval"].contains(name));
    let named = names.flat_map(|name| match Method::rules(name) {
        [] => vec![Method::named(name, None).unwrap()],
        rules => rules.iter().map(|rule| Method::named(name, Some(rule)).unwrap()).collect(),
    });
    let mut all: Vec<Method> = named.collect();
    for quota in ["hare", "hagenbach-bischoff", "imperiali"] {
        let mut method = Method::named("stv", Some("wigm")).unwrap();
        method.set_quota(quota).unwrap();
        all.push(method);
    }
    all
}

fn counted(method: &Method, seats: u32, by: Option<TieBreak>, ballots: &Ballots) -> Outcome {
    let seats = if method.name() == "irv" { 1 } else { seats };
    count(&Terms { method: method.clone(), seats, tie_break: by }, ballots).unwrap()
}

fn names(outcome: &Outcome) -> Vec<String> {
    let mut names: Vec<String> = outcome.winners.iter().map(|c| outcome.candidates[*c].clone()).collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// One ballot at a time, last first: the same result in everything.
    #[test]
    fn merging_and_order_change_nothing((n, all, seats) in profile()) {
        let single: Vec<Ballot> =
            all.iter().rev().flat_map(|(weight, groups)| (0..*weight).map(|_| (1, groups.clone()))).collect();
        let (merged, single) = (ranked(n, &all), ranked(n, &single));
        for method in methods() {
            let ours = counted(&method, seats, None, &merged);
            prop_assert_eq!(ours, counted(&method, seats, None, &single), "{:?}", method);
        }
    }

    /// With an order for ties every seat is filled, and by the same whether the count is run with or without it.
    #[test]
    fn seats_are_filled((n, all, seats) in profile()) {
        let ballots = ranked(n, &all);
        for method in methods() {
            let open = counted(&method, seats, None, &ballots);
            let wanted = (open.seats as usize).min(n);
            for by in [TieBreak::FirstListed, TieBreak::LastListed, TieBreak::Lot("seed".into())] {
                let done = counted(&method, seats, Some(by), &ballots);
                prop_assert_eq!(done.winners.len(), wanted, "{:?}", method);
                prop_assert!(done.unbroken().is_none());
                prop_assert!(open.winners.iter().all(|c| done.winners.contains(c)), "{:?}: certain, and yet not", method);
                if let Some(possible) = &open.possible_winners {
                    prop_assert!(done.winners.iter().all(|c| possible.contains(c)), "{:?}: not possible", method);
                }
                if open.unbroken().is_none() {
                    prop_assert_eq!(names(&open), names(&done), "{:?}", method);
                }
            }
            prop_assert!(open.unbroken().is_some() || open.winners.len() == wanted, "{:?}", method);
        }
    }

    /// Where no tie is met, names do not matter.
    #[test]
    fn relabelling_relabels((n, all, seats) in profile(), seed in any::<prop::sample::Index>()) {
        let turn = |c: usize| (c + 1 + seed.index(n)) % n;
        let turned: Vec<Ballot> = all
            .iter()
            .map(|(weight, groups)| (*weight, groups.iter().map(|g| g.iter().map(|c| turn(*c)).collect()).collect()))
            .collect();
        let (ballots, turned) = (ranked(n, &all), ranked(n, &turned));
        for method in methods() {
            let (one, other) = (counted(&method, seats, None, &ballots), counted(&method, seats, None, &turned));
            if one.ties.is_empty() {
                let mut moved: Vec<usize> = one.winners.iter().map(|c| turn(*c)).collect();
                let mut theirs = other.winners.clone();
                moved.sort_unstable();
                theirs.sort_unstable();
                prop_assert_eq!(moved, theirs, "{:?}", method);
            }
        }
    }

    /// In every round the votes of all, the exhausted and what rounding lost are the valid ballots.
    #[test]
    fn votes_are_conserved((n, all, seats) in profile()) {
        let ballots = ranked(n, &all);
        for method in methods().into_iter().filter(|method| matches!(method.name(), "irv" | "stv")) {
            let outcome = counted(&method, seats, Some(TieBreak::FirstListed), &ballots);
            for round in &outcome.rounds {
                let parts = round.tally.iter().map(|(_, votes)| votes).chain(&round.exhausted).chain(&round.loss);
                let sum: BigRational = parts.map(|figure| figure.value().clone()).sum();
                prop_assert_eq!(sum, BigRational::from_integer(outcome.valid.into()), "{:?}", method);
            }
        }
    }

    /// Who beats everybody wins by Schulze and by ranked pairs.
    #[test]
    fn condorcet((n, all, _) in profile()) {
        let ballots = ranked(n, &all);
        for method in methods().into_iter().filter(|method| matches!(method.name(), "schulze" | "ranked-pairs")) {
            let outcome = counted(&method, 1, None, &ballots);
            if let Some(winner) = outcome.condorcet_winner.unwrap() {
                prop_assert_eq!(&outcome.winners, &vec![winner], "{:?}", method);
            }
            prop_assert!(!outcome.possible_winners.as_ref().unwrap().is_empty());
        }
    }

    /// Who is first on more than half of the ballots wins by instant runoff and one-seat STV.
    #[test]
    fn majority((n, all, _) in (2usize..6).prop_flat_map(|n| (Just(n), ballots(n, false), Just(1u32)))) {
        let valid: u64 = all.iter().filter(|(_, groups)| !groups.is_empty()).map(|(weight, _)| weight).sum();
        let first = |c: usize| all.iter().filter(|(_, groups)| groups.first() == Some(&vec![c])).map(|(w, _)| w).sum::<u64>();
        let Some(winner) = (0..n).find(|c| 2 * first(*c) > valid) else { return Ok(()) };
        let ballots = ranked(n, &all);
        for method in methods().into_iter().filter(|method| matches!(method.name(), "irv" | "stv")) {
            if method.rule() == Some("wigm") {
                continue;
            }
            prop_assert_eq!(counted(&method, 1, None, &ballots).winners, vec![winner], "{:?}", method);
        }
    }

    /// What is written reads the same.
    #[test]
    fn written_and_read((n, all, seats) in profile()) {
        let ballots = ranked(n, &all);
        for format in [Format::Blt, Format::Ranks] {
            let mut text = String::new();
            write(&ballots, format, seats, &mut text).unwrap();
            let again = read(text.as_bytes(), format).unwrap();
            for name in ["schulze", "approval"] {
                let method = Method::named(name, None).unwrap();
                prop_assert_eq!(counted(&method, seats, None, &ballots), counted(&method, seats, None, &again));
            }
        }
    }

    /// A second, slow parser, written by words alone, finds the same ballots in untidy files.
    #[test]
    fn the_parser_has_a_twin((n, all, _) in profile(), breaks in prop::collection::vec(0u8..12, 400)) {
        let mut breaks = breaks.into_iter().cycle();
        let mut gap = || match breaks.next() {
            Some(0) => "\n",
            Some(1) => "\r\n",
            Some(2) => "\t",
            Some(3) => "  # a remark 7 = 8\n",
            _ => " ",
        };
        let mut text = format!("{n} 1\n");
        for (weight, groups) in &all {
            text += &weight.to_string();
            for group in groups {
                let places: Vec<String> = group.iter().map(|c| (c + 1).to_string()).collect();
                text = text + gap() + &places.join("=");
            }
            text = text + gap() + "0\n";
        }
        text += "0\n";
        (0..n).for_each(|c| text += &format!("\"C{c}\"\n"));
        text += "\"twin\"\n";
        let Ballots::Ranked(ours) = read(text.as_bytes(), Format::Blt).unwrap() else { panic!() };
        prop_assert_eq!(ours.title(), Some("twin"));
        let mut written = String::new();
        write(&Ballots::Ranked(ours), Format::Blt, 1, &mut written).unwrap();
        prop_assert_eq!(twin(&written), twin(&text));
    }

    /// No bytes whatever make a reader panic.
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300), text in "[0-9 =;:>,#\"\n\r-]{0,200}") {
        for format in count::read::FORMATS.map(|(_, format)| format) {
            let _ = read(&bytes[..], format);
            let _ = read(text.as_bytes(), format);
            let headed = format!("candidates: A; B\n{text}");
            let _ = read(headed.as_bytes(), format);
            let headed = format!("count,A,B\n{text}");
            let _ = read(headed.as_bytes(), format);
            let headed = format!("2 1\n{text}");
            let _ = read(headed.as_bytes(), format);
        }
    }
}

/// Ballots of a `.blt` by their words.
fn twin(text: &str) -> BTreeMap<Vec<Vec<u32>>, u64> {
    let lines = text.lines().skip(1).map(|line| line.split('#').next().unwrap());
    let body: String = lines.take_while(|line| !line.starts_with('"')).collect::<Vec<_>>().join(" ");
    let mut ballots = BTreeMap::new();
    let mut words = body.split_whitespace();
    while let Some(weight) = words.next().map(|word| word.parse::<u64>().unwrap()).filter(|weight| *weight > 0) {
        let ranking = words.by_ref().take_while(|word| *word != "0");
        let group = |word: &str| {
            let mut group: Vec<u32> = word.split('=').map(|place| place.parse().unwrap()).collect();
            group.sort_unstable();
            group
        };
        *ballots.entry(ranking.map(group).collect()).or_default() += weight;
    }
    ballots
}

/// The names of a result do not depend on anything but the ballots: the same twice.
#[test]
fn the_same_twice() {
    let ballots = ranked(3, &[(3, vec![vec![0], vec![1]]), (2, vec![vec![2, 1]])]);
    for method in methods() {
        assert_eq!(names(&counted(&method, 2, None, &ballots)), names(&counted(&method, 2, None, &ballots)));
    }
}
