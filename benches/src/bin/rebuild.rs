//! `rebuild HOME CREDIT`: what a cold rebuild costs, whole and in parts, beside the floor that no program can
//! go below which verifies every signature strictly on the same cores.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use benches::{Done, Series, journal_path, row};
use event::{GitId, Key, Signed, Verified, sshsig_message, verify_strict};
use journal::Journal;
use store::{Outcome, Store};

const ROUNDS: usize = 5;

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, home, credit] = args.as_slice() else { return Err("usage: rebuild HOME CREDIT".into()) };
    let home = Path::new(home);
    let stages = Stages::of(home)?;
    let n = stages.events;
    let (mut whole, mut floor) = (Series::default(), Series::default());
    let (mut whole_cpu, mut floor_cpu) = (Series::default(), Series::default());
    for _ in 0..ROUNDS {
        let begun = cpu()?;
        floor.add(verify_only(n)?);
        let between = cpu()?;
        whole.add(cold(home, credit)?);
        floor_cpu.add(between.saturating_sub(begun));
        whole_cpu.add(cpu()?.saturating_sub(between));
    }
    let each = |time: Duration| format!("{:.1} us", time.as_secs_f64() * 1e6 / n as f64);
    row(&format!("{n} events: reading, one core"), &each(stages.read), "", "")?;
    row(&format!("{n} events: verifying, one core"), &each(stages.verify), "", "")?;
    row(&format!("{n} events: judging"), &each(stages.judge), "", "")?;
    row(&format!("{n} events: storing"), &each(stages.store), "", "")?;
    for (what, ours, theirs) in [("cold rebuild", whole, floor), ("cold rebuild, CPU", whole_cpu, floor_cpu)] {
        let ratio = format!("{:.2}", ours.median() / theirs.median());
        let floor = format!("{} ms floor", theirs.show());
        row(&format!("{n} events: {what}"), &format!("{} ms", ours.show()), &floor, &ratio)?;
    }
    Ok(())
}

/// As many strict verifications on all cores, and nothing else.
fn verify_only(events: usize) -> Done<Duration> {
    let key = Key::from_seed(&[1; 32]);
    let (message, signature) = (sshsig_message(b"x"), key.sign(b"x"));
    let cores = std::thread::available_parallelism()?.get();
    let part = || (0..events / cores).all(|_| verify_strict(&key.public(), black_box(&message), &signature).is_ok());
    let begun = Instant::now();
    let good = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(part)).collect();
        threads.into_iter().all(|thread| thread.join().unwrap_or(false))
    });
    match good {
        true => Ok(begun.elapsed()),
        false => Err("a good signature was not taken for one".into()),
    }
}

/// What this process and those that it has waited for have used.
fn cpu() -> Done<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("an unknown /proc/self/stat")?;
    let ticks = fields.split(' ').skip(11).take(4).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    // A hundred ticks make a second on every Linux.
    Ok(Duration::from_millis(ticks * 10))
}

/// A command on a home whose store is gone.
fn cold(home: &Path, credit: &str) -> Done<Duration> {
    let store = journal_path(home).with_file_name("store.db");
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", store.display()));
    }
    let begun = Instant::now();
    let answer = Command::new(credit).arg("--home").arg(home).arg("balance").output()?;
    match answer.status.success() {
        true => Ok(begun.elapsed()),
        false => Err(String::from_utf8_lossy(&answer.stderr).into()),
    }
}

/// The parts, one after the other, on one core.
struct Stages {
    events: usize,
    read: Duration,
    verify: Duration,
    judge: Duration,
    store: Duration,
}

impl Stages {
    fn of(home: &Path) -> Done<Self> {
        let journal = Journal::open(&journal_path(home))?;
        let begun = Instant::now();
        let read = read_all(&journal)?;
        let reading = begun.elapsed();
        let events = read.iter().map(Vec::len).sum();
        let begun = Instant::now();
        let mut chains = Vec::new();
        for chain in read {
            let (names, signed): (Vec<GitId>, Vec<Signed>) = chain.into_iter().unzip();
            let (good, None) = Signed::verify_all(signed) else { return Err("a signature is not good".into()) };
            chains.push(names.into_iter().zip(good).collect::<Vec<(GitId, Verified)>>());
        }
        let verify = begun.elapsed();
        let (judge, store) = fold(chains, &journal_path(home).with_file_name("bench.db"))?;
        Ok(Stages { events, read: reading, verify, judge, store })
    }
}

fn read_all(journal: &Journal) -> Done<Vec<Vec<(GitId, Signed)>>> {
    let mut chains = Vec::new();
    for tip in journal.tips()? {
        let mut chain = Vec::new();
        let mut at = Some(tip.git);
        while let Some(git) = at {
            let signed = journal.read(git)??;
            at = signed.event.prev.and(signed.parents.first().copied());
            chain.push((git, signed));
        }
        chain.reverse();
        chains.push(chain);
    }
    Ok(chains)
}

/// Folds everything into a fresh store: the time of the verdicts, and of all that comes on top of them.
fn fold(chains: Vec<Vec<(GitId, Verified)>>, path: &PathBuf) -> Done<(Duration, Duration)> {
    let _ = fs::remove_file(path);
    let store = Store::create(path, None)?;
    let mut chains: Vec<_> = chains.into_iter().map(|chain| chain.into_iter().peekable()).collect();
    let (mut judging, mut taking) = (Duration::ZERO, Duration::ZERO);
    let begun = Instant::now();
    store.begin()?;
    taking += begun.elapsed();
    let mut moved = true;
    while moved {
        moved = false;
        for chain in &mut chains {
            while let Some((git, event)) = chain.peek() {
                let begun = Instant::now();
                black_box(store.judge(event)?);
                let judged = Instant::now();
                let outcome = store.apply(event, *git)?;
                let done = Instant::now();
                if let Outcome::Waits(_) = outcome {
                    break;
                }
                // Taking in judges once more.
                judging += judged - begun;
                taking += (done - judged).saturating_sub(judged - begun);
                moved = true;
                chain.next();
            }
        }
    }
    let begun = Instant::now();
    store.commit("bench", &Key::from_seed(&[1; 32]))?;
    taking += begun.elapsed();
    drop(store);
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
    Ok((judging, taking))
}
