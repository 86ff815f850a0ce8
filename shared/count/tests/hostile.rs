//! Files that mean harm, or are none at all: an error that names the line, in little time and memory.

// A test may look at the clock, and panics where it fails.
#![allow(clippy::unwrap_used, clippy::disallowed_types)]

use std::io::{self, BufReader, Read};
use std::time::{Duration, Instant};

use count::read::{Format, read};
use count::{Error, Method, Terms, TieBreak, count};

/// The error of a file.
fn refused(format: Format, file: impl Read) -> String {
    let start = Instant::now();
    let error = read(BufReader::new(file), format).map(|_| ()).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(20), "{error}: after {:?}", start.elapsed());
    assert!(!error.chars().any(char::is_control) && error.len() < 400, "{error:?}");
    error
}

#[test]
fn a_table_of_them() {
    let long = format!("3 1\n1 1 2 {}0\n", "3 ".repeat(600_000));
    let many_names = format!("candidates: {}\n", (0..5000).map(|n| n.to_string()).collect::<Vec<_>>().join(";"));
    let wide = format!("count{}\n", ",x".repeat(5000));
    let cases: &[(Format, &[u8], &str)] = &[
        (Format::Blt, b"", "empty"),
        (Format::Blt, b"hello\n", "line 1: a .blt file begins"),
        (Format::Blt, b"2\n", "line 1"),
        (Format::Blt, b"0 1\n", "0 candidates"),
        (Format::Blt, b"3000000 1\n1 1 0\n0\n", "3000000 candidates"),
        (Format::Blt, b"99999999999999999999999 1\n", "line 1"),
        (Format::Blt, b"2 0\n", "0 seats"),
        (Format::Blt, b"2 4294967297\n", "4294967297 seats"),
        (Format::Blt, b"2 1\n1 3 0\n0\n", "line 2: no such candidate"),
        (Format::Blt, b"2 1\n1 1 1 0\n0\n", "line 2: a candidate is ranked twice"),
        (Format::Blt, b"2 1\n1 1=1 0\n0\n", "line 2: a candidate is ranked twice"),
        (Format::Blt, b"2 1\n1 1= 0\n0\n", "line 2: `1=` is no candidate"),
        (Format::Blt, b"2 1\n1 -1 0\n0\n", "line 2: `-1` is no candidate"),
        (Format::Blt, b"2 1\n-3\n0\n", "line 2: no such candidate"),
        (Format::Blt, b"2 1\n1.5 1 0\n0\n", "line 2: `1.5` is no number"),
        (Format::Blt, b"2 1\n-5 1 0\n0\n", "line 2: no such candidate"),
        (Format::Blt, b"2 1\n18446744073709551616 1 0\n0\n", "line 2"),
        (Format::Blt, b"2 1\n999999999999999999 1 0\n0\n", "line 2: more than 100000000000000 ballots"),
        (Format::Blt, b"2 1\n99999999999999 1 0\n99999999999999 1 0\n0\n", "more than 100000000000000 ballots"),
        (Format::Blt, b"2 1\n1 1 2\n", "line 3: the file ends before"),
        (Format::Blt, b"2 1\n1 1 0\n", "line 3: the file ends before"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\n", "1 of 2 candidates"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\n\"A\"\n", "two candidates are called `A`"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\n\"\"\n", "no name"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\n\"B\x1b[2J\"\n", "control character"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\nB\n", "line 5: a name stands in quotes"),
        (Format::Blt, b"2 1\n1 1 0\n0\n\"A\"\n\"\xff\"\n", "line 5: is not UTF-8"),
        (Format::Blt, b"2 1\n1 1 0\0\n0\n", "line 2: holds a zero byte"),
        (Format::Blt, b"\x7fELF\x02\x01\x01\0\0", "zero byte"),
        (Format::Blt, b"\xff\xfe2\0 \x001\0", "zero byte"),
        (Format::Blt, long.as_bytes(), "line 2: longer than"),
        (Format::Ranks, b"", "empty"),
        (Format::Ranks, b"A > B\n", "line 1: a .ranks file begins"),
        (Format::Ranks, b"candidates:\n", "no name"),
        (Format::Ranks, b"candidates: A; B; A\n", "line 1: two candidates"),
        (Format::Ranks, b"candidates: A>B; C\n", "neither"),
        (Format::Ranks, b"candidates: A; B\n1: A > C\n", "line 2: `C` is no candidate"),
        (Format::Ranks, b"candidates: A; B\n1: A > \n", "line 2: `` is no candidate"),
        (Format::Ranks, b"candidates: A; B\nx: A\n", "line 2: `x` is no number"),
        (Format::Ranks, b"candidates: A; B\nA > B\n", "line 2: a ballot is written"),
        (Format::Ranks, b"candidates: A; B\n1: A > A\n", "line 2: a candidate is ranked twice"),
        (Format::Ranks, b"candidates: A; B\n1: \x1b]0;x\x07\n", "line 2"),
        (Format::Ranks, many_names.as_bytes(), "5000 candidates"),
        (Format::Scores, b"", "empty"),
        (Format::Scores, b"A,B\n1,2\n", "line 1: the header begins with `count`"),
        (Format::Scores, b"count\n1\n", "no candidates"),
        (Format::Scores, b"count,A,A\n", "line 1: two candidates"),
        (Format::Scores, b"count,A,B\n1,2\n", "line 2: 2 cells where the header has 3"),
        (Format::Scores, b"count,A,B\n1,2,3,4\n", "line 2: 4 cells"),
        (Format::Scores, b"count,A,B\n1,2,3.5\n", "line 2: `3.5` is no score"),
        (Format::Scores, b"count,A,B\n1,2,9999999\n", "line 2: a mark lies beyond"),
        (Format::Scores, b"count,A,B\n-1,2,3\n", "line 2: `-1` is no number of ballots"),
        (Format::Scores, b"count,A,B\n1,2,\0\n", "zero byte"),
        (Format::Scores, b"count,\xff,B\n", "line 1: is not UTF-8"),
        (Format::Scores, wide.as_bytes(), "5000 options"),
        (Format::Approvals, b"count,A,B\n1,2,0\n", "line 2: `2` is no approval"),
        (Format::Times, b"count,A,B\n1,perhaps,0\n", "line 2: `perhaps` is no answer"),
        (Format::Answers, b"yes,no\n1,2\n", "line 1: the header is"),
        (Format::Answers, b"answer,count\nmaybe,2\n", "line 2: `maybe` is no answer"),
        (Format::Answers, b"answer,count\nyes,100000000000000\nyes,1\n", "more than"),
    ];
    for (format, file, says) in cases {
        let error = refused(*format, *file);
        assert!(error.contains(says), "{format:?} {:?}: {error}", String::from_utf8_lossy(&file[..file.len().min(60)]));
    }
}

/// Files without an end.
#[test]
fn endless() {
    for byte in [b'1', b'\n', b' ', b'"', 0xff] {
        // So much would be read if nothing stopped it.
        let endless = || io::repeat(byte).take(if byte == b'\n' { 200_000 } else { 1_000_000_000 });
        for (_, format) in count::read::FORMATS {
            refused(format, endless());
        }
        refused(Format::Scores, b"count,A,B\n1,\"".chain(endless()));
        refused(
            Format::Ranks,
            b"candidates: A; B\n1: ".chain(endless().take(if byte == b'\n' { 0 } else { u64::MAX })).chain(&b"x"[..]),
        );
    }
}

/// Many candidates, all equal: every method ends in time, with a result or an error.
#[test]
fn large_and_level() {
    let mut file = String::from("50 8\n");
    for first in 1..=50 {
        let ranking: Vec<String> = (0..50).map(|n| ((first + n * 7) % 50 + 1).to_string()).collect();
        file += &format!("1 {} 0\n", ranking.join(" "));
    }
    file += "0\n";
    (0..50).for_each(|c| file += &format!("\"C{c}\"\n"));
    let ballots = read(file.as_bytes(), Format::Blt).unwrap();
    for name in ["approval", "borda", "irv", "stv", "schulze", "ranked-pairs"] {
        let rules = Method::rules(name);
        for rule in rules.iter().map(|rule| Some(*rule)).chain(rules.is_empty().then_some(None)) {
            for tie_break in [None, Some(TieBreak::Lot("x".into()))] {
                let seats = if name == "irv" { 1 } else { 8 };
                let terms = Terms { method: Method::named(name, rule).unwrap(), seats, tie_break };
                let start = Instant::now();
                match count(&terms, &ballots) {
                    Ok(outcome) => assert!(outcome.winners.len() <= 8),
                    Err(error) => assert!(matches!(error, Error::TooMuch(_)), "{error}"),
                }
                assert!(start.elapsed() < Duration::from_secs(60), "{name} {rule:?}: {:?}", start.elapsed());
            }
        }
    }
}

/// Blank ballots alone: every rule ends, and elects no more than there are seats.
#[test]
fn nobody_votes() {
    let ballots = read(&b"3 2\n3 0\n0\n\"A\"\n\"B\"\n\"C\"\n"[..], Format::Blt).unwrap();
    for name in ["approval", "borda", "irv", "stv", "schulze", "ranked-pairs"] {
        for rule in Method::rules(name) {
            for quota in [None, Some("droop"), Some("hare"), Some("hagenbach-bischoff"), Some("imperiali")] {
                for tie_break in [None, Some(TieBreak::FirstListed)] {
                    let mut method = Method::named(name, Some(rule)).unwrap();
                    if quota.is_some_and(|quota| method.set_quota(quota).is_err()) {
                        continue;
                    }
                    let seats = if name == "irv" { 1 } else { 2 };
                    if let Ok(outcome) = count(&Terms { method, seats, tie_break }, &ballots) {
                        assert!(outcome.winners.len() <= 2, "{name} {rule} {quota:?}: {outcome:?}");
                    }
                }
            }
        }
    }
}
