//! `clearing [MEMBERS REQUESTS]`: how long the largest set-off takes on trade networks of several shapes, and how
//! much of the debt it clears; 1,000 members and 100,000 requests if nothing is given.

use std::time::Instant;

use benches::{Dice, Done, Series, row};
use clearing::{Obligation, clear, is_largest};

const RUNS: u32 = 5;

type Debt = Obligation<u32, u32>;

/// What a trade network looks like.
#[derive(Clone, Copy)]
enum Shape {
    /// Everyone owes everyone alike.
    Balanced,
    /// Everyone trades with the next few only, as in a village.
    Sparse,
    /// Few members have most of the trade, and amounts differ a thousandfold.
    Skewed,
    /// Shops that everyone owes, and that owe hardly anyone.
    OneWay,
    /// Everyone owes the next one in a long chain, with some shortcuts.
    Chain,
}

const SHAPES: [(&str, Shape); 5] = [
    ("balanced", Shape::Balanced),
    ("sparse", Shape::Sparse),
    ("skewed", Shape::Skewed),
    ("one-way", Shape::OneWay),
    ("chain", Shape::Chain),
];

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (members, requests) = match args.as_slice() {
        [] => (1_000, 100_000),
        [members, requests] => (members.parse()?, requests.parse()?),
        _ => return Err("usage: clearing [MEMBERS REQUESTS]".into()),
    };
    if members < 10 {
        return Err("at least 10 members".into());
    }
    for (name, shape) in SHAPES {
        let debts = network(shape, members, requests);
        let mut times = Series::default();
        let mut found = clear(&debts)?;
        for _ in 0..RUNS {
            let start = Instant::now();
            found = clear(&debts)?;
            times.add(start.elapsed());
        }
        if !is_largest(&debts, &found.discharged, &found.prices) {
            return Err(format!("{name}: not the largest set-off").into());
        }
        let start = Instant::now();
        let part: u128 = found.part(&debts, 400)?.into_iter().map(u128::from).sum();
        let in_part = start.elapsed();
        let start = Instant::now();
        let loops = found.loops(20);
        let mut apart = Series::default();
        apart.add(start.elapsed());
        row(
            &format!("{members} members, {requests} requests, {name}: set-off"),
            &times.show(),
            &format!("{} loops in {}", loops.others.saturating_add(loops.shown.len()), apart.show()),
            &format!("{}.{:02} % cleared", found.share() / 100, found.share() % 100),
        )?;
        let mut choosing = Series::default();
        choosing.add(in_part);
        let per_mille = part.saturating_mul(1_000).checked_div(found.cleared).unwrap_or(0);
        let needs = found.discharged.iter().filter(|minor| **minor > 0).count();
        row(
            &format!("{name}: the part of it in 400 requests"),
            &choosing.show(),
            &format!("of {needs} requests"),
            &format!("{}.{} % of what it clears", per_mille / 10, per_mille % 10),
        )?;
    }
    Ok(())
}

fn network(shape: Shape, members: u32, requests: u32) -> Vec<Debt> {
    let mut dice = Dice::default();
    let mut debts = Vec::new();
    for key in 0..requests {
        let (debtor, creditor) = loop {
            let (debtor, creditor) = pair(shape, members, &mut dice);
            if debtor != creditor {
                break (debtor, creditor);
            }
        };
        let amount = match shape {
            // Each size from 1 to 1,000 hours about as often as ten times that size.
            Shape::Skewed => u64::from(dice.roll(900) + 100) * 10u64.pow(dice.roll(4)),
            _ => u64::from(dice.roll(10_000) + 1),
        };
        debts.push(Obligation { debtor, creditor, amount, key });
    }
    debts
}

fn pair(shape: Shape, members: u32, dice: &mut Dice) -> (u32, u32) {
    let any = dice.roll(members);
    match shape {
        Shape::Balanced => (any, dice.roll(members)),
        Shape::Sparse => (any, (any + members + dice.roll(11) - 5) % members),
        // The least of several throws: small numbers come often.
        Shape::Skewed => (any.min(dice.roll(members)), (0..4).map(|_| dice.roll(members)).min().unwrap_or(0)),
        Shape::OneWay => match dice.roll(20) {
            0 => (dice.roll(members / 10), any),
            _ => (any, dice.roll(members / 10)),
        },
        Shape::Chain => (any, (any + 1 + 8 * (dice.roll(10) / 9)) % members),
    }
}
