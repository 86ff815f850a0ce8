//! A failing run made smaller: fewer steps, threats, people, remotes and kinds of work, as long as it fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use testkit::Tally;
use testkit::world::Job;

use crate::plan::Plan;
use crate::sim::Sim;

/// What the last panic said.
static SAID: Mutex<String> = Mutex::new(String::new());

/// A run that failed.
pub struct Failure {
    /// At which step, none before the first.
    pub step: usize,
    /// What was wrong.
    pub why: String,
}

/// Panics are kept, not printed: that is how a run says that it failed.
pub fn keep_panics() {
    std::panic::set_hook(Box::new(|panic| {
        if let Ok(mut said) = SAID.lock() {
            *said = panic.to_string();
        }
    }));
}

/// Makes a run.
pub fn run(plan: &Plan, folder: Option<PathBuf>) -> Result<(Tally, Sim), Failure> {
    let mut step = 0;
    let made = catch_unwind(AssertUnwindSafe(|| {
        let mut sim = Sim::new(plan.clone(), folder);
        let ran = catch_unwind(AssertUnwindSafe(|| sim.run()));
        step = sim.step();
        ran.map(|()| sim)
    }));
    match made {
        Ok(Ok(mut sim)) => Ok((std::mem::take(&mut sim.tally), sim)),
        _ => Err(Failure { step, why: SAID.lock().map(|said| said.clone()).unwrap_or_default() }),
    }
}

/// The smallest plan that was found to fail within this time.
pub fn shrink(plan: &Plan, step: usize, time: Duration) -> Plan {
    let end = Instant::now() + time;
    let mut best = Plan { steps: step, ..plan.clone() };
    if run(&best, None).is_ok() {
        // It shows at the end only.
        best = plan.clone();
    }
    loop {
        let smaller = smaller(&best).into_iter().find(|plan| Instant::now() < end && run(plan, None).is_err());
        match smaller {
            Some(plan) => best = plan,
            None => return best,
        }
    }
}

/// Plans that are a little less than this one.
fn smaller(plan: &Plan) -> Vec<Plan> {
    let mut plans: Vec<Plan> =
        [2, 4, 10].into_iter().map(|n| Plan { steps: plan.steps - plan.steps.div_ceil(n), ..plan.clone() }).collect();
    for one in &plan.adversaries {
        let mut less = plan.clone();
        less.adversaries.retain(|a| a != one);
        plans.push(less);
    }
    if plan.members > plan.stewards.max(2) {
        plans.push(Plan { members: plan.members - 1, ..plan.clone() });
    }
    if plan.hosts > 1 {
        plans.push(Plan { hosts: 1, ..plan.clone() });
    }
    let left: Vec<Job> = Job::all().filter(|job| !plan.without.contains(job)).collect();
    for size in [left.len().div_ceil(2), left.len().div_ceil(8), 1] {
        for some in left.chunks(size.max(1)) {
            let mut less = plan.clone();
            less.without.extend(some);
            plans.push(less);
        }
    }
    plans.retain(|smaller| smaller != plan);
    plans
}
