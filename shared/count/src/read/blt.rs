//! `.blt`: `candidates seats`, `-k` for each who withdrew, ballots `count a b=c d 0`, a line `0`, names, a title.
//!
//! Numbers may be spread over lines; `#` starts a comment outside quotes; `-` is a rank left out and is passed over.
//! Source: the format of Hill, Wichmann and Woodall (Algorithm 123, 1987), as OpenSTV, OpaVote and droop write it.

use std::io::BufRead;

use super::lines::{Lines, number, piece, text};
use crate::ballots::{EQUAL, MAX_CANDIDATES, Ranked};
use crate::{Error, MAX_BALLOTS};

pub(super) fn read(input: impl BufRead) -> Result<Ranked, Error> {
    let mut lines = Lines::new(input);
    let (count, seats) = head(&mut lines)?;
    let mut ballots = Ranked::unnamed(count, Vec::new());
    ballots.seats = Some(seats);
    body(&mut lines, &mut ballots)?;
    names(&mut lines, &mut ballots, count)?;
    ballots.rows.close();
    Ok(ballots)
}

fn head(lines: &mut Lines<impl BufRead>) -> Result<(usize, u32), Error> {
    loop {
        let at = lines.number + 1;
        let Some(line) = lines.next()? else { return Err(Error::ballots("the file is empty")) };
        let line = before_comment(line);
        if line.is_empty() {
            continue;
        }
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let mut next = || words.next().and_then(number);
        let (Some(count), Some(seats), None) = (next(), next(), words.next()) else {
            return Err(Error::line(at, "a .blt file begins with `candidates seats`, two numbers"));
        };
        if count == 0 || count > MAX_CANDIDATES as u64 {
            return Err(Error::TooMuch(format!("line {at}: {count} candidates: 1 to {MAX_CANDIDATES} can be counted")));
        }
        if seats == 0 || seats > MAX_CANDIDATES as u64 {
            return Err(Error::line(at, format!("{seats} seats: 1 to {MAX_CANDIDATES} can be filled")));
        }
        return Ok((count as usize, seats as u32));
    }
}

/// Withdrawals and ballots, up to the `0` that ends them.
fn body(lines: &mut Lines<impl BufRead>, ballots: &mut Ranked) -> Result<(), Error> {
    let mut row: Vec<u16> = Vec::new();
    // A ballot begun on an earlier line.
    let mut weight = None::<u64>;
    loop {
        let at = lines.number + 1;
        let Some(line) = lines.next()? else {
            return Err(Error::line(at, "the file ends before the `0` that ends the ballots"));
        };
        if weight.is_none() {
            row.clear();
            if let Some(count) = simple(line, &mut row) {
                ballots.add(count, &row).map_err(|e| e.at(at))?;
                row.clear();
                continue;
            }
            row.clear();
        }
        let mut rest = line;
        while let Some((word, left)) = word(rest) {
            rest = left;
            let Some(count) = weight else {
                match (word, number(word), word.strip_prefix(b"-").and_then(number)) {
                    (b"0", ..) if word_of(rest).is_none() => return Ok(()),
                    (_, Some(count), _) if count <= MAX_BALLOTS => weight = Some(count),
                    (_, Some(_), _) => {
                        return Err(Error::TooMuch(format!("line {at}: more than {MAX_BALLOTS} ballots")));
                    }
                    (_, _, Some(gone)) if gone > 0 && ballots.rows.len() == 0 => {
                        ballots.withdraw(gone as usize - 1).map_err(|e| e.at(at))?;
                    }
                    _ => return Err(Error::line(at, format!("{} is no number of ballots", piece(word)))),
                }
                continue;
            };
            if word == b"0" {
                ballots.add(count, &row).map_err(|e| e.at(at))?;
                weight = None;
                row.clear();
                continue;
            }
            rank(word, &mut row).ok_or_else(|| Error::line(at, format!("{} is no candidate", piece(word))))?;
            if row.len() > ballots.size() {
                return Err(Error::line(at, "a ballot ranks more than there are candidates"));
            }
        }
    }
}

