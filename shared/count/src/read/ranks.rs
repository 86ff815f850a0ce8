//! `.ranks`: `candidates: A; B; C`, then `count: A > B = C`; `#` starts a comment at the start of a line.
//!
//! Unlisted candidates are unranked, and an empty ranking is a ballot.

use std::io::BufRead;

use super::lines::{Lines, number, piece, text};
use crate::ballots::{EQUAL, Ranked};
use crate::{Error, MAX_BALLOTS};

pub(super) fn read(input: impl BufRead) -> Result<Ranked, Error> {
    let mut lines = Lines::new(input);
    let mut ballots = loop {
        let at = lines.number + 1;
        let Some(line) = lines.next()? else { return Err(Error::ballots("the file is empty")) };
        if !line.is_empty() && line[0] != b'#' {
            break head(line, at)?;
        }
    };
    let places = Places::new(ballots.names());
    let mut row = Vec::new();
    loop {
        let at = lines.number + 1;
        let Some(line) = lines.next()? else { break };
        if line.is_empty() || line[0] == b'#' {
            continue;
        }
        let colon = line.iter().position(|b| *b == b':');
        let colon = colon.ok_or_else(|| Error::line(at, "a ballot is written `count: A > B = C`"))?;
        let (count, ranking) = (line[..colon].trim_ascii(), line[colon + 1..].trim_ascii());
        let weight = number(count).filter(|n| *n <= MAX_BALLOTS);
        let weight = weight.ok_or_else(|| Error::line(at, format!("{} is no number of ballots", piece(count))))?;
        row.clear();
        for group in ranking.split(|b| *b == b'>').filter(|_| !ranking.is_empty()) {
            for (n, name) in group.split(|b| *b == b'=').map(<[u8]>::trim_ascii).enumerate() {
                let place = places.of(name, ballots.names());
                let place = place.ok_or_else(|| Error::line(at, format!("{} is no candidate", piece(name))))?;
                row.push(if n == 0 { place } else { place | EQUAL });
            }
            if row.len() > ballots.size() {
                return Err(Error::line(at, "a ballot ranks more than there are candidates"));
            }
        }
        ballots.add(weight, &row).map_err(|e| e.at(at))?;
    }
    ballots.rows.close();
    Ok(ballots)
}

fn head(line: &[u8], at: u64) -> Result<Ranked, Error> {
    let names = line.strip_prefix(b"candidates:");
    let names = names.ok_or_else(|| Error::line(at, "a .ranks file begins with `candidates: A; B; C`"))?;
    let names: Vec<String> = text(names, at)?.split(';').map(|name| name.trim().to_owned()).collect();
    if let Some(name) = names.iter().find(|name| name.contains(['>', '='])) {
        let fact = format!("{}: a name in this format holds neither `>` nor `=`", piece(name.as_bytes()));
        return Err(Error::line(at, fact));
    }
    Ranked::new(names).map_err(|e| e.at(at))
}

/// Finds candidates by name: an open table, since names are looked up once for each rank of each line.
struct Places {
    table: Vec<u16>,
}

const NONE: u16 = u16::MAX;

impl Places {
    fn new(names: &[String]) -> Self {
        let mut table = vec![NONE; (names.len() * 4).next_power_of_two()];
        let mask = table.len() - 1;
        for (place, name) in names.iter().enumerate() {
            let mut slot = hash(name.as_bytes()) & mask;
            while table[slot] != NONE {
                slot = (slot + 1) & mask;
            }
            table[slot] = place as u16;
        }
        Places { table }
    }

    fn of(&self, name: &[u8], names: &[String]) -> Option<u16> {
        let mask = self.table.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            let place = self.table[slot];
            if place == NONE {
                return None;
            }
            if names[usize::from(place)].as_bytes() == name {
                return Some(place);
            }
            slot = (slot + 1) & mask;
        }
    }
}

fn hash(name: &[u8]) -> usize {
    let mixed = name.iter().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    (mixed ^ (mixed >> 29)) as usize
}
