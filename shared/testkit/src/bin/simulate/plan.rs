//! What a run is: a line that says all that decides it, so that a failing run is kept and made again.

use std::fmt;
use std::str::FromStr;

use testkit::world::{CROWD, Chance, Job};

use crate::adversary::Adversary;

/// One run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Decides all that is left to chance.
    pub seed: u64,
    /// How many steps.
    pub steps: usize,
    /// How many people.
    pub members: usize,
    /// How many of them are stewards in the end.
    pub stewards: usize,
    /// How many remotes.
    pub hosts: usize,
    /// What they have to bear.
    pub adversaries: Vec<Adversary>,
    /// What nobody does.
    pub without: Vec<Job>,
}

impl Plan {
    /// The run of a seed.
    pub fn of(seed: u64, steps: Option<usize>, adversaries: &[Adversary]) -> Plan {
        let mut chance = Chance::new(seed ^ 0x0051_3a1e);
        let stewards = [1, 1, 2, 3, 4, 4, 4, 5, 7][chance.below(9)];
        let crowd = if chance.percent(2) { chance.below(CROWD - 8) } else { 0 };
        let members = (stewards.max(2) + chance.below(4) + crowd).min(CROWD);
        let mut chosen = adversaries.to_vec();
        if chosen.is_empty() {
            // The threats in turn, mostly with another one.
            let all = Adversary::ALL;
            chosen.push(all[usize::try_from(seed % all.len() as u64).unwrap_or(0)]);
            chosen.extend(chance.pick(&all).filter(|other| !seed.is_multiple_of(4) && **other != chosen[0]).copied());
        }
        let steps = steps.unwrap_or(25 + chance.below(35));
        Plan { seed, steps, members, stewards, hosts: 1 + chance.below(3), adversaries: chosen, without: Vec::new() }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { seed, steps, members, stewards, hosts, .. } = self;
        write!(f, "seed {seed} steps {steps} members {members} stewards {stewards} hosts {hosts}")?;
        let names = |names: Vec<String>| names.join(",");
        if !self.adversaries.is_empty() {
            write!(f, " against {}", names(self.adversaries.iter().map(|a| a.name().to_owned()).collect()))?;
        }
        if !self.without.is_empty() {
            write!(f, " without {}", names(self.without.iter().map(|job| format!("{job:?}")).collect()))?;
        }
        Ok(())
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut plan =
            Plan { seed: 0, steps: 0, members: 2, stewards: 1, hosts: 1, adversaries: Vec::new(), without: Vec::new() };
        let words: Vec<&str> = line.split_whitespace().collect();
        for pair in words.chunks(2) {
            let [word, value] = pair else { return Err(format!("`{}` says nothing", pair.concat())) };
            let number = || value.parse::<usize>().map_err(|why| format!("{word} {value}: {why}"));
            match *word {
                "seed" => plan.seed = value.parse().map_err(|why| format!("{word} {value}: {why}"))?,
                "steps" => plan.steps = number()?,
                "members" => plan.members = number()?,
                "stewards" => plan.stewards = number()?,
                "hosts" => plan.hosts = number()?,
                "against" => plan.adversaries = value.split(',').map(Adversary::named).collect::<Result<_, _>>()?,
                "without" => plan.without = value.split(',').map(job).collect::<Result<_, _>>()?,
                other => return Err(format!("no `{other}` in a plan")),
            }
        }
        Ok(plan)
    }
}

fn job(name: &str) -> Result<Job, String> {
    Job::all().find(|job| format!("{job:?}") == name).ok_or_else(|| format!("no job `{name}`"))
}
