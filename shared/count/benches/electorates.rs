//! A million ballots of two electorates, read from memory and counted by each method: `cargo bench -p count [ballots]`.
//!
//! skewed: fifteen candidates of falling popularity, rankings cut short; uniform: full random rankings. Both come from a
//! fixed generator, so that figures can be compared between machines and versions.

// A benchmark looks at the clock and prints.
#![allow(clippy::print_stdout, clippy::disallowed_types, clippy::disallowed_methods)]

use std::io::Write;
use std::time::Instant;

use count::read::{Format, read};
use count::{Method, Terms, TieBreak, count};

const CANDIDATES: usize = 15;

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// A ballot file with one line for each ballot.
fn electorate(ballots: usize, seats: usize, skewed: bool) -> Vec<u8> {
    let mut random = Random(if skewed { 7 } else { 11 });
    let mut file = format!("{CANDIDATES} {seats}\n").into_bytes();
    for _ in 0..ballots {
        let mut left: Vec<usize> = (1..=CANDIDATES).collect();
        file.extend(b"1");
        loop {
            let weight = |c: usize| if skewed { 1 << ((CANDIDATES - c).min(12) / 2) } else { 1u64 };
            let mut at = random.below(left.iter().map(|c| weight(*c)).sum());
            let place = left.iter().position(|c| {
                let here = at < weight(*c);
                at = at.saturating_sub(weight(*c));
                here
            });
            let candidate = left.remove(place.unwrap_or(0));
            write!(file, " {candidate}").unwrap_or_default();
            if left.is_empty() || skewed && random.below(100) < 28 {
                break;
            }
        }
        file.extend(b" 0\n");
    }
    file.extend(b"0\n");
    (1..=CANDIDATES).for_each(|c| writeln!(file, "\"Candidate {c}\"").unwrap_or_default());
    file.extend(b"\"bench\"\n");
    file
}

fn main() {
    let ballots = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(1_000_000);
    let methods = [
        ("irv", None, 1),
        ("stv", Some("scottish"), 5),
        ("stv", Some("wigm-prf"), 5),
        ("stv", Some("wigm"), 5),
        ("stv", Some("rctab"), 5),
        ("stv", Some("meek-prf"), 1),
        ("stv", Some("meek-prf"), 5),
        ("stv", Some("meek"), 5),
        ("schulze", None, 1),
        ("ranked-pairs", None, 1),
        ("borda", None, 1),
    ];
    for (name, skewed) in [("skewed", true), ("uniform", false)] {
        let file = electorate(ballots, 5, skewed);
        let start = Instant::now();
        let read_once = read(&file[..], Format::Blt);
        let patterns = read_once.map(|ballots| match ballots {
            count::Ballots::Ranked(ranked) => ranked.patterns(),
            _ => 0,
        });
        println!("{name}: {} bytes, {patterns:?} patterns, read {:.3} s", file.len(), start.elapsed().as_secs_f64());
        // For other programs on the same file.
        if let Some(to) = std::env::var_os("BENCH_SAVE") {
            let to = std::path::Path::new(&to).join(format!("{name}.blt"));
            std::fs::write(to, &file).unwrap_or_default();
        }
        for (method, rule, seats) in methods {
            let Ok(method) = Method::named(method, rule) else { continue };
            let terms = Terms { method, seats, tie_break: Some(TieBreak::FirstListed) };
            let start = Instant::now();
            let ballots = read(&file[..], Format::Blt);
            let outcome = ballots.and_then(|ballots| count(&terms, &ballots));
            let seconds = start.elapsed().as_secs_f64();
            let won = outcome.map(|outcome| outcome.winners);
            println!("  {:12} {:10} {seats} seats  {seconds:.3} s  {won:?}", terms.method.name(), rule.unwrap_or(""));
        }
    }
}
