//! The simulator's fixed budget: some seeds of every threat, and every run that failed once.

use std::process::Command;

/// Runs it; what it says is shown if it fails.
fn simulate(args: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_simulate")).args(args).output().expect("the simulator runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "simulate {args:?}\n{said}{}", String::from_utf8_lossy(&run.stderr));
}

/// One run for each of the eighteen threats, most of them with another threat beside it.
#[test]
fn communities_under_attack_keep_their_promises() {
    let seeds = std::env::var("SEEDS").unwrap_or_else(|_| "18".to_owned());
    let from = std::env::var("FROM").unwrap_or_else(|_| "0".to_owned());
    simulate(&["--seeds", &seeds, "--from", &from]);
}

#[test]
fn runs_that_failed_once_hold() {
    simulate(&["--cases", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/runs.txt"), "--shrink", "no"]);
}
