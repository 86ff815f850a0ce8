//! Communities under attack, made from seeds, for as long as one likes.
//!
//! `simulate --seeds N [--from M] [--steps S] [--adversary NAME[,NAME]] [--minutes T]`; `--adversary list` lists them;
//! `--plan 'seed 5 steps 40 …'` and `--cases FILE` make runs again that failed. A run that fails is made smaller and
//! printed as a plan; the exit code is 1.

mod adversary;
mod bytes;
mod git;
mod net;
mod plan;
mod replica;
mod shrink;
mod sim;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use event::Verified;
use testkit::Tally;

use adversary::Adversary;
use plan::Plan;

/// How long a failing run is made smaller.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked for.
struct Asked {
    plans: Vec<Plan>,
    minutes: Option<u64>,
    shrink: bool,
}

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args.iter().any(|arg| arg == "list") {
        for adversary in Adversary::ALL {
            drop(writeln!(out, "{:<11} {}", adversary.name(), adversary.threat()));
        }
        return ExitCode::SUCCESS;
    }
    let asked = match asked(&args) {
        Ok(asked) => asked,
        Err(why) => {
            drop(writeln!(out, "simulate: {why}"));
            return ExitCode::from(2);
        }
    };
    let folder = std::env::temp_dir().join(format!("simulate-{}", std::process::id()));
    let made = std::fs::create_dir_all(&folder).map_err(|why| why.to_string());
    let code = made.and_then(|()| all(&asked, &folder, &mut out));
    drop(std::fs::remove_dir_all(&folder));
    match code {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            drop(writeln!(out, "{why}"));
            ExitCode::FAILURE
        }
    }
}

fn asked(args: &[String]) -> Result<Asked, String> {
    let (mut from, mut seeds, mut steps, mut minutes) = (0, 20, None, None);
    let (mut adversaries, mut plans, mut shrink) = (Vec::new(), Vec::new(), true);
    for pair in args.chunks(2) {
        let [name, value] = pair else { return Err(format!("`{}` wants a value", pair.concat())) };
        let number = || value.parse::<u64>().map_err(|why| format!("{name} {value}: {why}"));
        match name.as_str() {
            "--seeds" => seeds = number()?,
            "--from" => from = number()?,
            "--steps" => steps = Some(usize::try_from(number()?).unwrap_or(usize::MAX)),
            "--minutes" => minutes = Some(number()?),
            "--shrink" => shrink = value == "yes",
            "--adversary" => adversaries = value.split(',').map(Adversary::named).collect::<Result<_, _>>()?,
            "--plan" => plans.push(value.parse()?),
            "--cases" => {
                let lines = std::fs::read_to_string(value).map_err(|why| format!("{value}: {why}"))?;
                let lines = lines.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
                plans.extend(lines.map(str::parse).collect::<Result<Vec<Plan>, _>>()?);
            }
            other => return Err(format!("no option `{other}`; see the head of main.rs")),
        }
    }
    if plans.is_empty() {
        plans = (from..from + seeds).map(|seed| Plan::of(seed, steps, &adversaries)).collect();
    }
    Ok(Asked { plans, minutes, shrink })
}

/// Every plan, until one fails or the time is over.
fn all(asked: &Asked, folder: &Path, out: &mut impl Write) -> Result<(), String> {
    shrink::keep_panics();
    let began = Instant::now();
    let (mut tally, mut seeds, mut steps) = (Tally::default(), 0, 0);
    for plan in &asked.plans {
        if asked.minutes.is_some_and(|minutes| began.elapsed() > Duration::from_secs(60 * minutes)) {
            break;
        }
        let (seen, sim) = match shrink::run(plan, Some(PathBuf::from(folder))) {
            Ok(done) => done,
            Err(failure) => return Err(failed(plan, &failure, asked.shrink, began.elapsed())),
        };
        (seeds, steps) = (seeds + 1, steps + plan.steps);
        tally = tally.merge(seen);
        if plan.seed.is_multiple_of(5) {
            let events: Vec<&Verified> = sim.world.events().values().step_by(37).take(4).collect();
            git::takes(folder, &events).map_err(|why| format!("FAILED `{plan}`: stock git says no: {why}"))?;
            tally.add("events that stock git took", events.len());
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    for (what, n) in &tally.0 {
        drop(writeln!(out, "{n:>9} {what}"));
    }
    let written = tally.0.get("events written").copied().unwrap_or(0);
    let taken = tally.0.get("verdicts compared").copied().unwrap_or(0);
    drop(writeln!(
        out,
        "{seeds} seeds, {steps} steps, {written} events, {:.0} steps a second, {:.0} verdicts a second",
        steps as f64 / seconds,
        (written + taken) as f64 / seconds
    ));
    Ok(())
}

fn failed(plan: &Plan, failure: &shrink::Failure, make_smaller: bool, after: Duration) -> String {
    let why: String = failure.why.chars().take(2_000).collect();
    let head = format!("FAILED seed {} at step {} after {} s\n{why}\n", plan.seed, failure.step, after.as_secs());
    if !make_smaller {
        return head;
    }
    let small = shrink::shrink(plan, failure.step, PATIENCE);
    format!("{head}as small as it was made, for tests/cases:\n{small}")
}
