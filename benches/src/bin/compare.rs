//! `compare WHAT ROUNDS OURS THEIRS [BEFORE]`: runs two commands in turns and prints a row of the table.
//! Commands are split at spaces; `BEFORE` runs once each round, untimed.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use benches::{Done, Series, row};

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let (what, rounds, ours, theirs, before) = match args.as_slice() {
        [what, rounds, ours, theirs] => (what, rounds, ours, theirs, None),
        [what, rounds, ours, theirs, before] => (what, rounds, ours, theirs, Some(before)),
        _ => return Err("usage: compare WHAT ROUNDS OURS THEIRS [BEFORE]".into()),
    };
    let (mut a, mut b) = (Series::default(), Series::default());
    for round in 0..rounds.parse::<usize>()? {
        if let Some(before) = before {
            run(before)?;
        }
        // Who comes first changes, so that neither always finds what the other left in the caches.
        if round % 2 == 0 {
            a.add(run(ours)?);
            b.add(run(theirs)?);
        } else {
            b.add(run(theirs)?);
            a.add(run(ours)?);
        }
    }
    row(what, &format!("{} ms", a.show()), &format!("{} ms", b.show()), &format!("{:.2}", a.median() / b.median()))?;
    Ok(())
}

fn run(line: &str) -> Done<Duration> {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().ok_or("an empty command")?);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let begun = Instant::now();
    let answer = command.output()?;
    let time = begun.elapsed();
    match answer.status.success() {
        true => Ok(time),
        false => Err(format!("`{line}`: {}", String::from_utf8_lossy(&answer.stderr)).into()),
    }
}