/// A whole ballot as almost all are written: `count a b c 0`, digits and single spaces only.
fn simple(line: &[u8], row: &mut Vec<u16>) -> Option<u64> {
    let mut weight = None;
    let mut ended = false;
    let mut rest = line;
    while let Some((first, _)) = rest.split_first() {
        let (mut n, mut digits) = (0u64, 0);
        while let Some(digit) = rest.get(digits).filter(|b| b.is_ascii_digit()) {
            n = n * 10 + u64::from(digit - b'0');
            digits += 1;
            if digits > 14 {
                return None;
            }
        }
        if !first.is_ascii_digit() || ended {
            return None;
        }
        match (weight, n) {
            (None, _) => weight = Some(n),
            (Some(_), 0) => ended = true,
            (Some(_), n) if n <= MAX_CANDIDATES as u64 => row.push(n as u16 - 1),
            _ => return None,
        }
        rest = match rest.get(digits) {
            None => &[],
            Some(b' ') => &rest[digits + 1..],
            Some(_) => return None,
        };
    }
    weight.filter(|weight| ended && *weight <= MAX_BALLOTS)
}

/// `3`, `3=5`, or `-` for a rank left out.
fn rank(word: &[u8], row: &mut Vec<u16>) -> Option<()> {
    let mut place = |digits: &[u8], equal: u16| {
        let n = match digits {
            [one @ b'1'..=b'9'] => u64::from(one - b'0'),
            _ => number(digits)?,
        };
        let candidate = u16::try_from(n.checked_sub(1)?).ok().filter(|c| usize::from(*c) < MAX_CANDIDATES)?;
        row.push(candidate | equal);
        Some(())
    };
    if word == b"-" {
        return Some(());
    }
    match word.contains(&b'=') {
        false => place(word, 0),
        true => {
            word.split(|b| *b == b'=').enumerate().try_for_each(|(n, part)| place(part, if n == 0 { 0 } else { EQUAL }))
        }
    }
}

fn names(lines: &mut Lines<impl BufRead>, ballots: &mut Ranked, count: usize) -> Result<(), Error> {
    let mut names: Vec<String> = Vec::with_capacity(count);
    loop {
        let at = lines.number + 1;
        let Some(line) = lines.next()? else { break };
        let line = text(line, at)?;
        for name in quoted(line).ok_or_else(|| Error::line(at, "a name stands in quotes"))? {
            match (names.len() < count, &ballots.title) {
                (true, _) => names.push(name.trim().to_owned()),
                (false, None) => ballots.title = Some(name.trim().to_owned()),
                // OpenSTV and OpaVote put more after the title, which is not for the count.
                (false, Some(_)) => {}
            }
        }
    }
    if names.len() < count {
        return Err(Error::ballots(format!("the file names {} of {count} candidates", names.len())));
    }
    ballots.name_all(names)
}

/// The texts in quotes on a line; a quote ends one only before another or the end of the line.
fn quoted(line: &str) -> Option<Vec<&str>> {
    let mut all = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() && !rest.starts_with('#') {
        let body = rest.strip_prefix('"')?;
        let ends = body.match_indices('"').map(|(end, _)| end);
        let last = |end: &usize| {
            let after = body[end + 1..].trim_start();
            after.is_empty() || (after.starts_with(['"', '#']) && body[end + 1..].starts_with(char::is_whitespace))
        };
        let end = ends.into_iter().find(last)?;
        all.push(&body[..end]);
        rest = body[end + 1..].trim();
    }
    Some(all)
}

fn before_comment(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|b| *b == b'#').unwrap_or(line.len());
    line[..end].trim_ascii()
}

/// The first word of what is left of a line, a comment left out.
fn word(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let start = rest.iter().position(|b| !b.is_ascii_whitespace())?;
    let rest = &rest[start..];
    if rest[0] == b'#' {
        return None;
    }
    let end = rest.iter().position(|b| b.is_ascii_whitespace()).unwrap_or(rest.len());
    Some((&rest[..end], &rest[end..]))
}

fn word_of(rest: &[u8]) -> Option<&[u8]> {
    word(rest).map(|(word, _)| word)
}
